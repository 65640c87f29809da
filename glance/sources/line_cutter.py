"""Cuts a stream that comes once into whole lines: a pipe, or what an archive holds."""

from __future__ import annotations

from glance.sources.chunk import LINE_LIMIT, Chunk
from glance.sources.generation import Generation


class LineCutter:
    """Takes bytes as they come and hands out whole lines with their offsets in the stream."""

    def __init__(self, generation: Generation, line_limit: int = LINE_LIMIT) -> None:
        """Cut the stream of `generation`; lines longer than `line_limit` are skipped and counted."""
        self.generation = generation
        self.offset = 0
        """Of the first byte that was not handed out."""
        self.long_lines_total = 0
        self.skipped_bytes = 0
        self._line_limit = line_limit
        self._carry = b""
        self._is_skipping = False

    @property
    def pending_bytes(self) -> int:
        """Length of the beginning of a line that waits for its newline."""
        return len(self._carry)

    def feed(self, data: bytes) -> list[Chunk]:
        """The lines that are whole now."""
        step = self._line_limit + 1
        pieces = (data[begin : begin + step] for begin in range(0, len(data), step))
        return [chunk for piece in pieces for chunk in self._feed(piece)]

    def finish(self) -> Chunk | None:
        """The last line, which never got its newline, flagged partial."""
        data, self._carry = self._carry, b""
        return self._chunk(data, is_partial=True) if data else None

    def _feed(self, piece: bytes) -> list[Chunk]:
        """The lines that are whole with a piece no longer than the longest line and its newline.

        So only the first line can be too long: the one that began earlier.
        """
        first_end = piece.find(b"\n") + 1
        chunks = []
        if self._is_skipping or len(self._carry) + (first_end - 1 if first_end else len(piece)) > self._line_limit:
            self._skip(piece[:first_end] if first_end else piece, is_whole=bool(first_end))
            piece = piece[first_end:] if first_end else b""
        elif first_end:
            piece = self._carry + piece
            self._carry = b""
        cut = piece.rfind(b"\n") + 1
        if cut:
            chunks.append(self._chunk(piece[:cut]))
        self._carry += piece[cut:]
        return chunks

    def _skip(self, data: bytes, *, is_whole: bool) -> None:
        """Pass over (the rest of) a line that is too long."""
        if not self._is_skipping:
            self.long_lines_total += 1
        skipped = len(self._carry) + len(data)
        self._carry = b""
        self.skipped_bytes += skipped
        self.offset += skipped
        self._is_skipping = not is_whole

    def _chunk(self, data: bytes, *, is_partial: bool = False) -> Chunk:
        """Hand out bytes."""
        chunk = Chunk(self.generation.path, self.generation, self.offset, data, is_partial)
        self.offset += len(data)
        return chunk
