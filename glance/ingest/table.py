"""Reads tables: W3C extended logs, whose `#Fields` lines may change midway, and CSV with a header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from glance.domain.logs.duration import MILLISECOND, SECOND
from glance.domain.logs.keyed import KeyedLayout
from glance.domain.logs.record import LogRecord
from glance.domain.logs.w3c import W3cLayout, date_line, fields_line, is_microsoft
from glance.ingest.builder import BucketBuilder
from glance.ingest.line_session import LineSession
from glance.ingest.pattern import PatternReader
from glance.ingest.reader import Session


class W3cReader:
    """Reads a W3C extended log.

    It learns: a `#Fields` or `#Date` line holds for the lines behind it. Lines that are read before such a
    line was seen (a worker that begins in the middle) are tried with every layout that is known.
    """

    def __init__(self, layouts: Sequence[W3cLayout], words: str, day: bytes = b"") -> None:
        """Begin to read.

        Args:
            layouts: those that a look at the log has found, the current one first.
            words: what the screen calls the format.
            day: the date of lines that tell only a time.
        """
        self._layouts = list(layouts)
        self._words = words
        self._day = day
        self._compile()

    def __eq__(self, other: object) -> bool:
        """Readers that read alike."""
        return isinstance(other, W3cReader) and self.__reduce__()[1] == other.__reduce__()[1]

    def __hash__(self) -> int:
        """By name: layouts are learnt."""
        return hash(self._words)

    def __reduce__(self) -> tuple[type[W3cReader], tuple[tuple[W3cLayout, ...], str, bytes]]:
        """Pickled with what was learnt."""
        return W3cReader, (tuple(self._layouts), self._words, self._day)

    @property
    def words(self) -> str:
        """What the screen calls the format."""
        return self._words

    @property
    def layout(self) -> W3cLayout:
        """The one that holds now."""
        return self._layouts[0]

    def session(self, builder: BucketBuilder) -> Session:
        """Begin a bucket."""
        return _W3cSession(self, builder)

    def read_line(self, line: bytes) -> LogRecord | None:
        """The record of one line, None when it is not of this format. A directive is learnt from."""
        if line.startswith(b"#"):
            self._learn(line)
            return None
        for layout, line_format, keyed in self._ways:
            record = line_format.parse(line) if line_format is not None else None
            if record is None:
                record = layout.record(line, keyed, self._day)
            if record is not None:
                return record
        return None

    def is_directive(self, line: bytes) -> bool:
        """The line begins with `#`."""
        return line.startswith(b"#")

    def _learn(self, line: bytes) -> None:
        day = date_line(line)
        if day is not None:
            self._day = day
        names = fields_line(line)
        if names is None or names == self.layout.names:
            return
        known = [layout for layout in self._layouts if layout.names == names]
        found = known[0] if known else W3cLayout(names, self.layout.separator, self._unit(names))
        if found.is_readable:
            self._layouts = [found, *(layout for layout in self._layouts if layout != found)]
            self._compile()

    def _unit(self, names: Sequence[str]) -> float:
        return MILLISECOND if is_microsoft((), names) else self.layout.unit_seconds

    def _compile(self) -> None:
        self._ways = [(layout, layout.line_format(self._words), layout.keyed()) for layout in self._layouts]
        self.line_format = self._ways[0][1]


class _W3cSession:
    """Reads pieces at once while the layout that held at its beginning holds."""

    def __init__(self, reader: W3cReader, builder: BucketBuilder) -> None:
        self._reader = reader
        self._line_format = reader.line_format
        self._session = None if self._line_format is None else PatternReader(self._line_format).session(builder)

    @property
    def pending(self) -> int:
        """Records taken that the builder has not got yet."""
        return 0 if self._session is None else self._session.pending

    def read_piece(self, piece: bytes) -> bool:
        """Take every line of the piece, or none when one is not certainly of this format."""
        if self._session is None or self._reader.line_format is not self._line_format or b"#" in piece[:1]:
            return False
        return b"\n#" not in piece and self._session.read_piece(piece)

    def flush(self) -> None:
        """Hand what was taken so far to the builder."""
        if self._session is not None:
            self._session.flush()


def w3c_reader(lines: Sequence[bytes], words: str = "W3C") -> W3cReader | None:
    """A reader for a log with `#Fields` lines; None when there is none that is readable.

    Args:
        lines: the log's beginning, or a sample with its header.
        words: what the screen calls the format.
    """
    names = [found for found in map(fields_line, lines) if found is not None]
    rows = [line for line in lines if line and not line.startswith(b"#")]
    tabs = sum(b"\t" in line for line in rows)
    separator = b"\t" if rows and tabs * 2 > len(rows) else b" "
    layouts = [
        W3cLayout(fields, separator, MILLISECOND if is_microsoft(lines, fields) else SECOND)
        for fields in dict.fromkeys(names)
    ]
    readable = [layout for layout in layouts if layout.is_readable]
    if not readable:
        return None
    days = [day for day in map(date_line, lines) if day is not None]
    return W3cReader(readable, words, days[0] if days else b"")


_CSV_CELL = {
    mark: re.compile(
        b'(?:"((?:[^"]|"")*+)"|([^"'
        + re.escape(mark)
        + b"][^"
        + re.escape(mark)
        + b"]*+|))(?:"
        + re.escape(mark)
        + b"|$)"
    )
    for mark in (b",", b";", b"|", b"\t")
}


def csv_cells(line: bytes, mark: bytes) -> list[bytes] | None:
    """The cells of a line of a CSV file; None when its quotes are not closed."""
    cells: list[bytes] = []
    position = 0
    pattern = _CSV_CELL[mark]
    while True:
        found = pattern.match(line, position)
        if found is None:
            return None
        cells.append(found[2] if found[1] is None else found[1].replace(b'""', b'"'))
        position = found.end()
        if position >= len(line) and not found[0].endswith(mark):
            return cells


@dataclass(frozen=True, slots=True)
class CsvReader:
    """Reads a CSV file by its header."""

    layout: KeyedLayout
    """Its keys are names of columns."""
    header: bytes
    mark: bytes
    """What separates the columns."""
    columns: tuple[int, ...]
    """Where each of the layout's keys stands."""
    width: int
    """Number of columns."""

    @property
    def words(self) -> str:
        """What the screen calls the format."""
        return self.layout.words

    def session(self, builder: BucketBuilder) -> Session:
        """Begin a bucket."""
        return LineSession(self, builder)

    def read_line(self, line: bytes) -> LogRecord | None:
        """The record of one line, None when it is not of this format."""
        cells = csv_cells(line, self.mark)
        if cells is None or len(cells) != self.width:
            return None
        return self.layout.record([cells[index].strip() or None for index in self.columns])

    def is_directive(self, line: bytes) -> bool:
        """The line is the header."""
        return line == self.header
