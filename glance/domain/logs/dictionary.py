"""Distinct values of one text field of a series, each with a small number in its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count, repeat
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.hash_index import HashIndex, is_worth_it
from glance.domain.logs.record import section

ENTRY_BYTES = 150
"""What one entry costs beside its text: dictionary slot, bytes object, list slot, id (measured)."""

OTHER = b"(other)"
"""Stands for every value that came after the dictionary was full."""

Keys = NDArray[np.uint32]


class Dictionary:
    """Distinct values of one field, numbered in order of first appearance.

    Bounded: when its limit is reached, new values share the number of OTHER, and `is_full` says so.
    """

    def __init__(self, limit_bytes: int = 1 << 62) -> None:
        """Start empty; `limit_bytes` is about what it may take in memory."""
        self.values: list[bytes] = []
        self.size_bytes = 0
        self.is_full = False
        self._keys: dict[bytes, int] = {}
        self._index = HashIndex()
        self._limit = limit_bytes

    def __len__(self) -> int:
        """Number of distinct values."""
        return len(self.values)

    def keys(self, values: Sequence[bytes]) -> Keys:
        """The number of each value; new values get the next ones."""
        if is_worth_it(min(len(values), len(self))):
            return self._index.numbers(values, self._numbered).astype(np.uint32)
        return self._numbered(values).astype(np.uint32)

    def _numbered(self, values: Sequence[bytes]) -> NDArray[np.int32]:
        """The same, each by itself."""
        found = np.fromiter(map(self._keys.get, values, repeat(-1)), np.int32, len(values))
        fresh = np.flatnonzero(found < 0)
        if len(fresh) and not self._add_all([values[place] for place in fresh.tolist()]):
            for place in fresh.tolist():
                found[place] = self._add(values[place])
        elif len(fresh):
            found[fresh] = np.arange(len(self.values) - len(fresh), len(self.values))
        return found

    def _add_all(self, values: list[bytes]) -> bool:
        """Give new values the next numbers; False, and nothing is changed, when there is no room, or two are equal."""
        size = self.size_bytes + ENTRY_BYTES * len(values) + sum(map(len, values))
        if size >= self._limit or len(set(values)) < len(values):
            return False
        self._keys.update(zip(values, count(len(self.values))))
        self.values += values
        self.size_bytes = size
        return True

    def number(self, value: bytes) -> int | None:
        """The number of a value, None when it never came."""
        return self._keys.get(value)

    def _add(self, value: bytes) -> int:
        key = self._keys.get(value)
        if key is not None:
            return key
        if self.size_bytes >= self._limit and value != OTHER:
            self.is_full = True
            return self._add(OTHER)
        self._keys[value] = key = len(self.values)
        self.values.append(value)
        self.size_bytes += ENTRY_BYTES + len(value)
        return key

    def compacted(self, used: NDArray[np.bool_]) -> tuple[Dictionary, Keys]:
        """A dictionary of the used values only, and for each old number the new one."""
        fresh = Dictionary(self._limit)
        moves = np.zeros(len(self.values), np.uint32)
        for key in np.flatnonzero(used):
            moves[key] = fresh._add(self.values[key])
        return fresh, moves


class ManyRule(Protocol):
    """A rule that takes many values at once."""

    def __call__(self, values: Sequence[bytes], /) -> list[bytes]:
        """What follows from each."""


class Derived:
    """A field that follows from another, value by value: sections from paths."""

    def __init__(
        self, base: Dictionary, rule: Callable[[bytes], bytes] = section, many: ManyRule | None = None
    ) -> None:
        """Derive from every value of `base` by `rule`, or by `many` of them at once."""
        self.dictionary = Dictionary()
        self._base = base
        self._many = many if many is not None else lambda values: [rule(value) for value in values]
        self._of: Keys = np.zeros(0, np.uint32)

    def of(self) -> Keys:
        """For each number of the base field, the number of what follows from it."""
        missing = len(self._base) - len(self._of)
        if missing > 0:
            fresh = self._many(self._base.values[len(self._of) :])
            self._of = np.concatenate([self._of, self.dictionary.keys(fresh)])
        return self._of
