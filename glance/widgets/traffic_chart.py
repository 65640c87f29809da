"""The traffic over the window: requests a second as an area, with the errors in it and below it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from glance.domain import units
from glance.domain.scene import Scene
from glance.widgets import chart_canvas
from glance.widgets.drawing import SPARKS, Line, Picture, clean, fit_right, resample, sparkline
from glance.widgets.frame import Frame, Tab, framed
from glance.widgets.inks import Inks, over
from glance.widgets.panel import Panel
from glance.widgets.progress import empty_words
from glance.widgets.tiles import known_steps

GUTTER = 6
"""Cells of the labels at the left of the chart."""
TICKS_SECONDS = (5, 10, 15, 30, 60, 120, 180, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
AXIS_UNITS = ((1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k"), (0.0, 1.0, ""))
"""From which top on the figures of the axis have a unit: factor and name."""
CELLS_A_TICK = 14
ALERT = "▲"
"""Marks where an alert was triggered."""
LANES_FROM = 8
"""Lines from which on the errors have lanes of their own below the area."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Heights of the area in eighths of a line, per column; each holds those after it."""

    hits: list[int]
    errors: list[int]
    server: list[int]


def nice_top(value: float) -> float:
    """A round figure at or above a value, for the top of an axis: 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10):
        if value <= step * power * 1.0001:
            return step * power
    return 10 * power


def chart_lines(scene: Scene, size: Size, inks: Inks) -> list[Strip]:
    """The inside of the panel: area, lanes of errors, and the clock below."""
    width, height = size
    known = known_steps(scene)
    first = 0 if scene.totals.hits else len(scene.traffic.hits)
    shown = slice(first, known.stop)
    if len(scene.traffic.hits[shown]) < 2 or width < GUTTER + 8 or height < 2:
        return _sentence(empty_words(scene), size, inks)
    if not chart_canvas.is_loaded():
        return _sentence("preparing the chart …", size, inks)
    lanes = 2 if height >= LANES_FROM else 0
    axis = 1 if height >= 4 else 0
    area = Size(width - GUTTER, height - lanes - axis)
    strips = _area(scene, shown, area, inks)
    hits = scene.traffic.hits[shown]
    if lanes:
        strips.append(_lane("4xx", scene.traffic.client_errors[shown], hits, width, ink=inks.client_error, inks=inks))
        strips.append(_lane("5xx", scene.traffic.server_errors[shown], hits, width, ink=inks.server_error, inks=inks))
    if axis:
        strips.append(_axis(scene, shown, width, inks))
    return strips


def _sentence(text: str, size: Size, inks: Inks) -> list[Strip]:
    """A sentence in the middle of an empty chart."""
    strips = [Line(size.width, inks.ground).strip() for _ in range(size.height // 2)]
    text = clean(text)
    line = Line(size.width, inks.ground)
    line.goto(max(1, (size.width - len(text)) // 2)).put(text, inks.label)
    return [*strips, line.strip()]


def _area(scene: Scene, shown: slice, size: Size, inks: Inks) -> list[Strip]:
    """The area of requests, on whose ground the errors stand: server's below, clients' above them."""
    step = scene.window.step_seconds
    traffic = scene.traffic
    hits = [value / step for value in traffic.hits[shown]]
    server = [value / step for value in traffic.server_errors[shown]]
    errors = [value / step + more for value, more in zip(traffic.client_errors[shown], server, strict=True)]
    top = nice_top(max(hits))
    levels = Levels(
        [level + 1 for level in chart_canvas.heights(hits, size.width, 8 * size.height, top)],
        _layer(errors, size, top),
        _layer(server, size, top),
    )
    strips = []
    for row in range(size.height):
        line = Line(GUTTER + size.width, inks.ground)
        label = _label(row, size.height, top)
        line.put(label, inks.label).put("┤" if label.strip() else "│", inks.frame)
        for text, style in _runs(levels, size.height - 1 - row, size.height, inks):
            line.put(text, style)
        strips.append(line.strip())
    return strips


def _layer(values: Sequence[float], size: Size, top: float) -> list[int]:
    """Levels of a part of the traffic, all zero when it is nowhere worth half an eighth."""
    if max(values) * 8 * size.height / top < 0.5:
        return [0] * size.width
    levels = chart_canvas.heights(values, size.width, 8 * size.height, top)
    return [level if level > 1 else 0 for level in levels]


def _label(row: int, height: int, top: float) -> str:
    """The figure at the left of a row: the ends of the axis, its middle, and in a high chart its quarters."""
    parts = 4 if height >= 12 else 2 if height >= 5 else 1
    for part in range(parts + 1):
        if row == round((height - 1) * (1 - part / parts)):
            return fit_right(axis_figures(top, parts)[part], GUTTER - 1)
    return " " * (GUTTER - 1)


def axis_figures(top: float, parts: int) -> list[str]:
    """The figures of an axis from zero up: one unit, and as many decimals on all as they need and there is room."""
    if top < 0.01:
        return [units.rate(top * part / parts) for part in range(parts + 1)]
    factor, unit = next((factor, unit) for least, factor, unit in AXIS_UNITS if top >= least)
    values = [top * part / parts / factor for part in range(parts + 1)]
    figures: list[str] = []
    for decimals in range(4):
        candidate = [f"{value:,.{decimals}f}{unit if value else ''}" for value in values]
        if figures and max(len(figure) for figure in candidate) >= GUTTER:
            break
        figures = candidate
        if all(math.isclose(value, round(value, decimals), rel_tol=1e-6) for value in values):
            break
    return figures


def _runs(levels: Levels, row: int, height: int, inks: Inks) -> list[tuple[str, Style]]:
    """One row of the area, counted from below, as runs of the same style."""
    shade = inks.ramp[min(len(inks.ramp) - 1, row * len(inks.ramp) // height)]
    floor = 8 * row
    runs: list[tuple[str, Style]] = []
    for hit, error, failure in zip(levels.hits, levels.errors, levels.server, strict=True):
        character, style = _cell(hit - floor, error - floor, failure - floor, shade, inks)
        if runs and runs[-1][1] == style:
            runs[-1] = (runs[-1][0] + character, style)
        else:
            runs.append((character, style))
    return runs


def _cell(hit: int, error: int, failure: int, shade: Style, inks: Inks) -> tuple[str, Style]:
    """One cell: the lowest layer that ends in it, over the one behind."""
    if inks.is_plain and hit >= 8 and max(failure, error) >= 4:
        return ("▒" if failure >= 4 else "░"), shade
    if inks.is_plain:
        return _block(hit, shade, inks.ground, inks)
    behind = shade if hit >= 8 else inks.ground
    if failure > 0:
        behind = inks.client_error if error >= 8 else behind
        return _block(failure, inks.server_error, behind, inks)
    if error > 0:
        return _block(error, inks.client_error, behind, inks)
    return _block(hit, shade, inks.ground, inks)


def _block(eighths: int, ink: Style, behind: Style, inks: Inks) -> tuple[str, Style]:
    """A cell filled from below, with something behind it."""
    if eighths <= 0:
        return " ", inks.ground
    if eighths >= 8:
        return "█", ink
    return SPARKS[eighths - 1], ink if behind is inks.ground else over(ink, behind)


def _lane(name: str, values: Sequence[int], hits: Sequence[int], width: int, *, ink: Style, inks: Inks) -> Strip:
    """A row of blocks for a kind of error; full is a tenth of the requests, or the most there was above that."""
    line = Line(width, inks.ground)
    line.put(fit_right(name, GUTTER - 1), ink).put("│", inks.frame)
    line.put(sparkline(resample(values, line.room), line.room, max(hits) // 10), ink)
    return line.strip()


def _axis(scene: Scene, shown: slice, width: int, inks: Inks) -> Strip:
    """The clock below the chart, with a mark where an alert was triggered."""
    step = scene.window.step_seconds
    start = scene.window.start + shown.start * step
    many = len(scene.traffic.hits[shown])
    room = width - GUTTER
    seconds = (many - 1) * step
    text = [" "] * width
    for alert in scene.alerts:
        if start <= alert.triggered_at <= start + seconds:
            text[GUTTER + round((alert.triggered_at - start) / seconds * (room - 1))] = ALERT
    for at in _ticks(start, seconds, room):
        label = units.tick(at, _tick_seconds(seconds, room))
        x = GUTTER + round((at - start) / seconds * (room - 1)) - len(label) // 2
        around = "".join(text[max(0, x - 1) : x + len(label) + 1])
        if x >= GUTTER - 2 and x + len(label) <= width and not around.strip():
            text[x : x + len(label)] = label
    line = Line(width, inks.ground)
    for character in text:
        line.put(character, inks.server_error if character == ALERT else inks.label)
    return line.strip().simplify()


def _tick_seconds(seconds: float, room: int) -> int:
    """How far apart the labels are."""
    most = max(1, room // CELLS_A_TICK)
    for candidate in TICKS_SECONDS:
        if seconds / candidate <= most:
            return candidate
    return 86400 * math.ceil(seconds / 86400 / most)


def _ticks(start: float, seconds: float, room: int) -> list[float]:
    """The moments that are labelled: whole minutes, hours or days of the local time."""
    apart = _tick_seconds(seconds, room)
    offset = units.day_offset(start)
    first = math.ceil((start + offset) / apart) * apart - offset
    return [first + index * apart for index in range(int((start + seconds - first) // apart) + 1)]


def chart_picture(scene: Scene, size: Size, inks: Inks, tabs: tuple[Tab, ...], is_focused: bool) -> Picture:
    """The whole panel of traffic."""
    shown = scene.traffic.hits[known_steps(scene)]
    peak = max(shown, default=0) / scene.window.step_seconds
    notes: list[tuple[str, Style]] = []
    if peak:
        notes = [
            (f"peak {units.rate(peak)}/s", inks.label),
            ("■ requests/s", inks.traffic),
            ("■ 4xx", inks.client_error),
            ("■ 5xx", inks.server_error),
        ]
    inside = Size(size.width - 2, size.height - 2)
    lines = chart_lines(scene, inside, inks)
    return framed(size, Frame(tabs, is_focused, tuple(notes)), lines, (), inks)


class TrafficChart(Panel, can_focus=True):
    """Requests and errors over time."""

    NAME = "traffic"

    def draw(self, size: Size) -> Picture:
        """The chart of now."""
        return chart_picture(self.scene, size, self.inks, self.tabs, self.has_focus)

    def part(self, scene: Scene) -> object:
        """The counts per step, and what an empty chart says."""
        words = "" if scene.totals.hits else empty_words(scene)
        return (scene.traffic, scene.window, scene.is_live, scene.alerts, words)
