"""Bytes of whole lines in, buckets out. Any way of cutting the bytes gives the same records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from glance.domain.logs.bucket import MOST_RECORDS, LogBucket
from glance.domain.logs.record import LogRecord
from glance.ingest.builder import BucketBuilder
from glance.ingest.collector_pause import collector_paused
from glance.ingest.reader import LineReader, Session

PIECE_BYTES = 65_536
"""Read at once by one `findall`: larger pieces leave the second-level cache (measured)."""

FULL_LINES = MOST_RECORDS - 2_048
"""A bucket with this many lines takes no further piece; an ordinary piece has some hundred lines."""

PIECE_LINES = 600
MOST_PIECE_BYTES = 262_144

_GLIMPSE_BYTES = 4_096
"""Of a piece, looked at to see how long its lines are."""

_CLOSE_LOOK_BYTES = 8_192
"""A piece with an odd line is looked at in pieces of this size before it is read line by line."""

_SHORTEST_LINE_BYTES = 24
"""A piece whose lines are shorter on average is no piece of requests. A run of the quick regex may go on
beyond its line, which is nothing where few lines begin in a piece, and would be quadratic where many do."""

_BOM = b"\xef\xbb\xbf"


def parse(
    data: bytes, readers: Sequence[LineReader], *, source: str = "", generation: int = 0, offset: int = 0
) -> list[LogBucket]:
    """Read whole lines into buckets.

    Args:
        data: lines, each ended by a newline; what follows the last newline is one more line.
        readers: formats to try, the likeliest first.
        source: path the person named.
        generation: which life of the file.
        offset: where `data` begins in it, bytes.

    Returns:
        Buckets of at most MOST_RECORDS lines, in order; together they cover `data`.
    """
    pieces = (data[start:end] for start, end in _cuts(data, 0, len(data), piece_bytes(data)))
    return parse_pieces(pieces, readers, source=source, generation=generation, offset=offset)


def parse_pieces(
    pieces: Iterable[bytes], readers: Sequence[LineReader], *, source: str = "", generation: int = 0, offset: int = 0
) -> list[LogBucket]:
    """The same for lines that come in pieces, each of whole lines and about `piece_bytes` long."""
    with collector_paused():
        return list(_buckets(pieces, readers, source, generation, offset))


def _buckets(
    pieces: Iterable[bytes], readers: Sequence[LineReader], source: str, generation: int, offset: int
) -> Iterator[LogBucket]:
    filler: _Filler | None = None
    trusts = _Trust(), _Trust()
    for piece in pieces:
        if filler is None:
            filler = _Filler(BucketBuilder(source, generation, offset), readers, *trusts)
        filler.take(piece)
        offset += len(piece)
        if filler.lines >= FULL_LINES:
            yield filler.finish()
            filler = None
    if filler is not None:
        yield filler.finish()


def piece_bytes(data: bytes) -> int:
    """How much is read at once: some hundred lines, so that what a piece costs by itself does not weigh."""
    lines = data.count(b"\n", 0, PIECE_BYTES)
    return min(MOST_PIECE_BYTES, max(PIECE_BYTES, PIECE_LINES * PIECE_BYTES // max(1, lines)))


def _cuts(data: bytes, start: int, end: int, size: int) -> Iterator[tuple[int, int]]:
    """Cut at line ends into pieces of about `size` bytes; a longer line is a piece of its own."""
    while start < end:
        cut = data.rfind(b"\n", start, min(end, start + size)) + 1
        if not cut:
            cut = data.find(b"\n", start, end) + 1 or end
        yield start, cut
        start = cut


class _Trust:
    """Whether it is worth trying to read a piece at once: where that keeps failing, less and less."""

    def __init__(self) -> None:
        self._pause = 0
        self._skip = 0

    def tries(self) -> bool:
        """Try this time."""
        if self._skip:
            self._skip -= 1
            return False
        return True

    def learn(self, *, succeeded: bool) -> None:
        """Remember how it went."""
        self._pause = 0 if succeeded else min(64, 2 * self._pause + 1)
        self._skip = self._pause // 4


class _Filler:
    """Fills one bucket."""

    def __init__(
        self, builder: BucketBuilder, readers: Sequence[LineReader], in_pieces: _Trust, in_parts: _Trust
    ) -> None:
        self.builder = builder
        self._readers = readers
        self._in_pieces = in_pieces
        self._in_parts = in_parts
        self._session: Session | None = readers[0].session(builder) if readers else None

    @property
    def lines(self) -> int:
        """Lines taken so far."""
        return self.builder.lines + (self._session.pending if self._session is not None else 0)

    def take(self, piece: bytes) -> None:
        """Read a piece: at once where every line is regular, else with a closer look."""
        self.builder.length += len(piece)
        if not self._at_once(piece, self._in_pieces):
            for start, end in _cuts(piece, 0, len(piece), _CLOSE_LOOK_BYTES):
                part = piece[start:end]
                if not self._at_once(part, self._in_parts):
                    self._line_by_line(part)

    def finish(self) -> LogBucket:
        """The bucket."""
        if self._session is not None:
            self._session.flush()
        return self.builder.finish()

    def _at_once(self, piece: bytes, trust: _Trust) -> bool:
        if self._session is None or not piece.endswith(b"\n") or not trust.tries():
            return False
        if piece.count(b"\n", 0, _GLIMPSE_BYTES) * _SHORTEST_LINE_BYTES > min(len(piece), _GLIMPSE_BYTES):
            return False
        if b"\0" in piece or piece.startswith(_BOM):  # left over of a truncated file: not part of the line
            return False
        is_read = self._session.read_piece(piece)
        trust.learn(succeeded=is_read)
        return is_read

    def _line_by_line(self, piece: bytes) -> None:
        if self._session is not None:
            self._session.flush()
        records: list[LogRecord] = []
        lines = piece.split(b"\n")
        if not lines[-1]:
            lines.pop()
        for raw in lines:
            line = raw.removesuffix(b"\r").lstrip(b"\0").removeprefix(_BOM)
            record = self._read_line(line)
            if record is not None:
                records.append(record)
                continue
            self.builder.add_records(records)
            records.clear()
            if not line or line.isspace() or any(reader.is_directive(line) for reader in self._readers):
                self.builder.skip_line()
            else:
                self.builder.fail_line(line)
        self.builder.add_records(records)

    def _read_line(self, line: bytes) -> LogRecord | None:
        for reader in self._readers:
            record = reader.read_line(line)
            if record is not None:
                return record
        return None
