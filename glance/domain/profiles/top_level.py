"""The outermost message of profile.proto: where each of its parts lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from glance.domain.profiles.damage import Damages
from glance.domain.profiles.limits import Limits
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.tables import Ints
from glance.domain.profiles.wire import NO_END, RANGE, REASONS, VARINT, Buffer, next_field, varint, varints

SAMPLE_TYPE, SAMPLE, MAPPING, LOCATION, FUNCTION, STRING = 1, 2, 3, 4, 5, 6
DROP_FRAMES, KEEP_FRAMES, TIME, DURATION, PERIOD_TYPE, PERIOD, COMMENT, DEFAULT_TYPE, DOC_URL = range(7, 16)
MESSAGES = (SAMPLE_TYPE, SAMPLE, MAPPING, LOCATION, FUNCTION, STRING, PERIOD_TYPE)
NUMBERS = (DROP_FRAMES, KEEP_FRAMES, TIME, DURATION, PERIOD, DEFAULT_TYPE, DOC_URL)
PLAIN_TAG = 0x87
"""Of a tag these bits say: one byte, and a length follows. Nearly all parts are so."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What the outermost message holds."""

    spans: dict[int, tuple[Ints, Ints]]
    """Of each kind of message, where they begin, and where they end."""
    numbers: dict[int, int]
    comments: list[int] = field(default_factory=list)
    """Rows of the string table."""


def contents_of(buffer: Buffer, start: int, end: int, limits: Limits, damages: Damages) -> Contents:
    """Find all parts of a profile that lies somewhere in a buffer.

    Raises:
        ProfileError: there are too many parts, or, when strict, something is broken.
    """
    if start == end:
        raise ProfileError("empty input file")
    data, at = buffer.data, start
    places: list[int] = []
    others: list[tuple[int, int, bytes]] = []
    add = places.append
    for _ in range(limits.messages):
        if at >= end:
            break
        if data[at] & PLAIN_TAG != RANGE:
            at = other_field(data, at, end, others, damages)
            continue
        add(at)
        length = data[at + 1]
        if length < 128:
            at += 2 + length
        else:
            length, at = varint(data, at + 1)
            at += length
    else:
        raise ProfileError(f"the profile has more than {limits.messages:,} samples, locations, functions and strings")
    return sorted_out(buffer, places, end, others, damages)


def sorted_out(
    buffer: Buffer, places: Sequence[int], end: int, others: list[tuple[int, int, bytes]], damages: Damages
) -> Contents:
    """The parts by kind.

    Args:
        buffer: where they are.
        places: where the parts with a length are, one behind the other.
        end: the end of the profile.
        others: numbers: the field, the value, and nothing.
        damages: told of what is broken.

    Raises:
        ProfileError: two profiles follow each other, or, when strict, something is broken.
    """
    at = np.array(places, dtype=np.int64)
    lengths, starts = varints(buffer.array, at + 1)
    if at.size and (int(starts[-1]) > end or int(lengths[-1]) > end - int(starts[-1])):
        reason = REASONS[1 if int(starts[-1]) > end else 2]
        damages.note(reason, f"the profile is cut off in its last {end - int(at[-1]):,} bytes, the rest is shown")
        at, lengths, starts = at[:-1], lengths[:-1], starts[:-1]
    kinds = buffer.array[at] >> 3
    ends = starts + lengths.astype(np.int64)
    found = Contents({}, {})
    for kind in MESSAGES:
        rows = np.flatnonzero(kinds == kind)
        found.spans[kind] = (starts[rows], ends[rows])
    rows = np.flatnonzero(kinds >= DROP_FRAMES)
    rows = rows[kinds[rows] != PERIOD_TYPE]
    ranges = zip(kinds[rows].tolist(), starts[rows].tolist(), ends[rows].tolist(), strict=True)
    others += [(kind, RANGE, buffer.data[first:last]) for kind, first, last in ranges]
    for kind, wire, content in others:
        if not is_taken(found, kind, wire, content):
            damages.note(REASONS[4], f"field {kind} of the profile is left out")
    return found


def other_field(data: bytes, at: int, end: int, others: list[tuple[int, int, bytes]], damages: Damages) -> int:
    """Take a field that is no message, and tell the place behind it.

    Raises:
        ProfileError: when strict, the field is broken.
    """
    wire, kind, _, begin, stop, fault = next_field(data, at, end)
    if fault:
        reason = REASONS[fault] + (f": {wire}" if fault == 5 else "")
        damages.note(reason, f"the last {end - at:,} bytes of the profile are left out")
        return end
    if 0 < kind <= DOC_URL:
        others.append((kind, wire, data[begin:stop]))
    return stop


def is_taken(found: Contents, kind: int, wire: int, content: bytes) -> bool:
    """Keep a number; False when it has another type than it should.

    Raises:
        ProfileError: two profiles follow each other.
    """
    padded = content + bytes(16)
    if kind == COMMENT and wire in {VARINT, RANGE}:
        at = 0
        while at < len(content):
            value, at = varint(padded, at)
            if at == NO_END:
                return False
            found.comments.append(signed(value))
        return True
    if kind not in NUMBERS or wire != VARINT:
        return kind > DOC_URL
    if kind == TIME and found.numbers.get(TIME):
        raise ProfileError("concatenated profiles detected", "merge profiles instead of putting them together")
    found.numbers[kind] = signed(varint(padded, 0)[0])
    return True


def signed(value: int) -> int:
    """A number of 64 bits as the signed one it stands for."""
    return value - (1 << 64) if value >> 63 else value
