"""The part of a bucket between two of its lines."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from glance.domain.logs.bucket import LogBucket, TextColumn, TimeColumn, constant, narrow, rest, size_column
from glance.domain.logs.bucket_head import Cut


def part(bucket: LogBucket, start: Cut, end: Cut) -> LogBucket:
    """What stands between two places, both told as what of the bucket is before them."""
    first = bucket if end.offset == bucket.offset + bucket.length else _beginning(bucket, end)
    return first if start.offset == bucket.offset else rest(first, *start)


def _beginning(bucket: LogBucket, end: Cut) -> LogBucket:
    return replace(
        bucket,
        length=end.offset - bucket.offset,
        lines=end.lines,
        times=TimeColumn.of(bucket.times.milliseconds()[: end.records]),
        texts={name: _first_text(column, end.records) for name, column in bucket.texts.items()},
        sizes=size_column(bucket.sizes[: end.records].astype(np.int64)),
        latencies=None if bucket.latencies is None else bucket.latencies[: end.records],
        unparsed=end.unparsed,
        unread=tuple(line for line in bucket.unread if line.ordinal < end.lines),
        gaps=bucket.gaps[bucket.gaps < end.lines],
    )


def _first_text(column: TextColumn, records: int) -> TextColumn:
    used, ids = np.unique(column.ids[:records], return_inverse=True)
    values = tuple(column.values[index] for index in used.tolist())
    if len(values) == 1:
        return TextColumn(constant(len(ids)), values)
    return TextColumn(narrow(ids, max(0, len(values) - 1)), values)
