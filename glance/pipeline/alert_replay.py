"""Reads a log and tells what a rule would have done: by the times in the log, the same at every run.

The clock of a replay is the newest record, less the time that a line may be late. So each look has
all lines of its window, in whatever pieces the log is read. What is later still is counted and left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from glance.domain.alerts.event import AlertEvent, event_of
from glance.domain.alerts.evidence import evidence_of, parts_between
from glance.domain.alerts.rule import AlertRule
from glance.domain.alerts.state import Transition
from glance.domain.alerts.watched import Watched
from glance.domain.alerts.watcher import MOST_AHEAD_SECONDS, Watcher
from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.part import part_of
from glance.pipeline.recent import RecentBuckets
from glance.pipeline.report import Progress, Report, ReportOptions

if TYPE_CHECKING:
    from glance.pipeline.report import _Reading

LATE_SECONDS = 300
"""A line may stand this long after lines that are newer."""


class AlertReplay(Report):
    """One rule on logs that are read one after the other, the oldest first."""

    def __init__(
        self,
        rule: AlertRule,
        listener: Callable[[AlertEvent], None],
        *,
        now: float,
        format: str = "auto",  # noqa: A002 - as the option is called
        on_progress: Progress | None = None,
    ) -> None:
        """Read nothing yet.

        Args:
            rule: what to look for.
            listener: told of every transition as soon as it is known.
            now: records that claim to be later are left out.
            format: of the logs.
            on_progress: told of bytes and lines read.
        """
        super().__init__(ReportOptions(format), on_progress)
        self.rule = rule
        self.records = 0
        self.late = 0
        """Records that stand too long after newer ones; left out."""
        self.ahead = 0
        """Records that claim to be of the future; left out."""
        self._listener = listener
        self._watcher = Watcher(rule)
        self._recent = RecentBuckets()
        self._end_ms = math.floor((now + MOST_AHEAD_SECONDS) * 1000)
        self._newest_ms = -1
        self._first: int | None = None
        self._second = 0
        """The next second to look at."""
        self._seconds: NDArray[np.int64] = np.zeros(0, np.int64)
        """Seconds with records that were not looked at yet."""

    @property
    def firing(self) -> list[Watched]:
        """What fires still."""
        return [watched for watched in self._watcher.watched.values() if watched.state.phase == "firing"]

    @property
    def span(self) -> tuple[int, int] | None:
        """First and last second that was looked at; None when there was no record."""
        return None if self._first is None else (self._first, self._newest_ms // 1000)

    def finish(self) -> None:
        """No more comes: look up to the last record. What happens after it nobody knows."""
        if self._first is not None:
            self._look_until(self._newest_ms // 1000 + 1)

    def _add(self, reading: _Reading, buckets: Iterable[LogBucket], size: int) -> None:
        """Count buckets, and look at every second of which all is known."""
        held = list(buckets)
        super()._add(reading, (), size)
        for bucket in held:
            reading.count(bucket)
            self._take(bucket)

    def _take(self, bucket: LogBucket) -> None:
        part = self._timely(bucket)
        if part is None:
            return
        self.records += part.records
        self._watcher.tally.add(part)
        self._recent.add(part, self._second - self.rule.span_seconds)
        ahead = self._seconds[np.searchsorted(self._seconds, self._second) :]
        self._seconds = np.union1d(ahead, part.times.milliseconds() // 1000)
        if self._first is None:
            self._first = self._second = part.first_ms // 1000
        self._look_until(self._newest_ms // 1000 - LATE_SECONDS)

    def _timely(self, bucket: LogBucket) -> LogBucket | None:
        """The records that are neither late nor of the future; which are so hangs only on their order in the log."""
        if not bucket.records:
            return None
        at_ms = bucket.times.milliseconds()
        is_past = at_ms < self._end_ms
        newest = np.maximum.accumulate(np.maximum(np.where(is_past, at_ms, -1), self._newest_ms))
        is_timely = is_past & (at_ms >= newest - LATE_SECONDS * 1000)
        self.ahead += int(np.count_nonzero(~is_past))
        self.late += int(np.count_nonzero(is_past & ~is_timely))
        self._newest_ms = int(newest[-1])
        return part_of(bucket, is_timely) if is_timely.any() else None

    def _look_until(self, end: int) -> None:
        """Look at every second before this one."""
        while self._second < end:
            for turn in self._watcher.evaluate(self._second, known_from=self._first or 0):
                self._listener(self._event(turn))
            self._second = self._next(end)

    def _next(self, end: int) -> int:
        """The second to look at next: over a time without records, when nothing can happen in it, in one step."""
        following = self._second + 1
        if self.rule.needs_all or any(each.state.phase != "inactive" for each in self._watcher.watched.values()):
            return following
        if not self._watcher.is_quiet:
            return following
        place = int(np.searchsorted(self._seconds, following))
        return min(end, int(self._seconds[place])) if place < len(self._seconds) else end

    def _event(self, turn: Transition) -> AlertEvent:
        start, end = self._watcher.span(turn.at)
        parts = []
        for part in parts_between(self._recent, start * 1000, end * 1000):
            mask = self._watcher.chosen(part, turn.segment)
            if mask.any():
                parts.append(part_of(part, mask))
        return event_of(self.rule, turn, evidence_of(parts), is_flapping=False)
