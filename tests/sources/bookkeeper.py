"""Plays the store for a tail: keeps what was committed together with its checkpoints, and can be killed."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from glance.domain.logs.checkpoint import Checkpoint
from glance.domain.logs.gap import Gap
from glance.sources.chunk import Chunk
from glance.sources.tail import Tail


class Turned:
    """A clock that a test turns, and the time of day that goes with it."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def now(self) -> float:
        return 1000.0 + self.ahead

    def clock(self) -> float:
        """The files' own time: it does not know of the turning."""
        return time.time()


class OldFiles(Turned):
    """Whatever happened to a file happened a minute ago, so its time will tell what happens next."""

    def clock(self) -> float:
        return time.time() + 60 + self.ahead


class Bookkeeper:
    """One log, read by one process after the other."""

    def __init__(self, path: Path, turned: Turned | None = None, **options: Any) -> None:
        self.path = path
        self.turned = turned or Turned()
        self.options = options
        self.tail: Tail | None = None
        self.checkpoints: dict[int, Checkpoint] = {}
        self.chunks: list[Chunk] = []
        """Committed."""
        self.gaps: list[Gap] = []
        self._chunks: list[Chunk] = []
        self._gaps: list[Gap] = []

    def start(self, **options: Any) -> Tail:
        """A new process: it knows what is on record."""
        assert self.tail is None
        known = tuple(self.checkpoints.values())
        self.tail = Tail(
            self.path,
            checkpoints=known,
            now=self.turned.now,
            clock=self.turned.clock,
            **{**self.options, **options},
        )
        return self.tail

    async def read(self, most_bytes: int = 1 << 20) -> list[Chunk]:
        """One poll."""
        tail = self.tail or self.start()
        chunks = await tail.poll(most_bytes)
        self._chunks += chunks
        self._gaps += tail.take_gaps()
        return chunks

    def commit(self, *, is_told: bool = True) -> None:
        """One transaction; a process that dies right after it is never told."""
        assert self.tail is not None
        checkpoints = self.tail.checkpoints
        self.chunks += self._chunks
        self.gaps += self._gaps
        self.checkpoints |= {one.generation: one for one in checkpoints}
        self._chunks, self._gaps = [], []
        if is_told:
            self.tail.acknowledge(checkpoints)

    async def read_all(self) -> bytes:
        """Everything that can be read now, committed; gives what it was."""
        before = len(self.chunks)
        await self.read()
        self.commit()
        while self.tail is not None and not self.tail.is_at_end:
            await self.read()
            self.commit()
        return b"".join(chunk.data for chunk in self.chunks[before:])

    async def kill(self) -> None:
        """The process ends at once; what was not committed is gone."""
        self._chunks, self._gaps = [], []
        if self.tail is not None:
            await self.tail.close()
        self.tail = None

    async def restart(self, **options: Any) -> bytes:
        """Another process after this one; gives what it reads."""
        await self.kill()
        self.start(**options)
        return await self.read_all()

    async def wait(self, seconds: float) -> bytes:
        """Some time goes by; gives what is read then."""
        self.turned.ahead += seconds
        return await self.read_all()

    @property
    def lines(self) -> list[bytes]:
        """Every line that was committed, without its newline, in order."""
        return list(lines_of(self.chunks))

    def lost(self, reason: str) -> int:
        """Bytes of the gaps of one reason; -1 when there is none."""
        found = [gap.bytes for gap in self.gaps if gap.reason == reason]
        return sum(found) if found else -1


def append(path: Path, data: bytes) -> None:
    """Write like a server does."""
    with path.open("ab") as file:
        file.write(data)


def numbered(first: int, count: int, word: str = "line") -> bytes:
    """Lines of which no two are the same."""
    return b"".join(b"%s %06d of its kind\n" % (word.encode(), number) for number in range(first, first + count))


def rotate(log: Path) -> None:
    """Rename as logrotate does; no new file yet."""
    for path in sorted(log.parent.glob(f"{log.name}.*"), key=lambda one: -int(one.name.split(".")[2])):
        name, number, *rest = path.name.removeprefix(log.name).split(".")
        path.rename(path.with_name(".".join([log.name + name, str(int(number) + 1), *rest])))
    log.rename(log.with_name(f"{log.name}.1"))


def lines_of(chunks: Iterable[Chunk]) -> Iterable[bytes]:
    """The lines of chunks, without their newlines."""
    for chunk in chunks:
        assert chunk.is_partial or chunk.data.endswith(b"\n")
        yield from chunk.data.removesuffix(b"\n").split(b"\n")
