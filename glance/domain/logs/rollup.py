"""What is kept of records that no longer fit in memory: counts per minute."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.held import HeldBucket
from glance.domain.logs.rollup_row import RollUpRow
from glance.domain.logs.status import error_classes

MINUTE_MS = 60_000
MOST_MINUTES = 366 * 24 * 60


class RollUp:
    """Counts per minute of the records that were let go: the newest minutes, at most `MOST_MINUTES`."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.records = 0
        self._minutes: NDArray[np.int64] = np.zeros(0, np.int64)
        """Minutes since the epoch of which something is known, ascending."""
        self._counts: NDArray[np.int64] = np.zeros((0, 4), np.int64)
        """For each of them hits without error, client errors, server errors, bytes."""

    def add(self, bucket: HeldBucket, statuses: list[bytes]) -> None:
        """Reduce a bucket; `statuses` are the values of the series' status dictionary."""
        classes = error_classes(bucket.texts["status"], statuses)
        fresh, places = np.unique(bucket.times.milliseconds() // MINUTE_MS, return_inverse=True)
        counts: NDArray[np.int64] = np.zeros((len(fresh), 4), np.int64)
        counts[:, :3] = np.bincount(places * 3 + classes, minlength=3 * len(fresh)).reshape(-1, 3)
        np.add.at(counts[:, 3], places, np.maximum(bucket.sizes, 0))
        self.add_minutes(fresh, counts, bucket.records)

    def add_minutes(self, fresh: NDArray[np.int64], counts: NDArray[np.int64], records: int) -> None:
        """Add counts of minutes.

        Args:
            fresh: minutes since the epoch, ascending, each once.
            counts: for each hits without error, client errors, server errors, bytes; shape (minutes, 4).
            records: what they count in all.
        """
        minutes, places = np.unique(np.concatenate([self._minutes, fresh]), return_inverse=True)
        merged: NDArray[np.int64] = np.zeros((len(minutes), 4), np.int64)
        merged[places[: len(self._minutes)]] += self._counts
        merged[places[len(self._minutes) :]] += counts
        self._minutes, self._counts = minutes[-MOST_MINUTES:], merged[-MOST_MINUTES:]
        self.records += records

    def add_row(self, row: RollUpRow) -> None:
        """Add the counts of one step of time; what is known by the hour is spread evenly over its minutes."""
        many = max(1, row.width_seconds * 1000 // MINUTE_MS)
        counts = np.array([sum(row.hits[:4]), row.hits[4], row.hits[5], row.bytes], np.int64)
        spread = np.tile(counts // many, (many, 1))
        spread[:, :] += np.arange(many)[:, None] < counts % many
        first = row.start * 1000 // MINUTE_MS
        self.add_minutes(np.arange(first, first + many), spread, row.records)

    @property
    def end(self) -> int:
        """The minute after the newest one of which something is known; 0 when there is none."""
        return int(self._minutes[-1]) + 1 if len(self._minutes) else 0

    @property
    def start(self) -> int | None:
        """The oldest minute of which something is known; None when there is none."""
        return int(self._minutes[0]) if len(self._minutes) else None

    def between(self, first: int, end: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The minutes within [first, end) of which something is known, and the counts of each."""
        start, stop = np.searchsorted(self._minutes, (first, end))
        return self._minutes[start:stop], self._counts[start:stop]
