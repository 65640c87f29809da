"""Sums by key: the cells of a tally, kept as sorted arrays that merge by adding.

A key holds the step of time in its upper bits, so that any stretch of time is one slice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cells:
    """Distinct keys in order, with numbers for each."""

    keys: Keys
    columns: dict[str, NDArray[np.generic]]
    """`count`, `match`: added. `sum` with `square` (sum of squared distances from the mean): added likewise.
    `least`, `most`, `rank`: the least or the most."""

    def __len__(self) -> int:
        """Number of keys."""
        return len(self.keys)

    def between(self, first: int, end: int) -> Cells:
        """Those with keys in [first, end)."""
        start, stop = np.searchsorted(self.keys, (first, end)).tolist()
        if stop - start == len(self.keys):
            return self
        return Cells(self.keys[start:stop], {name: column[start:stop] for name, column in self.columns.items()})

    def with_keys(self, keys: Keys) -> Cells:
        """The same numbers under other keys, added where these are equal."""
        return merged([Cells(keys, self.columns)])


def merged(parts: Sequence[Cells]) -> Cells:
    """All together; keys may stand in any order, and several times."""
    keys = np.concatenate([part.keys for part in parts])
    if not len(keys):
        return parts[0]
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    is_first = np.ones(len(keys), np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=is_first[1:])
    starts = np.flatnonzero(is_first)
    columns = {name: np.concatenate([part.columns[name] for part in parts])[order] for name in parts[0].columns}
    if len(starts) == len(keys):
        return Cells(keys, columns)
    return Cells(keys[starts], _reduced(columns, starts))


def _reduced(columns: dict[str, NDArray[np.generic]], starts: NDArray[np.intp]) -> dict[str, NDArray[np.generic]]:
    """Each column with the rows from one start to the next made one."""
    out: dict[str, NDArray[np.generic]] = {}
    for name, column in columns.items():
        if name == "least":
            out[name] = np.minimum.reduceat(column, starts)
        elif name in ("most", "rank"):
            out[name] = np.maximum.reduceat(column, starts)
        elif name != "square":
            out[name] = np.add.reduceat(column, starts)
    if "square" in columns:
        out["square"] = _squares(columns, out, starts)
    return out


def _squares(
    columns: dict[str, NDArray[np.generic]], sums: dict[str, NDArray[np.generic]], starts: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Squared distances from the common mean, from those to the means of the parts (Chan, Golub, LeVeque)."""
    counts = columns["count"].astype(np.float64)
    means = columns["sum"].astype(np.float64) / counts
    common = sums["sum"].astype(np.float64) / sums["count"].astype(np.float64)
    lengths = np.diff(np.append(starts, len(counts)))
    away = means - np.repeat(common, lengths)
    return np.asarray(np.add.reduceat(columns["square"].astype(np.float64) + counts * away * away, starts))


class CellLog:
    """Cells that grow: like a binary counter, each is copied about log2(all) times."""

    def __init__(self) -> None:
        """Start empty."""
        self.parts: list[Cells] = []

    def __len__(self) -> int:
        """Number of rows held, more than keys while parts are not merged."""
        return sum(map(len, self.parts))

    def add(self, cells: Cells) -> None:
        """Add these."""
        if not len(cells):
            return
        while self.parts and len(self.parts[-1]) <= 2 * len(cells):
            cells = merged([self.parts.pop(), cells])
        self.parts.append(cells)

    def between(self, first: int, end: int) -> Cells | None:
        """All with keys in [first, end), as one; None when there is none."""
        found = [cut for part in self.parts if len(cut := part.between(first, end))]
        if not found:
            return None
        return found[0] if len(found) == 1 else merged(found)

    def all(self) -> Cells | None:
        """Everything, as one; None when there is nothing."""
        if not self.parts:
            return None
        if len(self.parts) > 1:
            self.parts = [merged(self.parts)]
        return self.parts[0]

    def forget_before(self, first: int) -> None:
        """Drop keys below this one."""
        kept = []
        for part in self.parts:
            left = part.between(first, 1 << 62)
            if left is not part:  # copied, so that what was dropped is freed
                left = Cells(left.keys.copy(), {name: column.copy() for name, column in left.columns.items()})
            if len(left):
                kept.append(left)
        self.parts = kept
