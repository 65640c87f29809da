"""Read V8's `.cpuprofile`, which Chrome and Node write."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from glance.domain.profiles.json_text import json_object, list_in, number, object_in, row_in, text_in
from glance.domain.profiles.limits import LIMITS, Limits
from glance.domain.profiles.parts import ValueType
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.stack_maker import StackMaker
from glance.domain.profiles.timed import TimedSamples

ROOT = "(root)"
ANONYMOUS = "(anonymous)"
SAMPLES, WALL = ValueType("samples", "count"), ValueType("wall", "microseconds")
MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class V8Reading:
    """What was read."""

    profile: Profile
    timed: TimedSamples | None
    """None where the file has only counts."""
    damages: tuple[str, ...] = ()


def read_v8_profile(data: bytes, *, limits: Limits = LIMITS) -> V8Reading:
    """A profile of V8.

    A sample lasts until the next one, the last one until the profile ends.

    Raises:
        ProfileError: it is none.
    """
    return v8_reading(json_object(data, limits), limits)


def v8_reading(whole: dict[str, Any], limits: Limits) -> V8Reading:
    """A profile from the object that a file is.

    Raises:
        ProfileError: it is none.
    """
    nodes = nodes_of(whole)
    if not nodes:
        raise ProfileError("there is no node in it")
    samples = list_in(whole, "samples")
    if not samples:
        return V8Reading(counted(nodes, limits), None)
    return sampled(whole, nodes, samples, limits)


def nodes_of(whole: dict[str, Any]) -> dict[int, tuple[dict[str, Any], int | None]]:
    """Each node by its id, with the id of its parent: from the list, or from the tree that was written before it."""
    found: dict[int, dict[str, Any]] = {}
    parents: dict[int, int] = {}
    waiting: list[tuple[object, int | None]] = [(node, None) for node in list_in(whole, "nodes")]
    if not waiting and "head" in whole:
        waiting = [(object_in(whole, "head"), None)]
    while waiting:
        node, parent = waiting.pop()
        if not isinstance(node, dict):
            raise ProfileError("a node is no object")
        number_of = node.get("id")
        if isinstance(number_of, bool) or not isinstance(number_of, int) or number_of in found:
            raise ProfileError("a node has no id of its own")
        found[number_of] = node
        if parent is not None:
            parents[number_of] = parent
        for child in list_in(node, "children"):
            if isinstance(child, dict):
                waiting.append((child, number_of))
            elif isinstance(child, int):
                parents[child] = number_of
            else:
                raise ProfileError("a child of a node is no node")
    return {each: (node, parents.get(each, parent_in(node))) for each, node in found.items()}


def parent_in(node: dict[str, Any]) -> int | None:
    """The parent, where the node says it itself."""
    found = node.get("parent")
    return found if isinstance(found, int) and not isinstance(found, bool) else None


class NodeStacks:
    """The stack of each node."""

    def __init__(self, maker: StackMaker, nodes: dict[int, tuple[dict[str, Any], int | None]]) -> None:
        """Begin with nothing."""
        self.maker, self.nodes = maker, nodes
        self.locations: dict[int, int] = {}
        self.rows: dict[int, int] = {}

    def row(self, node: int) -> int:
        """The row of the stack of a node.

        Raises:
            ProfileError: there is no such node, or it is its own ancestor.
        """
        found = self.rows.get(node)
        if found is None:
            found = self.rows[node] = self.maker.stack(tuple(self.path(node)))
        return found

    def path(self, node: int) -> list[int]:
        """Locations from a node to the root, which is left out."""
        found: list[int] = []
        at: int | None = node
        while at is not None:
            if at not in self.nodes:
                raise ProfileError(f"there is no node {at}")
            each, parent = self.nodes[at]
            if len(found) > min(len(self.nodes), self.maker.limits.depth):
                raise ProfileError("a node is its own ancestor, or the stack is too deep")
            if parent is not None or call_of(each)[0] != ROOT:
                found.append(self.location(at, each))
            at = parent
        return found

    def location(self, number_of: int, node: dict[str, Any]) -> int:
        """The location of a node."""
        row = self.locations.get(number_of)
        if row is None:
            row = self.locations[number_of] = self.maker.frame(*call_of(node))
        return row


def call_of(node: dict[str, Any]) -> tuple[str, str, int, int]:
    """Name, file, line and column of a node; lines count from 0 in the list of nodes, and from 1 in the old tree."""
    call = object_in(node, "callFrame")
    shift = 1 if call else 0
    call = call or node
    line = call.get("lineNumber")
    has_line = isinstance(line, int) and not isinstance(line, bool) and line >= 0
    name = text_in(call, "functionName") or ANONYMOUS
    column = row_in(call, "columnNumber") + shift if has_line else 0
    return name, text_in(call, "url"), row_in(call, "lineNumber") + shift if has_line else 0, column


def counted(nodes: dict[int, tuple[dict[str, Any], int | None]], limits: Limits) -> Profile:
    """A profile of how often each node was hit, where no more is known."""
    maker = StackMaker([SAMPLES], limits)
    stacks = NodeStacks(maker, nodes)
    for each, (node, _) in nodes.items():
        hits = row_in(node, "hitCount")
        if hits:
            maker.add(stacks.row(each), hits)
    return maker.profile()


def sampled(
    whole: dict[str, Any],
    nodes: dict[int, tuple[dict[str, Any], int | None]],
    samples: list[Any],
    limits: Limits,
) -> V8Reading:
    """A profile of samples with times."""
    times, damages = times_of(whole, len(samples))
    if len(samples) > limits.fields:
        raise ProfileError(f"the profile has more than {limits.fields:,} samples")
    maker = StackMaker([SAMPLES, WALL], limits)
    stacks = NodeStacks(maker, nodes)
    rows = []
    for sample in samples:
        if isinstance(sample, bool) or not isinstance(sample, int):
            raise ProfileError("a sample is no node")
        rows.append(stacks.row(sample))
    if times is None:
        for row in rows:
            maker.add(row, 1, 0)
        return V8Reading(maker.profile(default_sample_type="samples"), None, damages)
    order = sorted(range(len(rows)), key=times.__getitem__)
    start, end = (
        round(number(whole.get("startTime", 0), "the start")),
        round(number(whole.get("endTime", 0), "the end")),
    )
    edges = [times[at] for at in order]
    edges.append(max(edges[-1], end))
    lasting = [0] * len(rows)
    for place, at in enumerate(order):
        lasting[at] = edges[place + 1] - edges[place]
        maker.add(rows[at], 1, lasting[at])
    profile = maker.profile(duration_nanos=max(0, end - start) * 1000)
    timed = TimedSamples.of(
        profile, [at / MICRO for at in times], rows, [[1] * len(rows), lasting], is_wall_clock=False
    )
    return V8Reading(profile, timed, damages)


def times_of(whole: dict[str, Any], count: int) -> tuple[list[int] | None, tuple[str, ...]]:
    """When each sample was taken, in microseconds; and what is wrong with that."""
    stamps = list_in(whole, "timestamps")
    if stamps and len(stamps) == count:
        return [round(number(each, "a time") * 1) for each in stamps], ()
    deltas = list_in(whole, "timeDeltas")
    if len(deltas) != count:
        return None, (f"it has {count:,} samples and {len(deltas):,} times: the times are left out",)
    at = round(number(whole.get("startTime", 0), "the start"))
    found = []
    for each in deltas:
        at += round(number(each, "a time"))
        found.append(at)
    return found, ()
