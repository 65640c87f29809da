"""Profiles of this very process, for the service of the demo: CPU by sampling, threads, and memory.

CPU is sampled in the main thread, which does the work, by a timer of the system: between two instructions the
interpreter stops and looks which lines it is at. A look that finds the thread at rest counts nothing, and time
in which it had no processor counts nothing either. While no profile is taken there is no timer: it costs nothing.
"""

from __future__ import annotations

import functools
import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from glance.domain.profiles.stack_maker import StackMaker

PERIOD_SECONDS = 0.001
PERIOD_NANOS = 1_000_000
MOST_FRAMES = 128
PIECE = 1 << 16

Frame = tuple[CodeType, int]
"""What was running, and at which line."""
Stack = tuple[str, tuple[Frame, ...]]
"""The route, and the frames, the leaf first."""


class Serving:
    """Whose request is being answered."""

    def __init__(self) -> None:
        """Nobody's."""
        self.route = ""

    @contextmanager
    def serving(self, route: str) -> Iterator[None]:
        """What is done in here is done for this route."""
        self.route = route
        try:
            yield
        finally:
            self.route = ""


SERVING = Serving()
"""Of the main thread."""


class TakenError(Exception):
    """Another CPU profile is being taken."""


class Profiler:
    """Looks at the main thread; made there."""

    def __init__(self) -> None:
        """Look at nothing yet."""
        self._turn = threading.Lock()
        self._counts: Counter[Stack] = Counter()
        self._looked_at = self._worked = 0.0
        self._idle = (rest.__code__, self._look.__code__)
        """Where nobody works."""
        signal.signal(signal.SIGALRM, self._look)

    def cpu(self, seconds: float) -> bytes:
        """A CPU profile of so many seconds, as pprof has it; called in any thread but the main one.

        Raises:
            TakenError: another one is being taken.
        """
        if not self._turn.acquire(blocking=False):
            raise TakenError
        try:
            began = time.time()
            self._counts = Counter()
            self._looked_at, self._worked = time.monotonic(), 0.0
            signal.setitimer(signal.ITIMER_REAL, PERIOD_SECONDS, PERIOD_SECONDS)
            try:
                time.sleep(seconds)
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
            return self._packed(began, seconds)
        finally:
            self._turn.release()

    def _look(self, _number: int, frame: FrameType | None) -> None:
        """Where the main thread is; looks that were missed, as within one long call, count as well."""
        now, worked = time.monotonic(), time.thread_time()
        turns = max(1, round((now - self._looked_at) / PERIOD_SECONDS))
        share = max(1, round((worked - self._worked) / PERIOD_SECONDS)) if self._worked else 1
        if frame is not None and frame.f_code not in self._idle:
            self._counts[SERVING.route, frames_of(frame)] += min(turns, share)
        self._looked_at, self._worked = now, time.thread_time()

    def _packed(self, began: float, seconds: float) -> bytes:
        """What was counted, as pprof has it."""
        maker, kinds = maker_of(("samples", "count"), ("cpu", "nanoseconds"))
        from glance.domain.profiles.proto_writer import written  # numpy: not before somebody asks

        for (route, frames), count in self._counts.items():
            maker.add(row_of(maker, frames, route), count, count * PERIOD_NANOS)
        return written(
            maker.profile(
                time_nanos=round(began * 1e9),
                duration_nanos=round(seconds * 1e9),
                period_type=kinds[1],
                period=PERIOD_NANOS,
            )
        )

    def threads(self) -> bytes:
        """Where all threads are, as pprof has it."""
        maker, kinds = maker_of(("threadcreate", "count"))
        from glance.domain.profiles.proto_writer import written  # numpy: not before somebody asks

        for frame in sys._current_frames().values():  # noqa: SLF001 - the way to see other threads
            maker.add(row_of(maker, frames_of(frame)), 1)
        return written(maker.profile(time_nanos=time.time_ns(), period_type=kinds[0], period=1))

    def thread_text(self) -> bytes:
        """Where all threads are, as text, as Go prints goroutines."""
        found = []
        for number, frame in enumerate(sys._current_frames().values(), 1):  # noqa: SLF001 - the way to see other threads
            frames = frames_of(frame)
            leaf = frames[0][0]
            is_waiting = leaf in self._idle or leaf.co_filename.endswith(WAITING)
            calls = "".join(f"{name_of(code)}()\n\t{code.co_filename}:{line} +0x0\n" for code, line in frames)
            found.append(f"goroutine {number} [{'IO wait' if is_waiting else 'running'}]:\n{calls}")
        return "\n".join(found).encode()


WAITING = ("/selectors.py", "/socket.py", "/threading.py")
"""Files of the library in which threads wait."""


def rest(fd: int) -> bytes:
    """Wait for something to read, which is no work; nothing at its end."""
    return os.read(fd, PIECE)


def frames_of(frame: FrameType | None) -> tuple[Frame, ...]:
    """The frames of a stack, the leaf first."""
    found: list[Frame] = []
    while frame is not None and len(found) < MOST_FRAMES:
        found.append((frame.f_code, frame.f_lineno or frame.f_code.co_firstlineno))
        frame = frame.f_back
    return tuple(found)


def maker_of(*types: tuple[str, str]) -> tuple[StackMaker, list[Any]]:
    """What collects stacks with values of these types."""
    from glance.domain.profiles.parts import ValueType  # numpy behind them: not before somebody asks
    from glance.domain.profiles.stack_maker import StackMaker

    kinds = [ValueType(*each) for each in types]
    return StackMaker(kinds), kinds


def row_of(maker: StackMaker, frames: tuple[Frame, ...], route: str = "") -> int:
    """The row of a stack."""
    from glance.domain.profiles.parts import NO_LABELS, LabelSet  # the maker has it already

    places = []
    for code, line in frames:
        function = maker.function(name_of(code), code.co_filename, code.co_firstlineno)
        places.append(maker.location(0, ((function, line, 0),)))
    return maker.stack(tuple(places), LabelSet({"route": (route,)}) if route else NO_LABELS)


def name_of(code: CodeType) -> str:
    """A function with its module: `shop.search`, `json.encoder.JSONEncoder.encode`."""
    return f"{module_of(code.co_filename)}.{code.co_qualname}"


@functools.lru_cache(512)
def module_of(path: str) -> str:
    """The module that a file is, with its package."""
    if path.startswith("<"):
        return path
    folder, _, file = path.rpartition("/")
    package = folder.rpartition("/")[2]
    if file == "__init__.py":
        return package
    module = file.removesuffix(".py")
    return f"{package}.{module}" if os.path.exists(f"{folder}/__init__.py") else module
