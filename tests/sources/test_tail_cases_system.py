"""The system around a log, case by case: many names, many files, errors, limits, other people's files."""

from __future__ import annotations

import asyncio
import errno
import os
import resource
import shutil
import time

import pytest
import watchfiles

from glance.errors import SourceError
from glance.paths import private_dir, state_dir
from glance.sources import waker as waking
from glance.sources.discovery import Glob, discover, examine
from glance.sources.slots import FileSlots
from glance.sources.tail import Tail
from tests.sources.bookkeeper import OldFiles, append, numbered, rotate


def names(found):
    return [os.path.basename(source.path) for source in found]


async def test_t10_a_file_with_two_names_is_read_once(tmp_path):
    append(tmp_path / "a.log", numbered(0, 3))
    os.link(tmp_path / "a.log", tmp_path / "b.log")
    pattern = Glob(str(tmp_path / "*.log"))
    assert names(pattern.rescan()) == ["a.log"]
    os.link(tmp_path / "a.log", tmp_path / "c.log")
    assert names(pattern.rescan()) == []
    assert names(discover([str(tmp_path / "a.log"), str(tmp_path / "b.log"), str(tmp_path / "*.log")]).sources) == [
        "a.log"
    ]


async def test_t10_a_second_name_beside_the_log_is_no_predecessor(log, books):
    append(log, numbered(0, 3))
    await books.read_all()
    os.link(log, log.with_name("access.log.1"))
    append(log, numbered(3, 3))

    assert await books.wait(1) == numbered(3, 3)
    assert await books.restart() == b""


async def test_t10_what_one_tail_holds_can_be_asked(log, books):
    append(log, numbered(0, 3))
    await books.read_all()
    log.rename(log.with_name("other.log"))
    await books.read_all()
    status = os.stat(log.with_name("other.log"))

    assert books.tail.identities == {(status.st_dev, status.st_ino)}


async def test_t11_two_logs_that_begin_with_the_same_kilobyte_are_both_read(tmp_path, keep_books):
    same = numbered(0, 60)
    append(tmp_path / "a.log", same + numbered(100, 2))
    append(tmp_path / "b.log", same + numbered(200, 2))
    found = Glob(str(tmp_path / "*.log")).rescan()

    assert names(found) == ["a.log", "b.log"]
    for source in found:
        assert await keep_books(source.path).read_all() == (tmp_path / source.path).read_bytes()


async def test_t32_without_change_notices_the_interval_finds_everything(log, books, monkeypatch, caplog):
    async def too_many(*paths, **named):
        raise OSError(errno.ENOSPC, "no space left on device: the limit of watches is reached")
        yield

    monkeypatch.setattr(waking, "awatch", too_many)
    append(log, numbered(0, 1))
    waker = waking.IntervalWaker(0.001)
    await waking.watch_for_hints([log], waker, asyncio.Event())
    await waker.wait()

    assert await books.read_all() == numbered(0, 1)
    assert len([record for record in caplog.records if record.levelname == "WARNING"]) == 1
    assert watchfiles.awatch is not too_many


async def test_t33_many_files_are_cheap_and_few_are_open(tmp_path, monkeypatch):
    count, turned = 2000, OldFiles()
    slots = FileSlots(100)
    for number in range(count):
        append(tmp_path / f"app{number}.log", numbered(number, 1))
    tails = [
        Tail(tmp_path / f"app{number}.log", now=turned.now, clock=turned.clock, slots=slots) for number in range(count)
    ]
    before = len(os.listdir("/proc/self/fd"))
    first = [await tail.poll() for tail in tails]
    assert all(len(chunks) == 1 for chunks in first)
    assert len(os.listdir("/proc/self/fd")) - before <= 100
    turned.ahead += 60
    for tail in tails:
        assert await tail.poll() == []
    begin = time.process_time()
    for tail in tails:
        assert await tail.poll() == []
    seconds = time.process_time() - begin
    assert seconds < 0.25, "and with 10,000 of them less than five times that"
    append(tmp_path / "app7.log", b"more\n")
    busy = [(tail.path, chunk.data) for tail in tails for chunk in await tail.poll()]
    assert busy == [(str(tmp_path / "app7.log"), b"more\n")]
    assert len(os.listdir("/proc/self/fd")) - before <= 101
    for tail in tails:
        await tail.close()


async def test_t33_a_log_that_was_closed_to_save_files_goes_on_exactly(tmp_path, keep_books):
    slots, turned = FileSlots(1), OldFiles()
    first = keep_books(tmp_path / "a.log", turned=turned, slots=slots)
    second = keep_books(tmp_path / "b.log", turned=turned, slots=slots)
    for number in range(6):
        append(first.path, numbered(number * 10, 3))
        append(second.path, numbered(1000 + number * 10, 3))
        if number == 3:
            rotate(first.path)
            append(first.path, numbered(99, 1))
        await first.read_all()
        await second.read_all()
        assert len(first.tail.identities) + len(second.tail.identities) <= (3 if number >= 3 else 1)
        assert first.tail.status.condition == "following"
        await first.wait(31)
        await second.wait(31)

    assert len(first.lines) == len(set(first.lines)) == 19
    assert len(second.lines) == len(set(second.lines)) == 18
    assert first.gaps == second.gaps == []
    assert first.tail.status.rotations_total == 1


def test_t33_half_of_the_files_of_the_process_may_be_logs():
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)

    assert FileSlots().most == min(65_536, soft // 2)


async def test_t33_the_busiest_log_gives_way(tmp_path, keep_books):
    busy, quiet = keep_books(tmp_path / "a.log"), keep_books(tmp_path / "b.log")
    append(busy.path, numbered(0, 100_000))
    append(quiet.path, numbered(0, 1))
    chunks = await busy.read(most_bytes=100_000)

    assert sum(len(chunk.data) for chunk in chunks) <= 100_000 + (1 << 20)
    assert not busy.tail.is_at_end
    assert await quiet.read_all() == numbered(0, 1)


async def test_t34_no_permission_says_so_once_and_is_tried_again(log, books, monkeypatch, caplog):
    append(log, numbered(0, 1))
    really_open = os.open

    def refuse(path, flags, *rest, **named):
        if path == str(log):
            raise PermissionError(errno.EACCES, "Permission denied")
        return really_open(path, flags, *rest, **named)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse)
        for _ in range(50):
            assert await books.wait(1) == b""
    assert books.tail.status.note == "permission denied"
    assert len([record for record in caplog.records if record.levelname == "WARNING"]) == 1

    assert await books.wait(31) == numbered(0, 1)


async def test_t34_a_directory_that_goes_and_comes_back(tmp_path, keep_books):
    folder = tmp_path / "logs"
    folder.mkdir()
    books = keep_books(folder / "access.log")
    append(books.path, numbered(0, 3))
    await books.read_all()
    shutil.rmtree(folder)
    assert await books.wait(10) == b""
    folder.mkdir()
    append(books.path, numbered(3, 3))

    assert await books.wait(10) == numbered(3, 3)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["fifo", "directory"])
async def test_t35_what_is_no_file_is_skipped_by_a_pattern_and_beside_a_log(log, books, make):
    make(log.with_name("other.log"))
    make(log.with_name("access.log.1"))
    append(log, numbered(0, 1))

    assert names(Glob(str(log.with_name("*.log"))).rescan()) == ["access.log"]
    assert await books.read_all() == numbered(0, 1)
    assert await books.restart() == b""


async def test_t36_glance_does_not_read_what_it_writes(tmp_path):
    own = private_dir(state_dir()) / "glance.log"
    append(own, numbered(0, 1))
    (tmp_path / "link.log").symlink_to(own)
    append(tmp_path / "other.log", numbered(0, 1))

    for path in (own, tmp_path / "link.log"):
        with pytest.raises(SourceError, match="cannot be read as a log") as refused:
            examine(str(path))
        assert "its own files" in refused.value.why
    assert names(Glob(str(tmp_path / "*.log")).rescan()) == ["other.log"]


async def test_t38_f39_a_log_that_is_written_faster_than_it_is_read(log, books):
    """What waits is in the file, not in memory; and a rotation while it waits loses nothing."""
    append(log, numbered(0, 100_000))
    await books.read(most_bytes=1 << 18)
    books.commit()
    lag = books.tail.status.lag_bytes
    assert lag == len(numbered(0, 100_000)) - books.tail.offset > 1 << 20
    append(log, numbered(100_000, 50_000))
    rotate(log)
    append(log, numbered(150_000, 10))
    await books.read(most_bytes=1 << 18)
    books.commit()
    assert books.tail.status.lag_bytes > lag - (1 << 21)
    await books.kill()
    await books.read_all()

    assert b"\n".join(books.lines) + b"\n" == numbered(0, 150_010)
    assert books.gaps == []
