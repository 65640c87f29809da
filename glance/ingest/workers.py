"""Worker processes that parse a backlog, and end with it.

Each reads its own stretches of the file, so that no raw byte travels between processes; finished
buckets come back through a pipe. These are forked, which costs milliseconds, and which only a process
without threads may do; beside a running screen `SpawnedWorkers` take their place. The standard library's
pools would take longer to import than a worker takes to start.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import os
import pickle
import select
import signal
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import Self, cast

from glance.domain.logs.bucket import LogBucket
from glance.ingest.reader import LineReader
from glance.ingest.stretch import Stretch, parse_stretch, worker_count
from glance.ingest.worker import LENGTH_BYTES, answer_tasks, framed

PIPE_BYTES = 1 << 20
"""What a pipe holds, where the system lets it: about what a stretch comes to, so that no worker waits to be heard."""

SIGNALS = frozenset((signal.SIGINT, signal.SIGTERM, signal.SIGHUP))
"""They wait while processes are forked: what the parent does about them is not for a child to do."""

TASKS_EACH = 2
"""Stretches that a worker has got: the one it reads, and the next."""

Answer = list[LogBucket] | Exception


class Workers:
    """Some processes that parse stretches of logs of one format."""

    def __init__(self, readers: Sequence[LineReader], count: int | None = None) -> None:
        """Start them.

        Args:
            readers: what to read with.
            count: processes; default is one a core, at most eight.
        """
        self._readers = tuple(readers)
        self.count = count or worker_count()
        self._workers: list[_Worker] = []
        try:
            self._start()
        except BaseException:  # a signal that waited: nobody else would end those that were started
            self.close()
            raise

    def _start(self) -> None:
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        try:
            for _ in range(self.count):
                with contextlib.suppress(OSError):  # no more processes: then with fewer, or in this one
                    self._workers.append(_Worker(self._readers, self._workers, mask))
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)

    @property
    def processes(self) -> tuple[int, ...]:
        """Their numbers."""
        return tuple(one.process for one in self._workers)

    def parse_all(self, stretches: Iterable[Stretch]) -> Iterator[tuple[Stretch, list[LogBucket]]]:
        """Parse stretches, in order, with a bounded number of them under way; this can be done once.

        A worker ends as soon as there is nothing more for it. One that dies (killed for memory, say) is made good
        for in this process.

        Raises:
            StretchGoneError: bytes of a stretch are not there any more.
        """
        coming = iter(stretches)
        waiting: deque[_Task] = deque()
        self._hand_out(coming, waiting)  # now, so that they read while the caller is not yet listening
        return self._answers(coming, waiting)

    def _answers(self, coming: Iterator[Stretch], waiting: deque[_Task]) -> Iterator[tuple[Stretch, list[LogBucket]]]:
        while waiting:
            while not waiting[0].is_done:
                self._receive()
            task = waiting.popleft()
            self._hand_out(coming, waiting)
            yield task.stretch, self._result(task)

    def _hand_out(self, coming: Iterator[Stretch], waiting: deque[_Task]) -> None:
        """Give every worker something to do; when none is left alive, the next stretch is for this process."""
        while len(waiting) < self.count * TASKS_EACH + 2:
            free = min((one for one in self._workers if one.has_room), key=lambda one: len(one.tasks), default=None)
            if free is None and any(one.is_alive for one in self._workers):
                return
            stretch = next(coming, None)
            if stretch is None:
                if free is not None and not free.tasks:
                    free.dismiss()
                return
            task = _Task(stretch)
            waiting.append(task)
            if free is not None:
                free.send(task)
            else:
                task.is_done = True

    def _receive(self) -> None:
        """Wait for an answer, or for a part of one."""
        by_file = {one.results: one for one in self._workers if one.is_alive}
        poll = select.poll()
        for file in by_file:
            poll.register(file, select.POLLIN)
        for file, _ in poll.poll():
            by_file[file].receive()

    def _result(self, task: _Task) -> list[LogBucket]:
        if task.answer is None:
            return parse_stretch(task.stretch, self._readers)
        if isinstance(task.answer, Exception):
            raise task.answer
        return task.answer

    def close(self) -> None:
        """End the processes; what is under way is given up."""
        for one in self._workers:  # all of them first, so that they give their memory back side by side
            one.kill()
        for one in self._workers:
            one.bury()

    def __enter__(self) -> Self:
        """Start."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End."""
        self.close()


class _Task:
    """A stretch, and what became of it."""

    def __init__(self, stretch: Stretch) -> None:
        self.stretch = stretch
        self.answer: Answer | None = None
        """None where its worker died."""
        self.is_done = False


class _Worker:
    """One process, seen from the one that forked it."""

    def __init__(self, readers: tuple[LineReader, ...], others: Sequence[_Worker], mask: Iterable[int]) -> None:
        orders_end, self.orders = os.pipe()
        try:
            self.results, results_end = os.pipe()
        except OSError:
            os.close(orders_end)
            os.close(self.orders)
            raise
        for pipe in (orders_end, results_end):
            with contextlib.suppress(OSError, AttributeError):  # not this system, or not so much
                fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self.tasks: deque[_Task] = deque()
        self.is_alive = True
        self._unread = bytearray()
        try:
            self.process = os.fork()
        except OSError:
            for pipe in (orders_end, self.orders, self.results, results_end):
                os.close(pipe)
            raise
        if not self.process:
            _work(readers, orders_end, results_end, (self, *others), mask)
        os.close(orders_end)
        os.close(results_end)

    @property
    def has_room(self) -> bool:
        """It can be given another stretch."""
        return self.is_alive and len(self.tasks) < TASKS_EACH

    def send(self, task: _Task) -> None:
        """Give it a stretch; a message is far smaller than a pipe."""
        self.tasks.append(task)
        try:
            os.write(self.orders, framed(task.stretch))
        except BrokenPipeError:
            self._die()

    def receive(self) -> None:
        """Read what it has written by now."""
        data = os.read(self.results, PIPE_BYTES)
        if not data:
            self._die()
            return
        self._unread += data
        while len(self._unread) >= LENGTH_BYTES:
            end = LENGTH_BYTES + int.from_bytes(self._unread[:LENGTH_BYTES], "little")
            if len(self._unread) < end:
                return
            task = self.tasks.popleft()
            with memoryview(self._unread) as message, message[LENGTH_BYTES:end] as body:
                task.answer = cast("Answer", pickle.loads(body))  # noqa: S301 - from our own child
            task.is_done = True
            del self._unread[:end]

    def _die(self) -> None:
        """It ended before it answered."""
        self.is_alive = False
        for task in self.tasks:
            task.is_done = True
        self.tasks.clear()

    def dismiss(self) -> None:
        """Let it end by itself: it gives its memory back while others work."""
        self.is_alive = False
        self._close_orders()

    def _close_orders(self) -> None:
        if self.orders >= 0:
            os.close(self.orders)
            self.orders = -1

    def kill(self) -> None:
        """End the process."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process, signal.SIGKILL)

    def bury(self) -> None:
        """Wait until it has ended."""
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.process, 0)
        self._close_orders()
        os.close(self.results)


def _work(
    readers: tuple[LineReader, ...], orders_end: int, results_end: int, workers: Sequence[_Worker], mask: Iterable[int]
) -> None:
    """What the forked process does; it never returns."""
    code = 1
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # of the terminal's group; the parent says when to end
        for signal_number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(signal_number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for one in workers:  # the parent's ends, so that each process ends with the parent alone
            os.close(one.orders)
            os.close(one.results)
        gc.disable()  # millions of short-lived tuples, none in a cycle
        with os.fdopen(orders_end, "rb") as tasks, os.fdopen(results_end, "wb") as results:
            answer_tasks(readers, tasks, results)
        code = 0
    finally:
        os._exit(code)  # whatever happened: what the parent would do at its end is not for a child
