"""Reads what a log held before following began: newest first, in worker processes when it is much."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import aclosing
from itertools import islice

from glance.domain.logs.bucket import LogBucket
from glance.ingest.parse import parse
from glance.ingest.spawned import SpawnedWorkers, WorkerDiedError
from glance.ingest.stretch import Stretch, StretchGoneError
from glance.pipeline.log_feed import LogFeed
from glance.sources.backward import pieces_backward
from glance.sources.generation import proof_at
from glance.sources.tail import Tail

FIRST_PIECE_BYTES = 256 << 10
"""Small, so that the first figures come at once; later pieces are larger."""

NEAR_BYTES = 6 << 20
"""Read in this process, before workers are worth their start."""

STRETCH_BYTES = 11 << 20
"""Read and parsed by one task of a worker: short, for every answer is seen."""

TRUNCATED = "was truncated while its past was read: the rest of it is missing"

Piece = tuple[int, int]


class Backfill:
    """The back-fill of one log: bytes [begin, end) of the file that its tail holds open."""

    def __init__(self, feed: LogFeed, fd: int, begin: int, end: int, *, generation: int, is_forward: bool) -> None:
        """Plan to read.

        Args:
            feed: whose lines they are.
            fd: the open file; owned by the tail.
            begin: the start of a line.
            end: the end of a line.
            generation: which life of the file.
            is_forward: oldest first instead of newest first.
        """
        self._feed = feed
        self._fd = os.dup(fd)
        self._begin = begin
        self._end = end
        self._generation = generation
        self.is_forward = is_forward
        self.has_ended = False
        """Its file was truncated or rewritten: what it holds is read by the tail."""
        self._left = end - begin
        self._proof = proof_at(self._fd, end)[1]
        """The last bytes of what is to be read: while they stand there, the file holds this generation."""
        feed.backfill_bytes += self._left
        feed.pending_bytes += self._left

    def give_up(self, note: str) -> None:
        """Leave the rest unread, and say why."""
        self._feed.note = note

    async def buckets(self) -> AsyncGenerator[list[LogBucket], None]:
        """The buckets, piece by piece. What is lost on the way is said in the feed's note."""
        try:
            rest = self._end
            if self.is_forward:
                self._show_newest()
                if self._end - self._begin <= 2 * NEAR_BYTES:
                    async for buckets in self._here(self._cuts(self._begin, self._end, FIRST_PIECE_BYTES)):
                        yield buckets
                    return
            else:
                async for buckets in self._here(self._near(max(self._begin, self._end - NEAR_BYTES))):
                    yield buckets
                rest = self._begin + self._left
            # Closed at once when nobody wants more: else it would end some time, in no order with its workers.
            async with aclosing(self._far(rest)) as far:
                async for buckets in far:
                    yield buckets
        finally:
            os.close(self._fd)
            self._feed.pending_bytes -= self._left
            if self.is_forward:
                self._feed.is_filling = False

    def _cuts(self, begin: int, end: int, size: int) -> list[Piece]:
        """Pieces of about `size` bytes in the order of reading."""
        newest_first = (
            (max(start, begin), stop) for start, stop in pieces_backward(self._fd, end, size) if stop > begin
        )
        pieces = []
        for piece in newest_first:
            pieces.append(piece)
            if piece[0] <= begin:
                break
        return pieces[::-1] if self.is_forward else pieces

    def _near(self, begin: int) -> Iterator[Piece]:
        """The newest pieces, until `begin` is passed."""
        for start, stop in pieces_backward(self._fd, self._end, FIRST_PIECE_BYTES):
            yield max(start, self._begin), stop
            if start <= begin:
                return

    async def _here(self, pieces: Iterable[Piece]) -> AsyncGenerator[list[LogBucket], None]:
        """Read pieces in this process, giving way between them."""
        for start, stop in pieces:
            buckets = self._read_here(start, stop)
            if self.has_ended:
                return
            yield buckets
            await asyncio.sleep(0)

    def _show_newest(self) -> None:
        """Keep the last lines for the screen, though they are read last."""
        for start, stop in self._near(self._end):
            if stop - start <= STRETCH_BYTES:
                self._feed.remember_older(os.pread(self._fd, stop - start, start))

    def _read_here(self, start: int, stop: int) -> list[LogBucket]:
        if stop - start > STRETCH_BYTES:
            self._too_long(start, stop)
            return []
        data = os.pread(self._fd, stop - start, start)
        buckets = parse(data, self._feed.readers, source=self._feed.name, generation=self._generation, offset=start)
        if self._is_done(buckets, start, stop) and not self.is_forward:
            self._feed.remember_older(data)
        return buckets

    def _too_long(self, start: int, stop: int) -> None:
        """A piece that is larger than was asked for is one line that is too long to be read."""
        if self._is_done([], start, stop):
            self._feed.lines += 1
            self._feed.unparsed += 1

    def _is_done(self, buckets: Sequence[LogBucket], start: int, stop: int) -> bool:
        """A piece was read: the tail's place moves with it, so that no other process reads it again.

        False when the file was truncated or rewritten meanwhile, so that nobody knows what was read:
        it does not count.
        """
        if not self._has_moved(start, stop):
            self.has_ended = True
            return False
        self._feed.count(buckets)
        self._left -= stop - start
        self._feed.pending_bytes -= stop - start
        return True

    def _has_moved(self, start: int, stop: int) -> bool:
        source = self._feed.source
        if not isinstance(source, Tail):
            return True
        if self.is_forward:
            return source.take_over(stop)
        if os.pread(self._fd, len(self._proof), self._end - len(self._proof)) != self._proof:
            self._feed.note = TRUNCATED
            return False
        source.lowered(self._generation, start)
        return True

    async def _far(self, end: int) -> AsyncGenerator[list[LogBucket], None]:
        """Read the rest in workers; without them if they cannot be had."""
        if end <= self._begin or self.has_ended:
            return
        pieces = deque(self._cuts(self._begin, end, STRETCH_BYTES))
        try:
            async with (
                SpawnedWorkers(self._feed.readers) as workers,
                aclosing(self._from_workers(workers, pieces)) as parsed,
            ):
                async for buckets in parsed:
                    yield buckets
        except WorkerDiedError:
            async for buckets in self._here(list(pieces)):
                yield buckets
        except StretchGoneError:
            self._feed.note = "" if self.is_forward else TRUNCATED  # what was not read the tail looks for

    async def _from_workers(
        self, workers: SpawnedWorkers, pieces: deque[Piece]
    ) -> AsyncGenerator[list[LogBucket], None]:
        """Keep the workers busy; a piece leaves `pieces` when its buckets are here."""
        status = os.fstat(self._fd)
        path = f"/proc/{os.getpid()}/fd/{self._fd}"
        if not os.path.exists(path):
            path = self._feed.path
        identity = (status.st_dev, status.st_ino)
        waiting: deque[asyncio.Task[list[LogBucket]]] = deque()
        try:
            while pieces and not self.has_ended:
                for start, stop in islice(pieces, len(waiting), workers.count + 1):
                    waiting.append(
                        asyncio.create_task(
                            self._parsed(
                                workers, Stretch(path, self._feed.name, self._generation, identity, start, stop)
                            )
                        )
                    )
                buckets = await waiting[0]
                waiting.popleft()
                start, stop = pieces.popleft()
                if stop - start > STRETCH_BYTES:
                    self._too_long(start, stop)
                elif not self._is_done(buckets, start, stop):
                    return
                yield buckets
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    @staticmethod
    async def _parsed(workers: SpawnedWorkers, stretch: Stretch) -> list[LogBucket]:
        """The buckets of a piece; none of one that is too long."""
        return [] if stretch.end - stretch.start > STRETCH_BYTES else await workers.parse(stretch)
