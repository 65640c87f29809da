"""The same counts by plain Python, to hold the columns to."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np

from glance.domain.logs.bucket import LogBucket, TextColumn, TimeColumn, narrow, size_column
from glance.domain.logs.histogram import bins_of
from glance.domain.logs.record import TEXT_FIELDS, LogRecord


def make_records(count: int, seed: int, start: int = 1_700_000_000, seconds: int = 600) -> list[LogRecord]:
    """Some records in order of time, with a little disorder."""
    rng = random.Random(seed)
    records = []
    for index in range(count):
        at = start * 1000 + index * seconds * 1000 // max(1, count) + rng.randrange(-2000, 2000)
        records.append(
            LogRecord(
                at_ms=at,
                client=b"10.0.0.%d" % rng.randrange(20),
                user=rng.choice([b"", b"", b"anna"]),
                method=rng.choice([b"GET", b"POST"]),
                path=rng.choice([b"/", b"/api/users", b"/api/items", b"/static/a.js", b""]),
                protocol=b"HTTP/1.1",
                status=rng.choice([b"200", b"200", b"304", b"404", b"500", b""]),
                referrer=b"",
                agent=rng.choice([b"curl", b"Mozilla"]),
                host=b"",
                upstream=(b"", b"10.0.0.1:80", b"shop/web-1")[index % 3],
                size=rng.choice([-1, 0, 100, 5000, 3_000_000_000]),
                seconds=rng.choice([-1.0, 0.01, 0.2, 1.5]),
            )
        )
    return records


def bucket_of(records: list[LogRecord], *, offset: int = 0, generation: int = 1, source: str = "a.log") -> LogBucket:
    """A bucket of these records; every line is 10 bytes long."""
    texts = {}
    for name in TEXT_FIELDS:
        values = [getattr(record, name) for record in records]
        distinct = tuple(dict.fromkeys(values))
        where = {value: index for index, value in enumerate(distinct)}
        texts[name] = TextColumn(
            narrow(np.array([where[value] for value in values], np.int64), len(distinct)), distinct
        )
    seconds = np.array([record.seconds for record in records])
    return LogBucket(
        source=source,
        generation=generation,
        offset=offset,
        length=10 * len(records),
        lines=len(records),
        times=TimeColumn.of(np.array([record.at_ms for record in records], np.int64)),
        texts=texts,
        sizes=size_column(np.array([record.size for record in records], np.int64)),
        latencies=bins_of(seconds) if (seconds >= 0).any() else None,
        slowest_seconds=float(seconds.max(initial=-1)),
    )


def records_of(bucket: LogBucket) -> list[tuple[object, ...]]:
    """What a bucket says of each record, latency as its bin."""
    columns = [[bucket.texts[name].values[index] for index in bucket.texts[name].ids] for name in TEXT_FIELDS]
    bins = bucket.latencies if bucket.latencies is not None else np.zeros(bucket.records, np.uint16)
    at_ms = bucket.times.milliseconds().tolist()
    return list(zip(at_ms, *columns, bucket.sizes.tolist(), bins.tolist(), strict=True))


def hits_by(records: list[LogRecord], name: str) -> Counter[bytes]:
    """Hits of each value of a field."""
    return Counter(getattr(record, name) for record in records)
