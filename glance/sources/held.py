"""The files of a log that lost its name: read on, since servers go on writing to them for a while."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from glance.sources.chunk import Chunk
from glance.sources.generation import Identity
from glance.sources.reader import Reader
from glance.sources.reader_maker import AnyReader

LINGER_SECONDS = 30.0
"""How long a file that lost its name must be quiet before it is let go."""

ROTATE_WAIT_SECONDS = 5.0
"""How long it must be quiet before its last line, which never got its newline, is handed out."""

HELD_FILES = 16
"""Files without their name that are held at most, unless they are still being read."""


@dataclass(slots=True)
class _Held:
    """A file that lost its name, and since when nothing was added to it."""

    reader: AnyReader
    size: int
    quiet_since: float


class HeldReaders:
    """The readers of such files, oldest first."""

    def __init__(self, now: Callable[[], float], linger_seconds: float, rotate_wait_seconds: float) -> None:
        """Hold none yet.

        Args:
            now: a clock that never goes back, in seconds.
            linger_seconds: how long a file must be quiet before it is let go.
            rotate_wait_seconds: how long before its unfinished line is given up for finished.
        """
        self._now = now
        self._linger_seconds = linger_seconds
        self._rotate_wait_seconds = rotate_wait_seconds
        self._held: list[_Held] = []

    def __len__(self) -> int:
        return len(self._held)

    @property
    def readers(self) -> list[AnyReader]:
        """All of them, oldest first."""
        return [held.reader for held in self._held]

    def add(self, reader: AnyReader) -> None:
        """Hold one more, written after the others."""
        self._held.append(_Held(reader, reader.size, self._now()))

    def take(self, identity: Identity) -> Reader | None:
        """The reader of a file that has its name again; it is not held any more."""
        for held in self._held:
            reader = held.reader
            if isinstance(reader, Reader) and reader.generation.identity == identity:
                self._held.remove(held)
                return reader
        return None

    def replace(self, old: AnyReader, new: AnyReader) -> None:
        """Another generation fills the same file."""
        for held in self._held:
            if held.reader is old:
                held.reader = new

    def remove(self, reader: AnyReader) -> None:
        """It cannot be read any more."""
        self._held = [held for held in self._held if held.reader is not reader]

    def clear(self) -> None:
        """Hold none any more."""
        self._held = []

    def let_go(self, chunks: list[Chunk], *, is_replaced: bool) -> list[AnyReader]:
        """Hand out unfinished lines of files that have been quiet for long enough, and give those that are done.

        Args:
            chunks: takes the unfinished lines.
            is_replaced: something was written to the file that has the name now.
        """
        done = []
        for held in tuple(self._held):
            reader, quiet = held.reader, self._quiet_seconds(held)
            if not reader.is_at_end:
                continue
            is_done = (
                reader.is_archive or (is_replaced and quiet >= self._linger_seconds) or len(self._held) > HELD_FILES
            )
            if is_done or quiet >= (self._rotate_wait_seconds if is_replaced else self._linger_seconds):
                last = reader.finish()
                if last is not None:
                    chunks.append(last)
            if is_done:
                self._held.remove(held)
                done.append(reader)
        return done

    def _quiet_seconds(self, held: _Held) -> float:
        """How long nothing has been added to it."""
        now = self._now()
        if held.reader.size != held.size or not held.reader.is_at_end:
            held.size, held.quiet_since = held.reader.size, now
        return now - held.quiet_since
