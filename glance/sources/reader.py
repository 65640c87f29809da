"""Reads one generation through a file that is held open: whole lines, in order, each once.

The file is held, so its inode cannot be given to another file meanwhile, and a renamed or deleted
log can be read to its end. Before every piece the bytes that stood in front of it are read again
with it: when they are not the same, the file was truncated and refilled, and this generation is over.
"""

from __future__ import annotations

import os
from dataclasses import dataclass

from glance.domain.logs.checkpoint import WINDOW_BYTES
from glance.sources.chunk import CHUNK_BYTES, LINE_LIMIT, Chunk
from glance.sources.generation import Generation, Place, new_generation
from glance.sources.regular_file import OpenFile

_NUL = b"\0"


@dataclass(slots=True)
class ReadCounters:
    """What was not handed out, over all generations of a source."""

    long_lines_total: int = 0
    skipped_bytes: int = 0
    hole_bytes: int = 0
    lost_bytes: int = 0


def place_at(path: str, fd: int, offset: int) -> Place:
    """The place `offset` bytes into a file that was not read before; its start, when it is shorter."""
    if offset > os.fstat(fd).st_size:
        offset = 0
    window = min(offset, WINDOW_BYTES)
    return Place(new_generation(path, fd), offset, os.pread(fd, window, offset - window))


class Reader:
    """Hands out the lines of one generation."""

    def __init__(
        self,
        file: OpenFile,
        place: Place,
        counters: ReadCounters,
        *,
        chunk_bytes: int = CHUNK_BYTES,
        line_limit: int = LINE_LIMIT,
    ) -> None:
        """Read `file` on from `place`.

        Args:
            file: owned by the reader from now on.
            place: where to go on.
            counters: where to count what is not handed out.
            chunk_bytes: bytes to read at a time.
            line_limit: bytes of the longest line that is handed out, without its newline.
        """
        self.generation: Generation = place.generation
        self.offset = place.offset
        self.is_at_end = False
        """Everything that can be had for now was handed out."""
        self.is_rewritten = False
        """The bytes that were read are not there any more: the generation is over."""
        self.size = 0
        self.pending = b""
        """The beginning of a line whose newline is not written yet."""
        self._file = file
        self._window = place.window
        self._is_skipping = place.is_skipping
        self._counters = counters
        # Never more than one longest line: then every cut of the bytes skips the same lines.
        self._chunk_bytes = min(chunk_bytes, line_limit + 1)
        self._line_limit = line_limit
        self._rest = -1
        self._blank: int | None = None

    @property
    def place(self) -> Place:
        """Where the reading stands."""
        return Place(self.generation, self.offset, self._window, self._is_skipping)

    @property
    def is_deleted(self) -> bool:
        """No path leads to the file any more."""
        return os.fstat(self.fileno()).st_nlink == 0

    def fileno(self) -> int:
        """The file descriptor, for reading back with `os.pread`."""
        return self._file.fileno()

    def measure(self) -> None:
        """Look how long the file is."""
        self.size = os.fstat(self.fileno()).st_size

    async def read_into(self, chunks: list[Chunk], most_bytes: int) -> None:
        """Append lines to `chunks` until about `most_bytes` of the file are done, or its end is reached.

        What was appended is handed out even when this raises afterwards.

        Raises:
            OSError: the file cannot be read any more.
        """
        self.is_at_end = False
        budget = most_bytes
        while budget > 0 and not self.is_at_end and not self.is_rewritten:
            before = self.offset
            chunk = await self._step()
            budget -= min(self.offset - before, self._line_limit)  # a hole costs next to nothing
            if chunk is not None:
                chunks.append(chunk)

    def finish(self) -> Chunk | None:
        """The last line without its newline, flagged partial; once."""
        data = self.pending
        if not data or self._is_skipping:
            return None
        chunk = Chunk(self.generation.path, self.generation, self.offset, data, is_partial=True)
        self._advance(data)
        return chunk

    def renewed(self) -> Reader:
        """A reader of the generation that now fills the same file, which it takes over."""
        return self.moved_to(Place(new_generation(self.generation.path, self.fileno()), 0, b""))

    def moved_to(self, place: Place) -> Reader:
        """A reader from another place, which takes the file over."""
        return Reader(self._file, place, self._counters, chunk_bytes=self._chunk_bytes, line_limit=self._line_limit)

    async def close(self) -> None:
        """Let go of the file."""
        await self._file.close()

    async def _step(self) -> Chunk | None:
        """Read one piece: lines, or some bytes to skip, or the news that this is all."""
        known_size = self.size
        self.measure()
        if self._is_resting():
            self.is_at_end = True
            return None
        self._rest, self._blank = self.size, None
        data = await self._read_on(self._chunk_bytes)
        if b"\n" not in data and len(data) >= self._chunk_bytes and not self._is_skipping:
            data = await self._read_on(self._line_limit + 1)
        if self.is_rewritten:
            self._counters.lost_bytes += max(0, known_size - self.offset - len(self.pending))
            return None
        return await self._take(data)

    async def _take(self, data: bytes) -> Chunk | None:
        """Make of the bytes at the offset what they are."""
        if self._is_skipping:
            await self._skip(data)
            return None
        cut = data.rfind(b"\n") + 1
        if cut:
            return self._hand_out(data, cut)
        if len(data) > self._line_limit:
            await self._pass_over(data)
        else:
            self._wait(data)
        return None

    def _is_resting(self) -> bool:
        """Whether nothing was written since the end was last reached.

        The time of the last change proves nothing: it moves in ticks of some milliseconds. So the
        last bytes are compared, and where NULs were written in advance, whether they still stand.
        """
        if self.size != self._rest:
            return False
        end = self.offset + len(self.pending)
        last = (self._window + self.pending[-WINDOW_BYTES:])[-WINDOW_BYTES:]
        if os.pread(self.fileno(), len(last), end - len(last)) != last:
            return False
        return end == self.size or (self._blank == end and not os.pread(self.fileno(), 64, end).strip(_NUL))

    async def _read_on(self, size: int) -> bytes:
        """Bytes from the offset on, once those that were read before have proved to be the same."""
        before = len(self._window)
        if self.size >= self.offset + len(self.pending):
            data = await self._read_at(self.offset - before, before + max(size, len(self.pending)))
            if data.startswith(self._window) and data.startswith(self.pending, before):
                return data[before:]
        self.is_rewritten = True
        return b""

    async def _read_at(self, offset: int, size: int) -> bytes:
        """Bytes of the file."""
        await self._file.seek(offset)
        return await self._file.read(size)

    def _hand_out(self, data: bytes, cut: int) -> Chunk:
        """The lines before `cut`; what follows waits, when it is all there is."""
        lines = data[:cut]
        chunk = Chunk(self.generation.path, self.generation, self.offset, lines)
        self._advance(lines)
        if chunk.end + len(data) - cut >= self.size:
            self._wait(data[cut:])
        return chunk

    def _wait(self, data: bytes) -> None:
        """Nothing more for now, but for the beginning of a line, and space that was never written."""
        self.pending = data.rstrip(_NUL)
        if len(self.pending) < len(data):
            self._blank = self.offset + len(self.pending)
        self.is_at_end = True

    def _advance(self, data: bytes) -> None:
        """These bytes are done."""
        self.offset += len(data)
        self._window = (self._window + data[-WINDOW_BYTES:])[-WINDOW_BYTES:]
        self.pending = b""

    async def _pass_over(self, data: bytes) -> None:
        """There is no newline as far as a line may reach: a line to skip, or space never written."""
        written = data.rstrip(_NUL)
        if len(written) == len(data):
            self._start_skipping(data)
            return
        following = await self._first_written(self.offset + len(written))
        if following is None:
            self._wait(data)
        elif written:
            self._start_skipping(written)
        else:
            self._counters.hole_bytes += following - self.offset
            await self._jump(following)

    def _start_skipping(self, data: bytes) -> None:
        """The line that begins here is too long: pass it over up to its newline."""
        self._is_skipping = True
        self._counters.long_lines_total += 1
        self._counters.skipped_bytes += len(data)
        self._advance(data)

    async def _skip(self, data: bytes) -> None:
        """Go on in a line that is too long."""
        newline = data.find(b"\n")
        skipped = data[: newline + 1] if newline >= 0 else data.rstrip(_NUL)
        self._is_skipping = newline < 0
        if skipped:
            self._counters.skipped_bytes += len(skipped)
            self._advance(skipped)
            return
        following = await self._first_written(self.offset)
        if following is None:
            self._blank = self.offset if data else None
            self.is_at_end = True
        else:
            self._counters.skipped_bytes += following - self.offset
            await self._jump(following)

    async def _jump(self, offset: int) -> None:
        """Go on at `offset`, over bytes that were never written."""
        window = min(offset, WINDOW_BYTES)
        self._window = await self._read_at(offset - window, window)
        self.offset = offset

    async def _first_written(self, position: int) -> int | None:
        """The first byte at or after `position` that is not NUL; None up to the end of the file."""
        while position < self.size:
            try:
                position = os.lseek(self.fileno(), position, os.SEEK_DATA)
            except OSError:  # nothing but a hole from here to the end
                return None
            data = await self._read_at(position, self._chunk_bytes)
            written = data.lstrip(_NUL)
            if written or not data:
                return position + len(data) - len(written) if written else None
            position += len(data)
        return None
