"""Errors of the file system, case by case: tried again, nothing doubled, and a gap only when the data is gone."""

from __future__ import annotations

import errno
import os

import pytest

from tests.sources.bookkeeper import append, numbered, rotate


class Faulty:
    """An open file whose reads go wrong in some way."""

    def __init__(self, file, read):
        self._file = file
        self._read = read

    def __getattr__(self, name):
        return getattr(self._file, name)

    async def read(self, size):
        return await self._read(self._file, size)


@pytest.mark.parametrize("number", [errno.EIO, errno.ESTALE])
async def test_t31_f29_a_file_that_cannot_be_read_is_opened_again_later(log, books, number):
    append(log, numbered(0, 5))
    await books.read_all()
    append(log, numbered(5, 5))

    async def fail(file, size):
        raise OSError(number, os.strerror(number))

    reader = books.tail._lineage.current
    reader._file = Faulty(reader._file, fail)
    assert await books.wait(0) == b""
    assert books.tail.status.condition == "failing"
    assert await books.wait(0.5) == b""
    assert await books.wait(1) == numbered(5, 5)
    assert books.tail.status.condition == "following"
    assert books.gaps == []


async def test_f29_a_rotated_file_that_fails_is_read_later(log, books):
    append(log, numbered(0, 5))
    await books.read_all()
    append(log, numbered(5, 5))

    async def fail(file, size):
        raise OSError(errno.EIO, "Input/output error")

    reader = books.tail._lineage.current
    reader._file = Faulty(reader._file, fail)
    rotate(log)
    append(log, numbered(10, 1))
    assert await books.read_all() == numbered(10, 1)
    assert await books.wait(3) == numbered(5, 5)
    assert books.gaps == []


async def test_f29_a_rotated_file_that_fails_and_is_gone_is_a_gap(log, books):
    append(log, numbered(0, 5))
    await books.read_all()
    append(log, numbered(5, 5))

    async def fail(file, size):
        raise OSError(errno.EIO, "Input/output error")

    reader = books.tail._lineage.current
    reader._file = Faulty(reader._file, fail)
    log.unlink()
    append(log, numbered(10, 1))
    await books.read_all()
    await books.wait(3)

    assert books.lines == (numbered(0, 5) + numbered(10, 1)).split(b"\n")[:-1]
    assert books.lost("unreadable") == len(numbered(5, 5))


async def test_f29_reads_that_give_a_little_at_a_time(log, books):
    append(log, numbered(0, 50))
    await books.read(most_bytes=1)

    async def read_little(file, size):
        return await file.read(min(size, 3))

    append(log, numbered(50, 50))
    reader = books.tail._lineage.current
    reader._file = Faulty(reader._file, read_little)
    await books.read_all()
    await books.read_all()

    assert b"\n".join(books.lines) + b"\n" == numbered(0, 100)
    assert books.tail.status.truncations_total == 0


async def test_f30_a_size_that_is_ahead_of_the_bytes(log, books):
    append(log, numbered(0, 5))
    await books.read_all()
    reads = 0

    async def read_nothing(file, size):
        nonlocal reads
        reads += 1
        return b""

    reader = books.tail._lineage.current
    really = reader._file
    reader._file = Faulty(really, read_nothing)
    append(log, numbered(5, 5))
    assert await books.read_all() == b""
    assert books.tail.is_at_end
    assert reads < 5
    reader._file = really

    assert await books.read_all() == numbered(5, 5)
    assert books.tail.status.truncations_total == 0
