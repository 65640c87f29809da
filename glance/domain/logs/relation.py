"""The records of a series as the relation `log`, which SQL asks: its columns, and their cells in blocks.

What a line does not tell is NULL. Text that is not UTF-8 is taken as latin-1, as everywhere on a screen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.held import HeldBucket
from glance.domain.logs.relation_column import COLUMNS, LATENCIES, RelationColumn, cells_of, source_cell, time_text
from glance.domain.logs.relation_hint import Cell, RelationHint
from glance.domain.logs.relation_order import RelationOrder
from glance.domain.logs.route import BUILT_IN, Routes
from glance.domain.logs.series import LogSeries

BLOCK_RECORDS = 8192
"""Records that are made into cells at once: the first of many come soon, and an end is heard soon."""

Mask = NDArray[np.bool_]
Choice = Callable[[HeldBucket], NDArray[np.intp] | None]


class Part(NamedTuple):
    """Records of one bucket."""

    bucket: HeldBucket
    base: int
    """Number of the bucket's first record in the relation."""
    rows: NDArray[np.intp]
    """Which records of the bucket."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some records."""

    rows: Sequence[int]
    """Their numbers in the relation."""
    cells: Sequence[Sequence[Cell]]
    """For each column its cells, one a row; empty for a column that nobody asked for."""


class Relation:
    """What a series held when this was made. Nothing is copied but what is asked for, block by block."""

    def __init__(self, series: LogSeries, routes: Routes = BUILT_IN, choice: Choice | None = None) -> None:
        """Take the buckets of a series, in the order of its logs and of time.

        Args:
            series: may go on to change.
            routes: the rules of the column `route`.
            choice: which records of a bucket are in the table: indexes, ascending, or None for all.
        """
        self._routes = routes
        self.buckets = sorted(series.buckets, key=lambda each: (each.source, each.first_ms, each.offset))
        self.kept = [choice(bucket) if choice is not None else None for bucket in self.buckets]
        """For each bucket which of its records are in the table, None for all."""
        kept = zip(self.buckets, self.kept, strict=True)
        self.records = sum(bucket.records if rows is None else len(rows) for bucket, rows in kept)
        self._dictionaries = dict(series.dictionaries)  # the series may get others
        self._values: dict[str, list[Cell]] = {}
        self._numbers: dict[str, dict[Cell, list[int]]] = {}

    def values(self, column: RelationColumn) -> list[Cell]:
        """The cells of a column that follows from a text field: one for each number of its dictionary."""
        known = self._values.setdefault(column.name, [])
        raw = self._dictionaries[column.field].values
        if len(known) < len(raw):
            known += cells_of(column, raw[len(known) :], self._routes)
        return known

    def blocks(
        self, wanted: Sequence[int], hints: Sequence[RelationHint] = (), order: RelationOrder | None = None
    ) -> Iterator[Block]:
        """Blocks of the records that may pass.

        Args:
            wanted: numbers of the columns whose cells are needed.
            hints: what fails one may be left out; whether what is given passes all, is for the caller to see.
            order: in which order they come; that of the logs and of time when it is not given.
        """
        parts = self._parts(hints)
        if order is not None:
            yield from self._cut_in_order(list(parts), order, wanted)
            return
        for part in parts:
            yield from self._cut(part, wanted)

    def _parts(self, hints: Sequence[RelationHint]) -> Iterator[Part]:
        """What may pass of each bucket, where that is anything."""
        passing = [self._passing(hint) for hint in hints]
        base = 0
        for bucket, kept in zip(self.buckets, self.kept, strict=True):
            mask = self._mask(bucket, hints, passing)
            if kept is not None:
                rows = kept[mask[kept]] if mask is not None else kept
            else:
                rows = np.flatnonzero(mask) if mask is not None else np.arange(bucket.records)
            if len(rows):
                yield Part(bucket, base, rows)
            base += bucket.records

    # --------------------------------------------------------------------------------------- choosing

    def _passing(self, hint: RelationHint) -> Mask | None:
        """For each number of the dictionary whether its value passes; None where there is no dictionary."""
        column = COLUMNS[hint.column]
        if not column.field:
            return None
        values = self.values(column)
        if hint.operator != "=":
            return np.fromiter(map(hint.matcher, values), np.bool_, len(values))
        numbers = self._numbers.setdefault(column.name, {})  # a join asks again and again
        if not numbers:
            for number, value in enumerate(values):
                numbers.setdefault(value, []).append(number)
        mask = np.zeros(len(values), np.bool_)
        mask[numbers.get(hint.value, [])] = True  # type: ignore[call-overload]
        return mask

    def _mask(self, bucket: HeldBucket, hints: Sequence[RelationHint], passing: Sequence[Mask | None]) -> Mask | None:
        """Which records may pass, None for all."""
        masks: list[Mask] = []
        for hint, by_key in zip(hints, passing, strict=True):
            column = COLUMNS[hint.column]
            if by_key is not None:
                held = bucket.texts[column.field]
                by_id = by_key[held.keys]
                mask: Mask | bool = bool(by_id[0]) if by_id.all() or not by_id.any() else by_id[held.ids]
            else:
                mask = _mask(bucket, column, hint)
            if mask is False:
                return np.zeros(bucket.records, np.bool_)
            if mask is not True:
                masks.append(mask)
        if not masks:
            return None
        passed: Mask = np.logical_and.reduce(masks)
        return passed

    # ---------------------------------------------------------------------------------------- cutting

    def _cut(self, part: Part, wanted: Sequence[int]) -> Iterator[Block]:
        vocabularies = {number: self._vocabulary(part.bucket, COLUMNS[number]) for number in wanted}
        for start in range(0, len(part.rows), BLOCK_RECORDS):
            rows = part.rows[start : start + BLOCK_RECORDS]
            cells: list[Sequence[Cell]] = [()] * len(COLUMNS)
            for number in wanted:
                cells[number] = self._cells(part.bucket, COLUMNS[number], rows, vocabularies[number])
            yield Block((part.base + rows).tolist(), cells)

    def _cut_in_order(self, parts: list[Part], order: RelationOrder, wanted: Sequence[int]) -> Iterator[Block]:
        """Blocks whose records are of all buckets; only what a block shows is taken from them."""
        if not parts:
            return
        places = order.places([self._codes(parts, COLUMNS[column], order) for column, _ in order.terms])
        starts = np.cumsum([0, *(len(part.rows) for part in parts)])
        vocabularies = [{number: self._vocabulary(part.bucket, COLUMNS[number]) for number in wanted} for part in parts]
        start, length = 0, BLOCK_RECORDS
        while start < len(places):
            block = places[start : start + length]
            which = np.searchsorted(starts, block, "right") - 1
            by_part = np.argsort(which, kind="stable")
            cells: list[list[Cell]] = [[] for _ in COLUMNS]
            rows: list[int] = []
            for number in np.unique(which).tolist():
                part = parts[number]
                chosen = part.rows[block[which == number] - starts[number]]
                rows += (part.base + chosen).tolist()
                for column in wanted:
                    cells[column] += self._cells(part.bucket, COLUMNS[column], chosen, vocabularies[number][column])
            back = np.argsort(by_part).tolist()
            yield Block([rows[at] for at in back], [[column[at] for at in back] if column else () for column in cells])
            start, length = start + length, BLOCK_RECORDS * 8

    def _codes(self, parts: Sequence[Part], column: RelationColumn, order: RelationOrder) -> NDArray[np.integer]:
        """A number for each record of the parts, the same for equal cells, and in their order where that is asked."""
        if column.field:
            by_key = order.codes(self.values(column))
            texts = [(part, part.bucket.texts[column.field]) for part in parts]
            return np.concatenate([by_key[held.keys][held.ids[part.rows]] for part, held in texts])
        if column.kind == "source":
            codes = order.codes([source_cell(part.bucket.source) for part in parts])
            return np.repeat(codes, [len(part.rows) for part in parts])
        return np.concatenate([_numbers(part.bucket, column, part.rows) for part in parts])

    def _vocabulary(self, bucket: HeldBucket, column: RelationColumn) -> list[Cell]:
        """The cells of a bucket's own numbers of a text."""
        if not column.field:
            return []
        values = self.values(column)
        return [values[key] for key in bucket.texts[column.field].keys.tolist()]

    def _cells(
        self, bucket: HeldBucket, column: RelationColumn, rows: NDArray[np.intp], vocabulary: list[Cell]
    ) -> Sequence[Cell]:
        if column.field:
            ids = bucket.texts[column.field].ids[rows].tolist()
            return list(map(vocabulary.__getitem__, ids))
        if column.kind == "source":
            return [source_cell(bucket.source)] * len(rows)
        if column.kind == "epoch":
            return (_milliseconds(bucket, rows) / 1000).tolist()  # type: ignore[no-any-return]
        if column.kind == "time":
            texts, places = _times(_milliseconds(bucket, rows))
            return list(map(texts.__getitem__, places.tolist()))
        numbers, is_told = numbers_of(bucket, column, rows)
        found: list[Cell] = numbers.tolist()
        for place in np.flatnonzero(~is_told).tolist():
            found[place] = None
        return found


def numbers_of(
    bucket: HeldBucket, column: RelationColumn, rows: NDArray[np.intp] | slice = slice(None)
) -> tuple[NDArray[np.int64] | NDArray[np.float64], Mask]:
    """The numbers of sizes or latencies, and which of them the log tells."""
    if column.kind == "size":
        sizes = bucket.sizes[rows]
        return sizes.astype(np.int64), sizes >= 0
    if bucket.latencies is None:
        count = len(bucket.sizes[rows])
        return np.zeros(count), np.zeros(count, np.bool_)
    bins = bucket.latencies[rows]
    return LATENCIES[bins], bins > 0


def _numbers(bucket: HeldBucket, column: RelationColumn, rows: NDArray[np.intp]) -> NDArray[np.integer]:
    """What sorts as the cells of a column that has no dictionary; what is not told comes first."""
    if column.kind == "size":
        return bucket.sizes[rows]
    if column.kind == "seconds":
        return np.zeros(len(rows), np.uint16) if bucket.latencies is None else bucket.latencies[rows]
    at_ms = _milliseconds(bucket, rows)
    return at_ms if column.kind == "epoch" else at_ms // 1000


def _milliseconds(bucket: HeldBucket, rows: NDArray[np.intp] | slice = slice(None)) -> NDArray[np.int64]:
    times = bucket.times
    return times.deltas[rows].astype(np.int64) * times.step_ms + times.base_ms


def _times(at_ms: NDArray[np.int64]) -> tuple[list[str], NDArray[np.intp]]:
    """The distinct texts of some times, and for each time the place of its own."""
    seconds, places = np.unique(at_ms // 1000, return_inverse=True)
    return [time_text(second) for second in seconds.tolist()], places


def _mask(bucket: HeldBucket, column: RelationColumn, hint: RelationHint) -> Mask | bool:
    """Which records of a bucket may pass a hint of a column that has no dictionary."""
    if column.kind == "source":
        return hint.matcher(source_cell(bucket.source))
    if column.kind == "epoch":
        bounds = (bucket.first_ms / 1000, bucket.last_ms / 1000)
        outlook = hint.outlook(*bounds)
        return hint.mask(_milliseconds(bucket) / 1000) if outlook is None else outlook
    if column.kind == "time":
        return _time_mask(bucket, hint)
    numbers, is_told = numbers_of(bucket, column)
    if hint.operator in ("null", "not null"):
        return ~is_told if hint.operator == "null" else is_told
    return is_told & hint.mask(numbers)


def _time_mask(bucket: HeldBucket, hint: RelationHint) -> Mask | bool:
    outlook = hint.outlook(time_text(bucket.first_ms // 1000), time_text(bucket.last_ms // 1000))
    if outlook is not None:
        return outlook
    texts, places = _times(_milliseconds(bucket))
    passing: Mask = np.fromiter(map(hint.matcher, texts), np.bool_, len(texts))
    return passing[places]
