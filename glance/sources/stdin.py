"""Reads lines from a pipe: standard input, or a named pipe that was asked for."""

from __future__ import annotations

import asyncio
import os
import select
import stat
from collections.abc import Callable, Sequence

from glance.domain.logs.checkpoint import Checkpoint
from glance.domain.logs.gap import Gap
from glance.domain.scene import SourceCondition
from glance.errors import SourceError
from glance.sources.chunk import LINE_LIMIT, POLL_BYTES, Chunk
from glance.sources.generation import Generation, stream_generation
from glance.sources.line_cutter import LineCutter
from glance.sources.losses import Losses
from glance.sources.regular_file import reason_in_words
from glance.sources.source import ReadStatus
from glance.sources.spool import SPOOL_BYTES, Spool

_READ_BYTES = 1 << 18
_MOMENT_SECONDS = 0.005


class Pipe:
    """Lines that come once. They are spooled, so that the newest can be read back."""

    def __init__(
        self,
        fd: int,
        path: str = "-",
        *,
        line_limit: int = LINE_LIMIT,
        spool_bytes: int = SPOOL_BYTES,
        hint: Callable[[], None] | None = None,
    ) -> None:
        """Read from an open file descriptor, which stays the caller's unless it is a named pipe.

        Args:
            fd: what to read from.
            path: the name the person used.
            line_limit: bytes of the longest line that is handed out.
            spool_bytes: how much to keep for reading back.
            hint: called once after a poll as soon as there is more to read, such as `IntervalWaker.awaken`.
        """
        self._fd = fd
        self._path = path
        self._is_named = path != "-"
        self._hint = hint
        self._watching: asyncio.AbstractEventLoop | None = None
        losses = Losses(os.path.abspath(path) if self._is_named else path)
        self._cutter = LineCutter(stream_generation(path), line_limit, losses=losses)
        self._spool = Spool(spool_bytes)
        self._is_ended = False
        self._is_at_end = False
        self._trouble = ""

    @property
    def path(self) -> str:
        """The name the person used; `-` is standard input."""
        return self._path

    @property
    def is_ended(self) -> bool:
        """Nothing will ever come again."""
        return self._is_ended

    @property
    def is_at_end(self) -> bool:
        """Whether the last poll left nothing that could have been read; if not, poll again at once."""
        return self._is_at_end

    @property
    def status(self) -> ReadStatus:
        """How reading goes."""
        cutter, spool = self._cutter, self._spool
        return ReadStatus(
            condition=self._condition(),
            note=self._trouble,
            size_bytes=spool.end,
            offset=cutter.offset,
            lag_bytes=cutter.pending_bytes,
            long_lines_total=cutter.long_lines_total,
            skipped_bytes=cutter.skipped_bytes,
            dropped_bytes=spool.dropped_bytes,
        )

    @property
    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """None: nobody can go on in a stream that comes once."""
        return ()

    @property
    def known(self) -> tuple[Checkpoint, ...]:
        """Nothing: a pipe has no files."""
        return ()

    def acknowledge(self, recorded: Sequence[Checkpoint]) -> None:
        """There is nothing to be kept."""

    def take_gaps(self) -> list[Gap]:
        """What could not be handed out, since the last call."""
        return self._cutter.losses.take()

    async def poll(self, most_bytes: int = POLL_BYTES) -> list[Chunk]:
        """Whole lines that have come, out of about the next `most_bytes`; the last one flagged at the end."""
        chunks: list[Chunk] = []
        budget = most_bytes
        self._unwatch()
        self._is_at_end = self._is_ended
        while budget > 0 and not self._is_at_end:
            if not self._is_readable() and not (budget < most_bytes and await self._goes_on()):
                self._is_at_end = True
                self._watch()
                break
            data = self._read(min(budget, _READ_BYTES))
            budget -= len(data)
            self._spool.append(data)
            chunks += self._cutter.feed(data)
        if self._is_ended:
            chunks += await self.finish()
        return chunks

    async def finish(self) -> list[Chunk]:
        """The last line, flagged partial, when it never got its newline."""
        last = self._cutter.finish()
        return [last] if last else []

    def read_back(self, generation: Generation, offset: int, length: int) -> bytes | None:
        """Bytes that were handed out before, or None when the spool has dropped them."""
        return self._spool.read(offset, length) if generation == self._cutter.generation else None

    async def close(self) -> None:
        """Stop reading, and give the spool's space back."""
        self._unwatch()
        self._spool.close()
        if self._is_named and self._fd >= 0:
            os.close(self._fd)
        self._fd, self._is_ended, self._is_at_end = -1, True, True

    def _condition(self) -> SourceCondition:
        """The state in one word."""
        if self._trouble:
            return "failing"
        if self._is_ended:
            return "ended"
        return "following" if self._spool.end else "waiting"

    def _is_readable(self) -> bool:
        """Whether a read would not block."""
        poll = select.poll()
        poll.register(self._fd, select.POLLIN)
        return bool(poll.poll(0))

    async def _goes_on(self) -> bool:
        """Whether a writer that was just writing writes again within a moment.

        A pipe holds 64 KB: without this, reading would be as slow as its waker.
        """
        more = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.add_reader(self._fd, more.set)
        try:
            async with asyncio.timeout(_MOMENT_SECONDS):
                await more.wait()
        except TimeoutError:
            return False
        finally:
            loop.remove_reader(self._fd)
        return True

    def _read(self, size: int) -> bytes:
        """Bytes that are there; nothing at the end."""
        try:
            data = os.read(self._fd, size)
        except BlockingIOError:
            self._is_at_end = True
            return b""
        except OSError as error:
            self._trouble = reason_in_words(error)
            self._is_ended = self._is_at_end = True
            return b""
        if not data:
            self._is_at_end = True
            self._is_ended = not self._is_named  # another writer may come to a named pipe
        return data

    def _watch(self) -> None:
        """Ask the loop to give the hint when more comes."""
        if self._hint is None or self._watching is not None:
            return
        loop = asyncio.get_running_loop()
        try:
            loop.add_reader(self._fd, self._notice)
        except PermissionError:  # a regular file is always readable
            return
        self._watching = loop

    def _unwatch(self) -> None:
        """Ask no more."""
        if self._watching is not None:
            self._watching.remove_reader(self._fd)
            self._watching = None

    def _notice(self) -> None:
        """More has come: say so once, then leave it to the next poll."""
        self._unwatch()
        if self._hint is not None:
            self._hint()


def open_named_pipe(path: str, *, hint: Callable[[], None] | None = None) -> Pipe:
    """A named pipe that the person asked for.

    Raises:
        SourceError: it cannot be opened, or is something else by now.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise SourceError(f"{path} cannot be opened", reason_in_words(error)) from error
    if not stat.S_ISFIFO(os.fstat(fd).st_mode):
        os.close(fd)
        raise SourceError(f"{path} cannot be read as a pipe", "it is no named pipe any more")
    return Pipe(fd, path, hint=hint)
