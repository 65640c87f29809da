"""A row of a flame graph as a terminal can show it: a cell has two colours, which meet at an eighth of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

NOBODY = -1
"""The ground beside the frames."""
CELL = 8


@dataclass(frozen=True, slots=True)
class Run:
    """Whole cells of one block."""

    x: int
    width: int
    block: int


@dataclass(frozen=True, slots=True)
class Seam:
    """A cell in which two blocks meet."""

    x: int
    left: int
    right: int
    eighths: int
    """How much of it is the left one's, 1 to 7."""


def cells_of(blocks: Sequence[int], lefts: Sequence[int], rights: Sequence[int], cells: int) -> list[Run | Seam]:
    """The cells of a row, from the left.

    Of three blocks and more in one cell two are shown: those that nobody has seen yet, then the widest.

    Args:
        blocks: what is in the row, from the left.
        lefts: of each, where it begins, in eighths of a cell.
        rights: of each, where it ends.
        cells: the width.
    """
    row = _Row()
    for block, left, right in zip(blocks, lefts, rights, strict=True):
        row.add(left, NOBODY)
        row.add(right, block)
    row.add(cells * CELL, NOBODY)
    return row.found


class _Row:
    """A row that is filled from the left."""

    def __init__(self) -> None:
        self.found: list[Run | Seam] = []
        self._pieces: list[tuple[int, int]] = []
        """Of the cell that is not full yet: widths and blocks."""
        self._at = 0
        self._seen = NOBODY
        """The block that was shown last: those before it come no more."""

    def add(self, end: int, block: int) -> None:
        """A block up to an edge."""
        if end <= self._at:
            return
        if self._at % CELL:
            stop = min(end, self._at - self._at % CELL + CELL)
            self._pieces.append((stop - self._at, block))
            self._at = stop
            if stop % CELL == 0:
                self._close(stop // CELL - 1, goes_on=end > stop)
        whole = (end - self._at) // CELL
        if whole > 0:
            self.found.append(Run(self._at // CELL, whole, block))
            self._at += whole * CELL
            self._seen = max(self._seen, block)
        if end > self._at:
            self._pieces.append((end - self._at, block))
            self._at = end

    def _close(self, x: int, *, goes_on: bool) -> None:
        """A cell of several pieces is full; the last one may go on in the next."""
        pieces, last = self._pieces, len(self._pieces) - 1
        if last > 1:
            best = self._two_best(pieces, last if goes_on else -1)
            pieces = [pieces[one] for one in best]
        (width, left), (other, right) = pieces[0], pieces[-1]
        self._seen = max(self._seen, left, right)
        self._pieces = []
        if left == right:
            self.found.append(Run(x, 1, left))
        else:
            self.found.append(Seam(x, left, right, max(1, min(CELL - 1, round(CELL * width / (width + other))))))

    def _two_best(self, pieces: list[tuple[int, int]], open_end: int) -> list[int]:
        """The two pieces to be shown: those that nobody has seen, and that do not go on, then the widest."""
        worths = []
        for one, (width, block) in enumerate(pieces):
            is_new = block > self._seen
            urgency = 0 if not is_new else 1 if one == open_end else 2
            worths.append((-urgency, -width if block >= 0 else 0, one))
        worths.sort()
        return sorted((worths[0][2], worths[1][2]))
