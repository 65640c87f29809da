"""What reads the lines of one log."""

from __future__ import annotations

from typing import Protocol

from glance.domain.logs.record import LogRecord
from glance.ingest.builder import BucketBuilder


class Session(Protocol):
    """Reads pieces into one bucket."""

    @property
    def pending(self) -> int:
        """Records taken that the builder has not got yet."""
        ...

    def read_piece(self, piece: bytes) -> bool:
        """Take every line of the piece as a record, or none.

        Args:
            piece: whole lines, each ended by a newline.

        Returns:
            False when not every line is certainly a record of this format; nothing was taken then.
        """
        ...

    def flush(self) -> None:
        """Hand what was taken so far to the builder."""
        ...


class LineReader(Protocol):
    """Reads the lines of one log format. Can be pickled, for the workers."""

    @property
    def words(self) -> str:
        """What the screen calls the format."""
        ...

    def session(self, builder: BucketBuilder) -> Session:
        """Begin a bucket."""
        ...

    def read_line(self, line: bytes) -> LogRecord | None:
        """The record of one line without its line end, None when it is not of this format."""
        ...

    def is_directive(self, line: bytes) -> bool:
        """The line belongs to the format but is no record (`#Fields: …`)."""
        ...
