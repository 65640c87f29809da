"""A piece of a log: whole lines, and where they stand."""

from __future__ import annotations

from dataclasses import dataclass

from glance.sources.generation import Generation

CHUNK_BYTES = 1 << 20
"""Bytes read at a time: large enough that the way through a thread costs nothing."""

LINE_LIMIT = 1 << 20
"""A line longer than this is skipped and counted, so that no log can fill the memory."""

POLL_BYTES = 8 << 20
"""Bytes handed out by one poll, so that many sources get their turn."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Whole lines in a row: `data` ends with a newline, unless it is the last of its generation."""

    path: str
    """The path the person named."""
    generation: Generation
    offset: int
    """Of `data[0]` in the generation."""
    data: bytes
    is_partial: bool = False
    """A last line that never got its newline; comes once, when its generation is over."""

    @property
    def end(self) -> int:
        """Offset after the last byte."""
        return self.offset + len(self.data)
