"""A filter over ten million stored lines that are not in memory: the first answer, all of it, and the way back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.filter import parse_filter
from glance.domain.view import View
from glance.domain.window import Window, window_at, window_choice
from glance.ingest.detect import detect
from glance.ingest.parse import parse
from glance.pipeline.filtered_past import FilteredPast
from glance.pipeline.history_thread import HistoryThread
from glance.store.history import Batch, History
from tests.bench.outcome import Outcome, Samples, seconds_text
from tests.bench.setting import Setting
from tests.bench.synthetic import SyntheticLog

LIVES = 10
"""The same million lines again and again, each time later."""

MEMORY_BYTES = 256 << 20
FIRST_MOST, WHOLE_MOST = 0.2, 1.5
FILTERS = ("status:5xx", "path~^/api", "-status:5xx")
"""Few records, some, and nearly all."""


@dataclass(frozen=True, slots=True)
class Sifted:
    """How long one filter took."""

    first: float
    whole: float
    again: float
    """From asking for it once more to all of it, after another one."""


def history(setting: Setting) -> list[Outcome]:
    """Every panel, out of the database, in steps."""
    log = setting.log("timed", setting.small_or(50_000, 1_000_000))
    path = setting.work / "sifted.db"
    setting.say(f"keeping {log.path.name} {LIVES} times")
    keep(path, log)
    return [outcome(setting, path, log, text) for text in FILTERS]


def outcome(setting: Setting, path: Path, log: SyntheticLog, text: str) -> Outcome:
    """One filter, each time as the first one since the start."""
    runs = [asyncio.run(sifted(path, log, text)) for _ in range(setting.small_or(1, 3))]
    first, whole, again = (Samples(tuple(getattr(run, name) for run in runs)) for name in ("first", "whole", "again"))
    return Outcome(
        f"every panel of {LIVES * log.totals.lines:,} stored lines filtered by {text}",
        f"first answer ≤ {seconds_text(FIRST_MOST)}, all ≤ {seconds_text(WHOLE_MOST)}",
        f"{seconds_text(first.best)}, {seconds_text(whole.best)}; back to it {seconds_text(again.best)}",
        f"first {first.words(seconds_text)}, all {whole.words(seconds_text)}",
        first.best <= FIRST_MOST and whole.best <= WHOLE_MOST,
        {"first_seconds": first.values, "whole_seconds": whole.values, "again_seconds": again.values},
    )


async def sifted(path: Path, log: SyntheticLog, text: str) -> Sifted:
    """Ask until all is there.

    Raises:
        ValueError: the answer is wrong, so that its time means nothing.
    """
    thread = HistoryThread.open(path, writes=False)
    past = FilteredPast(thread, (), MEMORY_BYTES)
    try:
        (source,) = await thread.ask(lambda history: history.sources())
        assert source.first_ms is not None
        assert source.last_ms is not None
        window = window_at(window_choice("all"), source.last_ms / 1000, source.first_ms / 1000)
        first, whole, matched = await asked(past, text, window)
        if matched[1] != LIVES * log.totals.lines or (text == FILTERS[0] and matched[0] != LIVES * errors(log)):
            raise ValueError(f"{matched} are not {LIVES} times {log.totals.lines} with {errors(log)} errors")
        await asked(past, "method=POST", window)
        _, again, _ = await asked(past, text, window)
    finally:
        past.close()
        await thread.close()
    return Sifted(first, whole, again)


async def asked(past: FilteredPast, text: str, window: Window) -> tuple[float, float, tuple[int, int]]:
    """Seconds to the first and to the last answer, and how many of how many it has."""
    view, chosen_by, hurry = View(window="all", filter=text), parse_filter(text), asyncio.Event()
    began, first = time.perf_counter(), None
    while True:
        found = await past.answer(view, chosen_by, window, hurry, is_live=False)
        first = time.perf_counter() - began if first is None else first
        if found.sifting is None:
            return first, time.perf_counter() - began, (found.figures.matched or 0, found.figures.matched_of)


def errors(log: SyntheticLog) -> int:
    """Server errors among the lines of a log."""
    return sum(hits for status, hits in log.totals.status.items() if status.startswith("5"))


def keep(path: Path, log: SyntheticLog) -> None:
    """Keep a log as several lives of one, one after the other."""
    data = log.path.read_bytes()
    buckets = list(parse(data, detect(data[: 256 << 10]).readers, source="/var/log/access.log", generation=0))
    stored = History.open(path)
    for life in range(LIVES):
        stored.commit(Batch(tuple(later(buckets, life, log))))
    stored.close()


def later(buckets: list[LogBucket], life: int, log: SyntheticLog) -> Iterator[LogBucket]:
    """The same records in another life of the log."""
    shift_ms = life * (int(log.totals.last - log.totals.first) + 1) * 1000
    for bucket in buckets:
        times = replace(bucket.times, base_ms=bucket.times.base_ms + shift_ms)
        yield replace(bucket, generation=life + 1, times=times)
