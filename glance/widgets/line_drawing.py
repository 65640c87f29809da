"""One raw line: its parts in the colours of what they mean, cut at the edge or whole over several lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from rich.cells import cell_len, get_character_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from glance.domain.raw_line import RawLine
from glance.widgets.drawing import clean
from glance.widgets.inks import Inks, soft

Run = tuple[str, Style]
"""Text in one style."""

HIT = Style(bold=True, underline=True)
"""What a search found, in addition to its own ink."""

_TIME = re.compile(r"\[\d{2}/\w{3}/\d{4}:[\d:]{8} [+-]\d{4}\]|\d{4}-\d\d-\d\d[T ][\d:.,]+(?:Z|[+-]\d\d:?\d\d)?")
_DECIMAL = re.compile(r"(?<![\w.])\d+\.\d{2,}(?![\w.])")


@lru_cache(maxsize=256)
def coloured(line: RawLine, inks: Inks, most: int, needle: str = "") -> tuple[Run, ...]:
    """The text of a line by what its parts mean; what means nothing here steps back.

    Args:
        line: the line.
        inks: the colours.
        most: characters of it at most.
        needle: what was searched for.
    """
    text = clean(line.text, most)
    styles: list[Style] = [soft(inks.label)] * len(text)

    def mark(start: int, end: int, style: Style) -> int:
        styles[start:end] = [style] * (end - start)
        return end

    def find(part: str, style: Style, start: int = 0) -> int:
        found = text.find(part, start) if part else -1
        return mark(found, found + len(part), style) if found >= 0 else start

    moment = _TIME.search(text)
    if moment is not None:
        mark(moment.start(), moment.end(), inks.label)
    find(clean(line.log.client), inks.text)
    target = clean(line.log.target, most)
    method = clean(line.log.method)
    request = text.find(f"{method} {target}") if method and target else -1
    behind = find(method, inks.label, max(0, request))
    behind = find(target, inks.text, behind)
    query = _query_end(text, behind)
    behind = mark(behind, query, inks.text) if query > behind else behind
    behind = _figure(text, line.log.status, inks.status(line.log.status), behind, mark)
    _figure(text, line.log.size, inks.volume, behind, mark)
    if line.log.seconds is not None:
        for number in _DECIMAL.finditer(text, behind):
            if abs(float(number[0]) - line.log.seconds) <= 0.02 * line.log.seconds + 0.001:
                mark(number.start(), number.end(), inks.latency)
    return _runs(text, _with_hits(text, styles, needle))


def _figure(text: str, value: int | None, style: Style, start: int, mark: Callable[[int, int, Style], int]) -> int:
    """Mark a number that stands alone; where it ends, or where the search for it began."""
    if value is None:
        return start
    alone = re.compile(rf"(?<![\w.]){value}(?![\w.])")
    found = alone.search(text, start) or alone.search(text)
    if found is None:
        return start
    return mark(found.start(), found.end(), style)


def _query_end(text: str, start: int) -> int:
    """Where the query ends that begins there; the same place when none does."""
    if text[start : start + 1] != "?":
        return start
    end = start
    while end < len(text) and text[end] not in ' "':
        end += 1
    return end


def _with_hits(text: str, styles: list[Style], needle: str) -> list[Style]:
    """The styles, with what was searched for standing out."""
    low, wanted = text.lower(), clean(needle).lower()
    if wanted and len(low) == len(text):
        at = low.find(wanted)
        while at >= 0:
            for place in range(at, at + len(wanted)):
                styles[place] += HIT
            at = low.find(wanted, at + len(wanted))
    return styles


def _runs(text: str, styles: Sequence[Style]) -> tuple[Run, ...]:
    """Neighbours of one style together."""
    runs: list[Run] = []
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or styles[place] is not styles[start]:
            runs.append((text[start:place], styles[start]))
            start = place
    return tuple(runs)


def target_of(line: RawLine) -> str:
    """What was asked for, with its query, as the line has it."""
    target, text = clean(line.log.target, 2048), clean(line.text)
    at = text.find(target) if target else -1
    return text[at : _query_end(text, at + len(target))] if at >= 0 else target


def wrapped(runs: Sequence[Run], width: int, most: int, inks: Inks) -> list[Strip]:
    """Text over several lines; the last one says when there is more.

    Args:
        runs: the text.
        width: cells of a line.
        most: lines at most.
        inks: the colours.
    """
    rows: list[list[Segment]] = [[]]
    room = width
    for text, style in runs:
        start = 0
        for place, character in enumerate(text):
            cells = 1 if character.isascii() else get_character_cell_size(character)
            if cells > room:
                rows[-1].append(Segment(text[start:place], style))
                if len(rows) == most:
                    return _cut(rows, width, inks)
                rows.append([])
                start, room = place, width
            room -= cells
        rows[-1].append(Segment(text[start:], style))
    return [_filled(row, width, inks) for row in rows]


def _cut(rows: list[list[Segment]], width: int, inks: Inks) -> list[Strip]:
    """The lines, the last one with a sign that there is more."""
    strips = [_filled(row, width, inks) for row in rows]
    strips[-1] = Strip.join([strips[-1].crop(0, width - 1), Strip([Segment("…", inks.label)], 1)])
    return strips


def _filled(row: list[Segment], width: int, inks: Inks) -> Strip:
    """A line, filled to its width."""
    used = sum(cell_len(segment.text) for segment in row)
    return Strip([segment for segment in row if segment.text] + [Segment(" " * (width - used), inks.ground)], width)
