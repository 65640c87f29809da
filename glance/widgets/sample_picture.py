"""The heat map of samples as a picture: when a program was busy, and which samples a selection takes."""

from __future__ import annotations

from rich.cells import cell_len
from textual.geometry import Size
from textual.strip import Strip

from glance.domain import units
from glance.domain.heat_board import SECOND_MS, HeatCell
from glance.domain.heat_chip import second_span
from glance.domain.sample_board import SampleBoard, SampleWish
from glance.widgets.drawing import Line, Picture, clean, words
from glance.widgets.frame import Frame, framed
from glance.widgets.heat_drawing import (
    GUTTER,
    HeatState,
    brush_of,
    clock,
    grid_lines,
    grid_size,
    hue,
    legend,
    row_room,
)
from glance.widgets.heat_picture import LOW, hits_within
from glance.widgets.inks import Inks
from glance.widgets.sample_words import span_words

TITLE = "heat map · samples"
WHICH = (
    "Those of perf script, of austin and of a Go trace taken during a CPU profile do.",
    "esc goes back to the flame graph.",
)
APART = 4
"""Cells between the labels of the axis, at least."""
EVERY = (1, 2, 5, 10, 20, 50, 100, 1000)
"""Every how many seconds one is named."""


def sample_picture(
    board: SampleBoard | None, wish: SampleWish, state: HeatState, size: Size, look: tuple[Inks, bool]
) -> Picture:
    """The whole page.

    Args:
        board: the map; None while it is worked out.
        wish: what was asked.
        state: where the cursor is.
        size: of the page.
        look: the inks, and whether it has the keys.
    """
    inks, has_focus = look
    inside = Size(size.width - 2, size.height - 2)
    if board is None:
        lines = _sentences(("reading …",), inside, inks)
    elif not board.hits:
        lines = _sentences((clean(board.why, 300), *WHICH), inside, inks)
    elif board.rows > row_room(inside, inks):
        lines = _sentences((LOW.partition(",")[0] + ".",), inside, inks)
    else:
        lines = _map(board, wish, state, inside, inks)
    notes = [(clean(wish.profile, 60), inks.label)]
    if board is not None and board.hits:
        notes.append((units.counted(board.total, "sample"), inks.text))
    below = [(f"n {wish.rows} rows a second", inks.focus, "next_parts")] if board is not None and board.hits else []
    if below:
        mark = "v ends the selection" if state.anchor is not None else "v select"
        below += [(mark, inks.focus, "mark"), ("enter flame graph", inks.focus, "flame")]
    return framed(size, Frame((), has_focus, tuple(notes), tuple(below), TITLE), lines, (), inks)


def _sentences(texts: tuple[str, ...], inside: Size, inks: Inks) -> list[Strip]:
    """Words where there is no map, the first of them standing out."""
    return [
        Line(inside.width, inks.ground).skip(2).put(part, inks.label if number else inks.text).strip()
        for number, text in enumerate(texts)
        for part in words(text, max(10, inside.width - 4))
    ]


def _map(board: SampleBoard, wish: SampleWish, state: HeatState, inside: Size, inks: Inks) -> list[Strip]:
    """The map with everything around it."""
    brush = brush_of(hue(wish, inks), inks)
    lines = grid_lines(board, state, inside, brush, inks)
    lines.append((clock if board.is_wall_clock else seconds_axis)(board, state, inside, inks))
    shown = sum(map(sum, board.hits))
    told = "" if shown == board.total else f"{units.exact(shown)} of {units.counted(board.total, 'sample')} shown"
    lines.append(legend(board, "samples", told, inside.width, brush=brush, inks=inks))
    lines.append(readout(board, state, inside.width, inks))
    return lines


def seconds_axis(board: SampleBoard, state: HeatState, inside: Size, inks: Inks) -> Strip:
    """The seconds below the map, where nobody knows what time of day they were; a mark under the cursor."""
    width = grid_size(board, inside).width
    first = board.start_ms // SECOND_MS
    cells: list[tuple[str, bool]] = [(" ", False)] * width
    longest = len(str(first + board.columns))
    mark = -9
    if state.cursor is not None:
        mark = min(width - 1, (2 * state.cursor.column + 1) * width // (2 * board.columns))
    each = next(step for step in EVERY if step * width >= (longest + APART) * board.columns or step == EVERY[-1])
    for column in range(-first % each, board.columns, each):
        text = str(first + column)
        left = max(0, (2 * column + 1) * width // (2 * board.columns) - len(text) // 2)
        if left + len(text) <= width and not left - 1 <= mark <= left + len(text):
            cells[left : left + len(text)] = [(sign, False) for sign in text]
    if mark >= 0:
        cells[mark] = ("▴", True)
    line = Line(inside.width, inks.ground).put("s".rjust(GUTTER - 2), inks.label).skip(2)
    for sign, is_mark in cells:
        line.put(sign, inks.focus if is_mark else inks.label)
    return line.strip()


def readout(board: SampleBoard, state: HeatState, width: int, inks: Inks) -> Strip:
    """What stands under the cursor, or what is selected."""
    line = Line(width, inks.ground).skip(1)
    cursor = state.cursor
    if cursor is None:
        return line.put("arrows move a cursor", inks.label).strip()
    head = "selected" if state.anchor is not None else "peak" if state.is_peak else "cursor"
    hits = hits_within(board, state.anchor or cursor, cursor)
    line.put(head, inks.focus).skip(2).put(units.counted(hits, "sample"), inks.traffic).skip(2)
    line.put(times(board, state.anchor or cursor, cursor), inks.text)
    told = " the flame graph of exactly these" if hits else ""
    if told and line.room > cell_len(told) + 8:
        line.skip(3).put("enter", inks.focus).put(told, inks.label)
    return line.strip()


def times(board: SampleBoard, one: HeatCell, other: HeatCell) -> str:
    """From when to when a selection reaches."""
    return span_words(*second_span(board, one, other), is_wall_clock=board.is_wall_clock)
