"""The part of a bucket that a filter leaves, as a bucket."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.bucket import LogBucket, TextColumn, TimeColumn, constant, narrow, size_column


def part_of(bucket: LogBucket, chosen: NDArray[np.bool_]) -> LogBucket:
    """The records that are chosen, one truth a record. The stretch and its counts of lines stay.

    How long the slowest took is then known within the width of a bin only.
    """
    if chosen.all():
        return bucket
    latencies = None if bucket.latencies is None else bucket.latencies[chosen]
    return replace(
        bucket,
        times=TimeColumn.of(bucket.times.milliseconds()[chosen]),
        texts={name: _part_of_text(column, chosen) for name, column in bucket.texts.items()},
        sizes=size_column(bucket.sizes[chosen].astype(np.int64)),
        latencies=latencies if latencies is not None and latencies.any() else None,
        slowest_seconds=-1.0,
        gaps=_gaps(bucket, chosen),
    )


def _part_of_text(column: TextColumn, chosen: NDArray[np.bool_]) -> TextColumn:
    used, ids = np.unique(column.ids[chosen], return_inverse=True)
    values = tuple(column.values[index] for index in used.tolist())
    return TextColumn(constant(len(ids)) if len(values) == 1 else narrow(ids, max(0, len(values) - 1)), values)


def _gaps(bucket: LogBucket, chosen: NDArray[np.bool_]) -> NDArray[np.uint32]:
    """Lines of the stretch that are no records of the part: raw lines are found by them."""
    is_record = np.ones(bucket.lines, np.bool_)
    is_record[bucket.gaps] = False
    records = np.flatnonzero(is_record)
    if len(records) != len(chosen):  # a bucket that does not count its lines
        return bucket.gaps
    is_record[records[~chosen]] = False
    return np.flatnonzero(~is_record).astype(np.uint32)
