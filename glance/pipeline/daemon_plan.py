"""What a daemon is to do, and the collector that does it."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TypeVar

from glance.config import DEFAULTS, Settings
from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.route import routes_of
from glance.domain.logs.series import LogSeries
from glance.domain.scene import SourceStatus
from glance.domain.view import View
from glance.paths import database_file
from glance.pipeline.alert_setup import alerting_of
from glance.pipeline.collector import Collector, Listener
from glance.pipeline.collector_options import CollectorOptions
from glance.pipeline.intake import Intake
from glance.pipeline.keeping import Keeping, bounds_of
from glance.pipeline.periodic_report import ReportPlan
from glance.pipeline.poll_setup import polling_of
from glance.pipeline.snapshot_plan import SnapshotPlan, snapshots_of
from glance.sources.discovery import Discovery, FoundSource, discover

T = TypeVar("T")

QUIET_VIEW = View(window="1m", rows=(), log_lines=1)
"""Nobody looks: little is counted for it."""


@dataclass(frozen=True, slots=True)
class DaemonPlan:
    """What a daemon is to do."""

    paths: tuple[str, ...]
    """Absolute, and patterns."""
    settings: Settings
    config: str = ""
    """The file that the settings came from."""

    @property
    def report(self) -> ReportPlan | None:
        """Where reports go, None when none are wanted."""
        settings = self.settings
        if not settings.report_path:
            return None
        return ReportPlan(settings.report_path, settings.report_time, settings.report_top)

    @property
    def reading(self) -> tuple[object, ...]:
        """What cannot change without reading anew."""
        kept = replace(
            self.settings,
            report_path=DEFAULTS.report_path,
            report_time=DEFAULTS.report_time,
            report_top=DEFAULTS.report_top,
            log_path=DEFAULTS.log_path,
            listen=DEFAULTS.listen,
            listen_token=DEFAULTS.listen_token,
            theme=DEFAULTS.theme,
            window=DEFAULTS.window,
            section_limit=DEFAULTS.section_limit,
            incident_limit=DEFAULTS.incident_limit,
            keys=DEFAULTS.keys,
            snapshots=DEFAULTS.snapshots,
            snapshot_mb=DEFAULTS.snapshot_mb,
            snapshot_count=DEFAULTS.snapshot_count,
            snapshot_cooldown=DEFAULTS.snapshot_cooldown,
            snapshot_seconds=DEFAULTS.snapshot_seconds,
        )
        return (self.paths, kept)

    @property
    def snapshots(self) -> SnapshotPlan | None:
        """How snapshots are taken.

        Raises:
            ConfigError: a file of a token cannot be read.
        """
        return snapshots_of(self.settings, database_file(self.settings.db))


class DaemonCollector(Collector):
    """A collector that knows, while it hands out buckets, whether they are of what a log held at its start."""

    is_in_past = False
    _known: frozenset[str] = frozenset()

    _is_reading = False
    _on_recall: Listener | None = None

    def listen_to_recall(self, listener: Listener) -> None:
        """Hand what is taken from history to this, be it from before or from another glance that reads meanwhile."""
        self._on_recall = listener

    @property
    def is_recalling(self) -> bool:
        """What is taken from history is from before; else another glance has just read it."""
        return self._recollection.is_busy

    def _take(self, buckets: Sequence[LogBucket]) -> None:
        """Buckets that were read just now."""
        self._is_reading = True
        try:
            super()._take(buckets)
        finally:
            self._is_reading = False

    def _hold(self, bucket: LogBucket) -> None:
        """Add a bucket to everything that is counted in memory."""
        super()._hold(bucket)
        if self._on_recall is not None and not self._is_reading:
            self._on_recall([bucket])

    def ask(self, question: Callable[[LogSeries], T]) -> Future[T]:
        """What the records in memory say, asked between two steps of the collector. May be called from any thread."""
        answer: Future[T] = Future()
        loop = self._loop
        if loop is None or loop.is_closed():
            answer.cancel()
            return answer

        def reply() -> None:
            if answer.set_running_or_notify_cancel():
                answer.set_result(question(self._series))

        self._tell(reply)
        return answer

    def plan_snapshots(self, plan: SnapshotPlan | None) -> None:
        """Take snapshots in another way from now on."""
        self._snapshots.change(plan)

    @property
    def sources(self) -> tuple[SourceStatus, ...]:
        """How each log stands now; read in the collector's thread, where it stands as the records do."""
        return tuple(feed.status() for feed in self._intake.feeds)

    def know(self, paths: Iterable[str]) -> None:
        """These logs are there already; of others, which come later, everything is news."""
        self._known = frozenset(paths)

    def take_past(self, buckets: Sequence[LogBucket]) -> bool:
        """Buckets of a back-fill."""
        self.is_in_past = any(bucket.source in self._known for bucket in buckets)
        try:
            return super().take_past(buckets)
        finally:
            self.is_in_past = False


def make_collector(plan: DaemonPlan, listener: Listener, view: View = QUIET_VIEW) -> DaemonCollector:
    """The collector of a daemon: with history, and with alerts; the one place where they are joined.

    Args:
        plan: what is wanted.
        listener: told of all buckets that are read.
        view: what scenes show.

    Raises:
        SourceError: a log cannot be read.
    """
    settings = plan.settings
    options = CollectorOptions(
        refresh_seconds=max(1.0, settings.refresh_seconds),
        memory_bytes=settings.memory_mb << 20,
        routes=routes_of(settings.routes),
        back_seconds=settings.back_seconds,
        waits_for_history=True,
    )
    discovery = found(plan.paths)
    intake = Intake(discovery, settings.format, is_forward=settings.start == "start")
    database = database_file(settings.db)
    keeping = Keeping.open(database if settings.history else None, bounds=bounds_of(settings))
    alerting = alerting_of(settings, keeping, database)
    polling = polling_of(settings, keeping, database) if settings.pprof_targets or settings.pprof else None
    collector = DaemonCollector(
        intake, options, view, keeping=keeping, alerting=alerting, polling=polling,
        snapshots=plan.snapshots,
    )  # fmt: skip
    collector.know(source.path for source in discovery.sources if os.path.exists(source.path))
    collector.listen(listener)
    return collector


def found(paths: Sequence[str]) -> Discovery:
    """The logs that these paths mean; one that does not exist yet is waited for.

    Raises:
        SourceError: one cannot be read, or cannot come to be: its folder does not exist.
    """
    awaited = tuple(FoundSource(path) for path in dict.fromkeys(paths) if _can_come(path))
    discovery = discover([path for path in paths if not _can_come(path)])
    return Discovery((*discovery.sources, *awaited), discovery.globs)


def _can_come(path: str) -> bool:
    """A file that does not exist, in a folder that does."""
    if path == "-" or glob.has_magic(path) or os.path.lexists(path):
        return False
    return os.path.isdir(os.path.dirname(path))
