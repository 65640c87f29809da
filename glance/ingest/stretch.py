"""A stretch of a log file: what one task of a worker reads and parses."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from glance.domain.logs.bucket import LogBucket
from glance.ingest.parse import PIECE_BYTES, parse_pieces, piece_bytes
from glance.ingest.reader import LineReader

STRETCH_BYTES = 11 << 20
"""Read and parsed by one task."""

MOST_WORKERS = 8


def worker_count() -> int:
    """Processes worth having: one a core."""
    return max(1, min(MOST_WORKERS, os.cpu_count() or 1))


@dataclass(frozen=True, slots=True)
class Stretch:
    """Whole lines of one file: what one task reads."""

    path: str
    """The file to open."""
    source: str
    """The path the person named."""
    generation: int
    identity: tuple[int, int]
    """Device and inode the path must still lead to."""
    start: int
    end: int


class StretchGoneError(Exception):
    """The path leads to another file by now, or the file is shorter than it was."""


def pieces_of(stretch: Stretch) -> Iterator[bytes]:
    """The bytes of a stretch in pieces of whole lines.

    Read one by one, they fill the same few pages again and again, and are read from the processor's cache.

    Raises:
        StretchGoneError: they are not there any more.
        OSError: the file cannot be read.
    """
    fd = os.open(stretch.path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        status = os.fstat(fd)
        if (status.st_dev, status.st_ino) != stretch.identity or status.st_size < stretch.end:
            raise StretchGoneError(stretch.path)
        start, length = stretch.start, 0
        usual = piece_bytes(os.pread(fd, min(PIECE_BYTES, stretch.end - start), start))
        while start < stretch.end:
            length = min(max(2 * length, usual), stretch.end - start)  # twice as much for a line that is longer
            data = os.pread(fd, length, start)
            if len(data) < length:
                raise StretchGoneError(stretch.path)
            cut = length if start + length == stretch.end else data.rfind(b"\n") + 1
            if cut:
                start, length = start + cut, 0
                yield data[:cut]
    finally:
        os.close(fd)


def parse_stretch(stretch: Stretch, readers: Sequence[LineReader]) -> list[LogBucket]:
    """The buckets of a stretch, in this process.

    Raises:
        StretchGoneError: its bytes are not there any more.
    """
    return parse_pieces(
        pieces_of(stretch),
        readers,
        source=stretch.source,
        generation=stretch.generation,
        offset=stretch.start,
    )
