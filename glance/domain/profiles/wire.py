"""The wire form of protocol buffers, read for many messages at once.

All messages of one kind are walked side by side: step k reads field k of every message that has one,
with a handful of array operations. Few messages, or few that go on for long, are read one by one.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.tables import Flags, Ints, Unsigned, starts_of

Bytes = npt.NDArray[np.uint8]
Wires = Mapping[int, tuple[int, ...]]
"""For the number of a field the wire types that it may have."""

VARINT, FIXED64, RANGE, FIXED32 = 0, 1, 2, 5
FEW = 8
"""Up to so many messages are read one by one from the start."""
LONG = 64
"""After so many fields ..."""
SOME = 256
"""... up to so many are, too."""
LONGEST = 10
"""Bytes of a varint."""
NO_END = 1 << 62
"""Stands for the place behind a varint that has no end."""

REASONS = {1: "bad varint", 2: "too much data", 3: "not enough data", 4: "type mismatch", 5: "unknown wire type"}


PADDING = bytes(16)
"""Zeros behind all that is read, so that reading ahead is harmless."""


class Buffer:
    """Bytes, and the same as an array."""

    def __init__(self, data: bytes) -> None:
        """Take these bytes, the last of which are the padding."""
        self.data = data
        self.array: Bytes = np.frombuffer(self.data, dtype=np.uint8)


class Fields(NamedTuple):
    """Some fields of some messages. Those of one message come in order, within one and from one to the next."""

    rows: Ints
    """Which message each is of."""
    numbers: Ints
    values: Unsigned
    """Of a varint."""
    starts: Ints
    """Where its content begins: the bytes of the varint, or those that the length announces."""
    ends: Ints


class Walk:
    """The fields of messages, and which of those are broken."""

    def __init__(self, buffer: Buffer, starts: Ints, ends: Ints, wires: Wires, most: int) -> None:
        """Look at messages.

        Args:
            buffer: where they are.
            starts: where each begins.
            ends: and ends.
            wires: the wire types that the known fields may have. Others may have any.
            most: fields to be read at most.
        """
        self.buffer, self.starts, self.ends, self.most = buffer, starts, ends, most
        self.last = max(wires)
        self.accepted = np.full(self.last + 2, 0xFF, dtype=np.uint8)
        for number, types in wires.items():
            self.accepted[number] = sum(1 << each for each in types)
        self.faults = np.zeros(len(starts), dtype=np.uint8)
        """For each message the key of a reason, 0 where it is whole."""
        self.wrong_wire = 0

    def reasons(self) -> list[str]:
        """What is wrong with messages, each reason once."""
        codes = sorted(set(self.faults[self.faults != 0].tolist()))
        return [REASONS[code] + (f": {self.wrong_wire}" if code == 5 else "") for code in codes]

    def fields(self) -> Iterator[Fields]:
        """All fields, some at a time.

        Raises:
            ProfileError: they are too many.
        """
        rows = np.flatnonzero(self.starts < self.ends).astype(np.int64)
        at, ends = self.starts[rows], self.ends[rows]
        step, left = 0, self.most
        while rows.size > (FEW if step < LONG else SOME):
            left -= rows.size
            if left < 0:
                raise ProfileError(f"the profile has more than {self.most:,} fields")
            found, after, is_whole = self.step(rows, at, ends)
            yield found
            goes_on = is_whole & (after < ends)
            if goes_on.all():
                at = after
            else:
                rows, at, ends = rows[goes_on], after[goes_on], ends[goes_on]
            step += 1
        if rows.size:
            yield self.one_by_one(rows, at, ends, left)

    def step(self, rows: Ints, at: Ints, ends: Ints) -> tuple[Fields, Ints, Flags]:
        """The next field of each of these messages, the place behind it, and whether it is whole."""
        raw = self.buffer.array
        tags, begins = varints(raw, at)
        wires = (tags & np.uint64(7)).astype(np.int64)
        numbers = np.minimum(tags >> np.uint64(3), np.uint64(self.last + 1)).astype(np.int64)
        faults = np.where(begins > ends, np.uint8(1), np.uint8(0))
        begins = np.minimum(begins, ends)
        values, stops = varints(raw, begins)
        is_range, is_fixed = wires == RANGE, (wires != RANGE) & (wires != VARINT)
        faults[(stops > ends) & ~is_fixed & (faults == 0)] = 1
        if is_range.any():
            stops = np.minimum(stops, ends)
            lengths = np.minimum(values, np.uint64(NO_END)).astype(np.int64)
            begins = np.where(is_range, stops, begins)
            stops = np.where(is_range, stops + lengths, stops)
            faults[is_range & (stops > ends) & (faults == 0)] = 2
        if is_fixed.any():
            stops = np.where(is_fixed, begins + np.where(wires == FIXED64, 8, 4), stops)
            faults[is_fixed & (wires != FIXED64) & (wires != FIXED32) & (faults == 0)] = 5
            faults[is_fixed & (stops > ends) & (faults == 0)] = 3
            if (faults == 5).any():
                self.wrong_wire = int(wires[faults == 5][0])
        mismatched = (self.accepted[numbers] >> wires.astype(np.uint8)) & 1 == 0
        faults[mismatched & (faults == 0)] = 4
        is_whole = faults == 0
        if is_whole.all():
            return Fields(rows, numbers, values, begins, stops), stops, is_whole
        self.faults[rows] = faults
        found = Fields(rows[is_whole], numbers[is_whole], values[is_whole], begins[is_whole], stops[is_whole])
        return found, stops, is_whole

    def one_by_one(self, rows: Ints, at: Ints, ends: Ints, left: int) -> Fields:
        """All further fields of a few messages.

        Raises:
            ProfileError: they are too many.
        """
        found = array("Q")
        data, accepted, last = self.buffer.data, self.accepted.tolist(), self.last
        for row, start, end in zip(rows.tolist(), at.tolist(), ends.tolist(), strict=True):
            place = start
            while place < end:
                wire, number, value, begin, place, fault = next_field(data, place, end)
                number = min(number, last + 1)
                if not fault and not accepted[number] >> wire & 1:
                    fault = 4
                if fault:
                    self.faults[row] = fault
                    self.wrong_wire = wire if fault == 5 else self.wrong_wire
                    break
                found.extend((row, number, value, begin, place))
                left -= 1
                if left < 0:
                    raise ProfileError(f"the profile has more than {self.most:,} fields")
        table: Unsigned = np.frombuffer(found, dtype=np.uint64).reshape(-1, 5).T
        whole = table.view(np.int64)
        return Fields(whole[0], whole[1], table[2], whole[3], whole[4])


def next_field(data: bytes, at: int, end: int) -> tuple[int, int, int, int, int, int]:
    """The field at a place: wire type, number, value, where its content begins and ends, and what is wrong with it."""
    tag, begin = varint(data, at)
    wire, stop, value, fault = tag & 7, begin, 0, 0
    if begin > end:
        fault = 1
    elif wire == VARINT:
        value, stop = varint(data, begin)
        fault = 1 if stop > end else 0
    elif wire == RANGE:
        value, begin = varint(data, begin)
        stop = begin + value
        fault = 1 if begin > end else 2 if stop > end else 0
    elif wire in {FIXED64, FIXED32}:
        stop += 8 if wire == FIXED64 else 4
        fault = 3 if stop > end else 0
    else:
        fault = 5
    return wire, tag >> 3, value, begin, stop, fault


def varint(data: bytes, at: int) -> tuple[int, int]:
    """The number at a place, and the place behind it, which is far away when it has no end."""
    byte = data[at]
    if byte < 128:
        return byte, at + 1
    value = 0
    for shift in range(0, 7 * LONGEST, 7):
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 128:
            return value & 0xFFFF_FFFF_FFFF_FFFF, at
    return 0, NO_END


def varints(raw: Bytes, at: Ints) -> tuple[Unsigned, Ints]:
    """The number at each of these places, and the place behind each, which is far away when it has no end."""
    first = raw[at]
    after = at + 1
    more = np.flatnonzero(first >= 128)
    if not more.size:
        return first.astype(np.uint64), after
    values = (first & 0x7F).astype(np.uint64)
    for shift in range(7, 7 * LONGEST, 7):
        byte = raw[after[more]]
        values[more] |= (byte & 0x7F).astype(np.uint64) << np.uint64(shift)
        after[more] += 1
        more = more[byte >= 128]
        if not more.size:
            return values, after
    after[more] = NO_END
    return values, after


def numbers_in(buffer: Buffer, starts: Ints, ends: Ints) -> tuple[Unsigned, Ints, Flags]:
    """All numbers of packed ranges: the numbers, how many each range has, and which ranges are broken."""
    lengths = ends - starts
    total = int(lengths.sum())
    counts = np.zeros(len(starts), dtype=np.int64)
    broken = np.zeros(len(starts), dtype=np.bool_)
    if not total:
        return np.zeros(0, dtype=np.uint64), counts, broken
    offsets = starts_of(lengths)
    index = np.arange(total, dtype=np.int64)
    index += np.repeat(starts - offsets[:-1], lengths)
    raw = buffer.array[index]
    is_last = raw < 128
    if is_last.all():
        return raw.astype(np.uint64), lengths, broken
    filled = lengths > 0
    broken[filled] = ~is_last[offsets[1:][filled] - 1]
    if broken.any():  # read them as if they ended there; nobody uses the number
        is_last[offsets[1:][broken] - 1] = True
    stops = np.flatnonzero(is_last)
    begins = np.empty_like(stops)
    begins[0] = 0
    begins[1:] = stops[:-1] + 1
    sizes = stops - begins + 1
    raw &= 0x7F
    values = raw[begins].astype(np.uint64)
    longest = int(sizes.max())
    if longest > LONGEST:
        owners = np.searchsorted(offsets, begins[sizes > LONGEST], side="right") - 1
        broken[owners] = True
    for place in range(1, min(longest, LONGEST)):
        more = np.flatnonzero(sizes > place)
        values[more] |= raw[begins[more] + place].astype(np.uint64) << np.uint64(7 * place)
    before = np.zeros(total + 1, dtype=np.int64)
    np.cumsum(is_last, out=before[1:])
    return values, before[offsets[1:]] - before[offsets[:-1]], broken
