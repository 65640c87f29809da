"""How metrics look: as many rows, as a stack of charts where there is room, or one of them on the whole page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from glance.domain import units
from glance.domain.scene import MetricChart, Scene
from glance.domain.window import window_words
from glance.widgets.axis import EARLY, clock_line, nice_top
from glance.widgets.drawing import SPARKS, Line, Picture, bar, clean, fit_left, fit_right, words
from glance.widgets.figure import FIGURE_WIDTH, figure, ink_of
from glance.widgets.frame import Frame, framed
from glance.widgets.inks import Inks, shades, soft

GUTTER = FIGURE_WIDTH + 1
"""Cells at the left of a chart: a figure and the axis."""
MOST_LINES = 16
"""Lines of one metric in the list, at most."""
LEAST_CHART = 4
"""Lines of one metric from which on it has a chart of its own: a heading, two of chart, one of air."""
NAME_WIDTH = 26
SPARK_LEAST = 12
WORDS_LEAST = 14
WIDE = 70
"""Cells from which on a row has the least and the greatest value, too."""
SEGMENT_LINES = 8


@dataclass(frozen=True, slots=True)
class Extent:
    """The least and the greatest value of a metric over the window."""

    least: float | None
    most: float | None


def extent(chart: MetricChart) -> Extent:
    """The extent of the points that are known."""
    known = [point for point in chart.points if point is not None]
    return Extent(min(known), max(known)) if known else Extent(None, None)


def lines_each(many: int, height: int) -> int:
    """How many lines each metric of a list has: one, or enough for a chart."""
    each = min(MOST_LINES, height // max(1, many))
    return each if each >= LEAST_CHART else 1


def rows_that_fit(many: int, size: Size) -> int:
    """How many metrics a page of this size shows."""
    height = max(1, size.height - 2)
    each = lines_each(many, height)
    return max(1, height // each if each > 1 else height - 1)


def metric_page(scene: Scene, size: Size, inks: Inks, *, top: int, index: int, is_open: bool) -> Picture:
    """The whole page."""
    inside = Size(size.width - 2, size.height - 2)
    charts = scene.metrics
    notes: list[tuple[str, Style]] = [(f"window {window_words(scene.view.window)}", inks.label)]
    title = "metrics"
    if not charts:
        lines = _nothing(scene, inside, inks)
    elif is_open:
        title = f"metrics · {clean(charts[index].id, 80)}"
        lines = open_chart(scene, charts[index], inside, inks)
    else:
        notes.append((f"{index + 1} of {len(charts)}", inks.label))
        lines = _list(scene, inside, inks, top=top, index=index)
    return framed(size, Frame((), True, tuple(notes), title=fit(title, size.width - 30)), lines, (), inks)


def fit(text: str, width: int) -> str:
    """The text, cut at the right where it is longer."""
    return text if cell_len(text) <= width else fit_left(text, max(8, width))


def _nothing(scene: Scene, size: Size, inks: Inks) -> list[Strip]:
    """How to come to a metric."""
    if not scene.view.wants_metrics or not scene.at:
        return [Line(size.width, inks.ground).skip(1).put("reading …", inks.label).strip()]
    told = (
        ("no metrics yet", inks.text),
        ("", inks.label),
        ("glance metrics create --default", inks.focus),
        ("makes the usual ones; they are back-filled from history and then live here.", inks.label),
        ("", inks.label),
        ("glance metrics create --help", inks.focus),
        ("tells how to make your own: a statistic of a property, filtered, for each segment.", inks.label),
    )
    return [
        Line(size.width, inks.ground).skip(2).put(part, style).strip()
        for text, style in told
        for part in words(text, size.width - 4) or [""]
    ]


def _list(scene: Scene, size: Size, inks: Inks, *, top: int, index: int) -> list[Strip]:
    """The metrics from `top` on."""
    charts = scene.metrics
    each = lines_each(len(charts), size.height)
    room = rows_that_fit(len(charts), Size(size.width + 2, size.height + 2))
    shown = list(enumerate(charts))[top : top + room]
    if each == 1:
        return [_heading(size.width, inks), *(_row(chart, size.width, inks, at == index) for at, chart in shown)]
    strips: list[Strip] = []
    for at, chart in shown:
        strips.append(_title(chart, size.width, inks, at == index))
        strips += area(chart, Size(size.width - 1, each - 2), inks)
        strips.append(Strip.blank(size.width, inks.ground))
    return strips


def _heading(width: int, inks: Inks) -> Strip:
    """The names of the columns of the list."""
    line = Line(width, inks.ground)
    name, spark, has_extent = _widths(width)
    line.skip(1).put(fit_left("metric", name), inks.label)
    for text in ("latest", "least", "most")[: 3 if has_extent else 1]:
        line.skip(1).put(fit_right(text, FIGURE_WIDTH), inks.label)
    return line.skip(2).put(fit_left("trend", spark), inks.label).strip()


def _widths(width: int) -> tuple[int, int, bool]:
    """Cells of the name and of the trend, and whether there is room for the least and the greatest value."""
    has_extent = width >= WIDE
    room = width - 1 - (3 if has_extent else 1) * (FIGURE_WIDTH + 1) - 3
    name = max(10, min(room - SPARK_LEAST, max(NAME_WIDTH, room // 2)))
    return name, max(0, room - name), has_extent


def _row(chart: MetricChart, width: int, inks: Inks, is_chosen: bool) -> Strip:
    """A metric in one line."""

    def ink(style: Style) -> Style:
        return inks.selected(style) if is_chosen else style

    line = Line(width, inks.ground)
    name, spark, has_extent = _widths(width)
    found, own = extent(chart), ink_of(chart.unit, inks)
    line.put("▌" if is_chosen else " ", ink(inks.focus))
    identity = clean(chart.id, 80)
    line.put(fit_left(identity, min(name, cell_len(identity))), ink(inks.text))
    left = 1 + name - line.x
    words_of = "  " + fit_left(clean(chart.words, 200), left - 2) if left >= WORDS_LEAST else " " * left
    line.put(words_of, ink(inks.label))
    line.put(" " + fit_right(figure(chart.latest, chart.unit), FIGURE_WIDTH), ink(own))
    for value in (found.least, found.most) if has_extent else ():
        line.put(" " + fit_right(figure(value, chart.unit), FIGURE_WIDTH), ink(inks.label))
    line.put("  ", ink(inks.ground)).put(_spark(chart, spark), ink(soft(own)))
    return line.put(" " * line.room, ink(inks.ground)).strip()


def _spark(chart: MetricChart, width: int) -> str:
    """The values in one line of blocks."""
    levels = heights(chart.points, width, 7, max(extent(chart).most or 0.0, 0.0))
    return "".join(" " if level is None or level <= 0 else SPARKS[level - 1] for level in levels)


def _title(chart: MetricChart, width: int, inks: Inks, is_chosen: bool) -> Strip:
    """The line above a chart in the list: what it is at the left, its figures at the right."""
    line = Line(width, inks.ground)
    found = extent(chart)

    def ink(style: Style) -> Style:
        return inks.selected(style) if is_chosen else style

    line.put("▌" if is_chosen else " ", ink(inks.focus))
    figures = f"least {figure(found.least, chart.unit)}  most {figure(found.most, chart.unit)}"
    latest = figure(chart.latest, chart.unit)
    taken = cell_len(figures) + 2 + FIGURE_WIDTH + 1
    identity = clean(chart.id, 80)
    room = max(8, line.room - taken - 2)
    line.put(fit_left(identity, min(room, cell_len(identity))), ink(inks.text))
    left = room - min(room, cell_len(identity))
    if left > 4:
        line.put("  " + fit_left(clean(chart.note or chart.words, 300), left - 2), ink(inks.label))
    line.put(" " * max(0, line.room - taken), ink(inks.ground))
    line.put(figures + "  ", ink(inks.label)).put(fit_right(latest, FIGURE_WIDTH), ink(ink_of(chart.unit, inks)))
    return line.put(" " * line.room, ink(inks.ground)).strip()


def heights(points: Sequence[float | None], width: int, levels: int, top: float) -> list[int | None]:
    """The level of each column, 1 to `levels` for what is above zero; None where nothing is known.

    Of the points that fall together the greatest counts; where there are few, each has several columns.
    """
    many = len(points)
    if not many or width <= 0:
        return [None] * max(0, width)
    found: list[int | None] = []
    for column in range(width):
        first = column * many // width
        last = max(first + 1, (column + 1) * many // width)
        known = [point for point in points[first:last] if point is not None]
        if not known:
            found.append(None)
            continue
        value = max(known)
        found.append(0 if value <= 0 or top <= 0 else max(1, min(levels, round(value / top * levels))))
    return found


def area(chart: MetricChart, size: Size, inks: Inks, marks: int = 1) -> list[Strip]:
    """The values as an area of blocks, with the top and the foot of the axis named.

    Args:
        chart: the metric.
        size: of the area with its axis.
        inks: to draw with.
        marks: in how many parts the axis is cut.
    """
    width, height = max(4, size.width - GUTTER), size.height
    top = nice_top(extent(chart).most or 0.0)
    if chart.unit in ("share", "ratio", "%"):
        top = min(1.0, top)
    levels = heights(chart.points, width, 8 * height, top)
    own = ink_of(chart.unit, inks)
    ramp = inks.ramp if own == inks.traffic else shades(own)
    strips = []
    for row in range(height):
        floor = 8 * (height - 1 - row)
        line = Line(size.width + 1, inks.ground)
        label = _axis_label(row, height, top, chart.unit, marks)
        line.put(fit_right(label, FIGURE_WIDTH), inks.label).put("┤" if label else "│", inks.frame)
        text = "".join(_block(level, floor) for level in levels)
        strips.append(line.put(text, ramp[(height - 1 - row) * len(ramp) // height]).strip())
    return strips


def _block(level: int | None, floor: int) -> str:
    """One cell of the area; nothing that is known is a thin line, what is unknown is blank."""
    if level is None:
        return " "
    eighths = level - floor
    if floor == 0 and eighths <= 0:
        return SPARKS[0]
    return " " if eighths <= 0 else SPARKS[min(8, eighths) - 1]


def _axis_label(row: int, height: int, top: float, unit: str, parts: int) -> str:
    """The figure at the left of a row, or nothing."""
    for part in range(parts + 1):
        if row == round((height - 1) * (1 - part / parts)):
            return "0" if part == 0 else figure(top * part / parts, unit)
    return ""


def open_chart(scene: Scene, chart: MetricChart, size: Size, inks: Inks) -> list[Strip]:
    """One metric on the whole page: its words and figures, a chart with both axes, and its segments."""
    width = size.width
    found = extent(chart)
    strips = [
        Line(width, inks.ground).skip(1).put(part, inks.text).strip() for part in words(clean(chart.words), width - 2)
    ]
    line = Line(width, inks.ground).skip(1)
    for name, value in (("latest", chart.latest), ("least", found.least), ("most", found.most)):
        style = ink_of(chart.unit, inks) if name == "latest" else inks.text
        line.put(f"{name} ", inks.label).put(figure(value, chart.unit), style).skip(3)
    line.put("a value per ", inks.label).put(units.age(chart.step_seconds), inks.text)
    strips += [line.strip(), Strip.blank(width, inks.ground)]
    if chart.note:
        strips[-1:] = [Line(width, inks.ground).skip(1).put(clean(chart.note), inks.client_error).strip(), strips[-1]]
    segments = _segments(chart, width, min(SEGMENT_LINES, size.height // 3), inks)
    high = size.height - len(strips) - 1 - len(segments)
    if high >= 2:
        parts = 4 if high >= 12 else 2 if high >= 5 else 1
        strips += area(chart, Size(width - 1, high), inks, parts)
        strips.append(_clock(scene, chart, width, inks))
    return (strips + segments)[: size.height]


def _clock(scene: Scene, chart: MetricChart, width: int, inks: Inks) -> Strip:
    """The moments below the chart."""
    seconds = len(chart.points) * chart.step_seconds or scene.window.seconds
    start = chart.start or scene.window.start
    text = clock_line(start, seconds, max(4, width - 1 - GUTTER))
    return Line(width, inks.ground).skip(GUTTER - EARLY).put(text, inks.label).strip()


def _segments(chart: MetricChart, width: int, most: int, inks: Inks) -> list[Strip]:
    """The latest value of each segment, with a bar; as many as there is room for."""
    if not chart.segments or most < 3:
        return []
    top = max((value or 0.0 for _, value in chart.segments), default=0.0)
    title = f"latest of each segment, {units.exact(len(chart.segments))} of them"
    strips = [Strip.blank(width, inks.ground), Line(width, inks.ground).skip(1).put(title, inks.label).strip()]
    name_width = min(max(cell_len(clean(name, 80)) for name, _ in chart.segments) + 2, width // 2)
    for name, value in chart.segments[: most - 2]:
        line = Line(width, inks.ground).skip(1).put(fit_left(clean(name, 80) or "(none)", name_width), inks.text)
        line.put(fit_right(figure(value, chart.unit), FIGURE_WIDTH), ink_of(chart.unit, inks)).skip(2)
        part = (value or 0.0) / top if top > 0 else 0.0
        strips.append(line.put(bar(part, max(4, line.room - 1)), soft(ink_of(chart.unit, inks))).strip())
    return strips
