"""Truncation, case by case: what was not read is taken from the copy, or is a gap; nothing is garbled."""

from __future__ import annotations

import os
import shutil

import pytest

from tests.sources.bookkeeper import append, numbered


@pytest.mark.parametrize("is_running", [True, False], ids=["running", "stopped"])
async def test_t03_copytruncate_with_the_copy_beside_the_log(log, books, is_running):
    append(log, numbered(0, 10))
    await books.read_all()
    if not is_running:
        await books.kill()
    append(log, numbered(10, 30) + b"unfini")
    shutil.copy(log, log.with_name("access.log.1"))
    os.truncate(log, 0)
    append(log, numbered(40, 5))
    if not is_running:
        books.start()

    assert await books.read_all() == numbered(10, 35)
    assert books.gaps == []
    (last,) = [chunk for chunk in books.chunks if chunk.is_partial] or [None]
    assert last is None
    assert await books.wait(5) == b"unfini"
    assert await books.restart() == b""


async def test_t03_a_copy_that_is_made_while_glance_looks_is_no_new_log(log, books):
    append(log, numbered(0, 100))
    await books.read_all()
    append(log, numbered(100, 100))
    copy = log.with_name("access.log.1")
    for size in (10, 3000, 5000):
        copy.write_bytes(log.read_bytes()[:size])
        await books.read_all()
        await books.restart()
    shutil.copy(log, copy)
    await books.read_all()
    os.truncate(log, 0)
    await books.read_all()
    append(log, numbered(200, 1))
    await books.wait(100)

    assert b"\n".join(books.lines) + b"\n" == numbered(0, 201)
    assert books.gaps == []


@pytest.mark.parametrize("is_running", [True, False], ids=["running", "stopped"])
async def test_t04_truncated_without_a_copy_is_a_gap(log, books, is_running):
    append(log, numbered(0, 10))
    await books.read_all()
    append(log, numbered(10, 20))
    await books.read(most_bytes=1)
    books.commit()
    known = books.tail.places[-1]
    if not is_running:
        await books.kill()
    os.truncate(log, 0)
    append(log, numbered(50, 3))
    if not is_running:
        books.start()

    assert await books.read_all() == numbered(50, 3)
    assert books.lost("truncated") >= known.size - known.offset >= 0
    assert len(books.gaps) == 1


async def test_t04_what_was_known_and_not_read_is_counted(log, keep_books):
    books = keep_books(chunk_bytes=30)
    append(log, numbered(0, 10))
    await books.read(most_bytes=30)
    books.commit()
    rest = len(numbered(0, 10)) - books.tail.offset
    os.truncate(log, 0)
    await books.read_all()

    assert books.lost("truncated") == rest > 0
    assert books.tail.status.lost_bytes == rest


@pytest.mark.parametrize("is_running", [True, False], ids=["running", "stopped"])
@pytest.mark.parametrize("header", [b"", b"#Fields: one two three\n" * 20], ids=["", "with a header"])
@pytest.mark.parametrize("count", [10, 11, 500])
async def test_t05_truncated_and_refilled_beyond_the_old_offset(log, books, is_running, header, count):
    append(log, header + numbered(0, 10))
    await books.read_all()
    if not is_running:
        await books.kill()
    with log.open("r+b") as file:
        file.truncate(0)
        file.write(header + numbered(1000, count))
    if not is_running:
        books.start()

    assert await books.read_all() == header + numbered(1000, count)
    assert books.lost("truncated") == 0


async def test_t03_copytruncate_of_a_file_that_was_seen_and_not_yet_read(log, books):
    append(log, numbered(0, 10))
    tail = books.start()
    await tail.open()
    shutil.copy(log, log.with_name("access.log.1"))
    os.truncate(log, 0)
    append(log, numbered(10, 20))

    assert await books.read_all() == numbered(0, 30)
    assert books.gaps == []
    assert await books.restart() == b""


async def test_t03_copytruncate_between_the_opening_and_the_first_poll_of_a_back_fill(log, books):
    append(log, numbered(0, 10))
    tail = books.start()
    await tail.open()
    tail.start_at(len(numbered(0, 10)))
    append(log, numbered(10, 5))
    shutil.copy(log, log.with_name("access.log.1"))
    os.truncate(log, 0)
    append(log, numbered(15, 5))

    assert await books.read_all() == numbered(10, 10)
    assert books.gaps == []
