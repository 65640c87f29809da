"""What a running collector tells who asks from outside: its counters, reports on what it read, and how it is."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from glance import __version__
from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.filter import parse_filter
from glance.domain.logs.live_metrics import live_metrics
from glance.domain.logs.part import part_of
from glance.domain.logs.released import released
from glance.domain.logs.route import BUILT_IN, Routes, routes_of
from glance.domain.logs.series import LogSeries
from glance.domain.logs.span import Choice, Span
from glance.domain.logs.summary import FileFigures, Summary
from glance.domain.logs.traffic_counts import TrafficCounts
from glance.domain.metrics_text import metrics_text
from glance.domain.scene import EMPTY_SCENE, Scene, SourceStatus
from glance.domain.units import size
from glance.domain.view import View
from glance.errors import GlanceError, StoreError
from glance.paths import database_file
from glance.pipeline.clock import Clock, SystemClock
from glance.pipeline.daemon_plan import DaemonCollector, DaemonPlan
from glance.pipeline.report import Report, ReportOptions

logger = logging.getLogger("glance.serve")

PATIENCE_SECONDS = 20.0
"""How long the collector may take to hand out what it holds; it does that between two steps of its own."""

STALE_SECONDS = 20.0
"""Without a scene for so long, the collector does not live."""

State = Literal["starting", "ok", "failing"]


@dataclass(frozen=True, slots=True)
class Held:
    """What was in memory at one moment; none of it changes any more."""

    buckets: tuple[LogBucket, ...]
    lacks: str = ""
    """What is missing of what was asked for; empty when nothing is."""
    sources: tuple[SourceStatus, ...] = ()
    """How each log stood."""


class ServedLogs:
    """Counts for whoever scrapes, and answers whoever asks. All of it may be called from any thread."""

    def __init__(self, plan: DaemonPlan, clock: Clock | None = None) -> None:
        """Count nothing yet.

        Args:
            plan: what is read.
            clock: tells the time.
        """
        self._clock = clock or SystemClock()
        self._plan = plan
        self._lock = threading.Lock()
        self._began = self._reading_since = self._clock.now()
        self._counts = TrafficCounts(self._routes)
        self._collector: DaemonCollector | None = None
        self._scene = EMPTY_SCENE
        self._scene_at = float("-inf")

    @property
    def _routes(self) -> Routes:
        settings = self._plan.settings
        return routes_of(settings.routes) if settings.routes else BUILT_IN

    @property
    def view(self) -> View:
        """What scenes are to show: the totals of the window, and nothing that only a screen needs."""
        return View(window=self._plan.settings.window, rows=(), log_lines=1)

    # ---------------------------------------------------------------------- in the collector's thread

    def attend(self, collector: DaemonCollector, plan: DaemonPlan) -> None:
        """Count what this collector reads from now on; it takes the place of the one before."""
        self._plan = plan
        self._reading_since = self._clock.now()
        collector.listen(lambda buckets: self.take(buckets, is_past=collector.is_in_past))
        collector.listen_to_recall(lambda buckets: self.take(buckets, is_past=collector.is_recalling))
        self._collector = collector

    def take(self, buckets: Sequence[LogBucket], *, is_past: bool = False) -> None:
        """Count what was read; of what a log held when it was opened, only what is newer than that."""
        with self._lock:
            for bucket in buckets:
                if not is_past:
                    self._counts.add(bucket)
                elif bucket.records and bucket.last_ms >= self._reading_since * 1000:
                    fresh = np.asarray(bucket.times.milliseconds() >= self._reading_since * 1000)
                    self._counts.add(part_of(bucket, fresh))

    def see(self, scene: Scene) -> None:
        """The collector tells how it is."""
        self._scene, self._scene_at = scene, self._clock.monotonic()

    # ---------------------------------------------------------------------------- in threads of others

    def state(self) -> State:
        """Whether it works."""
        if self._scene is EMPTY_SCENE:
            return "starting"
        return "failing" if self._clock.monotonic() - self._scene_at > STALE_SECONDS else "ok"

    def metrics(self) -> str:
        """All metrics, as Prometheus reads them. What it costs depends on the names that are shown, on nothing else."""
        with self._lock:
            families = live_metrics(self._counts, self._scene, __version__, self._began)
        return metrics_text(families)

    def report(self, since: float | None, until: float | None, where: str, top: int) -> Summary:
        """The figures of a stretch of time; call it where it may take a moment.

        Args:
            since: epoch seconds; None is from the beginning.
            until: epoch seconds, None is now.
            where: a filter; empty is everything.
            top: rows of each top list.

        Raises:
            FilterError: the filter has a mistake.
            StoreError: history cannot be read.
            GlanceError: the collector does not answer.
        """
        choice: Choice | None = parse_filter(where, self._routes) if where.strip() else None
        held = self._held(since, until)
        memory_bytes = self._plan.settings.memory_mb << 20
        options = ReportOptions(
            top=top, span=Span(since, until), memory_bytes=memory_bytes, where=choice, routes=self._routes
        )
        database = self._database()
        made = self._of_history(held, options, database) if held.lacks and database is not None else None
        return _with_lines((made or _of_memory(held, options)).summary(), held.sources)

    def _held(self, since: float | None, until: float | None) -> Held:
        """What the collector has in memory of a stretch of time."""
        collector = self._collector
        if collector is None:
            raise not_ready()
        try:
            asked = collector.ask(lambda series: replace(_held(series, since, until), sources=collector.sources))
            return asked.result(PATIENCE_SECONDS)
        except (CancelledError, TimeoutError) as error:
            raise not_ready() from error

    def _database(self) -> Path | None:
        """Where history is, where there is one."""
        settings = self._plan.settings
        path = database_file(settings.db)
        return path if settings.history and self._scene.history.condition != "off" and path.exists() else None

    @staticmethod
    def _of_history(held: Held, options: ReportOptions, database: Path) -> Report | None:
        """Counted out of history; None when that cannot tell all of it."""
        from glance.pipeline.history_report import read_history  # the store: only where memory has not all of it

        made, span = Report(options), options.span
        try:
            read_history(made, database, [source.path for source in held.sources], (), (span.start, span.end))
        except StoreError as error:
            if error.is_passing:
                raise
            logger.warning("%s: %s", error.what, error.why)
            return None
        made.note("told from history, to which the newest seconds may not be written yet")
        return made


def _of_memory(held: Held, options: ReportOptions) -> Report:
    """Counted out of what is in memory."""
    made = Report(options)
    if held.lacks:
        made.note(held.lacks)
    for source in held.sources:
        if source.pending_bytes:
            made.note(f"{source.path}: is still being read, {size(source.pending_bytes)} are left")
    formats = {source.path: source.format for source in held.sources}
    for bucket in held.buckets:
        made.take(bucket.source, formats.get(bucket.source, ""), bucket)
    return made


def _with_lines(summary: Summary, sources: Iterable[SourceStatus]) -> Summary:
    """With what the collector knows of every log: lines that are not understood are in no bucket in memory."""
    files = tuple(
        FileFigures(one.path, one.format, one.lines, one.lines - one.unparsed, one.unparsed) for one in sources
    )
    lines, unparsed = sum(file.lines for file in files), sum(file.unparsed for file in files)
    return replace(summary, files=files, lines=lines, parsed=lines - unparsed, unparsed=unparsed)


def _held(series: LogSeries, since: float | None, until: float | None) -> Held:
    """What a series holds of a stretch of time, with dictionaries of its own."""
    start = float("-inf") if since is None else since * 1000
    end = float("inf") if until is None else until * 1000
    values = {name: dictionary.values for name, dictionary in series.dictionaries.items()}
    chosen = [bucket for bucket in series.buckets if bucket.last_ms >= start and bucket.first_ms < end]
    return Held(tuple(released(bucket, values) for bucket in chosen), _lacks(series, since))


def _lacks(series: LogSeries, since: float | None) -> str:
    """What a series does not hold from this moment on."""
    if series.rollup.records and (since is None or not series.holds(since)):
        return "what is older did not fit into memory, and is left out: raise --memory, or keep history"
    if series.is_approximate:
        return (
            "some names did not fit into memory, and are counted together as (other): raise --memory, or keep history"
        )
    return ""


def not_ready() -> GlanceError:
    """The error that says that nothing is read yet, or not any more."""
    return GlanceError("the logs cannot be asked now", "they are being opened, or the end has come", "try again")
