"""The traffic over the window: requests a second as an area, with the errors in it and below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from glance.domain import units
from glance.domain.scene import Scene
from glance.widgets import chart_canvas
from glance.widgets.axis import EARLY, GUTTER, axis_label, clock_line, nice_top
from glance.widgets.drawing import SPARKS, Line, Picture, clean, fit_right, resample, sparkline
from glance.widgets.frame import Frame, Tab, framed
from glance.widgets.inks import Inks, over
from glance.widgets.panel import Panel
from glance.widgets.progress import empty_words
from glance.widgets.tiles import known_steps

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
        label = axis_label(row, size.height, top)
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
    marks = {
        round((alert.triggered_at - start) / seconds * (room - 1)): ALERT
        for alert in scene.alerts
        if alert.state != "pending" and start <= alert.triggered_at <= start + seconds
    }
    text = " " * (GUTTER - EARLY) + clock_line(start, seconds, room, marks)
    line = Line(width, inks.ground)
    for character in text:
        line.put(character, inks.server_error if character == ALERT else inks.label)
    return line.strip().simplify()


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
