"""The segments of a tally, each with a number; a bounded number of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.dictionary import OTHER

KEPT_SHARE = 0.75
"""Of the bound: segments that stay when there are too many."""


class Segments:
    """Names and their numbers. Number 0 is what all others are counted under."""

    def __init__(self, most: int, first: bytes = OTHER) -> None:
        """Start with one name.

        Args:
            most: names at most, beside the first.
            first: the name of number 0.
        """
        self.most = most
        self.names = [first]
        self._numbers = {first: 0}

    def __len__(self) -> int:
        """Number of names."""
        return len(self.names)

    def wants_room(self, hits: Mapping[bytes, int]) -> bool:
        """There is no room for all of these names."""
        fresh = sum(name not in self._numbers for name in hits)
        return len(self.names) - 1 + fresh > self.most

    def admit(self, hits: Mapping[bytes, int]) -> None:
        """Number the names that are new, those with the most hits first, as far as there is room."""
        fresh = [name for name in hits if name not in self._numbers]
        if len(self.names) - 1 + len(fresh) > self.most:
            fresh.sort(key=lambda name: (-hits[name], name))
        for name in fresh[: self.most - len(self.names) + 1]:
            self._numbers[name] = len(self.names)
            self.names.append(name)

    def find(self, name: bytes) -> int | None:
        """The number of a name; None when it has none."""
        return self._numbers.get(name)

    def number(self, name: bytes) -> int:
        """The number of a name, 0 when it has none."""
        return self._numbers.get(name, 0)

    def compact(self, hits: NDArray[np.int64]) -> NDArray[np.int64]:
        """Let go of names without hits, and where there are still too many of those with the fewest.

        Args:
            hits: of each number.

        Returns:
            For each number the new one; 0 for what is let go.
        """
        used = np.flatnonzero(hits[1:]) + 1
        kept = np.sort(used[np.argsort(-hits[used], kind="stable")[: int(self.most * KEPT_SHARE)]])
        moves: NDArray[np.int64] = np.zeros(len(self.names), np.int64)
        moves[kept] = np.arange(1, len(kept) + 1)
        names = self.names
        self.names = [names[0], *(names[number] for number in kept.tolist())]
        self._numbers = dict(zip(self.names, range(len(self.names)), strict=True))
        return moves
