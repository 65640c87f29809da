"""The row of a stored bucket, its columns and its cuts, as SQL tells them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import apsw
import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.bucket_head import BucketHead, Cut
from glance.store.bucket_codec import COLUMNS, EncodedBucket, decode_minutes, decode_slowest
from glance.store.column_codec import decode_numbers, encode_numbers
from glance.store.source_table import signed, unpacked, unsigned

PLACES = 64
"""Places kept for the columns of one bucket."""

MOST_CUTS = 256
"""Commits within one bucket that are remembered, for a reader that follows."""

SELECT = (
    "SELECT bucket.id, seq, source.path, grp, generation, offset, length, bucket.lines, bucket.records, "
    "bucket.unparsed, bucket.first_ms, bucket.last_ms, slowest, status_classes, is_open, bucket.format, size_bytes, "
    "minutes, cuts FROM bucket JOIN source ON source.id = source_id "
)
"""The rows that `head_of` and `encoded_of` read."""

Row = tuple[Any, ...]


def head_of(row: Row) -> BucketHead:
    """What a row tells of a bucket.

    Raises:
        DamagedError: it makes no sense.
    """
    number, seq, path, group, generation, offset, length, lines, records, unparsed, *rest = row
    first_ms, last_ms, slowest, classes, is_open, _, size, minutes, cuts = rest
    counts = decode_minutes(minutes)
    return BucketHead(
        id=number,
        seq=seq,
        source=unpacked(path),
        group=unpacked(group),
        generation=unsigned(generation),
        offset=offset,
        length=length,
        lines=lines,
        records=records,
        unparsed=unparsed,
        first_ms=first_ms,
        last_ms=last_ms,
        slowest_seconds=decode_slowest(slowest),
        status_classes=classes,
        is_sealed=not is_open,
        size_bytes=size,
        minutes=counts.minutes,
        minute_counts=counts.counts,
        cuts=decode_cuts(cuts) or (Cut(offset + length, records, lines, unparsed),),
    )


def encoded_of(row: Row, columns: Iterable[tuple[int, bytes]]) -> EncodedBucket:
    """A row and its columns, as they were encoded."""
    _, _, path, _, generation, offset, length, lines, records, unparsed, first, last, *rest = row
    slowest, classes, _, form, _, minutes, _ = rest
    return EncodedBucket(
        unpacked(path),
        unsigned(generation),
        *(offset, length, lines, records, unparsed, first, last),
        slowest=slowest,
        status_classes=classes,
        minutes=minutes,
        columns={COLUMNS[place % PLACES]: data for place, data in columns if place % PLACES < len(COLUMNS)},
        format=form,
    )


def columns_of(connection: apsw.Connection, number: int) -> list[tuple[int, bytes]]:
    """The columns of a row, each with its place."""
    rows = connection.execute(
        "SELECT place, data FROM bucket_column WHERE place BETWEEN ? AND ?",
        (number * PLACES, number * PLACES + PLACES - 1),
    )
    return [(place, data) for place, data in rows]


def write_row(
    connection: apsw.Connection,
    source: int,
    bucket: EncodedBucket,
    cuts: Sequence[Cut],
    *,
    number: int,
    seq: int,
    is_open: bool,
    kept_at: int,
) -> None:
    """Write a bucket as this row, in place of what was there."""
    connection.execute(
        "INSERT OR REPLACE INTO bucket VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            seq,
            source,
            signed(bucket.generation),
            bucket.offset,
            bucket.length,
            bucket.lines,
            bucket.records,
            bucket.unparsed,
            bucket.first_ms,
            bucket.last_ms,
            kept_at,
            bucket.slowest,
            bucket.status_classes,
            int(is_open),
            bucket.format,
            bucket.size_bytes,
            bucket.minutes,
            encode_cuts(cuts),
        ),
    )
    delete_columns(connection, number)
    connection.executemany(
        "INSERT INTO bucket_column VALUES (?, ?)",
        [(number * PLACES + COLUMNS.index(name), data) for name, data in bucket.columns.items()],
    )


def delete_row(connection: apsw.Connection, number: int) -> None:
    """Take a row away with its columns."""
    connection.execute("DELETE FROM bucket WHERE id = ?", (number,))
    delete_columns(connection, number)


def delete_columns(connection: apsw.Connection, number: int) -> None:
    """Take the columns of a row away."""
    connection.execute(
        "DELETE FROM bucket_column WHERE place BETWEEN ? AND ?", (number * PLACES, number * PLACES + PLACES - 1)
    )


def encode_cuts(cuts: Sequence[Cut]) -> bytes:
    """The newest cuts, compressed; nothing when the only one is the end."""
    if len(cuts) < 2:
        return b""
    table: NDArray[np.int64] = np.array(cuts[-MOST_CUTS:], np.int64)
    return encode_numbers(np.diff(table.T.ravel(), prepend=0))


def decode_cuts(data: bytes) -> tuple[Cut, ...]:
    """The cuts again."""
    if not data:
        return ()
    table = np.cumsum(decode_numbers(data)).reshape(4, -1)
    return tuple(Cut(*row) for row in table.T.tolist())
