"""Lines that are piped in come once, whole, and the newest can be read back."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator

import pytest

from glance.errors import SourceError
from glance.sources.stdin import Pipe, open_named_pipe
from glance.sources.waker import IntervalWaker


@pytest.fixture
async def ends() -> AsyncIterator[tuple[int, int]]:
    """The reading and the writing end of a pipe."""
    reading, writing = os.pipe()
    yield reading, writing
    for fd in (reading, writing):
        with contextlib.suppress(OSError):
            os.close(fd)


async def text_of(pipe: Pipe) -> bytes:
    return b"".join(chunk.data for chunk in await pipe.poll())


async def test_whole_lines_come_as_they_are_written_and_the_end_is_the_end(ends):
    pipe = Pipe(ends[0])
    assert await text_of(pipe) == b""
    assert pipe.status.condition == "waiting"
    os.write(ends[1], b"one\ntw")
    assert await text_of(pipe) == b"one\n"
    assert pipe.status.condition == "following"
    os.write(ends[1], b"o\nthree")
    (chunk,) = await pipe.poll()
    assert (chunk.data, chunk.offset, chunk.path) == (b"two\n", 4, "-")
    os.close(ends[1])
    (last,) = await pipe.poll()

    assert (last.data, last.is_partial, last.offset) == (b"three", True, 8)
    assert pipe.is_ended
    assert pipe.is_at_end
    assert pipe.status.condition == "ended"
    assert await pipe.poll() == []
    await pipe.close()


async def test_a_poll_is_bounded_and_says_that_there_is_more(ends):
    pipe = Pipe(ends[0])
    os.write(ends[1], b"0123456\n" * 100)

    assert len(await text_of(pipe)) <= 800
    assert pipe.is_at_end
    os.write(ends[1], b"0123456\n" * 100)
    assert b"".join(chunk.data for chunk in await pipe.poll(80)) == b"0123456\n" * 10
    assert not pipe.is_at_end
    await pipe.close()


async def test_lines_are_read_back_as_long_as_they_are_kept(ends):
    pipe = Pipe(ends[0], spool_bytes=16)
    os.write(ends[1], b"one\ntwo\n")
    (chunk,) = await pipe.poll()
    assert pipe.read_back(chunk.generation, 4, 3) == b"two"

    os.write(ends[1], b"three\nfour\nfive\n")
    await pipe.poll()
    assert pipe.read_back(chunk.generation, 4, 3) is None
    assert pipe.read_back(chunk.generation, 14, 4) == b"four"
    assert pipe.status.dropped_bytes == 8
    await pipe.close()


async def test_the_hint_comes_when_more_comes_and_the_terminal_flags_stay(ends):
    hinted = asyncio.Event()
    pipe = Pipe(ends[0], hint=hinted.set)
    await pipe.poll()
    assert not hinted.is_set()
    os.write(ends[1], b"one\n")
    await hinted.wait()

    assert await text_of(pipe) == b"one\n"
    assert os.get_blocking(ends[0])
    await pipe.close()


async def test_a_writer_in_full_flow_is_read_in_few_polls(ends):
    """A pipe holds 64 KB; reading goes on while the writer does."""
    data = b"0123456\n" * 50_000

    def write() -> None:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(ends[1], rest) :]
        os.close(ends[1])

    waker = IntervalWaker(60, rest_seconds=0)
    pipe = Pipe(ends[0], hint=waker.awaken)
    await pipe.poll()
    writing = asyncio.create_task(asyncio.to_thread(write))
    received = b""
    polls = 0
    while not pipe.is_ended:
        await waker.wait()
        received += await text_of(pipe)
        polls += 1
    await writing

    assert received == data
    assert polls <= 3
    await pipe.close()


async def test_a_file_as_standard_input(tmp_path):
    path = tmp_path / "access.log"
    path.write_bytes(b"one\ntwo")
    with path.open("rb") as file:
        pipe = Pipe(file.fileno(), hint=lambda: None)
        assert await text_of(pipe) == b"one\ntwo"
        assert pipe.is_ended
        await pipe.close()


async def test_a_named_pipe_waits_for_writer_after_writer(tmp_path):
    path = tmp_path / "fifo"
    os.mkfifo(path)
    pipe = open_named_pipe(str(path))
    assert await text_of(pipe) == b""
    for line in (b"one\n", b"two\n"):
        writing = os.open(path, os.O_WRONLY)
        os.write(writing, line)
        os.close(writing)
        assert await text_of(pipe) == line
        assert not pipe.is_ended
    await pipe.close()


def test_what_is_no_named_pipe_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SourceError, match="file"):
        open_named_pipe(str(tmp_path / "file"))
    with pytest.raises(SourceError, match="missing"):
        open_named_pipe(str(tmp_path / "missing"))


async def test_a_closed_input_has_words():
    reading, writing = os.pipe()
    os.close(reading)
    os.close(writing)
    pipe = Pipe(reading)
    await pipe.poll()

    assert (pipe.status.condition, pipe.is_ended) == ("failing", True)
    await pipe.close()
