"""A Tally: exact counts over any set of records. Tallies merge by adding, and buckets leave by subtracting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.held import HeldBucket
from glance.domain.logs.histogram import BINS
from glance.domain.logs.series import LogSeries
from glance.domain.logs.status import error_classes
from glance.domain.logs.timeline import Timeline

Selection = NDArray[np.intp] | None
"""Indexes of the chosen records of a bucket; None is all of them."""

RANKED_FIELDS = {
    "paths": "path",
    "clients": "client",
    "agents": "agent",
    "referrers": "referrer",
    "hosts": "host",
    "methods": "method",
    "statuses": "status",
    "protocols": "protocol",
    "users": "user",
}
"""Rankings and the fields they rank."""

DERIVED = {"sections": "paths", "routes": "paths", "kinds": "agents", "crawlers": "agents", "networks": "clients"}
"""Rankings that follow from others, value by value, and from which."""


class Counts:
    """Hits by error class and bytes, for every number of a dictionary."""

    def __init__(self, size: int = 0) -> None:
        """Zero for `size` values."""
        self.classes: NDArray[np.int64] = np.zeros((3, size), np.int64)
        """Rows: without error, client errors, server errors."""
        self.bytes: NDArray[np.int64] = np.zeros(size, np.int64)

    @property
    def hits(self) -> NDArray[np.int64]:
        """Hits of each value."""
        return np.asarray(self.classes.sum(axis=0))

    def grow(self, size: int) -> None:
        """Make room for `size` values."""
        missing = size - len(self.bytes)
        if missing > 0:
            self.classes = np.pad(self.classes, ((0, 0), (0, missing)))
            self.bytes = np.pad(self.bytes, (0, missing))

    def add(self, keys: NDArray[np.uint32], classes: NDArray[np.int64], sizes: NDArray[np.int64], sign: int) -> None:
        """Add (or take away) the counts of distinct `keys`."""
        if not len(keys):
            return
        self.grow(int(keys.max()) + 1)
        self.classes[:, keys] += sign * classes
        self.bytes[keys] += sign * sizes

    def plus(self, other: Counts) -> Counts:
        """Both together."""
        out = Counts(max(len(self.bytes), len(other.bytes)))
        for side in (self, other):
            out.classes[:, : len(side.bytes)] += side.classes
            out.bytes[: len(side.bytes)] += side.bytes
        return out


@dataclass(frozen=True, slots=True)
class _Part:
    """The chosen records of a bucket, with what every count of them needs."""

    bucket: HeldBucket
    chosen: Selection
    classes: NDArray[np.uint8]
    sent: NDArray[np.integer]


def _add_field(counts: Counts, part: _Part, field: str, sign: int) -> None:
    """Count one text field."""
    column, classes = part.bucket.texts[field], part.classes
    size = len(column.keys)
    if size == 1:
        by_class = np.bincount(classes, minlength=3).reshape(3, 1)
        counts.add(column.keys, by_class, np.array([part.sent.sum(dtype=np.int64)]), sign)
        return
    ids = column.ids if part.chosen is None else column.ids[part.chosen]
    cells = ids.astype(np.intp)
    total = sums(cells, part.sent, size)
    cells += classes.astype(np.intp) * size
    by_class = np.bincount(cells, minlength=3 * size).reshape(3, size)
    counts.add(column.keys, by_class, total, sign)


class Tally:
    """Counts over some records of one series."""

    def __init__(self, series: LogSeries, rankings: Iterable[str], step_seconds: int, *, latency_steps: bool) -> None:
        """Start at zero.

        Args:
            series: whose buckets will be added.
            rankings: which fields are counted value by value: names of RANKED_FIELDS.
            step_seconds: width of the steps of time.
            latency_steps: keep a latency histogram for every step too.
        """
        self._series = series
        self._step_ms = step_seconds * 1000
        self._latency_steps = latency_steps
        self.classes: NDArray[np.int64] = np.zeros(3, np.int64)
        self.bytes = 0
        self.sizes_absent = 0
        self.latency: NDArray[np.int64] = np.zeros(BINS, np.int64)
        self.slowest = -1.0
        """Exact when whole buckets were only added, else unknown to more than 1 %."""
        self.fields = {name: Counts() for name in rankings}
        self.steps = Timeline(4)
        """Rows: without error, client errors, server errors, bytes."""
        self.step_latency = Timeline(BINS)

    @property
    def hits(self) -> int:
        """Records counted."""
        return int(self.classes.sum())

    def add(self, bucket: HeldBucket, chosen: Selection = None, sign: int = 1) -> None:
        """Count records of a bucket, or with `sign=-1` forget them."""
        if chosen is not None and not len(chosen):
            return
        classes = error_classes(bucket.texts["status"], self._series.dictionaries["status"].values)
        sizes = bucket.sizes
        if chosen is not None:
            classes, sizes = classes[chosen], sizes[chosen]
        sent = np.maximum(sizes, 0)
        self.classes += sign * np.bincount(classes, minlength=3)
        self.bytes += sign * int(sent.sum(dtype=np.int64))
        self.sizes_absent += sign * int(np.count_nonzero(sizes < 0))
        part = _Part(bucket, chosen, classes, sent)
        for name, counts in self.fields.items():
            _add_field(counts, part, RANKED_FIELDS[name], sign)
        self._add_times(part, sign)

    def _add_times(self, part: _Part, sign: int) -> None:
        bucket, chosen, classes, sent = part.bucket, part.chosen, part.classes, part.sent
        steps = step_numbers(bucket, chosen, self._step_ms)
        first, width = int(steps.min()), int(steps.max() - steps.min()) + 1
        relative = steps - first
        by_class = np.bincount(relative * 3 + classes, minlength=3 * width).reshape(width, 3)
        total = sums(relative, sent, width)
        self.steps.add(first, np.column_stack([by_class, total]), sign)
        if bucket.latencies is None:
            return
        bins = bucket.latencies if chosen is None else bucket.latencies[chosen]
        self.latency += sign * np.bincount(bins, minlength=BINS)
        self.slowest = max(self.slowest, bucket.slowest_seconds) if chosen is None and sign > 0 else self.slowest
        if self._latency_steps:
            cells = np.bincount(relative * BINS + bins, minlength=width * BINS)
            self.step_latency.add(first, cells.reshape(width, BINS), sign)

    def plus(self, other: Tally) -> Tally:
        """Both together; neither is changed."""
        out = Tally(self._series, (), self._step_ms // 1000, latency_steps=self._latency_steps)
        out.classes = self.classes + other.classes
        out.bytes = self.bytes + other.bytes
        out.sizes_absent = self.sizes_absent + other.sizes_absent
        out.latency = self.latency + other.latency
        out.slowest = max(self.slowest, other.slowest)
        out.fields = {name: counts.plus(other.fields[name]) for name, counts in self.fields.items()}
        out.steps = self.steps.plus(other.steps)
        out.step_latency = self.step_latency.plus(other.step_latency)
        return out

    def sections(self) -> Counts:
        """Counts by section, which follow from those by path."""
        return self.derived("sections")

    def derived(self, name: str) -> Counts:
        """Counts of a ranking of DERIVED, which follow from those of the one that it follows from."""
        base, derived = self.fields[DERIVED[name]], self._series.derived[name]
        of = derived.of()[: len(base.bytes)]
        out = Counts(len(derived.dictionary))
        for row in range(3):
            np.add.at(out.classes[row], of, base.classes[row][: len(of)])
        np.add.at(out.bytes, of, base.bytes[: len(of)])
        return out


def sums(cells: NDArray[np.integer], amounts: NDArray[np.integer], count: int) -> NDArray[np.int64]:
    """The exact sum of the amounts in each of `count` cells."""
    if amounts.dtype.itemsize <= 4:  # at most 65,536 of them: the sum is exact as a float
        return np.bincount(cells, weights=amounts, minlength=count).astype(np.int64)
    out = np.zeros(count, np.int64)
    np.add.at(out, cells, amounts)
    return out


def step_numbers(bucket: HeldBucket, chosen: Selection, step_ms: int) -> NDArray[np.int64]:
    """The step of time, counted from the epoch, of each chosen record."""
    times = bucket.times
    deltas = times.deltas if chosen is None else times.deltas[chosen]
    return np.asarray((deltas.astype(np.int64) * times.step_ms + times.base_ms) // step_ms)


def chosen_between(bucket: HeldBucket, start_ms: int, end_ms: int) -> Selection:
    """The records of a bucket within [start, end); None when all are."""
    if start_ms <= bucket.first_ms and bucket.last_ms < end_ms:
        return None
    at_ms = bucket.times.milliseconds()
    return np.flatnonzero((at_ms >= start_ms) & (at_ms < end_ms))
