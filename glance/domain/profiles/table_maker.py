"""Columns from objects: for profiles that are made by hand, by filters and by readers of other formats."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from glance.domain.profiles.parts import (
    NO_LABELS,
    Function,
    LabelSet,
    Line,
    Location,
    Mapping,
    Sample,
    raw_of,
)
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.tables import (
    FunctionTable,
    LocationTable,
    SampleTable,
    Tables,
    ints,
    starts_of,
    unsigned,
)


def tables_of(
    samples: Iterable[Sample],
    types: int,
    mappings: Iterable[Mapping] = (),
    locations: Iterable[Location] = (),
    functions: Iterable[Function] = (),
) -> Tables:
    """Columns of these samples and all that they refer to.

    Objects that are one and the same are one row; two that are merely equal are two. Ids are kept
    where all of a kind have one of their own, else all of that kind are numbered from 1.

    Raises:
        ProfileError: a sample has not as many values as there are types, or a number is too large.
    """
    maker = TableMaker(types)
    try:
        for mapping in mappings:
            maker.mapping_row(mapping)
        for function in functions:
            maker.function_row(function)
        for location in locations:
            maker.location_row(location)
        for sample in samples:
            maker.add(sample)
        return maker.tables()
    except OverflowError as error:
        raise ProfileError("a number does not fit into 64 bits") from error


class TableMaker:
    """Collects rows while samples are given to it."""

    def __init__(self, types: int) -> None:
        """Begin with nothing, for samples with so many values."""
        self.types = types
        self.strings: dict[bytes, int] = {b"": 0}
        self.rows: dict[int, int] = {}
        """By identity of the object. Those objects are kept below, so that none can take another's place."""
        self.mappings: list[Mapping] = []
        self.functions: list[Function] = []
        self.locations: list[Location] = []
        self.lines: list[Line] = []
        self.line_functions: list[int] = []
        self.stack: list[int] = []
        self.depths: list[int] = []
        self.values: list[Sequence[int]] = []
        self.label_sets: dict[tuple[object, ...], int] = {NO_LABELS.key: 0}
        self.distinct_labels: list[LabelSet] = [NO_LABELS]
        self.labels: list[int] = []
        self.rows_of_labels: dict[int, int] = {id(NO_LABELS): 0}
        self.kept_labels: list[LabelSet] = []

    def string_row(self, text: str) -> int:
        """The row of a text."""
        return self.strings.setdefault(raw_of(text), len(self.strings))

    def mapping_row(self, mapping: Mapping) -> int:
        """The row of a mapping."""
        row = self.rows.get(id(mapping))
        if row is None:
            row = self.rows[id(mapping)] = len(self.mappings)
            self.mappings.append(mapping)
        return row

    def function_row(self, function: Function) -> int:
        """The row of a function."""
        row = self.rows.get(id(function))
        if row is None:
            row = self.rows[id(function)] = len(self.functions)
            self.functions.append(function)
        return row

    def location_row(self, location: Location) -> int:
        """The row of a location; its mapping and functions get theirs."""
        row = self.rows.get(id(location))
        if row is None:
            row = self.rows[id(location)] = len(self.locations)
            self.locations.append(location)
            if location.mapping is not None:
                self.mapping_row(location.mapping)
            for line in location.lines:
                self.lines.append(line)
                self.line_functions.append(-1 if line.function is None else self.function_row(line.function))
        return row

    def label_row(self, labels: LabelSet) -> int:
        """The row of a label set; equal ones share it."""
        row = self.rows_of_labels.get(id(labels))
        if row is None:
            row = self.label_sets.setdefault(labels.key, len(self.label_sets))
            if row == len(self.distinct_labels):
                self.distinct_labels.append(labels)
            self.rows_of_labels[id(labels)] = row
            self.kept_labels.append(labels)
        return row

    def add(self, sample: Sample) -> None:
        """One more sample.

        Raises:
            ProfileError: it has not as many values as there are types.
        """
        if len(sample.values) != self.types:
            raise ProfileError(f"mismatch: sample has {len(sample.values)} values vs. {self.types} types")
        self.stack += [self.location_row(location) for location in sample.locations]
        self.depths.append(len(sample.locations))
        self.values.append(sample.values)
        self.labels.append(self.label_row(sample.label_set))

    def tables(self) -> Tables:
        """All of it as columns."""
        names = [self.string_row(each.name) for each in self.functions]
        systems = [self.string_row(each.system_name) for each in self.functions]
        files = [self.string_row(each.filename) for each in self.functions]
        functions = FunctionTable(
            unsigned(ids_of([each.id for each in self.functions])),
            ints(names),
            ints(systems),
            ints(files),
            ints([each.start_line for each in self.functions]),
        )
        mapping_ids = ids_of([each.id for each in self.mappings])
        return Tables(
            tuple(self.strings),
            tuple(
                each if each.id == number else replace(each, id=number)
                for each, number in zip(self.mappings, mapping_ids, strict=True)
            ),
            functions,
            self.location_table(),
            SampleTable(
                np.array(self.values, dtype=np.int64).reshape(len(self.values), self.types),
                starts_of(ints(self.depths)),
                ints(self.stack),
                ints(self.labels),
            ),
            tuple(self.distinct_labels),
        )

    def location_table(self) -> LocationTable:
        """The locations as columns."""
        rows = self.rows
        return LocationTable(
            unsigned(ids_of([each.id for each in self.locations])),
            ints([-1 if each.mapping is None else rows[id(each.mapping)] for each in self.locations]),
            unsigned([each.address for each in self.locations]),
            np.array([each.is_folded for each in self.locations], dtype=np.bool_),
            starts_of(ints([len(each.lines) for each in self.locations])),
            ints(self.line_functions),
            ints([line.line for line in self.lines]),
            ints([line.column for line in self.lines]),
        )


def ids_of(ids: list[int]) -> list[int]:
    """These ids where each is its own, else numbers from 1 on."""
    return ids if 0 not in ids and len(set(ids)) == len(ids) else list(range(1, len(ids) + 1))
