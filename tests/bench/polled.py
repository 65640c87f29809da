"""The limits of the dashboard on a log hold while a program is polled for its profiles."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.bench.dashboard import lines_shown, live, memory_after
from tests.bench.outcome import Outcome, Samples, missing, percent_text
from tests.bench.process import ProcessTree
from tests.bench.setting import Setting
from tests.go_target import TOOLCHAIN, GoServer, built, serving

RATE = 1_000
SETTLED_SECONDS = 15.0
"""Until each kind of profile was fetched once, and the first one, for which much is imported, was taken apart."""
PART_SECONDS = 10.0
"""Three of them are one round of polling."""
MEGABYTES = 160
"""As without a program to poll, with as many lines."""


def measured(setting: Setting) -> list[Outcome]:
    """Processor and output, that nothing is lost, and memory."""
    whats = (
        (f"processor with {RATE:,} lines/s and one program polled", "≤ 10.0 % of a core, nothing lost"),
        ("terminal output meanwhile", "≤ 20 kB/s"),
    )
    try:
        program = built(setting.cache / "go-target")
    except (pytest.skip.Exception, pytest.fail.Exception):
        return [missing(what, target, TOOLCHAIN) for what, target in whats]
    shares, rates = [], []
    with serving(program) as server, a_little_load(server), live(setting, RATE, "--pprof", server.url) as scene:
        tree, parts = ProcessTree(scene.terminal.process.pid), setting.small_or(1, 3)
        scene.terminal.run(setting.small_or(1, round(SETTLED_SECONDS)))
        for _ in range(parts):
            began, spent, sent = time.monotonic(), tree.cpu_seconds(), scene.terminal.bytes_total
            scene.terminal.run(setting.small_or(2, round(PART_SECONDS)))
            seconds = time.monotonic() - began
            shares.append((tree.cpu_seconds() - spent) / seconds)
            rates.append((scene.terminal.bytes_total - sent) / seconds)
        written = scene.stop_writing()
        shown = lines_shown(scene.terminal, written)
    kept = "nothing lost" if shown == written else f"{shown:,} of {written:,} lines on the screen"
    share, rate = sum(shares) / len(shares), sum(rates) / len(rates)
    return [
        Outcome(
            *whats[0], f"{percent_text(share)}, {kept}", Samples(tuple(shares)).words(percent_text),
            share <= 0.1 and shown == written, {"shares": shares, "lines_written": written, "lines_shown": shown},
        ),
        Outcome(
            *whats[1], kilobytes_text(rate), Samples(tuple(rates)).words(kilobytes_text), rate <= 20_000,
            {"bytes_per_second": rates},
        ),
        memory_with(setting, program),
    ]  # fmt: skip


def memory_with(setting: Setting, program: Path) -> Outcome:
    """Memory as without a program that is polled, after a round of polling."""
    lines = setting.small_or(50_000, 1_000_000)
    with serving(program) as server, a_little_load(server):
        words = ("--pprof", server.url)
        return memory_after(setting, lines, MEGABYTES, *words, about=", one program polled", settled_seconds=40)


def kilobytes_text(value: float) -> str:
    """Bytes in a second: `12.3 kB/s`."""
    return f"{value / 1000:.1f} kB/s"


@contextmanager
def a_little_load(server: GoServer) -> Iterator[None]:
    """Meanwhile the program is asked for something now and then, so that its profiles are not empty."""
    is_over = threading.Event()

    def ask() -> None:
        while not is_over.wait(0.5):
            server.ask("/hash")

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
