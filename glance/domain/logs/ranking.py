"""The names with the most of something, with what a table shows of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from heapq import nsmallest

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.dictionary import Keys
from glance.domain.logs.held import HeldBucket
from glance.domain.logs.histogram import BINS, row_quantiles
from glance.domain.logs.tally import Counts, PartSteps, Selection
from glance.domain.logs.timeline import Timeline

SLICES = 24
"""Points of a row's sparkline."""


def top_keys(scores: NDArray[np.int64], names: Sequence[bytes], count: int) -> NDArray[np.intp]:
    """The numbers with the highest scores, highest first, ties by name; zero scores are left out."""
    return np.array(top_places(scores, names.__getitem__, count), np.intp)


def top_places(scores: NDArray[np.int64], name_of: Callable[[int], bytes], count: int) -> list[int]:
    """The places of the highest scores, highest first, ties by name; zero scores are left out.

    A crowd of which each came once is one tie of all: of that the first names are found, and the others not sorted.
    """
    count = min(count, int(np.count_nonzero(scores > 0)))
    if count <= 0:
        return []
    bar = max(1, int(np.partition(scores, len(scores) - count)[len(scores) - count]))
    above = sorted(np.flatnonzero(scores > bar).tolist(), key=name_of)
    order = np.argsort(-scores[above], kind="stable").tolist() if above else []
    tied = np.flatnonzero(scores == bar).tolist()
    return [above[place] for place in order] + nsmallest(count - len(above), tied, key=name_of)


def first_named(hits: NDArray[np.int64], names: Sequence[bytes], count: int) -> list[int]:
    """The numbers of those that came, by their names."""
    return nsmallest(count, np.flatnonzero(hits).tolist(), key=names.__getitem__)


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
        self._row_of: NDArray[np.int32] | None = None
        """For each number up to the highest key its row, -1 where it has none; and -1 for all above."""

    def add(
        self,
        bucket: HeldBucket,
        field: str,
        chosen: Selection = None,
        sign: int = 1,
        *,
        moves: Keys | None = None,
        steps: PartSteps | None = None,
    ) -> None:
        """Count the records of a bucket that have one of the values.

        Args:
            bucket: the records.
            field: text field that is ranked.
            chosen: which records; None is all.
            sign: -1 forgets them.
            moves: for a field that follows from another, its number for each number of the other.
            steps: of the chosen records, where they are known.
        """
        column = bucket.texts[field]
        rows = self._rows(column.keys if moves is None else moves[column.keys])
        if not (rows >= 0).any():
            return
        row = rows[column.ids if chosen is None else column.ids[chosen]]
        records, relative = chosen, None if steps is None else steps.relative
        if not len(row):
            return
        if rows.min() < 0:  # else all have one of the values
            found = np.flatnonzero(row >= 0)
            if not len(found):
                return
            row, records = row[found], found if chosen is None else chosen[found]
            relative = None if relative is None else relative[found]
        if steps is None or relative is None:
            steps = PartSteps(bucket, records, self._step_ms)
            relative = steps.relative
        count = len(self.keys)
        places = row if steps.width == 1 else relative * count + row
        cells = np.bincount(places, minlength=steps.width * count)
        self.hits.add(steps.first, cells.reshape(steps.width, count), sign)
        if self.has_latency and bucket.latencies is not None:
            bins = bucket.latencies if records is None else bucket.latencies[records]
            cells = np.bincount(row * np.intp(BINS) + bins, minlength=count * BINS)
            self.latency += sign * cells.reshape(count, BINS)

    def _rows(self, numbers: NDArray[np.integer]) -> NDArray[np.int32]:
        """The row of each number, -1 where it has none."""
        if self._row_of is None:
            end = int(self.keys.max(initial=-1)) + 1
            self._row_of = np.full(end + 1, -1, np.int32)
            self._row_of[self.keys] = np.arange(len(self.keys), dtype=np.int32)
        return np.asarray(self._row_of[np.minimum(numbers, len(self._row_of) - 1)])

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
        """The rows of these numbers, in their order; zero of those that it has not."""
        where = _positions(self.keys, keys)
        is_known = where >= 0
        out = RowDetails(keys, self._step_ms // 1000, has_latency=self.has_latency)
        out.latency[is_known] = self.latency[where[is_known]]
        rows: NDArray[np.int64] = np.zeros((len(self.hits.rows), len(keys)), np.int64)
        rows[:, is_known] = self.hits.rows[:, where[is_known]]
        out.hits.add(self.hits.first, rows)
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
