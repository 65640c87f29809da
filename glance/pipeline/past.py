"""Windows of the past, answered from history: the same figures as live, of buckets read back for the question."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from glance.domain.log_line import LogLine
from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.bucket_head import BucketHead, Wanted
from glance.domain.logs.route import BUILT_IN, Routes
from glance.domain.logs.series import LogSeries
from glance.domain.scene import Sifting
from glance.domain.view import View
from glance.domain.window import Window
from glance.pipeline.history_thread import HistoryThread
from glance.pipeline.past_lines import newest_records
from glance.pipeline.rolled_rankings import rolled_rankings
from glance.pipeline.scene_maker import SceneMaker, WindowFigures

KEPT_BUCKETS = 48
"""Buckets that stay decoded, so that the next window, which overlaps, is there at once."""

STEP_SECONDS = 60
"""What is kept of records that were let go is looked at by the minute."""

STALE_SECONDS = 5.0
"""After that, history is looked at for more: a back-fill may have reached the window."""


@dataclass(frozen=True, slots=True)
class PastFigures:
    """What a scene says of a window of the past."""

    figures: WindowFigures
    lines: tuple[LogLine, ...]
    has_latency: bool
    series: LogSeries | None = None
    """Its records, where they are not those in memory."""
    maker: SceneMaker | None = None
    """What answers out of them."""
    sifting: Sifting | None = None
    """How far a filter has come; None when it has seen all."""


class Past:
    """Answers views whose window ends in the past."""

    def __init__(
        self, history: HistoryThread, sources: Sequence[str], memory_bytes: int, routes: Routes = BUILT_IN
    ) -> None:
        """Answer nothing yet.

        Args:
            history: what is kept.
            sources: absolute paths of the logs that are looked at; empty is all of them.
            memory_bytes: bound for what is held to answer.
            routes: by which rules paths become routes.
        """
        self._history = history
        self._sources = tuple(sources)
        self._memory_bytes = memory_bytes
        self._decoded: OrderedDict[int, LogBucket] = OrderedDict()
        self._window: Window | None = None
        self._loaded_at = 0.0
        self._known: tuple[object, ...] = ()
        """What history had of the window when it was read."""
        self._maker: SceneMaker | None = None
        self._series = LogSeries(memory_bytes, routes=routes)
        self._buckets: list[LogBucket] = []

    async def answer(self, view: View, window: Window, now: float) -> PastFigures:
        """The figures of a window.

        Args:
            view: what is wanted of it.
            window: of the past.
            now: seconds that never go back.

        Raises:
            StoreError: history cannot be read.
        """
        if self._maker is None or window != self._window or now - self._loaded_at > STALE_SECONDS:
            await self._load(window)
            self._window, self._loaded_at = window, now
        assert self._maker is not None
        figures = self._maker.figures_of(view, window)
        if not self._buckets and figures.totals.hits and not view.filter:
            figures = replace(
                figures, rankings=await rolled_rankings(self._history, self._wanted(window), view, self._series.routes)
            )
        if view.filter:
            lines = self._maker.newest(view, window)
        else:
            lines = newest_records(self._buckets, window, view.log_lines)
        return PastFigures(figures, lines, self._series.has_latency, self._series, self._maker)

    def _wanted(self, window: Window) -> Wanted:
        return Wanted(self._sources, start_ms=round(window.start * 1000), end_ms=round(window.end * 1000))

    async def _load(self, window: Window) -> None:
        """Hold the buckets that reach into a window, newest first, as many as fit; of the others only counts."""
        wanted = self._wanted(window)
        heads = await self._history.ask(lambda history: history.heads(wanted))
        rows = await self._history.ask(lambda history: history.rolled_up(wanted, STEP_SECONDS))
        known = (window, [head.seq for head in heads], rows)
        if known == self._known:
            return  # what was counted of it, and the page that is open, stay
        series = LogSeries(self._memory_bytes, routes=self._series.routes)
        for row in rows:
            series.rollup.add_row(row)  # of records that were let go
        buckets: list[LogBucket] = []
        for head in heads:
            if series.size_bytes > self._memory_bytes * 0.8:
                series.rollup.add_minutes(head.minutes, head.minute_counts, head.records)
                continue
            bucket = await self._bucket(head)
            series.add(bucket)
            buckets.append(bucket)
            await asyncio.sleep(0)
        if self._maker is not None:
            self._maker.close()
        self._series, self._maker, self._buckets, self._known = series, SceneMaker(series), buckets, known

    async def _bucket(self, head: BucketHead) -> LogBucket:
        known = self._decoded.get(head.seq)
        if known is None:
            known = self._decoded[head.seq] = await self._history.ask(lambda history: history.bucket(head))
            while len(self._decoded) > KEPT_BUCKETS:
                self._decoded.popitem(last=False)
        else:
            self._decoded.move_to_end(head.seq)
        return known
