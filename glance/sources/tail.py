"""Follows one path: one name is one endless source, whatever rotation does to it.

At each poll the name is looked up, then everything that is held open is read: files that were
moved away or deleted first, to their end, then the one that has the name now. A file that lost its
name is held until it has been quiet for a while *and* its successor is being written, since servers
go on writing to the old file until they have been told, and their last workers a while longer.
When reading begins, and whenever the name came to other bytes, the log's predecessors are looked at
for bytes that were not read.

What was handed out is described by `checkpoints`. Whoever keeps them writes them in one transaction
with what was counted of the chunks; a tail that is given them goes on exactly there.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from glance.domain.logs.checkpoint import Checkpoint
from glance.domain.logs.gap import Gap
from glance.domain.scene import SourceCondition
from glance.sources.chunk import CHUNK_BYTES, LINE_LIMIT, POLL_BYTES, Chunk
from glance.sources.generation import Generation
from glance.sources.held import LINGER_SECONDS, ROTATE_WAIT_SECONDS, HeldReaders
from glance.sources.ledger import Ledger
from glance.sources.lineage import Lineage
from glance.sources.losses import Losses
from glance.sources.past import Past, open_pasts
from glance.sources.predecessors import Predecessors
from glance.sources.reader import Reader
from glance.sources.reader_maker import ReaderMaker
from glance.sources.slots import PROCESS_SLOTS, FileSlots
from glance.sources.source import ReadStatus
from glance.sources.standing import Standing

_SETTLED_SECONDS = 2.0
"""A file whose last change is that old shows every further change by its time."""


class Tail:
    """One path, followed for ever."""

    def __init__(
        self,
        path: Path | str,
        *,
        checkpoints: Sequence[Checkpoint] = (),
        start: int | None = None,
        wanted: Collection[str] = (),
        chunk_bytes: int = CHUNK_BYTES,
        line_limit: int = LINE_LIMIT,
        linger_seconds: float = LINGER_SECONDS,
        rotate_wait_seconds: float = ROTATE_WAIT_SECONDS,
        now: Callable[[], float] = time.monotonic,
        clock: Callable[[], float] = time.time,
        slots: FileSlots = PROCESS_SLOTS,
    ) -> None:
        """Follow `path`, which need not exist yet.

        Args:
            path: the name to follow.
            checkpoints: what is on record of this log; without any, it is met for the first time.
            start: where to begin in a log met for the first time, the start of a line; None is byte 0.
            wanted: predecessors to read of a log met for the first time; the others are passed over.
            chunk_bytes: bytes to read at a time.
            line_limit: bytes of the longest line that is handed out.
            linger_seconds: how long a file that lost its name must be quiet before it is let go.
            rotate_wait_seconds: how long it must be quiet before its unfinished line is given up for finished.
            now: a clock that never goes back, in seconds.
            clock: tells the time, in seconds since the epoch.
            slots: bounds how many files are held open by all tails.
        """
        self._path = os.fspath(path)
        self._clock = clock
        self._slots = slots
        self._ledger = Ledger(os.path.abspath(self._path), checkpoints)
        self._losses = Losses(self._ledger.source, clock)
        maker = ReaderMaker(self._path, self._losses, chunk_bytes, line_limit)
        self._standing = Standing(self._path, now)
        self._lineage = Lineage(
            self._path,
            self._ledger,
            maker=maker,
            predecessors=Predecessors(self._path, self._ledger, maker, now=now, clock=clock, wanted=wanted),
            standing=self._standing,
            held=HeldReaders(now, linger_seconds, rotate_wait_seconds),
            start=start or 0,
        )
        self._rest: tuple[int, ...] | None = None
        """The file that has the name, when all of it was read and its time will show a change."""
        self._is_at_end = False

    @property
    def path(self) -> str:
        """The path the person named."""
        return self._path

    @property
    def source_name(self) -> str:
        """Its name in history: the absolute path."""
        return self._ledger.source

    @property
    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """How far everything was read that has changed since it was last acknowledged.

        Exactly what was handed out by the last poll and before; commit it together with that.
        """
        return self._ledger.changed

    @property
    def known(self) -> tuple[Checkpoint, ...]:
        """Every generation that is remembered."""
        return tuple(self._ledger)

    def acknowledge(self, recorded: Sequence[Checkpoint]) -> None:
        """These checkpoints are on record, or somebody else will see to it."""
        self._ledger.acknowledge(recorded)

    def take_gaps(self) -> list[Gap]:
        """What could not be handed out, since the last call."""
        return self._losses.take()

    @property
    def places(self) -> tuple[Checkpoint, ...]:
        """Where reading stands in every file that is held, oldest first."""
        return tuple(reader.checkpoint(self._ledger.source) for reader in self._lineage.readers)

    @property
    def generation(self) -> Generation | None:
        """The life of bytes that has the name now, None while it is not open."""
        current = self._lineage.current
        return current.generation if current else None

    @property
    def is_resumed(self) -> bool:
        """Whether the file that has the name was read before, and goes on where that ended."""
        return self._lineage.is_resumed

    @property
    def low(self) -> int:
        """First byte that was handed out of the file that has the name; what stands before is not, or not yet."""
        current = self._lineage.current
        return current.low if current else 0

    @property
    def offset(self) -> int:
        """After the last byte that was handed out of the file that has the name."""
        current = self._lineage.current
        return current.offset if current else 0

    @property
    def identities(self) -> frozenset[tuple[int, int]]:
        """Device and inode of every file that is held: no other tail may read these."""
        readers = self._lineage.readers
        return frozenset(reader.generation.identity for reader in readers if isinstance(reader, Reader))

    @property
    def status(self) -> ReadStatus:
        """How following goes."""
        lineage, losses = self._lineage, self._losses
        current, dozing = lineage.current, self._rest[2] if self._rest else 0
        return ReadStatus(
            condition=self._condition(),
            note=self._standing.words,
            size_bytes=current.size if current else dozing,
            offset=current.offset if current else dozing,
            lag_bytes=sum(max(0, reader.size - reader.offset) for reader in lineage.readers),
            rotations_total=lineage.rotations_total,
            truncations_total=lineage.truncations_total,
            long_lines_total=losses.long_lines_total,
            skipped_bytes=losses.skipped_bytes,
            hole_bytes=losses.hole_bytes,
            lost_bytes=losses.lost_bytes,
        )

    @property
    def is_at_end(self) -> bool:
        """Whether the last poll left nothing that could have been read; if not, poll again at once."""
        return self._is_at_end

    async def open(self) -> int | None:
        """Open the file now instead of at the first poll, so that a back-fill reads the very same file.

        Returns:
            A file descriptor for `os.pread`, owned by the tail; None while there is nothing to read.
        """
        await self._lineage.find_predecessors()  # those that are there now are not wanted, at a first start
        current = self._lineage.current
        return current.fileno() if current else None

    def start_at(self, offset: int) -> None:
        """Begin at `offset`, the start of a line, of the file that `open` opened; before the first poll.

        Not in a file that was read before: that goes on where it stood.
        """
        current = self._lineage.current
        if current is None:
            self._lineage.start = offset
        elif not self._lineage.is_resumed:
            current.begin_at(offset)
            self._lineage.record(current)

    def take_over(self, end: int) -> bool:
        """Go on at `end`, the start of a line: somebody else has read the present file from the offset to there.

        Returns:
            False when the file was truncated meanwhile; the next poll finds out.
        """
        current = self._lineage.current
        if current is None or not current.move_to(end):
            return False
        self._lineage.record(current)
        return True

    async def open_pasts(self) -> list[Past]:
        """What stands before the place where following began, of every generation that is still there.

        Tell with `lowered` what was read of it, from its end to its beginning.
        """
        await self._lineage.find_predecessors()
        return await open_pasts(self._ledger, self._lineage.readers)

    def lowered(self, number: int, low: int) -> None:
        """A back-fill has read this generation from `low` up to where it stood before."""
        for reader in self._lineage.readers:
            if reader.number == number:
                reader.low = low
        self._ledger.lower(number, low)

    async def poll(self, most_bytes: int = POLL_BYTES) -> list[Chunk]:
        """Whole lines that can be read now, out of about the next `most_bytes`; maybe none.

        Poll again at once until `is_at_end`. Let it finish: what a cancelled poll had read is gone.
        """
        if self._is_resting():
            self._is_at_end = True
            return []
        self._rest = None
        self._is_at_end = False
        chunks, self._is_at_end = await self._lineage.read(most_bytes)
        await self._take_rest()
        return chunks

    async def finish(self) -> list[Chunk]:
        """The last lines that wait for their newline, flagged partial, when nobody will follow any more."""
        chunks = []
        for reader in self._lineage.readers:
            last = reader.finish()
            if last is not None:
                chunks.append(last)
                self._lineage.record(reader)
        return chunks

    async def doze(self) -> bool:
        """Close the file until it changes, if it is at rest; see `FileSlots`."""
        current = self._lineage.current
        if self._rest is None or current is None:
            return False
        self._lineage.current = None
        await current.close()
        return True

    def read_back(self, generation: Generation, offset: int, length: int) -> bytes | None:
        """Bytes of a generation that is still held open, or None."""
        for reader in self._lineage.readers:
            if isinstance(reader, Reader) and reader.number == generation.number:
                return os.pread(reader.fileno(), length, offset)
        return None

    async def close(self) -> None:
        """Let go of every file."""
        self._slots.release(self)
        await self._lineage.close()

    def _condition(self) -> SourceCondition:
        """The state in one word."""
        lineage = self._lineage
        if self._standing.trouble:
            return "missing" if self._standing.is_missing else "failing"
        if lineage.current is None:
            return "following" if self._rest else "waiting"
        if not self.is_at_end:
            return "reading"
        has_lines = lineage.current.offset or lineage.rotations_total or lineage.truncations_total
        return "following" if has_lines else "waiting"

    def _is_resting(self) -> bool:
        """Whether nothing has happened since everything was read, told by one look at the name."""
        if self._rest is None or self._lineage.is_look_wanted:
            return False
        try:
            status = os.stat(self._path)
        except OSError:
            return False
        return _signature(status) == self._rest

    async def _take_rest(self) -> None:
        """Note how the file looks when all of it was read, and let others have its slot when they need it."""
        lineage = self._lineage
        if lineage.current is None:
            self._slots.release(self)
            return
        if self._is_at_end and not len(lineage.held) and not self._standing.trouble:
            status = os.fstat(lineage.current.fileno())
            is_settled = self._clock() - status.st_ctime >= _SETTLED_SECONDS
            if is_settled and status.st_size == lineage.current.size:
                self._rest = _signature(status)
        await self._slots.hold(self)


def _signature(status: os.stat_result) -> tuple[int, ...]:
    """What changes with a file; the time of its last change of any kind cannot be set."""
    return (status.st_dev, status.st_ino, status.st_size, status.st_ctime_ns)
