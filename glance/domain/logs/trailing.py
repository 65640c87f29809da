"""What servers write behind the known fields of a line, found out from a sample."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from glance.domain.logs.duration import MICROSECOND, MILLISECOND, SECOND, UNIT_WORDS, unit_of_values
from glance.domain.logs.field import QUOTED, Field, Item, joined
from glance.domain.logs.upstream import SERVERS, are_servers

_NUMBER = rb"(?:[0-9]{1,12}(?:\.[0-9]{1,9})?|-)"
_COLUMN = re.compile(
    rb" (?:(?P<key>[A-Za-z_][A-Za-z0-9_.-]{0,31}+)=)?+"
    rb'(?:"(?P<quoted>' + QUOTED + rb')"'
    rb"|\[(?P<bracketed>[^\]\n]*+)\]"
    rb"|(?P<list>" + _NUMBER + rb"(?:(?:, ?| : )" + _NUMBER + rb")+)(?= |$)"
    rb"|(?P<timed>[0-9]{1,12}(?:\.[0-9]{1,9})?)(?P<unit>ms|s|us)(?= |$)"
    rb"|(?P<servers>" + SERVERS + rb")(?= |$)"
    rb'|(?P<bare>[^ "\[\n]?+[^ "\n]*+))(?= |$)',
    re.S,
)
_LATENCY = re.compile(rb"-|" + _NUMBER + rb"(?:(?:, ?| : )" + _NUMBER + rb")*+")
_VALUES = ("quoted", "bracketed", "list", "timed", "servers", "bare")
_SUFFIXES = {b"ms": MILLISECOND, b"us": MICROSECOND, b"s": SECOND}
_REQUEST_KEYS = {b"rt", b"request_time", b"req_time", b"reqtime", b"time", b"t", b"d", b"duration", b"took"}
_UPSTREAM_KEYS = {b"urt", b"ut", b"uht", b"uct", b"upstream_response_time", b"upstream_time", b"upstream"}
_SERVER_KEYS = {b"upstream", b"upstream_addr", b"upstream_host", b"upstream_server", b"backend"}
MOST_COLUMNS = 24
"""A line with more columns behind the known ones is not looked into."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column behind the known fields, as one line shows it."""

    key: bytes
    mark: str
    """What surrounds it: `"`, `[` or nothing."""
    suffix: bytes
    """The unit written behind a number."""


@dataclass(frozen=True, slots=True)
class Trailing:
    """What stands behind the known fields of the lines of one log."""

    items: tuple[Item, ...] = ()
    words: str = ""
    """What the screen adds to the format's name."""


ANYTHING_SHAPE = rb"(?: [^\n]*+)?+"
ANYTHING = Trailing((Field("skip", ANYTHING_SHAPE),), "more")
"""Whatever follows, unread."""


def columns_of(rest: bytes) -> tuple[tuple[Column, ...], tuple[bytes, ...]] | None:
    """The columns of one line's rest and their values; None when it is no row of columns."""
    columns: list[Column] = []
    values: list[bytes] = []
    position = 0
    while position < len(rest):
        found = _COLUMN.match(rest, position)
        if found is None or len(columns) >= MOST_COLUMNS:
            return None
        key = found["key"] or b""
        kind = found.lastgroup if found.lastgroup != "unit" else "timed"
        mark = {"quoted": '"', "bracketed": "["}.get(str(kind), "")
        columns.append(Column(key + b"=" if key else b"", mark, found["unit"] or b""))
        values.append(next((found[name] for name in _VALUES if found[name]), b""))
        position = found.end()
    return tuple(columns), tuple(values)


def trailings(rests: Sequence[bytes], most: int = 3) -> list[tuple[Trailing, int]]:
    """What follows the known fields in the lines of a sample.

    Args:
        rests: what stands behind the known fields, one a line; begins with a space, or is empty.
        most: kinds to look for.

    Returns:
        Each kind with the number of its lines, the most frequent first; lines that fit none are left out.
    """
    counts: Counter[tuple[Column, ...]] = Counter()
    rows: dict[tuple[Column, ...], list[tuple[bytes, ...]]] = {}
    for rest in rests:
        row = columns_of(rest)
        if row is not None:
            counts[row[0]] += 1
            rows.setdefault(row[0], []).append(row[1])
    return [(_trailing(kind, rows[kind]), count) for kind, count in counts.most_common(most)]


def _trailing(columns: tuple[Column, ...], rows: Sequence[tuple[bytes, ...]]) -> Trailing:
    if not columns:
        return Trailing()
    values = list(zip(*rows, strict=True))
    chosen, unit = _latency_column(columns, values)
    server = _upstream_column(columns, values)
    items: list[Item] = []
    for index, column in enumerate(columns):
        opening, closing = {'"': (b'"', b'"'), "[": (b"[", b"]"), "": (b"", b"")}[column.mark]
        field = Field("skip", _skipped(values[index], column))
        if index == chosen:
            field = Field("latency", unit_seconds=unit)
        elif index == server:
            field = Field("upstream")
        items += [b" " + column.key + opening, field, closing + column.suffix]
    if not items[-1]:
        items.pop()
    words = _words(columns, chosen, unit)
    return Trailing(joined(items), words if server < 0 else "upstream" if chosen < 0 else f"{words} + upstream")


def _skipped(values: Sequence[bytes], column: Column) -> bytes | None:
    """The shape of a column that is not read: a bare list may hold spaces."""
    if not column.mark and any(b" " in value for value in values):
        return _NUMBER + rb"(?:(?:, ?| : )" + _NUMBER + rb")*+"
    return None if column.mark else rb'[^ "\n]*+'


def _latency_column(columns: Sequence[Column], values: Sequence[Sequence[bytes]]) -> tuple[int, float]:
    """Which column is how long a request took, and its unit; -1 when none is."""
    keys = [column.key[:-1].lower() for column in columns]
    for index, column in enumerate(columns):
        if column.suffix:
            return index, _SUFFIXES[column.suffix]
    numeric = [index for index, column in enumerate(values) if all(map(_LATENCY.fullmatch, column))]
    decimal = [index for index in numeric if any(b"." in value for value in values[index])]
    for names in (_REQUEST_KEYS, _UPSTREAM_KEYS):
        named = [index for index in numeric if keys[index] in names]
        if named:
            return named[0], _unit(values[named[0]])
    unnamed = [index for index in decimal if not keys[index]]
    if unnamed:
        return unnamed[0], _unit(values[unnamed[0]])
    whole = [index for index in numeric if not keys[index] and any(value != b"-" for value in values[index])]
    if len(whole) == 1 and not columns[whole[0]].mark:
        return whole[0], _unit(values[whole[0]])
    return _same_twice(whole, values)


def _upstream_column(columns: Sequence[Column], values: Sequence[Sequence[bytes]]) -> int:
    """Which column is the server behind, -1 when none is: a key says so, or nothing else looks like its values."""
    for index, column in enumerate(columns):
        is_text = not all(map(_LATENCY.fullmatch, values[index]))
        if column.key[:-1].lower() in _SERVER_KEYS and is_text and not column.suffix:
            return index
    return next((index for index, column in enumerate(columns) if not column.key and are_servers(values[index])), -1)


def _same_twice(whole: Sequence[int], values: Sequence[Sequence[bytes]]) -> tuple[int, float]:
    """Two whole numbers, one the other in seconds: `%D %T`."""
    if len(whole) == 2:
        pairs = zip(values[whole[0]], values[whole[1]], strict=True)
        rows = [(int(one), int(other)) for one, other in pairs if one.isdigit() and other.isdigit()]
        for fine, coarse in ((0, 1), (1, 0)):
            if rows and any(row[fine] for row in rows) and all(row[fine] // 1_000_000 == row[coarse] for row in rows):
                return whole[fine], MICROSECOND
    return -1, SECOND


def _unit(values: Sequence[bytes]) -> float:
    numbers = [float(part) for value in values for part in re.findall(rb"[0-9]+(?:\.[0-9]+)?", value)]
    return unit_of_values(numbers, is_whole=not any(b"." in value for value in values))


def _words(columns: Sequence[Column], chosen: int, unit: float) -> str:
    if chosen < 0:
        return "more"
    is_upstream = columns[chosen].key[:-1].lower() in _UPSTREAM_KEYS
    time = "upstream time" if is_upstream else "request time"
    unit_words = "" if unit == SECOND else f" in {UNIT_WORDS[unit]}"
    return f"{time}{unit_words}"
