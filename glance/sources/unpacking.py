"""Unpacks compressed logs: gzip, bzip2, xz and zstd, told by their first bytes and not by their names."""

from __future__ import annotations

import os
import sys
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from hashlib import blake2b
from typing import BinaryIO, Protocol, cast

from glance.domain.logs.checkpoint import HEAD_BYTES, WINDOW_BYTES, Checkpoint
from glance.errors import SourceError
from glance.sources.chunk import CHUNK_BYTES
from glance.sources.compression import MAGIC_BYTES, archive_kind
from glance.sources.ledger import begins_like
from glance.sources.regular_file import reason_in_words


class _Unpacked(Protocol):
    """A compressed file, read as what it holds."""

    def read1(self, size: int, /) -> bytes:
        """Some bytes; none at the end."""

    def close(self) -> None:
        """Close it."""


def unpack(path: str, piece_bytes: int = CHUNK_BYTES, file: BinaryIO | None = None) -> Iterator[bytes]:
    """What a compressed file holds, all of its members, in pieces; needs little memory.

    Args:
        path: the file.
        piece_bytes: bytes to give at a time.
        file: the same, when it is open already: it is closed in the end.

    Raises:
        SourceError: it is not compressed in a known way, is damaged or ends too early. All
            that could be read was given before.
    """
    try:
        packed = file or open(path, "rb")  # noqa: SIM115  # closed with what reads it
    except OSError as error:
        raise SourceError(f"{path} cannot be unpacked", reason_in_words(error)) from error
    with packed:
        yield from _pieces_of(packed, path, piece_bytes)


def _pieces_of(packed: BinaryIO, path: str, piece_bytes: int) -> Iterator[bytes]:
    """What an open compressed file holds."""
    try:
        kind = archive_kind(packed.read(MAGIC_BYTES))
        if kind is None:
            raise SourceError(f"{path} cannot be unpacked", "it is none of gzip, bzip2, xz and zstd")
        packed.seek(0)
        unpacked, damage = _open(packed, kind)
    except OSError as error:
        raise SourceError(f"{path} cannot be unpacked", reason_in_words(error)) from error
    try:
        with closing(unpacked):
            while piece := unpacked.read1(piece_bytes):
                yield piece
    except (EOFError, zlib.error, damage, OSError) as error:
        why = "it ends too early" if isinstance(error, EOFError) else f"it is damaged ({error})"
        raise SourceError(f"{path} was read only in part", why, "is it still being written?") from error


def _open(packed: BinaryIO, kind: str) -> tuple[_Unpacked, type[Exception]]:
    """A compressed file, and what is raised when it is damaged; imports only what this one needs."""
    if kind == "gzip":
        import gzip

        return cast("_Unpacked", gzip.GzipFile(fileobj=packed)), gzip.BadGzipFile
    if kind == "bzip2":
        import bz2

        return cast("_Unpacked", bz2.BZ2File(packed)), OSError
    if kind == "xz":
        import lzma

        return cast("_Unpacked", lzma.LZMAFile(packed)), lzma.LZMAError
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return cast("_Unpacked", zstd.ZstdFile(packed)), zstd.ZstdError


@dataclass(frozen=True, slots=True)
class Survey:
    """What a compressed file turned out to hold."""

    size: int
    """Bytes that could be unpacked."""
    is_whole: bool
    """It has its proper end; if not, it is damaged or still being written."""
    head: bytes
    digest: bytes
    """Of all that could be unpacked."""
    found: tuple[Checkpoint, ...] = ()
    """Generations whose bytes these are, the one that was read furthest first."""


def survey(path: str, known: Sequence[Checkpoint]) -> Survey:
    """Unpack a file to its end, in little memory, and look whose bytes it holds.

    Args:
        path: the compressed file.
        known: generations it may hold.
    """
    waiting: list[Checkpoint] | None = None
    found: list[Checkpoint] = []
    head, held, at, is_whole, digest = b"", b"", 0, True, blake2b(digest_size=16)
    try:
        for piece in unpack(path):
            head = head + piece[: HEAD_BYTES - len(head)] if len(head) < HEAD_BYTES else head
            held += piece
            digest.update(piece)
            at += len(piece)
            if len(head) < HEAD_BYTES:
                continue
            waiting = _alike(known, head) if waiting is None else waiting
            found += _pass_by(waiting, held, at)
            held = held[-WINDOW_BYTES:]
    except SourceError:
        is_whole = False
    found += _pass_by(_alike(known, head) if waiting is None else waiting, held, at)
    found.sort(key=lambda one: (one.offset, head.startswith(one.head) and len(one.head)), reverse=True)
    return Survey(at, is_whole, head, digest.digest(), tuple(found))


def is_unpacked_beginning(path: str, fd: int) -> bool:
    """Whether all that can be unpacked of a compressed file is what a file begins with."""
    at = 0
    try:
        for piece in unpack(path):
            if os.pread(fd, len(piece), at) != piece:
                return False
            at += len(piece)
    except SourceError:
        pass
    return at > 0


def first_bytes(path: str, size: int = HEAD_BYTES) -> bytes:
    """What a compressed file begins with; what can be had of it, when it is damaged."""
    head = b""
    try:
        for piece in unpack(path, size):
            head += piece
            if len(head) >= size:
                break
    except SourceError:
        pass
    return head[:size]


def is_same_beginning(path: str, other: str, *, is_longer: bool = False) -> bool:
    """Whether all that a file holds is what another begins with; either may be compressed.

    Args:
        path: the file.
        other: the other one.
        is_longer: whether that must hold more.

    Raises:
        OSError: one of them is gone.
    """
    rest = b""
    size = 0
    others = _pieces(other)
    for piece in _pieces(path):
        size += len(piece)
        while len(rest) < len(piece):
            more = next(others, b"")
            if not more:
                return False
            rest += more
        if not rest.startswith(piece):
            return False
        rest = rest[len(piece) :]
    return size > 0 and (not is_longer or bool(rest or next(others, b"")))


def _pieces(path: str) -> Iterator[bytes]:
    """What a file holds, as far as it can be read."""
    with open(path, "rb") as file:
        is_archive = archive_kind(file.read(MAGIC_BYTES)) is not None
        file.seek(0)
        while not is_archive and (piece := file.read(CHUNK_BYTES)):
            yield piece
    if is_archive:
        with suppress(SourceError):
            yield from unpack(path)


def _alike(known: Sequence[Checkpoint], head: bytes) -> list[Checkpoint]:
    """Those that begin so, in order of their offsets."""
    return sorted((one for one in known if begins_like(head, one)), key=lambda one: one.offset)


def _pass_by(waiting: list[Checkpoint], held: bytes, at: int) -> list[Checkpoint]:
    """Take those out whose offset was reached, and give those whose bytes stand before it; `held` ends at `at`."""
    found = []
    while waiting and waiting[0].offset <= at:
        known = waiting.pop(0)
        end = len(held) - (at - known.offset)
        if end >= len(known.window) and held[end - len(known.window) : end] == known.window:
            found.append(known)
    return found
