"""A LogBucket: the records of one stretch of one log, as columns.

One array a field; text fields are ids into the bucket's own dictionary, as narrow as its
cardinality allows. Every panel, filter and percentile is then a vectorised count. A bucket is
what workers hand back, what a series holds, and what travels and is stored later.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.record import TEXT_FIELDS

MOST_RECORDS = 65_536
"""Records of one bucket: ids then fit in two bytes."""

Ids = NDArray[np.unsignedinteger]


def narrow(ids: NDArray[np.integer], most: int) -> Ids:
    """The ids in the narrowest unsigned type that holds `most`."""
    for kind in (np.uint8, np.uint16, np.uint32):
        if most <= np.iinfo(kind).max:
            return ids.astype(kind)
    return ids.astype(np.uint64)


def constant(length: int) -> Ids:
    """Ids of a column that holds one value only; takes no memory."""
    return np.broadcast_to(np.uint8(0), (length,))


@dataclass(frozen=True, slots=True)
class TextColumn:
    """One text field of a bucket."""

    ids: Ids
    """Index into `values`, one a record."""
    values: tuple[bytes, ...]
    """Distinct values; every one is used."""


@dataclass(frozen=True, slots=True)
class TimeColumn:
    """When each record happened: `base_ms + deltas * step_ms`, milliseconds since the epoch."""

    base_ms: int
    step_ms: int
    """1000 where the log tells whole seconds, else 1."""
    deltas: Ids

    def milliseconds(self) -> NDArray[np.int64]:
        """Milliseconds since the epoch, one a record."""
        return self.deltas.astype(np.int64) * self.step_ms + self.base_ms

    @classmethod
    def of(cls, at_ms: NDArray[np.int64]) -> TimeColumn:
        """The narrowest column for these times."""
        if not len(at_ms):
            return cls(0, 1000, constant(0))
        base = int(at_ms.min())
        deltas = at_ms - base
        if base % 1000 == 0 and not (deltas % 1000).any():
            deltas //= 1000
            return cls(base, 1000, narrow(deltas, int(deltas.max())))
        return cls(base, 1, narrow(deltas, int(deltas.max())))


@dataclass(frozen=True, slots=True)
class UnreadLine:
    """A line that no format reads."""

    ordinal: int
    """Lines of the bucket's stretch that stand before it."""
    text: bytes
    """Its beginning."""


@dataclass(frozen=True, slots=True)
class LogBucket:
    """The records of one stretch of one log."""

    source: str
    """The path the person named."""
    generation: int
    """Which life of the file's bytes."""
    offset: int
    """Where the stretch begins in that generation, bytes."""
    length: int
    """How long it is, bytes."""
    lines: int
    """Lines in the stretch, whatever is in them."""
    times: TimeColumn
    texts: dict[str, TextColumn]
    """A column for every name in TEXT_FIELDS."""
    sizes: NDArray[np.int64] | NDArray[np.int32]
    """Bytes sent, -1 where the line says nothing."""
    latencies: NDArray[np.uint16] | None
    """Bins of `histogram`, None when no record of the bucket has a latency."""
    slowest_seconds: float = -1.0
    """Exact longest latency, -1 when there is none."""
    unparsed: int = 0
    unread: tuple[UnreadLine, ...] = ()
    """The first few lines that no format reads."""
    gaps: NDArray[np.uint32] = field(default_factory=lambda: np.zeros(0, np.uint32))
    """Ordinals of the lines in the stretch that are not records, ascending; raw lines are found by them."""

    @property
    def records(self) -> int:
        """Number of records."""
        return len(self.times.deltas)

    @property
    def first_ms(self) -> int:
        """Time of the oldest record; 0 when there is none."""
        return self.times.base_ms

    @property
    def last_ms(self) -> int:
        """Time of the newest record; 0 when there is none."""
        if not self.records:
            return 0
        return self.times.base_ms + int(self.times.deltas.max()) * self.times.step_ms


def size_column(sizes: NDArray[np.int64]) -> NDArray[np.int64] | NDArray[np.int32]:
    """The sizes in four bytes each where they fit."""
    if len(sizes) and int(sizes.max()) > np.iinfo(np.int32).max:
        return sizes.astype(np.int64)
    return sizes.astype(np.int32)


def merge(left: LogBucket, right: LogBucket) -> LogBucket:
    """Two stretches that follow each other in one generation, as one.

    Associative: any way of cutting a log into stretches merges to the same bucket.

    Raises:
        ValueError: they do not follow each other.
    """
    if (left.source, left.generation) != (right.source, right.generation) or left.offset + left.length != right.offset:
        raise ValueError("the stretches do not follow each other")
    return LogBucket(
        source=left.source,
        generation=left.generation,
        offset=left.offset,
        length=left.length + right.length,
        lines=left.lines + right.lines,
        times=TimeColumn.of(np.concatenate([left.times.milliseconds(), right.times.milliseconds()])),
        texts={name: _merge_text(left.texts[name], right.texts[name]) for name in TEXT_FIELDS},
        sizes=size_column(np.concatenate([left.sizes.astype(np.int64), right.sizes.astype(np.int64)])),
        latencies=merge_latencies(left, right),
        slowest_seconds=max(left.slowest_seconds, right.slowest_seconds),
        unparsed=left.unparsed + right.unparsed,
        unread=_merge_unread(left, right),
        gaps=np.concatenate([left.gaps, right.gaps + np.uint32(left.lines)]),
    )


def rest(bucket: LogBucket, offset: int, records: int, lines: int, unparsed: int) -> LogBucket:
    """What of a bucket stands at and after a place between two of its lines.

    Args:
        bucket: the whole.
        offset: of the place, bytes of the generation.
        records: records of the bucket before it.
        lines: lines of the bucket before it.
        unparsed: lines before it that no format reads.
    """
    later = bucket.gaps[bucket.gaps >= lines]
    unread = tuple(UnreadLine(line.ordinal - lines, line.text) for line in bucket.unread if line.ordinal >= lines)
    return LogBucket(
        source=bucket.source,
        generation=bucket.generation,
        offset=offset,
        length=bucket.offset + bucket.length - offset,
        lines=bucket.lines - lines,
        times=TimeColumn.of(bucket.times.milliseconds()[records:]),
        texts={name: _rest_text(column, records) for name, column in bucket.texts.items()},
        sizes=size_column(bucket.sizes[records:].astype(np.int64)),
        latencies=None if bucket.latencies is None else bucket.latencies[records:],
        slowest_seconds=bucket.slowest_seconds,
        unparsed=bucket.unparsed - unparsed,
        unread=unread,
        gaps=later - np.uint32(lines),
    )


def _rest_text(column: TextColumn, records: int) -> TextColumn:
    used, ids = np.unique(column.ids[records:], return_inverse=True)
    values = tuple(column.values[index] for index in used.tolist())
    if len(values) == 1:
        return TextColumn(constant(len(ids)), values)
    return TextColumn(narrow(ids, max(0, len(values) - 1)), values)


MOST_UNREAD = 8
"""Lines that no format reads, kept as samples of one bucket."""


def _merge_unread(left: LogBucket, right: LogBucket) -> tuple[UnreadLine, ...]:
    moved = tuple(UnreadLine(line.ordinal + left.lines, line.text) for line in right.unread)
    return (left.unread + moved)[:MOST_UNREAD]


def _merge_text(left: TextColumn, right: TextColumn) -> TextColumn:
    if left.values == right.values and len(left.values) == 1:
        return TextColumn(constant(len(left.ids) + len(right.ids)), left.values)
    known = {value: index for index, value in enumerate(left.values)}
    moves = np.array([known.setdefault(value, len(known)) for value in right.values], np.int64)
    moved = moves[right.ids] if len(right.ids) else np.zeros(0, np.int64)
    ids = np.concatenate([left.ids.astype(np.int64), moved])
    return TextColumn(narrow(ids, max(0, len(known) - 1)), tuple(known))


class Timed(Protocol):
    """Records that may have latencies: of a bucket, or of one that a series holds."""

    @property
    def latencies(self) -> NDArray[np.uint16] | None:
        """Bins, None when no record has one."""

    @property
    def records(self) -> int:
        """Number of records."""


def merge_latencies(left: Timed, right: Timed) -> NDArray[np.uint16] | None:
    """The latencies of both, one after the other."""
    if left.latencies is None and right.latencies is None:
        return None
    sides = [
        side.latencies if side.latencies is not None else np.zeros(side.records, np.uint16) for side in (left, right)
    ]
    return np.concatenate(sides)
