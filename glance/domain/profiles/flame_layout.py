"""Where every frame of a flame graph stands: absolute whole edges, in eighths of a cell.

An edge is the rounded sum of all that lies left of it, never of rounded widths: parents and children share their
edges, nothing drifts however deep it is, and siblings never overlap.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glance.domain.profiles.flame_tree import FlameTree
from glance.domain.profiles.pieces import add_at, zeros
from glance.domain.profiles.tables import Ints, starts_of

EIGHTHS = 8
"""Parts of a cell."""

STEPS = 32
"""Where an edge may lie between two parts to be still drawn at the lower one, in so many steps."""
HALF = STEPS // 2
WORST = 0.12 * EIGHTHS
"""Parts by which a width may be wrong. However edges are rounded it is less than one, but often nearly that."""

FRAME, REST, CHAIN = 0, 1, 2
"""Kinds of blocks: a frame; siblings that are too small, as one; frames that are alone under each other, as one."""

LEAST_CHAIN = 3
"""So many frames that are alone under each other are shown as one line."""


@dataclass(frozen=True, slots=True)
class FlameZoom:
    """What has the whole width."""

    path: tuple[str, ...] = ()
    """Names from below the root."""
    below: int = 0
    """Only those of its children that are smaller than this; 0 is all."""


@dataclass(frozen=True, slots=True, eq=False)
class FlameLayout:
    """Blocks by row, from the left in each row: one column for each of what is known of them."""

    cells: int
    """Width."""
    zoom: int
    """The node that has the whole width."""
    below: int
    span: int
    """What the whole width stands for."""
    row_starts: Ints
    """Where the blocks of each row begin."""
    kinds: Ints
    nodes: Ints
    """The node of a frame; of a rest the parent; of a chain its first node."""
    lefts: Ints
    """Edges in eighths of a cell."""
    rights: Ints
    totals: Ints
    """What the width stands for."""
    counts: Ints
    """How many frames a block stands for."""

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.row_starts) - 1

    def row(self, row: int) -> range:
        """The blocks of a row."""
        return range(int(self.row_starts[row]), int(self.row_starts[row + 1]))

    def row_of(self, block: int) -> int:
        """The row of a block."""
        return int(np.searchsorted(self.row_starts, block, side="right")) - 1

    def block_of(self, node: int, kind: int = FRAME) -> int:
        """The block that stands for a node; -1 where none does."""
        found = np.flatnonzero((self.nodes == node) & (self.kinds == kind))
        return int(found[0]) if len(found) else -1

    def block_at(self, row: int, cell: int) -> int:
        """The block that has most of a cell; -1 where there is none."""
        blocks = self.row(row)
        left, right = cell * EIGHTHS, (cell + 1) * EIGHTHS
        widths = {one: min(right, int(self.rights[one])) - max(left, int(self.lefts[one])) for one in blocks}
        best = max(widths, key=widths.__getitem__, default=-1)
        return best if best >= 0 and widths[best] > 0 else -1


def lay_out(tree: FlameTree, zoom: int, cells: int, *, below: int = 0, is_chain_open: bool = False) -> FlameLayout:
    """Place everything that is at least an eighth of a cell wide.

    What is smaller stands together with its siblings, right of those that are larger, as one block.

    Args:
        tree: what to draw.
        zoom: the node that has the whole width.
        cells: that width.
        below: only what is smaller than this, of the children of that node, has it; 0 is all.
        is_chain_open: frames that are alone under each other have a line each.
    """
    parts = cells * EIGHTHS
    if below:
        nodes = _small(tree, zoom, below) + zoom
        children = nodes[tree.parents[nodes] == zoom]
        span, many = int(tree.totals[children].sum()), int((tree.totals[children] > 0).sum())
        kept = nodes[tree.totals[nodes] >= max(1, -(-span // parts))]
    else:
        span, many = int(tree.totals[zoom]), int(tree.callees[zoom])
        totals = tree.totals[zoom + 1 : int(tree.ends[zoom])]
        kept = np.flatnonzero(totals >= max(1, -(-span // parts))) + zoom + 1
    kept = np.concatenate((np.array([zoom], dtype=np.int64), kept))
    above = np.searchsorted(kept, tree.parents[kept])
    above[0] = -1
    sizes = tree.totals[kept]
    sizes[0] = span
    depths = tree.depths[kept] - int(tree.depths[zoom])
    starts = _starts(above, sizes, depths)
    placed = _Placed(kept, sizes, depths, starts)
    within, counts = tree.totals[kept] - tree.own[kept], tree.callees[kept]
    if below:
        within[0], counts[0] = span, many
    rests = _rests(placed, above, within, counts)
    return _blocks(tree, placed, rests, (cells, zoom, below, span), is_chain_open)


@dataclass(frozen=True, slots=True, eq=False)
class _Placed:
    nodes: Ints
    sizes: Ints
    depths: Ints
    starts: Ints


@dataclass(frozen=True, slots=True, eq=False)
class _Rests:
    owners: Ints
    """Places in what is kept."""
    starts: Ints
    sizes: Ints
    counts: Ints


def _small(tree: FlameTree, zoom: int, below: int) -> Ints:
    """What lies under the small children of a node, counted from that node."""
    marks = np.zeros(int(tree.ends[zoom]) - zoom + 1, dtype=np.int64)
    for child in tree.children(zoom):
        if int(tree.totals[child]) < below:
            marks[child - zoom] += 1
            marks[int(tree.ends[child]) - zoom] -= 1
    return np.flatnonzero(np.cumsum(marks[:-1]))


def _starts(above: Ints, sizes: Ints, depths: Ints) -> Ints:
    """The left edge of each node, those of one parent one after the other from its own."""
    starts = np.zeros(len(above), dtype=np.int64)
    order = np.argsort(depths, kind="stable")
    levels = np.searchsorted(depths[order], np.arange(1, int(depths.max(initial=0)) + 2))
    for begin, end in zip(levels[:-1].tolist(), levels[1:].tolist(), strict=True):
        rows = order[begin:end]  # nodes in order: those of one parent stand together
        parents = above[rows]
        before = starts_of(sizes[rows])[:-1]
        first = np.flatnonzero(np.diff(parents, prepend=-1) != 0)
        before -= np.repeat(before[first], np.diff(np.append(first, len(rows))))
        starts[rows] = starts[parents] + before
    return starts


def _rests(placed: _Placed, above: Ints, within: Ints, counts: Ints) -> _Rests:
    """What is too small, by parent, right of its larger siblings.

    Args:
        placed: all that is not too small.
        above: of each its parent among them.
        within: of each what all below it count for together.
        counts: how many those right below it are.
    """
    taken = zeros(len(above))
    add_at(taken, above[1:], placed.sizes[1:])
    left = counts - np.bincount(above[1:], minlength=len(above))
    found = np.flatnonzero(left > 0)
    return _Rests(found, placed.starts[found] + taken[found], (within - taken)[found], left[found])


def edges_of(sums: Ints, span: int, parts: int, step: int = HALF) -> Ints:
    """Sums as parts of a width, rounded: up from the middle between two parts on, or from another place.

    Args:
        sums: what lies left of each edge.
        span: what the whole width stands for.
        parts: of the width.
        step: how far before the next part an edge is drawn there already, 1 to 31 of 32.
    """
    if not span:
        return np.zeros(len(sums), dtype=np.int64)
    if span < (1 << 62) // max(parts, STEPS):
        whole, rest = np.divmod(sums * parts, span)
        return np.asarray(whole + (rest * STEPS >= (STEPS - step) * span), dtype=np.int64)
    return np.rint(sums.astype(np.float64) * (parts / span)).astype(np.int64)


def best_edges(starts: Ints, sizes: Ints, span: int, parts: int) -> tuple[Ints, Ints]:
    """Both edges of all blocks, all rounded alike, so that parents and children go on sharing theirs.

    Usually from the middle between two parts on. Where a width would be wrong by more than `WORST`, from another
    place, the nearest first that does better; where there is none, the one whose worst width is the least wrong.
    """
    best: tuple[float, Ints, Ints] | None = None
    for step in sorted(range(1, STEPS), key=lambda one: abs(one - HALF)):
        lefts, rights = edges_of(starts, span, parts, step), edges_of(starts + sizes, span, parts, step)
        shown = rights > lefts
        errors = np.abs((rights - lefts)[shown] - sizes[shown] * (parts / max(1, span)))
        worst = float(errors.max(initial=0.0))
        if best is None or worst < best[0]:
            best = worst, lefts, rights
        if worst <= WORST:
            break
    assert best is not None
    return best[1], best[2]


def _blocks(
    tree: FlameTree, placed: _Placed, rests: _Rests, about: tuple[int, int, int, int], is_chain_open: bool
) -> FlameLayout:
    """Frames, rests and the chain under the zoom, row by row."""
    cells, zoom, below, span = about
    hidden = 0 if is_chain_open or below else _chain(tree, placed)
    starts = np.concatenate((placed.starts, rests.starts))
    sizes = np.concatenate((placed.sizes, rests.sizes))
    rows = np.concatenate((placed.depths, placed.depths[rests.owners] + 1))
    nodes = np.concatenate((placed.nodes, placed.nodes[rests.owners]))
    kinds = np.concatenate((np.full(len(placed.nodes), FRAME), np.full(len(rests.owners), REST)))
    counts = np.concatenate((np.ones(len(placed.nodes), dtype=np.int64), rests.counts))
    if below:
        kinds[0], counts[0] = REST, int((placed.depths == 1).sum()) + int(rests.counts[rests.owners == 0].sum())
    if hidden:
        kinds[1], counts[1] = CHAIN, hidden
        shown = np.ones(len(rows), dtype=np.bool_)
        shown[2 : hidden + 1] = False
        rows = np.where(rows > hidden, rows - hidden + 1, rows)
        starts, sizes, rows, nodes, kinds, counts = (
            column[shown] for column in (starts, sizes, rows, nodes, kinds, counts)
        )
    lefts, rights = best_edges(starts, sizes, span, cells * EIGHTHS)
    if not span:
        lefts[0], rights[0] = 0, cells * EIGHTHS  # the whole is there though it counts for nothing: cursors stand on it
    shown = rights > lefts
    order = np.lexsort((lefts, rows))
    order = order[shown[order]]
    row_starts = np.searchsorted(rows[order], np.arange(int(rows.max(initial=0)) + 2))
    row_starts = row_starts[: int(rows[order].max(initial=0)) + 2]
    return FlameLayout(
        cells, zoom, below, span, row_starts, kinds[order], nodes[order], lefts[order], rights[order], sizes[order],
        counts[order],
    )  # fmt: skip


def _chain(tree: FlameTree, placed: _Placed) -> int:
    """How many frames under the zoom stand alone under each other, without the last of them; 0 when they are few."""
    node, many = int(placed.nodes[0]), 0
    total = int(tree.totals[node])
    while node + 1 < int(tree.ends[node]) and int(tree.totals[node + 1]) == total:
        node, many = node + 1, many + 1
    hidden = many - 1
    return hidden if hidden >= LEAST_CHAIN and total else 0
