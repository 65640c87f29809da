"""The call graph of a profile: what each place counts for, and who calls whom, as pprof counts it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from glance.domain.profiles.call_tree import added_up
from glance.domain.profiles.place import Place, Places
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.tables import Flags, Ints, runs_of, starts_of

SAFE = 1 << 62


@dataclass(frozen=True, slots=True)
class Node:
    """A place, and what it counts for."""

    place: Place
    name: str
    flat: int
    """While it was the leaf."""
    cum: int
    """While it was anywhere on the stack, once for each sample."""
    flat_count: int = 0
    """Of which a mean is made; 0 where none is."""
    cum_count: int = 0

    @property
    def flat_value(self) -> int:
        """As it is shown."""
        return mean(self.flat, self.flat_count)

    @property
    def cum_value(self) -> int:
        """As it is shown."""
        return mean(self.cum, self.cum_count)


@dataclass(frozen=True, slots=True)
class Edge:
    """Calls from one place to another."""

    source: Node
    target: Node
    weight: int
    is_inline: bool
    """All of them were inlined."""


@dataclass(slots=True, eq=False)
class Graph:
    """Nodes in the order in which they are shown, and the edges at each."""

    nodes: list[Node]
    incoming: dict[int, list[Edge]]
    """By the identity of the node."""
    outgoing: dict[int, list[Edge]]

    def callers(self, node: Node) -> list[Edge]:
        """Calls to a node, the heaviest first."""
        return sorted(self.incoming.get(id(node), ()), key=edge_order)

    def callees(self, node: Node) -> list[Edge]:
        """Calls from a node, the heaviest first."""
        return sorted(self.outgoing.get(id(node), ()), key=edge_order)

    def inline_mark(self, node: Node) -> str:
        """Whether it was inlined where it was called: never, partly or always."""
        marks = {edge.is_inline for edge in self.incoming.get(id(node), ())}
        return "" if True not in marks else "(partial-inline)" if False in marks else "(inline)"


def edge_order(edge: Edge) -> tuple[int, str, str]:
    """The heaviest first, then by name."""
    return -abs(edge.weight), edge.source.name, edge.target.name


def mean(value: int, count: int) -> int:
    """A value, or its mean, cut off as Go does."""
    if not count:
        return value
    quotient = abs(value) // abs(count)
    return quotient if (value < 0) == (count < 0) else -quotient


class GraphBuilder:
    """Counts the samples of a profile, again and again with fewer places."""

    def __init__(self, profile: Profile, places: Places, values: Ints, counts: Ints | None = None) -> None:
        """Prepare the frames.

        Args:
            profile: the samples.
            places: their places.
            values: what each sample counts for.
            counts: what its value is divided by, where a mean is wanted.
        """
        samples = profile.tables.samples
        rows = np.flatnonzero((values != 0) if counts is None else ((values != 0) | (counts != 0)))
        lengths = np.diff(places.line_starts)
        stack = samples.stack[runs_of(samples.stack_starts, rows)]
        depths = starts_of(np.diff(samples.stack_starts)[rows])
        lines = runs_of(places.line_starts, stack)
        owners = np.repeat(np.arange(len(rows), dtype=np.int64), np.diff(starts_of(lengths[stack])[depths]))
        is_inlined = np.ones(len(places.of_lines), dtype=np.bool_)
        is_inlined[places.line_starts[1:] - 1] = False
        self.places = places.places
        self.values = values[rows]
        self.counts = None if counts is None else counts[rows]
        self.frames: Ints = places.of_lines[lines][::-1]
        """Of all samples, each from its root to its leaf."""
        self.owners: Ints = owners[::-1]
        self.inlined: Flags = is_inlined[lines][::-1]

    def count(self, kept: Flags | None = None) -> Counted:
        """What each place counts for, when only these stay."""
        frames, owners = self.frames, self.owners
        size = len(self.places)
        is_leaf = np.ones(len(owners), dtype=np.bool_)
        is_leaf[:-1] = owners[1:] != owners[:-1]
        inlined = self.inlined
        if kept is not None:
            left = kept[frames]
            frames, owners, inlined, is_leaf = frames[left], owners[left], inlined[left], is_leaf[left]
        places, their_owners = once_each(frames, owners)
        leaves, leaf_owners = frames[is_leaf], owners[is_leaf]

        def sums(values: Ints) -> tuple[list[int], list[int]]:
            return added_up(leaves, values[leaf_owners], size), added_up(places, values[their_owners], size)

        flat, cum = sums(self.values)
        none = [0] * size
        flat_counts, cum_counts = (none, none) if self.counts is None else sums(self.counts)
        return Counted(self, frames, owners, inlined, flat, cum, flat_counts, cum_counts)


def once_each(keys: Ints, owners: Ints) -> tuple[Ints, Ints]:
    """Each key once for each owner: the keys, and their owners. The owners lie in runs."""
    where = first_places(keys, owners)
    return keys[where], owners[where]


def first_places(keys: Ints, owners: Ints) -> Ints:
    """Where each key is met first by each owner."""
    length = max(1, len(keys))
    if len(keys) and int(keys.max()) >= SAFE // length:
        keys = np.unique(keys, return_inverse=True)[1].astype(np.int64)
    ordered = keys * length + np.arange(len(keys), dtype=np.int64)
    ordered.sort()
    where = ordered % length
    ordered //= length
    is_new = np.ones(len(ordered), dtype=np.bool_)
    is_new[1:] = (ordered[1:] != ordered[:-1]) | (owners[where[1:]] != owners[where[:-1]])
    return where[is_new]


@dataclass(slots=True, eq=False)
class Counted:
    """One count of a builder."""

    builder: GraphBuilder
    frames: Ints
    owners: Ints
    inlined: Flags
    flat: list[int]
    cum: list[int]
    flat_counts: list[int]
    cum_counts: list[int]

    def listed(self, *, drops_negative: bool = False) -> list[int]:
        """The places that count for something."""
        found = [row for row, (flat, cum) in enumerate(zip(self.flat, self.cum, strict=True)) if flat or cum]
        if drops_negative:
            found = [row for row in found if (self.flat[row] or self.cum[row]) >= 0]
        return found

    def node(self, row: int) -> Node:
        """One place with its counts."""
        place = self.builder.places[row]
        return Node(place, place.shown, self.flat[row], self.cum[row], self.flat_counts[row], self.cum_counts[row])

    def graph(self, rows: list[int], order: Callable[[Node], object], cutoff: int = 0) -> Graph:
        """The graph.

        Args:
            rows: the places that are listed.
            order: by what they are ordered.
            cutoff: calls to them that weigh less are left out.
        """
        nodes = {row: self.node(row) for row in rows}
        graph = Graph(sorted(nodes.values(), key=order), {}, {})  # type: ignore[arg-type]
        listed = set(rows)
        for source, target, weight, is_inline in self.edges():
            if target in listed and abs(weight) < cutoff:
                continue
            for row in (source, target):
                if row not in nodes:
                    nodes[row] = self.node(row)
            edge = Edge(nodes[source], nodes[target], weight, is_inline)
            graph.outgoing.setdefault(id(edge.source), []).append(edge)
            graph.incoming.setdefault(id(edge.target), []).append(edge)
        return graph

    def edges(self) -> list[tuple[int, int, int, bool]]:
        """Who calls whom, each call once for each sample: source, target, weight, and whether all were inlined."""
        frames, owners = self.frames, self.owners
        if len(frames) < 2:
            return []
        is_call = (owners[1:] == owners[:-1]) & (frames[1:] != frames[:-1])
        size = max(1, len(self.builder.places))
        pairs = (frames[:-1] * size + frames[1:])[is_call]
        callers, inlined = owners[1:][is_call], self.inlined[1:][is_call]
        where = first_places(pairs, callers)
        kinds, rows = np.unique(pairs[where], return_inverse=True)
        weights = added_up(rows, self.builder.values[callers[where]], len(kinds))
        plain = np.bincount(rows[~inlined[where]], minlength=len(kinds))
        sources, targets = (kinds // size).tolist(), (kinds % size).tolist()
        return list(zip(sources, targets, weights, (plain == 0).tolist(), strict=True))
