"""What numpy does without letting other threads in, done in pieces: a large profile must not make the screen wait.

Sorting, sums and gathering let them in by themselves. Repeating, scattered sums and turning columns into lists
do not, however long they take; between two pieces others get their turn.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Kind = TypeVar("Kind", bound=np.generic)

PIECE = 1 << 16
"""Elements: some milliseconds."""


def repeated(values: npt.NDArray[Kind], lengths: Ints) -> npt.NDArray[Kind]:
    """Each value as often as it says, one after the other."""
    ends = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=ends[1:])
    total = int(ends[-1])
    if total <= PIECE:
        return np.asarray(np.repeat(values, lengths))
    found = np.empty(total, dtype=values.dtype)
    for rows in pieces(ends):
        found[ends[rows.start] : ends[rows.stop]] = np.repeat(values[rows], lengths[rows])
    return found


def pieces(ends: Ints) -> Iterator[slice]:
    """Rows that together have about as many elements as a piece.

    Args:
        ends: where the elements of each row begin, and where the last ones end.
    """
    cuts = np.searchsorted(ends, np.arange(PIECE, max(PIECE, int(ends[-1])), PIECE)).tolist()
    for low, high in pairwise([0, *cuts, len(ends) - 1]):
        if low < high:
            yield slice(low, high)


def slices(start: int, end: int) -> Iterator[slice]:
    """All of a range, a piece at a time."""
    for at in range(start, end, PIECE):
        yield slice(at, min(end, at + PIECE))


def zeros(count: int) -> Ints:
    """So many of them, in memory that is really there: the system hands it out slowly, here while others go on."""
    found = np.empty(count, dtype=np.int64)
    found[:] = 0
    return found


def add_at(sums: Ints, rows: npt.NDArray[np.int64] | npt.NDArray[np.bool_], values: Ints | int) -> None:
    """Add values to the sums of their rows, which may come several times."""
    for part in slices(0, len(rows)):
        np.add.at(sums, rows[part], values if isinstance(values, int) else values[part])
