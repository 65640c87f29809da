"""Counts for heat maps: latencies over time on a logarithmic axis, and the parts of each second."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.held import HeldBucket
from glance.domain.logs.histogram import BINS, LONGEST_SECONDS, SHORTEST_SECONDS, bin_seconds, bins_of
from glance.domain.logs.series import LogSeries
from glance.domain.logs.status import FINE, error_classes
from glance.domain.logs.tally import Selection

SLOT_MS = 20
"""Parts of a second that are counted; rows of 1/50, 1/25 and 1/10 of it are whole numbers of them."""

SLOTS = 1000 // SLOT_MS
ROWS_A_DECADE = (30, 24, 20, 16, 12, 10, 8, 6, 5, 4, 3, 2, 1)
"""Into how many rows a power of ten may be cut, so that powers of ten part rows."""

ZERO = 1
"""The bin of latencies too short to tell."""


@dataclass(frozen=True, slots=True)
class LatencyAxis:
    """The rows of a latency map, from the bottom."""

    bounds: tuple[float, ...]
    """Seconds, one more than there are rows; from 0 where something took no time, up to infinity where nothing ends it.

    As a filter understands them: a row has exactly the records for which `latency>=lower latency<upper` holds.
    """
    bins: tuple[int, ...]
    """The histogram's bins of the same bounds."""


def latency_axis(by_bin: NDArray[np.int64], most_rows: int) -> LatencyAxis:
    """The finest axis of at most so many rows, or the coarsest there is.

    Args:
        by_bin: records in each bin; at least one has a latency.
        most_rows: how many there is room for.
    """
    used = np.flatnonzero(by_bin[ZERO + 1 :]) + ZERO + 1
    has_zero = bool(by_bin[ZERO])
    if not len(used):
        return LatencyAxis((0.0, SHORTEST_SECONDS), (ZERO, ZERO + 1))
    lowest, highest = int(used[0]), int(used[-1])
    fitting = (many for many in ROWS_A_DECADE if _ladder(many).rows(lowest, highest) + has_zero <= most_rows)
    ladder = _ladder(next(fitting, ROWS_A_DECADE[-1]))
    first = ladder.place(lowest) - 1
    end = ladder.place(highest)
    bounds, bins = list(ladder.bounds[first : end + 1]), ladder.bins[first : end + 1].tolist()
    if has_zero:
        bounds, bins = [0.0, *bounds], [ZERO, *bins]
    return LatencyAxis(tuple(bounds), tuple(bins))


@dataclass(frozen=True, slots=True)
class _Ladder:
    """All bounds of rows, so many in a power of ten."""

    bounds: tuple[float, ...]
    bins: NDArray[np.int64]

    def place(self, number: int) -> int:
        """The first bound above a bin."""
        return int(np.searchsorted(self.bins, number, side="right"))

    def rows(self, lowest: int, highest: int) -> int:
        """How many rows these bins take."""
        return self.place(highest) - self.place(lowest) + 1


@cache
def _ladder(many: int) -> _Ladder:
    """From the shortest latency that can be told to the longest, with three significant digits each."""
    numbers = range(-6 * many, math.floor(math.log10(LONGEST_SECONDS) * many) + 1)
    bounds = [float(f"{10 ** (number / many):.2e}") for number in numbers]
    bins = bins_of(np.array(bounds)).astype(np.int64)
    return _Ladder((*bounds, math.inf), np.append(bins, BINS))  # the last bin has everything that is longer


def latency_cells(counts: NDArray[np.int64], groups: Sequence[int], axis: LatencyAxis) -> NDArray[np.int64]:
    """Records in each row, from the bottom, and column.

    Args:
        counts: of each step and bin.
        groups: the first step of each column.
        axis: the rows.
    """
    by_column = np.add.reduceat(counts, groups, axis=0)
    return np.asarray(np.add.reduceat(by_column[:, : axis.bins[-1]], axis.bins[:-1], axis=1).T)


@dataclass(frozen=True, slots=True)
class SlotCounts:
    """What the records of a bucket are, by slot of time, error and latency."""

    keys: NDArray[np.int64]
    """`(slot · 2 + is an error) · BINS + bin`, ascending, each once; slots are counted from the epoch."""
    times: NDArray[np.int64]
    """How often each came."""
    records: int
    first_ms: int
    last_ms: int


def slot_counts(bucket: HeldBucket, chosen: Selection, statuses: Sequence[bytes]) -> SlotCounts | None:
    """The counts of the chosen records of a bucket; None when there is none."""
    at_ms = bucket.times.milliseconds()
    classes = error_classes(bucket.texts["status"], statuses)
    bins = bucket.latencies
    if chosen is not None:
        at_ms, classes = at_ms[chosen], classes[chosen]
        bins = bins if bins is None else bins[chosen]
    if not len(at_ms):
        return None
    cells = (at_ms // SLOT_MS * 2 + (classes != FINE)) * BINS
    if bins is not None:
        cells += bins
    keys, times = np.unique(cells, return_counts=True)
    return SlotCounts(keys, times, len(at_ms), int(at_ms.min()), int(at_ms.max()))


@dataclass(frozen=True, slots=True)
class SecondGrid:
    """Which seconds, cut how."""

    start: int
    """The first second, since the epoch."""
    seconds: int
    parts: int
    """Rows: 10, 25 or 50."""

    @property
    def cells(self) -> int:
        """Their number."""
        return self.seconds * self.parts


class SecondCells:
    """Adds up the counts of buckets within some seconds. Cells are numbered by second, then from its beginning."""

    def __init__(self, grid: SecondGrid) -> None:
        """Count nothing yet."""
        self.grid = grid
        self._cells: list[NDArray[np.int64]] = []
        self._rest: list[NDArray[np.int64]] = []
        self._times: list[NDArray[np.int64]] = []

    def add(self, counts: SlotCounts) -> None:
        """Count what of a bucket lies within the seconds."""
        width = 2 * BINS
        first = self.grid.start * SLOTS
        low, high = np.searchsorted(counts.keys, [first * width, (first + self.grid.seconds * SLOTS) * width])
        slots, rest = np.divmod(counts.keys[low:high] - first * width, width)
        self._cells.append(slots // (SLOTS // self.grid.parts))
        self._rest.append(rest)
        self._times.append(counts.times[low:high])

    def _all(self, parts: list[NDArray[np.int64]]) -> NDArray[np.int64]:
        return np.concatenate(parts) if parts else np.zeros(0, np.int64)

    def hits(self, *, errors_only: bool = False) -> NDArray[np.int64]:
        """Records in each cell."""
        cells, times = self._all(self._cells), self._all(self._times)
        if errors_only:
            are_errors = self._all(self._rest) >= BINS
            cells, times = cells[are_errors], times[are_errors]
        return np.bincount(cells, weights=times, minlength=self.grid.cells).astype(np.int64)

    def latency(self, share: float) -> NDArray[np.float64]:
        """A quantile of the latencies in each cell by nearest rank, seconds; NaN where none is known."""
        bins = self._all(self._rest) % BINS
        known = bins > 0
        cells, bins, times = self._all(self._cells)[known], bins[known], self._all(self._times)[known]
        order = np.argsort(cells * BINS + bins, kind="stable")
        cumulated = np.cumsum(times[order])
        many = np.bincount(cells, weights=times, minlength=self.grid.cells).astype(np.int64)
        before = np.cumsum(many) - many
        filled = np.flatnonzero(many)
        ranks = before[filled] + np.maximum(1, np.ceil(share * many[filled]))
        found = np.full(self.grid.cells, np.nan)
        found[filled] = bin_seconds()[bins[order][np.searchsorted(cumulated, ranks)]]
        return found


def exact_sources(series: LogSeries) -> frozenset[str]:
    """The logs that tell parts of seconds."""
    return frozenset(bucket.source for bucket in series.buckets if bucket.times.step_ms < 1000)
