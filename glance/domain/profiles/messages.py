"""The messages inside profile.proto as columns, those of several profiles at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from glance.domain.profiles.damage import Damages
from glance.domain.profiles.limits import Limits
from glance.domain.profiles.pieces import add_at
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.tables import Flags, Ints, Unsigned, starts_of
from glance.domain.profiles.wire import LONGEST, RANGE, VARINT, Buffer, Fields, Walk, Wires, numbers_in

PORTION = 1 << 20
Spans = tuple[Ints, Ints]
"""Where messages begin, and where they end."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of message, and the wire types that its fields may have."""

    name: str
    wires: Wires


NUMBER, MESSAGE, NUMBERS = (VARINT,), (RANGE,), (VARINT, RANGE)
FUNCTION = Kind("function", dict.fromkeys(range(1, 6), NUMBER))
LINE = Kind("line", dict.fromkeys(range(1, 4), NUMBER))
LOCATION = Kind("location", {1: NUMBER, 2: NUMBER, 3: NUMBER, 4: MESSAGE, 5: NUMBER})
SAMPLE = Kind("sample", {1: NUMBERS, 2: NUMBERS, 3: MESSAGE})
MAPPING = Kind("mapping", dict.fromkeys(range(1, 11), NUMBER))
LABEL = Kind("label", dict.fromkeys(range(1, 5), NUMBER))
VALUE_TYPE = Kind("value type", dict.fromkeys(range(1, 3), NUMBER))


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """Parts of messages: repeated fields. Those of one message follow each other, in order."""

    rows: Ints
    starts: Ints
    ends: Ints

    @classmethod
    def of(cls, pieces: Sequence[tuple[Ints, Ints, Ints]]) -> Entries:
        """Put together what was found step by step."""
        if not pieces:
            none = np.zeros(0, dtype=np.int64)
            return cls(none, none, none)
        if len(pieces) == 1:
            return cls(*pieces[0])
        rows, starts, ends = (np.concatenate(column) for column in zip(*pieces, strict=True))
        order = np.argsort(rows, kind="stable")
        return cls(rows[order], starts[order], ends[order])


@dataclass(frozen=True, slots=True, eq=False)
class LocationColumns:
    """Locations as they are written: with ids of what they refer to."""

    numbers: Unsigned
    """A row for each field, a column for each location."""
    line_counts: Ints
    lines: Unsigned
    """A row for each field, a column for each line."""


@dataclass(frozen=True, slots=True, eq=False)
class SampleColumns:
    """Samples as they are written."""

    location_ids: Unsigned
    depths: Ints
    values: Ints
    value_counts: Ints
    label_owners: Ints
    """The sample of each label, in rising order."""
    labels: Unsigned
    """A row for each field, a column for each label."""
    is_whole: Flags


def number_columns(buffer: Buffer, spans: Spans, kind: Kind, limits: Limits, damages: Damages) -> Unsigned:
    """Messages that have only numbers: a row for each field, a column for each message.

    Raises:
        ProfileError: they are too many, or, when strict, broken.
    """
    walk = Walk(buffer, *spans, kind.wires, limits.fields)
    table = np.zeros((walk.last + 2, len(spans[0])), dtype=np.uint64)
    for found in walk.fields():
        table[found.numbers, found.rows] = found.values
    tell(walk, f"a {kind.name} is read as far as it is whole", damages)
    return table


def location_columns(buffer: Buffer, spans: Spans, limits: Limits, damages: Damages) -> LocationColumns:
    """Locations and their lines.

    Raises:
        ProfileError: they are too many, or, when strict, broken.
    """
    walk = Walk(buffer, *spans, LOCATION.wires, limits.fields)
    table = np.zeros((walk.last + 2, len(spans[0])), dtype=np.uint64)
    lines: list[tuple[Ints, Ints, Ints]] = []
    for found in walk.fields():
        table[found.numbers, found.rows] = found.values
        keep(found, 4, lines)
    tell(walk, "a location is read as far as it is whole", damages)
    entries = Entries.of(lines)
    counts = np.bincount(entries.rows, minlength=len(spans[0])).astype(np.int64)
    if counts.size and int(counts.max()) > limits.depth:
        raise ProfileError(f"a location has {int(counts.max()):,} lines, more than the {limits.depth:,} allowed")
    columns = number_columns(buffer, (entries.starts, entries.ends), LINE, limits, damages)
    return LocationColumns(table, counts, columns)


def sample_columns(buffer: Buffer, spans: Spans, limits: Limits, damages: Damages) -> SampleColumns:
    """Samples; those that are broken are marked.

    Raises:
        ProfileError: they are too many or too deep, or, when strict, broken.
    """
    walk = Walk(buffer, *spans, SAMPLE.wires, limits.fields)
    pieces: tuple[list[tuple[Ints, Ints, Ints]], ...] = ([], [], [])
    for found in walk.fields():
        for number in (1, 2, 3):
            keep(found, number, pieces[number - 1])
    tell(walk, "the samples that are broken are left out", damages)
    is_whole = walk.faults == 0
    frames, values, labels = (Entries.of(each) for each in pieces)
    location_ids, depths = repeated(buffer, frames, is_whole, limits)
    if depths.size and int(depths.max()) > limits.depth:
        raise ProfileError(f"a stack has {int(depths.max()):,} frames, more than the {limits.depth:,} allowed")
    numbers, counts = repeated(buffer, values, is_whole, limits)
    if not is_whole.all() and not walk.faults.any():
        damages.note("bad varint", "the samples that are broken are left out")
    table = number_columns(buffer, (labels.starts, labels.ends), LABEL, limits, damages)[1:5]
    return SampleColumns(location_ids, depths, numbers.view(np.int64), counts, labels.rows, table, is_whole)


def repeated(buffer: Buffer, entries: Entries, is_whole: Flags, limits: Limits) -> tuple[Unsigned, Ints]:
    """Repeated numbers, packed or not: all of them, and how many each message has. Marks what is broken.

    Raises:
        ProfileError: they are too many.
    """
    lengths = entries.ends - entries.starts
    if lengths.size and int(lengths.max()) > limits.depth * LONGEST:
        raise ProfileError(f"a sample has more than {limits.depth:,} frames or values")
    parts: list[tuple[Unsigned, Ints, Flags]] = []
    left = limits.frames
    for part in portions(lengths):  # so that memory for the work in between has a bound
        parts.append(numbers_in(buffer, entries.starts[part], entries.ends[part]))
        left -= len(parts[-1][0])
        if left < 0:
            raise ProfileError(f"the profile has more than {limits.frames:,} frames")
    numbers, counts, broken = (np.concatenate(column) for column in zip(*parts, strict=True))
    is_whole[entries.rows[broken]] = False
    if len(entries.rows) == len(is_whole) and bool((entries.rows[1:] > entries.rows[:-1]).all()):
        return numbers, counts
    totals = np.zeros(len(is_whole), dtype=np.int64)
    add_at(totals, entries.rows, counts)
    return numbers, totals


def portions(lengths: Ints) -> list[slice]:
    """Entries in portions of some megabytes."""
    places = starts_of(lengths)
    cuts = np.searchsorted(places, np.arange(PORTION, int(places[-1]), PORTION)).tolist()
    return [slice(low, high) for low, high in pairwise([0, *cuts, len(lengths)]) if low < high or not len(lengths)]


def keep(found: Fields, number: int, pieces: list[tuple[Ints, Ints, Ints]]) -> None:
    """Remember where the fields of this number are."""
    rows = found.numbers == number
    if rows.all():
        pieces.append((found.rows, found.starts, found.ends))
    elif rows.any():
        pieces.append((found.rows[rows], found.starts[rows], found.ends[rows]))


def tell(walk: Walk, remedy: str, damages: Damages) -> None:
    """Say what is broken.

    Raises:
        ProfileError: when strict.
    """
    for reason in walk.reasons():
        damages.note(reason, remedy)


def joined_spans(spans: Sequence[Spans]) -> tuple[Spans, Ints]:
    """The spans of several profiles together, and where those of each profile begin."""
    starts, ends = (np.concatenate(column) for column in zip(*spans, strict=True))
    return (starts, ends), starts_of(np.array([len(each[0]) for each in spans], dtype=np.int64))
