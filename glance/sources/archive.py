"""Reads compressed logs: gzip, bzip2, xz and zstd, told by their first bytes and not by their names."""

from __future__ import annotations

import asyncio
import sys
import zlib
from collections.abc import Iterator
from contextlib import closing
from typing import Protocol, cast

from glance.domain.scene import SourceCondition
from glance.errors import SourceError
from glance.sources.chunk import CHUNK_BYTES, LINE_LIMIT, POLL_BYTES, Chunk
from glance.sources.compression import MAGIC_BYTES, archive_kind
from glance.sources.generation import Generation, stream_generation
from glance.sources.line_cutter import LineCutter
from glance.sources.regular_file import reason_in_words
from glance.sources.source import ReadStatus

_TAR_OFFSET = 257


class _Unpacked(Protocol):
    """A compressed file, read as what it holds."""

    def read1(self, size: int, /) -> bytes:
        """Some bytes; none at the end."""

    def close(self) -> None:
        """Close it."""


def unpack(path: str, piece_bytes: int = CHUNK_BYTES) -> Iterator[bytes]:
    """What a compressed file holds, all of its members, in pieces; needs little memory.

    Raises:
        SourceError: it is not compressed in a known way, is damaged or ends too early. All
            that could be read was given before.
    """
    try:
        with open(path, "rb") as file:
            kind = archive_kind(file.read(MAGIC_BYTES))
        if kind is None:
            raise SourceError(f"{path} cannot be unpacked", "it is none of gzip, bzip2, xz and zstd")
        unpacked, damage = _open(path, kind)
    except OSError as error:
        raise SourceError(f"{path} cannot be unpacked", reason_in_words(error)) from error
    try:
        with closing(unpacked):
            while piece := unpacked.read1(piece_bytes):
                yield piece
    except (EOFError, zlib.error, damage, OSError) as error:
        why = "it ends too early" if isinstance(error, EOFError) else f"it is damaged ({error})"
        raise SourceError(f"{path} was read only in part", why, "is it still being written?") from error


def _open(path: str, kind: str) -> tuple[_Unpacked, type[Exception]]:
    """A compressed file, and what is raised when it is damaged; imports only what this one needs."""
    if kind == "gzip":
        import gzip

        return cast("_Unpacked", gzip.GzipFile(path)), gzip.BadGzipFile
    if kind == "bzip2":
        import bz2

        return cast("_Unpacked", bz2.BZ2File(path)), OSError
    if kind == "xz":
        import lzma

        return cast("_Unpacked", lzma.LZMAFile(path)), lzma.LZMAError
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return cast("_Unpacked", zstd.ZstdFile(path)), zstd.ZstdError


class Archive:
    """The lines of one compressed file, which end."""

    def __init__(self, path: str, *, piece_bytes: int = CHUNK_BYTES, line_limit: int = LINE_LIMIT) -> None:
        """Read the archive at `path`; it is opened by the first poll."""
        self._path = path
        self._pieces = unpack(path, piece_bytes)
        self._cutter = LineCutter(stream_generation(path), line_limit)
        self._size = 0
        self._note = ""
        self._is_failing = False
        self._is_ended = False

    @property
    def path(self) -> str:
        """The path the person named."""
        return self._path

    @property
    def is_ended(self) -> bool:
        """Everything was handed out."""
        return self._is_ended

    @property
    def is_at_end(self) -> bool:
        """The same: an archive does not grow."""
        return self._is_ended

    @property
    def status(self) -> ReadStatus:
        """How reading goes; sizes are of what is unpacked."""
        cutter = self._cutter
        reached: SourceCondition = "failing" if self._is_failing else "ended"
        return ReadStatus(
            condition=reached if self._is_ended else "reading",
            note=self._note,
            size_bytes=self._size,
            offset=cutter.offset,
            lag_bytes=cutter.pending_bytes,
            long_lines_total=cutter.long_lines_total,
            skipped_bytes=cutter.skipped_bytes,
        )

    async def poll(self, most_bytes: int = POLL_BYTES) -> list[Chunk]:
        """The next lines; unpacking is work, and done in a thread."""
        return await asyncio.to_thread(self._advance, most_bytes)

    async def finish(self) -> list[Chunk]:
        """Nothing waits: the last poll gave the last line."""
        return []

    def read_back(self, generation: Generation, offset: int, length: int) -> bytes | None:
        """Bytes that were handed out before, unpacked anew; None when they are not there."""
        if generation != self._cutter.generation:
            return None
        at = 0
        found = b""
        try:
            for piece in unpack(self._path):
                found += piece[max(0, offset - at) :][: length - len(found)]
                at += len(piece)
                if len(found) == length:
                    return found
        except SourceError:
            return None
        return None

    async def close(self) -> None:
        """Let go of the file."""
        self._is_ended = True
        self._pieces = iter(())

    def _advance(self, most_bytes: int) -> list[Chunk]:
        """Unpack about `most_bytes`."""
        chunks: list[Chunk] = []
        budget = most_bytes
        while budget > 0 and not self._is_ended:
            piece = self._next()
            if not self._size and piece[_TAR_OFFSET : _TAR_OFFSET + 5] == b"ustar":
                self._fail("holds a tar archive: tar -xOf FILE | glance -")
                break
            self._size += len(piece)
            budget -= len(piece)
            chunks += self._cutter.feed(piece)
        if self._is_ended and (last := self._cutter.finish()):
            chunks.append(last)
        return chunks

    def _next(self) -> bytes:
        """The next piece; nothing at the end."""
        try:
            piece = next(self._pieces, b"")
        except SourceError as error:
            if self._size:
                self._note = error.why
            else:
                self._fail(error.why)
            piece = b""
        self._is_ended = self._is_ended or not piece
        return piece

    def _fail(self, why: str) -> None:
        """It gives nothing at all."""
        self._note, self._is_failing, self._is_ended = why, True, True
