"""Workers beside a running screen: processes that import only `ingest`, talked to through pipes.

A process with threads must not fork, and `multiprocessing` would import the whole program again.
"""

from __future__ import annotations

import asyncio
import contextlib
import pickle
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import glance
from glance.domain.logs.bucket import LogBucket
from glance.ingest.collector_pause import collector_paused
from glance.ingest.reader import LineReader
from glance.ingest.stretch import Stretch, worker_count
from glance.ingest.worker import LENGTH_BYTES, framed

_START = "import sys; sys.path.append(sys.argv[1]); from glance.ingest.worker import main; main()"
"""Not by `-m`, which looks in the working directory first: a folder of logs may hold a `pickle.py`."""

_ROOT = str(Path(glance.__file__).parent.parent)
"""Where this glance was imported from; the last place where a worker looks."""


class WorkerDiedError(Exception):
    """A worker ended before its answer came; killed for memory, say."""


class SpawnedWorkers:
    """Some worker processes, as an asynchronous context manager."""

    def __init__(self, readers: Sequence[LineReader], count: int | None = None) -> None:
        """Start none yet.

        Args:
            readers: what to read with.
            count: processes; default is one a core.
        """
        self._readers = tuple(readers)
        self.count = count or worker_count()
        self._processes: list[Process] = []
        self._idle: asyncio.Queue[Process] = asyncio.Queue()

    async def __aenter__(self) -> Self:
        """Start the processes."""
        hello = framed(self._readers)
        try:
            for _ in range(self.count):
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-P", "-c", _START, _ROOT, stdin=PIPE, stdout=PIPE, stderr=DEVNULL
                )
                self._processes.append(process)
                assert process.stdin is not None
                process.stdin.write(hello)
                self._idle.put_nowait(process)
        except OSError as error:
            await self._end()
            raise WorkerDiedError(str(error)) from error
        except asyncio.CancelledError:
            await self._end()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End them; what is under way is given up."""
        await self._end()

    async def _end(self) -> None:
        for process in self._processes:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        interrupted: asyncio.CancelledError | None = None
        while self._processes:
            try:
                await self._processes[-1].communicate()  # to the end of its pipes, so that none is left open
                self._processes.pop()
            except asyncio.CancelledError as error:  # once more, at the end of the program: it is killed, and soon gone
                interrupted = error
        if interrupted is not None:
            raise interrupted

    async def parse(self, stretch: Stretch) -> list[LogBucket]:
        """The buckets of a stretch.

        Raises:
            StretchGoneError: its bytes are not there any more.
            WorkerDiedError: the worker did not live to answer.
        """
        process = await self._idle.get()
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(framed(stretch))
            await process.stdin.drain()
            head = await process.stdout.readexactly(LENGTH_BYTES)
            data = await process.stdout.readexactly(int.from_bytes(head, "little"))
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            raise WorkerDiedError(f"worker {process.pid} ended") from error
        finally:
            self._idle.put_nowait(process)
        with collector_paused():
            answer = pickle.loads(data)  # noqa: S301 - from our own child
        if isinstance(answer, Exception):
            raise answer
        return cast("list[LogBucket]", answer)
