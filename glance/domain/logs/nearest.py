"""Where a line stops to fit a format: what an error message shows when nothing reads a log."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from glance.domain.logs.field import QUOTED, Field, Item, shape_of
from glance.domain.logs.format import LogFormat

_WORDS = {
    "ident": "the identity",
    "skip": "another column",
    "agent": "a user agent",
    "referrer": "a referrer",
    "target": "a path",
    "latency": "a request time",
    "size": "a size",
    "status": "a status",
    "time": "a time in brackets",
    "request": "a request in quotes",
}


@dataclass(frozen=True, slots=True)
class Nearest:
    """The format that a line comes nearest to."""

    words: str
    """What the screen calls the format."""
    line: bytes
    """The line."""
    column: int
    """Where it stops to fit, counted from 0."""
    expected: str
    """What the format has there."""


def reach(layout: LogFormat, line: bytes) -> tuple[int, str]:
    """How far a line fits a format, and what the format has where it stops."""
    position = 0
    if layout.prefix:
        found = re.compile(layout.prefix).match(line)
        if found is None:
            return 0, "what wraps the line"
        position = found.end()
    for index, item in enumerate(layout.items):
        following = layout.items[index + 1] if index + 1 < len(layout.items) else b""
        end = _end(layout, item, following if isinstance(following, bytes) else b"", line, position)
        if end is None:
            return position, _expected(item)
        position = end
    return position, "the end of the line"


def nearest(layouts: Iterable[LogFormat], line: bytes, least: int = 1) -> Nearest | None:
    """The format that reads most of a line; None when none reads at least so many bytes of it."""
    best: Nearest | None = None
    for layout in layouts:
        column, expected = reach(layout, line)
        if column >= least and (best is None or column > best.column):
            best = Nearest(layout.words, line, column, expected)
    return best


def _end(layout: LogFormat, item: Item, following: bytes, line: bytes, position: int) -> int | None:
    """Where an item ends in the line, None when it does not fit there."""
    if isinstance(item, bytes):
        return position + len(item) if line.startswith(item, position) else None
    if item.name == "request":
        shape = QUOTED
    elif item.name == "target":
        shape = rb"[^" + (re.escape(following[:1]) or rb"\n") + rb"\n]*+"
    else:
        shape = shape_of(item, following)
    for behind in (following, following[:1]):
        ahead = b"(?=" + re.escape(behind) + b")" if behind else b""
        found = re.compile(b"(" + shape + b")" + item.rest + ahead, re.S).match(line, position)
        if found is not None:
            return found.end() if item.name != "time" or layout.moment(found[1]) is not None else None
    return None


def _expected(item: Item) -> str:
    if isinstance(item, Field):
        return _WORDS.get(item.name, f"a {item.name}")
    return "`" + item.decode("latin-1") + "`"
