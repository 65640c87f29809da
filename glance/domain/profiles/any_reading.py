"""What was read of a profile of whatever format."""

from __future__ import annotations

from dataclasses import dataclass

from glance.domain.profiles.goroutines import Goroutines
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.proto import Reading
from glance.domain.profiles.timed import TimedSamples


@dataclass(frozen=True, slots=True)
class NamedProfile:
    """One of several profiles of a file."""

    name: str
    profile: Profile


@dataclass(frozen=True, slots=True)
class AnyReading(Reading):
    """A profile, what was wrong with it, and what its format knows beside that."""

    format: str = "pprof"
    """In words for users: `pprof`, `folded stacks` …"""
    timed: TimedSamples | None = None
    """The samples with their times, where the format has them."""
    goroutines: Goroutines | None = None
    """Each goroutine with state and wait, where the format has them."""
    profiles: tuple[NamedProfile, ...] = ()
    """All profiles of a file that has several; `profile` is the one that is shown first."""
