"""Draw the README's pictures from the real program in a real terminal: `python -m tests.pictures [FOLDER]`."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.bench.setting import ROOT, Setting
from tests.bench.terminal import Terminal
from tests.pictures.drawing import picture

FOLDER = ROOT / "docs" / "pictures"
OPENED = datetime(2026, 6, 10, 14, 29, 30, tzinfo=UTC)
SHOWN_AFTER = timedelta(seconds=42)
"""A burst of errors begins twenty seconds after the demo is opened."""
THRESHOLD = "56"
"""Requests per second: a little below the demo's traffic, so that the alert has something to say."""
PATIENCE_SECONDS = 30.0
ESCAPE = b"\x1b"


@dataclass(frozen=True, slots=True)
class Until:
    """Something has to be on the screen before the next key."""

    pattern: str
    key: bytes = b""
    """Pressed again and again until it is."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture."""

    name: str
    title: str
    columns: int
    rows: int
    keys: Sequence[bytes | Until] = ()
    """Pressed before it is taken."""
    undo: Sequence[bytes] = (ESCAPE,)
    """Pressed after it was taken, where keys were."""
    after_seconds: float = 0.0
    """Not before so long after the opening."""


SHOTS = (
    Shot("overview", "glance at 120 × 35: traffic, sections, paths, clients, status, alerts and lines", 120, 35),
    Shot("wide", "glance at 200 × 55", 200, 55),
    Shot("small", "glance at 80 × 24: the tables are tabs of one box", 80, 24),
    Shot("zoomed", "the panel of paths on the whole screen", 120, 35, (b"3", b"z")),
    Shot("errors", "the page of errors: each status with its routes, clients and newest lines", 120, 35, (b"e",)),
    Shot("latency", "the page of latency: percentiles by route, and the slowest requests", 120, 35, (b"d", b"j")),
    Shot("clients", "the page of clients, suspicious first, with lines that shut one out", 120, 35,
         (b"a", b"s", b"s", b"s", b"b"), (ESCAPE, ESCAPE)),
    Shot("heat", "the heat map of latency", 120, 35, (b"h",)),
    Shot("sql", "the page of SQL with an answer", 120, 35, (b";", b"2")),
    Shot("timeline", "a part of the chart is selected; its border says what is in it", 120, 35, (b"[", b"[", b"{")),
    Shot("compare", "five minutes beside the five before, risers first", 120, 35, (b"<", b"c", b"3", b"s")),
)  # fmt: skip
SLOW_SECONDS = 108.0
"""Searches become slow eighty seconds after the opening; then some profiles of it are there."""
CODE = (
    Shot("suspects", "the page of suspects while searches are slow, with the line of source", 120, 35,
         (b"d", *(b"k",) * 4, Until("slowest of /search", b"j"), b"P", Until("compile under")), (ESCAPE, ESCAPE),
         SLOW_SECONDS),
    Shot("flame", "the flame graph of the same time, with top table, callers and callees", 120, 35,
         (b"p", *(b"\x1b[B",) * 5), (ESCAPE, b"S"), SLOW_SECONDS),
    Shot("snapshots", "the page of snapshots, with one that was just taken", 120, 35,
         (b"K", Until("by hand")), (ESCAPE,), SLOW_SECONDS + 22),
)  # fmt: skip
"""From traffic to the line of code; a snapshot takes some seconds, so it is begun after the shot before."""
LIGHT = Shot("light", "glance with light colours", 120, 35)


def taken(setting: Setting, shots: Sequence[Shot], *, theme: str) -> dict[str, str]:
    """The pictures of one run of the demo, by name.

    Raises:
        ValueError: the dashboard does not come.
    """
    program = (sys.executable, "-m", "tests.pictures.program", str(OPENED.timestamp()))
    words = ("demo", "--seed", "1", "--theme", theme, "--alert-threshold", THRESHOLD)
    first = shots[0]
    with Terminal(
        [*program, *words],
        columns=first.columns,
        rows=first.rows,
        environment=setting.environment,
        directory=ROOT,
    ) as shown:
        wait_for(shown, re.escape((OPENED + SHOWN_AFTER).strftime("%H:%M:%S")), 2 * PATIENCE_SECONDS)
        opened = time.monotonic() - SHOWN_AFTER.total_seconds()
        found = {}
        for shot in shots:
            shown.run(max(0.0, opened + shot.after_seconds - time.monotonic()))
            found[shot.name] = one(shown, shot)
        return found


def one(shown: Terminal, shot: Shot) -> str:
    """One picture.

    Raises:
        ValueError: the dashboard is gone.
    """
    shown.resize(shot.columns, shot.rows)
    shown.run(1.5)
    for key in shot.keys:
        press(shown, key)
    shown.run(1.0)
    if shown.process.poll() is not None:
        raise ValueError(f"the dashboard ended before {shot.name}:\n{shown.text()}")
    drawn = picture(shown.screen, shot.title)
    for key in shot.undo if shot.keys else ():
        shown.send(key)
        shown.run(0.5)
    return drawn


def press(shown: Terminal, key: bytes | Until) -> None:
    """Press a key, or wait.

    Raises:
        ValueError: what is waited for does not come.
    """
    if isinstance(key, bytes):
        shown.send(key)
        shown.run(0.7)
        return
    until = time.monotonic() + PATIENCE_SECONDS
    while shown.wait_for(key.pattern, 1.0) is None:
        if time.monotonic() > until:
            raise ValueError(f"{key.pattern!r} was never on the screen:\n{shown.text()}")
        shown.send(key.key)


def wait_for(shown: Terminal, pattern: str, seconds: float) -> None:
    """Wait for something on the screen.

    Raises:
        ValueError: it does not come.
    """
    if shown.wait_for(pattern, seconds) is None:
        raise ValueError(f"{pattern!r} was never on the screen:\n{shown.text()}")


def main(words: Sequence[str]) -> int:
    """Take them all."""
    folder = Path(words[0]) if words else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="glance-pictures-") as work:
        setting = Setting(Path(work), Path(work), is_quick=True, say=lambda _: None)
        drawn = taken(setting, (*SHOTS, *CODE), theme="dark") | taken(setting, (LIGHT,), theme="light")
    for name, text in drawn.items():
        path = folder / f"{name}.svg"
        path.write_text(text, encoding="utf-8")
        print(f"{os.path.relpath(path)}  {len(text.encode()) / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
