"""The traffic over the window: requests a second as an area, with the errors in it and below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from textual import events, on
from textual.geometry import Size
from textual.reactive import reactive
from textual.strip import Strip

from glance.domain import units
from glance.domain.interval import Interval
from glance.domain.scene import Scene
from glance.messages import IntervalRequested
from glance.widgets import chart_canvas
from glance.widgets.axis import EARLY, GUTTER, axis_label, clock_line, nice_top
from glance.widgets.drawing import SPARKS, Line, Picture, clean, fit_right, resample, sparkline
from glance.widgets.frame import Frame, Tab, framed
from glance.widgets.inks import Inks, over
from glance.widgets.panel import Panel
from glance.widgets.progress import empty_words
from glance.widgets.tiles import known_steps
from glance.widgets.timeline import between, columns_of
from glance.widgets.timeline_drawing import (
    Piece,
    bracket,
    fitting,
    former_cell,
    former_levels,
    former_notes,
    former_top,
    interval_pieces,
    mark_ink,
    mark_notes,
    marks_of,
    with_interval,
    with_seams,
)

LANES_FROM = 8
"""Lines from which on the errors have lanes of their own below the area."""
LATENCY_FROM = 10
"""Lines from which on the latency has one, too."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Heights of the area in eighths of a line, per column; each holds those after it."""

    hits: list[int]
    errors: list[int]
    server: list[int]
    former: list[int]
    """The line of another window; empty where there is none."""


def shown_steps(scene: Scene) -> slice:
    """The steps that are on the chart; none where there is no request in the window."""
    first = 0 if scene.totals.hits else len(scene.traffic.hits)
    return slice(first, max(first, known_steps(scene).stop))


def chart_lines(scene: Scene, size: Size, inks: Inks, interval: Interval | None = None) -> list[Strip]:
    """The inside of the panel: area, lanes of errors and latency, and the clock below."""
    width, height = size
    shown = shown_steps(scene)
    if len(scene.traffic.hits[shown]) < 2 or width < GUTTER + 8 or height < 2:
        return _sentence(empty_words(scene), size, inks)
    if not chart_canvas.is_loaded():
        return _sentence("preparing the chart …", size, inks)
    lanes = _lanes(scene, shown, size, inks)
    axis = 1 if height >= 4 else 0
    room = width - GUTTER
    marks = _marks(scene, shown, room)
    strips = with_seams(_area(scene, shown, Size(room, height - len(lanes) - axis), inks), marks, GUTTER, inks)
    columns = columns_of(interval, room, shown, scene.window) if interval is not None else range(0)
    strips = with_interval(strips + lanes, columns, GUTTER, inks)
    if axis:
        strips.append(_axis(scene, shown, width, inks, marks=marks, columns=columns))
    return strips


def _lanes(scene: Scene, shown: slice, size: Size, inks: Inks) -> list[Strip]:
    """Errors, and latency where the log has it, a line each, as many as there is room for."""
    width, height = size
    if height < LANES_FROM:
        return []
    traffic = scene.traffic
    most = max(traffic.hits[shown]) // 10
    lanes = [
        _lane("4xx", traffic.client_errors[shown], width, top=most, ink=inks.client_error, inks=inks),
        _lane("5xx", traffic.server_errors[shown], width, top=most, ink=inks.server_error, inks=inks),
    ]
    if height >= LATENCY_FROM and scene.has_latency and traffic.p95:
        values = [0 if value is None else max(1, round(value * 1e6)) for value in traffic.p95[shown]]
        lanes.append(_lane("p95", values, width, top=0, ink=inks.latency, inks=inks))
    return lanes


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
    top = nice_top(max(*hits, former_top(scene.comparison)))
    levels = Levels(
        [level + 1 for level in chart_canvas.heights(hits, size.width, 8 * size.height, top)],
        _layer(errors, size, top),
        _layer(server, size, top),
        former_levels(scene.comparison, shown, size.width, 8 * size.height, top),
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
    levels = chart_canvas.levels_of(values, size.width, 8 * size.height, top)
    return [level if level > 1 else 0 for level in levels]


def _runs(levels: Levels, row: int, height: int, inks: Inks) -> list[tuple[str, Style]]:
    """One row of the area, counted from below, as runs of the same style."""
    shade = inks.ramp[min(len(inks.ramp) - 1, row * len(inks.ramp) // height)]
    floor = 8 * row
    runs: list[tuple[str, Style]] = []
    for x, (hit, error, failure) in enumerate(zip(levels.hits, levels.errors, levels.server, strict=True)):
        character, style = _cell(hit - floor, error - floor, failure - floor, shade, inks)
        if levels.former:
            character, style = former_cell(levels.former[x], floor, (character, style), inks)
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


def _lane(name: str, values: Sequence[int], width: int, *, top: int, ink: Style, inks: Inks) -> Strip:
    """A row of blocks; full is `top`, of errors a tenth of the requests, or the most there was above that."""
    line = Line(width, inks.ground)
    line.put(fit_right(name, GUTTER - 1), ink).put("│", inks.frame)
    line.put(sparkline(resample(values, line.room), line.room, top), ink)
    return line.strip()


def _marks(scene: Scene, shown: slice, room: int) -> dict[int, str]:
    """The signs on the time axis, by their cell."""
    step = scene.window.step_seconds
    many = len(scene.traffic.hits[shown])
    return marks_of(scene, scene.window.start + shown.start * step, (many - 1) * step, room)


def _axis(
    scene: Scene, shown: slice, width: int, inks: Inks, *, marks: dict[int, str], columns: range = range(0)
) -> Strip:
    """The clock below the chart, with signs of what happened, and the bracket of the selected interval."""
    step = scene.window.step_seconds
    start = scene.window.start + shown.start * step
    many = len(scene.traffic.hits[shown])
    room = width - GUTTER
    signs = {x: (sign, mark_ink(sign, inks)) for x, sign in marks.items()}
    signs |= {x: (sign, inks.focus) for x, sign in zip(columns, bracket(columns), strict=True)}
    clock = clock_line(start, (many - 1) * step, room, {x: sign for x, (sign, _) in signs.items()})
    line = Line(width, inks.ground).skip(GUTTER - EARLY)
    for x, character in enumerate(clock, -EARLY):
        line.put(character, signs[x][1] if x in signs else inks.label)
    return line.strip().simplify()


def chart_picture(
    scene: Scene,
    size: Size,
    inks: Inks,
    tabs: tuple[Tab, ...],
    is_focused: bool,
    *,
    interval: Interval | None = None,
) -> Picture:
    """The whole panel of traffic."""
    shown = scene.traffic.hits[known_steps(scene)]
    peak = max(shown, default=0) / scene.window.step_seconds
    notes: list[tuple[str, Style]] = []
    if peak:
        notes = [
            *mark_notes(_marks(scene, shown_steps(scene), size.width - 2 - GUTTER), inks),
            (f"peak {units.rate(peak)}/s", inks.label),
            ("■ requests/s", inks.traffic),
            ("■ 4xx", inks.client_error),
            ("■ 5xx", inks.server_error),
        ]
    notes += former_notes(scene.comparison, inks)
    inside = Size(size.width - 2, size.height - 2)
    lines = chart_lines(scene, inside, inks, interval)
    return framed(size, Frame(tabs, is_focused, tuple(notes), _below(scene, interval, size, inks)), lines, (), inks)


def _below(scene: Scene, interval: Interval | None, size: Size, inks: Inks) -> tuple[Piece, ...]:
    """In the lower border: what the interval holds, or which keys make one."""
    room = size.width - 6
    if interval is not None:
        return interval_pieces(scene, interval, room, inks)
    if not scene.totals.hits:
        return ()
    compare: Piece = ("c compare", inks.label, "screen.compare")
    select: Piece = ("[ ] select", inks.label, "screen.move_interval(-1)")
    return fitting(((1, select), (2, compare)), room - 20)


class TrafficChart(Panel, can_focus=True):
    """Requests and errors over time; an interval of it can be selected, by keys or with the mouse."""

    NAME = "traffic"

    interval: reactive[Interval | None] = reactive(None, repaint=False, init=False)

    def __init__(self) -> None:
        """Nothing is selected."""
        super().__init__()
        self._grabbed: int | None = None
        """The column where the mouse went down."""
        self._is_dragged = False
        self._drawn: Interval | None = None

    def draw(self, size: Size) -> Picture:
        """The chart of now."""
        return chart_picture(self.scene, size, self.inks, self.tabs, self.has_focus, interval=self.interval)

    def part(self, scene: Scene) -> object:
        """The counts per step, what happened beside them, and what an empty chart says."""
        words = "" if scene.totals.hits else empty_words(scene)
        beside = (scene.alerts, scene.marks, scene.interval, scene.comparison)
        return (scene.traffic, scene.window, scene.is_live, beside, words)

    def watch_interval(self) -> None:
        """Draw another interval."""
        self.redraw()

    def _column(self, x: int) -> int:
        """The column of the chart at a cell of the panel."""
        return x - 1 - GUTTER

    @on(events.MouseDown)
    def grab(self, event: events.MouseDown) -> None:
        """Begin to select where the button went down, within the chart."""
        is_inside = 0 < event.y < self.size.height - 1 and 0 <= self._column(event.x) < self._columns
        if event.button == 1 and is_inside and self.scene.totals.hits:
            self._grabbed, self._is_dragged = self._column(event.x), False
            self.capture_mouse()

    @property
    def _columns(self) -> int:
        """Columns of the chart."""
        return max(1, self.size.width - 2 - GUTTER)

    @on(events.MouseMove)
    def drag(self, event: events.MouseMove) -> None:
        """Select up to where the mouse is."""
        if self._grabbed is None:
            return
        column = self._column(event.x)
        if column != self._grabbed or self._is_dragged:
            self._is_dragged = True
            shown = shown_steps(self.scene)
            found = between(self._grabbed, column, self._columns, shown, self.scene.window)
            self._drawn = found
            self.post_message(IntervalRequested(found, is_settled=False))

    @on(events.MouseUp)
    def release(self) -> None:
        """What is selected is selected; a click that drags nothing selects nothing."""
        if self._grabbed is None:
            return
        self.release_mouse()
        self._grabbed = None
        if self._is_dragged:
            self.post_message(IntervalRequested(self._drawn))
        elif self.interval is not None:
            self.post_message(IntervalRequested(None))
