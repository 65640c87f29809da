"""Which record is on which row of the list of lines: newest first, without sorting all there are."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.held import HeldBucket
from glance.domain.logs.selections import Selections
from glance.domain.logs.series import LogSeries
from glance.domain.window import Window

MOST_SLOTS = 1 << 20
"""Slots of time that are counted at most."""


@dataclass(frozen=True, slots=True)
class Place:
    """One record."""

    bucket: HeldBucket
    record: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class Band:
    """Records of a stretch of time, newest first: the bucket of each, by its number, its place there, its time."""

    buckets: list[HeldBucket]
    owners: NDArray[np.int64]
    records: NDArray[np.int64]
    at_ms: NDArray[np.int64]


class LineIndex:
    """The records of a window that a filter chooses, as rows: row 0 is the newest.

    Counts by slot of time tell in which slot a row is; only the records of a few slots are ever sorted. Of records of
    one millisecond the one that stands later in its log is newer.
    """

    def __init__(self, series: LogSeries, window: Window, selections: Selections | None = None) -> None:
        """Count what there is now; what comes later changes nothing.

        Args:
            series: what is in memory.
            window: records within it count.
            selections: and of those, these; None is all of them.
        """
        self._start_ms, self._end_ms = round(window.start * 1000), round(window.end * 1000)
        self._selections = selections
        self._series = series
        self._epoch = series.epoch
        # Logs beside each other have one order, whatever it is; within a log it is that of its bytes.
        self.buckets = sorted(
            (one for one in series.buckets if one.last_ms >= self._start_ms and one.first_ms < self._end_ms),
            key=lambda one: (one.source, one.generation, one.offset),
        )
        first = max(self._start_ms, min((one.first_ms for one in self.buckets), default=0))
        last = min(self._end_ms - 1, max((one.last_ms for one in self.buckets), default=0))
        self._base = first
        self._slot_ms = max(1000, math.ceil((last - first + 1) / MOST_SLOTS))
        slots = max(1, (last - first) // self._slot_ms + 1) if self.buckets else 1
        counts = np.zeros(slots, np.int64)
        for bucket in self.buckets:
            at_ms = bucket.times.milliseconds()[self._chosen(bucket)]
            if len(at_ms):
                counted = np.bincount((at_ms - first) // self._slot_ms)
                counts[: len(counted)] += counted
        self._newer = np.concatenate([[0], np.cumsum(counts[::-1])])
        """Records in the newest slots: none, the last one, the last two, …"""

    @property
    def total(self) -> int:
        """Rows."""
        return int(self._newer[-1])

    @property
    def is_stale(self) -> bool:
        """The numbers of its buckets do not mean the same any more."""
        return self._series.epoch != self._epoch

    def _chosen(self, bucket: HeldBucket) -> NDArray[np.intp]:
        """The records of a bucket that are in the list."""
        selected = None if self._selections is None else self._selections.of(bucket)
        if self._start_ms <= bucket.first_ms and bucket.last_ms < self._end_ms:
            return np.arange(bucket.records) if selected is None else selected
        at_ms = bucket.times.milliseconds()
        if selected is None:
            return np.flatnonzero((at_ms >= self._start_ms) & (at_ms < self._end_ms))
        at_ms = at_ms[selected]
        return selected[(at_ms >= self._start_ms) & (at_ms < self._end_ms)]

    def rows(self, first: int, count: int) -> list[Place]:
        """The records of some rows."""
        first, end = max(0, first), min(self.total, first + count)
        if first >= end:
            return []
        slots = len(self._newer) - 1
        near = int(np.searchsorted(self._newer, first, "right")) - 1
        far = int(np.searchsorted(self._newer, end, "left"))
        return self._between(slots - far, slots - near)[first - int(self._newer[near]) :][: end - first]

    def _between(self, first_slot: int, end_slot: int) -> list[Place]:
        """The records of some slots, newest first."""
        band = self.ordered(first_slot, end_slot)
        records, owners, at_ms = band.records.tolist(), band.owners.tolist(), band.at_ms.tolist()
        return [Place(band.buckets[owner], records[row], at_ms[row]) for row, owner in enumerate(owners)]

    def ordered(self, first_slot: int, end_slot: int) -> Band:
        """The records of some slots, newest first, as arrays."""
        found = list(self._of_slots(first_slot, end_slot))
        if not found:
            return Band([], *(np.zeros(0, np.int64) for _ in range(3)))
        at_ms = np.concatenate([bucket.times.milliseconds()[records] for bucket, records in found])
        owners = np.repeat(np.arange(len(found)), [len(records) for _, records in found])
        records = np.concatenate([records for _, records in found])
        order = np.argsort(at_ms, kind="stable")[::-1]
        return Band([bucket for bucket, _ in found], owners[order], records[order], at_ms[order])

    def bands(self, most: int) -> Iterator[tuple[int, int, int]]:
        """All slots in groups of about so many records, newest first: rows before, first slot, end slot."""
        many = len(self._newer) - 1
        near = 0
        while near < many:
            far = int(np.searchsorted(self._newer, self._newer[near] + most, "right")) - 1
            far = max(near + 1, min(many, far))
            yield int(self._newer[near]), many - far, many - near
            near = far

    def _of_slots(self, first_slot: int, end_slot: int) -> Iterable[tuple[HeldBucket, NDArray[np.intp]]]:
        """What every bucket has in some slots."""
        start = self._base + first_slot * self._slot_ms
        end = self._base + end_slot * self._slot_ms
        for bucket in self.buckets:
            if bucket.last_ms < start or bucket.first_ms >= end:
                continue
            chosen = self._chosen(bucket)
            at_ms = bucket.times.milliseconds()[chosen]
            within = chosen[(at_ms >= start) & (at_ms < end)]
            if len(within):
                yield bucket, within

    def newer(self) -> int:
        """Records that came since, and are newer than all of the list."""
        last = max((bucket.last_ms for bucket in self.buckets), default=self._start_ms - 1)
        count = 0
        for bucket in self._series.buckets:
            if bucket.last_ms > last:
                at_ms = bucket.times.milliseconds()
                selected = None if self._selections is None else self._selections.of(bucket)
                count += int(np.count_nonzero((at_ms if selected is None else at_ms[selected]) > last))
        return count
