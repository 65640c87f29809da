"""However glance ends, the terminal is as it was and the exit code says why."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path

import pytest

from tests.end_to_end.terminal import Terminal, children_of, environment, glance, is_running, until
from tests.end_to_end.traffic import numbered

READY = "LIVE"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A small log of now."""
    path = tmp_path / "access.log"
    path.write_bytes(numbered(0, 50))
    return path


@pytest.mark.parametrize(
    ("number", "code"),
    [(signal.SIGTERM, 143), (signal.SIGHUP, 129), (signal.SIGINT, 130), (signal.SIGQUIT, 131)],
    ids=str,
)
def test_a_signal_restores_the_terminal(log: Path, number: signal.Signals, code: int) -> None:
    with glance(log) as terminal:
        terminal.shows(READY)
        terminal.signal(number)

        assert terminal.ends() == code
        assert terminal.is_restored(), terminal.left_on()


@pytest.mark.parametrize(("key", "code"), [("q", 0), ("ctrl+c", 130)])
def test_a_key_that_ends_restores_the_terminal(log: Path, key: str, code: int) -> None:
    with glance(log) as terminal:
        terminal.shows(READY)
        terminal.press(key)

        assert terminal.ends() == code
        assert terminal.is_restored(), terminal.left_on()


def test_a_signal_before_the_first_frame_restores_the_terminal(log: Path) -> None:
    with glance(log) as terminal:
        until(lambda: b"\x1b[?1049h" in terminal.raw, "the other screen")
        terminal.signal(signal.SIGTERM)

        assert terminal.ends() == 143
        assert terminal.is_restored(), terminal.left_on()


def test_a_signal_behind_help_and_palette_restores_the_terminal(log: Path) -> None:
    with glance(log) as terminal:
        terminal.shows(READY)
        terminal.press("?")
        terminal.shows("esc closes")
        terminal.press("ctrl+p")
        terminal.shows("Search for commands")
        terminal.signal(signal.SIGTERM)

        assert terminal.ends() == 143
        assert terminal.is_restored(), terminal.left_on()


def test_two_signals_at_once_restore_the_terminal(log: Path) -> None:
    """Which of them counts is up to the system."""
    with glance(log) as terminal:
        terminal.shows(READY)
        terminal.signal(signal.SIGTERM)
        terminal.signal(signal.SIGINT)

        assert terminal.ends() in (143, 130)
        assert terminal.is_restored(), terminal.left_on()


@pytest.mark.parametrize("way", ["signal", "key"])
def test_a_stop_gives_the_terminal_back_and_continuing_takes_it_again(log: Path, way: str) -> None:
    with glance(log) as terminal:
        terminal.shows(READY)
        if way == "key":
            terminal.press("ctrl+z")
        else:
            terminal.signal(signal.SIGTSTP)
        until(terminal.is_stopped, "being stopped")
        until(terminal.is_restored, "the terminal as it was")

        terminal.signal(signal.SIGCONT)
        until(lambda: terminal.raw.count(b"\x1b[?1049h") == 2, "the other screen again")
        terminal.shows(READY)
        terminal.press("q")

        assert terminal.ends() == 0
        assert terminal.is_restored(), terminal.left_on()


def broken(patch: str, log: Path) -> Terminal:
    """Glance with one of its methods replaced before it starts."""
    runner = f"import sys\nfrom glance.cli.main import main\n{patch}\nsys.exit(main(sys.argv[1:]))"
    return Terminal([sys.executable, "-c", runner, str(log)])


def test_a_bug_in_the_screen_restores_the_terminal_and_is_told(log: Path) -> None:
    patch = """
from glance.widgets.ranking_table import RankingTable
def fail(self, size):
    if self.scene.at: raise RuntimeError("injected [/x \\x1b[2J")
    return before(self, size)
before, RankingTable.draw = RankingTable.draw, fail
"""
    with broken(patch, log) as terminal:
        assert terminal.ends() == 1
        assert terminal.is_restored(), terminal.left_on()
        assert b"injected" in terminal.raw
        assert b"injected [/x \x1b[2J" not in terminal.raw


def test_a_bug_in_the_collector_is_shown_and_told_at_the_end(log: Path) -> None:
    patch = """
from glance.pipeline.collector import Collector
def fail(self):
    if self._series.last_ms: raise RuntimeError("injected [/x \\x1b[2J")
    return before(self)
before, Collector.scene = Collector.scene, fail
"""
    with broken(patch, log) as terminal:
        terminal.shows("injected")
        terminal.press("q")

        assert terminal.ends() == 1
        assert terminal.is_restored(), terminal.left_on()
        assert b"a bug: RuntimeError" in terminal.raw
        assert b"injected [/x \x1b[2J" not in terminal.raw


def test_glance_ends_when_its_terminal_goes_away(log: Path) -> None:
    with glance(log) as terminal:
        terminal.shows(READY)
        terminal.hang_up()

        assert terminal.ends(5) == 129


def test_glance_ends_when_its_terminal_goes_away_and_nobody_sends_a_signal(log: Path) -> None:
    """As under a program that ignores the hangup for its children, such as nohup."""
    runner = (
        "import os, signal, sys\nsignal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "os.execv(sys.executable, [sys.executable, '-m', 'glance', *sys.argv[1:]])"
    )
    with Terminal([sys.executable, "-c", runner, str(log)]) as terminal:
        terminal.shows(READY)
        terminal.hang_up()

        assert terminal.ends(5) == 129


def test_a_stalled_terminal_does_not_keep_a_signal_from_ending_glance(log: Path) -> None:
    with glance(log, "--refresh", "0.1") as terminal:
        terminal.shows(READY)
        terminal.stall()
        for width in range(60, 160):  # every size paints everything anew, until nothing more fits anywhere
            terminal.resize(width, 40)
        until(terminal.is_full, "no more room for output")
        terminal.signal(signal.SIGTERM)

        assert terminal.process.wait(10) == 143
        assert terminal.modes() == terminal.modes_before


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="children are looked up in /proc")
def test_workers_never_outlive_glance(tmp_path: Path) -> None:
    log = tmp_path / "large.log"
    block = numbered(0, 10_000, at=time.time() - 60)
    with log.open("wb") as file:
        for _ in range(90):
            file.write(block)
    with glance(log, env=environment()) as terminal:
        until(lambda: children_of(terminal.process.pid), "workers")
        workers = children_of(terminal.process.pid)
        terminal.process.kill()
        terminal.process.wait()

        until(lambda: not any(is_running(pid) for pid in workers), "the end of the workers", 5)
