"""The parts of profiles that are merged: strings, functions, mappings and locations.

Two that are the same by pprof's rules become one, which gets the next number when it is first met on
the way through the samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from glance.domain.profiles.parts import Mapping
from glance.domain.profiles.tables import FunctionTable, Ints, LocationTable, Tables, Unsigned, runs_of, starts_of

PAGE = 0x1000
"""Sizes of mappings are rounded up to it, since they differ a little between runs."""
BITS = 0xFFFF_FFFF_FFFF_FFFF


class StringMerger:
    """One string table for all."""

    def __init__(self, tables: Sequence[Sequence[bytes]]) -> None:
        """Join these tables."""
        self.strings: dict[bytes, int] = {b"": 0}
        known = self.strings.setdefault
        self.rows = [
            np.fromiter((known(raw, len(self.strings)) for raw in table), dtype=np.int64, count=len(table))
            for table in tables
        ]
        """For each table the new row of each of its rows."""

    def table(self) -> tuple[bytes, ...]:
        """All strings."""
        return tuple(self.strings)


def first_uses(rows: Ints, size: int) -> Ints:
    """The distinct values among `rows`, all below `size`, in the order in which they first come."""
    first = np.full(size, -1, dtype=np.int64)
    first[rows[::-1]] = np.arange(len(rows) - 1, -1, -1, dtype=np.int64)
    used = np.flatnonzero(first >= 0)
    return used[np.argsort(first[used])]


def distinct_rows(keys: Sequence[object]) -> tuple[Ints, Ints]:
    """The number of each key, counted in the order in which they first come; and where each first comes."""
    found: dict[object, int] = {}
    numbers = np.fromiter((found.setdefault(key, len(found)) for key in keys), dtype=np.int64, count=len(keys))
    first = np.zeros(len(found), dtype=np.int64)
    first[numbers[::-1]] = np.arange(len(keys) - 1, -1, -1, dtype=np.int64)
    return numbers, first


class LocationMerger:
    """Locations of several profiles, and all that they refer to."""

    def __init__(self, all_tables: Sequence[Tables], strings: StringMerger, *, has_slip: bool) -> None:
        """Put the tables one below the other.

        Args:
            all_tables: the tables of each profile.
            strings: their strings, joined.
            has_slip: columns of inlined calls tell nothing apart, as in pprof.
        """
        self.all_tables, self.has_slip = all_tables, has_slip
        locations = [each.locations for each in all_tables]
        functions = [each.functions for each in all_tables]
        self.bases: list[int] = starts_of(np.array([len(each) for each in locations], dtype=np.int64)).tolist()[:-1]
        function_bases = starts_of(np.array([len(each) for each in functions], dtype=np.int64)).tolist()
        self.mappings = [mapping for each in all_tables for mapping in each.mappings]
        mapping_bases = starts_of(np.array([len(each.mappings) for each in all_tables], dtype=np.int64)).tolist()
        self.mapping_of = np.concatenate(
            [shifted(each.mappings, base) for each, base in zip(locations, mapping_bases[:-1], strict=True)]
        )
        self.addresses = np.concatenate([each.addresses for each in locations])
        self.folded = np.concatenate([each.folded for each in locations])
        self.line_starts = starts_of(np.concatenate([np.diff(each.line_starts) for each in locations]))
        self.line_functions = np.concatenate(
            [shifted(each.line_functions, base) for each, base in zip(locations, function_bases[:-1], strict=True)]
        )
        self.line_numbers = np.concatenate([each.line_numbers for each in locations])
        self.line_columns = np.concatenate([each.line_columns for each in locations])
        self.function_columns = np.concatenate(
            [
                np.stack((rows[each.names], rows[each.system_names], rows[each.filenames], each.start_lines))
                for each, rows in zip(functions, strings.rows, strict=True)
            ],
            axis=1,
        )

    def merged(self, stack: Ints) -> Ints:
        """The same stacks with rows of merged locations, which are made."""
        count = len(self.addresses)
        used = first_uses(stack, count)
        lines = runs_of(self.line_starts, used)
        line_functions = self.merged_functions(self.line_functions[lines])
        mapping_rows, addresses = self.merged_mappings(used)
        line_starts = starts_of(np.diff(self.line_starts)[used])
        numbers, columns = self.line_numbers[lines], self.line_columns[lines]
        relative = addresses - self.mapping_starts(mapping_rows)
        keys = location_keys(
            (relative.view(np.int64), mapping_rows, self.folded[used].astype(np.int64)),
            (line_functions, numbers, self.key_columns(columns, line_starts)),
            line_starts,
        )
        new_rows, first = distinct_rows(keys)
        kept_lines = runs_of(line_starts, first)
        self.location_table = LocationTable(
            np.arange(1, len(first) + 1, dtype=np.uint64),
            mapping_rows[first],
            addresses[first],
            self.folded[used][first],
            starts_of(np.diff(line_starts)[first]),
            line_functions[kept_lines],
            numbers[kept_lines],
            columns[kept_lines],
        )
        translated = np.full(count, -1, dtype=np.int64)
        translated[used] = new_rows
        return translated[stack]

    def merged_functions(self, wanted: Ints) -> Ints:
        """The functions of lines as rows of merged functions, which are made."""
        present = wanted[wanted >= 0]
        count = self.function_columns.shape[1]
        used = first_uses(present, count)
        columns = self.function_columns[:, used]
        new_rows, first = distinct_rows(list(zip(*columns.tolist(), strict=True)))
        names, systems, files, starts = columns[:, first]
        numbers = np.arange(1, len(first) + 1, dtype=np.uint64)
        self.function_table = FunctionTable(numbers, names, systems, files, starts)
        translated = np.full(count + 1, -1, dtype=np.int64)  # the last one stands for -1
        translated[used] = new_rows
        return translated[wanted]

    def merged_mappings(self, used: Ints) -> tuple[Ints, Unsigned]:
        """The mapping of each used location, and its address there. The first mapping of all comes first."""
        self.merged_list: list[Mapping] = []
        found: dict[tuple[int, int, str], int] = {}
        translated = np.full(len(self.mappings) + 1, -1, dtype=np.int64)  # the last one stands for -1
        shifts = np.zeros(len(self.mappings) + 1, dtype=np.uint64)
        wanted = self.mapping_of[used]
        order = first_uses(wanted[wanted >= 0], len(self.mappings)).tolist()
        for row in [0, *order] if self.mappings else []:
            mapping = self.mappings[row]
            new = found.setdefault(mapping_key(mapping), len(self.merged_list))
            if new == len(self.merged_list):
                self.merged_list.append(replace(mapping, id=new + 1))
            translated[row] = new
            shifts[row] = (self.merged_list[new].start - mapping.start) & BITS
        return translated[wanted], self.addresses[used] + shifts[wanted]

    def mapping_starts(self, rows: Ints) -> Unsigned:
        """Where the mapping of each location starts; 0 for none."""
        return np.array([*(each.start for each in self.merged_list), 0], dtype=np.uint64)[rows]

    def key_columns(self, columns: Ints, line_starts: Ints) -> Ints:
        """What the columns of lines tell apart."""
        if not self.has_slip or not columns.any():
            return columns
        found = np.zeros_like(columns)
        last = line_starts[1:][np.diff(line_starts) > 0] - 1
        found[last] = columns[last]
        return found

    def tables(self) -> tuple[tuple[Mapping, ...], FunctionTable, LocationTable]:
        """What was made."""
        return tuple(self.merged_list), self.function_table, self.location_table


def shifted(rows: Ints, base: int) -> Ints:
    """Rows of a table that now begins at a later row; -1 stays."""
    return rows + base if not len(rows) or int(rows.min()) >= 0 else np.where(rows >= 0, rows + base, rows)


def mapping_key(mapping: Mapping) -> tuple[int, int, str]:
    """Equal for the same mapping of two runs."""
    size = (((mapping.limit - mapping.start) & BITS) + PAGE - 1) & BITS
    return size - size % PAGE, mapping.offset, mapping.build_id or mapping.file


def location_keys(columns: tuple[Ints, Ints, Ints], lines: tuple[Ints, Ints, Ints], line_starts: Ints) -> list[object]:
    """One key for each location, of its own columns and those of its lines."""
    counts = np.diff(line_starts)
    heads = zip(*(column.tolist() for column in columns), strict=True)
    raw = np.stack(lines, axis=1).tobytes()
    places = (line_starts * (3 * 8)).tolist()
    if not len(counts):
        return []
    return [(head, raw[places[at] : places[at + 1]]) for at, head in enumerate(heads)]
