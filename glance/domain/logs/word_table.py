"""Numbers of short texts, found for thousands of texts at once: each text is two 64-bit words, and no object is made.

A dictionary of Python's takes ten times as long, and lets no other thread work meanwhile.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LONGEST = 16
"""Bytes of a text that two words hold."""

Words = tuple[NDArray[np.uint64], NDArray[np.uint64]]
"""First and last eight bytes of each text, filled up with zeros."""

_FIRST_ROOM = 1 << 12
_FACTORS = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))
_TAILS: NDArray[np.uint64] = np.array([(1 << (8 * length)) - 1 for length in range(9)], np.uint64)
"""Which bits of a word are of the text, by how many of its bytes are."""


def words_of(data: bytes, starts: NDArray[np.intp], ends: NDArray[np.intp]) -> Words:
    """The words of texts within some bytes; of longer texts those of their first bytes.

    Args:
        data: where they stand. Texts hold no zero byte, so that no two have the same words.
        starts: where each begins.
        ends: and ends.
    """
    padded = data + bytes(LONGEST)
    at_each_byte: NDArray[np.uint64] = np.ndarray((len(padded) - 7,), "<u8", padded, 0, (1,))
    lengths = np.minimum(ends - starts, LONGEST)
    low = at_each_byte[starts] & _TAILS[np.minimum(lengths, 8)]
    high = at_each_byte[starts + 8] & _TAILS[np.maximum(lengths - 8, 0)]
    return low, high


class WordTable:
    """A hash table with open addressing, of which many places are looked at in one go."""

    def __init__(self) -> None:
        """Start empty."""
        self._count = 0
        self._clear(_FIRST_ROOM)

    def __len__(self) -> int:
        return self._count

    def _clear(self, room: int) -> None:
        self._rows: NDArray[np.uint64] = np.zeros((room, 4), np.uint64)
        """Both words of a text and its number plus one, 0 where none stands: in one line of the processor's cache."""

    def find(self, words: Words) -> NDArray[np.int64]:
        """The number of each text, -1 where it has none."""
        low, high = words
        places = self._first_places(words)
        rows = self._rows.take(places, axis=0)
        found = rows[:, 2].astype(np.int64) - 1
        asked = np.flatnonzero((found >= 0) & ((rows[:, 0] != low) | (rows[:, 1] != high)))
        while len(asked):  # another text stands there: look at the next place
            places[asked] = at = (places[asked] + 1) & (len(self._rows) - 1)
            rows = self._rows.take(at, axis=0)
            found[asked] = numbers = rows[:, 2].astype(np.int64) - 1
            asked = asked[(numbers >= 0) & ((rows[:, 0] != low[asked]) | (rows[:, 1] != high[asked]))]
        return found

    def add(self, words: Words, numbers: NDArray[np.int64]) -> None:
        """Remember texts that are not in it; equal ones have equal numbers, and others have others."""
        if 2 * (self._count + len(numbers)) > len(self._rows):
            self._grow(self._count + len(numbers))
        fresh: NDArray[np.uint64] = np.zeros((len(numbers), 4), np.uint64)
        fresh[:, 0], fresh[:, 1], fresh[:, 2] = *words, numbers + 1
        places, left = self._first_places(words), np.arange(len(numbers))
        while len(left):
            at = places[left]
            is_free = self._rows[at, 2] == 0
            self._rows[at[is_free]] = fresh[left[is_free]]  # of several that want a place the last one has it
            left = left[self._rows[at, 2] != fresh[left, 2]]
            places[left] = (places[left] + 1) & (len(self._rows) - 1)
        self._count += len(numbers)

    def _grow(self, count: int) -> None:
        """Make room for so many."""
        taken = self._rows[self._rows[:, 2] > 0]
        self._count = 0
        self._clear(1 << (4 * count).bit_length())
        self.add((taken[:, 0], taken[:, 1]), taken[:, 2].astype(np.int64) - 1)

    def _first_places(self, words: Words) -> NDArray[np.intp]:
        """Where each text is looked for first."""
        low, high = words
        mixed = (low ^ (low >> np.uint64(29))) * _FACTORS[0]
        mixed += (high ^ (high >> np.uint64(31))) * _FACTORS[1]
        scattered = (mixed ^ (mixed >> np.uint64(32))) * _FACTORS[0]
        return np.asarray(scattered >> np.uint64(65 - len(self._rows).bit_length()), np.intp)
