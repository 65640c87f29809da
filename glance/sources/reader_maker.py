"""Makes the readers of one log: of a file, or of a compressed one."""

from __future__ import annotations

from dataclasses import dataclass

from glance.domain.logs.checkpoint import Checkpoint
from glance.sources.chunk import CHUNK_BYTES, LINE_LIMIT
from glance.sources.generation import generation_of
from glance.sources.losses import Losses
from glance.sources.reader import Reader
from glance.sources.regular_file import OpenFile
from glance.sources.unpacked import UnpackedReader

AnyReader = Reader | UnpackedReader


@dataclass(frozen=True, slots=True)
class ReaderMaker:
    """What the readers of one log have in common."""

    path: str
    """The path the person named."""
    losses: Losses
    chunk_bytes: int = CHUNK_BYTES
    line_limit: int = LINE_LIMIT

    def plain(self, file: OpenFile, known: Checkpoint | None = None, *, start: int = 0, seen_path: str = "") -> Reader:
        """A reader of an open file, which it owns: from where it was read to, or from `start`."""
        number = known.generation if known is not None else 0
        reader = Reader(
            file,
            generation_of(self.path, file.fileno(), number),
            self.losses,
            known=known,
            start=start,
            chunk_bytes=self.chunk_bytes,
            line_limit=self.line_limit,
        )
        reader.seen_path = seen_path or self.path
        reader.measure()
        return reader

    def archive(self, archive: str, known: Checkpoint | None = None) -> UnpackedReader:
        """A reader of a compressed file: from where what it holds was read to, or whole."""
        return UnpackedReader(
            self.path,
            archive,
            self.losses,
            known=known,
            line_limit=self.line_limit,
            piece_bytes=self.chunk_bytes,
        )
