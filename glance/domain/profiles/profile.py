"""A profile: samples of what a program did, and the locations, functions and mappings they refer to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from glance.domain.profiles.parts import (
    Function,
    LabelSet,
    Line,
    Location,
    Mapping,
    Sample,
    ValueType,
    text_of,
)
from glance.domain.profiles.table_maker import tables_of
from glance.domain.profiles.tables import Flags, Ints, Tables

__all__ = ["Function", "LabelSet", "Line", "Location", "Mapping", "Profile", "Sample", "ValueType"]

NO_TYPE = ValueType()


@dataclass(frozen=True, eq=False)
class Profile:
    """One profile; it never changes, and what alters it gives a new one.

    Two faces: `tables` has columns, for whoever counts; `samples`, `locations` and `functions` are
    objects made from them when first asked for, for whoever prints. `Profile.of` makes one of objects,
    `dataclasses.replace` one with another header.
    """

    sample_types: tuple[ValueType, ...]
    tables: Tables
    drop_frames: str = ""
    keep_frames: str = ""
    time_nanos: int = 0
    duration_nanos: int = 0
    period_type: ValueType = NO_TYPE
    period: int = 0
    comments: tuple[str, ...] = ()
    default_sample_type: str = ""
    doc_url: str = ""

    @classmethod
    def of(
        cls,
        sample_types: Sequence[ValueType],
        samples: Iterable[Sample],
        *,
        mappings: Iterable[Mapping] = (),
        locations: Iterable[Location] = (),
        functions: Iterable[Function] = (),
        drop_frames: str = "",
        keep_frames: str = "",
        time_nanos: int = 0,
        duration_nanos: int = 0,
        period_type: ValueType = NO_TYPE,
        period: int = 0,
        comments: Sequence[str] = (),
        default_sample_type: str = "",
        doc_url: str = "",
    ) -> Profile:
        """Make one from objects.

        Args:
            sample_types: what the values of each sample count.
            samples: the samples; all that they refer to is taken with them.
            mappings: those that come first, in this order, used or not.
            locations: likewise.
            functions: likewise.
            drop_frames: regular expression of frames that are left out of reports.
            keep_frames: regular expression of those that stay all the same.
            time_nanos: when it was taken, since the epoch.
            duration_nanos: how long it took.
            period_type: what the period counts.
            period: how many of them lie between samples.
            comments: free text.
            default_sample_type: the type of the value that is shown first.
            doc_url: where to read about it.

        Raises:
            ProfileError: a sample has another number of values than there are sample types, or a number
                does not fit into 64 bits.
        """
        return cls(
            tuple(sample_types),
            tables_of(samples, len(sample_types), mappings, locations, functions),
            drop_frames,
            keep_frames,
            time_nanos,
            duration_nanos,
            period_type,
            period,
            tuple(comments),
            default_sample_type,
            doc_url,
        )

    def with_samples(self, samples: Iterable[Sample]) -> Profile:
        """The same header with other samples, made from objects; only what they refer to is kept."""
        mappings = self.mappings[:1]  # the main binary stays first
        return replace(self, tables=tables_of(samples, len(self.sample_types), mappings))

    def with_values(self, values: Ints) -> Profile:
        """The same samples with other values: a row for each sample, a column for each sample type."""
        rows = self.tables.samples
        return replace(self, tables=self.tables.with_samples(replace(rows, values=values)))

    def kept(self, rows: Flags) -> Profile:
        """Only the samples that are marked; locations stay as they are."""
        return replace(self, tables=self.tables.with_samples(self.tables.samples.kept(rows)))

    def __len__(self) -> int:
        """How many samples it has."""
        return len(self.tables.samples)

    @property
    def values(self) -> Ints:
        """A row for each sample, a column for each sample type. Not to be written to."""
        return self.tables.samples.values

    @property
    def mappings(self) -> tuple[Mapping, ...]:
        """Pieces of files; the main binary is the first one."""
        return self.tables.mappings

    @cached_property
    def strings(self) -> tuple[str, ...]:
        """The string table as text; `tables.functions.names` are places in it."""
        return tuple(map(text_of, self.tables.strings))

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """Functions as objects."""
        rows, strings = self.tables.functions, self.strings
        columns = (rows.names, rows.system_names, rows.filenames, rows.start_lines, rows.ids)
        return tuple(
            Function(strings[name], strings[system], strings[file], start, number)
            for name, system, file, start, number in zip(*(column.tolist() for column in columns), strict=True)
        )

    @cached_property
    def locations(self) -> tuple[Location, ...]:
        """Locations as objects."""
        rows, functions, mappings = self.tables.locations, self.functions, self.mappings
        places = zip(rows.line_functions.tolist(), rows.line_numbers.tolist(), rows.line_columns.tolist(), strict=True)
        lines = tuple(Line(functions[row] if row >= 0 else None, line, column) for row, line, column in places)
        starts = rows.line_starts.tolist()
        columns = (rows.mappings, rows.addresses, rows.folded, rows.ids)
        return tuple(
            Location(
                mappings[row] if row >= 0 else None, address, lines[starts[at] : starts[at + 1]], is_folded, number
            )
            for at, (row, address, is_folded, number) in enumerate(
                zip(*(column.tolist() for column in columns), strict=True)
            )
        )

    @cached_property
    def samples(self) -> tuple[Sample, ...]:
        """Samples as objects."""
        rows, locations, label_sets = self.tables.samples, self.locations, self.tables.label_sets
        starts, stack = rows.stack_starts.tolist(), rows.stack.tolist()
        return tuple(
            Sample(
                tuple([locations[row] for row in stack[starts[at] : starts[at + 1]]]), tuple(values), label_sets[labels]
            )
            for at, (values, labels) in enumerate(zip(rows.values.tolist(), rows.label_sets.tolist(), strict=True))
        )
