"""The bar of a long reading: seen on a terminal only, late, and gone afterwards."""

import io
import subprocess
import sys

import pytest

from glance.cli.progress import QUIET_SECONDS, ReadingBar, reading_figures


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class HandClock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture(autouse=True)
def ordinary_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """The terminal can do what most can."""
    monkeypatch.setenv("TERM", "xterm-256color")


def test_it_shows_bytes_speed_and_time_left_and_then_goes() -> None:
    stream, clock = Terminal(), HandClock()
    with ReadingBar(187_000_000, stream, clock) as bar:
        clock.seconds = 2.0
        bar.show(93_500_000, 500_000)
        assert "93.5MB of 187MB  250k lines/s  2s left" in stream.getvalue()
    assert stream.getvalue().endswith(("\x1b[2K", "\x1b[1A\x1b[2K"))


def test_a_short_reading_shows_nothing() -> None:
    stream, clock = Terminal(), HandClock()
    with ReadingBar(1000, stream, clock) as bar:
        clock.seconds = QUIET_SECONDS / 2
        bar.show(900, 10)
    assert stream.getvalue() == ""


def test_it_is_drawn_ten_times_a_second_at_most() -> None:
    stream, clock = Terminal(), HandClock()
    with ReadingBar(1000, stream, clock) as bar:
        clock.seconds = 1.0
        bar.show(100, 10)
        size = len(stream.getvalue())
        clock.seconds = 1.05
        bar.show(200, 20)
        assert len(stream.getvalue()) == size


@pytest.mark.parametrize("terminal", ["dumb", "file"])
def test_where_nobody_can_see_it_nothing_is_written(terminal: str, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal() if terminal == "dumb" else io.StringIO()
    monkeypatch.setenv("TERM", "dumb" if terminal == "dumb" else "xterm")
    clock = HandClock()
    with ReadingBar(1000, stream, clock) as bar:
        clock.seconds = 5.0
        bar.show(100, 10)
    assert stream.getvalue() == ""


def test_a_failure_takes_it_away_too() -> None:
    stream, clock = Terminal(), HandClock()

    def fail() -> None:
        with ReadingBar(1000, stream, clock) as bar:
            clock.seconds = 1.0
            bar.show(100, 10)
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        fail()
    assert "\x1b[?25h" in stream.getvalue()


@pytest.mark.parametrize(
    ("read", "total", "lines", "seconds", "words"),
    [
        (0, 1000, 0, 0.0, "0B of 1.00kB"),
        (500, 1000, 5, 1.0, "500B of 1.00kB  5.00 lines/s  1s left"),
        (2000, 1000, 5, 1.0, "2.00kB of 1.00kB  5.00 lines/s"),
        (500, None, 5, 1.0, "500B  5.00 lines/s"),
    ],
)
def test_figures(read: int, total: int | None, lines: int, seconds: float, words: str) -> None:
    assert reading_figures(read, total, lines, seconds) == words


def test_rich_is_not_imported_before_it_is_needed() -> None:
    program = "import sys, glance.cli.progress; sys.exit('rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
