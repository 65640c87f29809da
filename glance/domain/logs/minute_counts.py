"""How many records of a bucket fall into each minute: what a chart needs before any column is read."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.rollup import MINUTE_MS
from glance.domain.logs.status import error_class


@dataclass(frozen=True, slots=True, eq=False)
class MinuteCounts:
    """Counts of the minutes in which something happened."""

    minutes: NDArray[np.int64]
    """Minutes since the epoch, ascending."""
    counts: NDArray[np.int64]
    """For each of them hits without error, client errors, server errors, bytes."""


def minute_counts(bucket: LogBucket) -> MinuteCounts:
    """The counts of a bucket."""
    if not bucket.records:
        return MinuteCounts(np.zeros(0, np.int64), np.zeros((0, 4), np.int64))
    column = bucket.texts["status"]
    classes = np.array([error_class(value) for value in column.values], np.int64)[column.ids]
    minutes, places = np.unique(bucket.times.milliseconds() // MINUTE_MS, return_inverse=True)
    counts: NDArray[np.int64] = np.zeros((len(minutes), 4), np.int64)
    counts[:, :3] = np.bincount(places * 3 + classes, minlength=3 * len(minutes)).reshape(-1, 3)
    np.add.at(counts[:, 3], places, np.maximum(bucket.sizes, 0))
    return MinuteCounts(minutes, counts)
