"""Numbers per step of time, for a stretch of steps that grows at both ends."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MOST_STEPS = 200_000
"""Steps kept; a log that spans more at this width is damaged, or wants a wider step."""


class Timeline:
    """One row of numbers per step; steps are counted from the epoch."""

    def __init__(self, width: int) -> None:
        """Start with no step; `width` numbers each."""
        self.width = width
        self.first = 0
        self.rows: NDArray[np.int64] = np.zeros((0, width), np.int64)

    def add(self, first: int, rows: NDArray[np.integer], sign: int = 1) -> None:
        """Add (or take away) rows from step `first` on."""
        if not len(rows):
            return
        self._cover(first, first + len(rows))
        at = first - self.first
        if at < 0:
            rows, at = rows[-at:], 0
        room = self.rows[at : at + len(rows)]
        room += sign * rows[: len(room)]

    def reserve(self, first: int, count: int) -> None:
        """Make room for steps that will come, at once."""
        if count > 0:
            self._cover(first, first + count)

    def _cover(self, first: int, end: int) -> None:
        if not len(self.rows):
            self.first = first
            self.rows = np.zeros((min(end - first, MOST_STEPS), self.width), np.int64)
            return
        before = max(0, self.first - first)
        after = max(0, end - self.first - len(self.rows))
        if before or after:
            spare = max(0, MOST_STEPS - len(self.rows))
            before = min(before, spare)
            after = min(after, spare - before)
            self.rows = np.pad(self.rows, ((before, after), (0, 0)))
            self.first -= before

    def between(self, first: int, count: int) -> NDArray[np.int64]:
        """`count` rows from step `first` on, zero where nothing is known."""
        out = np.zeros((count, self.width), np.int64)
        start, end = max(first, self.first), min(first + count, self.first + len(self.rows))
        if start < end:
            out[start - first : end - first] = self.rows[start - self.first : end - self.first]
        return out

    def forget_before(self, first: int) -> None:
        """Drop the steps before `first`."""
        drop = first - self.first
        if drop > 0:
            self.rows = self.rows[drop:].copy()
            self.first = first

    def plus(self, other: Timeline, sign: int = 1) -> Timeline:
        """Both together, or with `sign=-1` what is left without the other; neither is changed."""
        out = Timeline(self.width)
        for side, times in ((self, 1), (other, sign)):
            out.add(side.first, side.rows, times)
        return out
