"""In which order the records of the relation `log` are wanted: sorted by numbers, before any cell is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.relation_hint import Cell


@dataclass(frozen=True, slots=True)
class RelationOrder:
    """An order by some columns."""

    terms: tuple[tuple[int, bool], ...]
    """Number of each column, and whether its greatest come first. NULL is least."""
    is_grouping: bool = False
    """Any order will do in which equal ones stand together."""

    def codes(self, cells: Sequence[Cell]) -> NDArray[np.int64]:
        """A number for each cell: equal for equal ones, and in their order where that matters."""
        if self.is_grouping:
            known: dict[Cell, int] = {}
            return np.fromiter((known.setdefault(cell, len(known)) for cell in cells), np.int64, len(cells))
        distinct: list[Any] = sorted({cell for cell in cells if cell is not None})  # text as its UTF-8 sorts
        ranks: dict[Cell, int] = {cell: rank for rank, cell in enumerate(distinct, 1)}
        ranks[None] = 0
        return np.fromiter(map(ranks.__getitem__, cells), np.int64, len(cells))

    def places(self, columns: Sequence[NDArray[np.integer]]) -> NDArray[np.intp]:
        """Where the records stand that come first, second …, from the codes of each term's column."""
        keys = [
            _least_first(codes, is_descending) for codes, (_, is_descending) in zip(columns, self.terms, strict=True)
        ]
        return np.argsort(keys[0], kind="stable") if len(keys) == 1 else np.lexsort(keys[::-1])


def _least_first(codes: NDArray[np.integer], is_descending: bool) -> NDArray[np.integer]:
    """The codes from 0 on, turned around where the greatest come first; narrow ones are sorted by their digits."""
    wide = codes.astype(np.int64)
    moved: NDArray[np.int64] = wide.max() - wide if is_descending else wide - wide.min()
    return moved.astype(np.uint16) if int(moved.max()) <= np.iinfo(np.uint16).max else moved
