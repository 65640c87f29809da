"""Text of a log reaches no terminal but as text: a strict reading of every byte that is sent."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from tests.end_to_end.byte_oracle import OWN, PLAIN, PROGRESS, foreign
from tests.end_to_end.hostile import PAYLOADS, line, lines
from tests.end_to_end.terminal import Terminal, environment, glance, run

TALL = (120, 140)
"""A screen on which every hostile line has room at once."""

EVIL_NAME = "evil\x1b]0;title\x07\x9b2J\u202e\u200b/[@click=app.quit]CLICK[\x1b[2J\nsecond.log"
PANELS = ("traffic", "sections", "paths", "clients", "status", "alerts", "lines")
TABLES = ("sections", "paths", "clients")
IN_TURN = ("traffic", "sections", "status", "paths", "alerts", "clients", "lines")
"""Panels so that a table follows what is none: the footer then says when the keys have come there."""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log with everything hostile in it."""
    path = tmp_path / EVIL_NAME
    path.parent.mkdir(parents=True)
    path.write_bytes(b"".join(lines(time.time())))
    return path


def boxes(text: str) -> int:
    """How many panels are on the screen."""
    return text.count("╭")


def has_straight_edges(text: str) -> bool:
    """Whether nothing in a panel moved its right edge."""
    return all(row.rstrip()[-1:] in "╮│╯" for row in text.splitlines() if row.startswith(("╭", "│", "╰")))


def zoom(terminal: Terminal, name: str) -> str:
    """Show one panel on the whole screen, as it is when it has settled, and go back."""
    terminal.press(str(PANELS.index(name) + 1))
    terminal.shows(lambda text: ("/ search" in text) == (name in TABLES))
    terminal.press("z")
    text = terminal.shows(lambda text: boxes(text) == 1 and name in text.splitlines()[1])
    terminal.press("esc")
    terminal.shows(lambda text: boxes(text) > 1)
    return text


def test_no_panel_passes_on_what_a_line_says(log: Path) -> None:
    with glance(log, "--refresh", "0.2", size=TALL) as terminal:
        terminal.shows(lambda text: "by hits" in text and "/ search" in text)
        for name in IN_TURN:
            text = zoom(terminal, name)
            assert has_straight_edges(text), text
        terminal.press("q")

        assert terminal.ends() == 0
        assert terminal.is_restored()
    assert foreign(bytes(terminal.raw), TALL, OWN) == []


def test_search_help_palette_pause_and_clicks_pass_nothing_on(log: Path) -> None:
    size = (120, 40)
    with glance(log, "--refresh", "0.2", size=size) as terminal:
        terminal.shows(lambda text: "by hits" in text and "/ search" in text)
        terminal.press("/")
        terminal.shows("found")
        terminal.press("click")
        terminal.shows(lambda text: "/ click" in text and "CLICKME" in text)
        terminal.press("enter")
        terminal.shows("/click")
        terminal.click("CLICKME")
        terminal.press("esc")
        terminal.shows(lambda text: "/click" not in text)
        terminal.press("/")
        terminal.write(b"\x1b[200~e\x1b]0;evil\x07\xc2\x9b2J\x1b[201~")
        terminal.shows("nothing matches")
        terminal.press("esc")
        terminal.shows(lambda text: "nothing matches" not in text)
        terminal.press("?")
        terminal.shows("esc closes")
        terminal.press("esc")
        terminal.shows(lambda text: "esc closes" not in text)
        terminal.press("ctrl+p")
        terminal.shows("Search")
        terminal.press("\u202e[@click=app.quit]")
        terminal.shows("No matches")
        terminal.press("esc")
        terminal.shows(lambda text: "No matches" not in text)
        terminal.press(" ")
        terminal.shows("PAUSED")
        terminal.press(" ")
        terminal.shows("LIVE")
        for narrow in ((80, 24), (60, 15), (30, 8), (120, 40)):
            terminal.resize(*narrow)
            terminal.shows("too small" if narrow == (30, 8) else "by hits")
        terminal.press("q")

        assert terminal.ends() == 0
        assert terminal.is_restored()
    assert foreign(bytes(terminal.raw), size, OWN) == []


def test_filters_by_hostile_names_pass_nothing_on(log: Path) -> None:
    """Each name becomes a chip, its opposite, and a text that is edited; every one of them matches its lines."""
    size = (120, 140)
    with glance(log, "--refresh", "0.2", size=size) as terminal:
        terminal.shows(lambda text: "by hits" in text and "/ search" in text)
        for row in range(8):
            terminal.press("3")
            terminal.write(b"g" + b"j" * row + b"\r")
            text = terminal.shows(lambda text: re.search(r" [1-9][0-9]* of [0-9]+ ", text.splitlines()[1]))
            assert "✕" in text.splitlines()[1]
            terminal.press("!")
            terminal.shows(lambda text: "-route" in text.splitlines()[1])
            terminal.write(b"f\x1b[D\x1b[D")
            terminal.shows("enter keep")
            terminal.press("esc")
            terminal.shows(lambda text: "enter keep" not in text)
            terminal.press("backspace")
            terminal.shows(lambda text: "✕" not in text.splitlines()[1])
        terminal.press("q")

        assert terminal.ends() == 0
        assert terminal.is_restored()
    assert foreign(bytes(terminal.raw), size, OWN) == []


def test_several_logs_pass_nothing_on(log: Path, tmp_path: Path) -> None:
    """Lines then say which log they come from."""
    other = tmp_path / "plain.log"
    other.write_bytes(line(time.time()) * 5)
    with glance(log, other, "--refresh", "0.2") as terminal:
        terminal.shows(lambda text: "2 logs" in text and "/ search" in text)
        zoom(terminal, "lines")
        terminal.press("q")

        assert terminal.ends() == 0
    assert foreign(bytes(terminal.raw), (120, 40), OWN) == []


@pytest.mark.parametrize("output", ["text", "markdown", "csv", "json"])
def test_no_report_passes_on_what_a_line_says(log: Path, output: str) -> None:
    report = run("report", "--top", "500", "--output", output, log)

    assert report.returncode == 0
    assert foreign(report.stdout, own=PLAIN) == []
    assert report.stderr == b""
    assert b"cart" in report.stdout


@pytest.mark.parametrize("output", ["text", "markdown", "csv", "json"])
def test_no_report_on_a_terminal_passes_on_what_a_line_says(log: Path, output: str) -> None:
    with glance("report", "--top", "500", "--output", output, log) as terminal:
        assert terminal.ends() == 0
        assert terminal.is_restored()
    assert foreign(bytes(terminal.raw), (120, 40), PROGRESS) == []


def test_a_progress_bar_with_a_hostile_name_leaves_only_the_report(log: Path) -> None:
    with glance("report", log, stdin=None, env=environment(TERM="dumb")) as terminal:
        assert terminal.ends() == 0
    assert foreign(bytes(terminal.raw), (120, 40), PROGRESS) == []
    assert b"\x1b" not in terminal.raw


@pytest.mark.parametrize(
    "arguments",
    [
        [EVIL_NAME],
        ["report", EVIL_NAME],
        ["--format", PAYLOADS["OSC 52 clipboard"].decode() + "\u202e", "plain.log"],
        ["report", "--format", "\x1b[2J\u202e", "plain.log"],
        ["--theme", "\x1b]0;evil\x07\u202e"],
        ["--window", "\x1b]0;evil\x07\u202e"],
        ["report", "--since", "\x1b]0;evil\x07\u202e", "plain.log"],
        ["report", "--output", "\x1b]0;evil\x07\u202e", "plain.log"],
        ["--config", "\x1b]0;evil\x07\u202e"],
        ["--\x1b]0;evil\x07\u202e"],
        ["report", "-\x1b"],
        ["completion", "\x1b]0;evil\x07\u202e"],
        ["config", "\x1b]0;evil\x07\u202e"],
    ],
    ids=ascii,
)
def test_no_message_passes_on_what_was_typed_or_what_a_file_is_called(tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "plain.log").write_bytes(line(time.time()))
    ended = run(*arguments, cwd=tmp_path)
    with glance(*arguments, cwd=tmp_path) as terminal:
        code = terminal.ends()

    assert code == ended.returncode
    assert 2 <= code <= 6
    assert ended.stderr.strip()
    assert foreign(ended.stderr, own=PLAIN) == []
    assert foreign(bytes(terminal.raw), (120, 40), PLAIN) == []
