"""How many different values each cell has: exact up to a bound of memory, then HyperLogLog.

Of every value a 64-bit hash is kept; two different values have the same once in 10^19 pairs. Beyond
`MOST_HASHES` of them a tally goes over to 4,096 registers a cell, whose standard error is 1.6 %
(Flajolet, Fusy, Gandouet, Meunier, 2007; small counts by linear counting).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from glance.domain.metrics.cells import CellLog, Cells, Keys, merged

Hashes = NDArray[np.uint64]
Grouping = Callable[[Keys], Keys]

MOST_HASHES = 1_000_000
"""Hashes kept before a tally counts by registers: 16 MB."""

REGISTER_BITS = 12
REGISTERS = 1 << REGISTER_BITS
ERROR = 1.04 / math.sqrt(REGISTERS)
"""Standard error of what is counted by registers."""

_ALPHA = 0.7213 / (1 + 1.079 / REGISTERS)


def hashes_of(values: Sequence[bytes]) -> Hashes:
    """The hash of each value, the same in every process."""
    joined = b"".join(blake2b(value, digest_size=8).digest() for value in values)
    return np.frombuffer(joined, "<u8").astype(np.uint64)


class DistinctLog:
    """Hashes by key, each pair once."""

    def __init__(self, most_hashes: int = MOST_HASHES) -> None:
        """Start empty."""
        self.parts: list[tuple[Keys, Hashes]] = []
        self.registers: CellLog | None = None
        """Registers by `key << REGISTER_BITS | register`, once there were too many hashes."""
        self._most = most_hashes

    def __len__(self) -> int:
        """Number of rows held."""
        return sum(len(keys) for keys, _ in self.parts) + (0 if self.registers is None else len(self.registers))

    def add(self, keys: Keys, hashes: Hashes) -> None:
        """Add pairs."""
        if not len(keys):
            return
        if self.registers is not None:
            self.registers.add(_registers(keys, hashes))
            return
        keys, hashes = _pairs(keys, hashes)
        while self.parts and len(self.parts[-1][0]) <= 2 * len(keys):
            keys, hashes = _joined([self.parts.pop(), (keys, hashes)])
        self.parts.append((keys, hashes))
        if len(self) > self._most:
            self.use_registers()

    def use_registers(self) -> None:
        """From now on count by registers."""
        if self.registers is not None:
            return
        self.registers = CellLog()
        for keys, hashes in self.parts:
            self.registers.add(_registers(keys, hashes))
        self.parts = []

    def counts(self, first: int, end: int, group_of: Grouping) -> tuple[Keys, NDArray[np.float64]]:
        """How many different values the keys in [first, end) have.

        Args:
            first: first key.
            end: the key after the last one.
            group_of: tells of keys in which group each is counted.

        Returns:
            The groups in order, and the count of each.
        """
        if self.registers is not None:
            return _estimates(self.registers, first, end, group_of)
        if not self.parts:
            return np.zeros(0, np.int64), np.zeros(0)
        keys, hashes = _joined([_cut(part, first, end) for part in self.parts])
        groups, _ = _pairs(group_of(keys), hashes)
        found, counts = np.unique(groups, return_counts=True)
        return found, counts.astype(np.float64)

    def renumber(self, moves: NDArray[np.int64], bits: int) -> None:
        """Give the segments in the lower bits of all keys other numbers."""
        if self.registers is not None:
            moved = CellLog()
            for cells in self.registers.parts:
                registers = cells.keys & (REGISTERS - 1)
                keys = _renumbered(cells.keys >> REGISTER_BITS, moves, bits) << REGISTER_BITS | registers
                moved.add(cells.with_keys(keys))
            self.registers = moved
        parts, self.parts = self.parts, []
        for keys, hashes in parts:
            self.add(_renumbered(keys, moves, bits), hashes)

    def merge(self, other: DistinctLog, moves: NDArray[np.int64], bits: int) -> None:
        """Count in what another one counted, whose segments have other numbers."""
        if other.registers is not None:
            self.use_registers()
            assert self.registers is not None
            for cells in other.registers.parts:
                keys = _renumbered(cells.keys >> REGISTER_BITS, moves, bits) << REGISTER_BITS
                self.registers.add(cells.with_keys(keys | cells.keys & (REGISTERS - 1)))
        for keys, hashes in other.parts:
            self.add(_renumbered(keys, moves, bits), hashes)

    def forget_before(self, first: int) -> None:
        """Drop keys below this one."""
        if self.registers is not None:
            self.registers.forget_before(first << REGISTER_BITS)
        cut = [_cut(part, first, 1 << 62) for part in self.parts]
        self.parts = [(keys.copy(), hashes.copy()) for keys, hashes in cut if len(keys)]


def _renumbered(keys: Keys, moves: NDArray[np.int64], bits: int) -> Keys:
    mask = (1 << bits) - 1
    return np.asarray((keys & ~np.int64(mask)) | moves[keys & mask])


def _pairs(keys: Keys, hashes: Hashes) -> tuple[Keys, Hashes]:
    """Each pair once, in order."""
    order = np.lexsort((hashes, keys))
    keys, hashes = keys[order], hashes[order]
    is_first = np.ones(len(keys), np.bool_)
    is_first[1:] = (keys[1:] != keys[:-1]) | (hashes[1:] != hashes[:-1])
    return keys[is_first], hashes[is_first]


def _joined(parts: Sequence[tuple[Keys, Hashes]]) -> tuple[Keys, Hashes]:
    if len(parts) == 1:
        return parts[0]
    return _pairs(np.concatenate([keys for keys, _ in parts]), np.concatenate([hashes for _, hashes in parts]))


def _cut(part: tuple[Keys, Hashes], first: int, end: int) -> tuple[Keys, Hashes]:
    start, stop = np.searchsorted(part[0], (first, end)).tolist()
    return part[0][start:stop], part[1][start:stop]


def _registers(keys: Keys, hashes: Hashes) -> Cells:
    """The register of each hash, and the rank that it sets there: zeros before its first one, and one more."""
    rest = (hashes >> np.uint64(REGISTER_BITS)).astype(np.float64)  # of 52 bits: exact
    ranks = (64 - REGISTER_BITS + 1 - np.frexp(rest)[1]).astype(np.uint8)
    numbers = (hashes & np.uint64(REGISTERS - 1)).astype(np.int64)
    return merged([Cells((keys << REGISTER_BITS) | numbers, {"rank": ranks})])


def _estimates(log: CellLog, first: int, end: int, group_of: Grouping) -> tuple[Keys, NDArray[np.float64]]:
    """The groups, and the estimate for each."""
    cells = log.between(first << REGISTER_BITS, end << REGISTER_BITS)
    if cells is None:
        return np.zeros(0, np.int64), np.zeros(0)
    groups = group_of(cells.keys >> REGISTER_BITS)
    found = cells.with_keys((groups << REGISTER_BITS) | (cells.keys & (REGISTERS - 1)))
    names, places, filled = np.unique(found.keys >> REGISTER_BITS, return_inverse=True, return_counts=True)
    empty = REGISTERS - filled
    total = np.bincount(places, np.exp2(-found.columns["rank"].astype(np.float64))) + empty
    raw = _ALPHA * REGISTERS * REGISTERS / total
    linear = REGISTERS * np.log(REGISTERS / np.maximum(empty, 1))
    return names, np.rint(np.where((raw <= 2.5 * REGISTERS) & (empty > 0), linear, raw))
