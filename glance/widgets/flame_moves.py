"""Where the cursor of the page of profiles goes: each move makes one state of another."""

from __future__ import annotations

from dataclasses import replace

from glance.domain.page import PageTable
from glance.domain.profiles.flame_layout import CHAIN, FRAME, REST, FlameZoom
from glance.domain.profiles.measurement import DIMENSIONS
from glance.widgets.flame_graph import FlameGraph
from glance.widgets.flame_plan import FlamePlan
from glance.widgets.flame_sight import FlameSight, Spotted
from glance.widgets.flame_state import TURNS, FlameState, Sort, Turn
from glance.widgets.flame_tables import share

MOVED = ("part", "zooms", "chosen", "kind", "is_above", "function", "is_chain_open", "row", "call", "line")
"""What of a state a move may change."""


def begun(sight: FlameSight, state: FlameState) -> FlameState:
    """Another tree, in which nothing of the old one need be: around a function begin at it, else at the whole."""
    if not sight.picture.wish.focus:
        return replace(state, is_above=False)
    return replace(state, zooms=(), chosen=sight.around(sight.tree).path, kind=FRAME, function="", is_above=False)


def at_block(state: FlameState, graph: FlameGraph, block: int, *, is_above: bool) -> FlameState:
    """The cursor on a block."""
    layout = graph.layout
    path = graph.tree.path(int(layout.nodes[block]))
    return replace(state, chosen=path, kind=int(layout.kinds[block]), is_above=is_above, function="")


# In the graph -----------------------------------------------------------------------------------


def moved(sight: FlameSight, state: FlameState, rows: int, cells: int) -> FlameState:
    """Rows down or up in what has the keys."""
    if state.part == "top":
        return to_row(sight, state, state.row + rows)
    if state.part == "calls":
        many = len(sight.calls(sight.function(state, cells), sight.node_of(state)))
        return replace(state, call=max(0, min(state.call + rows, many - 1)))
    down = rows > 0
    for _ in range(min(abs(rows), 512)):
        state = _by_row(sight, state, cells, is_deeper=down == (state.turn != "flame"))
    return state


def _by_row(sight: FlameSight, state: FlameState, cells: int, *, is_deeper: bool) -> FlameState:
    """To the widest frame below, or to the one that this one is in; around a function both ways meet there."""
    spot = sight.spotted(state, cells)
    if spot.is_above:
        is_deeper = not is_deeper
    row = spot.row + (1 if is_deeper else -1)
    graph = spot.graph
    above = sight.above(state, cells)
    if above is not None and spot.is_above and row < 1:
        return at_block(state, sight.graph(state, cells), 0, is_above=False)
    if above is not None and not spot.is_above and row < 0:
        if len(above) < 2:
            return state
        blocks = above.layout.row(1)
        return at_block(state, above, _widest(above, list(blocks)), is_above=True)
    if not 0 <= row < len(graph):
        return state
    layout = graph.layout
    left, right = int(layout.lefts[spot.block]), int(layout.rights[spot.block])
    if is_deeper:
        inside = [one for one in layout.row(row) if left <= int(layout.lefts[one]) and int(layout.rights[one]) <= right]
    else:
        inside = [one for one in layout.row(row) if int(layout.lefts[one]) <= left and right <= int(layout.rights[one])]
    if not inside:
        return state
    return at_block(state, graph, _widest(graph, inside), is_above=spot.is_above)


def _widest(graph: FlameGraph, blocks: list[int]) -> int:
    return max(blocks, key=lambda one: int(graph.layout.totals[one]))


def beside(sight: FlameSight, state: FlameState, step: int, cells: int) -> FlameState:
    """The next block on the same row, whoever its parent is."""
    spot = sight.spotted(state, cells)
    blocks = spot.graph.layout.row(spot.row)
    block = max(blocks.start, min(spot.block + step, blocks.stop - 1))
    return at_block(state, spot.graph, block, is_above=spot.is_above)


def to_end(sight: FlameSight, state: FlameState, cells: int, *, is_first: bool) -> FlameState:
    """The uppermost row, or the lowest."""
    graph = sight.graph(state, cells)
    row = 0 if is_first == (state.turn != "flame") else len(graph) - 1
    return at_block(state, graph, _widest(graph, list(graph.layout.row(row))), is_above=False)


def at_cell(sight: FlameSight, state: FlameState, where: tuple[FlameGraph, int], cell: int) -> FlameState:
    """The block that was clicked."""
    graph, row = where
    block = graph.layout.block_at(row, cell)
    return state if block < 0 else at_block(state, graph, block, is_above=graph.tree is not sight.tree)


def zoomed(sight: FlameSight, state: FlameState, cells: int) -> FlameState:
    """Give the block with the cursor the whole width; go to what a row of a table stands for."""
    if state.part == "calls":
        calls = sight.calls(sight.function(state, cells), sight.node_of(state))
        if not calls:
            return state
        name = calls[min(state.call, len(calls) - 1)][1].name
        return replace(to_name(sight, state, name), call=0)
    selected = sight.function(state, cells)
    if state.part == "top" and selected >= 0:
        return replace(to_name(sight, state, selected), part="flame")
    spot = sight.spotted(state, cells)
    if spot.is_above or state.part == "source":
        return state
    if spot.kind == CHAIN:
        return replace(state, is_chain_open=True, kind=FRAME)
    zoom = _zoom_of(spot)
    if zoom is None or zoom == state.zoom:
        return state
    return replace(state, zooms=(*state.zooms, zoom), is_chain_open=False)


def _zoom_of(spot: Spotted) -> FlameZoom | None:
    """What a block zooms to; None where that is all that can be seen."""
    tree, layout = spot.graph.tree, spot.graph.layout
    path = tree.path(spot.node)
    if spot.kind != REST:
        return FlameZoom(path) if path or layout.zoom else None
    threshold = -(-layout.span // (layout.cells * 8))
    return FlameZoom(path, threshold)


def to_hit(sight: FlameSight, state: FlameState, step: int) -> FlameState:
    """The next frame that was found, behind or before the one with the cursor; with 0 the widest of them."""
    hits = sight.hits(state)
    if hits is None or not len(hits.nodes):
        return state
    nodes = hits.nodes.tolist()
    if not step:
        node = max(nodes, key=lambda one: int(sight.tree.totals[one]))
    else:
        here = sight.tree.nearest_of(state.chosen)
        ahead = [one for one in nodes if (one > here if step > 0 else one < here)]
        node = (ahead or nodes)[0 if step > 0 else -1]
    return replace(state, chosen=sight.tree.path(node), kind=FRAME, is_above=False, function="")


# In the tables ----------------------------------------------------------------------------------


def to_name(sight: FlameSight, state: FlameState, name: int) -> FlameState:
    """The widest frame of a function under the zoom."""
    zoom = sight.node_of(state)
    tree = sight.tree
    inside = (tree.frames[zoom : int(tree.ends[zoom])] == name).nonzero()[0] + zoom
    function = tree.names[name]
    if not len(inside):
        return replace(state, function=function)
    node = int(inside[tree.totals[inside].argmax()])
    return replace(state, chosen=tree.path(node), kind=FRAME, is_above=False, function=function)


def to_row(sight: FlameSight, state: FlameState, row: int) -> FlameState:
    """The function of a row of the top table."""
    rows = sight.rows(sight.node_of(state), state.sort)
    if not rows:
        return state
    row = max(0, min(row, len(rows) - 1))
    return replace(to_name(sight, state, rows[row]), row=row, part="top", call=0)


def tables_fitted(sight: FlameSight, state: FlameState, where: FlamePlan, cells: int) -> FlameState:
    """The tables scrolled to what is selected."""
    if "top" not in where.places:
        return state
    rows = sight.rows(sight.node_of(state), state.sort)
    selected = sight.function(state, cells)
    row = state.row
    if not (0 <= row < len(rows) and rows[row] == selected) and selected in rows:
        row = rows.index(selected)
    room = max(1, where.inside("top").height - 1)
    first = max(row - room + 1, min(state.first, row))
    return replace(state, row=row, first=max(0, min(first, len(rows) - room)))


def next_turn(state: FlameState) -> Turn:
    """The other way to draw."""
    return TURNS[(TURNS.index(state.turn) + 1) % len(TURNS)]


def next_sort(sight: FlameSight, state: FlameState) -> Sort:
    """The next order of the top table."""
    sorts: tuple[Sort, ...] = ("cum", "flat", "name")
    if sight.tree.is_difference:
        sorts = ("change", "cum", "name")
    return sorts[(sorts.index(state.sort) + 1) % len(sorts)] if state.sort in sorts else sorts[0]


def next_unit(sight: FlameSight, state: FlameState) -> str:
    """The next unit of the value that is counted: each value in its own first."""
    unit = sight.picture.value[1]
    units = ["auto"]
    for dimension in DIMENSIONS:
        if dimension.unit(unit) is not None:
            units += list(dimension.factors)[:4]
    return units[(units.index(state.unit) + 1) % len(units)] if state.unit in units else "auto"


def table_of(sight: FlameSight, state: FlameState) -> PageTable:
    """The top table as it can be written into a file."""
    counts, rows = sight.counts(sight.node_of(state)), sight.rows(sight.node_of(state), state.sort)
    total = sight.total
    unit = sight.picture.value[1]
    if sight.tree.is_difference:
        changes = [(sight.tree.names[row], counts.change(row)) for row in rows]
        return PageTable(
            ("name", f"before ({unit})", f"after ({unit})", "change", "is_sure"),
            [(name, one.before, one.after, one.written, int(one.is_sure)) for name, one in changes],
        )
    return PageTable(
        ("name", f"flat ({unit})", f"cum ({unit})", "cum %"),
        [
            (sight.tree.names[row], int(counts.flat[row]), int(counts.cum[row]), share(int(counts.cum[row]), total))
            for row in rows
        ],
    )
