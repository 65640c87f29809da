"""How many records happened in each second: enough to tell how many a window has, without their columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.bucket import TimeColumn


@dataclass(frozen=True, slots=True)
class SecondCounts:
    """The records of one stretch of a log, by second."""

    seconds: NDArray[np.int64]
    """Seconds since the epoch in which something happened, ascending."""
    until: NDArray[np.int64]
    """Records before each of them, and at last all."""

    @classmethod
    def of(cls, times: TimeColumn) -> SecondCounts:
        """Count these times."""
        at = times.milliseconds() // 1000
        if not len(at):
            return cls(np.zeros(0, np.int64), np.zeros(1, np.int64))
        first, span = int(at.min()), int(at.max() - at.min()) + 1
        if span <= 4 * len(at):
            counts = np.bincount(at - first, minlength=span)
            places = np.flatnonzero(counts)
            seconds, counts = places + first, counts[places]
        else:
            seconds, counts = np.unique(at, return_counts=True)
        return cls(seconds.astype(np.int64), np.concatenate([[0], np.cumsum(counts)]))

    @classmethod
    def together(cls, parts: Sequence[SecondCounts]) -> SecondCounts:
        """Those of several stretches as one."""
        seconds, places = np.unique(np.concatenate([part.seconds for part in parts]), return_inverse=True)
        counts = np.zeros(len(seconds), np.int64)
        np.add.at(counts, places, np.concatenate([np.diff(part.until) for part in parts]))
        return cls(seconds, np.concatenate([[0], np.cumsum(counts)]))

    def between(self, start: float, end: float) -> int:
        """Records within [start, end); both are whole seconds."""
        first, last = np.searchsorted(self.seconds, (start, end))
        return int(self.until[last] - self.until[first])
