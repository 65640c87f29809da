"""A tailed path hands out every line once, whatever happens to the file under its name."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from glance.errors import SourceError
from glance.sources.chunk import Chunk
from glance.sources.held import HELD_FILES
from glance.sources.regular_file import open_file
from glance.sources.tail import Tail


class Clock:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "access.log"


@pytest.fixture
async def tail_of(clock: Clock) -> AsyncIterator[Callable[..., Tail]]:
    """Makes tails that are closed after the test."""
    tails: list[Tail] = []

    def make(path: Path, **options: Any) -> Tail:
        tail = Tail(path, now=clock, **options)
        tails.append(tail)
        return tail

    yield make
    for tail in tails:
        await tail.close()


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


async def chunks_of(tail: Tail) -> list[Chunk]:
    """Everything that can be read now."""
    chunks = await tail.poll()
    while not tail.is_at_end:
        chunks += await tail.poll()
    return chunks


async def text_of(tail: Tail) -> bytes:
    return b"".join(chunk.data for chunk in await chunks_of(tail))


async def test_reads_what_is_there_and_then_what_is_added(log, tail_of):
    log.write_bytes(b"one\ntwo\n")
    tail = tail_of(log)

    assert await text_of(tail) == b"one\ntwo\n"
    assert await text_of(tail) == b""

    append(log, b"three\n")

    assert await text_of(tail) == b"three\n"
    assert tail.status.condition == "following"
    assert tail.status.lag_bytes == 0
    assert tail.status.size_bytes == 14


async def test_a_chunk_says_where_its_lines_stand(log, tail_of):
    log.write_bytes(b"one\n")
    tail = tail_of(log)
    (first,) = await chunks_of(tail)
    append(log, b"two\n")
    (second,) = await chunks_of(tail)

    assert (first.path, first.offset, first.end) == (str(log), 0, 4)
    assert (second.offset, second.end) == (4, 8)
    assert first.generation == second.generation
    assert first.generation.identity == (os.stat(log).st_dev, os.stat(log).st_ino)
    assert tail.read_back(second.generation, second.offset, 3) == b"two"


async def test_start_begins_in_the_middle_of_the_first_file_only(log, tail_of):
    log.write_bytes(b"one\ntwo\n")
    tail = tail_of(log, start=4)

    assert await text_of(tail) == b"two\n"

    log.rename(log.with_suffix(".log.1"))
    log.write_bytes(b"three\nfour\n")

    assert await text_of(tail) == b"three\nfour\n"


async def test_start_beyond_the_end_begins_at_the_start(log, tail_of):
    log.write_bytes(b"one\n")

    assert await text_of(tail_of(log, start=100)) == b"one\n"


async def test_open_and_start_at_read_the_file_that_the_back_fill_reads(log, tail_of):
    log.write_bytes(b"old\nnew\n")
    tail = tail_of(log)
    fd = await tail.open()
    log.rename(log.with_suffix(".log.1"))
    log.write_bytes(b"newest\n")

    tail.start_at(4)

    assert os.pread(fd, 4, 0) == b"old\n"
    assert await text_of(tail) == b"new\nnewest\n"


async def test_a_partial_line_waits_for_its_newline(log, tail_of):
    log.write_bytes(b"one\ntw")
    tail = tail_of(log)

    assert await text_of(tail) == b"one\n"
    assert tail.places[0].offset == 4
    assert tail.status.lag_bytes == 2

    append(log, b"o")
    assert await text_of(tail) == b""
    append(log, b"\nthr")
    assert await text_of(tail) == b"two\n"


async def test_finish_gives_the_waiting_line_once(log, tail_of):
    log.write_bytes(b"one\ntwo")
    tail = tail_of(log)
    await chunks_of(tail)

    (last,) = await tail.finish()

    assert (last.data, last.offset, last.is_partial) == (b"two", 4, True)
    assert await tail.finish() == []


async def test_renamed_log_is_read_to_its_end_first(log, tail_of):
    old = log.with_name("access.log.1")
    log.write_bytes(b"a1\n")
    tail = tail_of(log)
    await chunks_of(tail)
    append(log, b"a2\n")
    log.rename(old)
    log.write_bytes(b"b1\n")
    append(old, b"a3\n")

    first, second = await chunks_of(tail)

    assert (first.data, second.data) == (b"a2\na3\n", b"b1\n")
    assert (first.offset, second.offset) == (3, 0)
    assert first.generation.number != second.generation.number
    assert tail.status.rotations_total == 1
    assert tail.status.note == "was rotated"


async def test_while_the_name_is_gone_the_old_file_is_still_read(log, tail_of):
    old = log.with_name("access.log.1")
    log.write_bytes(b"a1\n")
    tail = tail_of(log)
    await chunks_of(tail)
    log.rename(old)
    append(old, b"a2\n")

    assert await text_of(tail) == b"a2\n"
    assert tail.status.condition == "missing"
    assert tail.status.note == "was moved away; waiting for a new one"

    append(old, b"a3\n")
    assert await text_of(tail) == b"a3\n"


async def test_a_server_that_is_told_late_loses_nothing(log, tail_of, clock):
    """The tool that rotates makes the new file before the server has let go of the old one."""
    old = log.with_name("access.log.1")
    log.write_bytes(b"a1\n")
    tail = tail_of(log, linger_seconds=30)
    await chunks_of(tail)
    log.rename(old)
    log.touch()
    assert await text_of(tail) == b""
    clock.at += 3600
    append(old, b"a2\n")
    assert await text_of(tail) == b"a2\n"
    append(log, b"b1\n")
    append(old, b"a3\n")

    assert await text_of(tail) == b"a3\nb1\n"

    clock.at += 29
    append(old, b"a4\n")
    assert await text_of(tail) == b"a4\n"
    clock.at += 29
    assert await text_of(tail) == b""
    assert len(tail.places) == 2
    clock.at += 1
    assert await text_of(tail) == b""
    assert len(tail.places) == 1


async def test_the_unfinished_line_of_a_rotated_file_comes_once_and_flagged(log, tail_of, clock):
    log.write_bytes(b"a1\na2")
    tail = tail_of(log)
    await chunks_of(tail)
    log.rename(log.with_name("access.log.1"))
    log.write_bytes(b"b1\n")
    assert await text_of(tail) == b"b1\n"
    clock.at += 30

    (last,) = await chunks_of(tail)

    assert (last.data, last.is_partial) == (b"a2", True)
    assert last.generation != tail.generation
    clock.at += 100
    assert await chunks_of(tail) == []


async def test_many_rotations_in_a_row_keep_every_line_and_few_files(log, tail_of):
    tail = tail_of(log)
    expected = b""
    received = b""
    for number in range(3 * HELD_FILES):
        if number:
            log.rename(log.with_name(f"access.log.{number}"))
        line = b"%d\n" % number
        log.write_bytes(line)
        expected += line
        received += await text_of(tail)

    assert received == expected
    assert len(tail.places) <= HELD_FILES + 1


async def test_copytruncate_goes_on_at_the_beginning(log, tail_of):
    log.write_bytes(b"a1\na2\n")
    tail = tail_of(log)
    (first,) = await chunks_of(tail)
    shutil.copy(log, log.with_name("access.log.1"))
    os.truncate(log, 0)
    append(log, b"b1\n")

    (second,) = await chunks_of(tail)

    assert (second.data, second.offset) == (b"b1\n", 0)
    assert second.generation.number != first.generation.number
    assert second.generation.identity == first.generation.identity
    assert tail.status.truncations_total == 1
    assert tail.status.note == "was truncated"
    assert tail.status.lost_bytes == 0


@pytest.mark.parametrize("length", [0, 1, 300, 5000], ids=["same", "one more", "some more", "much more"])
async def test_truncated_and_refilled_beyond_the_offset_is_a_new_generation(log, tail_of, length):
    log.write_bytes(b"".join(b"a%04d\n" % number for number in range(100)))
    tail = tail_of(log)
    await chunks_of(tail)
    refilled = b"".join(b"b%04d\n" % number for number in range(100)) + b"x" * length + b"\n"
    with log.open("r+b") as file:
        file.truncate(0)
        file.write(refilled)

    assert await text_of(tail) == refilled
    assert tail.status.truncations_total == 1


async def test_rewritten_to_the_same_size_at_the_same_time_is_seen(log, tail_of):
    log.write_bytes(b"a1\na2\n")
    os.utime(log, ns=(0, 12345))
    tail = tail_of(log)
    await chunks_of(tail)
    log.write_bytes(b"b1\nb2\n")
    os.utime(log, ns=(0, 12345))

    assert await text_of(tail) == b"b1\nb2\n"


async def test_truncation_gives_the_unfinished_line_and_counts_what_was_never_read(log, tail_of):
    log.write_bytes(b"a1\na2")
    tail = tail_of(log)
    await chunks_of(tail)
    log.write_bytes(b"b\n")

    last, following = await chunks_of(tail)

    assert (last.data, last.is_partial) == (b"a2", True)
    assert following.data == b"b\n"

    append(log, b"".join(b"%04d\n" % number for number in range(100)))
    await tail.poll(most_bytes=1)
    os.truncate(log, 0)
    await chunks_of(tail)
    assert tail.status.lost_bytes == 0  # one chunk was all of it


async def test_lost_bytes_are_counted(log, tail_of):
    log.write_bytes(b"0123456\n" * 100)
    tail = tail_of(log, chunk_bytes=80)
    await tail.poll(most_bytes=80)
    os.truncate(log, 0)
    await chunks_of(tail)

    assert tail.status.lost_bytes == 720


async def test_deleted_and_created_anew(log, tail_of):
    log.write_bytes(b"a1\n")
    tail = tail_of(log)
    await chunks_of(tail)
    append(log, b"a2\n")
    log.unlink()

    assert await text_of(tail) == b"a2\n"
    assert tail.status.condition == "missing"
    assert tail.status.note == "was deleted; waiting for a new one"

    log.write_bytes(b"b1\n")

    assert await text_of(tail) == b"b1\n"
    assert tail.status.condition == "following"
    assert tail.status.note == "was deleted and created anew"


async def test_inode_numbers_given_again_do_not_confuse(log, tail_of, clock):
    """ext4 hands out a freed inode at once; the content here even begins alike."""
    tail = tail_of(log, linger_seconds=0)
    for number in range(50):
        written = b"#Fields: the same header in each\n%d\n" % number
        log.write_bytes(written)
        clock.at += 1
        assert await text_of(tail) == written
        log.unlink()
    assert len(tail.places) <= 2


async def test_symlink_switched_to_another_file_and_back(tmp_path, log, tail_of, clock):
    monday, tuesday = tmp_path / "monday", tmp_path / "tuesday"
    monday.write_bytes(b"m1\n")
    log.symlink_to(monday)
    tail = tail_of(log)
    assert await text_of(tail) == b"m1\n"

    switch(log, tuesday)
    assert tail.status.condition == "following"
    append(monday, b"m2\n")
    assert await text_of(tail) == b"m2\n"
    assert tail.status.note == "was moved away; waiting for a new one"
    tuesday.write_bytes(b"t1\n")
    assert await text_of(tail) == b"t1\n"
    assert tail.status.note == "leads to another file now"

    switch(log, monday)
    append(monday, b"m3\n")
    assert await text_of(tail) == b"m3\n"

    switch(log, tuesday)
    await chunks_of(tail)
    clock.at += 100
    await chunks_of(tail)
    assert len(tail.places) == 1
    switch(log, monday)
    append(monday, b"m4\n")
    assert await text_of(tail) == b"m4\n", "a file that was let go is known again"


def switch(link: Path, target: Path) -> None:
    """Let the link lead elsewhere, in one step."""
    fresh = link.with_name("fresh")
    fresh.symlink_to(target)
    fresh.replace(link)


async def test_a_name_that_changes_while_it_is_looked_up_doubles_nothing(log, tail_of, monkeypatch):
    log.write_bytes(b"a1\n")
    tail = tail_of(log)
    await chunks_of(tail)
    other = log.with_name("other")
    other.touch()
    really_stat = os.stat

    def stat(path, **named):
        return really_stat(other if path == str(log) else path, **named)

    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", stat)
        assert await text_of(tail) == b""
    append(log, b"a2\n")

    assert await text_of(tail) == b"a2\n"
    assert tail.status.rotations_total == 0


async def test_a_file_that_appears_later(log, tail_of):
    tail = tail_of(log)

    assert await text_of(tail) == b""
    assert (tail.status.condition, tail.status.note) == ("missing", "does not exist yet")

    log.touch()
    assert await text_of(tail) == b""
    assert tail.status.condition == "waiting"

    append(log, b"one\n")
    assert await text_of(tail) == b"one\n"
    assert tail.status.condition == "following"


async def test_a_directory_that_disappears_and_comes_back(tmp_path, tail_of):
    directory = tmp_path / "nginx"
    directory.mkdir()
    log = directory / "access.log"
    log.write_bytes(b"a1\n")
    tail = tail_of(log)
    await chunks_of(tail)
    shutil.rmtree(directory)
    assert await text_of(tail) == b""
    directory.mkdir()
    log.write_bytes(b"b1\n")

    assert await text_of(tail) == b"b1\n"


async def test_no_permission_is_a_state_that_is_tried_again_later_and_later(log, tail_of, clock, monkeypatch):
    log.write_bytes(b"one\n")
    tail = tail_of(log)
    tries = []
    really_open = os.open

    def refuse(path, flags, *rest, **named):
        if path == str(log):
            tries.append(clock.at - 1000)
            raise PermissionError(13, "Permission denied")
        return really_open(path, flags, *rest, **named)

    monkeypatch.setattr(os, "open", refuse)
    for _ in range(100):
        assert await tail.poll() == []
        clock.at += 1
    assert (tail.status.condition, tail.status.note) == ("failing", "permission denied")
    assert tries == [0, 1, 3, 7, 15, 31, 61, 91]

    monkeypatch.undo()
    clock.at += 30
    assert await text_of(tail) == b"one\n"
    assert (tail.status.condition, tail.status.note) == ("following", "")


async def test_a_read_error_loses_and_doubles_nothing(log, tail_of, clock):
    log.write_bytes(b"one\n")
    tail = tail_of(log)
    await chunks_of(tail)
    append(log, b"two\n")
    reader = tail._lineage.current

    async def fail(size: int) -> bytes:
        raise OSError(5, "Input/output error")

    reader._file = Failing(reader._file, fail)
    assert await text_of(tail) == b""
    assert (tail.status.condition, tail.status.note) == ("failing", "input/output error")
    clock.at += 1

    assert await text_of(tail) == b"two\n"
    assert tail.status.condition == "following"
    assert tail.status.rotations_total == 0


class Failing:
    """An open file of which reading fails."""

    def __init__(self, file: Any, read: Any) -> None:
        self._file = file
        self.read = read

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["fifo", "directory"])
async def test_what_is_not_a_regular_file_is_refused_and_never_blocks(log, tail_of, clock, make):
    make(log)
    tail = tail_of(log)

    assert await tail.poll() == []
    assert tail.status.condition == "failing"
    assert tail.status.note in ("it is a named pipe", "it is a directory")
    with pytest.raises(SourceError) as refused:
        await open_file(str(log))
    assert refused.value.hint

    os.rmdir(log) if log.is_dir() else log.unlink()
    log.write_bytes(b"one\n")
    clock.at += 1
    assert await text_of(tail) == b"one\n"


async def test_a_device_is_refused(tail_of):
    with pytest.raises(SourceError, match="/dev/zero"):
        await open_file("/dev/zero")


async def test_a_circle_of_links_has_words(log, tail_of):
    log.symlink_to(log)
    tail = tail_of(log)
    await tail.poll()

    assert tail.status.note == "symbolic links go round in a circle"


async def test_a_poll_is_bounded(log, tail_of):
    log.write_bytes(b"0123456\n" * 1000)
    tail = tail_of(log, chunk_bytes=80)

    chunks = await tail.poll(most_bytes=160)

    assert [len(chunk.data) for chunk in chunks] == [80, 80]
    assert tail.status.condition == "reading"
    assert tail.status.lag_bytes == 8000 - 160


async def test_a_poll_that_ends_in_the_old_file_says_that_there_is_more(log, tail_of):
    old = log.with_name("access.log.1")
    log.write_bytes(b"a1\n")
    tail = tail_of(log, chunk_bytes=3)
    await chunks_of(tail)
    log.rename(old)
    log.write_bytes(b"b1\n")
    await chunks_of(tail)
    append(old, b"a2\n")
    append(log, b"b2\n")

    (chunk,) = await tail.poll(most_bytes=3)

    assert chunk.data == b"a2\n"
    assert not tail.is_at_end
    assert await text_of(tail) == b"b2\n"
    assert tail.is_at_end


@pytest.mark.parametrize("chunk_bytes", range(1, 18))
async def test_any_cut_of_the_bytes_gives_the_same_lines(log, tail_of, chunk_bytes):
    lines = [b"", b"a", b"\xc3\xa4\xe2\x82\xac", b"x\r", b"\x00\x01\x0b\x1c\x85", b"y" * 40, "\u2028".encode(), b"z"]
    log.write_bytes(b"\n".join(lines) + b"\n")
    tail = tail_of(log, chunk_bytes=chunk_bytes)

    chunks = await chunks_of(tail)

    assert b"".join(chunk.data for chunk in chunks).split(b"\n") == [*lines, b""]
    assert all(chunk.data.endswith(b"\n") for chunk in chunks)


@pytest.mark.parametrize("chunk_bytes", [1, 3, 10, 11, 12, 100, 1000])
async def test_a_line_that_is_too_long_is_skipped_alone(log, tail_of, chunk_bytes):
    log.write_bytes(b"before\n" + b"x" * 11 + b"\n" + b"y" * 10 + b"\n" + b"z" * 500 + b"\nafter\n")
    tail = tail_of(log, chunk_bytes=chunk_bytes, line_limit=10)

    assert await text_of(tail) == b"before\n" + b"y" * 10 + b"\nafter\n"
    assert tail.status.long_lines_total == 2
    assert tail.status.skipped_bytes == 12 + 501


async def test_a_long_line_that_grows_is_counted_once_and_its_neighbour_is_whole(log, tail_of):
    log.write_bytes(b"x" * 50)
    tail = tail_of(log, line_limit=10)
    for _ in range(5):
        assert await text_of(tail) == b""
        append(log, b"x" * 50)
    assert tail.places[0].is_skipping
    append(log, b"\nafter\n")

    assert await text_of(tail) == b"after\n"
    assert tail.status.long_lines_total == 1


async def test_a_hole_before_a_line_is_stepped_over(log, tail_of):
    """A server that does not append goes on at its old place after copytruncate."""
    log.touch()
    os.truncate(log, 1 << 30)
    append(log, b"one\n")
    tail = tail_of(log)

    (chunk,) = await chunks_of(tail)

    assert (chunk.data.lstrip(b"\0"), chunk.end) == (b"one\n", (1 << 30) + 4)
    assert tail.status.hole_bytes >= (1 << 30) - (1 << 20)
    assert tail.status.long_lines_total == 0


async def test_a_short_hole_is_stepped_over_too(log, tail_of):
    log.write_bytes(b"\0" * 1001 + b"one\n" + b"\0" * 8 + b"two\n" + b"\0" * 7 + b"three\n")
    tail = tail_of(log)

    assert await text_of(tail) == b"one\ntwo\n" + b"\0" * 7 + b"three\n"
    assert tail.status.hole_bytes == 1009


@pytest.mark.parametrize("size", [100, 5 << 20], ids=["small", "large"])
@pytest.mark.parametrize("is_sparse", [True, False], ids=["sparse", "zeros"])
async def test_space_prepared_in_advance_is_not_a_line(log, tail_of, size, is_sparse):
    if is_sparse:
        log.touch()
        os.truncate(log, size)
    else:
        log.write_bytes(bytes(size))
    tail = tail_of(log)
    written = 0
    for piece, expected in ((b"", b""), (b"one\ntw", b"one\n"), (b"o", b""), (b"\n", b"two\n")):
        with log.open("r+b") as file:
            file.seek(written)
            file.write(piece)
        written += len(piece)
        assert await text_of(tail) == expected
    assert await tail.finish() == []
    assert tail.status.long_lines_total == 0
