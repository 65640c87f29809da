"""A stretch of a log file: what one task of a worker reads and parses."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from glance.domain.logs.bucket import LogBucket
from glance.ingest.parse import PIECE_BYTES, parse_pieces, piece_bytes
from glance.ingest.reader import LineReader

_NEAR_BYTES = 4096
"""Before the end of a piece, where its last line end is looked for."""

MOST_WORKERS = 8


def worker_count() -> int:
    """Processes worth having: one a core."""
    return max(1, min(MOST_WORKERS, os.cpu_count() or 1))


def even_length(size: int, most: int) -> int:
    """How long the stretches of so many bytes are best: each process gets as many, so that all end about at once.

    Args:
        size: of the whole.
        most: none is longer.
    """
    count = worker_count() * -(-size // (worker_count() * most))
    return -(-size // max(1, count))


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
            wanted = length if start + length == stretch.end else _up_to_line_end(fd, start, length)
            data = os.pread(fd, wanted, start)
            if len(data) < wanted:
                raise StretchGoneError(stretch.path)
            if start + wanted < stretch.end and not data.endswith(b"\n"):
                data = data[: data.rfind(b"\n") + 1]
            if data:
                start, length = start + len(data), 0
                yield data
    finally:
        os.close(fd)


def _up_to_line_end(fd: int, start: int, length: int) -> int:
    """How many of the bytes there are up to the last line end near their end; all of them where there is none.

    To look there first costs less than to read them all and then copy those that are whole lines.
    """
    near = min(_NEAR_BYTES, length)
    cut = os.pread(fd, near, start + length - near).rfind(b"\n") + 1
    return length - near + cut if cut else length


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
