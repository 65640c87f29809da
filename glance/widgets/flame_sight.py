"""What is made of a tree for the page of profiles, each thing once: graphs, counts, tables, what a search found."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from glance.domain.flame_board import FlamePicture
from glance.domain.profiles.flame_change import change_of
from glance.domain.profiles.flame_counts import (
    Hits,
    NameCounts,
    Neighbour,
    callees_of,
    callers_of,
    flat_from_leaves,
    hits_of,
    leaf_of,
    name_counts,
)
from glance.domain.profiles.flame_layout import FRAME, FlameZoom
from glance.domain.profiles.flame_tree import FlameTree
from glance.domain.profiles.tables import Flags
from glance.widgets.flame_graph import FlameGraph
from glance.widgets.flame_state import WHOLE, FlameState, Sort


@dataclass(frozen=True, slots=True)
class Spotted:
    """The block with the cursor."""

    graph: FlameGraph
    block: int
    row: int
    is_above: bool
    """It is one of the callers around a function."""

    @property
    def node(self) -> int:
        """The node of the block; of a rest its parent."""
        return int(self.graph.layout.nodes[self.block])

    @property
    def kind(self) -> int:
        """Of the block."""
        return int(self.graph.layout.kinds[self.block])

    @property
    def name(self) -> int:
        """The row of the name; -1 for a block of several frames, and for the root."""
        return int(self.graph.tree.frames[self.node]) if self.kind == FRAME and self.node else -1


class FlameSight:
    """A picture, and what was made of it for one state and width."""

    def __init__(self, picture: FlamePicture) -> None:
        """Make nothing yet."""
        self.picture = picture
        self.tree: FlameTree = picture.tree
        self._graphs: dict[tuple[object, ...], FlameGraph] = {}
        self._counts: dict[int, NameCounts] = {}
        if picture.counts is not None:
            self._counts[0] = self._told(picture.counts, 0)
        self._rows: dict[tuple[int, Sort], list[int]] = {}
        self._hits: dict[tuple[str, int], Hits | None] = {}
        self._names: dict[str, Flags | None] = {}
        self._calls: dict[tuple[int, int], list[tuple[bool, Neighbour]]] = {}

    @cached_property
    def index(self) -> dict[str, int]:
        """The row of each name."""
        return {name: row for row, name in enumerate(self.tree.names)}

    @property
    def total(self) -> int:
        """What shares are of: all of the profile, whatever is drawn of it; of two profiles, both."""
        return int(self.tree.totals[0]) if self.tree.is_difference else self.picture.total

    # Graphs -------------------------------------------------------------------------------------

    def graph(self, state: FlameState, cells: int) -> FlameGraph:
        """The graph, or what a function calls where everything is around one."""
        return self._graph(self.tree, False, state, cells)

    def above(self, state: FlameState, cells: int) -> FlameGraph | None:
        """Who calls the function that everything is around."""
        callers = self.picture.callers
        return None if callers is None else self._graph(callers, True, state, cells)

    def _graph(self, tree: FlameTree, is_above: bool, state: FlameState, cells: int) -> FlameGraph:
        zoom = self.around(tree) if is_above or (self.picture.wish.focus and not state.zooms) else state.zoom
        key = (is_above, zoom, cells, state.is_chain_open)
        graph = self._graphs.get(key)
        if graph is None:
            if len(self._graphs) > 8:
                self._graphs.clear()
            is_open = state.is_chain_open or is_above
            graph = self._graphs[key] = FlameGraph(tree, zoom, cells, is_chain_open=is_open)
        return graph

    def around(self, tree: FlameTree) -> FlameZoom:
        """The zoom in which the function that everything is around has the whole width."""
        children = tree.children(0)
        return FlameZoom(tree.path(children[0])) if len(children) == 1 else WHOLE

    def node_of(self, state: FlameState) -> int:
        """The node that has the whole width."""
        zoom = self.around(self.tree) if self.picture.wish.focus and not state.zooms else state.zoom
        return self.tree.nearest_of(zoom.path)

    def spotted(self, state: FlameState, cells: int) -> Spotted:
        """The block with the cursor; where its frame is not to be seen, the nearest above it."""
        above = self.above(state, cells) if state.is_above else None
        graph = above or self.graph(state, cells)
        node = graph.tree.nearest_of(state.chosen)
        is_there = len(graph.tree.path(node)) == len(state.chosen)
        layout = graph.layout
        block = layout.block_of(node, state.kind) if is_there else -1
        while block < 0 and node >= 0:
            block = layout.block_of(node)
            node = int(graph.tree.parents[node])
        block = max(0, block)
        return Spotted(graph, block, layout.row_of(block), above is not None)

    def function(self, state: FlameState, cells: int) -> int:
        """The row of the name that is selected; -1 for none."""
        if state.function in self.index:
            return self.index[state.function]
        spot = self.spotted(state, cells)
        return self.index.get(spot.graph.tree.names[spot.name], -1) if spot.name >= 0 else -1

    # Tables -------------------------------------------------------------------------------------

    def counts(self, node: int = 0) -> NameCounts:
        """What each function counts for under a node."""
        found = self._counts.get(node)
        if found is None:
            if len(self._counts) > 4:
                self._counts = {0: self._counts[0]} if 0 in self._counts else {}
            found = self._counts[node] = self._told(name_counts(self.tree, node), node)
        return found

    def _told(self, counts: NameCounts, node: int) -> NameCounts:
        """With the flat of functions where a tree is drawn from the leaves up: it stands at its first frames."""
        return replace(counts, flat=flat_from_leaves(self.tree, node)) if self.is_up else counts

    @property
    def is_up(self) -> bool:
        """The tree begins at the leaves: below a frame are those who call it."""
        return self.picture.wish.is_up and not self.picture.wish.focus

    def own(self, tree: FlameTree, node: int) -> int:
        """The flat of a frame."""
        if not self.is_up or tree is not self.tree:
            return int(tree.own[node])
        return int(tree.totals[node]) if node and leaf_of(tree, node) == node else 0

    def rows(self, node: int, sort: Sort) -> list[int]:
        """The names of the top table, in order."""
        key = (node, sort)
        if key not in self._rows:
            if len(self._rows) > 8:
                self._rows.clear()
            self._rows[key] = self._sorted(self.counts(node), sort)
        return self._rows[key]

    def _sorted(self, counts: NameCounts, sort: Sort) -> list[int]:
        names = self.tree.names
        shown = [row for row in np.flatnonzero(counts.cum).tolist() if row != len(names) - 1]
        if sort == "name":
            return sorted(shown, key=names.__getitem__)
        if sort == "change" and self.tree.is_difference:
            changes = {row: counts.change(row) for row in shown}
            return sorted(shown, key=lambda row: (not changes[row].is_sure, -abs(changes[row].amount), names[row]))
        first, second = (counts.flat, counts.cum) if sort == "flat" else (counts.cum, counts.flat)
        return sorted(shown, key=lambda row: (-int(first[row]), -int(second[row]), names[row]))

    def calls(self, name: int, node: int = 0) -> list[tuple[bool, Neighbour]]:
        """Who calls a function under a node (True), and whom it calls (False)."""
        if name < 0:
            return []
        key = (name, node)
        if key not in self._calls:
            if len(self._calls) > 32:
                self._calls.clear()
            callers = [(True, one) for one in callers_of(self.tree, name, node)]
            callees = [(False, one) for one in callees_of(self.tree, name, node)]
            if self.picture.callers is not None:  # what is above the function is in a tree of its own
                callers = [*callers, *((True, one) for one in callees_of(self.picture.callers, name))]
            elif self.picture.wish.is_up:
                callers, callees = [(True, one) for _, one in callees], [(False, one) for _, one in callers]
            root = len(self.tree.names) - 1  # is no function
            self._calls[key] = [one for one in (*callers, *callees) if one[1].name != root]
        return self._calls[key]

    # Search -------------------------------------------------------------------------------------

    def found(self, text: str) -> Flags | None:
        """Of each name: the search finds it; None without a search."""
        if not text:
            return None
        if text not in self._names:
            if len(self._names) > 8:
                self._names.clear()
            pattern = pattern_of(text)
            self._names[text] = np.array([bool(pattern.search(name)) for name in self.tree.names[:-1]] + [False])
        return self._names[text]

    def hits(self, state: FlameState) -> Hits | None:
        """What the search found under the zoom."""
        text = state.typed if state.is_typing else state.search
        node = self.node_of(state)
        names = self.found(text)
        if names is None:
            return None
        if (text, node) not in self._hits:
            if len(self._hits) > 16:
                self._hits.clear()
            self._hits[text, node] = hits_of(self.tree, names, node)
        return self._hits[text, node]

    def found_above(self, text: str) -> Flags | None:
        """Likewise of the names of the callers around a function."""
        callers = self.picture.callers
        if not text or callers is None:
            return None
        pattern = pattern_of(text)
        return np.array([bool(pattern.search(name)) for name in callers.names])

    # Words --------------------------------------------------------------------------------------

    @staticmethod
    def change_words(tree: FlameTree, node: int) -> str:
        """How much a node changed, with a word where that may be chance."""
        if not tree.is_difference:
            return ""
        change = change_of(tree, node)
        return change.written if change.is_sure or not change.written else f"{change.written} may be chance"


def pattern_of(text: str) -> re.Pattern[str]:
    """A regular expression, or just that text where it is none; capitals count where there are any."""
    flags = re.IGNORECASE if text == text.lower() else re.NOFLAG
    try:
        return re.compile(text, flags)
    except re.error:
        return re.compile(re.escape(text), flags)
