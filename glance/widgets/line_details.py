"""All that is known of one line: every column of its record, decoded, and the line itself."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from glance.domain import units
from glance.domain.raw_line import MOST_BYTES, RawLine
from glance.widgets.drawing import Line, clean, words
from glance.widgets.inks import Inks
from glance.widgets.line_drawing import coloured, wrapped

LABEL_WIDTH = 11
REBUILT = "the log does not have this line any more; this is what its record says"


def details_strips(line: RawLine, size: Size, inks: Inks, needle: str = "") -> list[Strip]:
    """The whole page of one line; as much of the line itself as there is room for.

    Args:
        line: the line.
        size: of the inside of the page.
        inks: the colours.
        needle: what was searched for.
    """
    room = max(10, size.width - LABEL_WIDTH - 3)
    strips: list[Strip] = []
    for name, text, style in _entries(line, inks):
        for number, part in enumerate(_folded(text, room)):
            row = Line(size.width, inks.ground).skip(1)
            row.put((name if number == 0 else "").ljust(LABEL_WIDTH), inks.label).skip(1)
            strips.append(row.put(part, style).strip())
    strips.append(Strip.blank(size.width, inks.ground))
    title = "line" if not line.is_rebuilt else REBUILT
    if line.size_bytes > len(line.text.encode(errors="surrogateescape")):
        title = f"line: the first {units.size(MOST_BYTES)} of {units.size(line.size_bytes)}"
    strips += [
        Line(size.width, inks.ground).skip(1).put(part, inks.focus).strip() for part in words(title, size.width - 2)
    ]
    least = max(3, size.height - len(strips))
    pad = Strip.blank(1, inks.ground)
    whole = wrapped(coloured(line, inks, 4 * least * size.width, needle), size.width - 2, least, inks)
    return [*strips, *(Strip.join([pad, part, pad]) for part in whole)]


def _folded(text: str, width: int) -> list[str]:
    """Text in pieces that fit, at most three lines of it."""
    lines = words(text, width) if " " in text else [text[at : at + width] for at in range(0, len(text), width)]
    return lines[:3] or [""]


def _entries(line: RawLine, inks: Inks) -> Iterator[tuple[str, str, Style]]:
    """Name, text and ink of every field."""
    log, said = line.log, dict(line.fields)
    if log.at is not None:
        yield "time", f"{units.moment(log.at)} · {units.iso(log.at)}", inks.text
    if log.status is not None:
        yield "status", str(log.status), inks.status(log.status)
    for name in ("method", "path"):
        if said.get(name):
            yield name, clean(said[name], 2048), inks.text
    path = said.get("path", "")
    decoded = clean(unquote(path, errors="replace"), 2048) if "%" in path else ""
    if decoded:
        yield "decoded", decoded, inks.text
    yield from _query(line, inks)
    yield "client", clean(said.get("client", "")) or "–", inks.text
    if log.seconds is not None:
        yield "latency", units.duration(log.seconds), inks.latency
    if log.size is not None:
        yield "size", f"{units.size(log.size)} · {units.exact(log.size)} bytes", inks.volume
    for name in ("user", "host", "upstream", "referrer", "agent", "protocol"):
        if said.get(name):
            yield name, clean(said[name], 2048), inks.text
    where = line.file or line.path
    place = f"{clean(where)}  at byte {units.exact(line.offset)}" if line.file else clean(where)
    yield "log", place, inks.label


def _query(line: RawLine, inks: Inks) -> Iterator[tuple[str, str, Style]]:
    """The parameters that follow the path in the line, decoded, a line each."""
    begin = line.text.find(dict(line.fields).get("path", "") + "?")
    if begin < 0 or not dict(line.fields).get("path"):
        return
    query = line.text[begin:].partition("?")[2]
    query = query.partition(" ")[0].partition('"')[0]
    for number, part in enumerate(query.split("&")[:12]):
        text = clean(unquote(part.replace("+", " "), errors="replace"), 512)
        yield ("query" if number == 0 else ""), text, inks.text
