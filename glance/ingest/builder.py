"""Collects the columns of one bucket, piece by piece, in the order of the lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.bucket import (
    MOST_UNREAD,
    LogBucket,
    TextColumn,
    TimeColumn,
    UnreadLine,
    constant,
    narrow,
    size_column,
)
from glance.domain.logs.histogram import bins_of
from glance.domain.logs.record import TEXT_FIELDS, LogRecord

Number = TypeVar("Number", bound=np.generic)

SAMPLE_BYTES = 2048
"""Kept of a line that no format reads."""


class Interner(dict[bytes, int]):
    """Ids for distinct values, in order of first appearance."""

    def __missing__(self, value: bytes) -> int:
        self[value] = found = len(self)
        return found

    def numbers(self, values: Sequence[bytes]) -> list[int]:
        """The id of each value; many of them are new."""
        for value in values:
            if value not in self:
                self[value] = len(self)
        return list(map(self.__getitem__, values))

    def ids(self, values: Sequence[bytes]) -> NDArray[np.int32]:
        """The id of each value; new values get new ids."""
        return np.fromiter(map(self.__getitem__, values), np.int32, len(values))

    def ids_of_distinct(self, values: Sequence[bytes]) -> NDArray[np.int32]:
        """The same for values that differ from each other: the first of them cost next to nothing."""
        if self:
            return self.ids(values)
        self.update(zip(values, range(len(values)), strict=True))
        return np.arange(len(values), dtype=np.int32)


@dataclass(slots=True)
class Columns:
    """Some consecutive records as columns; text as ids into the builder's dictionaries."""

    at_ms: NDArray[np.int64]
    texts: dict[str, NDArray[Any]]
    """Fields that are left out are empty in every record."""
    sizes: NDArray[np.int64]
    """-1 where there is none."""
    seconds: NDArray[np.float64] | None = None
    """Latencies, NaN or negative where there is none."""


@dataclass(slots=True)
class BucketBuilder:
    """The columns of a bucket that is being filled."""

    source: str
    generation: int
    offset: int
    texts: dict[str, Interner] = field(default_factory=lambda: {name: Interner() for name in TEXT_FIELDS})
    records: int = 0
    lines: int = 0
    length: int = 0
    unparsed: int = 0
    _parts: list[Columns] = field(default_factory=list)
    _unread: list[UnreadLine] = field(default_factory=list)
    _gaps: list[int] = field(default_factory=list)

    def add(self, columns: Columns) -> None:
        """Append records; each is one line."""
        count = len(columns.at_ms)
        if count:
            self._parts.append(columns)
        self.records += count
        self.lines += count

    def add_records(self, records: Sequence[LogRecord]) -> None:
        """Append records that were read line by line."""
        if not records:
            return
        columns = list(zip(*records, strict=True))
        texts = {name: self.texts[name].ids(column) for name, column in zip(TEXT_FIELDS, columns[1:-2], strict=True)}
        seconds = np.array(columns[-1], np.float64)
        self.add(
            Columns(
                np.array(columns[0], np.int64),
                texts,
                np.array(columns[-2], np.int64),
                seconds if (seconds >= 0).any() else None,
            )
        )

    def skip_line(self) -> None:
        """Count a line that is neither a record nor a failure: blank, or a directive."""
        self._gaps.append(self.lines)
        self.lines += 1

    def fail_line(self, line: bytes) -> None:
        """Count a line that no format reads, and keep the first few."""
        if len(self._unread) < MOST_UNREAD:
            self._unread.append(UnreadLine(self.lines, line[:SAMPLE_BYTES]))
        self.unparsed += 1
        self.skip_line()

    def finish(self) -> LogBucket:
        """The bucket."""
        at_ms = _joined([part.at_ms for part in self._parts], np.int64)
        seconds = self._seconds()
        slowest = float(np.nanmax(seconds, initial=-1.0)) if seconds is not None else -1.0
        return LogBucket(
            source=self.source,
            generation=self.generation,
            offset=self.offset,
            length=self.length,
            lines=self.lines,
            times=TimeColumn.of(at_ms),
            texts={name: self._text(name) for name in TEXT_FIELDS},
            sizes=size_column(_joined([part.sizes for part in self._parts], np.int64)),
            latencies=None if seconds is None else bins_of(seconds),
            slowest_seconds=slowest,
            unparsed=self.unparsed,
            unread=tuple(self._unread),
            gaps=np.array(self._gaps, np.uint32),
        )

    def _seconds(self) -> NDArray[np.float64] | None:
        if all(part.seconds is None for part in self._parts):
            return None
        return _joined(
            [part.seconds if part.seconds is not None else np.full(len(part.at_ms), -1.0) for part in self._parts],
            np.float64,
        )

    def _text(self, name: str) -> TextColumn:
        interner = self.texts[name]
        if not any(name in part.texts for part in self._parts):
            return TextColumn(constant(self.records), (b"",))
        if any(name not in part.texts for part in self._parts):
            empty = interner[b""]
            ids = _joined(
                [part.texts.get(name, np.broadcast_to(np.int32(empty), part.at_ms.shape)) for part in self._parts],
                np.int32,
            )
        else:
            ids = _joined([part.texts[name] for part in self._parts], np.int32)
        if len(interner) <= 1:
            return TextColumn(constant(self.records), tuple(interner) or (b"",))
        return TextColumn(narrow(ids, len(interner) - 1), tuple(interner))


def _joined(parts: Sequence[NDArray[Any]], kind: type[Number]) -> NDArray[Number]:
    return np.concatenate(parts).astype(kind, copy=False) if parts else np.zeros(0, kind)
