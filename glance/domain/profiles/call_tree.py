"""The call tree of a profile, and what each function counts for: by name, inlined calls included."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glance.domain.profiles.parts import text_of
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.tables import Ints, runs_of, starts_of

SAFE = 2.0**62
FEW = 32
"""So few stacks that still go on are followed one by one."""


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """The frames of all stacks by name: each location with all its inlined calls."""

    names: tuple[str, ...]
    """Each name once. A location without a function has its address for a name."""
    functions: Ints
    """For each name the first function that has it, -1 where there is none."""
    starts: Ints
    """Of each sample, where its frames begin."""
    frames: Ints
    """Rows of `names`, the leaf first."""

    @classmethod
    def of(cls, profile: Profile) -> Frames:
        """The frames of a profile."""
        tables = profile.tables
        names, functions, name_of = distinct_names(profile)
        line_starts, line_names = tables.locations.line_starts, name_of[tables.locations.line_functions]
        counts = np.diff(line_starts)
        if not counts.all():  # places without a symbol have a frame too
            bare = np.flatnonzero(counts == 0)
            rows = {f"0x{address:x}": 0 for address in tables.locations.addresses[bare].tolist()}
            rows = {name: row for row, name in enumerate(rows, len(names))}
            own = np.array([rows[f"0x{address:x}"] for address in tables.locations.addresses[bare].tolist()])
            line_names = np.insert(line_names, line_starts[bare], own)
            line_starts = starts_of(np.maximum(counts, 1))
            functions = np.append(functions, np.full(len(rows), -1, dtype=np.int64))
            names = (*names, *rows)
        stack = tables.samples.stack
        depths = starts_of(np.diff(line_starts)[stack])[tables.samples.stack_starts]
        return cls(names, functions, depths, line_names[runs_of(line_starts, stack)])


def distinct_names(profile: Profile) -> tuple[tuple[str, ...], Ints, Ints]:
    """Each name of a function once, a function that has it, and the row of the name of each function, and of none."""
    tables = profile.tables
    found: dict[str, int] = {}
    first: list[int] = []
    rows: list[int] = []
    for row, string in enumerate(tables.functions.names.tolist()):
        name = text_of(tables.strings[string])
        number = found.setdefault(name, len(found))
        if number == len(first):
            first.append(row)
        rows.append(number)
    if bool((tables.locations.line_functions < 0).any()):
        number = found.setdefault("", len(found))
        if number == len(first):
            first.append(-1)
        rows.append(number)  # a function that is not there has the row -1: the last one
    return tuple(found), np.array(first, dtype=np.int64), np.array(rows, dtype=np.int64)


def added_up(owners: Ints, values: Ints, count: int) -> list[int]:
    """The sum of the values of each owner, exact however large."""
    if values.size and float(np.abs(values.astype(np.float64)).sum()) >= SAFE:
        sums = [0] * count
        for owner, value in zip(owners.tolist(), values.tolist(), strict=True):
            sums[owner] += value
        return sums
    found = np.zeros(count, dtype=np.int64)
    np.add.at(found, owners, values)
    return found.tolist()


@dataclass(frozen=True, slots=True)
class FunctionCount:
    """What one function counts for."""

    name: str
    flat: int
    """While it was the leaf."""
    cum: int
    """While it was anywhere on the stack, once for each sample."""


def function_counts(profile: Profile, index: int) -> list[FunctionCount]:
    """What each function counts for by one of the values, in no order.

    Args:
        profile: the samples.
        index: the column of the value, see `value_choice.value_index`.
    """
    frames = Frames.of(profile)
    values = profile.values[:, index]
    count = len(frames.names)
    filled = np.flatnonzero(np.diff(frames.starts) > 0)
    flat = added_up(frames.frames[frames.starts[filled]], values[filled], count)
    owners = np.repeat(np.arange(len(values), dtype=np.int64), np.diff(frames.starts))
    pairs = distinct_sorted(owners * count + frames.frames)
    cum = added_up(pairs % count, values[pairs // count], count) if count else []
    return [FunctionCount(*row) for row in zip(frames.names, flat, cum, strict=True)]


def distinct_sorted(keys: Ints) -> Ints:
    """Each key once."""
    keys.sort()
    if not keys.size:
        return keys
    is_new = np.ones(len(keys), dtype=np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=is_new[1:])
    return keys[is_new]


@dataclass(frozen=True, slots=True, eq=False)
class CallTree:
    """Stacks that begin alike share their nodes. Node 0 is the root; a parent comes before its children."""

    names: tuple[str, ...]
    functions: Ints
    """For each name a function that has it, -1 where there is none."""
    parents: Ints
    """-1 for the root."""
    depths: Ints
    """0 for the root."""
    frames: Ints
    """The name of each node, a row of `names`; -1 for the root."""
    own: list[int]
    """What was counted while the node was the leaf."""
    totals: list[int]
    """Likewise, with all below it."""

    def __len__(self) -> int:
        return len(self.parents)

    def name(self, node: int) -> str:
        """The name of a node."""
        return self.names[int(self.frames[node])] if node else "root"


def call_tree(profile: Profile, index: int) -> CallTree:
    """The call tree by one of the values.

    Args:
        profile: the samples.
        index: the column of the value, see `value_choice.value_index`.
    """
    frames = Frames.of(profile)
    builder = TreeBuilder(frames)
    leaves = builder.leaves()
    parents, names = np.concatenate(builder.parents), np.concatenate(builder.names)
    own = added_up(leaves, profile.values[:, index], len(parents))
    totals = own.copy()
    upward = parents.tolist()
    for node in range(len(totals) - 1, 0, -1):
        totals[upward[node]] += totals[node]
    return CallTree(frames.names, frames.functions, parents, np.concatenate(builder.depths), names, own, totals)


class TreeBuilder:
    """Makes the nodes, level by level from the root."""

    def __init__(self, frames: Frames) -> None:
        """Begin with the root."""
        self.frames = frames
        self.parents: list[Ints] = [np.array([-1], dtype=np.int64)]
        self.depths: list[Ints] = [np.array([0], dtype=np.int64)]
        self.names: list[Ints] = [np.array([-1], dtype=np.int64)]
        self.count = 1

    def leaves(self) -> Ints:
        """The node at which each sample ends."""
        starts, frames = self.frames.starts, self.frames.frames
        width = max(1, len(self.frames.names))
        nodes = np.zeros(len(starts) - 1, dtype=np.int64)
        at = starts[1:] - 1
        rows = np.flatnonzero(at >= starts[:-1])
        depth = 0
        while rows.size > FEW:
            depth += 1
            keys, inverse = np.unique(nodes[rows] * width + frames[at[rows]], return_inverse=True)
            nodes[rows] = inverse + self.count
            self.add(keys // width, np.full(len(keys), depth, dtype=np.int64), keys % width)
            at[rows] -= 1
            rows = rows[at[rows] >= starts[rows]]
        self.one_by_one(nodes, rows, at, depth)
        return nodes

    def add(self, parents: Ints, depths: Ints, names: Ints) -> None:
        """More nodes."""
        self.parents.append(parents)
        self.depths.append(depths)
        self.names.append(names)
        self.count += len(parents)

    def one_by_one(self, nodes: Ints, rows: Ints, at: Ints, depth: int) -> None:
        """Follow the last few stacks to their leaves."""
        found: dict[tuple[int, int], int] = {}
        depths: list[int] = []
        starts = self.frames.starts
        for row in rows.tolist():
            node = int(nodes[row])
            frames = self.frames.frames[int(starts[row]) : int(at[row]) + 1][::-1].tolist()
            for level, name in enumerate(frames, depth + 1):
                key = (node, name)
                node = found.setdefault(key, self.count + len(depths))
                if node == self.count + len(depths):
                    depths.append(level)
            nodes[row] = node
        if found:
            table = np.array(list(found), dtype=np.int64)
            self.add(table[:, 0], np.array(depths, dtype=np.int64), table[:, 1])
