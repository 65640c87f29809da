"""Reads JSON lines: whole pieces at once through a typed decoder, column by column."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from glance.domain.logs import value
from glance.domain.logs.duration import LONGEST_SECONDS
from glance.domain.logs.keyed import Key, KeyedLayout
from glance.domain.logs.record import LogRecord
from glance.ingest.builder import BucketBuilder, Columns
from glance.ingest.json_memory import INVALID, JsonMemory, Numbers, readers_of
from glance.ingest.json_schema import Schema, schemas

_OPEN, _CLOSE = b"{}"
_DECODER = msgspec.json.Decoder()


def loaded(line: bytes) -> Mapping[str, object] | None:
    """The object of a line, None when it is none. Bytes that are no UTF-8 come through as they stand."""
    if not line.lstrip(b" \t").startswith(b"{"):
        return None
    try:
        found = _DECODER.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        found = _loaded_leniently(line)
    except RecursionError:
        return None
    return found if isinstance(found, dict) else None


def _loaded_leniently(line: bytes) -> object:
    try:
        return json.loads(line.decode("utf-8", "surrogateescape"), strict=False)
    except (ValueError, RecursionError):
        return None


def looked_up(line: Mapping[str, object], key: Key) -> object:
    """The value at a key's path, None when there is none."""
    told: object = line
    for name in key.path:
        if not isinstance(told, dict):
            return None
        told = told.get(name)
    if isinstance(told, list):
        return told[0] if told else None
    return None if isinstance(told, dict) else told


@dataclass(frozen=True)
class JsonReader:
    """Reads the lines of a KeyedLayout written in JSON."""

    layout: KeyedLayout

    def __reduce__(self) -> tuple[object, ...]:
        """Pickled without what it remembers."""
        return JsonReader, (self.layout,)

    @cached_property
    def _memory(self) -> list[JsonMemory]:
        return [JsonMemory(self.layout)]

    @property
    def words(self) -> str:
        """What the screen calls the format."""
        return self.layout.words

    def session(self, builder: BucketBuilder) -> JsonSession:
        """Begin a bucket."""
        if self._memory[0].is_full:
            self._memory[0] = JsonMemory(self.layout)
        return JsonSession(self.layout, self._memory[0], builder)

    def read_line(self, line: bytes) -> LogRecord | None:
        """The record of one line, None when it is not of this format."""
        found = loaded(line)
        return None if found is None else self.layout.record([looked_up(found, key) for key in self.layout.keys])

    def is_directive(self, line: bytes) -> bool:
        """JSON lines have no directives."""
        return False


Get = Callable[[], list[object]]
"""Gets a column; not called where another key has told every value of the field."""


class JsonSession:
    """Reads pieces of JSON lines into one bucket."""

    def __init__(self, layout: KeyedLayout, memory: JsonMemory, builder: BucketBuilder) -> None:
        """Begin to fill `builder` with lines of `layout`."""
        self._layout = layout
        self._memory = memory
        self._builder = builder
        self._schemas = schemas(layout)
        self._taken: list[Columns] = []
        self._count = 0

    @property
    def pending(self) -> int:
        """Records taken that the builder has not got yet."""
        return self._count

    def read_piece(self, piece: bytes) -> bool:
        """Take every line of the piece, or none when one is not certainly of this format."""
        if not self._schemas:
            return False
        plain = piece.replace(b"\r\n", b"\n") if b"\r" in piece else piece
        count = _objects(plain)
        if not count:
            return False
        for place, schema in enumerate(self._schemas):
            columns = self._decoded(schema, plain, count)
            if columns is not None:
                self._schemas = self._schemas[place:]  # most pieces of this log may well have such a line
                self._taken.append(columns)
                self._count += count
                return True
        return False

    def _decoded(self, schema: Schema, piece: bytes, count: int) -> Columns | None:
        """The columns of a piece of so many objects; None when that is not certainly what they say."""
        try:
            rows = schema.decoder.decode_lines(piece)
            return self._columns(schema, rows, count) if len(rows) == count else None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, TypeError, AttributeError):
            return None

    def flush(self) -> None:
        """Hand what was taken so far to the builder."""
        if not self._taken:
            return
        taken, self._taken, self._count = self._taken, [], 0
        texts = {
            name: self._memory.values[name].ids(
                np.concatenate([part.texts[name] for part in taken]).astype(np.int32), self._builder.texts[name]
            )
            for name in taken[0].texts
        }
        seconds = None
        if taken[0].seconds is not None:
            seconds = np.concatenate([part.seconds for part in taken if part.seconds is not None])
        columns = Columns(np.concatenate([part.at_ms for part in taken]), {}, np.concatenate([p.sizes for p in taken]))
        columns.texts.update(texts)
        if seconds is not None and (seconds >= 0).any():
            columns.seconds = seconds
        self._builder.add(columns)

    def _columns(self, schema: Schema, rows: list[Any], count: int) -> Columns | None:
        """Columns of these rows, texts as numbers of the session; None when a line is not a request."""
        at_ms: NDArray[np.int64] | None = None
        sizes: NDArray[np.int64] | None = None
        seconds: NDArray[np.float64] | None = None
        texts: dict[str, NDArray[np.int32]] = {}
        for key, getter in zip(schema.keys, schema.getters, strict=True):
            column = partial(getter, rows)
            if key.field == "time":
                at_ms = _filled(at_ms, partial(self._at, column, is_typed=schema.is_typed), INVALID)
            elif key.field == "size":
                sizes = _filled(sizes, partial(_sizes, column, is_typed=schema.is_typed), -1)
            elif key.field == "latency":
                take = partial(_seconds, column, key.unit_seconds, is_typed=schema.is_typed)
                seconds = _filled(seconds, take, -1.0)
            elif key.field in ("date", "clock"):
                return None
            else:
                self._take_texts(texts, key, column)
        if at_ms is None or at_ms.min() == INVALID or not self._all_requests(texts, count):
            return None
        if sizes is None:
            sizes = np.full(count, -1, np.int64)
        columns = Columns(at_ms, dict(texts), sizes, seconds)
        return None if any(_has_gap(columns, name) for name in schema.left_out) else columns

    def _at(self, get: Get, *, is_typed: bool) -> NDArray[np.int64]:
        """Milliseconds since the epoch.

        Raises:
            TypeError: what was decoded as floats are no seconds; nanoseconds would lose their last digits.
        """
        column = get()
        if is_typed or set(map(type, column)) == {float}:
            numbers = _floats(column)
            if numbers.min() >= 1e8 and numbers.max() < 1e10:
                found: NDArray[np.int64] = np.rint(numbers * 1e6).astype(np.int64) // 1000
                return found
            if is_typed:
                raise TypeError
        return np.fromiter(map(self._memory.moments.__getitem__, column), np.int64, len(column))

    def _take_texts(self, texts: dict[str, NDArray[np.int32]], key: Key, get: Get) -> None:
        for name, _ in readers_of(key):
            numbers = self._memory.numbers[key, name]
            texts[name] = _filled(texts.get(name), partial(_numbered, numbers, get), 0)

    def _all_requests(self, texts: Mapping[str, NDArray[np.int32]], count: int) -> bool:
        """Each line tells a status or a method."""
        for name in ("status", "method"):
            if name in texts and texts[name].all():
                return True
        told = np.zeros(count, bool)
        for name in ("status", "method"):
            if name in texts:
                told |= texts[name] != 0
        return bool(told.all())


def _has_gap(columns: Columns, name: str) -> bool:
    """A record says nothing of a field."""
    if name in columns.texts:
        return not columns.texts[name].all()
    if name == "latency":
        return columns.seconds is None or bool((columns.seconds < 0).any())
    return name == "size" and bool((columns.sizes < 0).any())  # of the time there is none, or it is no record


def _objects(piece: bytes) -> int:
    """Number of lines, when each begins with `{` and ends with `}`; else 0.

    A line end between `}` and `{` never stands within a value, so as many values as lines are one in each.
    """
    find, size = piece.find, len(piece)
    count = start = 0
    while start < size:  # not by numpy: the arrays would push what is decoded next out of the processor's cache
        end = find(b"\n", start)
        if end < 0 or piece[start] != _OPEN or piece[end - 1] != _CLOSE:
            return 0
        count += 1
        start = end + 1
    return count


def _filled(known: Any, more: Callable[[], Any], nothing: float) -> Any:
    """A column, its gaps filled from another that is only made when there are any."""
    if known is None:
        return more()
    gaps = known == nothing
    return np.where(gaps, more(), known) if gaps.any() else known


def _numbered(numbers: Numbers, get: Get) -> NDArray[np.int32]:
    column = get()
    first = column[0]
    if first == column[-1] == column[len(column) // 2] and column.count(first) == len(column):
        return np.full(len(column), numbers[first], np.int32)  # host, protocol: one value for all
    return numbers.ids(column)


def _floats(column: list[Any]) -> NDArray[np.float64]:
    """Floats as an array; numpy, which looks at the type of each, takes more than twice as long."""
    return np.frombuffer(struct.pack(f"{len(column)}d", *column), np.float64)


def _sizes(get: Get, *, is_typed: bool) -> NDArray[np.int64]:
    column: list[Any] = get()
    if is_typed or set(map(type, column)) == {int}:
        try:
            numbers = np.frombuffer(struct.pack(f"{len(column)}q", *column), np.int64)
        except struct.error:  # one that has more than 64 bits
            pass
        else:
            return np.where((numbers >= 0) & (numbers < value.LARGEST_SIZE), numbers, -1)
    return np.fromiter((-1 if told is None else value.size(told) for told in column), np.int64, len(column))


def _seconds(get: Get, unit_seconds: float, *, is_typed: bool) -> NDArray[np.float64]:
    column = get()
    if is_typed or set(map(type, column)) == {float}:
        found = _floats(column) * unit_seconds
        return np.where((found >= 0) & (found < LONGEST_SECONDS), found, -1.0)
    known: dict[object, float] = {}
    out = np.empty(len(column), np.float64)
    for index, told in enumerate(column):
        seconds = known.get(told)
        if seconds is None:
            known[told] = seconds = -1.0 if told is None else value.seconds(told, unit_seconds)
        out[index] = seconds
    return out
