"""Reads one generation through a file that is held open: whole lines, in order, each once.

The file is held, so its inode cannot be given to another file meanwhile, and a renamed or deleted
log can be read to its end. Before every piece the bytes that stood in front of it are read again
with it: when they are not the same, the file was truncated and refilled, and this generation is over.
"""

from __future__ import annotations

import os

from glance.domain.logs.checkpoint import HEAD_BYTES, WINDOW_BYTES, Checkpoint, GenerationState
from glance.sources.chunk import CHUNK_BYTES, LINE_LIMIT, Chunk
from glance.sources.generation import Generation, proof_at
from glance.sources.losses import Losses
from glance.sources.regular_file import OpenFile

_NUL = b"\0"
_HOLE = _NUL * 8
"""So many NULs at the start of a line were never written."""
_HOLE_IN_LINES = b"\n" + _HOLE


class Reader:
    """Hands out the lines of one generation."""

    def __init__(
        self,
        file: OpenFile,
        generation: Generation,
        losses: Losses,
        *,
        known: Checkpoint | None = None,
        start: int = 0,
        chunk_bytes: int = CHUNK_BYTES,
        line_limit: int = LINE_LIMIT,
    ) -> None:
        """Read `file` on from where it is known to have been read, or from `start`.

        Args:
            file: owned by the reader from now on.
            generation: whose bytes the file holds.
            losses: where to count what is not handed out.
            known: how far the generation was read before.
            start: where to begin in one that is not known, the start of a line.
            chunk_bytes: bytes to read at a time.
            line_limit: bytes of the longest line that is handed out, without its newline.
        """
        self.generation = generation
        self.low = start
        """First byte that was handed out, or was not wanted."""
        self.offset = start
        """After the last byte that was handed out."""
        self.is_at_end = False
        """Everything that can be had for now was handed out."""
        self.is_rewritten = False
        """The bytes that were read are not there any more: the generation is over."""
        self.size = 0
        self.pending = b""
        """The beginning of a line whose newline is not written yet."""
        self.seen_path = generation.path
        """The name under which the file was last seen."""
        self._file = file
        self._head = b""
        self._window = b""
        self._is_skipping = False
        self._is_cut = False
        """What is skipped is the end of a line of which the beginning was handed out."""
        self._losses = losses
        # Never more than one longest line: then every cut of the bytes skips the same lines.
        self._chunk_bytes = min(chunk_bytes, line_limit + 1)
        self._line_limit = line_limit
        self._rest = -1
        self._blank: int | None = None
        self._modified_ns = 0
        self._first = b""
        """What a file begins with of which nothing was handed out: by this it is known until then."""
        if known is not None:
            self.low, self.offset = known.low, known.offset
            self._head, self._window = known.head[: known.offset], known.window
            self._is_skipping = known.is_skipping
            self.seen_path = known.path
        elif start:
            self._head, self._window = proof_at(file.fileno(), start)

    @property
    def number(self) -> int:
        """Of the generation."""
        return self.generation.number

    @property
    def is_archive(self) -> bool:
        """It does not grow."""
        return False

    @property
    def is_intact(self) -> bool:
        """Whether the last bytes that were read still stand where they stood."""
        end = self.offset + len(self.pending)
        if not end:
            is_shorter = os.fstat(self.fileno()).st_size < self.size
            return not is_shorter and os.pread(self.fileno(), len(self._first), 0) == self._first
        last = (self._window + self.pending[-WINDOW_BYTES:])[-WINDOW_BYTES:]
        return os.pread(self.fileno(), len(last), end - len(last)) == last

    def checkpoint(self, source: str, state: GenerationState = "active") -> Checkpoint:
        """Where the reading stands, for the record."""
        head = self._head
        if len(head) == self.offset:  # what waits for its newline tells the file too
            head = (head + self.pending)[:HEAD_BYTES] or self._first
        return Checkpoint(
            source=source,
            generation=self.number,
            path=self.seen_path,
            device=self.generation.device,
            inode=self.generation.inode,
            inode_version=self.generation.inode_version,
            low=self.low,
            offset=self.offset,
            head=head,
            window=self._window,
            size=self.size if self._blank is None else self._blank,  # not what was only prepared
            modified_ns=self._modified_ns,
            state=state,
            is_skipping=self._is_skipping,
        )

    def fileno(self) -> int:
        """The file descriptor, for reading back with `os.pread`."""
        return self._file.fileno()

    def measure(self) -> None:
        """Look how long the file is."""
        status = os.fstat(self.fileno())
        self.size, self._modified_ns = status.st_size, status.st_mtime_ns
        if not self.offset and not self._first and self.size:
            self._first = os.pread(self.fileno(), HEAD_BYTES, 0).rstrip(_NUL)

    def begin_at(self, offset: int) -> None:
        """Begin in the middle, at the start of a line; before anything was read."""
        if offset <= os.fstat(self.fileno()).st_size:
            self.low = self.offset = offset
            self._head, self._window = proof_at(self.fileno(), offset)

    def move_to(self, offset: int) -> bool:
        """Go on at `offset`, since the bytes up to it were read by somebody else; False when they are other bytes."""
        head, window = proof_at(self.fileno(), offset)
        before = os.pread(self.fileno(), len(self._window), self.offset - len(self._window))
        if offset < self.offset or before != self._window or len(window) < min(offset, WINDOW_BYTES):
            return False
        self._head, self._window, self.offset = head, window, offset
        self.pending, self._is_skipping, self._rest = b"", False, -1
        return True

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
        """The last line without its newline, flagged partial; once. If it is ever ended, its end is skipped."""
        data = self.pending
        if not data or self._is_skipping:
            return None
        chunk = Chunk(self.generation.path, self.generation, self.offset, data, is_partial=True)
        self._advance(data)
        self._is_skipping = self._is_cut = True
        return chunk

    def hand_over(self) -> OpenFile:
        """The file, to be read by another reader from now on."""
        return self._file

    async def close(self) -> None:
        """Let go of the file."""
        await self._file.close()

    async def _step(self) -> Chunk | None:
        """Read one piece: lines, or some bytes to skip, or the news that this is all."""
        before = self.size, self._modified_ns
        is_same = bool(self.offset or self.pending) or self.is_intact  # else the window tells
        self.measure()
        if self._is_resting():
            self.is_at_end = True
            return None
        self._rest, self._blank = self.size, None
        self.is_rewritten = not is_same
        data = b"" if self.is_rewritten else await self._read_on(self._chunk_bytes)
        if b"\n" not in data and len(data) >= self._chunk_bytes and not self._is_skipping:
            data = await self._read_on(self._line_limit + 1)
        if self.is_rewritten:
            self.size, self._modified_ns = before  # of the life that is over
            return None
        return None if self.is_at_end else await self._take(data)

    async def _take(self, data: bytes) -> Chunk | None:
        """Make of the bytes at the offset what they are."""
        if self._is_skipping:
            await self._skip(data)
            return None
        if data.startswith(_HOLE):
            await self._step_over(data)
            return None
        cut = data.rfind(b"\n") + 1
        if cut:
            hole = data.find(_HOLE_IN_LINES, 0, cut)
            return self._hand_out(data, cut if hole < 0 else hole + 1)
        if len(data) > self._line_limit and await self._is_long(data):
            self._start_skipping(data.rstrip(_NUL))
        else:
            self._wait(data)
        return None

    async def _is_long(self, data: bytes) -> bool:
        """Whether there is no newline as far as a line may reach; else a short line stands in space yet unwritten."""
        return not data.endswith(_NUL) or await self._first_written(self.offset + len(data.rstrip(_NUL))) is not None

    def _is_resting(self) -> bool:
        """Whether nothing was written since the end was last reached.

        The time of the last change proves nothing: it moves in ticks of some milliseconds. So the
        last bytes are compared, and where NULs were written in advance, whether they still stand.
        """
        if self.size != self._rest or not self.is_intact:
            return False
        end = self.offset + len(self.pending)
        return end == self.size or (self._blank == end and not os.pread(self.fileno(), 64, end).strip(_NUL))

    async def _read_on(self, size: int) -> bytes:
        """Bytes from the offset on, once those that were read before have proved to be the same."""
        before = len(self._window)
        least = before + len(self.pending)
        if self.size >= self.offset + len(self.pending):
            data = await self._read_at(self.offset - before, before + max(size, len(self.pending)))
            if data.startswith(self._window) and data.startswith(self.pending, before):
                return data[before:]
            if len(data) < least:
                self.measure()
                if self.size >= self.offset + len(self.pending):  # it says that there is more than it gives: later
                    self.is_at_end, self._rest = True, -1
                    return b""
        self.is_rewritten = True
        return b""

    async def _read_at(self, offset: int, size: int) -> bytes:
        """Bytes of the file; all that there are, also when they come piecemeal."""
        await self._file.seek(offset)
        data = await self._file.read(size)
        while 0 < len(data) < min(size, self.size - offset):
            more = await self._file.read(min(size, self.size - offset) - len(data))
            if not more:
                break
            data += more
        return data

    def _hand_out(self, data: bytes, cut: int) -> Chunk:
        """The lines before `cut`; what follows waits, when it is all there is."""
        lines = data[:cut]
        chunk = Chunk(self.generation.path, self.generation, self.offset, lines)
        self._advance(lines)
        if chunk.end + len(data) - cut >= self.size and b"\n" not in data[cut:]:
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
        if len(self._head) == self.offset:
            self._head = (self._head + data[:HEAD_BYTES])[:HEAD_BYTES]
        self.offset += len(data)
        self._window = (self._window + data[-WINDOW_BYTES:])[-WINDOW_BYTES:]
        self.pending = b""

    async def _step_over(self, data: bytes) -> None:
        """NULs at the start of a line: space that was never written, left over or prepared."""
        following = await self._first_written(self.offset + len(data) - len(data.lstrip(_NUL)))
        if following is None:
            self._wait(data)
        else:
            self._losses.hole(self.number, self.offset, following - self.offset)
            await self._jump(following)

    def _start_skipping(self, data: bytes) -> None:
        """The line that begins here is too long: pass it over up to its newline."""
        self._is_skipping = True
        self._is_cut = False
        self._losses.skipped(self.number, self.offset, len(data), is_begin=True)
        self._advance(data)

    async def _skip(self, data: bytes) -> None:
        """Go on in a line that is too long."""
        newline = data.find(b"\n")
        skipped = data[: newline + 1] if newline >= 0 else data.rstrip(_NUL)
        self._is_skipping = newline < 0
        if skipped:
            self._pass_over(len(skipped))
            self._advance(skipped)
            return
        following = await self._first_written(self.offset)
        if following is None:
            self._blank = self.offset if data else None
            self.is_at_end = True
        else:
            self._pass_over(following - self.offset)
            await self._jump(following)

    def _pass_over(self, size: int) -> None:
        """Bytes are skipped: of a line that is too long, unless it is the end of one that was given up for finished."""
        if not self._is_cut:
            self._losses.skipped(self.number, self.offset, size, is_begin=False)

    async def _jump(self, offset: int) -> None:
        """Go on at `offset`, over bytes that were never written."""
        if len(self._head) == self.offset:
            self._head += bytes(min(offset, HEAD_BYTES) - len(self._head)) if self.offset < HEAD_BYTES else b""
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
