"""The rows of an answer as a table: numbers to the right and never cut, columns that come into view. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rich.cells import cell_len
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from glance.domain.safe_text import safe_text
from glance.domain.sql_board import SqlResult, Value
from glance.widgets.drawing import Line, clean, fit_left, fit_path, fit_right
from glance.widgets.inks import Inks
from glance.widgets.line_drawing import wrapped

NULL = "NULL"
GAP = 2
LEAST_TEXT = 20
"""Cells below which a column of text is not made narrower: the others are scrolled to."""
MOST_TEXT = 120
MOST_SHORT = 1e6
"""A number with a point from which on all of its digits are told."""
SAMPLE = 400
"""Rows of which texts are measured; numbers are measured in all."""
LONGEST_CELL = 400
LONGEST_OPEN = 4000
"""Characters of a value that is shown by itself."""


@dataclass(frozen=True, slots=True)
class Grid:
    """How a table is laid out."""

    heads: tuple[str, ...]
    widths: tuple[int, ...]
    numeric: tuple[bool, ...]
    digits: tuple[int, ...]
    """Behind the point, of the numbers of each column: points stand below each other."""


@dataclass(frozen=True, slots=True)
class Marked:
    """What of a table is seen."""

    top: int
    """The first row."""
    left: int
    """The first column."""
    row: int = -1
    """The one with the cursor; -1 is none."""
    column: int = -1


def text_of(value: Value, most: int = LONGEST_CELL) -> str:
    """A value as a person reads it, behind the gate; no unit that the query did not give."""
    if value is None:
        return NULL
    if isinstance(value, float):
        return f"{value:.15g}" if math.isfinite(value) else str(value)
    if isinstance(value, bytes):
        return f"x'{value[: most // 2].hex()}'"
    return str(value) if isinstance(value, int) else clean(value, most)


def number_text(value: Value) -> str:
    """A number in a table: six digits of one with a point, all of a whole one."""
    if isinstance(value, float) and abs(value) < MOST_SHORT:
        return f"{value:.6g}"
    return text_of(value)


def copied_text(values: Sequence[Value]) -> str:
    """Values as they are copied: behind the gate, with tabs between them."""
    return "\t".join("" if value is None else text_of(value, 1 << 20) for value in values)


@lru_cache(maxsize=1)
def grid_of(result: SqlResult) -> Grid:
    """The layout of an answer, as wide as it wants to be."""
    heads = tuple(safe_text(name, 60) for name in result.columns)
    widths, numeric, digits = [], [], []
    for at, head in enumerate(heads):
        column = [row[at] for row in result.rows]
        is_number = all(isinstance(value, int | float | None) for value in column)
        is_number = is_number and any(value is not None for value in column)
        texts = list(map(number_text, column)) if is_number else list(map(text_of, column[:SAMPLE]))
        behind = max(map(_behind_point, texts), default=0) if is_number else 0
        widest = max((cell_len(text) + behind - _behind_point(text) * is_number for text in texts), default=0)
        widths.append(max(cell_len(head), widest if is_number else min(MOST_TEXT, widest), 1))
        numeric.append(is_number)
        digits.append(behind)
    return Grid(heads, tuple(widths), tuple(numeric), tuple(digits))


def _behind_point(text: str) -> int:
    """The point of a number, and what is behind it."""
    return len(text) - text.find(".") if "." in text else 0


@lru_cache(maxsize=8)
def widths_within(grid: Grid, width: int) -> tuple[int, ...]:
    """The widths of the columns, those of the widest texts made less until all fit or would say too little."""
    fitted = list(grid.widths)
    texts = [at for at, is_number in enumerate(grid.numeric) if not is_number]
    while sum(fitted) + GAP * (len(fitted) - 1) > width:
        widest = max((at for at in texts if fitted[at] > LEAST_TEXT), key=fitted.__getitem__, default=None)
        if widest is None:
            break
        fitted[widest] -= 1
    return tuple(min(one, max(1, width)) for one in fitted)


def left_for(widths: Sequence[int], left: int, column: int, width: int) -> int:
    """The first column to be shown so that one is in view; no further than needed."""
    left = min(left, column)
    while left < column and sum(widths[left : column + 1]) + GAP * (column - left) > width:
        left += 1
    while left and sum(widths[left - 1 :]) + GAP * (len(widths) - left) <= width:
        left -= 1
    return left


def grid_strips(result: SqlResult, seen: Marked, size: Size, inks: Inks) -> list[Strip]:
    """The heading and the rows.

    Args:
        result: the answer.
        seen: what of it.
        size: of the place.
        inks: the colours.
    """
    grid = grid_of(result)
    widths = widths_within(grid, size.width)
    shown = _columns(widths, seen.left, size.width)
    widths = _filling(grid, widths, shown, size.width)
    heading = Line(size.width, inks.ground)
    for at in shown:
        place = fit_right if grid.numeric[at] else fit_left
        heading.put(place(grid.heads[at], widths[at]), inks.focus if at == seen.column else inks.label).skip(GAP)
    strips = [heading.strip()]
    for number, row in enumerate(result.rows[seen.top : seen.top + size.height - 1], seen.top):
        is_marked = number == seen.row
        line = Line(size.width, inks.selected(inks.ground) if is_marked else inks.ground)
        for at in shown:
            ink = cell_ink(grid.heads[at], row[at], inks)
            if is_marked:
                ink = inks.selected(inks.focus if at == seen.column else ink)
            if is_marked and at == seen.column and len(widths) > 1:
                ink += Style(underline=True)
            line.put(_placed(row[at], grid, at, widths[at]), ink).skip(GAP)
        strips.append(line.strip())
    return strips


def _columns(widths: Sequence[int], left: int, width: int) -> Sequence[int]:
    """The columns that fit beside each other; the last may be cut where it is text."""
    found: list[int] = []
    used = 0
    for at in range(left, len(widths)):
        if found and used + widths[at] > width:
            break
        found.append(at)
        used += widths[at] + GAP
    return found


def _filling(grid: Grid, widths: Sequence[int], shown: Sequence[int], width: int) -> tuple[int, ...]:
    """The widths, with the room behind the last column given to those that had to be cut."""
    grown = list(widths)
    room = width - sum(grown[at] + GAP for at in shown) + GAP
    for at in shown:
        more = max(0, min(room, grid.widths[at] - grown[at]))
        grown[at] += more
        room -= more
    return tuple(grown)


def _placed(value: Value, grid: Grid, at: int, width: int) -> str:
    """A value in its column; a path loses its left side, another text its right, a number nothing."""
    if grid.numeric[at]:
        text = number_text(value)
        return fit_right(text + " " * (grid.digits[at] - _behind_point(text)), width)
    text = text_of(value)
    return fit_path(text, width) if text.startswith("/") else fit_left(text, width)


def cell_ink(head: str, value: Value, inks: Inks) -> Style:
    """The colour of a value: a status has the one that it has everywhere."""
    if value is None:
        return inks.label
    if head == "status" and isinstance(value, int):
        return inks.status(value)
    return inks.text


def opened_strips(result: SqlResult, row: int, column: int, size: Size, inks: Inks) -> list[Strip]:
    """One row by itself: each column with its whole value, from the first one that lets the chosen one be seen."""
    name_width = min(24, max((cell_len(safe_text(name, 60)) for name in result.columns), default=1))
    parts: list[list[Strip]] = []
    for at, (name, value) in enumerate(zip(result.columns, result.rows[row], strict=True)):
        runs = [(text_of(value, LONGEST_OPEN), cell_ink(name, value, inks))]
        head_ink = inks.focus if at == column else inks.label
        part = []
        for number, strip in enumerate(wrapped(runs, max(10, size.width - name_width - 2), size.height, inks)):
            head = fit_left(safe_text(name, 60) if number == 0 else "", name_width)
            part.append(Strip.join([Line(name_width + 2, inks.ground).put(head, head_ink).strip(), strip]))
        parts.append(part)
    first = 0
    while first < column and sum(map(len, parts[first : column + 1])) > size.height:
        first += 1
    return [strip for part in parts[first:] for strip in part]
