"""A head start for reports on large logs: one process imports what reads them while another reads the command line.

To import numpy and the engine takes as long as to import click and to understand the command line twice over, and
a second core has nothing to do meanwhile. So the engine's process is forked first of all, before anything is
imported, and gets an order through a pipe as soon as the command line is understood. It asks nobody and owns
nothing: where there is no order for it, it ends; where it dies, its parent reads the logs itself; and it never
outlives its parent, for which the kernel answers (prctl(2), PR_SET_PDEATHSIG), so there is one on Linux only.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import stat
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, BinaryIO, NoReturn

if TYPE_CHECKING:
    from glance.cli.reading import Answer, Order
    from glance.errors import GlanceError

VERBS = ("report", "check")
"""What is worth it: they read whole logs, and then end."""

NOT_WITH = ("--where", "--db", "--source", "--group")
"""Options with which it has no order: a filter cannot be sent, and history is read by who asks it."""

LARGE_BYTES = 3 << 20
"""A smaller log is read before a second process is of any use."""

_PR_SET_PDEATHSIG = 1


class HeadStart:
    """The process of the engine, seen from the one that forked it."""

    def __init__(self) -> None:
        """Fork it.

        Raises:
            OSError: there are no more processes, or no more files.
        """
        parent = os.getpid()
        with contextlib.ExitStack() as ends:
            tasks, orders = _pipe(ends)
            answers, results = _pipe(ends)
            self._process = os.fork()
            if not self._process:
                orders.close()
                answers.close()
                _work(parent, tasks, results)
            ends.pop_all()
        tasks.close()
        results.close()
        self._orders, self._answers = orders, answers

    def read(self, order: Order) -> Answer | None:
        """What it answers; None when it died, so that somebody else has to read.

        Raises:
            GlanceError: what it says instead.
        """
        import pickle  # only where there is an engine: every start of glance comes by here

        from glance.errors import GlanceError

        try:
            pickle.dump(order, self._orders)
            self._orders.flush()
            import glance.domain.logs.summary  # noqa: F401 - what the answer is made of: while logs are read

            answer = pickle.load(self._answers)  # noqa: S301 - from our own child
        except (EOFError, BrokenPipeError, pickle.UnpicklingError):
            with contextlib.suppress(BrokenPipeError):  # of what could not be sent
                self._orders.close()
            return None
        except KeyboardInterrupt:
            self._interrupt()  # it takes its progress bar away
            raise
        atexit.register(self._wait)  # what it gives back and took counts as ours; until then, there is something to do
        if isinstance(answer, GlanceError):
            raise answer
        return answer  # type: ignore[no-any-return]

    def dismiss(self) -> None:
        """There is no order for it."""
        self._orders.close()

    def _interrupt(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process, signal.SIGINT)
        self._wait()

    def _wait(self) -> None:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self._process, 0)


def _pipe(ends: contextlib.ExitStack) -> tuple[BinaryIO, BinaryIO]:
    """A pipe: where it is read, and where it is written."""
    read, write = os.pipe()
    return ends.enter_context(os.fdopen(read, "rb")), ends.enter_context(os.fdopen(write, "wb"))


def comes_once(path: str) -> bool:
    """What is read here cannot be read again, should the engine die: standard input, a named pipe."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError):
        return path == "-"
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


_begun: list[HeadStart] = []


def begin(arguments: Sequence[str]) -> None:
    """Fork the engine if these words of a command line are about a large log, and nothing speaks against it."""
    if sys.platform != "linux" or not arguments or arguments[0] not in VERBS or (os.cpu_count() or 1) < 2:
        return
    if None in (sys.stdin, sys.stdout, sys.stderr):  # a pipe would take the place of one that is closed
        return
    if any(map(_is_large, arguments[1:])) and not any(word.startswith(NOT_WITH) for word in arguments):
        with contextlib.suppress(OSError):  # then without
            _begun.append(HeadStart())


def begun() -> HeadStart | None:
    """The engine that was forked, for whoever asks first."""
    return _begun.pop() if _begun else None


def _is_large(path: str) -> bool:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return False
    return stat.S_ISREG(status.st_mode) and status.st_size >= LARGE_BYTES


def _work(parent: int, tasks: BinaryIO, results: BinaryIO) -> NoReturn:
    """What the process of the engine does; it never returns."""
    code = 1
    try:
        _end_with(parent)
        if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # as nohup has it, or a job in the background
            signal.signal(signal.SIGINT, _interrupt)
        import pickle

        import glance.pipeline.report  # noqa: F401 - with it comes nearly everything
        from glance.cli import reading

        pickle.dump(_answered(reading.read, pickle.load(tasks)), results)  # noqa: S301 - from our own parent
        results.flush()
        code = 0
    finally:
        os._exit(code)  # whatever happened: the parent then reads the logs itself, and meets it there


def _answered(read: Callable[[Order], Answer], order: Order) -> Answer | GlanceError:
    from glance.errors import GlanceError

    try:
        return read(order)
    except GlanceError as error:
        return error


def _interrupt(_number: int, _frame: object) -> NoReturn:
    """The first ^C ends it, and nothing interrupts its end."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    raise KeyboardInterrupt


def _end_with(parent: int) -> None:
    """End when the parent does, however that is.

    Raises:
        OSError: the kernel does not take care of it, or it has happened already.
    """
    import ctypes

    if ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL) or os.getppid() != parent:
        raise OSError
