"""The inside of a profile: columns instead of objects, so that a large one is read, merged and counted quickly.

Rows refer to rows: a stack holds rows of the location table, a line a row of the function table, a
function rows of the string table. -1 is nobody (only damaged profiles have functions that are nobody).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from glance.domain.profiles.parts import NO_LABELS, LabelSet, Mapping
from glance.domain.profiles.pieces import repeated

Ints = npt.NDArray[np.int64]
Unsigned = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class FunctionTable:
    """Functions; names are rows of the string table."""

    ids: Unsigned
    names: Ints
    system_names: Ints
    filenames: Ints
    start_lines: Ints

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True, eq=False)
class LocationTable:
    """Locations, and their lines in one column each: those of row r are `line_starts[r]:line_starts[r + 1]`."""

    ids: Unsigned
    mappings: Ints
    """Rows of the mappings; -1 for none."""
    addresses: Unsigned
    folded: Flags
    line_starts: Ints
    line_functions: Ints
    """Rows of the functions."""
    line_numbers: Ints
    line_columns: Ints

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True, eq=False)
class SampleTable:
    """Samples; the stack of row r is `stack[stack_starts[r]:stack_starts[r + 1]]`, rows of locations, leaf first."""

    values: Ints
    """A row for each sample, a column for each sample type."""
    stack_starts: Ints
    stack: Ints
    label_sets: Ints
    """Rows of the label sets of the tables."""

    def __len__(self) -> int:
        return len(self.label_sets)

    @property
    def counted(self) -> Flags:
        """Which samples have a value that is not 0."""
        return np.asarray((self.values != 0).any(axis=1), dtype=np.bool_)

    def kept(self, rows: Flags) -> SampleTable:
        """Only the samples that are marked."""
        lengths = np.diff(self.stack_starts)
        return SampleTable(
            self.values[rows],
            starts_of(lengths[rows]),
            self.stack[repeated(rows, lengths)],
            self.label_sets[rows],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """All tables of one profile."""

    strings: Sequence[bytes]
    """As they were read; `parts.text_of` makes text of one."""
    mappings: tuple[Mapping, ...]
    functions: FunctionTable
    locations: LocationTable
    samples: SampleTable
    label_sets: tuple[LabelSet, ...] = (NO_LABELS,)

    @property
    def has_strings(self) -> bool:
        """There is a string table, and it begins as it should."""
        return len(self.strings) > 1 and not self.strings[0]

    def with_samples(self, samples: SampleTable) -> Tables:
        """The same, with other samples of the same locations and label sets."""
        return replace(self, samples=samples)


def ints(values: Sequence[int] | Ints) -> Ints:
    """A column of numbers."""
    return np.asarray(values, dtype=np.int64)


def unsigned(values: Sequence[int]) -> Unsigned:
    """A column of addresses or ids."""
    return np.asarray(values, dtype=np.uint64)


def starts_of(lengths: Ints) -> Ints:
    """Where each run begins when runs of these lengths follow each other, and where the last one ends."""
    starts = np.zeros(len(lengths) + 1, dtype=np.int64)
    np.cumsum(lengths, out=starts[1:])
    return starts


def runs_of(starts: Ints, rows: Ints) -> Ints:
    """Indexes of all elements of the runs of these rows, in order, one run after the other."""
    lengths = starts[rows + 1] - starts[rows]
    shifts = starts[rows] - starts_of(lengths)[:-1]
    found = repeated(shifts, lengths)
    found += np.arange(len(found), dtype=np.int64)
    return found
