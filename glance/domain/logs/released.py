"""A bucket of a series as one that stands by itself again, so that another thread can count it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from glance.domain.logs.bucket import LogBucket, TextColumn
from glance.domain.logs.held import HeldBucket


def released(bucket: HeldBucket, values: Mapping[str, Sequence[bytes]]) -> LogBucket:
    """The bucket with its own dictionaries; how many of its lines are not understood is not known any more.

    Args:
        bucket: never changes, so that any thread may have it.
        values: of the dictionaries that number it; they may grow meanwhile, but not change.
    """
    texts = {
        name: TextColumn(column.ids, tuple(values[name][key] for key in column.keys.tolist()))
        for name, column in bucket.texts.items()
    }
    return LogBucket(
        source=bucket.source,
        generation=bucket.generation,
        offset=bucket.offset,
        length=bucket.length,
        lines=bucket.lines,
        times=bucket.times,
        texts=texts,
        sizes=bucket.sizes,
        latencies=bucket.latencies,
        slowest_seconds=bucket.slowest_seconds,
        gaps=bucket.gaps,
    )
