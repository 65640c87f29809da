"""Terms joined: and, or, not."""

from __future__ import annotations

from dataclasses import dataclass

from glance.domain.logs.filter_term import Term
from glance.domain.logs.filter_view import Mask, View
from glance.domain.logs.record import LogRecord


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds. Without parts, everything does."""

    parts: tuple[Tree, ...]

    @property
    def words(self) -> str:
        """As it is written."""
        return " ".join(f"({part.words})" if isinstance(part, Some) else part.words for part in self.parts)

    def test(self, record: LogRecord) -> bool:
        """The answer for one record."""
        return all(part.test(record) for part in self.parts)

    def mask(self, view: View) -> Mask:
        """The answers for a bucket; parts are asked until nothing is left."""
        left: Mask = True
        for part in self.parts:
            found = part.mask(view)
            if isinstance(found, bool):
                if not found:
                    return False
                continue
            left = found if isinstance(left, bool) else left & found
            if not left.any():
                return False
        return left

    def outlook(self, first_ms: int, last_ms: int) -> tuple[bool, bool]:
        """Whether a record within these times can be chosen, and whether it can be left out."""
        outlooks = [part.outlook(first_ms, last_ms) for part in self.parts]
        return all(can for can, _ in outlooks), any(cannot for _, cannot in outlooks)


@dataclass(frozen=True, slots=True)
class Some:
    """At least one part holds."""

    parts: tuple[Tree, ...]

    @property
    def words(self) -> str:
        """As it is written."""
        return " | ".join(part.words for part in self.parts)

    def test(self, record: LogRecord) -> bool:
        """The answer for one record."""
        return any(part.test(record) for part in self.parts)

    def mask(self, view: View) -> Mask:
        """The answers for a bucket; parts are asked until everything is chosen."""
        chosen: Mask = False
        for part in self.parts:
            found = part.mask(view)
            if isinstance(found, bool):
                if found:
                    return True
                continue
            chosen = found if isinstance(chosen, bool) else chosen | found
        return chosen

    def outlook(self, first_ms: int, last_ms: int) -> tuple[bool, bool]:
        """Whether a record within these times can be chosen, and whether it can be left out."""
        outlooks = [part.outlook(first_ms, last_ms) for part in self.parts]
        return any(can for can, _ in outlooks), all(cannot for _, cannot in outlooks)


@dataclass(frozen=True, slots=True)
class Negation:
    """The part does not hold."""

    part: Tree

    @property
    def words(self) -> str:
        """As it is written."""
        is_joined = isinstance(self.part, (All, Some))
        return f"-({self.part.words})" if is_joined else f"-{self.part.words}"

    def test(self, record: LogRecord) -> bool:
        """The answer for one record."""
        return not self.part.test(record)

    def mask(self, view: View) -> Mask:
        """The answers for a bucket."""
        found = self.part.mask(view)
        return not found if isinstance(found, bool) else ~found

    def outlook(self, first_ms: int, last_ms: int) -> tuple[bool, bool]:
        """Whether a record within these times can be chosen, and whether it can be left out."""
        can, cannot = self.part.outlook(first_ms, last_ms)
        return cannot, can


Tree = All | Some | Negation | Term


def joined(kind: type[All | Some], parts: list[Tree]) -> Tree:
    """The parts joined, without joints in joints of the same kind."""
    flat: list[Tree] = []
    for part in parts:
        flat += part.parts if isinstance(part, kind) else [part]
    return flat[0] if len(flat) == 1 else kind(tuple(flat))


def negated(part: Tree) -> Tree:
    """Not this; twice not is not at all."""
    return part.part if isinstance(part, Negation) else Negation(part)
