"""Picks what a filter chooses out of stored buckets. Pure counting, for any thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.bucket import Ids, TimeColumn, constant, narrow
from glance.domain.logs.filter import Filter
from glance.domain.logs.filter_view import Mask
from glance.domain.logs.held import HeldBucket, HeldColumn, merge_held
from glance.domain.logs.record import TEXT_FIELDS
from glance.domain.logs.second_counts import SecondCounts
from glance.domain.logs.series import SEALED_RECORDS
from glance.pipeline.numbering import Numbering
from glance.store.bucket_codec import EncodedBucket
from glance.store.stored_columns import StoredColumns

FEW = 2
"""Where there are more values than so many times the records, only those are looked up that are used."""

NOWHERE: NDArray[np.intp] = np.zeros(0, np.intp)


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored bucket to pick from."""

    number: int
    """Says which it is, and in which state; below 0 it is not met again."""
    bucket: EncodedBucket


@dataclass(frozen=True, slots=True)
class Picked:
    """What was picked out of some buckets."""

    chosen: list[HeldBucket]
    """Those that follow each other as one; some may be empty."""
    seconds: list[SecondCounts]
    """All records of each of them, chosen or not."""


class _Seen:
    """What a filter sees of a stored bucket: columns that are unpacked and numbered when it asks for them."""

    def __init__(self, columns: StoredColumns, number: int, numbering: Numbering) -> None:
        self._columns = columns
        self.texts: Mapping[str, HeldColumn] = _Texts(columns, number, numbering)

    @property
    def times(self) -> TimeColumn:
        return self._columns.times

    @property
    def sizes(self) -> NDArray[np.int64] | NDArray[np.int32]:
        return self._columns.sizes

    @property
    def latencies(self) -> NDArray[np.uint16] | None:
        return self._columns.latencies


class _Texts(Mapping[str, HeldColumn]):
    """Its columns of text."""

    def __init__(self, columns: StoredColumns, number: int, numbering: Numbering) -> None:
        self._columns, self._number, self._numbering = columns, number, numbering

    def __getitem__(self, field: str) -> HeldColumn:
        column = self._columns.text(field)
        ids = constant(self._columns.records) if column is None else column.ids
        return HeldColumn(ids, self._numbering.keys(self._number, field, column))

    def __iter__(self) -> Iterator[str]:
        return iter(TEXT_FIELDS)

    def __len__(self) -> int:
        return len(TEXT_FIELDS)


class Picker:
    """One filter over stored buckets. Two threads may use it at once."""

    def __init__(self, chosen_by: Filter, numbering: Numbering) -> None:
        """Pick nothing yet."""
        self._filter = chosen_by
        self._numbering = numbering
        self._lock = threading.Lock()

    def pick_all(self, stored: Sequence[Stored]) -> Picked:
        """What is chosen of some buckets, those that follow each other as one.

        Raises:
            DamagedError: the bytes of one are none.
        """
        seconds: list[SecondCounts] = []
        found = [self._pick(one, seconds) for one in stored]
        found.sort(key=lambda held: (held.source, held.generation, held.offset))
        out: list[HeldBucket] = []
        for held in found:
            is_small = bool(out) and out[-1].records + held.records <= SEALED_RECORDS
            if is_small and out[-1].is_followed_by(held):
                out[-1] = merge_held(out[-1], held)
            else:
                out.append(held)
        return Picked(out, seconds)

    def _pick(self, stored: Stored, seconds: list[SecondCounts]) -> HeldBucket:
        """What is chosen of one bucket; `seconds` is told of all of it."""
        bucket, columns = stored.bucket, StoredColumns(stored.bucket)
        seconds.append(SecondCounts.of(columns.times))
        if not bucket.records or not self._filter.may_match(bucket.first_ms, bucket.last_ms):
            return self._held(stored, columns, mask=False)
        with self._lock:  # a filter remembers what it was told
            mask = self._filter.mask(_Seen(columns, stored.number, self._numbering), self._numbering.dictionaries)
        return self._held(stored, columns, mask)

    def _held(self, stored: Stored, columns: StoredColumns, mask: Mask) -> HeldBucket:
        bucket = stored.bucket
        records: NDArray[np.intp] | None = None
        if isinstance(mask, bool):
            records = None if mask else NOWHERE
        else:
            records = np.flatnonzero(mask)
        if records is not None and not len(records):
            times, texts = TimeColumn(0, 1000, constant(0)), self._no_texts()
            sizes: NDArray[Any] = np.zeros(0, np.int32)
            latencies: NDArray[np.uint16] | None = None
        else:
            times, texts = _times(columns.times, records), self._texts(columns, stored.number, records)
            sizes, latencies = _of(columns.sizes, records), columns.latencies
            latencies = None if latencies is None else _of(latencies, records)
        some = len(times.deltas) > 0
        return HeldBucket(
            source=bucket.source,
            generation=bucket.generation,
            offset=bucket.offset,
            length=bucket.length,
            lines=bucket.lines,
            times=times,
            texts=texts,
            sizes=sizes,
            latencies=latencies,
            slowest_seconds=columns.slowest_seconds if records is None else -1.0,
            gaps=_gaps(columns.gaps, bucket.lines, records),
            first_ms=times.base_ms + int(times.deltas.min()) * times.step_ms if some else 0,
            last_ms=times.base_ms + int(times.deltas.max()) * times.step_ms if some else 0,
        )

    def _texts(self, columns: StoredColumns, number: int, records: NDArray[np.intp] | None) -> dict[str, HeldColumn]:
        return {name: self._text(columns, number, name, records) for name in TEXT_FIELDS}

    def _text(self, columns: StoredColumns, number: int, name: str, records: NDArray[np.intp] | None) -> HeldColumn:
        column, numbering = columns.text(name), self._numbering
        many = columns.records if records is None else len(records)
        if column is None or column.count == 1:
            return HeldColumn(constant(many), numbering.keys(number, name, column))
        keys, ids = numbering.known(number, name), column.ids if records is None else column.ids[records]
        if many * FEW < column.count or (keys is not None and many < column.count):
            used, ids = _narrowed(ids, column.count)
            keys = numbering.some(name, column, used) if keys is None else keys[used]
        elif keys is None:
            keys = numbering.keys(number, name, column)
        if numbering.dictionaries[name].is_full and len(np.unique(keys)) < len(keys):
            # several values share the number of OTHER: each number may stand once only
            unique, inverse = np.unique(keys, return_inverse=True)
            return HeldColumn(narrow(inverse[ids], len(unique)), unique)
        return HeldColumn(ids, keys)

    def _no_texts(self) -> dict[str, HeldColumn]:
        return {name: HeldColumn(constant(0), np.zeros(0, np.uint32)) for name in TEXT_FIELDS}


def _narrowed(ids: Ids, count: int) -> tuple[NDArray[np.intp], Ids]:
    """Which of so many values are used, and the ids into these."""
    is_used: NDArray[np.bool_] = np.zeros(count, np.bool_)
    is_used[ids] = True
    used = np.flatnonzero(is_used)
    return used, narrow(np.cumsum(is_used) - 1, len(used))[ids]


def _of(numbers: NDArray[Any], records: NDArray[np.intp] | None) -> NDArray[Any]:
    return numbers if records is None else numbers[records]


def _times(times: TimeColumn, records: NDArray[np.intp] | None) -> TimeColumn:
    return times if records is None else TimeColumn(times.base_ms, times.step_ms, times.deltas[records])


def _gaps(gaps: NDArray[np.uint32], lines: int, records: NDArray[np.intp] | None) -> NDArray[np.uint32]:
    """The lines that are none of these records; `gaps` are those that are none at all."""
    if records is None:
        return gaps
    is_other: NDArray[np.bool_] = np.ones(lines, np.bool_)
    if len(gaps):
        is_record = np.ones(lines, np.bool_)
        is_record[gaps] = False
        records = np.flatnonzero(is_record)[records]
    is_other[records] = False
    return np.flatnonzero(is_other).astype(np.uint32)
