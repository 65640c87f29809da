"""The reading of the past, when it ends before its end."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from glance.domain.logs.bucket import LogBucket
from glance.ingest.spawned import SpawnedWorkers
from glance.pipeline import backfill as backfill_module
from glance.pipeline.backfill import Backfill
from glance.pipeline.log_feed import LogFeed
from glance.sources.tail import Tail

LINES = [
    b'203.0.113.9 - - [22/Nov/2026:10:00:%02d +0000] "GET /n/%d HTTP/1.1" 200 10 "-" "curl/8"\n' % (number % 60, number)
    for number in range(8000)
]


async def prepared(log: Path, *, is_forward: bool = False) -> tuple[LogFeed, Backfill]:
    """A feed that understands the log, and the back-fill of all of it."""
    log.write_bytes(b"".join(LINES))
    tail = Tail(log)
    fd = await tail.open()
    assert fd is not None
    feed = LogFeed(tail)
    feed.understand(b"".join(LINES[-100:]))
    return feed, Backfill(feed, fd, 0, log.stat().st_size, generation=1, is_forward=is_forward)


async def test_giving_up_while_workers_are_busy_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The memory is full: processes are ended and waited for, and no task fails unseen."""
    monkeypatch.setattr(backfill_module, "NEAR_BYTES", 10_000)
    monkeypatch.setattr(backfill_module, "FIRST_PIECE_BYTES", 10_000)
    monkeypatch.setattr(backfill_module, "STRETCH_BYTES", 60_000)
    ended = []
    leave = SpawnedWorkers.__aexit__

    async def leave_seen(self: SpawnedWorkers, *how: Any) -> None:
        await leave(self, *how)
        ended.append(self)

    monkeypatch.setattr(SpawnedWorkers, "__aexit__", leave_seen)
    failures: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: failures.append(context))
    feed, backfill = await prepared(tmp_path / "access.log")

    pieces = backfill.buckets()
    seen = 0
    async for _ in pieces:
        seen += 1
        if seen == 6:  # the first from a worker, while others are under way
            break
    await pieces.aclose()

    assert len(ended) == 1
    assert feed.pending_bytes == 0
    await feed.source.close()
    for _ in range(20):
        await asyncio.sleep(0)
    assert failures == []


@pytest.mark.parametrize("near_bytes", [10_000, 10_000_000], ids=["by workers", "here"])
async def test_oldest_first_keeps_the_newest_lines_to_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, near_bytes: int
) -> None:
    """`--from start`: the lines on the screen are the last of the log, not the first."""
    monkeypatch.setattr(backfill_module, "NEAR_BYTES", near_bytes)
    monkeypatch.setattr(backfill_module, "FIRST_PIECE_BYTES", 50_000)
    monkeypatch.setattr(backfill_module, "STRETCH_BYTES", 200_000)
    feed, backfill = await prepared(tmp_path / "access.log", is_forward=True)

    first = 0.0
    async for buckets in backfill.buckets():
        first = first or buckets[0].offset + 1

    assert feed.lines == len(LINES)
    assert first == 1
    assert [line.target for line in feed.log_lines(2)] == ["/n/7998", "/n/7999"]
    await feed.source.close()


@pytest.mark.parametrize("near_bytes", [20_000, 10_000_000], ids=["by workers", "here"])
@pytest.mark.parametrize("is_forward", [True, False], ids=["oldest first", "newest first"])
async def test_what_is_read_after_a_truncation_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, near_bytes: int, *, is_forward: bool
) -> None:
    """Copied and truncated by logrotate, and written again beyond: the tail reads that, as another generation."""
    monkeypatch.setattr(backfill_module, "NEAR_BYTES", near_bytes)
    monkeypatch.setattr(backfill_module, "FIRST_PIECE_BYTES", 10_000)
    monkeypatch.setattr(backfill_module, "STRETCH_BYTES", 60_000)
    log = tmp_path / "access.log"
    feed, backfill = await prepared(log, is_forward=is_forward)
    assert isinstance(feed.source, Tail)
    if not is_forward:
        feed.source.start_at(log.stat().st_size)
    seen: list[bytes] = []

    def take(buckets: list[LogBucket]) -> None:
        for bucket in buckets:
            column = bucket.texts["path"]
            seen.extend(column.values[index] for index in column.ids)

    turns = 0
    async for buckets in backfill.buckets():
        take(buckets)
        turns += 1
        if turns == 3:
            (tmp_path / "access.log.1").write_bytes(log.read_bytes())
            with log.open("r+b") as file:
                file.truncate(0)
                file.write(b"".join(line.replace(b"/n/", b"/new/") for line in LINES))
    while not feed.source.is_at_end:
        for chunk in await feed.source.poll():
            take(feed.take(chunk))

    assert len([path for path in seen if path.startswith(b"/new/")]) == len(LINES)
    old = [path for path in seen if path.startswith(b"/n/")]
    assert len(set(old)) == len(old)
    await feed.source.close()
