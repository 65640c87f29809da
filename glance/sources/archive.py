"""A compressed log as a source: the lines of one file, which ends."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Sequence

from glance.domain.logs.checkpoint import Checkpoint
from glance.domain.logs.gap import Gap
from glance.domain.scene import SourceCondition
from glance.errors import SourceError
from glance.sources.chunk import CHUNK_BYTES, LINE_LIMIT, POLL_BYTES, Chunk
from glance.sources.generation import Generation
from glance.sources.ledger import Ledger
from glance.sources.losses import Losses
from glance.sources.source import ReadStatus
from glance.sources.unpacked import UnpackedReader
from glance.sources.unpacking import first_bytes, survey, unpack

_TAR_OFFSET = 257


class Archive:
    """The lines of one compressed file, which end."""

    def __init__(
        self,
        path: str,
        *,
        checkpoints: Sequence[Checkpoint] = (),
        piece_bytes: int = CHUNK_BYTES,
        line_limit: int = LINE_LIMIT,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Read the archive at `path`; it is opened by the first poll.

        Args:
            path: the compressed file.
            checkpoints: what was read of it before.
            piece_bytes: bytes to unpack at a time.
            line_limit: bytes of the longest line that is handed out.
            clock: tells the time, in seconds since the epoch.
        """
        self._path = path
        self._ledger = Ledger(os.path.abspath(path), checkpoints)
        self._losses = Losses(self._ledger.source, clock)
        self._piece_bytes, self._line_limit = piece_bytes, line_limit
        self._reader = self._make(None)
        self._is_looked_at = False
        self._failure = ""

    @property
    def path(self) -> str:
        """The path the person named."""
        return self._path

    @property
    def source_name(self) -> str:
        """Its name in history."""
        return self._ledger.source

    @property
    def is_ended(self) -> bool:
        """Everything was handed out."""
        return self._reader.is_at_end

    @property
    def is_at_end(self) -> bool:
        """The same: an archive does not grow."""
        return self._reader.is_at_end

    @property
    def status(self) -> ReadStatus:
        """How reading goes; sizes are of what is unpacked."""
        reader = self._reader
        reached: SourceCondition = "failing" if self._failure else "ended"
        return ReadStatus(
            condition=reached if reader.is_at_end else "reading",
            note=self._failure or reader.damage,
            size_bytes=max(reader.size, reader.offset),
            offset=reader.offset,
            lag_bytes=reader.pending_bytes,
            long_lines_total=self._losses.long_lines_total,
            skipped_bytes=self._losses.skipped_bytes,
        )

    @property
    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """How far it was read, where that is not on record yet."""
        return self._ledger.changed

    @property
    def known(self) -> tuple[Checkpoint, ...]:
        """Every generation that is remembered."""
        return tuple(self._ledger)

    def acknowledge(self, recorded: Sequence[Checkpoint]) -> None:
        """These checkpoints are on record."""
        self._ledger.acknowledge(recorded)

    def take_gaps(self) -> list[Gap]:
        """What could not be read, since the last call."""
        return self._losses.take()

    async def poll(self, most_bytes: int = POLL_BYTES) -> list[Chunk]:
        """The next lines; unpacking is work, and done in a thread."""
        if not self._is_looked_at:
            self._is_looked_at = True
            await asyncio.to_thread(self._look)
        chunks: list[Chunk] = []
        if self._reader.is_at_end:
            return chunks
        await self._reader.read_into(chunks, most_bytes)
        if not self._reader.size:
            self._failure = self._reader.damage
        else:
            self._ledger.put(self._reader.checkpoint(self._ledger.source))
        return chunks

    async def finish(self) -> list[Chunk]:
        """Nothing waits: the last poll gave the last line."""
        return []

    def read_back(self, generation: Generation, offset: int, length: int) -> bytes | None:
        """Bytes that were handed out before, unpacked anew; None when they are not there."""
        if generation != self._reader.generation:
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
        await self._reader.close()

    def _make(self, known: Checkpoint | None) -> UnpackedReader:
        """A reader from where it is known to have been read."""
        return UnpackedReader(
            self._path,
            self._path,
            self._losses,
            known=known,
            line_limit=self._line_limit,
            piece_bytes=self._piece_bytes,
        )

    def _look(self) -> None:
        """Find out what it is, and how far it was read before."""
        if first_bytes(self._path, 2 * _TAR_OFFSET)[_TAR_OFFSET : _TAR_OFFSET + 5] == b"ustar":
            self._failure = "holds a tar archive: tar -xOf FILE | glance -"
            self._reader.is_at_end = True
            return
        known = list(self._ledger)
        if not known:
            return
        try:
            status = os.stat(self._path)
        except OSError:
            return
        same = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
        unchanged = [one for one in known if (one.device, one.inode, one.size, one.modified_ns) == same]
        done = next((one for one in unchanged if one.state == "retired"), None)
        found = (done,) if done is not None else survey(self._path, self._ledger.tellable).found
        if found:
            self._reader = self._make(found[0])
            self._reader.is_at_end = done is not None
