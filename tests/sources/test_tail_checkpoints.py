"""What is given for the record describes what was handed out, and another process goes on exactly there."""

from __future__ import annotations

import os

from tests.sources.bookkeeper import append, numbered, rotate
from tests.sources.test_tail_cases_archives import pack


async def test_a_checkpoint_says_all_that_is_needed(log, books):
    append(log, numbered(0, 100) + b"unfini")
    await books.read_all()
    (known,) = books.checkpoints.values()
    status = os.stat(log)

    assert known.source == known.path == str(log)
    assert known.generation == books.tail.generation.number == books.chunks[0].generation.number
    assert (known.device, known.inode) == (status.st_dev, status.st_ino)
    assert (known.low, known.offset, known.size) == (0, len(numbered(0, 100)), status.st_size)
    assert known.head == numbered(0, 100)[:1024]
    assert known.window == numbered(0, 100)[-256:]
    assert (known.modified_ns, known.state, known.is_skipping) == (status.st_mtime_ns, "active", False)


async def test_the_source_is_the_absolute_path_that_was_named(tmp_path, keep_books, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link.log").symlink_to("real.log")
    append(tmp_path / "real.log", numbered(0, 1))
    books = keep_books("link.log")
    await books.read_all()
    (known,) = books.checkpoints.values()

    assert (known.source, known.path) == (str(tmp_path / "link.log"), str(tmp_path / "real.log"))
    assert books.tail.path == "link.log"


async def test_only_what_is_not_on_record_is_given(log, books):
    append(log, numbered(0, 1))
    await books.read()
    first = books.tail.checkpoints
    assert len(first) == 1
    assert books.tail.checkpoints == first, "as long as nobody says that it was written"
    books.tail.acknowledge(first)
    assert books.tail.checkpoints == ()
    await books.read()
    assert books.tail.checkpoints == ()
    append(log, numbered(1, 1))
    await books.read()
    (second,) = books.tail.checkpoints
    assert second.offset > first[0].offset
    books.tail.acknowledge(first)
    assert books.tail.checkpoints == (second,)


async def test_following_from_the_middle_and_filling_the_past(log, books):
    append(log, numbered(0, 100))
    tail = books.start()
    fd = await tail.open()
    begin, half = len(numbered(0, 60)), len(numbered(0, 30))
    tail.start_at(begin)
    assert os.pread(fd, 4, 0) == b"line"
    assert await books.read_all() == numbered(60, 40)
    (known,) = books.checkpoints.values()
    assert (known.low, known.offset) == (begin, len(numbered(0, 100)))
    tail.lowered(known.generation, half)
    books.commit()
    append(log, numbered(100, 1))
    await books.kill()

    tail = books.start()
    await tail.open()
    assert (tail.is_resumed, tail.low, tail.offset) == (True, half, len(numbered(0, 100)))
    tail.start_at(0)
    assert tail.offset == len(numbered(0, 100)), "a log that was read goes on where it stood"
    assert await books.read_all() == numbered(100, 1)
    tail.lowered(known.generation, 0)
    assert await books.restart() == b""
    assert {one.low for one in books.checkpoints.values()} == {half}, "it was not committed"


async def test_what_others_read_is_passed_over(log, books):
    append(log, numbered(0, 10))
    await books.read_all()
    append(log, numbered(10, 100))
    await books.kill()
    tail = books.start()
    await tail.open()
    assert tail.take_over(len(numbered(0, 60)))
    books.commit()
    assert next(iter(books.checkpoints.values())).offset == len(numbered(0, 60))
    assert tail.take_over(len(numbered(0, 80)))

    assert await books.read_all() == numbered(80, 30)
    os.truncate(log, 0)
    assert not tail.take_over(len(numbered(0, 200)))


async def test_the_unread_past_is_found_wherever_it_was_moved(log, books):
    for first in (0, 1000, 2000):
        append(log, numbered(first, 100))
        tail = books.start()
        await tail.open()
        if first == 0:
            tail.start_at(len(numbered(0, 60)))
            await books.read_all()
        else:
            await books.read_all()
            tail.lowered(tail.generation.number, len(numbered(first, 10)))
            books.commit()
        await books.kill()
        rotate(log)
    pack(log.with_name("access.log.3"))
    append(log, numbered(3000, 1))
    tail = books.start()
    pasts = await tail.open_pasts()
    held = [os.pread(past.fd, past.low, 0) for past in pasts]
    for past in pasts:
        os.close(past.fd)

    assert held == [numbered(0, 60), numbered(1000, 10), numbered(2000, 10)]
    assert {past.generation for past in pasts} <= set(books.checkpoints)
    for past in pasts:
        tail.lowered(past.generation, 0)
    await books.read_all()
    assert {known.low for known in books.checkpoints.values()} == {0}


async def test_many_generations_are_bounded_but_none_that_is_there(log, books):
    for number in range(300):
        append(log, numbered(number * 10, 3))
        await books.read_all()
        os.truncate(log, 0)
        await books.read_all()
        books.gaps.clear()
    assert len(list(books.tail._ledger)) <= 258
