"""Worker processes that parse a backlog, and end with it.

Each reads its own stretches of the file, so that no raw byte travels between processes; finished
buckets come back. Without threads the workers are forked, which costs milliseconds; beside a
running screen they are spawned, and import nothing but `ingest`.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from types import TracebackType
from typing import Self

from glance.domain.logs.bucket import LogBucket
from glance.ingest.parse import parse
from glance.ingest.reader import LineReader

STRETCH_BYTES = 8 << 20
"""Read and parsed by one task."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Whole lines of one file: what one task reads."""

    path: str
    """The file to open."""
    source: str
    """The path the person named."""
    generation: int
    identity: tuple[int, int]
    """Device and inode the path must still lead to."""
    start: int
    end: int


class StretchGoneError(Exception):
    """The path leads to another file by now, or the file is shorter than it was."""


def read_stretch(stretch: Stretch) -> bytes:
    """The bytes of a stretch.

    Raises:
        StretchGoneError: they are not there any more.
        OSError: the file cannot be read.
    """
    fd = os.open(stretch.path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        status = os.fstat(fd)
        if (status.st_dev, status.st_ino) != stretch.identity or status.st_size < stretch.end:
            raise StretchGoneError(stretch.path)
        return os.pread(fd, stretch.end - stretch.start, stretch.start)
    finally:
        os.close(fd)


_readers: tuple[LineReader, ...] = ()
"""What this worker process reads with; set once, when it starts."""


def _start_worker(readers: tuple[LineReader, ...]) -> None:
    global _readers  # noqa: PLW0603 - the only way to hand a process what all its tasks share
    _readers = readers
    os.nice(1)


def _parse_stretch(stretch: Stretch) -> list[LogBucket]:
    return parse_stretch(stretch, _readers)


def parse_stretch(stretch: Stretch, readers: Sequence[LineReader]) -> list[LogBucket]:
    """The buckets of a stretch, in this process.

    Raises:
        StretchGoneError: its bytes are not there any more.
    """
    return parse(
        read_stretch(stretch),
        readers,
        source=stretch.source,
        generation=stretch.generation,
        offset=stretch.start,
    )


class Workers:
    """Some processes that parse stretches of logs of one format."""

    def __init__(self, readers: Sequence[LineReader], *, is_threaded: bool, count: int | None = None) -> None:
        """Start none yet.

        Args:
            readers: what to read with.
            is_threaded: this process has threads, so it cannot fork.
            count: processes; default is one a core, at most eight.
        """
        self._readers = tuple(readers)
        self.count = count or max(1, min(8, os.cpu_count() or 1))
        context = get_context("spawn" if is_threaded else "fork")
        self._pool = ProcessPoolExecutor(self.count, context, _start_worker, (self._readers,))

    def submit(self, stretch: Stretch) -> Future[list[LogBucket]]:
        """Parse a stretch in a worker."""
        return self._pool.submit(_parse_stretch, stretch)

    def parse_all(self, stretches: Iterable[Stretch]) -> Iterator[tuple[Stretch, list[LogBucket]]]:
        """Parse stretches, in order, with a bounded number of them under way.

        A worker that dies (killed for memory, say) is made good for in this process.

        Raises:
            StretchGoneError: bytes of a stretch are not there any more.
        """
        waiting: deque[tuple[Stretch, Future[list[LogBucket]] | None]] = deque()
        for stretch in stretches:
            waiting.append((stretch, self._try_submit(stretch)))
            if len(waiting) > self.count + 2:
                yield self._result(*waiting.popleft())
        while waiting:
            yield self._result(*waiting.popleft())

    def _try_submit(self, stretch: Stretch) -> Future[list[LogBucket]] | None:
        try:
            return self.submit(stretch)
        except BrokenProcessPool:
            return None

    def _result(self, stretch: Stretch, future: Future[list[LogBucket]] | None) -> tuple[Stretch, list[LogBucket]]:
        try:
            if future is not None:
                return stretch, future.result()
        except BrokenProcessPool:
            pass
        return stretch, parse_stretch(stretch, self._readers)

    def close(self) -> None:
        """End the processes; what is under way is given up."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def __enter__(self) -> Self:
        """Start."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """End."""
        self.close()
