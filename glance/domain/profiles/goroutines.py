"""Goroutines at one moment: what each one does, since when, and who started it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

NO_LABELS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class GoFrame:
    """A call."""

    name: str
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Goroutine:
    """One of them."""

    id: int
    state: str
    """As Go says it: `running`, `IO wait`, `chan receive` …"""
    wait_minutes: int = 0
    """How long it has waited, in whole minutes; 0 where Go does not say."""
    is_locked: bool = False
    """It is locked to its thread."""
    frames: tuple[GoFrame, ...] = ()
    """The leaf first."""
    created_by: GoFrame | None = None
    """The call that started it; None for the first one."""
    creator: int = 0
    """The goroutine that started it; 0 where Go does not say."""
    labels: Mapping[str, str] = field(default_factory=lambda: NO_LABELS)
    has_more_frames: bool = False
    """Go has left some out, since there were too many."""

    @property
    def kind(self) -> tuple[object, ...]:
        """Equal for goroutines that do the same: state, stack and where they were started."""
        return (self.state, self.frames, self.created_by)


@dataclass(frozen=True, slots=True)
class GoroutineGroup:
    """Goroutines that do the same."""

    goroutines: tuple[Goroutine, ...]
    """At least one."""

    def __len__(self) -> int:
        return len(self.goroutines)

    @property
    def state(self) -> str:
        """What all of them do."""
        return self.goroutines[0].state

    @property
    def frames(self) -> tuple[GoFrame, ...]:
        """Their stack, the leaf first."""
        return self.goroutines[0].frames

    @property
    def created_by(self) -> GoFrame | None:
        """Where all of them were started."""
        return self.goroutines[0].created_by

    @property
    def longest_wait_minutes(self) -> int:
        """Of the one that has waited longest."""
        return max(each.wait_minutes for each in self.goroutines)

    @property
    def shortest_wait_minutes(self) -> int:
        """Of the one that has waited least."""
        return min(each.wait_minutes for each in self.goroutines)

    @property
    def locked(self) -> int:
        """How many are locked to a thread."""
        return sum(each.is_locked for each in self.goroutines)

    @property
    def key(self) -> tuple[object, ...]:
        """Finds the same group again in a later dump."""
        return self.goroutines[0].kind


@dataclass(frozen=True, slots=True)
class Goroutines:
    """All of them, in the order in which they were printed."""

    goroutines: tuple[Goroutine, ...]

    def __len__(self) -> int:
        return len(self.goroutines)

    def groups(self) -> tuple[GoroutineGroup, ...]:
        """Groups of those that do the same, the largest first; of equal ones that which was printed first."""
        found: dict[tuple[object, ...], list[Goroutine]] = {}
        for each in self.goroutines:
            found.setdefault(each.kind, []).append(each)
        groups = [GoroutineGroup(tuple(members)) for members in found.values()]
        return tuple(sorted(groups, key=len, reverse=True))

    def states(self) -> dict[str, int]:
        """How many are in each state, the most first."""
        found: dict[str, int] = {}
        for each in self.goroutines:
            found[each.state] = found.get(each.state, 0) + 1
        return dict(sorted(found.items(), key=lambda item: -item[1]))
