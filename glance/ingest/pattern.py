"""Reads lines that a LogFormat describes: all lines of a piece at once, proved exact afterwards.

The proof: the matches of the fast regex tile the piece; every token is valid under its part of the
exact regex (which no line end is); what is not captured is matched exactly in the fast regex too.
So each match is one line, and says what the exact regex says of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.format import Group, LogFormat
from glance.domain.logs.record import LogRecord
from glance.ingest.builder import BucketBuilder, Columns
from glance.ingest.token_memory import NotValidError, TokenMemory, Tokens

_NUMBER_BYTES = b"0123456789. -"
_DECIMAL = rb"(?:-1|(?:0*+[1-9][0-9]{0,17}+|0++)(?:\.[0-9]{0,9}+)?+)"
_DECIMALS = re.compile(_DECIMAL + rb"(?: " + _DECIMAL + rb")*+")
_LARGEST = 10**18


def numbers(values: Sequence[bytes]) -> NDArray[np.float64] | NDArray[np.int64] | None:
    """Decimal numbers from text, -1 for `-`; None when one of them is anything else."""
    joined = b" ".join(values)
    # One space fewer than values: none of them has a space in it, and an empty one leaves a number short.
    if joined.translate(None, _NUMBER_BYTES) or joined.count(b" ") >= len(values):
        return None
    if b"-" in joined:
        if any(b"-" in value and value not in (b"-", b"-1") for value in values):
            return None
        joined = joined.replace(b"-1", b"-").replace(b"-", b"-1")
    found: NDArray[np.float64] | NDArray[np.int64]
    if b"." not in joined:
        found = np.fromstring(joined, np.int64, sep=" ")
    elif _DECIMALS.fullmatch(joined):
        found = np.fromstring(joined, np.float64, sep=" ")
    else:
        return None
    if len(found) != len(values) or (len(found) and not -1 <= float(found.max()) < _LARGEST):
        return None
    return found


@dataclass(frozen=True)
class PatternReader:
    """Reads the lines of a LogFormat."""

    layout: LogFormat

    @property
    def words(self) -> str:
        """What the screen calls the format."""
        return self.layout.words

    @cached_property
    def _memory(self) -> list[TokenMemory]:
        return [TokenMemory(self.layout)]

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled without what it remembers."""
        return PatternReader, (self.layout,)

    def session(self, builder: BucketBuilder) -> PatternSession:
        """Begin a bucket."""
        if self._memory[0].is_full:
            self._memory[0] = TokenMemory(self.layout)
        return PatternSession(self.layout, self._memory[0], builder)

    def read_line(self, line: bytes) -> LogRecord | None:
        """The record of one line, None when it is not of this format."""
        return self.layout.parse(line)

    def is_directive(self, line: bytes) -> bool:
        """These formats have no directives."""
        return False


class PatternSession:
    """Tokens of the pieces read so far; turned into columns in one go by `flush`."""

    def __init__(self, layout: LogFormat, memory: TokenMemory, builder: BucketBuilder) -> None:
        """Begin to fill `builder` with lines of `layout`."""
        self._layout = layout
        self._memory = memory
        self._builder = builder
        self._taken: list[list[NDArray[np.generic]]] = [[] for _ in layout.groups]
        self._count = 0

    @property
    def pending(self) -> int:
        """Records taken that the builder has not got yet."""
        return self._count

    def read_piece(self, piece: bytes) -> bool:
        """Take every line of the piece, or none when one is not certainly of this format."""
        layout = self._layout
        if not layout.is_provable:
            return False
        flat = layout.fast.split(piece)
        width = len(layout.groups) + 1
        if b"".join(flat[::width]):  # what stands between two matches: nothing, if every line is one
            return False
        taken: list[NDArray[np.generic]] = []
        for place, (group, tokens) in enumerate(zip(layout.groups, self._memory.groups, strict=True), 1):
            try:
                ids = _amounts(group, flat[place::width]) if tokens is None else tokens.ids(flat[place::width])
            except NotValidError:
                return False
            taken.append(ids)
        for parts, ids in zip(self._taken, taken, strict=True):
            parts.append(ids)
        self._count += len(flat) // width
        return True

    def flush(self) -> None:
        """Hand the tokens to the builder as columns."""
        if not self._count:
            return
        columns = Columns(np.zeros(0, np.int64), {}, np.full(self._count, -1, np.int64))
        for group, tokens, parts in zip(self._layout.groups, self._memory.groups, self._taken, strict=True):
            joined = np.concatenate(parts)
            parts.clear()
            if isinstance(tokens, Tokens):
                for name, numbers in tokens.fields(joined):
                    values, ids = self._memory.used(name, numbers)
                    columns.texts[name] = self._builder.texts[name].ids_of_distinct(values)[ids]
            elif group.kind == "time":
                columns.at_ms = joined
            elif group.kind == "size":
                columns.sizes = joined.astype(np.int64, copy=False)
            elif columns.seconds is None:
                columns.seconds = np.where(joined >= 0, joined * group.unit_seconds, -1.0)
        self._count = 0
        self._builder.add(columns)


def _amounts(group: Group, column: Sequence[bytes]) -> NDArray[np.generic]:
    """Sizes or latencies.

    Raises:
        NotValidError: one of them is none.
    """
    found = numbers(column)
    if found is None or (group.kind == "size" and found.dtype != np.int64):
        raise NotValidError
    return found
