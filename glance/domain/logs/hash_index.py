"""Numbers of texts by their hashes: an array, where a dictionary would wait for memory four times a text.

A look-up in a large dictionary leads from its index to the entry, the key and the number, each in another place
that the processor's cache does not hold, and the next text has to wait for it. Here the hashes of a whole column
are looked up at once, and what has to be fetched for them is fetched side by side (a column of 20,000 clients
takes half of the time). The dictionary still says what is met for the first time.

What has the same hash is taken for the same text. A hash has 64 bits and a secret key that is drawn when the
process starts (SipHash; Aumasson and Bernstein, 2012), so nobody can write two bytes objects with one hash, and a log
with a million distinct texts has such two by chance with a probability of 3.6e-9 (a million times MOST by 2**64).
Of str only those in ASCII are as safe: what is hashed is the memory of a string, and four letters of one byte each
have the same as two of two bytes. Where the key is no secret, there is no index.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

MANY = 1500
"""Distinct texts from which on an index is worth it: fewer of them are in the cache anyway (measured)."""

MOST = 1 << 16
"""Texts that are indexed, the first ones: so the tables stay within three megabytes."""

_SLOTS_EACH = 4

IS_SECRET = sys.hash_info.width == 64 and bool(sys.flags.hash_randomization)
"""Whether hashes are such that equal ones mean equal texts: not with PYTHONHASHSEED=0, and who sets another seed
has to keep it to himself."""


def is_worth_it(texts: int) -> bool:
    """Whether so many distinct texts are better found by their hashes, and may be."""
    return texts > MANY and IS_SECRET


class HashIndex:
    """The numbers of the texts of one column, all of them bytes, or all of them str in ASCII."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._count = 0
        self._resize(1)

    def _resize(self, least: int) -> None:
        """Take that many slots at least, and forget."""
        size = 1 << (least - 1).bit_length()
        self._mask = size - 1
        self._hashes: NDArray[np.int64] = ~np.arange(size)  # of no hash that is looked for there
        self._numbers: NDArray[np.int32] = np.zeros(size, np.int32)

    def numbers(self, texts: Sequence[Any], numbers_of: Callable[[Sequence[Any]], Iterable[int]]) -> NDArray[np.int32]:
        """The number of each text.

        Args:
            texts: all bytes, or all str in ASCII.
            numbers_of: a dictionary's look-up, of those that are not known here; -1 where it does not know one either.
        """
        hashes = np.fromiter(map(hash, texts), np.int64, len(texts))
        slots = hashes & self._mask
        found: NDArray[np.int32] = self._numbers[slots]
        missing = np.flatnonzero(self._hashes[slots] != hashes)
        if not len(missing):
            return found
        others = [texts[place] for place in missing.tolist()] if len(missing) < len(texts) else texts
        found[missing] = told = np.fromiter(numbers_of(others), np.int32, len(others))
        if self._count < MOST:
            fresh, places = np.unique(hashes[missing], return_index=True)
            numbers = told[places]
            is_known = numbers >= 0
            self._learn(fresh[is_known][: MOST - self._count], numbers[is_known][: MOST - self._count])
        return found

    def _learn(self, hashes: NDArray[np.int64], numbers: NDArray[np.int32]) -> None:
        """Note distinct texts; of two for one slot one keeps it, and the other stays with the dictionary."""
        if (self._count + len(hashes)) * _SLOTS_EACH > len(self._hashes):
            known = self._hashes != ~np.arange(len(self._hashes))
            hashes = np.concatenate([self._hashes[known], hashes])
            numbers = np.concatenate([self._numbers[known], numbers])
            self._count = 0
            self._resize(_SLOTS_EACH * len(hashes))
        slots = hashes & self._mask
        is_free = self._hashes[slots] == ~slots
        free, hashes = slots[is_free], hashes[is_free]
        self._hashes[free], self._numbers[free] = hashes, numbers[is_free]
        self._count += int(np.count_nonzero(self._hashes[free] == hashes))
