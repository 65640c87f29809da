"""What was read and the place it was read to are written together, or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import apsw

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.bucket_head import Wanted
from glance.domain.logs.checkpoint import Checkpoint
from glance.ingest.named import readers_named
from glance.ingest.parse import parse
from glance.pipeline.history_thread import HistoryThread
from glance.pipeline.recorder import Recorder
from glance.sources.source import Source
from glance.store.history import History

LINE = b'203.0.113.9 - - [10/Nov/2026:10:00:0%d +0000] "GET /n/%d HTTP/1.1" 200 10 "-" "curl/8"\n'
SOURCE = "/var/log/access.log"


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        """Begin at nought."""
        self.at = 0.0

    def __call__(self) -> float:
        """The moment."""
        return self.at


def bucket(number: int) -> LogBucket:
    """A bucket of one line, the `number`th of its log."""
    data = LINE % (number % 10, number)
    (made,) = parse(data, readers_named("combined"), source=SOURCE, generation=7, offset=number * len(data))
    return made


def place(bucket: LogBucket) -> Checkpoint:
    """The place after a bucket."""
    end = bucket.offset + bucket.length
    return Checkpoint(SOURCE, 7, SOURCE, 1, 2, None, 0, end, b"head", b"window", end, 0)


class ReadSource:
    """A source that was read up to a place."""

    def __init__(self, *places: Checkpoint) -> None:
        """Nothing is on record."""
        self.checkpoints = places

    def acknowledge(self, recorded: Sequence[Checkpoint]) -> None:
        """These are on record."""
        self.checkpoints = tuple(place for place in self.checkpoints if place not in recorded)


def read_to(bucket: LogBucket) -> Source:
    """The source of a bucket that was read whole."""
    return cast("Source", ReadSource(place(bucket)))


def stored(path: Path) -> tuple[int, list[int]]:
    """Records and places in a database, seen from another connection."""
    history = History.open(path, writes=False)
    records = sum(each.records for each in history.buckets(Wanted()))
    places = [each.offset for each in history.checkpoints(SOURCE)]
    history.close()
    return records, places


async def test_only_what_was_noted_is_written(tmp_path: Path) -> None:
    """A bucket whose place is not known yet waits: it would be read again."""
    path, clock = tmp_path / "glance.db", Hand()
    thread = HistoryThread.open(path, writes=True)
    recorder = Recorder(thread, clock)
    first, second = bucket(0), bucket(1)
    recorder.take([first])
    recorder.note(read_to(first), [])
    recorder.take([second])

    assert await recorder.commit()
    assert stored(path) == (1, [first.length])
    recorder.note(read_to(second), [])
    assert await recorder.commit()
    assert stored(path) == (2, [first.length + second.length])
    await thread.close()


async def test_a_locked_database_is_tried_again_later_and_later(tmp_path: Path) -> None:
    """What waits is told of, and nothing of it is lost or doubled."""
    path, clock = tmp_path / "glance.db", Hand()
    thread = HistoryThread.open(path, writes=True)
    await thread.ask(lambda history: history.connection.set_busy_timeout(10))
    recorder = Recorder(thread, clock)
    other = apsw.Connection(str(path))
    other.execute("BEGIN IMMEDIATE")
    first, second = bucket(0), bucket(1)
    recorder.take([first])
    recorder.note(read_to(first), [])

    assert not await recorder.commit()
    assert recorder.note_text
    assert recorder.waiting_lines == 1
    assert not recorder.is_due
    recorder.take([second])
    recorder.note(read_to(second), [])
    clock.at = 1.1
    assert recorder.is_due
    assert not await recorder.commit()
    clock.at = 2.2
    assert not recorder.is_due, "the wait grows"
    assert recorder.refused_seconds == 2.2
    other.execute("ROLLBACK")
    other.close()
    clock.at = 10.0

    assert recorder.is_due
    assert await recorder.commit()
    assert (recorder.note_text, recorder.waiting_lines, recorder.refused_seconds) == ("", 0, 0.0)
    assert stored(path) == (2, [first.length + second.length])
    await thread.close()


async def test_too_much_that_waits_says_so(tmp_path: Path, monkeypatch: object) -> None:
    """A collector then reads no more until the database takes it."""
    thread = HistoryThread.open(tmp_path / "glance.db", writes=True)
    recorder = Recorder(thread, Hand(), most_waiting_bytes=100)
    recorder.take([bucket(0)])
    assert not recorder.is_full
    recorder.take([bucket(1)])
    assert recorder.is_full
    await thread.close()
