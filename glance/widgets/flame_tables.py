"""The tables beside a flame graph: what counts most, callers and callees, lines of the source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from textual.strip import Strip

from glance.domain import units
from glance.domain.flame_board import SourceView
from glance.domain.profiles.flame_counts import Neighbour
from glance.domain.profiles.frame_label import label_forms
from glance.domain.profiles.measurement import PLAIN, label
from glance.widgets.code_drawing import FAINT, first_shown, indent_of, put_code
from glance.widgets.drawing import Line, bar, clean, fit_left, fit_right
from glance.widgets.flame_graph import cut_left, fitting
from glance.widgets.flame_sight import FlameSight
from glance.widgets.flame_state import FlameState
from glance.widgets.frame_inks import name_ink
from glance.widgets.inks import Inks, faded

VALUE, SHARE, CHANGE = 9, 7, 9
"""Widths of columns."""
LEAST_NAME = 18
LEAST_CODE = 44
"""Cells of a line of code beside what it counts for."""
BAR = 6
NUMBER = 5
"""Width of the number of a line."""


@dataclass(frozen=True, slots=True)
class Room:
    """Where a table is drawn."""

    width: int
    height: int
    inks: Inks
    has_keys: bool
    """The cursor is in it."""


def share(value: int, total: int) -> str:
    """A part of a whole: `12.3 %`; what is less than can be written is `<0.1 %`."""
    if not total or not value:
        return "0"
    part = 100 * value / total
    if abs(part) < 0.05:
        return "<0.1 %"
    return f"{part:.1f} %" if part < 99.95 else "100 %"


def worth(sight: FlameSight, state: FlameState, value: int) -> str:
    """A value with its unit; counts without one have their digits in groups."""
    unit = sight.picture.value[1]
    if unit in PLAIN or not unit:
        return units.exact(value) if abs(value) < 10_000_000 else units.count(value)
    return label(value, unit, state.unit)


def top_strips(sight: FlameSight, state: FlameState, selected: int, room: Room) -> list[Strip]:
    """What counts most under the zoom: flat, cum, share of all, share of the zoom; of a difference what changed."""
    node = sight.node_of(state)
    counts, rows = sight.counts(node), sight.rows(node, state.sort)
    total = sight.total
    columns = _top_columns(sight, room.width, is_zoomed=bool(state.zooms) or bool(sight.picture.wish.focus))
    strips = [_heading(columns, state.sort, room)]
    for index in range(state.first, min(len(rows), state.first + room.height - 1)):
        name = rows[index]
        flat, cum = int(counts.flat[name]), int(counts.cum[name])
        cells: dict[str, tuple[str, Style]] = {
            "flat": (worth(sight, state, flat), room.inks.text if flat else room.inks.label),
            "flat %": (share(flat, total), room.inks.label),
            "cum": (worth(sight, state, cum), room.inks.text),
            "cum %": (share(cum, total), room.inks.label),
            "of zoom": (share(cum, counts.total), room.inks.label),
        }
        if sight.tree.is_difference:
            change = counts.change(name)
            ink = room.inks.server_error if change.amount > 0 else room.inks.traffic
            cells |= {
                "before": (worth(sight, state, change.before), room.inks.label),
                "after": (worth(sight, state, change.after), room.inks.text),
                "change": (change.written, ink if change.is_sure else faded(room.inks.label, 0.3)),
            }
        strips.append(_row(columns, cells, (sight, name), room, is_selected=name == selected))
    return strips


def _top_columns(sight: FlameSight, width: int, *, is_zoomed: bool) -> list[tuple[str, int]]:
    """The columns that fit, with their widths; the name has what is left."""
    if sight.tree.is_difference:
        wanted = [("before", VALUE), ("after", VALUE), ("change", CHANGE)]
        return wanted if width >= LEAST_NAME + sum(cells for _, cells in wanted) + 3 else wanted[2:]
    wanted = [("flat", VALUE), ("flat %", SHARE), ("cum", VALUE), ("cum %", SHARE)]
    wanted += [("of zoom", SHARE + 1)] if is_zoomed else []
    for dropped in ("flat %", "cum %", "flat"):
        if width >= LEAST_NAME + sum(cells + 1 for _, cells in wanted):
            break
        wanted = [one for one in wanted if one[0] != dropped]
    return wanted


def _heading(columns: list[tuple[str, int]], sort: str, room: Room) -> Strip:
    line = Line(room.width, room.inks.ground)
    for name, width in columns:
        line.put(fit_right(name, width), room.inks.focus if name == sort else room.inks.label).skip(1)
    line.skip(1).put("name", room.inks.focus if sort == "name" else room.inks.label)
    return line.strip()


def _row(
    columns: list[tuple[str, int]],
    cells: dict[str, tuple[str, Style]],
    named: tuple[FlameSight, int],
    room: Room,
    *,
    is_selected: bool,
) -> Strip:
    inks = room.inks
    line = Line(room.width, inks.selected(inks.ground) if is_selected else inks.ground)

    def ink(style: Style) -> Style:
        return inks.selected(style) if is_selected else style

    for column, width in columns:
        text, style = cells[column]
        line.put(fit_right(text, width), ink(style)).put(" ", ink(inks.ground))
    line.put(" ", ink(inks.ground))
    sight, name = named
    _name(line, sight, name, ink(inks.text if is_selected else _kind_ink(sight, name, inks)))
    return line.strip()


def _kind_ink(sight: FlameSight, name: int, inks: Inks) -> Style:
    """The ink of whose code a function is: own code as warm as in the graph."""
    return name_ink(inks, sight.tree.colours[name])


def _name(line: Line, sight: FlameSight, name: int, style: Style) -> None:
    """The longest form of a name that fits, one cell left free."""
    line.put(fitting(sight.tree.names[name], max(1, line.room - 1), is_bare=False), style)


def call_strips(sight: FlameSight, state: FlameState, selected: int, room: Room) -> list[Strip]:
    """Who calls the function, itself, and whom it calls."""
    inks = room.inks
    if selected < 0:
        return said("select a function: its callers and callees stand here", room)
    node = sight.node_of(state)
    counts, calls = sight.counts(node), sight.calls(selected, node)
    total = max(1, int(counts.cum[selected]))
    callers = [one for is_caller, one in calls if is_caller]
    callees = [one for is_caller, one in calls if not is_caller]
    middle = Line(room.width, inks.ground)
    here = total - int(counts.olds[selected]) if sight.tree.is_difference else total
    middle.put(fit_right(worth(sight, state, here), VALUE), inks.text).skip(1)
    middle.put(fit_right(share(total, counts.total), SHARE), inks.label).skip(2 + _bar_room(room))
    middle.put(
        fit_left(fitting(sight.tree.names[selected], max(4, middle.room - 1), is_bare=False), middle.room), inks.focus
    )
    lines: list[Strip] = []
    at = 0
    for title, neighbours in (("called by", callers), ("calls", callees)):
        heading = Line(room.width, inks.ground)
        if title == "calls":
            lines.append(middle.strip())
        heading.skip(1).put(title, inks.label)
        if not neighbours:
            nobody = "what is above the zoom" if node else "nobody"
            heading.skip(1).put(nobody if title == "called by" else "nothing", inks.label)
        lines.append(heading.strip())
        for one in neighbours:
            is_here = at == state.call and room.has_keys
            lines.append(_call(sight, state, (one, total), room, is_here=is_here))
            at += 1
    first = max(0, min(_call_line(callers, state.call) - room.height // 2, len(lines) - room.height))
    return lines[first : first + room.height]


def _bar_room(room: Room) -> int:
    """Cells of the bar of a caller or callee, and one behind it; 0 where names need them."""
    return BAR + 1 if room.width >= VALUE + SHARE + BAR + LEAST_NAME + 4 else 0


def _call_line(callers: Sequence[object], call: int) -> int:
    """The line of a row of callers and callees."""
    return call + 1 if call < len(callers) else call + 3


def _call(sight: FlameSight, state: FlameState, counted: tuple[Neighbour, int], room: Room, *, is_here: bool) -> Strip:
    """One caller or callee; of a difference what it counts for after."""
    inks = room.inks
    (one, total) = counted
    name, value = one.name, one.total

    def ink(style: Style) -> Style:
        return inks.selected(style) if is_here else style

    line = Line(room.width, ink(inks.ground))
    line.put(fit_right(worth(sight, state, value - one.old), VALUE) + " ", ink(inks.text))
    line.put(fit_right(share(value, total), SHARE) + " ", ink(inks.label))
    if bars := _bar_room(room):
        line.put(fit_left(bar(value / total, BAR), bars), ink(inks.traffic))
    line.put(" ", ink(inks.ground))
    _name(line, sight, name, ink(_kind_ink(sight, name, inks)))
    return line.strip()


def call_at(sight: FlameSight, state: FlameState, selected: int, y: int, height: int) -> int:
    """The row of callers and callees that is drawn at a line of that table; -1 where there is none."""
    calls = sight.calls(selected, sight.node_of(state))
    callers = [one for is_caller, one in calls if is_caller]
    lines = len(calls) + 3
    first = max(0, min(_call_line(callers, state.call) - height // 2, lines - height))
    y += first
    if 1 <= y <= len(callers):
        return y - 1
    return y - 3 if len(callers) + 3 <= y < lines else -1


def source_strips(
    sight: FlameSight, state: FlameState, source: SourceView | None, selected: int, room: Room
) -> list[Strip]:
    """Lines of the source, each with what it counts for."""
    inks = room.inks
    if selected < 0:
        return said("select a function: its source stands here", room)
    if source is None or source.function != sight.tree.names[selected]:
        return said("looking for the source …", room)
    strips = note_strips(source, room)
    most = max((row.cum for row in source.rows), default=0)
    indent = indent_of(source.rows)
    has_flat = any(row.flat for row in source.rows) and room.width >= LEAST_CODE + 2 * VALUE + NUMBER
    left = max(1, room.height - len(strips))
    first = first_shown(source.rows, state.line, left)
    for row in source.rows[first : first + left]:
        is_hot = bool(row.cum) and row.cum * 2 >= most
        line = Line(room.width, inks.ground)
        line.put("▌" if is_hot else " ", inks.client_error)
        number = fit_right(str(row.number) if row.number else "?", NUMBER)
        line.put(number + " ", inks.focus if row.cum else faded(inks.label, FAINT))
        if has_flat:
            line.put(fit_right(worth(sight, state, row.flat) if row.flat else "", VALUE), inks.label)
        line.put(fit_right(worth(sight, state, row.cum) if row.cum else "", VALUE) + "  ", inks.text)
        if source.path:
            put_code(line, row, indent, inks)
        elif row.cum:
            line.put(bar(row.cum / most, max(4, min(24, line.room - 2))), inks.client_error)
        strips.append(line.strip())
    return strips[: room.height]


def note_strips(source: SourceView, room: Room) -> list[Strip]:
    """What is to be said above the lines of a source."""
    return said(clean(source.note), room)[: 3 if source.rows else None] if source.note else []


def source_title(source: SourceView | None, selected: str, width: int) -> str:
    """The file, its left side cut off where it is long."""
    if source is None or source.function != selected or not source.file:
        return ""
    return cut_left(clean(source.path or source.file), max(8, width))


def short_name(name: str) -> str:
    """A name without its packages."""
    forms = label_forms(name)
    return clean(forms[min(1, len(forms) - 1)])


def said(text: str, room: Room) -> list[Strip]:
    """A sentence instead of a table."""
    strips: list[Strip] = []
    words, line = text.split(), ""
    for word in [*words, ""]:
        if word and len(line) + len(word) + 1 <= room.width - 2:
            line = f"{line} {word}" if line else word
            continue
        strips.append(Line(room.width, room.inks.ground).skip(1).put(line, room.inks.label).strip())
        line = word
    return strips[: room.height]
