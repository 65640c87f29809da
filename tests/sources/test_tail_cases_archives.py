"""Compressed predecessors, case by case: known by what they hold, and only their rest is read."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import shutil
import sys
from pathlib import Path

import pytest

from glance.sources import unpacking
from glance.sources.archive import Archive
from tests.sources.bookkeeper import append, numbered, rotate

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PACKERS = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zstd.compress}


def pack(path: Path, suffix: str = "gz") -> Path:
    """Compress a file like logrotate: its time stays, it goes."""
    packed = path.with_name(f"{path.name}.{suffix}")
    packed.write_bytes(PACKERS[suffix](path.read_bytes()))
    shutil.copystat(path, packed)
    path.unlink()
    return packed


@pytest.mark.parametrize("suffix", sorted(PACKERS))
@pytest.mark.parametrize("rest", [0, 5], ids=["read to its end", "with a rest"])
@pytest.mark.parametrize("is_running", [True, False], ids=["running", "stopped"])
async def test_t19_a_predecessor_that_was_compressed(log, books, suffix, rest, is_running):
    append(log, numbered(0, 100))
    await books.read_all()
    if not is_running:
        await books.kill()
    append(log, numbered(100, rest))
    rotate(log)
    append(log, numbered(200, 1))
    if is_running:
        await books.read_all()
    pack(log.with_name("access.log.1"), suffix)
    await books.read_all()
    await books.wait(100)
    await books.restart()

    assert b"\n".join(books.lines) + b"\n" == numbered(0, 100 + rest) + numbered(200, 1)
    assert books.gaps == []


async def test_t19_rotated_and_compressed_many_times(log, books):
    for number in range(12):
        append(log, numbered(number * 10, 7))
        if number % 4 == 0:
            await books.restart()
        elif number % 4 == 1:
            await books.kill()
        append(log, numbered(number * 10 + 7, 3))
        rotate(log)
        log.touch()
        pack(log.with_name("access.log.1"), sorted(PACKERS)[number % 4])
    await books.restart()

    assert sorted(books.lines) == numbered(0, 120).split(b"\n")[:-1]
    assert books.gaps == []


async def test_t19_an_archive_of_several_members(log, books):
    append(log, numbered(0, 10))
    await books.read_all()
    await books.kill()
    log.rename(log.with_name("access.log.1"))
    parts = [numbered(0, 8), numbered(8, 4), b"", numbered(12, 4)]
    log.with_name("access.log.1.gz").write_bytes(b"".join(gzip.compress(part) for part in parts))
    log.with_name("access.log.1").unlink()

    assert await books.restart() == numbered(10, 6)


async def test_t19_an_unchanged_archive_is_not_unpacked_again(log, books, monkeypatch):
    append(log, numbered(0, 100))
    await books.read_all()
    rotate(log)
    append(log, numbered(100, 1))
    pack(log.with_name("access.log.1"))
    await books.restart()
    unpacked = []
    really_unpack = unpacking.unpack
    monkeypatch.setattr(unpacking, "unpack", lambda path, *rest: unpacked.append(path) or really_unpack(path, *rest))
    await books.restart()
    rotate(log)
    append(log, numbered(200, 1))
    await books.restart()

    assert unpacked == []
    assert len(books.lines) == 102


@pytest.mark.parametrize("is_left", [True, False], ids=["beside the original", "alone"])
async def test_t20_an_archive_that_is_still_written_waits(log, books, is_left):
    append(log, numbered(0, 5))
    await books.read_all()
    await books.kill()
    append(log, numbered(5, 20_000))
    rotate(log)
    append(log, numbered(90_000, 1))
    original = log.with_name("access.log.1")
    whole, packed = gzip.compress(original.read_bytes()), log.with_name("access.log.1.gz")
    packed.write_bytes(whole[: len(whole) // 2])
    if not is_left:
        original.unlink()
    first = await books.restart()
    packed.write_bytes(whole[: len(whole) - 4])
    second = await books.wait(3)
    packed.write_bytes(whole)
    if is_left:
        original.unlink()
    third = await books.wait(3)
    third += await books.wait(3)

    assert first == (numbered(5, 20_000) if is_left else b"") + numbered(90_000, 1)
    assert second == b""
    assert third == (b"" if is_left else numbered(5, 20_000))
    assert books.gaps == []
    assert await books.restart() == b""


async def test_t20_an_archive_that_stays_damaged_is_read_as_far_as_it_goes(log, books):
    append(log, numbered(0, 5))
    await books.read_all()
    await books.kill()
    append(log, numbered(5, 20_000))
    rotate(log)
    append(log, numbered(90_000, 1))
    packed = pack(log.with_name("access.log.1"))
    whole = packed.read_bytes()
    packed.write_bytes(whole[: len(whole) // 2])
    assert await books.restart() == numbered(90_000, 1)
    await books.wait(3)
    rest = await books.wait(31)

    assert numbered(5, 20_000).startswith(rest)
    assert len(rest) > 1000
    assert rest.endswith(b"\n")
    assert books.lost("archive_damaged") == 0
    assert await books.restart() == b""
    assert len(books.gaps) == 1
    packed.write_bytes(whole)
    assert rest + await books.restart() == numbered(5, 20_000), "it was whole in the end"


async def test_t20_the_left_over_of_a_compression_that_failed(log, books):
    append(log, numbered(0, 20_000))
    await books.read_all()
    rotate(log)
    append(log, numbered(90_000, 1))
    whole = gzip.compress(log.with_name("access.log.1").read_bytes())
    log.with_name("access.log.1.gz").write_bytes(whole[: len(whole) // 2])
    await books.read_all()
    await books.wait(100)
    await books.restart()
    await books.wait(100)

    assert len(books.lines) == 20_001


async def test_t20_a_compression_that_failed_and_another_that_did_not(log, books):
    await books.read_all()
    append(log, numbered(0, 20_000))
    rotate(log)
    whole = gzip.compress(log.with_name("access.log.1").read_bytes())
    log.with_name("access.log.1.gz").write_bytes(whole[: len(whole) // 2])
    pack(log.with_name("access.log.1"), "xz")
    append(log, numbered(90_000, 1))
    await books.read_all()
    await books.wait(100)
    await books.restart()

    assert b"\n".join(sorted(books.lines)) + b"\n" == numbered(0, 20_000) + numbered(90_000, 1)


@pytest.mark.parametrize("suffix", sorted(PACKERS))
async def test_t20_an_archive_beside_its_original(log, books, suffix):
    """As `gzip --keep` leaves it, or as it is for a moment."""
    await books.read_all()
    append(log, numbered(0, 100))
    log.rename(log.with_name("access.log.1"))
    original = log.with_name("access.log.1")
    original.with_name(f"access.log.1.{suffix}").write_bytes(PACKERS[suffix](original.read_bytes()))
    append(log, numbered(100, 1))
    await books.read_all()
    await books.restart()
    await books.wait(100)
    original.unlink()
    await books.restart()

    assert b"\n".join(books.lines) + b"\n" == numbered(0, 101)


async def test_t21_wanted_predecessors_are_read_in_order_before_the_log(log, keep_books):
    names = ("access.log.4.xz", "access.log.3.bz2", "access.log.2.gz", "access.log.1")
    for number, name in enumerate(names):
        data = numbered(number * 10, 10)
        suffix = name.rsplit(".", 1)[1]
        path = log.with_name(name)
        path.write_bytes(PACKERS[suffix](data) if suffix in PACKERS else data)
        os.utime(path, ns=(0, 10**18 + number))
    append(log, numbered(40, 10))
    books = keep_books(wanted=[str(log.with_name(name)) for name in names])
    await books.read_all()
    append(log, numbered(50, 1))
    await books.read_all()

    assert b"\n".join(books.lines) + b"\n" == numbered(0, 51)
    assert await books.restart() == b""


async def test_t21_many_predecessors_are_opened_some_at_a_time(log, keep_books):
    paths = []
    for number in range(50):
        path = log.with_name(f"access.log.{50 - number}")
        path.write_bytes(numbered(number * 10, 10))
        os.utime(path, ns=(0, 10**18 + number))
        paths.append(str(path))
    append(log, numbered(500, 10))
    books = keep_books(wanted=paths)
    await books.read_all()

    assert b"\n".join(books.lines) + b"\n" == numbered(0, 510)
    assert len(books.tail.places) <= 34


async def test_t24_at_the_first_start_older_files_are_passed_over_for_good(log, books):
    append(log.with_name("access.log.1"), numbered(0, 100))
    append(log.with_name("access.log.2"), numbered(100, 100))
    pack(log.with_name("access.log.2"))
    append(log, numbered(200, 1))
    assert await books.read_all() == numbered(200, 1)
    assert sorted(known.state for known in books.checkpoints.values()) == ["active", "ignored", "ignored"]
    rotate(log)
    append(log, numbered(201, 1))
    assert await books.read_all() == numbered(201, 1)
    pack(log.with_name("access.log.2"))
    rotate(log)
    append(log, numbered(202, 1))

    assert await books.restart() == numbered(202, 1)
    unpacked = log.with_name("access.log.4")
    unpacked.write_bytes(gzip.decompress(log.with_name("access.log.4.gz").read_bytes()))
    shutil.copystat(log.with_name("access.log.4.gz"), unpacked)
    log.with_name("access.log.4.gz").unlink()
    assert await books.restart() == b""


async def test_t24_what_is_added_to_an_older_file_later_is_read(log, books):
    old = log.with_name("access.log.1")
    append(old, numbered(0, 100) + b"unfini")
    append(log, numbered(200, 1))
    await books.read_all()
    append(old, b"shed\n" + numbered(100, 5))
    rotate(log)
    append(log, numbered(201, 1))
    await books.read_all()

    assert sorted(books.lines) == sorted((numbered(200, 2) + numbered(100, 5)).split(b"\n")[:-1])


async def test_an_archive_that_was_named_goes_on_where_it_was_left(tmp_path):
    path = tmp_path / "old.gz"
    path.write_bytes(gzip.compress(numbered(0, 50_000)))
    archive = Archive(str(path), piece_bytes=10_000)
    first = await archive.poll(100_000)
    half = archive.checkpoints
    await archive.close()
    archive = Archive(str(path), checkpoints=half)
    rest = []
    while not archive.is_ended:
        rest += await archive.poll()
    (done,) = archive.checkpoints

    assert b"".join(chunk.data for chunk in first + rest) == numbered(0, 50_000)
    assert {chunk.generation.number for chunk in first + rest} == {done.generation}
    assert (done.state, done.source, done.offset) == ("retired", str(path), len(numbered(0, 50_000)))
    archive.acknowledge((done,))
    assert archive.checkpoints == ()
    again = Archive(str(path), checkpoints=(done,))
    assert await again.poll() == []
    assert again.is_ended
    assert again.status.condition == "ended"


async def test_an_archive_that_was_damaged_is_a_gap_and_goes_on_when_it_is_whole(tmp_path):
    path = tmp_path / "old.gz"
    whole = gzip.compress(numbered(0, 50_000))
    path.write_bytes(whole[: len(whole) // 2])
    archive = Archive(str(path))
    first = b""
    while not archive.is_ended:
        first += b"".join(chunk.data for chunk in await archive.poll())
    (gap,) = archive.take_gaps()
    assert gap.reason == "archive_damaged"
    path.write_bytes(whole)
    again = Archive(str(path), checkpoints=archive.checkpoints)
    rest = b""
    while not again.is_ended:
        rest += b"".join(chunk.data for chunk in await again.poll())

    assert first + rest == numbered(0, 50_000)


async def test_an_archive_that_is_renamed_while_it_waits_for_its_turn_is_still_read(log, books):
    await books.read_all()
    for number in range(2):
        append(log, numbered(number * 100, 50))
        rotate(log)
        log.touch()
        pack(log.with_name("access.log.1"))
    await books.read(most_bytes=1)
    rotate(log)
    log.touch()
    await books.read_all()

    assert sorted(books.lines) == (numbered(0, 50) + numbered(100, 50)).split(b"\n")[:-1]
