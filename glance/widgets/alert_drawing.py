"""The page of alerts: a list with both transitions of each, and below it all that is known of the chosen one."""

from __future__ import annotations

from dataclasses import dataclass

from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from glance.domain import units
from glance.domain.log_line import LogLine
from glance.domain.scene import AlertNotice, Scene
from glance.widgets.drawing import Line, Picture, clean, fit_left, fit_path, fit_right, words
from glance.widgets.figure import FIGURE_WIDTH, figure
from glance.widgets.frame import Frame, Tab, framed
from glance.widgets.inks import Inks
from glance.widgets.log_lines import log_strip

STATE_WIDTH = 10
MOMENT_WIDTH = 15
"""Cells of `22 Nov 12:02:31`."""
LASTED_WIDTH = 6
NAME_LEAST = 18
LABEL_WIDTH = 12
"""Cells of the names of the details."""


def moving(scene: Scene) -> bool:
    """Something of the alerts changes with time alone."""
    return any(alert.is_firing or alert.state == "pending" for alert in scene.alerts)


def list_room(scene: Scene, size: Size) -> int:
    """Rows of the list: as many as there are alerts, and no more than half of the page."""
    inside = max(2, size.height - 2)
    return max(1, min(len(scene.alerts), inside - 1 if inside < 10 else inside * 45 // 100))


@dataclass(frozen=True, slots=True)
class Row:
    """An alert in the list."""

    state: str
    style: Style
    began: str
    ended: str
    lasted: str


def row_of(alert: AlertNotice, now: float, inks: Inks) -> Row:
    """What the list says of an alert."""
    began = units.moment(alert.triggered_at)
    if alert.is_firing:
        return Row(" FIRING ", inks.firing, began, "", units.age(now - alert.triggered_at))
    if alert.state == "pending":
        return Row("◔ pending", inks.focus, began, "", units.age(now - alert.triggered_at))
    ended = alert.recovered_at if alert.recovered_at is not None else alert.triggered_at
    return Row("✓ recovered", inks.success, began, units.moment(ended), units.age(ended - alert.triggered_at))


def alert_page(scene: Scene, size: Size, inks: Inks, tabs: tuple[Tab, ...], *, top: int, index: int) -> Picture:
    """The whole page."""
    inside = Size(size.width - 2, size.height - 2)
    room = list_room(scene, size)
    lines = [_heading(inside.width, inks)]
    for number, alert in enumerate(scene.alerts[top : top + room], top):
        lines.append(_row(alert, scene.at, inside.width, inks, number == index))
    if inside.height - len(lines) >= 3:
        lines.append(Strip.blank(inside.width, inks.ground))
        below = Size(inside.width, inside.height - len(lines))
        lines += details(scene.alerts[index], scene.at, below, inks)
    firing = sum(alert.is_firing for alert in scene.alerts)
    notes: list[tuple[str, Style]] = [(f"{index + 1} of {len(scene.alerts)}", inks.label)]
    notes.append((f" {firing} FIRING ", inks.firing) if firing else ("all calm", inks.success))
    return framed(size, Frame(tabs, True, tuple(notes)), lines[: inside.height], (), inks)


def _columns(width: int) -> tuple[int, bool, bool]:
    """Cells of the rule's name, whether the end has a column, and whether the highest value has."""
    room = width - 2 - STATE_WIDTH - 2 - MOMENT_WIDTH - 1 - LASTED_WIDTH - 1 - FIGURE_WIDTH - 1
    has_end = room - MOMENT_WIDTH - 1 >= NAME_LEAST
    room -= (MOMENT_WIDTH + 1) * has_end
    has_highest = room - FIGURE_WIDTH - 1 >= NAME_LEAST
    return room - (FIGURE_WIDTH + 1) * has_highest, has_end, has_highest


def _heading(width: int, inks: Inks) -> Strip:
    """The names of the columns."""
    names, has_end, has_highest = _columns(width)
    line = Line(width, inks.ground)
    line.skip(1).put(fit_left("state", STATE_WIDTH + 1), inks.label).skip(1)
    line.put(fit_left("began", MOMENT_WIDTH), inks.label).skip(1)
    if has_end:
        line.put(fit_left("recovered", MOMENT_WIDTH), inks.label).skip(1)
    line.put(fit_right("lasted", LASTED_WIDTH), inks.label).skip(1)
    line.put(fit_right("value", FIGURE_WIDTH), inks.label).skip(1)
    if has_highest:
        line.put(fit_right("highest", FIGURE_WIDTH), inks.label).skip(1)
    return line.put(fit_left("rule", names), inks.label).strip()


def _row(alert: AlertNotice, now: float, width: int, inks: Inks, is_chosen: bool) -> Strip:
    """One alert in the list."""

    def ink(style: Style) -> Style:
        return inks.selected(style) if is_chosen else style

    names, has_end, has_highest = _columns(width)
    row = row_of(alert, now, inks)
    line = Line(width, inks.ground)
    line.put("▌" if is_chosen else " ", ink(inks.focus))
    if alert.is_firing:
        line.put(row.state, row.style).put(" " * (STATE_WIDTH + 1 - len(row.state)), ink(inks.ground))
    else:
        line.put(fit_left(row.state, STATE_WIDTH + 1), ink(row.style))
    line.put(" ", ink(inks.ground)).put(fit_left(row.began, MOMENT_WIDTH + 1), ink(inks.text))
    if has_end:
        line.put(fit_left(row.ended, MOMENT_WIDTH + 1), ink(inks.label))
    line.put(fit_right(row.lasted, LASTED_WIDTH) + " ", ink(inks.text))
    line.put(fit_right(figure(alert.value, alert.unit), FIGURE_WIDTH) + " ", ink(inks.text))
    if has_highest:
        line.put(fit_right(figure(alert.highest, alert.unit), FIGURE_WIDTH) + " ", ink(inks.label))
    name = clean(alert.rule, 120)
    if alert.segment:
        name = f"{name}  {clean(alert.segment, 120)}"
    return line.put(fit_left(name, names + 1), ink(inks.text)).strip()


def details(alert: AlertNotice, now: float, size: Size, inks: Inks) -> list[Strip]:
    """All that is known of one alert: its words, both transitions, and what the window that fired was made of."""
    width = size.width
    strips = [
        Line(width, inks.ground).skip(1).put(text, inks.text).strip() for text in words(clean(alert.message), width - 2)
    ]
    if alert.words:
        strips += _told("rule", clean(alert.words, 400), width, inks)
    strips += _told("began" if alert.state != "pending" else "holds since", _began(alert), width, inks)
    if alert.state == "pending":
        wait = units.age(alert.pending_seconds)
        strips += _told("fires", f"when it has held for {wait}" if alert.pending_seconds else "next", width, inks)
    elif alert.recovered_at is not None:
        strips += _told("recovered", _ended(alert, alert.recovered_at), width, inks)
    else:
        strips += _told("firing", f"for {units.age(now - alert.triggered_at)}", width, inks)
    if alert.state != "pending":
        strips += _told("highest", figure(alert.highest, alert.unit), width, inks)
    strips += _told("severity", alert.severity, width, inks)
    if text := doubts(alert):
        strips += _told("note", text, width, inks)
    blocks = _top_paths(alert, width, inks) + _log_lines(alert.lines, width, inks)
    return (strips + blocks)[: size.height]


def doubts(alert: AlertNotice) -> str:
    """What a person should know of how the alert stands; empty when there is nothing."""
    told = [
        "it fires and recovers again and again, and is told less often" if alert.is_flapping else "",
        "nothing new is known, so that it stays as it is" if alert.is_stale else "",
    ]
    return "; ".join(text for text in told if text)


def _began(alert: AlertNotice) -> str:
    """When it began, and with what value."""
    return f"{units.moment(alert.triggered_at)}  with {figure(alert.value, alert.unit)}"


def _ended(alert: AlertNotice, at: float) -> str:
    """When it was over, with what value, and after how long."""
    value = "" if alert.recovered_value is None else f"  with {figure(alert.recovered_value, alert.unit)}"
    return f"{units.moment(at)}{value}  after {units.age(at - alert.triggered_at)}"


def _told(name: str, text: str, width: int, inks: Inks) -> list[Strip]:
    """A name with a text that may take several lines."""
    strips = []
    for number, part in enumerate(words(text, max(10, width - LABEL_WIDTH - 3))):
        line = Line(width, inks.ground)
        line.skip(1).put(fit_left(name if number == 0 else "", LABEL_WIDTH), inks.label).put(part, inks.text)
        strips.append(line.strip())
    return strips


def _top_paths(alert: AlertNotice, width: int, inks: Inks) -> list[Strip]:
    """What was asked for most in the window that fired."""
    if not alert.paths:
        return []
    strips = _title("top paths of the window that fired", width, inks)
    for path, hits in alert.paths:
        line = Line(width, inks.ground)
        line.skip(1).put(fit_right(units.count(hits), LABEL_WIDTH - 2), inks.text).skip(2)
        strips.append(line.put(fit_path(clean(path), line.room), inks.text).strip())
    return strips


def _log_lines(lines: tuple[LogLine, ...], width: int, inks: Inks) -> list[Strip]:
    """Some lines of the window that fired."""
    if not lines:
        return []
    has_latency = any(line.seconds is not None for line in lines)
    return _title("lines of it", width, inks) + [_log_line(line, width, inks, has_latency) for line in lines]


def _log_line(line: LogLine, width: int, inks: Inks, has_latency: bool) -> Strip:
    """One line: in columns where it was understood, else as it is."""
    if line.at is None:
        return Line(width, inks.ground).skip(1).put(clean(line.text, width * 2), inks.label).strip()
    return log_strip(line, width, inks, has_sources=False, has_latency=has_latency)


def _title(text: str, width: int, inks: Inks) -> list[Strip]:
    """A line that names what follows, with one of air above."""
    return [Strip.blank(width, inks.ground), Line(width, inks.ground).skip(1).put(text, inks.label).strip()]
