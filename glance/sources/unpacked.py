"""Reads the rest of a log that was compressed before it was read to its end."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from typing import BinaryIO

from glance.domain.logs.checkpoint import Checkpoint, GenerationState
from glance.errors import SourceError
from glance.sources.chunk import CHUNK_BYTES, LINE_LIMIT, POLL_BYTES, Chunk
from glance.sources.generation import Generation, Identity, stream_generation
from glance.sources.line_cutter import LineCutter
from glance.sources.losses import Losses
from glance.sources.unpacking import unpack


class UnpackedReader:
    """Hands out the lines of one compressed file, from a place in what it holds to its end."""

    def __init__(
        self,
        path: str,
        archive: str,
        losses: Losses,
        *,
        known: Checkpoint | None = None,
        line_limit: int = LINE_LIMIT,
        piece_bytes: int = CHUNK_BYTES,
    ) -> None:
        """Open nothing yet.

        Args:
            path: the path the person named.
            archive: the compressed file.
            losses: where to count what is not handed out.
            known: how far the generation it holds was read before.
            line_limit: bytes of the longest line that is handed out.
            piece_bytes: bytes to unpack at a time.
        """
        self.generation: Generation = stream_generation(path, known.generation if known is not None else 0)
        self.low = known.low if known is not None else 0
        self.is_at_end = False
        self.is_rewritten = False
        self.damage = ""
        """Why it was read only in part."""
        self.size = 0
        """Bytes that were unpacked so far."""
        self.seen_path = archive
        self._losses = losses
        self._piece_bytes = piece_bytes
        self._cutter = LineCutter(self.generation, line_limit, losses=losses, known=known)
        self._to_pass = self._cutter.offset
        self._pieces: Iterator[bytes] = unpack(archive, piece_bytes)
        self._status = _status_of(archive)
        self._file: BinaryIO | None = None

    @property
    def number(self) -> int:
        """Of the generation."""
        return self.generation.number

    @property
    def offset(self) -> int:
        """After the last byte that was handed out."""
        return self._cutter.offset

    @property
    def identity(self) -> Identity | None:
        """The compressed file, None when it is gone."""
        return (self._status.st_dev, self._status.st_ino) if self._status else None

    def is_there(self) -> bool:
        """Whether the file is still where it was seen last."""
        status = _status_of(self.seen_path)
        return status is not None and (status.st_dev, status.st_ino) == self.identity

    @property
    def pending_bytes(self) -> int:
        """Length of the beginning of a line that waits for its newline."""
        return self._cutter.pending_bytes

    @property
    def is_archive(self) -> bool:
        """It does not grow."""
        return True

    def checkpoint(self, source: str, state: GenerationState = "active") -> Checkpoint:
        """Where the reading stands, for the record; at its end it is read for good."""
        status = self._status
        return Checkpoint(
            source=source,
            generation=self.number,
            path=self.seen_path,
            device=status.st_dev if status else 0,
            inode=status.st_ino if status else 0,
            inode_version=None,
            low=self.low,
            offset=self.offset,
            head=self._cutter.head,
            window=self._cutter.window,
            size=status.st_size if status else 0,
            modified_ns=status.st_mtime_ns if status else 0,
            state="retired" if self.is_at_end and not self.damage else state,
            is_skipping=self._cutter.is_skipping,
        )

    def open(self) -> bool:
        """Open the file now, so that it is the same whatever happens to its name; False when it is gone."""
        try:
            file = open(self.seen_path, "rb")  # noqa: SIM115  # closed with what reads it
        except OSError:
            return False
        self._file = file
        self._status = os.fstat(file.fileno())
        self._pieces = unpack(self.seen_path, self._piece_bytes, file)
        return True

    async def read_into(self, chunks: list[Chunk], most_bytes: int = POLL_BYTES) -> None:
        """Append lines to `chunks` until about `most_bytes` are done, or the end is reached."""
        chunks += await asyncio.to_thread(self._advance, most_bytes)

    def finish(self) -> Chunk | None:
        """Nothing waits: the last line was given with the end."""
        return None

    async def close(self) -> None:
        """Let go of the file."""
        self.let_go()

    def let_go(self) -> None:
        """Close it at once."""
        self.is_at_end, self._pieces = True, iter(())
        if self._file is not None:
            self._file.close()

    def _advance(self, most_bytes: int) -> list[Chunk]:
        """Unpack about `most_bytes`; what was read before is passed over."""
        chunks: list[Chunk] = []
        budget = most_bytes
        while budget > 0 and not self.is_at_end:
            piece = self._next()
            self.size += len(piece)
            budget -= len(piece)
            passed = piece[self._to_pass :]
            self._to_pass = max(0, self._to_pass - len(piece))
            chunks += self._cutter.feed(passed)
        if self.is_at_end and not self.damage and (last := self._cutter.finish()):
            chunks.append(last)
        return chunks

    def _next(self) -> bytes:
        """The next piece; nothing at the end."""
        try:
            piece = next(self._pieces, b"")
        except SourceError as error:
            self.damage = error.why
            self._losses.lost(self.number, "archive_damaged", self._cutter.offset + self._cutter.pending_bytes)
            piece = b""
        self.is_at_end = self.is_at_end or not piece
        return piece


def _status_of(path: str) -> os.stat_result | None:
    """What the file system says of a file, None when it is gone."""
    try:
        return os.stat(path)
    except OSError:
        return None
