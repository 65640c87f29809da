"""What was read and the place it was read to are written together, or not at all."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import apsw
import pytest

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.bucket_head import Wanted
from glance.domain.logs.checkpoint import Checkpoint
from glance.domain.logs.gap import Gap
from glance.ingest.named import readers_named
from glance.ingest.parse import parse
from glance.pipeline.history_thread import HistoryThread
from glance.pipeline.recorder import Recorder
from glance.sources.source import Source
from glance.store.history import Batch, History

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


def bucket(number: int, source: str = SOURCE) -> LogBucket:
    """A bucket of one line, the `number`th of its log."""
    data = LINE % (number % 10, number)
    (made,) = parse(data, readers_named("combined"), source=source, generation=7, offset=number * len(data))
    return made


def place(bucket: LogBucket) -> Checkpoint:
    """The place after a bucket."""
    end = bucket.offset + bucket.length
    return Checkpoint(SOURCE, 7, SOURCE, 1, 2, None, 0, end, b"head", b"window", end, 0)


class ReadSource:
    """A source that was read up to a place."""

    def __init__(self, *places: Checkpoint) -> None:
        """Nothing is on record."""
        self.path = places[0].source
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


async def test_a_bucket_waits_for_the_note_of_its_own_log(tmp_path: Path) -> None:
    """One log is caught up in a task of its own while others are polled: their notes say nothing of its place."""
    path = tmp_path / "glance.db"
    thread = HistoryThread.open(path, writes=True)
    recorder = Recorder(thread, Hand())
    other, ours = bucket(0, "/var/log/other.log"), bucket(0)
    recorder.take([other])
    recorder.take([ours])
    recorder.note(read_to(ours), [])

    assert await recorder.commit()
    assert stored(path) == (1, [ours.length])
    assert recorder.waiting_lines == 1
    await thread.close()


async def test_a_gap_that_is_noticed_while_it_writes_is_kept(tmp_path: Path) -> None:
    thread = HistoryThread.open(tmp_path / "glance.db", writes=True)
    recorder = Recorder(thread, Hand())
    first = bucket(0)
    recorder.take([first])
    recorder.note(read_to(first), [])
    writing = asyncio.create_task(recorder.commit())
    await asyncio.sleep(0)  # it has begun, and waits for the database's thread
    recorder.take_gap(Gap(SOURCE, 7, 1.0, "bad_time", 0, lines=3))
    assert await writing
    assert await recorder.commit()

    assert [gap.lines for gap in await recorder.gaps([SOURCE])] == [3]
    await thread.close()


async def test_a_write_whose_end_nobody_saw_is_not_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cancelled while the transaction is under way: what it holds may be there, so it is read again, not written."""
    path, begun, may_go = tmp_path / "glance.db", threading.Event(), threading.Event()
    write = History.commit

    def waits(self: History, batch: Batch) -> None:
        begun.set()
        may_go.wait(5)
        write(self, batch)

    monkeypatch.setattr(History, "commit", waits)
    thread = HistoryThread.open(path, writes=True)
    recorder = Recorder(thread, Hand())
    first = bucket(0)
    recorder.take([first])
    recorder.note(read_to(first), [])
    writing = asyncio.create_task(recorder.commit())
    await asyncio.to_thread(begun.wait, 5)
    writing.cancel()
    may_go.set()
    with pytest.raises(asyncio.CancelledError):
        await writing
    await recorder.commit()
    await thread.close()

    assert stored(path) == (1, [first.length])


async def test_a_group_that_could_not_be_written_at_first_is_written_later(tmp_path: Path) -> None:
    path = tmp_path / "glance.db"
    thread = HistoryThread.open(path, writes=True)
    await thread.ask(lambda history: history.connection.set_busy_timeout(10))
    recorder = Recorder(thread, Hand(), group="shop")
    other = apsw.Connection(str(path))
    other.execute("BEGIN IMMEDIATE")
    await recorder.register(SOURCE, "combined")
    other.execute("ROLLBACK")
    other.close()
    first = bucket(0)
    recorder.take([first])
    recorder.note(read_to(first), [])
    assert await recorder.commit()
    await recorder.register(SOURCE, "combined")

    assert [source.group for source in await thread.ask(lambda history: history.sources())] == ["shop"]
    await thread.close()


async def test_a_database_that_was_damaged_meanwhile_is_closed_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "glance.db"
    thread = HistoryThread.open(path, writes=True)
    recorder = Recorder(thread, Hand())
    first, second = bucket(0), bucket(1)
    recorder.take([first])
    recorder.note(read_to(first), [])
    assert await recorder.commit()
    await thread.ask(lambda history: history.copy_wal())
    damaged = bytearray(path.read_bytes())
    damaged[4096:] = b"\xff" * (len(damaged) - 4096)
    path.write_bytes(damaged)
    await thread.ask(lambda history: history.connection.execute("PRAGMA shrink_memory").fetchall())
    recorder.take([second])
    recorder.note(read_to(second), [])

    assert not await recorder.commit()
    assert recorder.has_failed
    await thread.close()
