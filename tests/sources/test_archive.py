"""Compressed logs are read to their end, as far as they go."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import tarfile
from pathlib import Path

import pytest

from glance.errors import SourceError
from glance.sources.archive import Archive, unpack
from glance.sources.compression import archive_kind

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LINES = b"".join(b"%07d some text of a line\n" % number for number in range(20_000))
PACK = {"gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress, "zstd": zstd.compress}


async def read(archive: Archive) -> bytes:
    data = b""
    while not archive.is_ended:
        for chunk in await archive.poll():
            assert chunk.offset == len(data)
            data += chunk.data
    return data


@pytest.mark.parametrize("kind", PACK)
async def test_every_kind_with_many_members_by_its_first_bytes(tmp_path, kind):
    path = tmp_path / "access.log"
    path.write_bytes(PACK[kind](LINES[:100_000]) + PACK[kind](b"") + PACK[kind](LINES[100_000:]))
    archive = Archive(str(path))

    assert archive_kind(path.read_bytes()) == kind
    assert await read(archive) == LINES
    assert (archive.status.condition, archive.status.note) == ("ended", "")
    assert archive.status.size_bytes == len(LINES)


@pytest.mark.parametrize("kind", PACK)
async def test_a_truncated_archive_gives_what_can_be_read_and_says_so(tmp_path, kind):
    path = tmp_path / "access.log.1"
    packed = PACK[kind](LINES) + PACK[kind](LINES)
    path.write_bytes(packed[:-100])
    archive = Archive(str(path), piece_bytes=1000)

    data = await read(archive)

    assert (LINES + LINES).startswith(data)
    assert len(data) >= len(LINES)
    assert archive.status.note == "it ends too early"
    assert archive.status.condition == "ended"


async def test_the_last_line_without_newline_is_flagged(tmp_path):
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(b"one\ntwo"))

    one, two = await Archive(str(path)).poll()

    assert (one.data, one.is_partial) == (b"one\n", False)
    assert (two.data, two.is_partial) == (b"two", True)


async def test_a_damaged_archive_has_words(tmp_path):
    path = tmp_path / "a.gz"
    packed = bytearray(gzip.compress(LINES))
    packed[-8] ^= 0xFF  # its checksum
    path.write_bytes(packed)
    archive = Archive(str(path), piece_bytes=1000)

    assert await read(archive) == LINES
    assert "damaged" in archive.status.note


async def test_a_poll_is_bounded(tmp_path):
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(b"0123456\n" * 1_000_000))
    archive = Archive(str(path))

    assert sum(len(chunk.data) for chunk in await archive.poll(1 << 20)) <= 1 << 20
    assert archive.status.condition == "reading"
    await archive.close()


async def test_lines_are_read_back(tmp_path):
    path = tmp_path / "a.gz"
    path.write_bytes(gzip.compress(LINES))
    archive = Archive(str(path))
    (first, *_) = await archive.poll()

    assert archive.read_back(first.generation, 300_000, 500) == LINES[300_000:300_500]
    assert archive.read_back(first.generation, len(LINES), 1) is None


async def test_a_tar_archive_is_not_taken_for_a_log(tmp_path):
    path = tmp_path / "logs.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        member = tarfile.TarInfo("access.log")
        member.size = 4
        tar.addfile(member, io.BytesIO(b"one\n"))
    archive = Archive(str(path))

    assert await archive.poll() == []
    assert (archive.status.condition, archive.is_ended) == ("failing", True)
    assert "tar" in archive.status.note


def test_what_is_no_archive_is_refused(tmp_path: Path):
    (tmp_path / "plain").write_bytes(b"plain\n")
    with pytest.raises(SourceError, match="plain"):
        next(unpack(str(tmp_path / "plain")))
    with pytest.raises(SourceError, match="missing"):
        next(unpack(str(tmp_path / "missing")))
