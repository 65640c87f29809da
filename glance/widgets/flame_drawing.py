"""Draws the page of profiles: the graph in its frame, the line of details, the tables beside it."""

from __future__ import annotations

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from glance.domain import units
from glance.domain.flame_board import FlameAnswer, SourceView
from glance.domain.profiles.flame_cells import NOBODY, Run, cells_of
from glance.domain.profiles.flame_colour import FrameColour, FrameKind
from glance.domain.profiles.flame_layout import edges_of
from glance.widgets import drawing
from glance.widgets.drawing import Line, Picture, Spot, clean
from glance.widgets.flame_details import details_line
from glance.widgets.flame_graph import FlameGraph, Marks, cut_left
from glance.widgets.flame_plan import FlamePlan, plan
from glance.widgets.flame_sight import FlameSight, Spotted
from glance.widgets.flame_state import PARTS, FlameState, Part
from glance.widgets.flame_tables import (
    Room,
    call_strips,
    share,
    short_name,
    source_strips,
    source_title,
    top_strips,
    worth,
)
from glance.widgets.frame import Frame, framed
from glance.widgets.frame_inks import Shade, change_ground, frame_ink, ground_of, plain_ink
from glance.widgets.inks import Inks
from glance.widgets.sample_words import samples_words

CRUMBS = 2
"""Lines above a zoomed graph: where it is, and which part of the whole."""
LEAST_ROWS = 6
"""Rows of a graph that must be left below them."""


def graph_rows(sight: FlameSight, state: FlameState, cells: int) -> list[tuple[FlameGraph, int]]:
    """The rows of the graph from the top: around a function its callers come first, the farthest above."""
    graph, above = sight.graph(state, cells), sight.above(state, cells)
    rows = [(above, row) for row in range(len(above) - 1, 0, -1)] if above is not None else []
    rows += [(graph, row) for row in range(len(graph))]
    return rows[::-1] if state.turn == "flame" else rows


def crumbs_of(sight: FlameSight, state: FlameState, height: int) -> int:
    """Lines above the graph."""
    is_zoomed = bool(state.zooms) and sight.node_of(state) != 0
    return CRUMBS if is_zoomed and height >= CRUMBS + LEAST_ROWS else 0


def graph_room(sight: FlameSight, state: FlameState, inside: Size) -> int:
    """Rows that fit."""
    return max(1, inside.height - crumbs_of(sight, state, inside.height))


def scrolled(sight: FlameSight, state: FlameState, inside: Size) -> int:
    """How far the graph is scrolled, no more than the cursor needs."""
    rows, room = graph_rows(sight, state, inside.width), graph_room(sight, state, inside)
    spot = sight.spotted(state, inside.width)
    line = next((at for at, (graph, row) in enumerate(rows) if graph is spot.graph and row == spot.row), 0)
    top = max(line - room + 1, min(state.top, line))
    return max(0, min(top, len(rows) - room))


def flame_picture(
    sight: FlameSight, answer: FlameAnswer, state: FlameState, size: Size, look: tuple[Inks, bool]
) -> Picture:
    """The page.

    Args:
        sight: the picture.
        answer: that it is of.
        state: what a person chose.
        size: of the page.
        look: the inks, and whether the page has the keys.
    """
    inks, has_focus = look
    where = plan(size, state)
    cells = where.inside("flame").width if "flame" in where.places else size.width - 2
    spot, selected = sight.spotted(state, cells), sight.function(state, cells)
    canvas: list[list[Strip]] = [[] for _ in range(size.height)]
    spots: list[Spot] = []
    for part, place in where.places.items():
        has_keys = has_focus and part == state.part
        room = Room(max(1, place.width - 2), max(1, place.height - 2), inks, has_keys)
        strips = _inside(part, sight, state, (spot, selected, answer.source), room)
        frame = _frame(part, (sight, answer), state, where, (selected, room))
        box = framed(place.size, frame, strips, (), inks)
        for y, strip in enumerate(box.strips):
            canvas[place.y + y].append(strip)
        spots += [Spot(one.y + place.y, one.start + place.x, one.end + place.x, one.action) for one in box.spots]
    details = details_line(sight, state, spot, selected, (size.width, inks))
    canvas[where.details] = [details]
    return Picture(size, tuple(Strip.join(strips).adjust_cell_length(size.width) for strips in canvas), tuple(spots))


def _inside(
    part: Part, sight: FlameSight, state: FlameState, about: tuple[Spotted, int, SourceView | None], room: Room
) -> list[Strip]:
    """What stands in a frame."""
    spot, selected, source = about
    if part == "top":
        return top_strips(sight, state, selected, room)
    if part == "calls":
        return call_strips(sight, state, selected, room)
    if part == "source":
        return source_strips(sight, state, source, selected, room)
    return graph_strips(sight, state, (spot, selected), room)


def graph_strips(sight: FlameSight, state: FlameState, about: tuple[Spotted, int], room: Room) -> list[Strip]:
    """The graph, under what tells where it is zoomed."""
    spot, selected = about
    inside = Size(room.width, room.height)
    strips: list[Strip] = []
    if crumbs_of(sight, state, room.height):
        strips += [_crumbs(sight, state, room), _minimap(sight, state, room)]
    rows = graph_rows(sight, state, room.width)
    top = scrolled(sight, state, inside)
    text = state.typed if state.is_typing else state.search
    name = sight.tree.names[selected] if selected >= 0 else ""
    marks: dict[int, Marks] = {}
    for graph, row in rows[top : top + graph_room(sight, state, inside)]:
        if id(graph) not in marks:
            is_main = graph.tree is sight.tree
            found = sight.found(text) if is_main else sight.found_above(text)
            row_of_name = selected if is_main else _row_of(graph, name)
            marks[id(graph)] = Marks(room.inks, spot.block if graph is spot.graph else -1, row_of_name, found)
        strips.append(graph.strip(row, marks[id(graph)]))
    return strips


def _row_of(graph: FlameGraph, name: str) -> int:
    """The row of a name in another tree; -1 where it has none."""
    return graph.tree.names.index(name) if name in graph.tree.names else -1


def _crumbs(sight: FlameSight, state: FlameState, room: Room) -> Strip:
    """What was zoomed into, from the whole to what has the width now."""
    tree, node = sight.tree, sight.node_of(state)
    line = Line(room.width, room.inks.ground)
    names = [short_name(name) for name in ("all", *tree.path(node))]
    total = int(tree.totals[node])
    right = f"{worth(sight, state, total)}  {share(total, sight.total)} of all "
    text = " › ".join(names)
    line.put(" ", room.inks.ground)
    line.put(cut_left(text, max(4, room.width - len(right) - 3)), room.inks.label)
    line.goto(room.width - len(right)).put(right, room.inks.text)
    return line.strip()


def _minimap(sight: FlameSight, state: FlameState, room: Room) -> Strip:
    """The whole width in one line, and the part of it that is seen."""
    tree, node = sight.tree, sight.node_of(state)
    start = 0
    here = node
    while here > 0:
        parent = int(tree.parents[here])
        start += sum(int(tree.totals[child]) for child in tree.children(parent) if child < here)
        here = parent
    bounds = np.array([start, start + int(tree.totals[node])], dtype=np.int64)
    left, right = edges_of(bounds, int(tree.totals[0]), room.width * 8).tolist()
    right = max(right, left + 1)
    inks = room.inks
    if inks.is_ansi:
        line = Line(room.width, inks.ground)
        first, last = left // 8, max(left // 8 + 1, right // 8)
        line.put("─" * first, inks.frame).put("━" * (last - first), inks.focus).put("─" * line.room, inks.frame)
        return line.strip()
    seen = Style(color=inks.edge.color, bgcolor=inks.edge.color)
    rest = Style(color=inks.frame.color, bgcolor=inks.frame.color)
    segments = []
    for cell in cells_of([0], [left], [right], room.width):
        if isinstance(cell, Run):
            segments.append(Segment(" " * cell.width, rest if cell.block == NOBODY else seen))
        else:
            one, other = (rest if block == NOBODY else seen for block in (cell.left, cell.right))
            segments.append(Segment(drawing.EIGHTHS[cell.eighths], Style(color=one.bgcolor, bgcolor=other.bgcolor)))
    return Strip(segments, room.width)


# Frames -----------------------------------------------------------------------------------------


def _frame(
    part: Part, shown: tuple[FlameSight, FlameAnswer], state: FlameState, where: FlamePlan, about: tuple[int, Room]
) -> Frame:
    """The border of a part."""
    sight, answer = shown
    selected, room = about
    inks = room.inks
    notes: list[tuple[str, Style]] = []
    below: list[tuple[str, Style, str]] = []
    title: str = part
    if part == "flame" or where.is_one:
        notes += about_profile(sight, answer, state, inks)
        below += _legend(sight, inks) if part == "flame" and not where.is_one else []
        below += _found(sight, state, inks)
    elif part == "top":
        notes.append((units.counted(len(sight.rows(sight.node_of(state), state.sort)), "function"), inks.label))
    if part == "calls":
        title = "callers and callees"
        notes += [("after", inks.label)] if sight.tree.is_difference and not where.is_one else []
    if part == "source":
        name = sight.tree.names[selected] if selected >= 0 else ""
        if words := source_title(answer.source, name, room.width - 14):
            notes = [(words, inks.label)]
    if part == "flame":
        turned = {"icicle": "flame", "flame": "flame, callers below", "leaves": "flame, leaves first"}[state.turn]
        title = f"around {short_name(state.focus)}" if state.focus else turned
    if state.about and (part == "flame" or where.is_one):
        title = f"{title} of {state.about}"
    if where.is_one:
        below = [*below, *_parts(state, inks)]
    return Frame((), room.has_keys, tuple(notes), tuple(below), title)


def _parts(state: FlameState, inks: Inks) -> list[tuple[str, Style, str]]:
    """The parts to be chosen from, where one is shown at a time."""
    words = {"flame": "flame", "top": "top", "calls": "calls", "source": "source"}
    return [
        (words[part], inks.focus if part == state.part else inks.label, f"focused.show('{part}')") for part in PARTS
    ]


def about_profile(sight: FlameSight, answer: FlameAnswer, state: FlameState, inks: Inks) -> list[tuple[str, Style]]:
    """Which profile it is, and what is counted; what matters most last."""
    picture = sight.picture
    notes: list[tuple[str, Style]] = []
    note = next((one for one in answer.profiles if one.name == picture.name), None)
    ready = [one.name for one in answer.profiles if one.standing == "ready"]
    if note is not None and note.note and note.note not in state.about:
        notes.append((clean(note.note, 60), inks.client_error))
    if picture.at and not state.about:
        notes.append((units.moment(picture.at), inks.label))
    if picture.seconds and not state.about:
        notes.append((f"over {units.duration(picture.seconds)}", inks.label))
    many = f"  {ready.index(picture.name) + 1} of {len(ready)}" if picture.name in ready and len(ready) > 1 else ""
    notes += _compared(sight, state, many, inks)
    if picture.wish.span is not None and picture.wish.span.profile == picture.name:
        notes.append((samples_words(picture.wish.span, int(sight.tree.samples[0]), picture.at), inks.focus))
    if picture.wish.group:
        notes.append((f"by {clean(picture.wish.group, 30)}", inks.focus))
    if picture.wish.label[0]:
        notes.append((f"{clean(picture.wish.label[0], 30)} = {clean(picture.wish.label[1], 40)}", inks.focus))
    if answer.is_working:
        notes.append(("counting …", inks.focus))
    elif answer.mistake:
        notes.append((clean(answer.mistake, 80), inks.server_error))
    kind = clean(picture.value[0], 30)
    notes.append((f"{kind} {worth(sight, state, picture.total)}", inks.text))
    return notes


def _compared(sight: FlameSight, state: FlameState, many: str, inks: Inks) -> list[tuple[str, Style]]:
    """The name of the profile, and what it is compared with."""
    picture = sight.picture
    name = clean(picture.name.rpartition(", ")[0] or picture.name if picture.wish.polls else picture.name, 60)
    if not picture.base:
        notes = [(name + many, inks.label)]
        return [*notes, (state.against, inks.client_error)] if state.against else notes
    same = picture.wish.is_normalized
    factor = f"same size, new ×{picture.factor:.3g}" if same and picture.factor != 1 else "as they are"
    if picture.wish.base_polls:  # which ones, stands above
        return [(name, inks.label), (factor, inks.text)]
    against = state.against or f"against {clean(picture.base, 40)}"
    return [(factor, inks.label), (f"{clean(picture.name, 40)} {against}", inks.text)]


def _legend(sight: FlameSight, inks: Inks) -> list[tuple[str, Style, str]]:
    """What the colours mean, of those that there are."""
    if sight.tree.is_difference:
        if inks.is_ansi:
            return [("grew", inks.server_error, ""), ("shrank", inks.traffic, ""), ("may be chance", inks.label, "")]
        steps = {" grew ": 16, " shrank ": -16, " may be chance ": 0}
        return [(text, frame_ink(inks, change_ground(inks.theme, step), Shade()), "") for text, step in steps.items()]
    colours: dict[FrameKind, FrameColour] = {}
    for row in sight.rows(0, "cum"):  # of each that of the widest: packages differ
        colours.setdefault(sight.tree.colours[row].kind, sight.tree.colours[row])
    if sight.picture.callers is not None:
        for row in np.unique(sight.picture.callers.frames).tolist():
            colours.setdefault(sight.picture.callers.colours[row].kind, sight.picture.callers.colours[row])
    colours.pop(FrameKind.GROUP, None)
    found: list[tuple[str, Style, str]] = []
    for _, colour in sorted(colours.items()):
        style = plain_ink(inks, colour, 0, Shade())
        if not inks.is_ansi:
            style = frame_ink(inks, ground_of(inks.theme, colour), Shade())
        found.append((colour.whose if inks.is_ansi else f" {colour.whose} ", style, ""))
    return found


def _found(sight: FlameSight, state: FlameState, inks: Inks) -> list[tuple[str, Style, str]]:
    """What the search found, each sample counted once."""
    hits = sight.hits(state)
    text = state.typed if state.is_typing else state.search
    if hits is None or not text:
        return []
    total = sight.total
    zoom = int(sight.tree.totals[sight.node_of(state)])
    words = f"/{clean(text, 30)}  {len(hits.nodes):,} frames  {share(hits.of_all, total)} of all"
    if state.zooms:
        words += f"  {share(hits.total, zoom)} of zoom"
    return [(words, inks.focus if len(hits.nodes) else inks.client_error, "")]
