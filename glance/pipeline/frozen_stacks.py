"""The stacks of a snapshot: goroutines and memory of each program, as far as profiles of it tell of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from glance.domain.profiles.profile import Profile
from glance.domain.snapshot import ProfilePart

STATES, COUNTS = "goroutines", "goroutine"
"""Both are of the same goroutines; the first tells what each of them does."""
OLD = "polled"


@dataclass(frozen=True, slots=True)
class FrozenStack:
    """A profile, and when it was taken."""

    at: float
    profile: Profile


Frozen = Mapping[str, Sequence[FrozenStack]]
"""Of each program, the oldest first."""


def stacks_of(profiles: Sequence[tuple[ProfilePart, Profile]]) -> Frozen:
    """The profiles by their programs; where goroutines tell what they do, those that do not are left out.

    Args:
        profiles: what is said of each, and it.
    """
    with_states = {part.target for part, _ in profiles if part.kind == STATES}
    found: dict[str, list[FrozenStack]] = {part.target: [] for part, _ in profiles}
    for part, profile in sorted(profiles, key=lambda one: (one[0].end, one[0].origin != OLD, one[0].kind == STATES)):
        if part.kind == COUNTS and part.origin != OLD and part.target in with_states:
            continue
        found[part.target].append(FrozenStack(part.end, profile))
    return found
