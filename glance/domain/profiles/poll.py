"""How targets that are polled for profiles are doing: frozen, plain values, for a scene."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from glance.domain.profiles.profile import Profile  # numpy: a scene is painted before it is imported

KindName = Literal["cpu", "allocs", "goroutine", "mutex", "block"]

KINDS: tuple[KindName, ...] = ("cpu", "allocs", "goroutine", "mutex", "block")
"""What is polled, in the order in which it is shown. `heap` is the same data as `allocs`."""

CUMULATIVE: frozenset[str] = frozenset(("allocs", "mutex", "block"))
"""Kinds that count since the start of the target, so that two polls make one interval."""

KindCondition = Literal["waiting", "up", "empty", "busy", "failing", "absent"]
"""`empty`: the answer holds nothing. `busy`: someone else is profiling. `absent`: the target has no such profile."""

TargetCondition = Literal["waiting", "up", "busy", "failing", "down"]
"""`failing`: it answers, and not with profiles. `down`: it cannot be reached."""


@dataclass(frozen=True, slots=True)
class Poll:
    """A profile of one stretch of time of one target."""

    target: str
    kind: KindName
    start: float
    """Epoch seconds."""
    end: float
    profile: Profile
    note: str = ""
    """What a person should know of it: that the target was started anew."""


@dataclass(frozen=True, slots=True)
class KindStatus:
    """How the polls of one kind are doing."""

    kind: KindName
    condition: KindCondition = "waiting"
    is_taking: bool = False
    """A profile is being taken right now."""
    since: float | None = None
    """Since when it is, epoch seconds."""
    asked_seconds: int = 0
    """How long it is to be taken; 0 where it is there at once."""
    at: float | None = None
    """When the last profile was taken, epoch seconds."""
    next_at: float | None = None
    """When it is polled next."""
    polls: int = 0
    """Profiles that were taken."""
    failures: int = 0
    """Polls that brought none, since the last that did."""
    size_bytes: int = 0
    """Of the last answer, as it came over the wire."""
    seconds: float = 0.0
    """That the last answer took, beyond the seconds that were asked for: what it costs the target."""
    samples: int = 0
    """In the last answer."""
    words: str = ""
    """Why there is none, or what is to be known of it."""


@dataclass(frozen=True, slots=True)
class TargetStatus:
    """How one target is doing."""

    name: str
    address: str
    """Where it is, without secrets."""
    condition: TargetCondition = "waiting"
    kinds: tuple[KindStatus, ...] = ()
    bytes_total: int = 0
    """That were fetched from it."""
    seconds_total: float = 0.0
    """That it took to answer, beyond the seconds that were asked for."""
    profiled_total: float = 0.0
    """Seconds during which a CPU profile was taken."""
    restarts: int = 0
    """How often it was started anew, as far as its profiles tell."""
    words: str = ""
    """Why it is down or failing."""

    @property
    def at(self) -> float | None:
        """When the last profile was taken, of whatever kind."""
        return max((kind.at for kind in self.kinds if kind.at is not None), default=None)
