"""What a cumulative profile gained between two polls: never less than nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from glance.domain.profiles.merge import compact, merge
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.tables import Flags, Ints

RESTART_SHARE = 0.01
"""Of what was counted: when more of it is gone, it was not rounding, it is another process that counts."""

GAUGE_PREFIX = "inuse_"
"""Types of this prefix say how much there is now, and so are not subtracted."""


@dataclass(frozen=True, slots=True)
class Delta:
    """The gain, as a profile of the time between both polls."""

    profile: Profile
    is_restarted: bool = False
    """The target was started anew in between: the gain is what it counted since."""


def delta(later: Profile, earlier: Profile | None) -> Delta:
    """What was counted between two polls; what is a state, such as memory in use, is that of the later one.

    Args:
        later: the newer poll.
        earlier: the one before; None where there was none, and then nothing is counted but the state.

    Raises:
        ProfileError: a number does not fit into 64 bits.
    """
    if earlier is None:
        return Delta(compact(later.with_values(later.values * gauges(later))))
    if is_other_process(later, earlier):
        return Delta(restarted(later, earlier), is_restarted=True)
    counters = ~gauges(later)
    try:
        gained = merge([later, earlier.with_values(-(earlier.values * counters))])
    except ProfileError:  # they count different things: it is another program
        return Delta(restarted(later, earlier), is_restarted=True)
    lost = -np.minimum(gained.values, 0).sum(axis=0, dtype=np.float64)
    counted = np.abs(earlier.values).sum(axis=0, dtype=np.float64)
    if bool(((lost > counted * RESTART_SHARE) & counters).any()):
        return Delta(restarted(later, earlier), is_restarted=True)
    whole = compact(gained.with_values(np.maximum(gained.values, 0)))
    return Delta(between(whole, earlier.time_nanos, later.time_nanos))


def is_other_process(later: Profile, earlier: Profile) -> bool:
    """Whether their headers tell that two programs, or two settings of one, were counting."""
    if later.sample_types != earlier.sample_types or later.period_type != earlier.period_type:
        return True
    if later.period != earlier.period or 0 < later.time_nanos < earlier.time_nanos:
        return True
    builds = [each.mappings[0].build_id if each.mappings else "" for each in (later, earlier)]
    return bool(all(builds) and builds[0] != builds[1])


def restarted(later: Profile, earlier: Profile) -> Profile:
    """All that a new process counted; it began after the earlier poll."""
    return between(compact(later), earlier.time_nanos, later.time_nanos)


def between(profile: Profile, start_nanos: int, end_nanos: int) -> Profile:
    """The same, of this stretch of time."""
    return replace(profile, time_nanos=start_nanos, duration_nanos=max(0, end_nanos - start_nanos))


def gauges(profile: Profile) -> Flags:
    """Which sample types say how much there is, and not how much there was."""
    return np.array([each.type.startswith(GAUGE_PREFIX) for each in profile.sample_types], dtype=np.bool_)


def joined(kind: str, profiles: Sequence[Profile]) -> Profile:
    """Polls of one kind, oldest first, as one profile: what was counted adds up, a state is that of the newest.

    Raises:
        ProfileError: there are none, they count different things, or a sum does not fit into 64 bits.
    """
    if not profiles:
        raise ProfileError("no profiles to merge")
    if kind == "goroutine":
        return compact(profiles[-1])
    counted = [each.with_values(without_gauges(each)) for each in profiles[:-1]]
    return merge([*counted, profiles[-1]], like_pprof=False)


def without_gauges(profile: Profile) -> Ints:
    """The values with all states left out."""
    values: Ints = profile.values * ~gauges(profile)
    return values
