"""How heat maps look: a grid whose shades are one hue, with its axes, its scale and what the cursor reads."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.color import ColorType
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from glance.domain import units
from glance.domain.heat_board import HeatBoard, HeatCell, HeatWish
from glance.domain.heat_chip import selected
from glance.widgets.axis import EARLY, clock_line
from glance.widgets.drawing import Line, fit_right
from glance.widgets.inks import Inks, faded

GUTTER = 7
"""Cells at the left of the map: a label and the axis."""
BELOW = 3
"""Lines below the map: the clock, the scale, and what the cursor reads."""
WIDEST_COLUMN = 12
SHADES = 8
SHADES_256 = 5
SIGNS = "░▒▓█"
"""Shades where there are not enough colours."""
CURVE = 2.3
"""How much finer the scale is for small counts: 1 would be even."""
FAINTEST = 0.74
"""How far the faintest shade is on its way to the ground."""
LEAST_APART = 32
"""How far, of 255, one part of a colour is at least from that of another beside it."""


@dataclass(frozen=True, slots=True)
class HeatState:
    """Where the cursor is in a map."""

    cursor: HeatCell | None = None
    is_peak: bool = True
    """Nobody moved it: it is where the map is greatest."""
    anchor: HeatCell | None = None
    """The other end of a selection."""

    def marks(self, board: HeatBoard, cell: HeatCell) -> bool:
        """A cell is selected."""
        if self.anchor is None or self.cursor is None:
            return False
        return selected(board, self.anchor, self.cursor, cell)


@dataclass(frozen=True, slots=True)
class Brush:
    """What cells are painted with."""

    shades: tuple[Style, ...]
    marked: tuple[Style, ...]
    """The same of what is selected."""
    ground: Style
    marked_ground: Style
    cursor: Style
    is_half: bool
    """A line shows two rows, by a half block with two colours; else a sign shows the shade of one."""


@dataclass(frozen=True, slots=True)
class Scale:
    """From which value on a cell has which shade."""

    least: tuple[float, ...]
    """By shade, ascending."""

    def shade(self, value: float | None) -> int:
        """The shade of a value, from 1; 0 for nothing."""
        return max(1, bisect_right(self.least, value)) if value is not None else 0


def has_halves(inks: Inks) -> bool:
    """The terminal has enough colours for two rows in a line."""
    return not (inks.is_ansi or inks.is_plain)


def map_size(inside: Size) -> Size:
    """Cells of the map on a page with this inside."""
    return Size(max(1, inside.width - GUTTER - 1), max(1, inside.height - BELOW))


def grid_size(board: HeatBoard, inside: Size) -> Size:
    """Cells that a map takes: few columns are no wider than can be looked at."""
    width, height = map_size(inside)
    return Size(max(1, min(width, WIDEST_COLUMN * board.columns)), height)


def row_room(inside: Size, inks: Inks) -> int:
    """How many rows fit."""
    return map_size(inside).height * (2 if has_halves(inks) else 1)


def places(rows: int, room: int) -> list[int]:
    """The row at each place of the map, from the top; -1 where there is none. Rows are equally high."""
    if not rows:
        return [-1] * room
    if rows > room:
        return [place * rows // room for place in range(room)]
    high = room // rows
    return [-1] * (room - high * rows) + [row for row in range(rows) for _ in range(high)]


def column_at(x: int, columns: int, width: int) -> int:
    """The column at a cell of the map."""
    return max(0, min(x * columns // max(1, width), columns - 1))


def brush_of(ink: Style, inks: Inks) -> Brush:
    """What to paint a map with, in this hue."""
    reverse = Style(reverse=True)
    if not has_halves(inks):
        shades, marked = (ink,) * len(SIGNS), (ink + reverse,) * len(SIGNS)
        return Brush(shades, marked, inks.ground, inks.ground + reverse, inks.focus + reverse, is_half=False)
    many = SHADES_256 if _is_256(inks) else SHADES
    hues = (ink, _marking(ink, inks))
    shades, marked = (tuple(faded(hue, FAINTEST * (1 - step / (many - 1))) for step in range(many)) for hue in hues)
    if _is_256(inks) and ink == inks.traffic:
        shades = inks.ramp
    tint = Style(color=inks.cursor.bgcolor, bgcolor=inks.cursor.bgcolor)
    return Brush(shades, marked, inks.ground, inks.ground + tint, inks.past, is_half=True)


def _marking(ink: Style, inks: Inks) -> Style:
    """The hue of what is selected: that of the focus, unless the map itself is all but of that."""
    if ink.color is None or inks.focus.color is None:
        return inks.focus
    near = zip(ink.color.get_truecolor(), inks.focus.color.get_truecolor(), strict=True)
    return inks.past if max(abs(one - other) for one, other in near) < LEAST_APART else inks.focus


def _is_256(inks: Inks) -> bool:
    """The terminal has 256 colours and no more."""
    return inks.ground.bgcolor is not None and inks.ground.bgcolor.type == ColorType.EIGHT_BIT


def scale_of(board: HeatBoard, many: int) -> Scale:
    """A scale of so many shades over the values of a map: latencies by equal factors, counts finer for the small."""
    known = [value for row in board.values or board.hits for value in row if value]
    if not known:
        return Scale((1.0,))
    low, high = float(min(known)), float(max(known))
    if isinstance(known[0], int):
        steps = sorted({max(1.0, math.ceil(high * (step / many) ** CURVE)) for step in range(many)})
        return Scale(tuple(float(step) for step in steps))
    return Scale(tuple(dict.fromkeys(low * (high / low) ** (step / many) for step in range(many))))


def hue(wish: HeatWish, inks: Inks) -> Style:
    """The ink of what is counted."""
    what = wish.measure if wish.kind == "second" else wish.choice
    return {"errors": inks.server_error, "p99": inks.latency, "max": inks.latency}.get(what, inks.traffic)


def grid_lines(board: HeatBoard, state: HeatState, inside: Size, brush: Brush, inks: Inks) -> list[Strip]:
    """The map with its axis at the left, as wide as the inside of the page."""
    size = grid_size(board, inside)
    rest = inside.width - GUTTER - size.width
    scale = scale_of(board, len(brush.shades))
    each = 2 if brush.is_half else 1
    rows = places(board.rows, size.height * each)
    labels = axis_labels(board, rows, each)
    columns = [column_at(x, board.columns, size.width) for x in range(size.width)]
    strips = []
    for y in range(size.height):
        shown = rows[y * each : (y + 1) * each]
        line = Line(inside.width, inks.ground)
        is_here = state.cursor is not None and state.cursor.row in shown
        axis = "▸" if is_here else "┤" if labels[y] else "│"
        line.put(fit_right(labels[y], GUTTER - 1), inks.label).put(axis, inks.focus if is_here else inks.frame)
        cells = _halves(board, state, shown, columns, (scale, brush)) if each == 2 else None
        cells = cells or _signs(board, state, shown[0], columns, (scale, brush))
        strips.append(Strip([*line.strip().crop(0, GUTTER), *cells, Segment(" " * rest, inks.ground)], line.width))
    return strips


def _spread(shade: int, scale: Scale, shades: Sequence[Style]) -> Style:
    """The ink of a shade; the greatest is always the strongest."""
    return shades[-(-shade * len(shades) // len(scale.least)) - 1]


def _sign(shade: int, scale: Scale) -> str:
    """The sign of a shade; the greatest is always solid."""
    many = len(scale.least)
    return SIGNS[max(0, -(-shade * len(SIGNS) // many) - 1)]


def _signs(
    board: HeatBoard, state: HeatState, row: int, columns: Sequence[int], how: tuple[Scale, Brush]
) -> list[Segment]:
    """A line of one row, shaded by signs."""
    scale, brush = how
    segments = []
    for column in columns:
        cell = HeatCell(column, row)
        shade = scale.shade(board.value(cell)) if row >= 0 else 0
        is_marked = row >= 0 and state.marks(board, cell)
        text = _sign(shade, scale) if shade else " "
        style = (brush.marked if is_marked else brush.shades)[0]
        if not shade:
            style = brush.marked_ground if is_marked else brush.ground
        if cell == state.cursor:
            text, style = "+", brush.cursor
        segments.append(Segment(text, style))
    return _joined(segments)


def _halves(
    board: HeatBoard, state: HeatState, rows: Sequence[int], columns: Sequence[int], how: tuple[Scale, Brush]
) -> list[Segment]:
    """A line of two rows, by half blocks."""
    scale, brush = how
    segments: list[Segment] = []
    painted: dict[int, Segment] = {}
    for column in columns:
        if column not in painted:
            upper, lower = (_paint(board, state, HeatCell(column, row), scale, brush) for row in rows)
            if upper.bgcolor == lower.bgcolor:
                painted[column] = Segment(" ", upper)
            else:
                painted[column] = Segment("▀", Style(color=upper.bgcolor, bgcolor=lower.bgcolor))
        segments.append(painted[column])
    return _joined(segments)


def _paint(board: HeatBoard, state: HeatState, cell: HeatCell, scale: Scale, brush: Brush) -> Style:
    """The colour of a cell, as a ground."""
    if cell.row < 0:
        return brush.ground
    if cell == state.cursor:
        return Style(bgcolor=brush.cursor.color)
    shade, is_marked = scale.shade(board.value(cell)), state.marks(board, cell)
    if not shade:
        return brush.marked_ground if is_marked else brush.ground
    shades = brush.marked if is_marked else brush.shades
    return Style(bgcolor=_spread(shade, scale, shades).color)


def _joined(segments: Sequence[Segment]) -> list[Segment]:
    """Neighbours of one style as one."""
    joined: list[Segment] = []
    for segment in segments:
        if joined and joined[-1].style == segment.style:
            joined[-1] = Segment(joined[-1].text + segment.text, segment.style)
        else:
            joined.append(segment)
    return joined


def axis_labels(board: HeatBoard, rows: Sequence[int], each: int) -> list[str]:
    """What stands at the left of each line: the lower bound of its rows, where it is a round figure."""
    many = len(rows) // each
    found = [""] * many
    for y in range(many):
        for place in range(y * each, (y + 1) * each):
            row = rows[place]
            is_last = row >= 0 and (place + 1 == len(rows) or rows[place + 1] != row)
            if is_last and _is_round(board, board.bounds[row + 1], many):
                found[y] = _bound_text(board.bounds[row + 1])
    for y in range(many - 1, -1, -1):  # where powers of ten are far apart, figures between them
        row = rows[(y + 1) * each - 1]
        if board.kind == "latency" and row >= 0 and not any(found[max(0, y - 3) : y + 4]):
            found[y] = _bound_text(board.bounds[row + 1])
    for y in range(many - 1):  # a row over many lines is named where it ends
        if found[y] and found[y] in found[y + 1 :]:
            found[y] = ""
    return found


def _is_round(board: HeatBoard, bound: float, lines: int) -> bool:
    """A bound that is always named: a power of ten, a fifth of a second, or nothing."""
    if bound <= 0:
        return True
    if board.kind == "second":
        fifths = bound * (10 if lines >= 20 else 5)
        return abs(fifths - round(fifths)) < 1e-6
    power = math.log10(bound)
    return abs(power - round(power)) < 1e-6


def _bound_text(seconds: float) -> str:
    """A bound on the axis: `0`, `1ms`, `200ms`, `2.15s`."""
    if seconds <= 0:
        return "0"
    text = units.duration(seconds)
    return text.replace(".00", "").replace(".0", "") if abs(math.log10(seconds) % 1) < 1e-6 else text


def clock(board: HeatBoard, state: HeatState, inside: Size, inks: Inks) -> Strip:
    """The moments below the map, with a mark under the cursor."""
    width = grid_size(board, inside).width
    marks = {}
    if state.cursor is not None:
        middle = (state.cursor.column + 0.5) * width / max(1, board.columns)
        marks = {max(0, min(width - 1, math.floor(middle))): "▴"}
    text = clock_line(board.start_ms / 1000, board.columns * board.step_ms / 1000, width, marks)
    line = Line(inside.width, inks.ground).skip(GUTTER - EARLY)
    for index, part in enumerate(text.split("▴")):
        line.put("▴" if index else "", inks.focus).put(part, inks.label)
    return line.strip()


def legend(board: HeatBoard, what: str, told: str, width: int, *, brush: Brush, inks: Inks) -> Strip:
    """The shades with the values from which on they stand, and what is told at the right.

    Where there is no room for all values, the least and the greatest stand at the ends.
    """
    line = Line(width, inks.ground).skip(1).put(f"{what}  ", inks.label)
    scale = scale_of(board, len(brush.shades))
    is_time = isinstance(next((value for row in board.values for value in row if value), 0), float)
    texts = [units.duration(least) if is_time else units.count(round(least)) for least in scale.least]
    room = line.room - cell_len(told) - 2
    if sum(len(text) + 5 for text in texts) <= room:
        for shade, text in enumerate(texts, 1):
            _swatch(line, shade, scale, brush)
            line.put(f" {text}  ", inks.label)
    else:
        line.put(f"{texts[0]} ", inks.label)
        for shade in range(1, len(texts) + 1):
            _swatch(line, shade, scale, brush)
        top = units.duration(board.top()) if is_time else units.count(round(board.top()))
        line.put(f" {top}", inks.label)
    if line.room > cell_len(told) + 1:
        line.goto(width - cell_len(told) - 1).put(told, inks.label)
    return line.strip()


def _swatch(line: Line, shade: int, scale: Scale, brush: Brush) -> None:
    """Two cells of a shade."""
    if brush.is_half:
        line.put("  ", Style(bgcolor=_spread(shade, scale, brush.shades).color))
    else:
        line.put(_sign(shade, scale) * 2, brush.shades[0])
