"""What is drawn over the chart of traffic: the selected interval, marks, and the line of another window."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from glance.domain import units
from glance.domain.comparison import SHORT_WORDS, Comparison
from glance.domain.interval import Interval
from glance.domain.scene import Scene
from glance.widgets import chart_canvas
from glance.widgets.drawing import clean
from glance.widgets.inks import Inks, over
from glance.widgets.timeline import readout

ALERT = "▲"
"""Marks where an alert was triggered."""
ROTATED = "◇"
GAP = "×"
SEAM = "┊"
"""Above a rotation or a gap, and at the edges of an interval where there are no colours."""
FORMER = "▁▁▁┄┄▔▔▔"
"""The line of another window, at three heights of a cell, by its eighths; every font has these."""
FORMER_SIGN = "┄┄"

Piece = tuple[str, Style, str]
"""Text in a border, its style, and what a click on it does."""


def marks_of(scene: Scene, start: float, seconds: float, room: int) -> dict[int, str]:
    """The signs on a time axis of so many cells; where two meet an alert is shown before a gap, that before the rest.

    Args:
        scene: what happened.
        start: the moment at the left end.
        seconds: from there to the right end.
        room: cells.
    """
    if seconds <= 0 or room < 2:
        return {}
    happened = [(one.at, ROTATED) for one in scene.marks if not one.is_gap]
    happened += [(one.at, GAP) for one in scene.marks if one.is_gap]
    happened += [(alert.triggered_at, ALERT) for alert in scene.alerts if alert.state != "pending"]
    return {round((at - start) / seconds * (room - 1)): sign for at, sign in happened if start <= at <= start + seconds}


def mark_ink(sign: str, inks: Inks) -> Style:
    """The colour of a sign."""
    return {ALERT: inks.server_error, GAP: inks.client_error}.get(sign, inks.label)


def mark_notes(marks: dict[int, str], inks: Inks) -> list[tuple[str, Style]]:
    """What the signs on the axis mean, for the border; that of alerts is said elsewhere."""
    signs = set(marks.values())
    words = ((ROTATED, "rotated"), (GAP, "not counted"))
    return [(f"{sign} {word}", mark_ink(sign, inks)) for sign, word in words if sign in signs]


def with_interval(strips: list[Strip], columns: range, offset: int, inks: Inks) -> list[Strip]:
    """Lines of a chart with the columns of an interval on another ground; without colours, between two seams."""
    if not columns:
        return strips
    first, last = offset + columns.start, offset + columns.stop
    out = []
    for strip in strips:
        left, middle, right = strip.divide([first, last, strip.cell_length])
        segments = _edged(middle, inks) if inks.is_ansi else _tinted(middle, inks)
        out.append(Strip([*left, *segments, *right], strip.cell_length))
    return out


def _tinted(strip: Strip, inks: Inks) -> list[Segment]:
    """Cells on the ground of the cursor, where they stand on that of the panel; the area is as bright as at its top."""
    ground, area = inks.ground.bgcolor, {shade.color for shade in inks.ramp}
    out = []
    for text, style, _ in strip:
        ink = style or inks.ground
        if ink.color in area:
            ink += Style(color=inks.traffic.color)
        if ink.bgcolor in area:
            ink += Style(bgcolor=inks.traffic.color)
        out.append(Segment(text, ink + inks.cursor if ink.bgcolor == ground else ink))
    return out


def _edged(strip: Strip, inks: Inks) -> list[Segment]:
    """Cells with a seam at either edge, where nothing else is."""
    text = strip.text
    cells = [Segment(character, style) for piece, style, _ in strip for character in piece]
    for place in {0, len(text) - 1}:
        if text[place] == " ":
            cells[place] = Segment(SEAM, inks.focus)
    return cells


def with_seams(strips: list[Strip], marks: dict[int, str], offset: int, inks: Inks) -> list[Strip]:
    """Lines of a chart with a seam above each rotation and each gap, where nothing else is."""
    places = sorted(offset + x for x, sign in marks.items() if sign != ALERT)
    if not places:
        return strips
    out = []
    for strip in strips:
        text, pieces, at = strip.text, [], 0
        for place in places:
            if text[place] == " ":
                pieces += [strip.crop(at, place), Strip([Segment(SEAM, inks.label)], 1)]
                at = place + 1
        out.append(Strip.join([*pieces, strip.crop(at, strip.cell_length)]) if pieces else strip)
    return out


def bracket(columns: range) -> str:
    """What stands on the axis under an interval."""
    many = len(columns)
    if many < 2:
        return "┃" * many
    return f"[{'━' * (many - 2)}]"


def former_levels(comparison: Comparison | None, shown: slice, width: int, most: int, top: float) -> list[int]:
    """The line of another window: its level in each column, 0 where it is not known.

    Args:
        comparison: with it.
        shown: the steps that are on the chart.
        width: columns.
        most: eighths of a line that the chart has.
        top: requests a second at its top.
    """
    if comparison is None or not comparison.is_ready:
        return []
    window = comparison.window
    values = [value / window.step_seconds for value in comparison.hits[shown]]
    if len(values) < 2:
        return []
    levels = [max(1, level + 1) for level in chart_canvas.levels_of(values, width, most, top)]
    seconds = len(values) * window.step_seconds
    begin = window.start + shown.start * window.step_seconds
    unknown = int((comparison.known_from - begin) / seconds * width)
    return [0 if column < unknown else level for column, level in enumerate(levels)]


def former_top(comparison: Comparison | None) -> float:
    """Most requests a second of another window."""
    if comparison is None or not comparison.is_ready:
        return 0.0
    return max(comparison.hits, default=0) / comparison.window.step_seconds


def former_cell(level: int, floor: int, cell: tuple[str, Style], inks: Inks) -> tuple[str, Style]:
    """A cell of the area with the line of another window in it, where that is not the edge of the area itself."""
    text, style = cell
    if not floor < level <= floor + 8 or text not in " █":
        return cell
    sign = "┄" if inks.is_plain else FORMER[level - floor - 1]
    return sign, inks.label if text == " " else over(inks.text, style)


def former_notes(comparison: Comparison | None, inks: Inks) -> list[tuple[str, Style]]:
    """Which other window it is, for the border; or why there is nothing of it."""
    if comparison is None:
        return []
    words = SHORT_WORDS[comparison.against]
    if not comparison.is_ready:
        return [(clean(f"{words}: {comparison.note}", 90), inks.past)]
    start, end = comparison.window.start, comparison.window.end
    if comparison.condition == "partly":
        known = f"only {units.clock(comparison.known_from)}–{units.clock(comparison.known_to)} known"
        return [(f"{FORMER_SIGN} {words}, {known}, compared as rates", inks.past)]
    note = f", {clean(comparison.note)}" if comparison.note else ""
    return [(f"{FORMER_SIGN} {words} {units.span(start, end, start)}{note}", inks.past)]


def interval_pieces(scene: Scene, interval: Interval, room: int, inks: Inks) -> tuple[Piece, ...]:
    """What an interval holds, and what can be done with it, as much as there is room for."""
    found = readout(interval, scene)
    ranked: list[tuple[int, Piece]] = [
        (0, (found.span, inks.focus, "")),
        (1, (f"{units.count(found.hits)} requests", inks.text, "")),
        (3, (f"{units.count(found.client_errors)} 4xx", inks.client_error if found.client_errors else inks.label, "")),
        (2, (f"{units.count(found.server_errors)} 5xx", inks.server_error if found.server_errors else inks.label, "")),
    ]
    if scene.has_latency:
        ranked.append((4, (f"p95 {units.duration(found.p95) if found.is_measured else '…'}", inks.latency, "")))
    ranked += [
        (5, ("enter filter", inks.focus, "screen.filter_interval")),
        (6, ("z zoom", inks.focus, "screen.zoom_interval")),
        (7, ("esc clear", inks.focus, "screen.clear_interval")),
    ]
    return fitting(ranked, room)


def fitting(ranked: Sequence[tuple[int, Piece]], room: int) -> tuple[Piece, ...]:
    """The pieces that fit in so many cells of a border, in their order; greater ranks go first."""
    kept = list(ranked)
    while kept and sum(cell_len(text) + 2 for _, (text, _, _) in kept) > room:
        kept.remove(max(kept, key=lambda one: one[0]))
    return tuple(piece for _, piece in kept)
