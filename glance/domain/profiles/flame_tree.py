"""The call tree as a flame graph needs it: in columns, each node before those below it, siblings by name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glance.domain.profiles.flame_colour import FrameColour
from glance.domain.profiles.pieces import add_at, repeated
from glance.domain.profiles.tables import Flags, Ints, starts_of

ALL = "all"
"""The name of the root."""


@dataclass(frozen=True, slots=True, eq=False)
class FlameTree:
    """All that can be drawn of one profile by one of its values.

    Node 0 is the root. What lies below node n are the nodes n + 1 to `ends[n]`, that one excluded.
    """

    names: tuple[str, ...]
    """Each name once."""
    colours: tuple[FrameColour, ...]
    """Of each name."""
    places: tuple[tuple[str, int], ...]
    """Of each name, the file and line where the function begins, as far as they are known."""
    inlined: Flags
    """Of each name: it was always inlined."""
    parents: Ints
    """-1 for the root."""
    depths: Ints
    ends: Ints
    frames: Ints
    """Rows of `names`."""
    nearest: Ints
    """The next node above with the same name; -1 where there is none."""
    own: Ints
    """What was counted while the node was the leaf."""
    totals: Ints
    """Likewise with all below it: the width."""
    samples: Ints
    """How many samples that are."""
    callees: Ints
    """Of how many nodes right below it something was counted."""
    olds: Ints
    """Of a difference, what of the total is of the base, in its own measure; else empty."""
    old_samples: Ints
    """Of a difference, how many samples of the base; else empty."""
    factor: float = 1.0
    """Of a difference, what the profile that is not the base was multiplied by."""

    def __len__(self) -> int:
        return len(self.parents)

    @property
    def is_difference(self) -> bool:
        """It is of two profiles."""
        return bool(len(self.olds))

    def name(self, node: int) -> str:
        """The name of a node."""
        return self.names[int(self.frames[node])]

    def path(self, node: int) -> tuple[str, ...]:
        """The names from below the root to a node."""
        names = []
        while node > 0:
            names.append(self.name(node))
            node = int(self.parents[node])
        return tuple(reversed(names))

    def children(self, node: int) -> list[int]:
        """The nodes right below one, by name."""
        found, at, end = [], node + 1, int(self.ends[node])
        while at < end:
            found.append(at)
            at = int(self.ends[at])
        return found

    def find(self, path: tuple[str, ...]) -> int:
        """The node with these names above it; -1 where there is none."""
        node = 0
        for name in path:
            node = next((child for child in self.children(node) if self.name(child) == name), -1)
            if node < 0:
                return -1
        return node

    def nearest_of(self, path: tuple[str, ...]) -> int:
        """The deepest node on such a path that is there."""
        node = 0
        for name in path:
            below = next((child for child in self.children(node) if self.name(child) == name), -1)
            if below < 0:
                break
            node = below
        return node


@dataclass(frozen=True, slots=True, eq=False)
class Branches:
    """A tree as it was found: parents come before what is below them, in no order of names."""

    parents: Ints
    depths: Ints
    frames: Ints
    """Rows of the names; of the root anything."""


@dataclass(frozen=True, slots=True, eq=False)
class Named:
    """What is known of each name."""

    names: tuple[str, ...]
    colours: tuple[FrameColour, ...]
    places: tuple[tuple[str, int], ...]
    inlined: Flags


def arranged(branches: Branches, named: Named, columns: dict[str, Ints], factor: float = 1.0) -> FlameTree:
    """Sort a tree, and add up what is below each node.

    Args:
        branches: the tree.
        named: the names, that of the root last.
        columns: what was counted at each node itself: `own`, `samples`, and of a difference `olds`, `old_samples`.
        factor: of a difference, what the profile that is not the base was multiplied by.
    """
    many = len(branches.parents)
    frames = branches.frames.copy()
    frames[0] = len(named.names) - 1
    ranks = np.empty(len(named.names), dtype=np.int64)
    ranks[np.array(sorted(range(len(named.names)), key=named.names.__getitem__), dtype=np.int64)] = np.arange(
        len(named.names)
    )
    order = np.lexsort((ranks[frames], branches.parents, branches.depths))
    levels = starts_of(np.bincount(branches.depths, minlength=1))
    rows = [order[levels[depth] : levels[depth + 1]] for depth in range(len(levels) - 1)]
    sizes = added_upward(np.ones(many, dtype=np.int64), branches.parents, rows)
    places = _places(branches.parents, sizes, rows)
    back = np.argsort(places)
    own = {name: column[back] for name, column in columns.items()}
    ends = (places + sizes)[back]
    totals = {name: _below(column, ends) for name, column in own.items()}
    parents = np.where(branches.parents[back] < 0, -1, places[branches.parents[back]])
    frames = frames[back]
    empty = np.zeros(0, dtype=np.int64)
    return FlameTree(
        names=named.names,
        colours=named.colours,
        places=named.places,
        inlined=named.inlined,
        parents=parents,
        depths=branches.depths[back],
        ends=ends,
        frames=frames,
        nearest=nearest_of(frames, ends),
        own=own["own"],
        totals=totals["own"],
        samples=totals["samples"],
        callees=np.bincount(parents[1:][totals["own"][1:] > 0], minlength=many),
        olds=totals.get("olds", empty),
        old_samples=totals.get("old_samples", empty),
        factor=factor,
    )


def added_upward(values: Ints, parents: Ints, levels: list[Ints]) -> Ints:
    """What each node has with all below it."""
    for rows in reversed(levels[1:]):
        add_at(values, parents[rows], values[rows])
    return values


def _places(parents: Ints, sizes: Ints, levels: list[Ints]) -> Ints:
    """Where each node comes when all below it follow it."""
    places = np.zeros(len(parents), dtype=np.int64)
    for rows in levels[1:]:  # sorted by parent, then by name
        above = parents[rows]
        before = starts_of(sizes[rows])[:-1]
        first = np.flatnonzero(np.diff(above, prepend=-1) != 0)
        before -= repeated(before[first], np.diff(np.append(first, len(rows))))
        places[rows] = places[above] + 1 + before
    return places


def _below(own: Ints, ends: Ints) -> Ints:
    """The sums of everything from a node to its end."""
    sums = starts_of(own)
    return sums[ends] - sums[:-1]


def nearest_of(frames: Ints, ends: Ints) -> Ints:
    """For each node the next one above it with its name.

    Of the nodes of one name, in order, none between a node and the candidate for it lies above that node. Where
    the candidate does not either, its own candidate is the next one: what lay above the node would lie above both.
    """
    many = len(frames)
    order = np.argsort(frames, kind="stable")
    names, stops = frames[order], ends[order]
    furthest = np.maximum.accumulate(names * (many + 1) + stops)  # of those of a name so far: names ascend
    furthest -= names * (many + 1)
    is_same = names[1:] == names[:-1]
    candidates = np.full(many, -1, dtype=np.int64)
    candidates[1:][is_same & (furthest[:-1] > order[1:])] = 0  # for now: something of this name lies above it
    open_ = np.flatnonzero(candidates >= 0)
    candidates[open_] = open_ - 1
    while open_.size:
        above = candidates[open_]
        open_ = open_[stops[above] <= order[open_]]
        candidates[open_] = candidates[candidates[open_]]
    found = np.full(many, -1, dtype=np.int64)
    inside = np.flatnonzero(candidates >= 0)
    found[order[inside]] = order[candidates[inside]]
    return found
