"""A history that another glance writes is followed: each record once, whatever is merged or appears meanwhile."""

from __future__ import annotations

from pathlib import Path

import pytest

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.bucket_head import BucketHead
from glance.domain.logs.series import LogSeries
from glance.errors import StoreError
from glance.ingest.named import readers_named
from glance.ingest.parse import parse
from glance.pipeline.history_thread import HistoryThread
from glance.pipeline.keeping import Keeping
from glance.store.history import Batch, History

LINE = b'203.0.113.9 - - [10/Nov/2026:10:00:0%d +0000] "GET /n/%07d HTTP/1.1" 200 10 "-" "curl/8"\n'
WIDTH = len(LINE % (0, 0))


def bucket(source: str, begin: int, end: int, generation: int = 1) -> LogBucket:
    """Lines `begin` to `end` of a log."""
    data = b"".join(LINE % (number % 10, number) for number in range(begin, end))
    (made,) = parse(data, readers_named("combined"), source=source, generation=generation, offset=begin * WIDTH)
    return made


class Reader:
    """A glance that follows, and counts what it takes."""

    def __init__(self, path: Path) -> None:
        """Open the history."""
        self.keeping = Keeping(HistoryThread.open(path, writes=False))
        self.paths: dict[str, list[bytes]] = {}

    def take(self, taken: LogBucket) -> None:
        """Note what is in it."""
        column = taken.texts["path"]
        self.paths.setdefault(taken.source, []).extend(column.values[index] for index in column.ids)

    async def restore(self, *sources: str) -> None:
        """Take what is stored."""
        async for stored in self.keeping.restored(sources, LogSeries(1 << 24)):
            self.take(stored)

    async def follow(self, *sources: str) -> None:
        """Take what is new."""
        for news in await self.keeping.news(sources):
            self.take(news)

    def has_once(self, source: str, count: int) -> bool:
        """Whether just the first lines of a log were taken, each once."""
        return sorted(self.paths[source]) == [b"/n/%07d" % number for number in range(count)]


async def test_a_log_that_appears_hides_no_news_of_the_others(tmp_path: Path) -> None:
    """Both are written in one transaction; one is restored then, the other followed."""
    writer = History.open(tmp_path / "glance.db")
    writer.commit(Batch((bucket("/a", 0, 10),)))
    reader = Reader(tmp_path / "glance.db")
    await reader.restore("/a")
    await reader.follow("/a")

    writer.commit(Batch((bucket("/a", 10, 15), bucket("/b", 0, 10, generation=2))))
    await reader.restore("/b")
    for number in range(15, 40):
        writer.commit(Batch((bucket("/a", number, number + 1),)))
        await reader.follow("/a", "/b")

    assert reader.has_once("/a", 40)
    assert reader.has_once("/b", 10)
    writer.close()
    await reader.keeping.close()


async def test_a_reader_that_slept_through_many_commits_takes_each_record_once(tmp_path: Path) -> None:
    """More of them than a bucket remembers were merged into the one of which it has the beginning."""
    writer = History.open(tmp_path / "glance.db")
    writer.commit(Batch((bucket("/a", 0, 10),)))
    reader = Reader(tmp_path / "glance.db")
    await reader.restore("/a")

    for number in range(10, 310):
        writer.commit(Batch((bucket("/a", number, number + 1),)))
    await reader.follow("/a")

    assert reader.has_once("/a", 310)
    writer.close()
    await reader.keeping.close()


async def test_news_that_cannot_be_read_now_are_read_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database fails between two buckets."""
    writer = History.open(tmp_path / "glance.db")
    reader = Reader(tmp_path / "glance.db")
    await reader.follow("/a")
    writer.commit(Batch((bucket("/a", 0, 10),)))
    writer.commit(Batch((bucket("/a", 10, 40),)))
    writer.commit(Batch((bucket("/b", 0, 10, generation=2),)))
    read, calls = History.bucket, 0

    def fails_once(self: History, head: BucketHead) -> LogBucket:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise StoreError("it is locked", is_passing=True)
        return read(self, head)

    monkeypatch.setattr(History, "bucket", fails_once)
    await reader.follow("/a", "/b")
    await reader.follow("/a", "/b")

    assert reader.has_once("/a", 40)
    assert reader.has_once("/b", 10)
    writer.close()
    await reader.keeping.close()
