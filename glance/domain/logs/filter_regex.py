"""A regular expression as a tree over sets of bytes, with what its cost is reckoned from."""

from __future__ import annotations

from collections.abc import Sequence as Several
from dataclasses import dataclass

ALL_BYTES = (1 << 256) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A part of an expression."""

    first: int
    """Bytes that it can begin with, as the bits of a number."""
    least_width: int
    """Bytes that it needs."""
    most_width: int | None
    """Bytes that it can take, None for any number."""
    is_nullable: bool = False
    """It can match nothing."""
    varies: bool = False
    """It holds a repeat of no fixed number."""
    has_mark: bool = False
    """It looks at a place between bytes."""
    is_anchored: bool = False
    """It is found at the beginning only."""

    @property
    def is_fixed(self) -> bool:
        """It always takes the same number of bytes."""
        return self.least_width == self.most_width


@dataclass(frozen=True, slots=True, kw_only=True)
class Set(Node):
    """One byte out of a set."""

    @classmethod
    def of(cls, bits: int) -> Set:
        """The set with these bytes."""
        return cls(first=bits, least_width=1, most_width=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark(Node):
    """A place between bytes: begin, end, edge of a word."""

    written: bytes

    @classmethod
    def of(cls, written: bytes) -> Mark:
        """The place that this stands for."""
        is_begin = written == b"\\A"
        return cls(
            first=0, least_width=0, most_width=0, is_nullable=True, has_mark=True, is_anchored=is_begin, written=written
        )

    @property
    def is_end(self) -> bool:
        """It is found at the end only."""
        return self.written == b"\\Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sequence(Node):
    """One after the other."""

    items: tuple[Node, ...]

    @classmethod
    def of(cls, items: Several[Node]) -> Sequence:
        """These, one after the other."""
        first = 0
        for item in items:
            first |= item.first
            if not item.is_nullable:
                break
        widths = [item.most_width for item in items]
        return cls(
            first=first,
            least_width=sum(item.least_width for item in items),
            most_width=None if None in widths else sum(width or 0 for width in widths),
            is_nullable=all(item.is_nullable for item in items),
            varies=any(item.varies for item in items),
            has_mark=any(item.has_mark for item in items),
            is_anchored=bool(items) and items[0].is_anchored,
            items=tuple(items),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Node):
    """One of several."""

    branches: tuple[Node, ...]

    @classmethod
    def of(cls, branches: Several[Node]) -> Choice:
        """One of these."""
        first = 0
        for branch in branches:
            first |= branch.first
        widths = [branch.most_width for branch in branches]
        return cls(
            first=first,
            least_width=min(branch.least_width for branch in branches),
            most_width=None if None in widths else max(width or 0 for width in widths),
            is_nullable=any(branch.is_nullable for branch in branches),
            varies=any(branch.varies for branch in branches),
            has_mark=any(branch.has_mark for branch in branches),
            is_anchored=all(branch.is_anchored for branch in branches),
            branches=tuple(branches),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat(Node):
    """Something several times."""

    inner: Node
    least: int
    most: int | None
    """None for any number."""
    is_possessive: bool
    """It takes all it can, and gives nothing back."""
    at: int
    """Where in the expression it stands."""

    @classmethod
    def of(cls, inner: Node, least: int, most: int | None, *, is_possessive: bool, at: int) -> Repeat:
        """This, at least and at most so many times."""
        width = inner.most_width
        return cls(
            first=inner.first,
            least_width=inner.least_width * least,
            most_width=None if most is None or width is None else width * most,
            is_nullable=least == 0 or inner.is_nullable,
            varies=least != most or inner.varies,
            has_mark=inner.has_mark,
            inner=inner,
            least=least,
            most=most,
            is_possessive=is_possessive,
            at=at,
        )

    @property
    def is_anything(self) -> bool:
        """`.*` or `.+`."""
        return self.most is None and isinstance(self.inner, Set) and self.inner.first == ALL_BYTES
