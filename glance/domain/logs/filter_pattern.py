"""The regular expressions of a filter: a dialect that is parsed, costed, and only then compiled.

What a client sends decides what such an expression is tried on, so an expression that could take
quadratic time or worse is either tried on a bounded beginning of the value, or refused. The cost is
reckoned on a tree of the expression (`filter_regex`), and what is run is written from that tree:
what was judged is what is executed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from glance.domain.logs.filter_mistake import Mistake
from glance.domain.logs.filter_regex import ALL_BYTES, Choice, Mark, Node, Repeat, Sequence, Set
from glance.domain.logs.filter_regex_parser import parse_regex

MOST_BYTES = 8192
"""A value is tested on this many bytes of its beginning at most."""

LEAST_BYTES = 1024
"""An expression that cannot be tried on so many bytes within `MOST_STEPS` is refused."""

MOST_STEPS = 1 << 24
"""Steps that a test of one value may take in the worst case: some tens of milliseconds."""

MOST_WAYS = 1 << 12
"""Alternatives that may have to be tried at one place."""


@dataclass(frozen=True, slots=True)
class Cost:
    """How many ways there may be to match: `ways × n ** degree` for a value of n bytes."""

    degree: int = 0
    ways: int = 1

    def then(self, other: Cost) -> Cost:
        """Both, one after the other: each way of one with each way of the other."""
        return Cost(self.degree + other.degree, min(self.ways * other.ways, MOST_WAYS + 1))


@dataclass(frozen=True, slots=True)
class Follow:
    """What can stand after a part of an expression."""

    first: int
    """Bytes that it can begin with."""
    always: bool
    """It matches whatever is there, so that nothing is tried twice."""


END = Follow(0, always=True)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled expression."""

    text: str
    most_bytes: int
    """Of a value, how much is looked at."""
    parts: tuple[tuple[int, re.Pattern[bytes]], ...] = field(compare=False)
    """Found one after the other, each at least that many bytes behind the one before."""

    def holds(self, value: bytes) -> bool:
        """Whether it is found in the value; nothing is found where the log says nothing."""
        if not value:
            return False
        value = value[: self.most_bytes]
        place = 0
        for gap, part in self.parts:
            found = part.search(value, place + gap)
            if found is None:
                return False
            place = found.end()
        return True


def compile_pattern(text: str) -> Pattern:
    """The expression, ready to be tried.

    Raises:
        Mistake: it is none, or one that could take too long.
    """
    tree = parse_regex(text)
    pieces = _pieces(tree)
    if pieces is not None:
        return Pattern(text, MOST_BYTES, tuple((gap, re.compile(_written(piece), re.S)) for gap, piece in pieces))
    return Pattern(text, _bound(tree), ((0, re.compile(_written(tree), re.S)),))


def _pieces(tree: Sequence) -> list[tuple[int, Sequence]] | None:
    """An expression cut at `.*`, where all between is of fixed length: the first place of each piece is then the best.

    None when it cannot be cut so. Each piece comes with the bytes that must lie before it.
    """
    pieces: list[tuple[int, list[Node]]] = [(0, [])]
    has_gap = False
    for item in tree.items:
        if isinstance(item, Repeat) and item.is_anything and not item.is_possessive:
            has_gap = True
            pieces.append((item.least, []))
        else:
            pieces[-1][1].append(item)
    if not has_gap or not all(item.is_fixed for _, items in pieces for item in items):
        return None
    made = [(gap, Sequence.of(items)) for gap, items in pieces]
    ways = [_cost(piece, END).ways for _, piece in made]
    return made if max(ways) * MOST_BYTES <= MOST_STEPS else None


def _bound(tree: Sequence) -> int:
    """How much of a value the expression may be tried on.

    Raises:
        Mistake: less than is useful.
    """
    cost = _cost(tree, END)
    degree = max(cost.degree, 1 if tree.most_width is None else 0) + (0 if tree.is_anchored else 1)
    bound = int((MOST_STEPS / cost.ways) ** (1 / max(1, degree)))
    if bound < LEAST_BYTES or cost.ways > MOST_WAYS:
        raise Mistake(
            "this expression could take very long: its repeats can share a text in too many ways",
            hint="begin it with ^, use [^/]* for .*, or write several terms: path~one path~two",
        )
    return min(bound, MOST_BYTES)


def _cost(node: Node, after: Follow) -> Cost:
    """In how many ways a part can match, given what comes after it."""
    if isinstance(node, (Set, Mark)):
        return Cost()
    if isinstance(node, Sequence):
        cost = Cost()
        for item in reversed(node.items):
            cost = _cost(item, after).then(cost)
            after = _before(item, after)
        return cost
    if isinstance(node, Choice):
        costs = [_cost(branch, after) for branch in node.branches]
        ways = [cost.ways for cost in costs]
        total = sum(ways) if _overlap([_before(branch, after).first for branch in node.branches]) else max(ways)
        return Cost(max(cost.degree for cost in costs), min(total, MOST_WAYS + 1))
    assert isinstance(node, Repeat), "there is no other node"
    return _repeat_cost(node, after)


def _repeat_cost(node: Repeat, after: Follow) -> Cost:
    """In how many ways a repeat can match."""
    again = Follow(after.first | node.inner.first, always=False)
    inner = _cost(node.inner, again if node.most != 1 else after)
    if node.most is None and (node.inner.varies or inner != Cost()):
        raise Mistake(
            "a repeat within a repeat can take very long" if node.inner.varies else "this repeat can take very long",
            node.at,
            "write the inner part without *, + or ?, or only one of both repeats",
        )
    most = 1 if node.most is None else node.most
    cost = Cost(inner.degree * most, min(inner.ways ** min(most, 64), MOST_WAYS + 1))
    if node.is_possessive or node.least == node.most or after.always or not node.inner.first & after.first:
        return cost
    if node.most is None:
        return cost.then(Cost(1, 1))
    return cost.then(Cost(0, node.most - node.least + 1))


def _before(node: Node, after: Follow) -> Follow:
    """What can stand where a part begins, given what comes after it."""
    if isinstance(node, Mark):
        return Follow(0, always=False) if node.is_end else Follow(after.first, always=False)
    if not node.is_nullable:
        return Follow(node.first, always=False)
    return Follow(node.first | after.first, always=after.always and not node.has_mark)


def _overlap(firsts: list[int]) -> bool:
    """Whether two of these sets have a byte in common."""
    seen = 0
    for first in firsts:
        if seen & first:
            return True
        seen |= first
    return False


def _written(node: Node) -> bytes:
    """A tree as an expression for `re`."""
    if isinstance(node, Set):
        return _written_set(node.first)
    if isinstance(node, Mark):
        return node.written
    if isinstance(node, Sequence):
        return b"".join(map(_written, node.items))
    if isinstance(node, Choice):
        return b"(?:%s)" % b"|".join(map(_written, node.branches))
    assert isinstance(node, Repeat), "there is no other node"
    inner = _written(node.inner)
    inner = inner if isinstance(node.inner, Set) else b"(?:%s)" % inner
    most = b"" if node.most is None else b"%d" % node.most
    return b"%s{%d,%s}%s" % (inner, node.least, most, b"+" if node.is_possessive else b"")


def _written_set(bits: int) -> bytes:
    """A set of bytes as an expression."""
    if bits == ALL_BYTES:
        return b"."
    members = [byte for byte in range(256) if bits >> byte & 1]
    if len(members) == 1:
        return re.escape(bytes(members))
    ranges: list[list[int]] = []
    for byte in members:
        if ranges and ranges[-1][1] == byte - 1:
            ranges[-1][1] = byte
        else:
            ranges.append([byte, byte])
    if not ranges:
        return b"(?!)"  # nothing is in the set
    return b"[%s]" % b"".join(b"\\x%02x-\\x%02x" % (first, last) for first, last in ranges)
