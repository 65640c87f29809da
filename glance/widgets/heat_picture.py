"""The page of heat maps as a picture: the map, what the cursor reads, and words where there is no map."""

from __future__ import annotations

import math
from dataclasses import dataclass

from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from glance.domain import units
from glance.domain.heat_board import SECOND_MS, HeatBoard, HeatCell, HeatWish
from glance.domain.heat_chip import second_span
from glance.domain.scene import Scene
from glance.domain.window import window_words
from glance.widgets.drawing import Line, Picture, clean, words
from glance.widgets.frame import Frame, framed
from glance.widgets.heat_drawing import (
    HeatState,
    brush_of,
    clock,
    grid_lines,
    hue,
    legend,
    row_room,
)
from glance.widgets.inks import Inks
from glance.widgets.progress import empty_words

CHOICES = {"all": "all requests", "errors": "only errors", "fine": "without errors"}
MATCHING = "all that match"
"""Instead of `all requests`, where a filter has chosen among them."""
LONGEST_FILTER = 48
"""Cells of it in the border; all of it stands under the header."""
MEASURES = {"requests": "requests", "errors": "errors", "p99": "p99 of latency", "max": "slowest"}
TITLES = {"latency": "heat map · latency", "second": "heat map · within seconds"}
NO_LATENCY = (
    "This log does not tell how long requests took, so there is no map of it.",
    "nginx: put $request_time behind the log_format; Apache: %D; then glance sees it by itself.",
    "h goes to the map of what happened within seconds.",
)
NO_PARTS = (
    "This log tells times in whole seconds, so nobody knows what happened within one of them.",
    "nginx: put $msec into the log_format; Apache: %{msec_frac}t. Caddy and Traefik tell it in their JSON.",
    "h goes to the map of latencies.",
)
LOW = "A second takes ten rows: make the terminal higher, or press h for the map of latencies."


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows."""

    board: HeatBoard | None
    """None while it is worked out."""
    wish: HeatWish
    state: HeatState


def heat_picture(scene: Scene, told: Shown, size: Size, inks: Inks) -> Picture:
    """The whole page."""
    board, wish, state = told.board, told.wish, told.state
    inside = Size(size.width - 2, size.height - 2)
    if board is None:
        lines = [Line(inside.width, inks.ground).skip(1).put("reading …", inks.label).strip()]
    elif not board.hits:
        lines = _nothing(scene, board, inside, inks)
    elif board.kind == "second" and board.rows > row_room(inside, inks):
        lines = _told((LOW,), inside, inks)
    else:
        lines = _map(board, state, inside, inks)
    shown = CHOICES[wish.choice] if wish.kind == "latency" else MEASURES[wish.measure]
    notes = [(f"window {window_words(scene.view.window)}", inks.label)]
    if chosen_by := scene.view.filter:
        notes.append((f"filter {clean(chosen_by, LONGEST_FILTER)}", inks.focus))
        shown = MATCHING if shown == CHOICES["all"] else shown
    notes.append((shown, hue(wish, inks)))
    frame = Frame((), True, tuple(notes), _below(wish, state, inks), TITLES[wish.kind])
    return framed(size, frame, lines, (), inks)


def _below(wish: HeatWish, state: HeatState, inks: Inks) -> tuple[tuple[str, Style, str], ...]:
    """Keys in the lower border."""
    other = "h within seconds" if wish.kind == "latency" else "h latency"
    keys = [(other, "switch"), ("s shows", "next_shown")]
    if wish.kind == "second":
        keys.append((f"n {wish.rows} rows a second", "next_parts"))
    keys.append(("v ends the selection" if state.anchor is not None else "v select", "mark"))
    return tuple((text, inks.focus, action) for text, action in keys)


def _nothing(scene: Scene, board: HeatBoard, inside: Size, inks: Inks) -> list[Strip]:
    """Why there is no map."""
    if not board.total:
        told = words(empty_words(scene), max(10, inside.width - 2))
        return [Line(inside.width, inks.ground).skip(1).put(text, inks.label).strip() for text in told]
    return _told(NO_LATENCY if board.kind == "latency" else NO_PARTS, inside, inks)


def _told(texts: tuple[str, ...], inside: Size, inks: Inks) -> list[Strip]:
    """Sentences, the first of them standing out."""
    return [
        Line(inside.width, inks.ground).skip(2).put(part, inks.label if number else inks.text).strip()
        for number, text in enumerate(texts)
        for part in words(text, max(10, inside.width - 4))
    ]


def _map(board: HeatBoard, state: HeatState, inside: Size, inks: Inks) -> list[Strip]:
    """The map with everything around it."""
    wish = board.wish
    assert isinstance(wish, HeatWish)
    brush = brush_of(hue(wish, inks), inks)
    lines = grid_lines(board, state, inside, brush, inks)
    lines.append(clock(board, state, inside, inks))
    what = MEASURES[wish.measure] if wish.kind == "second" else "requests"
    lines.append(legend(board, what, _totals(board), inside.width, brush=brush, inks=inks))
    lines.append(readout(board, state, inside.width, inks))
    return lines


def _totals(board: HeatBoard) -> str:
    """How much the map is about."""
    text = units.counted(board.total - board.left_out, "request")
    if not board.left_out:
        return text
    without = "without a latency" if board.kind == "latency" else "with whole seconds only, left out"
    return f"{text}, {units.exact(board.left_out)} more {without}"


def readout(board: HeatBoard, state: HeatState, width: int, inks: Inks) -> Strip:
    """What stands under the cursor, or what is selected."""
    line = Line(width, inks.ground).skip(1)
    cursor = state.cursor
    if cursor is None:
        return line.put("arrows move a cursor", inks.label).strip()
    head = "selected" if state.anchor is not None else "peak" if state.is_peak else "cursor"
    hits = hits_within(board, state.anchor or cursor, cursor)
    line.put(head, inks.focus).skip(2).put(units.counted(hits, "request"), inks.traffic)
    line.skip(2).put(when(board, state.anchor or cursor, cursor), inks.text)
    if board.kind == "latency":
        line.skip(2).put(latencies(board, state.anchor or cursor, cursor), inks.latency)
    wish = board.wish
    if state.anchor is None and isinstance(wish, HeatWish) and board.values:
        value = board.values[cursor.row][cursor.column]
        text = units.count(round(value or 0)) if wish.measure == "errors" else units.duration(value)
        line.skip(2).put(f"{text} {MEASURES[wish.measure]}", hue(wish, inks))
    if line.room > len("enter shows only these") + 3:
        line.skip(3).put("enter", inks.focus).put(" shows only these", inks.label)
    return line.strip()


def when(board: HeatBoard, one: HeatCell, other: HeatCell) -> str:
    """From when to when a selection reaches."""
    if board.kind == "second":
        start_ms, end_ms = second_span(board, one, other)
        return f"{_exact(start_ms)} – {_exact(end_ms)}"
    left, right = sorted((one.column, other.column))
    start_ms, end_ms = board.times(left)[0], board.times(right)[1]
    name = units.clock if end_ms - start_ms < 86_400_000 else units.moment
    return f"{name(start_ms / 1000)} – {name(end_ms / 1000)}"


def _exact(at_ms: int) -> str:
    """A time of day with milliseconds."""
    return f"{units.clock(at_ms // SECOND_MS)}.{at_ms % SECOND_MS:03}"


def latencies(board: HeatBoard, one: HeatCell, other: HeatCell) -> str:
    """From which to which latency a selection reaches."""
    upper, lower = sorted((one.row, other.row))
    least, most = board.bounds[lower + 1], board.bounds[upper]
    if most == math.inf:
        return f"≥ {units.duration(least)}"
    return f"{units.duration(least) if least else '0'} – {units.duration(most)}"


def hits_within(board: HeatBoard, one: HeatCell, other: HeatCell) -> int:
    """Requests in the cells of a selection."""
    state = HeatState(other, anchor=one)
    left, right = sorted((one.column, other.column))
    return sum(
        row[column]
        for number, row in enumerate(board.hits)
        for column in range(left, right + 1)
        if state.marks(board, HeatCell(column, number))
    )
