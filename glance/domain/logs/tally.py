"""A Tally: exact counts over any set of records. Tallies merge by adding, and buckets leave by subtracting."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

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
    "upstreams": "upstream",
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
        for row, counted in zip(self.classes, classes, strict=True):
            if counted.any():
                row[keys] += sign * counted
        self.bytes[keys] += sign * sizes

    def plus(self, other: Counts, sign: int = 1) -> Counts:
        """Both together, or with `sign=-1` what is left without the other."""
        out = Counts(max(len(self.bytes), len(other.bytes)))
        for side, times in ((self, 1), (other, sign)):
            out.classes[:, : len(side.bytes)] += times * side.classes
            out.bytes[: len(side.bytes)] += times * side.bytes
        return out


_PACKED = 37
"""Bits of a float's exact 53 that hold a sum of bytes, where hits are counted above them."""


class _Part:
    """The chosen records of a bucket, with what every count of them needs."""

    def __init__(self, bucket: HeldBucket, chosen: Selection, classes: NDArray[np.uint8], sent: NDArray[Any]) -> None:
        self.bucket, self.chosen, self.classes, self.sent = bucket, chosen, classes, sent
        self.bytes = int(sent.sum(dtype=np.int64))
        self.failed = [np.flatnonzero(classes == error) for error in (1, 2)]
        """Which of them are client errors, and which server errors."""
        self._packed: NDArray[np.float64] | None = None
        if len(sent) < 1 << (53 - _PACKED) and self.bytes < 1 << _PACKED:
            self._packed = sent + float(1 << _PACKED)

    def counted(self, ids: NDArray[np.integer], size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Hits by error class, and bytes, of each of `size` values; exact.

        Hits and bytes are summed in one number where both fit, and classes are told apart among errors only.
        """
        if size == 1:
            return np.bincount(self.classes, minlength=3).reshape(3, 1), np.array([self.bytes])
        cells = ids.astype(np.intp)
        if self._packed is None:
            hits, total = np.bincount(cells, minlength=size), sums(cells, self.sent, size)
        else:
            both = np.bincount(cells, weights=self._packed, minlength=size).astype(np.int64)
            hits, total = both >> _PACKED, both & ((1 << _PACKED) - 1)
        by_class: NDArray[np.int64] = np.empty((3, size), np.int64)
        for row, failed in enumerate(self.failed, 1):
            by_class[row] = np.bincount(cells[failed], minlength=size) if len(failed) else 0
        by_class[0] = hits - by_class[1] - by_class[2]
        return by_class, total


def _add_field(counts: Counts, part: _Part, field: str, sign: int) -> None:
    """Count one text field."""
    column = part.bucket.texts[field]
    ids = column.ids if part.chosen is None else column.ids[part.chosen]
    counts.add(column.keys, *part.counted(ids, len(column.keys)), sign)


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

    def add(self, bucket: HeldBucket, chosen: Selection = None, sign: int = 1, steps: PartSteps | None = None) -> None:
        """Count records of a bucket, or with `sign=-1` forget them; `steps` are theirs, where they are known."""
        if chosen is not None and not len(chosen):
            return
        classes = error_classes(bucket.texts["status"], self._series.dictionaries["status"].values)
        sizes = bucket.sizes
        if chosen is not None:
            classes, sizes = classes[chosen], sizes[chosen]
        part = _Part(bucket, chosen, classes, np.maximum(sizes, 0))
        self.classes += sign * np.bincount(classes, minlength=3)
        self.bytes += sign * part.bytes
        self.sizes_absent += sign * int(np.count_nonzero(sizes < 0))
        for name, counts in self.fields.items():
            _add_field(counts, part, RANKED_FIELDS[name], sign)
        self._add_times(part, sign, steps or PartSteps(bucket, chosen, self._step_ms))

    def _add_times(self, part: _Part, sign: int, steps: PartSteps) -> None:
        bucket, chosen = part.bucket, part.chosen
        first, width, relative = steps.first, steps.width, steps.relative
        by_class, total = part.counted(relative, width)
        self.steps.add(first, np.vstack([by_class, total]).T, sign)
        if bucket.latencies is None:
            return
        bins = bucket.latencies if chosen is None else bucket.latencies[chosen]
        histogram = np.bincount(bins, minlength=BINS)
        self.latency += sign * histogram
        self.slowest = max(self.slowest, bucket.slowest_seconds) if chosen is None and sign > 0 else self.slowest
        if self._latency_steps:
            cells = histogram if width == 1 else np.bincount(relative * BINS + bins, minlength=width * BINS)
            self.step_latency.add(first, cells.reshape(width, BINS), sign)

    def plus(self, other: Tally, sign: int = 1) -> Tally:
        """Both together, or with `sign=-1` what is left without the other; neither is changed."""
        out = Tally(self._series, (), self._step_ms // 1000, latency_steps=self._latency_steps)
        out.classes = self.classes + sign * other.classes
        out.bytes = self.bytes + sign * other.bytes
        out.sizes_absent = self.sizes_absent + sign * other.sizes_absent
        out.latency = self.latency + sign * other.latency
        out.slowest = max(self.slowest, other.slowest) if sign > 0 else -1.0
        names = self.fields if sign > 0 else other.fields
        out.fields = {name: self.fields[name].plus(other.fields[name], sign) for name in names}
        out.steps = self.steps.plus(other.steps, sign)
        out.step_latency = self.step_latency.plus(other.step_latency, sign)
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
    first, rest = divmod(times.base_ms, step_ms)
    if step_ms % times.step_ms == 0 and deltas.dtype.itemsize <= 2:  # narrow numbers divide faster
        wide, before = step_ms // times.step_ms, rest // times.step_ms
        if wide + before < 1 << 31:
            return (deltas.astype(np.uint32) + np.uint32(before)) // np.uint32(wide) + np.int64(first)
    return np.asarray((deltas.astype(np.int64) * times.step_ms + times.base_ms) // step_ms)


class PartSteps:
    """The steps of time of some records of a bucket, at least one; worked out once for all that is counted by them."""

    def __init__(self, bucket: HeldBucket, chosen: Selection, step_ms: int) -> None:
        """Look at the chosen records; None is all."""
        numbers = step_numbers(bucket, chosen, step_ms)
        self.first = int(numbers.min())
        self.width = int(numbers.max()) - self.first + 1
        self.relative: NDArray[np.int64] = numbers - self.first
        """The step of each, counted from the first one."""


def chosen_between(bucket: HeldBucket, start_ms: int, end_ms: int) -> Selection:
    """The records of a bucket within [start, end); None when all are."""
    if start_ms <= bucket.first_ms and bucket.last_ms < end_ms:
        return None
    at_ms = bucket.times.milliseconds()
    return np.flatnonzero((at_ms >= start_ms) & (at_ms < end_ms))
