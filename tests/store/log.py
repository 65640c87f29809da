"""A log that is cut into batches, and the proof that a history holds a beginning of it exactly."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import lru_cache

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.checkpoint import Checkpoint
from glance.domain.logs.record import LogRecord
from glance.store.history import Batch, History, Wanted
from tests.domain.logs.brute import bucket_of, make_records, records_of

SOURCE = "/var/log/access.log"
LINE_BYTES = 10


@lru_cache(1)
def log_records() -> list[LogRecord]:
    """The records of the log."""
    return make_records(4000, 7)


def stretch(start: int, end: int, *, source: str = SOURCE, generation: int = 1) -> LogBucket:
    """The bucket of some lines of the log."""
    return bucket_of(log_records()[start:end], offset=LINE_BYTES * start, source=source, generation=generation)


def place(lines: int, *, source: str = SOURCE, generation: int = 1, state: str = "active") -> Checkpoint:
    """The checkpoint after some lines of the log."""
    return Checkpoint(
        source=source,
        generation=generation,
        path=source,
        device=2,
        inode=3,
        inode_version=None,
        low=0,
        offset=LINE_BYTES * lines,
        head=b"head",
        window=b"window",
        size=LINE_BYTES * lines,
        modified_ns=0,
        state=state,  # type: ignore[arg-type]
    )


def batch(start: int, end: int) -> Batch:
    """Some lines of the log, and the checkpoint after them."""
    return Batch((stretch(start, end),), (place(end),))


def batches(count: int = 4000, seed: int = 1, most: int = 200, start: int = 0) -> Iterator[Batch]:
    """The log from a line on, in pieces of any size."""
    rng = random.Random(seed)
    while start < count:
        end = min(count, start + rng.randrange(1, most))
        yield batch(start, end)
        start = end


def lines_of(history: History) -> int:
    """How many lines of the log a history holds; fails when they are not exactly its first ones."""
    checkpoints = history.checkpoints(SOURCE)
    lines = checkpoints[-1].offset // LINE_BYTES if checkpoints else 0
    buckets = sorted(history.buckets(Wanted()), key=lambda bucket: bucket.offset)
    end, records = 0, []
    for bucket in buckets:
        assert bucket.offset == end
        end += bucket.length
        records += records_of(bucket)
    assert end == LINE_BYTES * lines
    assert records == (records_of(bucket_of(log_records()[:lines])) if lines else [])
    assert sum(source.records for source in history.sources()) == lines
    assert list(history.connection.execute("PRAGMA integrity_check")) == [("ok",)]
    orphans = "SELECT count(*) FROM bucket_column WHERE place / 64 NOT IN (SELECT id FROM bucket)"
    assert list(history.connection.execute(orphans)) == [(0,)]
    return lines
