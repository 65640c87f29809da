"""Rows 3 to 7: the dashboard in a real terminal of 160 × 45, beside a log that is written live."""

from __future__ import annotations

import math
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.outcome import Outcome, Samples, megabytes_text, percent_text, ratio_text, seconds_text
from tests.bench.process import ProcessTree
from tests.bench.setting import GLANCE, ROOT, Setting
from tests.bench.synthetic import MARK_PATH, TYPICAL_LINE_BYTES
from tests.bench.terminal import Terminal

FRAME = "sections"
"""A word that the first frame of the dashboard shows."""
LINES = re.compile(r"(?<!of )(?<![\d,.])([\d,]+) lines(?!/)")
"""The header's count, not the sample that the format was seen in, nor the rate."""
WINDOW_SECONDS = 900
MOST_PREFILLED = 900_000
PATIENCE_SECONDS = 120.0


def first_paint(setting: Setting) -> list[Outcome]:
    """From exec to the first frame on a large log, beside a bare Textual app; and until its last minutes are read."""
    lines = setting.small_or(20_000_000, 1_000_000_000) // TYPICAL_LINE_BYTES["combined"]
    log = setting.log("combined", lines)
    wanted = re.escape(MARK_PATH) + rf"\s+{log.totals.marked:,}\b"
    bare, frame, data = [], [], []
    for _ in range(setting.small_or(2, 7)):
        with terminal(setting, sys.executable, "-m", "tests.bench.bare_app") as shown:
            bare.append(shown_after(shown, "row-0"))
        with terminal(setting, *GLANCE, "--window", "5m", str(log.path)) as shown:
            frame.append(shown_after(shown, FRAME))
            data.append(shown_after(shown, wanted))
    ours, theirs, last_minutes = Samples(tuple(frame)), Samples(tuple(bare)), Samples(tuple(data))
    size = f"{log.path.stat().st_size / 1e9:.2g} GB"
    ratio = ours.best / theirs.best
    return [
        Outcome(
            f"first paint of the dashboard (the frames) on a {size} log, beside a bare Textual app with a table",
            "≤ 2.5 ×",
            f"{ratio_text(ratio)}; median {ratio_text(ours.median / theirs.median)}",
            f"glance {ours.words(seconds_text)}, bare app {theirs.words(seconds_text)}",
            ratio <= 2.5,
            {"ratio": ratio, "glance_seconds": ours.values, "bare_seconds": theirs.values},
        ),
        Outcome(
            f"from exec until the last 5 minutes of that log are on the screen, all {log.totals.marked:,} "
            "requests of their first seconds included",
            "≤ 1.5 s",
            seconds_text(last_minutes.best),
            last_minutes.words(seconds_text),
            last_minutes.best <= 1.5,
            {"seconds": last_minutes.values},
        ),
    ]


def processor(setting: Setting) -> list[Outcome]:
    """The processor that the open dashboard takes, and that it counts every line."""
    return [measured_live(setting, rate, most) for rate, most in ((0, 0.02), (1_000, 0.10), (20_000, 0.40))]


def measured_live(setting: Setting, rate: int, most: float) -> Outcome:
    """One rate of lines."""
    what = f"processor with the dashboard open, {f'{rate:,} lines/s' if rate else 'nothing new in the log'}"
    shares = []
    with live(setting, rate) as scene:
        tree = ProcessTree(scene.terminal.process.pid)
        for _ in range(setting.small_or(1, 3)):
            began, spent = time.monotonic(), tree.cpu_seconds()
            scene.terminal.run(setting.small_or(3, 10))
            shares.append((tree.cpu_seconds() - spent) / (time.monotonic() - began))
        written = scene.stop_writing()
        shown = lines_shown(scene.terminal, written)
    samples = Samples(tuple(shares))
    kept = "nothing lost" if shown == written else f"{shown:,} of {written:,} lines on the screen"
    return Outcome(
        what,
        f"≤ {percent_text(most)} of a core{', nothing lost' if rate else ''}",
        f"{percent_text(samples.median)}{f', {kept}' if rate else ''}",
        samples.words(percent_text),
        samples.median <= most and shown == written,
        {"shares": samples.values, "lines_written": written, "lines_shown": shown},
    )


def terminal_output(setting: Setting) -> list[Outcome]:
    """Bytes that the terminal is sent."""
    rates = []
    with live(setting, 1_000) as scene:
        for _ in range(setting.small_or(1, 3)):
            began, before = time.monotonic(), scene.terminal.bytes_total
            scene.terminal.run(setting.small_or(3, 10))
            rates.append((scene.terminal.bytes_total - before) / (time.monotonic() - began))
    samples = Samples(tuple(rates))

    def unit(value: float) -> str:
        return f"{value / 1000:.1f} kB/s"

    return [
        Outcome(
            "terminal output at 1,000 lines/s, default refresh", "≤ 20 kB/s", unit(samples.median),
            samples.words(unit), samples.median <= 20_000, {"bytes_per_second": samples.values},
        )
    ]  # fmt: skip


KEYS = (
    (b"?", "esc closes", False),
    (b"\x1b", "esc closes", True),
    (b">", "‹ 1h ›", False),
    (b"<", "‹ 15m ›", False),
)
"""A key, and what is then on the screen, or no more."""


def key_to_paint(setting: Setting) -> list[Outcome]:
    """From a key to the frame that answers it."""
    waits: list[float] = []
    with live(setting, 5_000) as scene:
        for number in range(setting.small_or(4, 20)):
            key, pattern, is_absent = KEYS[number % len(KEYS)]
            scene.terminal.run(0.55 + 0.07 * (number % 10))  # at any moment between two scenes
            scene.terminal.draw()
            pressed = time.monotonic()
            scene.terminal.send(key)
            at = scene.terminal.wait_for(pattern, 5.0, is_absent=is_absent)
            if at is None:
                raise ValueError(f"the key {key!r} was not answered with {pattern!r}:\n{scene.terminal.text()}")
            waits.append(at - pressed)
    samples = Samples(tuple(waits))
    return [
        Outcome(
            "key to paint while 5,000 lines/s arrive: help opened and closed, window longer and shorter",
            f"≤ 60 ms at the median of {len(waits)}",
            seconds_text(samples.median),
            f"{seconds_text(min(waits))}..{seconds_text(max(waits))}; {by_key(waits)}",
            samples.median <= 0.06,
            {"seconds": samples.values},
        )
    ]


PAGES = (
    (b"d", "─ latency ─"),
    (b"a", "─ clients · addresses ─"),
    (b"h", "─ heat map · latency ─"),
    (b"m", "─ metrics ─"),
    (b"i", "─ sources ─"),
    (b"e", "─ errors ─"),
    (b"l", "─ lines ─"),
)
"""A key that opens a page from the one before it, and the title in its frame."""


def key_to_page(setting: Setting) -> list[Outcome]:
    """From a key to the page that it opens, each several times, one after the other."""
    waits: list[float] = []
    with live(setting, 5_000) as scene:
        for number in range(setting.small_or(len(PAGES), 6 * len(PAGES))):
            key, title = PAGES[number % len(PAGES)]
            scene.terminal.run(0.45 + 0.07 * (number % 10))
            scene.terminal.draw()
            pressed = time.monotonic()
            scene.terminal.send(key)
            at = scene.terminal.wait_for(title, 5.0)
            if at is None:
                raise ValueError(f"the key {key!r} did not open {title!r}:\n{scene.terminal.text()}")
            waits.append(at - pressed)
    samples = Samples(tuple(waits))
    late = sorted(waits)[math.ceil(0.95 * len(waits)) - 1]
    return [
        Outcome(
            "key to paint while 5,000 lines/s arrive: every page opened by its key",
            f"≤ 60 ms at the median of {len(waits)}, ≤ 120 ms at the 95th percentile",
            f"{seconds_text(samples.median)}, {seconds_text(late)}",
            f"{seconds_text(min(waits))}..{seconds_text(max(waits))}",
            samples.median <= 0.06 and late <= 0.12,
            {"seconds": samples.values},
        )
    ]


def by_key(waits: Sequence[float]) -> str:
    """The median of each key: `?` 9 ms, …; Textual waits 100 ms to see that esc begins no other key."""
    names = ("?", "esc", ">", "<")
    each = {name: Samples(tuple(waits[place :: len(KEYS)])) for place, name in enumerate(names)}
    return ", ".join(f"{name} {seconds_text(samples.median)}" for name, samples in each.items())


def memory(setting: Setting) -> list[Outcome]:
    """Memory with the dashboard open when all of a log is read."""
    sizes = ((50_000, 160), (100_000, 350)) if setting.is_quick else ((1_000_000, 160), (10_000_000, 350))
    return [memory_after(setting, lines, most_megabytes) for lines, most_megabytes in sizes]


def memory_after(
    setting: Setting, lines: int, most_megabytes: int, *words: str, about: str = "", settled_seconds: int = 4
) -> Outcome:
    """Memory after so many lines.

    Args:
        setting: where.
        lines: of the log.
        most_megabytes: the limit.
        words: more for the command line.
        about: what they are for.
        settled_seconds: from when all is read until memory is looked at.
    """
    log = setting.log("combined", lines)
    with terminal(setting, *GLANCE, str(log.path), *words) as shown:
        began = time.monotonic()
        wait_until_read(shown, lines)
        took = time.monotonic() - began
        shown.run(setting.small_or(1, settled_seconds))
        tree = ProcessTree(shown.process.pid)
        used, processes = tree.rss_bytes(), len(tree.members())
    return Outcome(
        f"memory (RSS) with the dashboard open, {lines:,} lines read{about}",
        f"≤ {most_megabytes} MB",
        megabytes_text(used),
        f"1 run; {processes} process{'es' if processes > 1 else ''}; all read after {seconds_text(took)}",
        used <= most_megabytes << 20,
        {"rss_bytes": used, "processes": processes, "seconds_until_read": took},
    )


# The dashboard and its log ------------------------------------------------------------------------


def terminal(setting: Setting, *command: str) -> Terminal:
    """A program in a terminal of 160 × 45, with no history of earlier runs."""
    shutil.rmtree(setting.work / "state", ignore_errors=True)
    environment = setting.environment | {"XDG_STATE_HOME": str(setting.work / "state")}
    return Terminal(command, environment=environment, directory=ROOT)


def shown_after(shown: Terminal, pattern: str) -> float:
    """Seconds from exec to the bytes that show the pattern.

    Raises:
        ValueError: it does not come.
    """
    at = shown.wait_for(pattern, PATIENCE_SECONDS)
    if at is None:
        raise ValueError(f"{pattern!r} was never on the screen:\n{shown.text()}")
    return at - shown.started_at


def lines_shown(shown: Terminal, wanted: int) -> int:
    """Wait until the header counts so many lines; returns what it counts in the end."""
    patience = PATIENCE_SECONDS if wanted > MOST_PREFILLED else 20.0
    shown.wait_for(rf"(?<!of )(?<![\d,.]){wanted:,} lines(?!/)", patience)
    found = LINES.search(shown.text())
    return int(found[1].replace(",", "")) if found else 0


def wait_until_read(shown: Terminal, lines: int) -> None:
    """Wait until everything that is in a log was read.

    Raises:
        ValueError: it is not, so that what follows would measure something else.
    """
    count = lines_shown(shown, lines)
    if count != lines:
        raise ValueError(f"{count:,} of {lines:,} lines were read:\n{shown.text()}")


@dataclass(slots=True)
class LiveScene:
    """The dashboard open on a log, and who writes it."""

    terminal: Terminal
    path: Path
    prefilled: int
    writer: subprocess.Popen[str] | None

    def stop_writing(self) -> int:
        """End the writer; returns the lines in the log."""
        if self.writer is None:
            return self.prefilled
        self.writer.terminate()
        while self.writer.poll() is None:
            self.terminal.read(0.05)
        assert self.writer.stdout is not None
        return self.prefilled + int(self.writer.stdout.read())


@contextmanager
def live(setting: Setting, rate: int, *words: str) -> Iterator[LiveScene]:
    """The dashboard on a log that is written at this rate, everything before it read and the window full.

    With a rate of 0 the log stays as it is, and its requests leave the window one by one.
    """
    lines = setting.small_or(30_000, min((rate or 1_000) * WINDOW_SECONDS, MOST_PREFILLED))
    log = setting.live_log(lines, rate or 1_000, end=time.time())
    writer: subprocess.Popen[str] | None = None
    with terminal(setting, *GLANCE, *words, str(log.path)) as shown:
        try:
            wait_until_read(shown, lines)
            if rate:
                writer = subprocess.Popen(
                    [sys.executable, "-m", "tests.bench.writer", str(log.path), str(rate), "600"],
                    stdout=subprocess.PIPE, text=True, cwd=ROOT, env=setting.environment,
                )  # fmt: skip
            shown.run(setting.small_or(2, 6))
            yield LiveScene(shown, log.path, lines, writer)
        finally:
            if writer is not None:
                writer.kill()
                writer.communicate()
