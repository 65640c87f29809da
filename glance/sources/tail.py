"""Follows one path: one name is one endless source, whatever rotation does to it.

At each poll the name is looked up, then everything that is held open is read: files that were
moved away or deleted first, to their end, then the one that has the name now. A file that lost its
name is held until it has been quiet for a while *and* its successor is being written, since servers
go on writing to the old file until they have been told, and their last workers a while longer.
"""

from __future__ import annotations

import logging
import os
import stat
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from glance.domain.scene import SourceCondition
from glance.errors import SourceError
from glance.sources.chunk import CHUNK_BYTES, LINE_LIMIT, POLL_BYTES, Chunk
from glance.sources.generation import Generation, Place
from glance.sources.reader import ReadCounters, Reader, place_at
from glance.sources.regular_file import not_regular, open_file, reason_in_words
from glance.sources.source import ReadStatus

logger = logging.getLogger(__name__)

LINGER_SECONDS = 30.0
"""How long a file that lost its name must be quiet before it is let go."""

HELD_FILES = 16
"""Files without their name that are held at most, unless they are still being read."""

_REMEMBERED_PLACES = 64
_NOTE_SECONDS = 60.0
_FIRST_RETRY_SECONDS, _LONGEST_RETRY_SECONDS = 1.0, 30.0


@dataclass(slots=True)
class _Held:
    """A file that lost its name, and since when nothing was added to it."""

    reader: Reader
    size: int
    quiet_since: float


class Tail:
    """One path, followed for ever."""

    def __init__(
        self,
        path: Path | str,
        *,
        start: int | None = None,
        chunk_bytes: int = CHUNK_BYTES,
        line_limit: int = LINE_LIMIT,
        linger_seconds: float = LINGER_SECONDS,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """Follow `path`, which need not exist yet.

        Args:
            path: the name to follow.
            start: where to begin in the file that has the name first, the start of a line; None is byte 0.
            chunk_bytes: bytes to read at a time.
            line_limit: bytes of the longest line that is handed out.
            linger_seconds: how long a file that lost its name must be quiet before it is let go.
            now: a clock that never goes back, in seconds.
        """
        self._path = os.fspath(path)
        self._start = start
        self._chunk_bytes = chunk_bytes
        self._line_limit = line_limit
        self._linger_seconds = linger_seconds
        self._now = now
        self._current: Reader | None = None
        self._held: list[_Held] = []
        self._finished: deque[Place] = deque(maxlen=_REMEMBERED_PLACES)
        self._counters = ReadCounters()
        self._rotations_total = 0
        self._truncations_total = 0
        self._trouble = ""
        self._is_missing = False
        self._is_at_end = False
        self._note = ""
        self._note_until = 0.0
        self._retry_at, self._retry_seconds = 0.0, _FIRST_RETRY_SECONDS

    @property
    def path(self) -> str:
        """The path the person named."""
        return self._path

    @property
    def places(self) -> tuple[Place, ...]:
        """Where reading stands in every file that is held, oldest first."""
        return tuple(reader.place for reader in self._readers())

    @property
    def generation(self) -> Generation | None:
        """The life of bytes that has the name now, None before the file was opened."""
        return self._current.generation if self._current else None

    @property
    def status(self) -> ReadStatus:
        """How following goes."""
        readers = self._readers()
        current = self._current
        return ReadStatus(
            condition=self._condition(),
            note=self._trouble or (self._note if self._now() < self._note_until else ""),
            size_bytes=current.size if current else 0,
            offset=current.offset if current else 0,
            lag_bytes=sum(max(0, reader.size - reader.offset) for reader in readers),
            rotations_total=self._rotations_total,
            truncations_total=self._truncations_total,
            long_lines_total=self._counters.long_lines_total,
            skipped_bytes=self._counters.skipped_bytes,
            hole_bytes=self._counters.hole_bytes,
            lost_bytes=self._counters.lost_bytes,
        )

    @property
    def is_at_end(self) -> bool:
        """Whether the last poll left nothing that could have been read; if not, poll again at once."""
        return self._is_at_end

    async def open(self) -> int | None:
        """Open the file now instead of at the first poll, so that a back-fill reads the very same file.

        Returns:
            A file descriptor for `os.pread`, owned by the tail; None while there is nothing to read.
        """
        await self._follow_name()
        return self._current.fileno() if self._current else None

    def start_at(self, offset: int) -> None:
        """Begin at `offset`, the start of a line, of the file that `open` opened; before the first poll."""
        if self._current is None:
            self._start = offset
            return
        reader = self._current
        place = place_at(self._path, reader.fileno(), offset)
        self._current = reader.moved_to(Place(reader.generation, place.offset, place.window))

    async def poll(self, most_bytes: int = POLL_BYTES) -> list[Chunk]:
        """Whole lines that can be read now, out of about the next `most_bytes`; maybe none.

        Poll again at once until `is_at_end`. Let it finish: what a cancelled poll had read is gone.
        """
        chunks: list[Chunk] = []
        self._is_at_end = False
        await self._follow_name()
        budget = most_bytes
        for reader in self._readers():
            before = sum(len(chunk.data) for chunk in chunks)
            is_at_end = await self._read(reader, chunks, budget)
            budget -= sum(len(chunk.data) for chunk in chunks) - before
            if not is_at_end or budget <= 0:
                return chunks  # the older file comes first, to its end
        await self._let_go(chunks)
        self._is_at_end = True
        return chunks

    async def finish(self) -> list[Chunk]:
        """The last lines that wait for their newline, flagged partial, when nobody will follow any more."""
        return [chunk for reader in self._readers() if (chunk := reader.finish())]

    def read_back(self, generation: Generation, offset: int, length: int) -> bytes | None:
        """Bytes of a generation that is still held open, or None."""
        for reader in self._readers():
            if reader.generation == generation:
                return os.pread(reader.fileno(), length, offset)
        return None

    async def close(self) -> None:
        """Let go of every file."""
        readers = self._readers()
        self._held, self._current = [], None
        for reader in readers:
            await reader.close()

    def _readers(self) -> list[Reader]:
        """Every file that is held, oldest first, the one that has the name last."""
        held = [held.reader for held in self._held]
        return [*held, self._current] if self._current else held

    def _condition(self) -> SourceCondition:
        """The state in one word."""
        if self._trouble:
            return "missing" if self._is_missing else "failing"
        current = self._current
        if current is None:
            return "waiting"
        if not self.is_at_end:
            return "reading"
        has_lines = current.offset or self._rotations_total or self._truncations_total
        return "following" if has_lines else "waiting"

    async def _follow_name(self) -> None:
        """Find out which file has the name now, and open it when it is another."""
        # Looked up in this thread: some microseconds, where a trip through another costs fifty.
        try:
            status = os.stat(self._path)
        except OSError as error:
            self._say_absent(error)
            return
        identity = (status.st_dev, status.st_ino)
        if self._current and self._current.generation.identity == identity:
            self._trouble = ""
            return
        if self._now() < self._retry_at:
            return
        try:
            if not stat.S_ISREG(status.st_mode):
                raise not_regular(self._path, status.st_mode)
            reader = self._take_back(identity) or await self._open()
        except SourceError as error:
            self._back_off(error.why)
        except FileNotFoundError as error:
            self._say_absent(error)
        except OSError as error:
            self._back_off(reason_in_words(error))
        else:
            self._switch_to(reader)

    def _take_back(self, identity: tuple[int, int]) -> Reader | None:
        """The reader of a file that has its name again."""
        for held in self._held:
            if held.reader.generation.identity == identity:
                self._held.remove(held)
                return held.reader
        return None

    async def _open(self) -> Reader:
        """A reader of the file that has the name now: from where it was left, if it is known."""
        file = await open_file(self._path)
        opened = os.fstat(file.fileno())
        if any(reader.generation.identity == (opened.st_dev, opened.st_ino) for reader in self._readers()):
            await file.close()
            raise FileNotFoundError  # the name was changed back meanwhile: the next poll sees what it is
        known = [place for place in self._finished if place.fits(file.fileno())]
        if known:
            place = max(known, key=lambda place: place.offset)
            self._finished.remove(place)
        else:
            place = place_at(self._path, file.fileno(), self._start or 0)
        self._start = None
        return Reader(file, place, self._counters, chunk_bytes=self._chunk_bytes, line_limit=self._line_limit)

    def _switch_to(self, reader: Reader) -> None:
        """Another file has the name now."""
        old = self._current
        if old is not None:
            self._rotations_total += 1
            self._say(self._change_in_words(old))
            self._held.append(_Held(old, old.size, self._now()))
        self._current = reader
        reader.measure()
        self._trouble = ""
        self._retry_at, self._retry_seconds = 0.0, _FIRST_RETRY_SECONDS

    async def _read(self, reader: Reader, chunks: list[Chunk], budget: int) -> bool:
        """Read one file, into its next generation if it was truncated; True when its end was reached."""
        try:
            await reader.read_into(chunks, budget)
            if reader.is_rewritten:
                reader = self._renew(reader, chunks)
                await reader.read_into(chunks, budget)
        except OSError as error:
            await self._drop(reader, error)
            return True
        return reader.is_at_end

    def _renew(self, old: Reader, chunks: list[Chunk]) -> Reader:
        """The file was truncated or rewritten: its next generation begins at byte 0."""
        self._truncations_total += 1
        self._say("was truncated")
        last = old.finish()
        if last:
            chunks.append(last)
        reader = old.renewed()
        if old is self._current:
            self._current = reader
        for held in self._held:
            if held.reader is old:
                held.reader = reader
        return reader

    async def _drop(self, reader: Reader, error: OSError) -> None:
        """Reading failed: remember the place, and open the file again later."""
        self._finished.append(reader.place)
        self._held = [held for held in self._held if held.reader is not reader]
        if reader is self._current:
            self._current = None
            self._back_off(reason_in_words(error))
        await reader.close()

    async def _let_go(self, chunks: list[Chunk]) -> None:
        """Close files that lost their name and have been quiet for long enough."""
        now = self._now()
        is_replaced = self._current is not None and self._current.size > 0
        for held in tuple(self._held):
            if held.reader.size != held.size or not held.reader.is_at_end:
                held.size, held.quiet_since = held.reader.size, now
            is_quiet = is_replaced and now - held.quiet_since >= self._linger_seconds
            is_surplus = len(self._held) > HELD_FILES
            if not held.reader.is_at_end or not (is_quiet or is_surplus):
                continue
            last = held.reader.finish()
            if last:
                chunks.append(last)
            self._held.remove(held)
            self._finished.append(held.reader.place)
            await held.reader.close()

    def _say(self, note: str) -> None:
        """Something happened that a person should know for a minute."""
        logger.info("%s %s", self._path, note)
        self._note, self._note_until = note, self._now() + _NOTE_SECONDS

    def _change_in_words(self, old: Reader) -> str:
        """How the name came to another file."""
        if os.path.islink(self._path):
            return "leads to another file now"
        return "was deleted and created anew" if old.is_deleted else "was rotated"

    def _say_absent(self, error: OSError) -> None:
        """The name leads nowhere; what is held open is still read."""
        self._is_missing = isinstance(error, (FileNotFoundError, NotADirectoryError))
        if not self._is_missing:
            self._trouble = reason_in_words(error)
        elif self._current is None:
            self._trouble = "does not exist yet"
        elif self._current.is_deleted:
            self._trouble = "was deleted; waiting for a new one"
        else:
            self._trouble = "was moved away; waiting for a new one"

    def _back_off(self, why: str) -> None:
        """It cannot be opened or read: say why, and try again later and later."""
        if why != self._trouble:
            logger.warning("%s: %s", self._path, why)
        self._is_missing = False
        self._trouble = why
        self._retry_at = self._now() + self._retry_seconds
        self._retry_seconds = min(self._retry_seconds * 2, _LONGEST_RETRY_SECONDS)
