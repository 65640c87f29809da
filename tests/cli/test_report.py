"""`glance report`: which logs it is about, and what it says of those it could not read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from glance.cli import terminal
from glance.cli.main import main

LINE = '10.0.0.1 - - [22/Nov/2026:14:00:0%d +0000] "GET / HTTP/1.1" 200 5 "-" "curl"\n'


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a good log, and others that cannot be read or understood."""
    (tmp_path / "access.log").write_text("".join(LINE % second for second in range(9)))
    (tmp_path / "prose.log").write_text("It was a dark and stormy night.\n" * 50)
    (tmp_path / "binary.log").write_bytes(bytes(range(256)) * 10)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def reported(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[dict[str, Any], list[str]]:
    """The report as JSON, and the lines on standard error."""
    code = main(["report", "-o", "json", *arguments])
    out, err = capfd.readouterr()
    assert code == 0, err
    return json.loads(out), err.splitlines()


@pytest.mark.parametrize("argument", [".", "*.log"])
def test_bad_logs_beside_good_ones_are_told_of(place: Path, capfd: pytest.CaptureFixture[str], argument: str) -> None:
    found, errors = reported(capfd, argument)

    assert [Path(file["path"]).name for file in found["files"]] == ["access.log"]
    assert found["hits"] == 9
    assert len(errors) == len(found["notes"]) == 2
    for line, note in zip(errors, found["notes"], strict=True):
        assert line == f"glance: {note}"
    assert "binary.log cannot be read as a log: it is a binary file" in errors[0]
    assert "prose.log cannot be understood: " in errors[1]


@pytest.mark.parametrize(("missed", "code"), [("no.log", 5), ("prose.log", 6)])
def test_a_log_named_by_itself_is_missed_in_the_exit_code(
    place: Path, capfd: pytest.CaptureFixture[str], missed: str, code: int
) -> None:
    assert main(["report", "-o", "json", "access.log", missed]) == code

    out, err = capfd.readouterr()
    assert json.loads(out)["hits"] == 9
    assert missed in err


@pytest.mark.parametrize(
    ("arguments", "code"), [(["prose.log"], 6), (["binary.log"], 5), (["binary.log", "prose.log"], 6), (["no.log"], 5)]
)
def test_nothing_that_can_be_read_is_an_error(
    place: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], code: int
) -> None:
    assert main(["report", *arguments]) == code

    out, err = capfd.readouterr()
    assert out == ""
    assert err.count("glance: ") == 1


def test_rotated_logs_of_a_directory_are_named_in_a_note(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (place / "access.log.1").write_text(LINE % 0)
    (place / "prose.log").unlink()
    (place / "binary.log").unlink()

    assert reported(capfd, ".")[0]["notes"] == ["left out: ./access.log.1; name them to read them too"]
    assert reported(capfd, "*.log*")[0]["hits"] == 10


def test_since_after_until_is_refused(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--since", "1h", "--until", "2h", "access.log"]) == 2
    assert "1h is later than 2h" in capfd.readouterr().err


def test_nothing_in_the_span_tells_where_the_log_is(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    found, _ = reported(capfd, "--until", "2020-01-01", "access.log")

    assert found["hits"] == 0
    assert "from 2026-11-22T14:00:00Z to 2026-11-22T14:00:08Z" in found["notes"][0]


def test_a_wrong_format_is_told_what_would_be_right(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--format", "caddy", "access.log"]) == 6
    assert "without --format it reads as combined" in capfd.readouterr().err


@pytest.mark.parametrize(("kind", "is_input"), [("null", False), ("closed", False), ("full", True), ("open", True)])
def test_input_that_never_had_anything_is_none(monkeypatch: pytest.MonkeyPatch, kind: str, is_input: bool) -> None:
    """A pipe in which nothing stands yet, but whose writer is there, is input."""
    if kind == "null":
        reader = os.open(os.devnull, os.O_RDONLY)
    else:
        reader, writer = os.pipe()
        if kind == "full":
            os.write(writer, b"x")
        if kind != "open":
            os.close(writer)
    with open(reader, closefd=True) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        assert terminal.is_piped() is is_input
    if kind == "open":
        os.close(writer)


def test_without_input_and_path_there_is_no_log(root: Path) -> None:
    """As cron starts it."""
    script = (
        "import glance.cli.options as o, glance.sources.discovery as d, sys\n"
        "o.DEFAULT_FILE = '/no/such/log'\nd.USUAL_PATTERNS = ()\n"
        "from glance.cli.main import main; sys.exit(main(['report']))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=root, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )

    assert ended.returncode == 2
    assert ended.stderr.startswith("glance: there is no log to report on\n")


def test_routes_kinds_and_noise_are_told_and_own_routes_hold(place: Path, capfd: pytest.CaptureFixture[str]) -> None:
    requests = [("/users/1", 200, "Mozilla/5.0 (X11)"), ("/users/2", 404, "GPTBot/1.2"), ("/shop/red", 200, "curl/8")]
    requests += [("/shop/blue", 200, "curl/8"), ("/.env", 404, "-"), ("/.env", 200, "-")]
    line = '10.0.0.1 - - [22/Nov/2026:14:00:00 +0000] "GET %s HTTP/1.1" %d 5 "-" "%s"\n'
    (place / "mixed.log").write_text("".join(line % request for request in requests))
    (place / "c.toml").write_text('routes = ["^/shop/ = /shop/{colour}"]\n')
    found, _ = reported(capfd, "--config", "c.toml", "mixed.log")
    routes = {row["name"]: row["hits"] for row in found["top"]["routes"]}

    assert routes == {"/.env": 2, "/shop/{colour}": 2, "/users/{id}": 2}
    assert {row["name"] for row in found["top"]["paths"]} >= {"/users/1", "/users/2"}
    assert {kind: figures["hits"] for kind, figures in found["kinds"].items()} == {
        "person": 1,
        "crawler": 1,
        "tool": 2,
        "unknown": 2,
    }
    assert [row["name"] for row in found["top"]["crawlers"]] == ["GPTBot"]
    assert found["errors"] == {"client": 2, "server": 0, "rate": 0.333333, "scanner": 1}
    found, _ = reported(capfd, "--config", "c.toml", "--where", "route=/shop/{colour} kind=tool", "mixed.log")
    assert found["hits"] == 2
