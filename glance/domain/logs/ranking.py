"""The names with the most of something, with what a table shows of each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.dictionary import Keys
from glance.domain.logs.held import HeldBucket
from glance.domain.logs.histogram import BINS, row_quantiles
from glance.domain.logs.tally import Counts, Selection, step_numbers
from glance.domain.logs.timeline import Timeline

SLICES = 24
"""Points of a row's sparkline."""


def top_keys(scores: NDArray[np.int64], names: Sequence[bytes], count: int) -> NDArray[np.intp]:
    """The numbers with the highest scores, highest first, ties by name; zero scores are left out."""
    positive = int(np.count_nonzero(scores > 0))
    count = min(count, positive)
    if not count:
        return np.zeros(0, np.intp)
    if count < len(scores):
        bar = np.partition(scores, len(scores) - count)[len(scores) - count]
        candidates = np.flatnonzero(scores >= max(bar, 1))
    else:
        candidates = np.flatnonzero(scores > 0)
    order = sorted(candidates.tolist(), key=lambda key: (-scores[key], names[key]))
    return np.array(order[:count], np.intp)


def without(counts: Counts, key: int | None) -> NDArray[np.int64]:
    """Hits of each value, zero for the value that says nothing."""
    hits = counts.hits
    if key is not None and key < len(hits):
        hits = hits.copy()
        hits[key] = 0
    return hits


class RowDetails:
    """Latency and hits over time of some values of one field."""

    def __init__(self, keys: NDArray[np.intp], step_seconds: int, *, has_latency: bool) -> None:
        """Start at zero for these numbers of the field's dictionary."""
        self.keys = keys
        self._step_ms = step_seconds * 1000
        self.has_latency = has_latency
        self.latency: NDArray[np.int64] = np.zeros((len(keys), BINS if has_latency else 1), np.int64)
        self.hits = Timeline(len(keys))

    def add(
        self, bucket: HeldBucket, field: str, chosen: Selection = None, sign: int = 1, moves: Keys | None = None
    ) -> None:
        """Count the records of a bucket that have one of the values.

        Args:
            bucket: the records.
            field: text field that is ranked.
            chosen: which records; None is all.
            sign: -1 forgets them.
            moves: for a field that follows from another, its number for each number of the other.
        """
        column = bucket.texts[field]
        numbers = column.keys if moves is None else moves[column.keys]
        rows = _positions(self.keys, numbers)
        if not (rows >= 0).any():
            return
        row = rows[column.ids if chosen is None else column.ids[chosen]]
        records = chosen
        if not len(row):
            return
        if rows.min() < 0:  # else all have one of the values
            found = np.flatnonzero(row >= 0)
            if not len(found):
                return
            row, records = row[found], found if chosen is None else chosen[found]
        steps = step_numbers(bucket, records, self._step_ms)
        first, width = int(steps.min()), int(steps.max() - steps.min()) + 1
        count = len(self.keys)
        cells = np.bincount((steps - first) * count + row, minlength=width * count)
        self.hits.add(first, cells.reshape(width, count), sign)
        if self.has_latency and bucket.latencies is not None:
            bins = bucket.latencies if records is None else bucket.latencies[records]
            cells = np.bincount(row * np.intp(BINS) + bins, minlength=count * BINS)
            self.latency += sign * cells.reshape(count, BINS)

    def joined(self, other: RowDetails) -> RowDetails:
        """The rows of both; they have no number in common."""
        out = RowDetails(np.concatenate([self.keys, other.keys]), self._step_ms // 1000, has_latency=self.has_latency)
        out.latency = np.concatenate([self.latency, other.latency])
        first = min((side.hits.first for side in (self, other) if len(side.hits.rows)), default=0)
        end = max((side.hits.first + len(side.hits.rows) for side in (self, other) if len(side.hits.rows)), default=0)
        rows = np.concatenate([side.hits.between(first, end - first) for side in (self, other)], axis=1)
        out.hits.add(first, rows)
        return out

    def chosen(self, keys: NDArray[np.intp]) -> RowDetails:
        """The rows of these numbers, all of which it has, in their order."""
        where = _positions(self.keys, keys)
        out = RowDetails(keys, self._step_ms // 1000, has_latency=self.has_latency)
        out.latency = self.latency[where]
        out.hits.add(self.hits.first, self.hits.rows[:, where])
        return out

    def plus(self, other: RowDetails, sign: int = 1) -> RowDetails:
        """Both together, or with `sign=-1` what is left without the other; they are about the same numbers."""
        out = RowDetails(self.keys, self._step_ms // 1000, has_latency=self.has_latency)
        out.latency = self.latency + sign * other.latency
        out.hits = self.hits.plus(other.hits, sign)
        return out

    def p95(self) -> list[float | None]:
        """95th percentile of each row in seconds."""
        if not self.has_latency:
            return [None] * len(self.keys)
        return [None if np.isnan(value) else float(value) for value in row_quantiles(self.latency, (0.95,))[0]]

    def sparks(self, first: int, steps: int) -> list[tuple[int, ...]]:
        """Hits of each row in at most SLICES equal slices of a window of `steps` steps."""
        per_slice = max(1, -(-steps // SLICES))
        slices = -(-steps // per_slice)
        rows = self.hits.between(first + steps - slices * per_slice, slices * per_slice)
        sums = rows.reshape(slices, per_slice, len(self.keys)).sum(axis=1)
        return [tuple(column) for column in sums.T.tolist()]


def _positions(keys: NDArray[np.integer], numbers: NDArray[np.integer]) -> NDArray[np.int32]:
    """For each number its place among `keys`, -1 where it has none."""
    if not len(keys):
        return np.full(len(numbers), -1, np.int32)
    order = np.argsort(keys)
    places = np.searchsorted(keys[order], numbers)
    places = np.minimum(places, len(keys) - 1)
    found = order[places]
    return np.where(keys[found] == numbers, found, -1).astype(np.int32)
