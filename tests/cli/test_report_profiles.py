"""`glance report` and `glance check` take profiles too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from glance.cli.main import main

LINE = '192.0.2.1 - - [22/Nov/2026:14:00:{:02} +0000] "GET /a HTTP/1.1" 200 5 "-" "curl"\n'
BEFORE = "main;work;hash 500\nmain;work;parse 300\nmain;idle 200\n"
AFTER = "main;work;hash 800\nmain;work;parse 100\nmain;idle 100\n"
HOSTILE = "main;\x1b]52;c;Y\x07`*<script>|x 10\nmain;b 10\n"


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a log and profiles."""
    (tmp_path / "access.log").write_text("".join(map(LINE.format, range(10))))
    for name, text in (("before", BEFORE), ("after", AFTER), ("hostile", HOSTILE)):
        (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


Capture = pytest.CaptureFixture[str]


def said(capfd: Capture, *words: str) -> tuple[int, str, str]:
    """Exit code and what was said."""
    code = main(list(words))
    return code, *capfd.readouterr()


def test_both_are_in_one_report(capfd: Capture) -> None:
    code, out, err = said(capfd, "report", "before", "access.log")

    assert (code, err) == (0, "")
    assert "access.log  combined, 10 of 10 lines" in out
    assert out.index("Total Hits") < out.index("Profile  before")
    rows = [line.split() for line in out[out.index("Top functions") :].splitlines()[1:]]
    assert rows[:3] == [
        ["hash", "500", "50.0%", "500", "50.0%"],
        ["parse", "300", "30.0%", "300", "30.0%"],
        ["idle", "200", "20.0%", "200", "20.0%"],
    ]
    assert rows[4] == ["work", "0", "0", "800", "80.0%"]
    assert all(len(line) <= 100 for line in out.splitlines())


def test_a_profile_alone_is_a_report(capfd: Capture) -> None:
    _, out, _ = said(capfd, "report", "before")
    assert "Profile  before" in out
    assert "log is empty" not in out
    _, page, _ = said(capfd, "report", "-o", "html", "before")
    assert "log is empty" not in page
    assert "<bdi>hash</bdi>" in page
    _, document, _ = said(capfd, "report", "-o", "markdown", "before")
    assert document.splitlines()[0] == "# Report"
    assert "| hash | 500 | 50.0% | 500 | 50.0% |" in document


def test_json_has_exact_numbers_and_no_key_where_there_is_none(capfd: Capture) -> None:
    _, out, _ = said(capfd, "report", "-o", "json", "--top", "1", "access.log", "before", "after")
    found = json.loads(out)
    assert found["hits"] == 10
    assert [one["path"] for one in found["profiles"]] == ["before", "after"]
    assert found["profiles"][0] == {
        "path": "before",
        "format": "folded stacks",
        "type": "samples",
        "unit": "count",
        "total": 1000,
        "rows": [{"name": "hash", "flat": 500, "cum": 500}],
    }
    _, out, _ = said(capfd, "report", "-o", "json", "access.log")
    assert "profiles" not in json.loads(out)


@pytest.mark.parametrize("output", ["csv", "prometheus"])
def test_a_form_without_room_says_so(capfd: Capture, output: str) -> None:
    code, out, err = said(capfd, "report", "-o", output, "access.log", "before")

    assert code == 0
    assert "hash" not in out
    assert err == f"glance: {output} has no place for profiles: they are left out\n"


@pytest.mark.parametrize("output", ["text", "json", "markdown", "html"])
def test_names_of_functions_are_hostile(capfd: Capture, output: str) -> None:
    _, out, _ = said(capfd, "report", "-o", output, "hostile")

    assert "\x1b" not in out
    assert "\x07" not in out
    assert output == "json" or "<script>" not in out


def test_a_damaged_profile_is_told(capfd: Capture, place: Path) -> None:
    (place / "cut").write_bytes(b"\x0a\x04\x08\x01\x10\x02\x12\x7f\x00")
    code, _, err = said(capfd, "report", "cut")

    assert code != 0
    assert "cut" in err


@pytest.mark.parametrize(
    ("expression", "files", "code"),
    [
        ("share > 40%", ["before"], 1),
        ("share > 60%", ["before"], 0),
        ("cum_share > 99% and share > 1%", ["before"], 0),
        ("growth > 20%", ["before", "after"], 1),
        ("growth > 40%", ["before", "after"], 0),
        ("growth > 2%", ["before", "before"], 0),
    ],
)
@pytest.mark.parametrize("verb", ["check", "report"])
def test_conditions_on_functions(capfd: Capture, verb: str, expression: str, files: list[str], code: int) -> None:
    found, _, err = said(capfd, verb, "--fail-if", expression, *files)

    assert found == code
    assert ("hash: " in err) is bool(code)


def test_logs_and_functions_are_checked_together(capfd: Capture) -> None:
    code, out, err = said(
        capfd, "check", "--min-requests", "11", "--fail-if", "share > 40%", "-o", "json", "access.log", "before"
    )
    found = json.loads(out)

    assert code == 1
    assert found["passed"] is False
    assert [one["fails_if"] for one in found["checks"]] == ["hits < 11", "share > 40%"]
    assert found["checks"][1]["figures"] == {"share": 0.5}
    assert found["profiles"] == ["before"]
    assert err.count("glance: failed: ") == 2
    assert said(capfd, "check", "-v", "--min-requests", "1", "--fail-if", "share > 60%", "access.log", "before") == (
        0,
        "ok: hits 10, error_rate 0%, server_error_rate 0%, functions of 1 profile\n",
        "",
    )


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["--fail-if", "share > 3%", "access.log"], "there is no profile to check"),
        (["--fail-if", "p99 > 3s", "before"], "there is no log to check"),
        (["--max-error-rate", "1%", "before"], "there is no log to check"),
        (["--fail-if", "growth > 3%", "before"], "growth needs two profiles"),
        (["--fail-if", "share > 3", "before"], "is a share from 0 to 1"),
    ],
)
def test_what_cannot_be_checked_is_said(capfd: Capture, words: list[str], what: str) -> None:
    code, _, err = said(capfd, "check", *words)

    assert code == 2
    assert what in err
