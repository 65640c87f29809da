"""A LogBucket as one compressed blob a column, and back, exactly. Pure: a worker process can do it."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.bucket import LogBucket, TextColumn, constant
from glance.domain.logs.minute_counts import MinuteCounts, minute_counts
from glance.domain.logs.record import TEXT_FIELDS
from glance.store.column_codec import (
    DamagedError,
    decode_numbers,
    decode_text,
    decode_times,
    decode_unread,
    encode_numbers,
    encode_text,
    encode_times,
    encode_unread,
    pack_numbers,
    squeeze,
    unpack_numbers,
    unsqueeze,
)

FORMAT = 1
"""Of the blobs. Older ones stay readable for ever."""

COLUMNS = ("times", "sizes", "latencies", "gaps", "unread", *TEXT_FIELDS)
"""Names of the blobs; what comes later is appended, for the place in this list is stored."""

_EMPTY = (b"",)
_SLOWEST = struct.Struct("<d")


@dataclass(frozen=True, slots=True)
class EncodedBucket:
    """A bucket ready to be stored."""

    source: str
    generation: int
    offset: int
    length: int
    lines: int
    records: int
    unparsed: int
    first_ms: int
    last_ms: int
    slowest: bytes
    """The exact longest latency."""
    status_classes: int
    """Bit n is set when it holds a status of class n; bit 0 for one that is no number."""
    minutes: bytes
    """Encoded MinuteCounts."""
    columns: dict[str, bytes] = field(repr=False)
    """Those that say nothing are left out."""
    format: int = FORMAT

    @property
    def size_bytes(self) -> int:
        """Of all its columns."""
        return sum(map(len, self.columns.values())) + len(self.minutes)


def encode(bucket: LogBucket) -> EncodedBucket:
    """The bucket, ready to be stored."""
    columns = {"times": encode_times(bucket.times), "sizes": encode_numbers(bucket.sizes)}
    if bucket.latencies is not None:
        columns["latencies"] = encode_numbers(bucket.latencies)
    if len(bucket.gaps):
        columns["gaps"] = encode_numbers(bucket.gaps)
    if bucket.unread:
        columns["unread"] = encode_unread(bucket.unread)
    for name in TEXT_FIELDS:
        if bucket.texts[name].values != _EMPTY:
            columns[name] = encode_text(bucket.texts[name])
    return EncodedBucket(
        source=bucket.source,
        generation=bucket.generation,
        offset=bucket.offset,
        length=bucket.length,
        lines=bucket.lines,
        records=bucket.records,
        unparsed=bucket.unparsed,
        first_ms=bucket.first_ms,
        last_ms=bucket.last_ms,
        slowest=_SLOWEST.pack(bucket.slowest_seconds),
        status_classes=_status_classes(bucket.texts["status"]),
        minutes=encode_minutes(minute_counts(bucket)),
        columns=columns,
    )


def decode(stored: EncodedBucket) -> LogBucket:
    """The bucket again.

    Raises:
        DamagedError: the bytes are not what `encode` made.
    """
    if stored.format > FORMAT:
        raise DamagedError(f"format {stored.format} is of a newer glance")
    columns = stored.columns
    if "times" not in columns or "sizes" not in columns:
        raise DamagedError("a column is missing")
    times = decode_times(columns["times"])
    bucket = LogBucket(
        source=stored.source,
        generation=stored.generation,
        offset=stored.offset,
        length=stored.length,
        lines=stored.lines,
        times=times,
        texts={name: _text(columns, name, len(times.deltas)) for name in TEXT_FIELDS},
        sizes=decode_numbers(columns["sizes"]),
        latencies=decode_numbers(columns["latencies"]) if "latencies" in columns else None,
        slowest_seconds=decode_slowest(stored.slowest),
        unparsed=stored.unparsed,
        unread=decode_unread(columns["unread"]) if "unread" in columns else (),
        gaps=decode_numbers(columns["gaps"]) if "gaps" in columns else np.zeros(0, np.uint32),
    )
    _check(bucket, stored)
    return bucket


def decode_slowest(data: bytes) -> float:
    """The longest latency, seconds."""
    if len(data) != _SLOWEST.size:
        raise DamagedError("the longest latency is missing")
    return float(_SLOWEST.unpack(data)[0])


def encode_minutes(counts: MinuteCounts) -> bytes:
    """Counts by minute, compressed."""
    if not len(counts.minutes):
        return b""
    parts = [np.diff(counts.minutes, prepend=0), *counts.counts.T]
    return squeeze(b"".join(map(pack_numbers, parts)))


def decode_minutes(data: bytes) -> MinuteCounts:
    """The counts again.

    Raises:
        DamagedError: the bytes are none.
    """
    if not data:
        return MinuteCounts(np.zeros(0, np.int64), np.zeros((0, 4), np.int64))
    plain, at, parts = unsqueeze(data), 0, []
    for _ in range(5):
        part, at = unpack_numbers(plain, at)
        parts.append(part)
    if len({len(part) for part in parts}) != 1:
        raise DamagedError("minutes are cut off")
    counts: NDArray[np.int64] = np.column_stack(parts[1:])
    return MinuteCounts(np.cumsum(parts[0]), counts)


def _text(columns: Mapping[str, bytes], name: str, records: int) -> TextColumn:
    return decode_text(columns[name]) if name in columns else TextColumn(constant(records), _EMPTY)


def _check(bucket: LogBucket, stored: EncodedBucket) -> None:
    lengths = {len(column.ids) for column in bucket.texts.values()} | {len(bucket.sizes), stored.records}
    if bucket.latencies is not None:
        lengths.add(len(bucket.latencies))
    if lengths != {bucket.records}:
        raise DamagedError("columns differ in length")


def _status_classes(column: TextColumn) -> int:
    bits = 0
    for value in column.values:
        is_class = len(value) == 3 and value.isdigit() and value < b"600"
        bits |= 1 << (int(value[:1]) if is_class else 0)
    return bits
