"""Reads pieces line by line, for formats that have no quicker way."""

from __future__ import annotations

from glance.ingest.builder import BucketBuilder
from glance.ingest.reader import LineReader


class LineSession:
    """Reads pieces into one bucket, each line by itself."""

    def __init__(self, reader: LineReader, builder: BucketBuilder) -> None:
        """Begin to fill `builder` with what `reader` reads."""
        self._reader = reader
        self._builder = builder

    @property
    def pending(self) -> int:
        """Nothing is held back."""
        return 0

    def read_piece(self, piece: bytes) -> bool:
        """Take every line of the piece, or none when one is not of this format."""
        found = [self._reader.read_line(line.removesuffix(b"\r")) for line in piece[:-1].split(b"\n")]
        records = [record for record in found if record is not None]
        if len(records) != len(found):
            return False
        self._builder.add_records(records)
        return True

    def flush(self) -> None:
        """Nothing is held back."""
