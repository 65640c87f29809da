"""Reads lines that a LogFormat describes: `findall` over a piece, proved exact afterwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.format import Group, LogFormat, said
from glance.domain.logs.record import LogRecord
from glance.ingest.builder import BucketBuilder, Columns

_INVALID = -1
_NEWLINE = ord("\n")
_QUOTE = ord('"')
_NUMBER_BYTES = b"0123456789. -"
_LARGEST = 10**18


class _Tokens(dict[bytes, int]):
    """Ids for the distinct tokens of one group, and what each of them says."""

    def __init__(self, group: Group) -> None:
        super().__init__()
        self.values: list[tuple[bytes, ...]] = []
        self._group = group

    def __missing__(self, token: bytes) -> int:
        values = self._group.values(token)
        if values is None:
            found = _INVALID
        else:
            found = len(self.values)
            self.values.append(values)
        self[token] = found
        return found


class _Moments(dict[bytes, int]):
    """The moment of each distinct time text; `_INVALID` for what is none."""

    def __init__(self, layout: LogFormat) -> None:
        super().__init__()
        self._moment = layout.moment

    def __missing__(self, text: bytes) -> int:
        at_ms = self._moment(text)
        self[text] = found = _INVALID if at_ms is None else at_ms
        return found


def numbers(values: Sequence[bytes]) -> NDArray[np.float64] | NDArray[np.int64] | None:
    """Decimal numbers from text, -1 for `-`; None when one of them is anything else."""
    joined = b" ".join(values)
    if joined.translate(None, _NUMBER_BYTES):
        return None
    if b"-" in joined:
        if any(b"-" in value and value != b"-" for value in values):
            return None
        joined = joined.replace(b"-", b"-1")
    kind = np.float64 if b"." in joined else np.int64
    found = np.fromstring(joined, kind, sep=" ")
    if len(found) != len(values) or (len(found) and not -1 <= float(found.max()) < _LARGEST):
        return None
    return found


@dataclass(frozen=True, slots=True)
class PatternReader:
    """Reads the lines of a LogFormat."""

    layout: LogFormat

    @property
    def words(self) -> str:
        """What the screen calls the format."""
        return self.layout.words

    def session(self, builder: BucketBuilder) -> PatternSession:
        """Begin a bucket."""
        return PatternSession(self.layout, builder)

    def read_line(self, line: bytes) -> LogRecord | None:
        """The record of one line, None when it is not of this format."""
        return self.layout.parse(line)

    def is_directive(self, line: bytes) -> bool:
        """These formats have no directives."""
        return False


class PatternSession:
    """Tokens of the pieces read so far; turned into columns in one go by `flush`."""

    def __init__(self, layout: LogFormat, builder: BucketBuilder) -> None:
        """Begin to fill `builder` with lines of `layout`."""
        self._layout = layout
        self._builder = builder
        self._tokens: list[_Tokens | _Moments | None] = [
            _Tokens(group) if group.kind == "text" else _Moments(layout) if group.kind == "time" else None
            for group in layout.groups
        ]
        self._taken: list[list[NDArray[np.generic]]] = [[] for _ in layout.groups]
        self._count = 0

    def read_piece(self, piece: bytes) -> bool:
        """Take every line of the piece, or none when one is not certainly of this format."""
        layout = self._layout
        if not layout.is_provable:
            return False
        rows = layout.fast.findall(piece)
        octets = np.frombuffer(piece, np.uint8)
        count = np.count_nonzero(octets == _NEWLINE)
        if len(rows) != count or (
            layout.quotes and (np.count_nonzero(octets == _QUOTE) != layout.quotes * count or b'\\"' in piece)
        ):
            return False
        taken: list[NDArray[np.generic]] = []
        columns = zip(*rows, strict=True) if len(layout.groups) > 1 else (rows,)
        for group, tokens, column in zip(layout.groups, self._tokens, columns, strict=True):
            ids = self._column(group, tokens, column)
            if ids is None:
                return False
            taken.append(ids)
        for parts, ids in zip(self._taken, taken, strict=True):
            parts.append(ids)
        self._count += count
        return True

    @staticmethod
    def _column(
        group: Group, tokens: _Tokens | _Moments | None, column: Sequence[bytes]
    ) -> NDArray[np.generic] | None:
        if tokens is None:
            found = numbers(column)
            if found is not None and group.kind == "size" and found.dtype != np.int64:
                return None
            return found
        kind = np.int64 if group.kind == "time" else np.int32
        ids = np.fromiter(map(tokens.__getitem__, column), kind, len(column))
        return None if ids.min(initial=0) < 0 else ids

    def flush(self) -> None:
        """Hand the tokens to the builder as columns."""
        if not self._count:
            return
        columns = Columns(np.zeros(0, np.int64), {}, np.full(self._count, -1, np.int64))
        for group, tokens, parts in zip(self._layout.groups, self._tokens, self._taken, strict=True):
            joined = np.concatenate(parts)
            if isinstance(tokens, _Tokens):
                self._texts(columns, group, tokens, joined)
            elif group.kind == "time":
                columns.at_ms = joined
            elif group.kind == "size":
                columns.sizes = joined.astype(np.int64, copy=False)
            elif columns.seconds is None:
                columns.seconds = np.where(joined >= 0, joined * group.unit_seconds, -1.0)
            parts.clear()
        self._count = 0
        self._builder.add(columns)

    def _texts(
        self, columns: Columns, group: Group, tokens: _Tokens, ids: NDArray[np.generic]
    ) -> None:
        """The fields of a group of tokens, each looked up once per distinct token."""
        for name, values in zip(group.names, zip(*tokens.values, strict=True), strict=True):
            plain = tuple(map(said, values)) if b"-" in values else values
            columns.texts[name] = self._builder.texts[name].ids(plain)[ids]
