"""Cuts a stream that comes once into whole lines: a pipe, or what an archive holds."""

from __future__ import annotations

from glance.domain.logs.checkpoint import HEAD_BYTES, WINDOW_BYTES, Checkpoint
from glance.sources.chunk import LINE_LIMIT, Chunk
from glance.sources.generation import Generation
from glance.sources.losses import Losses


class LineCutter:
    """Takes bytes as they come and hands out whole lines with their offsets in the stream."""

    def __init__(
        self,
        generation: Generation,
        line_limit: int = LINE_LIMIT,
        *,
        losses: Losses | None = None,
        known: Checkpoint | None = None,
    ) -> None:
        """Cut the stream of `generation`; lines longer than `line_limit` are skipped and counted.

        Args:
            generation: what the lines belong to.
            line_limit: bytes of the longest line that is handed out, without its newline.
            losses: where to count what is not handed out.
            known: how far the stream was read before; the bytes that follow are fed.
        """
        self.generation = generation
        self.offset = known.offset if known is not None else 0
        """Of the first byte that was not handed out."""
        self.head = known.head[: known.offset] if known is not None else b""
        """The first bytes of the stream, up to the offset."""
        self.window = known.window if known is not None else b""
        """The bytes before the offset."""
        self.losses = losses or Losses(generation.path)
        self._line_limit = line_limit
        self._carry = b""
        self._is_skipping = known is not None and known.is_skipping

    @property
    def pending_bytes(self) -> int:
        """Length of the beginning of a line that waits for its newline."""
        return len(self._carry)

    @property
    def is_skipping(self) -> bool:
        """The offset lies in a line that is too long."""
        return self._is_skipping

    @property
    def long_lines_total(self) -> int:
        """Lines that were too long."""
        return self.losses.long_lines_total

    @property
    def skipped_bytes(self) -> int:
        """Bytes of those lines."""
        return self.losses.skipped_bytes

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
        skipped = self._carry + data
        self._carry = b""
        self.losses.skipped(self.generation.number, self.offset, len(skipped), is_begin=not self._is_skipping)
        self._advance(skipped)
        self._is_skipping = not is_whole

    def _chunk(self, data: bytes, *, is_partial: bool = False) -> Chunk:
        """Hand out bytes."""
        chunk = Chunk(self.generation.path, self.generation, self.offset, data, is_partial)
        self._advance(data)
        return chunk

    def _advance(self, data: bytes) -> None:
        """These bytes are done."""
        if len(self.head) == self.offset:
            self.head = (self.head + data[:HEAD_BYTES])[:HEAD_BYTES]
        self.offset += len(data)
        self.window = (self.window + data[-WINDOW_BYTES:])[-WINDOW_BYTES:]
