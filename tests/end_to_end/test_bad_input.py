"""What cannot be read, shown or written is told once: what, why, and what to do; with the exit code of its kind."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.end_to_end.terminal import Terminal, environment, glance, run
from tests.end_to_end.traffic import append, numbered, request


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a log, and with everything that is none."""
    (tmp_path / "access.log").write_bytes(numbered(0, 50))
    (tmp_path / "empty.log").touch()
    (tmp_path / "binary.log").write_bytes(bytes(range(256)) * 40)
    (tmp_path / "utf16.log").write_text("a line\n" * 50, encoding="utf-16")
    (tmp_path / "story.log").write_text("Once upon a time there was a server.\n" * 50)
    (tmp_path / "near.log").write_bytes(numbered(0, 50).replace(b'" 200', b'" done'))
    (tmp_path / "nothing").mkdir()
    (tmp_path / "logs").mkdir()
    shutil.copy(tmp_path / "access.log", tmp_path / "logs")
    os.mkfifo(tmp_path / "fifo")
    return tmp_path


def as_nobody() -> list[str]:
    """What goes before a command so that permissions count for it."""
    if os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("root may read everything, and there is no setpriv to take that away")
    return [setpriv, "--bounding-set=-dac_override,-dac_read_search"]


def told(stderr: bytes) -> tuple[str, str, str]:
    """The three parts of a message: what, why, what to do; nothing else may be there."""
    lines = stderr.decode().splitlines()
    assert lines[0].startswith("glance: "), lines
    parts = dict(line.split(maxsplit=1) for line in lines[1:])
    assert set(parts) <= {"why", "do"}, lines
    return lines[0].removeprefix("glance: "), parts.get("why", ""), parts.get("do", "")


class Told(NamedTuple):
    """Arguments, and what is told about them."""

    arguments: list[str]
    code: int
    what: str
    why: str
    hint: str


NAMED = [
    Told(["no.log"], 5, "no.log does not exist", "there is no file of this name", ""),
    Told(["no/access.log"], 5, "no/access.log does not exist", "there is no directory", "check the path"),
    Told(["acces.log"], 5, "acces.log does not exist", "there is no file", "did you mean access.log?"),
    Told(["no*.log"], 5, "no*.log matches no log", "there is no file", "check the pattern"),
    Told(["nothing"], 5, "nothing holds no log", "no file in it is called", "name the file itself"),
    Told(["binary.log"], 5, "binary.log cannot be read as a log", "it is a binary file", "name a text file"),
    Told(["utf16.log"], 5, "utf16.log cannot be read as a log", "it is UTF-16 text", "iconv -f UTF-16"),
    Told(["/dev/null"], 5, "/dev/null cannot be read as a log", "it is a device", "name a file"),
    Told(["--format", "combinde", "access.log"], 6, "no format named combinde", "neither", "did you mean combined"),
    Told(["--format", "$nothing %", "access.log"], 6, "", "", ""),
]


@pytest.mark.parametrize("case", NAMED, ids=lambda case: " ".join(case.arguments))
def test_what_cannot_be_read_is_told_with_and_without_a_terminal(place: Path, case: Told) -> None:
    for ended in (run("report", *case.arguments, cwd=place), run(*case.arguments, cwd=place)):
        assert ended.returncode == case.code
        assert ended.stdout == b""
        what, why, hint = told(ended.stderr)
        assert case.what in what
        assert case.why in why
        assert case.hint in hint
    with glance(*case.arguments, cwd=place) as terminal:
        assert terminal.ends() == case.code
        assert b"\x1b[?1049h" not in terminal.raw, "told before there is a screen"
        assert case.what in " ".join(terminal.text.split())


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--theme", "mauve", "access.log"], 2, "expected one of dark"),
        (["--window", "3 moons", "access.log"], 2, "3 moons"),
        (["--alert-threshold", "many", "access.log"], 2, "many"),
        (["report", "--since", "yesterdayish", "access.log"], 2, "ISO 8601"),
        (["report", "--output", "xml", "access.log"], 2, "xml"),
        (["report", "--top", "0", "access.log"], 2, "--top"),
        (["--config", "no.toml", "access.log"], 3, "no.toml"),
        (["--nonsense", "access.log"], 2, "--nonsense"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_meant_is_told(place: Path, arguments: list[str], code: int, words: str) -> None:
    ended = run(*arguments, cwd=place)

    assert ended.returncode == code
    assert ended.stdout == b""
    assert words in ended.stderr.decode()
    assert b"a bug" not in ended.stderr


def test_a_log_that_may_not_be_read_is_told(place: Path) -> None:
    (place / "access.log").chmod(0)
    command = [*as_nobody(), sys.executable, "-m", "glance", "access.log"]
    ended = subprocess.run(command, cwd=place, env=environment(), capture_output=True, check=False)

    assert ended.returncode == 5
    assert told(ended.stderr)[:2] == ("access.log cannot be read", "permission denied")
    assert "adm" in told(ended.stderr)[2]
    with Terminal(command, cwd=place) as terminal:
        assert terminal.ends() == 5
        assert "permission denied" in terminal.text


def test_a_log_that_may_not_be_read_any_more_is_told_on_the_screen(place: Path) -> None:
    log = place / "access.log"
    with Terminal([*as_nobody(), sys.executable, "-m", "glance", str(log), "--refresh", "0.2"]) as terminal:
        terminal.shows(" 50 lines")
        log.rename(place / "access.log.1")
        log.write_bytes(b"")
        log.chmod(0)
        terminal.shows("permission denied")
        log.chmod(0o644)
        append(log, numbered(50, 50))
        terminal.shows(" 100 lines")
        terminal.press("q")
        assert terminal.ends() == 0


def test_a_directory_with_logs_works(place: Path) -> None:
    with glance(place / "logs") as terminal:
        terminal.shows(" 50 lines")
        terminal.press("q")
        assert terminal.ends() == 0


@pytest.mark.parametrize("name", ["empty.log", "fifo"])
def test_where_nothing_was_written_yet_the_screen_says_so(place: Path, name: str) -> None:
    with glance(place / name) as terminal:
        terminal.shows(f"waiting for the first request in {name}")
        terminal.press("q")
        assert terminal.ends() == 0


def test_an_empty_log_makes_an_empty_report(place: Path) -> None:
    ended = run("report", place / "empty.log")

    assert ended.returncode == 0
    assert b"The log is empty." in ended.stdout


def test_a_report_reads_a_named_pipe(place: Path) -> None:
    with subprocess.Popen(["cp", place / "access.log", place / "fifo"]):
        ended = run("report", place / "fifo")

    assert ended.returncode == 0
    assert b"50 of 50 lines" in ended.stdout


def test_a_report_on_what_no_format_reads_shows_where_the_nearest_fails(place: Path) -> None:
    ended = run("report", "near.log", cwd=place)

    assert ended.returncode == 6
    what, why, hint = told(ended.stderr)
    assert what == "near.log cannot be understood"
    assert "combined" in why
    assert "a status at column" in why
    assert '▸done 512 "-" "curl/8"' in why
    assert "--format" in hint


def test_the_dashboard_shows_lines_that_no_format_reads_and_where_the_nearest_fails(place: Path) -> None:
    with glance(place / "near.log", size=(150, 40)) as terminal:
        terminal.shows("50 unparsed")
        terminal.shows("near.log cannot be read: combined comes nearest, but has a status at column")
        text = terminal.shows("? 203.0.113.7 - - [")
        assert "▸done 512" in text
        assert "none of the 50 lines in near.log could be read as a request" in text
        append(place / "near.log", numbered(50, 30))
        terminal.shows(lambda text: "cannot be read" not in text and " 80 lines" in text)
        terminal.press("q")
        assert terminal.ends() == 0


def test_nothing_to_open_is_told_with_two_commands_to_try(tmp_path: Path) -> None:
    command = "import sys; sys.argv[0] = 'glance'\nimport glance.cli.options as o, glance.sources.discovery as d\n"
    command += (
        f"o.DEFAULT_FILE = '/no/such/log'\nfound = d.usual_places\nd.usual_places = lambda: found({str(tmp_path)!r})\n"
    )
    command += "from glance.cli.main import main; sys.exit(main([]))"
    with Terminal([sys.executable, "-c", command]) as terminal:
        assert terminal.ends() == 2
        text = " ".join(terminal.text.split())

    assert "there is no log to open" in text
    assert "nginx" in text
    assert "glance demo" in text
    assert "glance /path/to/access.log" in text


def test_a_terminal_that_is_too_small_says_what_it_needs_and_recovers(place: Path) -> None:
    with glance(place / "access.log", size=(30, 8)) as terminal:
        terminal.shows(lambda text: "too small" in " ".join(text.split()))
        for columns, lines in ((1, 1), (2, 5), (300, 90), (80, 24)):
            terminal.resize(columns, lines)
        terminal.shows("¹traffic")
        terminal.press("q")
        assert terminal.ends() == 0
        assert terminal.is_restored()


@pytest.mark.parametrize("size", [(1, 1), (5, 2), (0, 0)])
def test_a_terminal_of_no_size_is_survived(place: Path, size: tuple[int, int]) -> None:
    with glance(place / "access.log", size=size) as terminal:
        terminal.shows(lambda _: b"\x1b[?1004h" in terminal.raw)
        terminal.resize(80, 24)
        terminal.shows("¹traffic")
        terminal.press("q")
        assert terminal.ends() == 0


@pytest.mark.parametrize("term", ["dumb", "", None], ids=["dumb", "empty", "unset"])
def test_a_terminal_that_can_do_nothing_gets_the_plain_report(place: Path, term: str | None) -> None:
    with glance(place / "access.log", env=environment(TERM=term, COLORTERM=None)) as terminal:
        if term == "dumb":
            assert terminal.ends() == 0
            assert b"\x1b" not in terminal.raw
            assert b"50 of 50 lines" in terminal.raw
        else:
            terminal.shows("¹traffic")
            terminal.press("q")
            assert terminal.ends() == 0


def test_no_color_means_no_colour(place: Path) -> None:
    with glance(place / "access.log", env=environment(NO_COLOR="1")) as terminal:
        terminal.shows(" 50 lines")
        terminal.press("q")
        assert terminal.ends() == 0
    assert colours(terminal.raw) == set()
    with glance("report", place / "access.log", env=environment(NO_COLOR="1")) as terminal:
        assert terminal.ends() == 0
    assert colours(terminal.raw) == set()


def colours(raw: bytes | bytearray) -> set[bytes]:
    """The parameters of every style that are colours."""
    parameters = {number for style in re.findall(rb"\x1b\[([\d;]*)m", raw) for number in style.split(b";") if number}
    return {number for number in parameters if 30 <= int(number) < 39 or 40 <= int(number) < 49 or int(number) >= 90}


def test_the_screen_is_drawn_even_when_errors_go_elsewhere(place: Path) -> None:
    with (place / "errors").open("wb") as errors, glance("access.log", cwd=place, stderr=errors.fileno()) as terminal:
        terminal.shows(" 50 lines")
        terminal.press("q")
        assert terminal.ends() == 0
        assert terminal.is_restored()
    assert (place / "errors").read_bytes() == b""


def test_without_any_terminal_the_report_is_printed(place: Path) -> None:
    ended = run("access.log", cwd=place)

    assert ended.returncode == 0
    assert b"50 of 50 lines" in ended.stdout
    assert ended.stderr == b""


def test_a_pipe_without_a_terminal_is_reported_too(place: Path) -> None:
    with (place / "access.log").open("rb") as log:
        ended = run(stdin=log)

    assert ended.returncode == 0
    assert b"50 of 50 lines" in ended.stdout


def test_a_reader_that_leaves_early_ends_it_quietly(place: Path) -> None:
    read, write = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "glance", "report", "--output", "json", "--top", "1000", "access.log"],
        cwd=place,
        env=environment(),
        stdout=write,
        stderr=subprocess.PIPE,
    )
    os.close(write)
    os.close(read)
    stderr = process.communicate(timeout=25)[1]

    assert process.returncode in (0, 141, -signal.SIGPIPE)
    assert stderr == b""


def test_closed_output_is_told(place: Path) -> None:
    ended = subprocess.run(
        ["/bin/sh", "-c", '"$0" -m glance access.log >&-', sys.executable],
        cwd=place, env=environment(), stderr=subprocess.PIPE, check=False,
    )  # fmt: skip

    assert ended.returncode == 1
    assert told(ended.stderr)[1] == "standard output is closed"


@pytest.mark.parametrize("closed", ["2>&-", "<&- 2>&-"])
def test_where_nobody_hears_of_errors_the_report_is_printed(place: Path, closed: str) -> None:
    command = f'"$0" -m glance report --output csv access.log missing.log {closed}'
    ended = subprocess.run(
        ["/bin/sh", "-c", command, sys.executable], cwd=place, env=environment(), stdout=subprocess.PIPE, check=False
    )

    assert ended.returncode == 5
    assert ended.stdout.startswith(b"table,name,hits")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no device that is always full")
@pytest.mark.parametrize("verb", [["report"], ["report", "-o", "json"], ["config"]])
def test_a_full_disk_is_told_and_is_no_bug(place: Path, verb: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [sys.executable, "-m", "glance", *verb, *(["access.log"] if verb[0] == "report" else [])],
            cwd=place, env=environment(), stdout=full, stderr=subprocess.PIPE, check=False,
        )  # fmt: skip

    assert ended.returncode == 1
    assert told(ended.stderr)[0] == "cannot write"


@pytest.mark.parametrize(
    "trouble", ["no home", "read-only", "read-only database", "broken database", "a file in the way"]
)
def test_where_nothing_can_be_remembered_everything_else_works(
    place: Path, clean_environment: Path, trouble: str
) -> None:
    state = clean_environment / ".local" / "state" / "glance"
    changes: dict[str, str | None] = {}
    if trouble == "no home":
        changes["HOME"] = None
        changes["XDG_STATE_HOME"] = str(place / "nothing" / "state")
        changes["XDG_CONFIG_HOME"] = str(place / "nothing" / "config")
    elif trouble == "read-only":
        clean_environment.chmod(0o500)
    elif trouble == "a file in the way":
        (clean_environment / ".local").write_text("")
    else:
        state.mkdir(parents=True)
        if trouble == "broken database":
            (state / "glance.db").write_bytes(b"no database" * 1000)
        else:
            with sqlite3.connect(state / "glance.db") as database:
                database.execute("CREATE TABLE remembered (key TEXT PRIMARY KEY, value TEXT NOT NULL)")
            database.close()
            (state / "glance.db").chmod(0o400)
            state.chmod(0o500)
    command = [*as_nobody(), sys.executable, "-m", "glance", str(place / "access.log"), "--refresh", "0.2"]
    with Terminal(command, env=environment(**changes)) as terminal:
        terminal.shows(lambda text: " 50 lines" in text and "/ search" in text)
        terminal.press("<")
        terminal.shows("‹ 5m ›")
        terminal.press("q")

        assert terminal.ends() == 0
        assert terminal.is_restored()
    clean_environment.chmod(0o700)


def test_what_was_chosen_is_remembered(place: Path) -> None:
    with glance(place / "access.log") as terminal:
        terminal.shows("/ search")
        terminal.press("<")
        terminal.shows("‹ 5m ›")
        terminal.press("q")
        assert terminal.ends() == 0
    with glance(place / "access.log") as terminal:
        terminal.shows("‹ 5m ›")
        terminal.press("q")
        assert terminal.ends() == 0


def test_a_log_of_the_far_past_says_when_it_ended(tmp_path: Path) -> None:
    log = tmp_path / "old.log"
    log.write_bytes(request(time.time() - 400 * 86400))
    with glance(log) as terminal:
        terminal.shows("log ends")
        terminal.press("q")
        assert terminal.ends() == 0
