"""What each function counts for within a part of a flame graph, each sample once however deep it recurses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glance.domain.profiles.flame_change import Change
from glance.domain.profiles.flame_colour import FrameKind
from glance.domain.profiles.flame_layout import FlameZoom
from glance.domain.profiles.flame_tree import FlameTree
from glance.domain.profiles.pieces import add_at, slices
from glance.domain.profiles.tables import Flags, Ints


@dataclass(frozen=True, slots=True, eq=False)
class NameCounts:
    """Of each name of a tree what it counts for under one node."""

    flat: Ints
    cum: Ints
    samples: Ints
    olds: Ints
    """Of the cum what is of the base; empty where there is none."""
    old_samples: Ints
    total: int
    """Under that node."""
    factor: float = 1.0

    def change(self, name: int) -> Change:
        """The change of a function."""
        before, old = int(self.olds[name]), int(self.old_samples[name])
        return Change(before, int(self.cum[name]) - before, old, int(self.samples[name]) - old, self.factor)


def name_counts(tree: FlameTree, zoom: int = 0) -> NameCounts:
    """What each function counts for under a node, that node included."""
    flat, cum, samples, olds, old_samples = (np.zeros(len(tree.names), dtype=np.int64) for _ in range(5))
    columns = [(cum, tree.totals), (samples, tree.samples)]
    if tree.is_difference:
        columns += [(olds, tree.olds), (old_samples, tree.old_samples)]
    for part in slices(zoom, int(tree.ends[zoom])):  # so that there is no other large column beside those of the tree
        frames, outermost = tree.frames[part], tree.nearest[part] < zoom
        np.add.at(flat, frames, tree.own[part])
        names = frames[outermost]
        for sums, values in columns:
            np.add.at(sums, names, values[part][outermost])
    empty = np.zeros(0, dtype=np.int64)
    return NameCounts(
        flat=flat,
        cum=cum,
        samples=samples,
        olds=olds if tree.is_difference else empty,
        old_samples=old_samples if tree.is_difference else empty,
        total=int(tree.totals[zoom]),
        factor=tree.factor,
    )


def leaf_of(tree: FlameTree, node: int) -> int:
    """Of a tree from the leaves up, the leaf of all stacks of a node; 0 where they have several."""
    found = 0
    while node > 0 and tree.colours[int(tree.frames[node])].kind != FrameKind.GROUP:
        found, node = node, int(tree.parents[node])
    return found


def flat_from_leaves(tree: FlameTree, zoom: int = 0) -> Ints:
    """The flat of each function under a node of such a tree: there leaves come first, below groups."""
    flat = np.zeros(len(tree.names), dtype=np.int64)
    if leaf := leaf_of(tree, zoom):
        flat[tree.frames[leaf]] = tree.totals[zoom]
        return flat
    is_group = np.array([colour.kind == FrameKind.GROUP for colour in tree.colours], dtype=np.bool_)[tree.frames]
    is_group[0] = True
    leaves = np.flatnonzero(~is_group & is_group[tree.parents])
    leaves = leaves[(leaves >= zoom) & (leaves < tree.ends[zoom])]
    add_at(flat, tree.frames[leaves], tree.totals[leaves])
    return flat


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A function that calls another, or is called by it."""

    name: int
    total: int
    """What was counted of the other one by this way."""
    old: int = 0
    """What of that is of the base."""


def callers_of(tree: FlameTree, name: int, zoom: int = 0) -> list[Neighbour]:
    """Who calls a function under a node, what counts most first; each sample once."""
    rows = outermost_of(tree, name, zoom)
    rows = rows[rows > zoom]
    return _sorted(tree, tree.frames[tree.parents[rows]], rows)


def callees_of(tree: FlameTree, name: int, zoom: int = 0) -> list[Neighbour]:
    """Whom a function calls under a node, what counts most first; of calls within calls the outermost."""
    end = int(tree.ends[zoom])
    is_it = np.zeros(end - zoom, dtype=np.bool_)
    is_it[outermost_of(tree, name, zoom) - zoom] = True
    found = [np.flatnonzero(is_it[tree.parents[part] - zoom]) + part.start for part in slices(zoom + 1, end)]
    rows = np.concatenate(found) if found else np.zeros(0, dtype=np.int64)
    return _sorted(tree, tree.frames[rows], rows)


def outermost_of(tree: FlameTree, name: int, zoom: int) -> Ints:
    """The calls of a function under a node that are in no other call of it."""
    rows = np.flatnonzero(tree.frames[zoom : int(tree.ends[zoom])] == name) + zoom
    return np.asarray(rows[tree.nearest[rows] < zoom])


def _sorted(tree: FlameTree, names: Ints, rows: Ints) -> list[Neighbour]:
    sums, olds = (np.zeros(len(tree.names), dtype=np.int64) for _ in range(2))
    add_at(sums, names, tree.totals[rows])
    if tree.is_difference:
        add_at(olds, names, tree.olds[rows])
    found = np.flatnonzero(sums)
    order = found[np.argsort(-sums[found], kind="stable")]
    return [Neighbour(int(name), int(sums[name]), int(olds[name])) for name in order]


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """What a search found under a node."""

    names: Flags
    """Of each name: it was found."""
    nodes: Ints
    """Under that node, in order."""
    total: int
    """What they count for, each sample once."""
    of_all: int
    """Likewise in the whole tree."""


def hits_of(tree: FlameTree, names: Flags, zoom: int = 0) -> Hits:
    """The frames with these names, and what they count for without counting any sample twice."""
    found = np.flatnonzero(names[tree.frames])
    within = found[(found >= zoom) & (found < int(tree.ends[zoom]))]
    return Hits(names, within, _once(tree, within), _once(tree, found))


def _once(tree: FlameTree, nodes: Ints) -> int:
    """The sum of nodes of which none lies under another: of those that do, only the uppermost."""
    if not len(nodes):
        return 0
    ends = np.maximum.accumulate(tree.ends[nodes])
    is_top = np.ones(len(nodes), dtype=np.bool_)
    is_top[1:] = nodes[1:] >= ends[:-1]
    return int(tree.totals[nodes[is_top]].sum())


def members_of(tree: FlameTree, node: int, below: int) -> tuple[int, ...]:
    """The children of a node that are smaller than that, the largest first."""
    found = [child for child in tree.children(node) if 0 < int(tree.totals[child]) < below]
    return tuple(sorted(found, key=lambda child: -int(tree.totals[child])))


WHOLE = FlameZoom()
"""Nothing is zoomed."""
