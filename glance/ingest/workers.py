"""Worker processes that parse a backlog, and end with it.

Each reads its own stretches of the file, so that no raw byte travels between processes; finished
buckets come back. These are forked, which costs milliseconds, and which only a process without
threads may do; beside a running screen `SpawnedWorkers` take their place.
"""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from types import TracebackType
from typing import Self

from glance.domain.logs.bucket import LogBucket
from glance.ingest.reader import LineReader
from glance.ingest.stretch import Stretch, parse_stretch, worker_count

_readers: tuple[LineReader, ...] = ()
"""What this worker process reads with; set once, when it starts."""


def _start_worker(readers: tuple[LineReader, ...]) -> None:
    global _readers  # noqa: PLW0603 - the only way to hand a process what all its tasks share
    _readers = readers
    gc.disable()  # millions of short-lived tuples, none in a cycle


def _parse_stretch(stretch: Stretch) -> list[LogBucket]:
    return parse_stretch(stretch, _readers)


class Workers:
    """Some processes that parse stretches of logs of one format."""

    def __init__(self, readers: Sequence[LineReader], count: int | None = None) -> None:
        """Start none yet.

        Args:
            readers: what to read with.
            count: processes; default is one a core, at most eight.
        """
        self._readers = tuple(readers)
        self.count = count or worker_count()
        self._pool = ProcessPoolExecutor(self.count, get_context("fork"), _start_worker, (self._readers,))

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
            return self._pool.submit(_parse_stretch, stretch)
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
        """End the processes and the thread that talks to them, so that another pool may fork."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def __enter__(self) -> Self:
        """Start."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End."""
        self.close()
