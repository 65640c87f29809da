"""Snapshots in a terminal: taken by a key, listed, opened like live, left, and opened as a file."""

from __future__ import annotations

import time
from pathlib import Path

from tests.end_to_end.hostile import line
from tests.end_to_end.terminal import environment, glance

SIZE = (120, 40)


def log_of(folder: Path, many: int = 30) -> Path:
    """A log of the last minute."""
    log, now = folder / "access.log", time.time()
    log.write_bytes(b"".join(line(now - 40 + number, path=f"/own/{number % 3}".encode()) for number in range(many)))
    return log


def test_a_snapshot_is_taken_listed_opened_like_live_and_left(tmp_path: Path) -> None:
    log = log_of(tmp_path)
    env = environment(HOME=str(tmp_path), XDG_STATE_HOME=str(tmp_path / "state"))
    with glance(log, "--refresh", "0.2", size=SIZE, env=env, cwd=tmp_path) as terminal:
        terminal.shows("/own/1")
        terminal.press("S")
        terminal.shows("K lists them")
        (kept,) = (tmp_path / "state" / "glance" / "glance.snapshots").glob("*.glance")
        terminal.press("K")
        terminal.shows("by hand")
        terminal.press("enter")
        terminal.shows(lambda text: "esc returns to live" in text and "/own/2" in text)
        log.write_bytes(log.read_bytes() + line(time.time(), path=b"/only/live"))
        terminal.press("l")
        terminal.shows(lambda text: "newest first" in text and "esc returns" in text)
        assert "/only/live" not in terminal.text
        terminal.press("esc")
        terminal.shows(lambda text: "newest first" not in text and "esc returns" in text)
        terminal.press("esc")
        terminal.shows(lambda text: "by hand" in text and "esc returns" not in text)
        terminal.press("esc")
        terminal.shows("/only/live")
        terminal.press("q")
        assert terminal.ends() == 0
        assert terminal.is_restored()
    with glance(kept, size=SIZE, env=env, cwd=tmp_path) as terminal:
        shown = terminal.shows(lambda text: "q quits" in text and "/own/2" in text)
        assert "/only/live" not in shown
        terminal.press("q")
        assert terminal.ends() == 0
