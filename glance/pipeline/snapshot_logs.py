"""Gathers the records of a window from logs or history, to be kept in a snapshot."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.part import part_of
from glance.domain.logs.span import Choice
from glance.domain.logs.summary import Summary
from glance.pipeline.report import Progress, Report, ReportOptions

if TYPE_CHECKING:
    from glance.pipeline.report import _Reading

MOST_RECORDS = 4_000_000
"""Of a snapshot; of more, the newest are kept."""
MOST_PARTS = 2500
"""Buckets of a snapshot: each is a member of its file or two, and of these there are only so many."""
_MS = 1000


@dataclass(frozen=True, slots=True)
class Gathered:
    """Buckets that reach into the window, whole, as they were read, and what of them is meant."""

    bucket: LogBucket
    words: str
    """The format of its log."""
    chosen: LogBucket
    """The records of the window that the filter leaves."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What is kept of the logs of a moment."""

    start: float
    end: float
    parts: tuple[Gathered, ...]
    notes: tuple[str, ...] = ()

    @property
    def records(self) -> int:
        """Of the window that the filter leaves."""
        return sum(part.chosen.records for part in self.parts)


class MomentLogs(Report):
    """Reads logs one after the other, and holds what reaches into the window and the time around it."""

    def __init__(
        self,
        options: ReportOptions,
        *,
        length_seconds: float,
        around_seconds: float,
        on_progress: Progress | None = None,
    ) -> None:
        """Read nothing yet.

        Args:
            options: the window where it has bounds, and the filter.
            length_seconds: how long the window is, where one of its ends is not told.
            around_seconds: how long before and after it raw lines are kept.
            on_progress: told of bytes and lines read.
        """
        super().__init__(options, on_progress)
        self._start, self._end = options.span.start, options.span.end
        self._where: Choice | None = options.where
        self._length_ms = length_seconds * _MS
        self._around_ms = around_seconds * _MS
        self._held: list[tuple[str, LogBucket]] = []
        self._newest_ms = -math.inf

    def _add(self, reading: _Reading, buckets: Iterable[LogBucket], size: int) -> None:
        """Hold what may be meant of some buckets."""
        for bucket in buckets:
            reading.count(bucket)
            if bucket.records:
                self._hold(reading.words, bucket)
        super()._add(reading, (), size)

    def _hold(self, words: str, bucket: LogBucket) -> None:
        low, high = self._bounds()
        if bucket.last_ms < low or bucket.first_ms >= high:
            self._first_ms = bucket.first_ms if self._first_ms is None else min(self._first_ms, bucket.first_ms)
            self._last_ms = bucket.last_ms if self._last_ms is None else max(self._last_ms, bucket.last_ms)
            return
        self._held.append((words, bucket))
        if self._end is None and bucket.last_ms > self._newest_ms:
            self._newest_ms = bucket.last_ms
            low, _ = self._bounds()
            self._held = [(name, one) for name, one in self._held if one.last_ms >= low]

    def _bounds(self) -> tuple[float, float]:
        """Milliseconds of the window with the time around it, as far as it is known by now."""
        end = math.inf if self._end is None else self._end * _MS + self._around_ms
        if self._start is not None:
            return self._start * _MS - self._around_ms, end
        last = self._newest_ms if self._end is None else self._end * _MS
        return last - self._length_ms - self._around_ms, end

    def moment(self, now: float) -> Moment:
        """What was gathered.

        Args:
            now: epoch seconds; the window ends with it where there is no record.
        """
        newest = max((bucket.last_ms for _, bucket in self._held), default=None)
        end = self._end if self._end is not None else now if newest is None else newest / _MS + 1
        start = self._start if self._start is not None else end - self._length_ms / _MS
        return moment_of(self._held, start, end, self._where, notes=self._notes)

    @property
    def reach(self) -> str:
        """From when to when the logs go that were read, in words; empty when there is no record in them."""
        ends = [at for _, one in self._held for at in (one.first_ms, one.last_ms)]
        ends += [at for at in (self._first_ms, self._last_ms) if at is not None]
        if not ends:
            return ""
        from glance.domain.units import iso

        return f"{iso(min(ends) // _MS)} to {iso(max(ends) // _MS)}"


def moment_of(
    held: Iterable[tuple[str, LogBucket]],
    start: float,
    end: float,
    where: Choice | None,
    *,
    notes: Iterable[str] = (),
    most: int = MOST_RECORDS,
) -> Moment:
    """What is kept of some buckets: the records of the window that are chosen, the newest where they are too many.

    Args:
        held: formats, in words, and buckets, whole.
        start: of the window.
        end: of the window.
        where: which records are meant; None means all.
        notes: what a reader should know besides.
        most: records that are kept.
    """
    parts, told, left, left_out, many = [], list(notes), most, 0, 0
    for words, bucket in sorted(held, key=lambda one: -one[1].last_ms):
        at_ms = bucket.times.milliseconds()
        mask: NDArray[np.bool_] = (at_ms >= round(start * _MS)) & (at_ms < round(end * _MS))
        if where is not None and mask.any():
            mask &= where.select(bucket)
        chosen = part_of(bucket, mask)
        if chosen.records > left or (chosen.records and many >= MOST_PARTS):
            left_out += chosen.records
            continue
        left -= chosen.records
        many += chosen.records > 0
        parts.append(Gathered(bucket, words, chosen))
    if left_out:
        why = f"more than {most:,} there were" if many < MOST_PARTS else "they are of too many logs"
        told.append(f"{left_out:,} older records of the window are left out: {why}")
    return Moment(start, end, tuple(parts[::-1]), tuple(told))


def alone(bucket: LogBucket) -> LogBucket:
    """A part of a bucket that tells of no lines but those of its records."""
    return replace(bucket, lines=bucket.records, unparsed=0, unread=(), gaps=np.zeros(0, np.uint32))


def summary_of(moment: Moment, options: ReportOptions) -> Summary:
    """The figures of what was gathered, as a report has them."""
    report = Report(options)
    for part in moment.parts:
        if part.chosen.records:
            report.take(part.bucket.source, part.words, alone(part.chosen))
    for note in moment.notes:
        report.note(note)
    return report.summary()
