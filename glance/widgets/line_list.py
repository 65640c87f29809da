"""The list of lines as a picture: rows in columns or whole, what the chosen one says, and how the list stands."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from glance.domain import units
from glance.domain.raw_line import LineRows, RawLine
from glance.domain.scene import Scene
from glance.widgets.drawing import Line, Picture, clean, fit_left, fit_path, fit_right, fit_words
from glance.widgets.frame import Frame, framed
from glance.widgets.inks import Inks
from glance.widgets.line_details import REBUILT, details_strips
from glance.widgets.line_drawing import coloured, target_of, wrapped
from glance.widgets.progress import empty_words
from glance.widgets.request_line import fit_target

CLIENT_WIDTH, WIDEST_CLIENT = 15, 26
METHOD_WIDTH = 6
SOURCE_WIDTH = 14
MOST_AGENT_WIDTH = 110
NARROW, WIDE, WIDEST = 66, 100, 170
"""Cells from which on the client, then size, log and whole addresses, then the agent have columns."""

WHOLE_LINES = 8
"""Lines that one whole row takes at most."""

PREVIEW_FROM = 12
"""Rows inside the page from which on the chosen line is shown below."""


@dataclass(frozen=True, slots=True)
class LineState:
    """How the page stands, besides the scene."""

    rows: LineRows = field(default_factory=LineRows)
    cursor: int = 0
    top: int = 0
    is_whole: bool = False
    is_open: bool = False
    is_still: bool = False
    is_typing: bool = False
    search: str = ""
    said: str = ""

    def line(self, row: int) -> RawLine | None:
        """The line on a row, where it has come already."""
        place = row - self.rows.first
        return self.rows.lines[place] if 0 <= place < len(self.rows.lines) else None


def preview_height(size: Size, state: LineState) -> int:
    """Lines below the list for the chosen line; none where every row is whole, or where it is low."""
    if state.is_whole or size.height - 2 < PREVIEW_FROM:
        return 0
    return 4 if size.width < 100 else 3


def row_room(size: Size, state: LineState) -> int:
    """Lines for rows: inside the frame, above the line of state and the chosen line."""
    return max(1, size.height - 3 - preview_height(size, state))


def lines_page(scene: Scene, state: LineState, size: Size, inks: Inks) -> Picture:
    """The whole page."""
    inside = Size(size.width - 2, size.height - 2)
    if state.is_open and (line := state.line(state.cursor)) is not None:
        body = details_strips(line, Size(inside.width, inside.height - 1), inks, state.search)[: inside.height - 1]
    else:
        body = _list(scene, state, inside.width, row_room(size, state), inks)
        body += [Strip.blank(inside.width, inks.ground)] * (row_room(size, state) - len(body))
        body += _preview(state, inside.width, preview_height(size, state), inks)
    body += [Strip.blank(inside.width, inks.ground)] * (inside.height - 1 - len(body))
    body.append(_standing(state, inside.width, inks))
    title = "lines" if not state.is_open else f"line {units.exact(state.cursor + 1)}"
    return framed(size, Frame((), True, _notes(scene, state, inks), (), title), body, (), inks)


def _notes(scene: Scene, state: LineState, inks: Inks) -> tuple[tuple[str, Style], ...]:
    """In the upper border: how many lines there are, and whether the newest are followed."""
    total = state.rows.total
    count = units.counted(total, "line")
    if state.is_still:
        newer = f" · {units.exact(state.rows.newer)} newer" if state.rows.newer else ""
        return ((count, inks.label), (f"standing still{newer} · g follows", inks.past))
    if scene.view.end is not None or scene.view.is_paused or not scene.is_live:
        return ((count, inks.label), ("newest first", inks.label))
    return ((count, inks.label), ("● live, newest first", inks.success))


def _list(scene: Scene, state: LineState, width: int, height: int, inks: Inks) -> list[Strip]:
    """The rows from the upper edge on, as many lines as there are."""
    if not state.rows.total:
        return [Line(width, inks.ground).skip(1).put(fit_words(_nothing(scene), width - 2), inks.label).strip()]
    strips: list[Strip] = []
    row = state.top
    while len(strips) < height and row < state.rows.total:
        strips += _row(scene, state, row, width, inks)
        row += 1
    return strips[:height]


def _nothing(scene: Scene) -> str:
    """Why there are no lines."""
    if scene.view.filter and scene.at:
        return "no line matches the filter — backspace drops its last part"
    return empty_words(scene)


def row_height(state: LineState, row: int, width: int, inks: Inks) -> int:
    """Lines that a row takes."""
    line = state.line(row)
    return len(_whole(line, state, width, inks)) if state.is_whole and line is not None else 1


def _row(scene: Scene, state: LineState, row: int, width: int, inks: Inks) -> list[Strip]:
    """One row: in columns, or whole."""
    line = state.line(row)
    is_chosen = row == state.cursor
    if line is None:
        strips = [Line(width, inks.ground).skip(3).put("·", inks.label).strip()]
    elif state.is_whole:
        strips = _whole(line, state, width, inks)
    else:
        strips = [_columns(scene, line, width, inks)]
    hits = state.rows.search.rows if state.search else ()
    place = bisect_left(hits, row)
    is_hit = place < len(hits) and hits[place] == row
    return [_marked(strip, width, inks, is_chosen, is_hit and number == 0) for number, strip in enumerate(strips)]


def _marked(strip: Strip, width: int, inks: Inks, is_chosen: bool, is_hit: bool) -> Strip:
    """A row with its first cell: the cursor, or the sign of a hit."""
    rest = list(strip.crop(1, width))
    if is_chosen:
        rest = [Segment(text, inks.selected(style or inks.ground)) for text, style, _ in rest]
        return Strip([Segment("▌" if not is_hit else "•", inks.selected(inks.focus)), *rest], width)
    return Strip([Segment("•" if is_hit else " ", inks.focus if is_hit else inks.ground), *rest], width)


def _whole(line: RawLine, state: LineState, width: int, inks: Inks) -> list[Strip]:
    """A line over as many lines as it takes."""
    before, behind, indent = Strip.blank(1, inks.ground), Strip.blank(3, inks.ground), Strip.blank(3, inks.ground)
    strips = wrapped(coloured(line, inks, WHOLE_LINES * width, state.search), width - 4, WHOLE_LINES, inks)
    first, *more = strips
    return [Strip.join([before, first, behind]), *(Strip.join([indent, strip, before]) for strip in more)]


def _columns(scene: Scene, line: RawLine, width: int, inks: Inks) -> Strip:
    """A line by its columns, the request last; it is cut at the edge."""
    log = line.log
    row = Line(width, inks.ground).skip(1)
    if len(scene.sources) > 1 and width >= WIDE:
        row.put(fit_path(clean(log.source), SOURCE_WIDTH), inks.label).skip(1)
    row.put("" if log.at is None else units.clock(log.at), inks.label).skip(1)
    row.put(fit_right("" if log.status is None else str(log.status), 3), inks.status(log.status)).skip(1)
    if width >= WIDE:
        row.put(fit_right("" if log.size is None else units.size(log.size), units.SIZE_WIDTH), inks.volume).skip(1)
    if scene.has_latency:
        seconds = "" if log.seconds is None else units.duration(log.seconds)
        row.put(fit_right(seconds, units.DURATION_WIDTH), inks.latency).skip(1)
    if width >= NARROW:
        row.put(fit_left(clean(log.client), WIDEST_CLIENT if width >= WIDE else CLIENT_WIDTH), inks.label).skip(1)
    row.put(fit_left(clean(log.method), METHOD_WIDTH), inks.label).skip(1)
    agent = clean(dict(line.fields).get("agent", "")) if width >= WIDEST else ""
    taken = min(MOST_AGENT_WIDTH, row.room // 2) if agent else 0
    row.put(fit_target(target_of(line), row.room - taken - 1), inks.text)
    if agent:
        row.skip(1).put(fit_left(agent, taken - 1), inks.label)
    return row.strip()


def _preview(state: LineState, width: int, height: int, inks: Inks) -> list[Strip]:
    """The chosen line, whole if there is room, below a thin edge."""
    line = state.line(state.cursor)
    if not height or not state.rows.total:
        return []
    edge = Strip([Segment(" " + "─" * (width - 2) + " ", inks.frame)], width)
    if line is None:
        return [edge]
    pad = Strip.blank(1, inks.ground)
    runs = coloured(line, inks, height * width, state.search)
    return [edge, *(Strip.join([pad, strip, pad]) for strip in wrapped(runs, width - 2, height - 1, inks))]


def _standing(state: LineState, width: int, inks: Inks) -> Strip:
    """The last line: what is typed and found, what was just done, or where the chosen line stands."""
    row = Line(width, inks.ground).skip(1)
    line = state.line(state.cursor)
    if state.is_typing or (state.search and not state.said):
        row.put("/", inks.focus).put(clean(state.search, 200), inks.text)
        row.put("▏" if state.is_typing else " ", inks.focus).skip(1)
        text, is_bad = search_words(state)
        return row.put(text, inks.client_error if is_bad else inks.label).strip()
    if state.said:
        return row.put(clean(state.said, 500), inks.focus).strip()
    if line is None:
        return row.strip()
    place = f"{units.exact(state.cursor + 1)} of {units.exact(state.rows.total)}"
    length = units.size(line.size_bytes)
    about = REBUILT if line.is_rebuilt else f"{clean(line.file or line.path)} · {length}"
    room = width - cell_len(place) - 4
    ink = inks.client_error if line.is_rebuilt else inks.label
    return (
        row.put(fit_path(about, room) if not line.is_rebuilt else fit_left(about, room), ink)
        .skip(2)
        .put(place, inks.label)
        .strip()
    )


def search_words(state: LineState) -> tuple[str, bool]:
    """How the search stands, in words, and whether it found nothing."""
    search = state.rows.search
    if not state.search:
        return "type what the lines contain", False
    if search.text != state.search:
        return "searching …", False
    is_done = search.share >= 1
    if not search.hits:
        if is_done:
            return f"no match in {units.exact(state.rows.total)} lines", True
        return f"no match yet, {units.share(search.share)} searched", False
    hits = f"{units.counted(search.hits, 'hit')}"
    place = bisect_left(search.rows, state.cursor)
    if place < len(search.rows) and search.rows[place] == state.cursor:
        hits = f"hit {units.exact(place + 1)} of {units.exact(search.hits)}"
    more = "" if is_done else f", {units.share(search.share)} searched"
    return f"{hits}{more} · n older, N newer", False
