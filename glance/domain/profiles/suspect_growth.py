"""Suspects by memory in use over several profiles: which own function's grows, how fast, and what share of it all."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from glance.domain.profiles.measurement import label
from glance.domain.profiles.suspect import (
    DEVIATIONS,
    GAINED,
    GROWTH,
    LEAST_GROWTH_BYTES,
    LEAST_GROWTH_PART,
    LEAST_POLLS,
    Rule,
    Suspect,
)
from glance.domain.profiles.suspect_stacks import Share, Stacks, by_function, whole

Shares = Mapping[str, Share]
LIMITS = {2: 6.965, 3: 4.541, 4: 3.747, 5: 3.365, 6: 3.143}
"""Student's t that one line without a slope in a hundred exceeds, by degrees of freedom: points less two."""


@dataclass(frozen=True, slots=True)
class Slope:
    """A straight line through points, by least squares."""

    per_second: float
    error: float | None
    """Its standard error; None for two points, which say nothing about it."""

    polls: int = 2

    @property
    def is_up(self) -> bool:
        """It rises; and where so many points can tell, by more than chance."""
        if self.error is None or self.polls < LEAST_POLLS:
            return self.per_second > 0
        return self.per_second > 0 and self.per_second >= LIMITS.get(self.polls - 2, DEVIATIONS) * self.error


def slope_of(seconds: Sequence[float], values: Sequence[int]) -> Slope:
    """The line through these points."""
    count = len(seconds)
    middle, mean = sum(seconds) / count, sum(values) / count
    spread = sum((at - middle) ** 2 for at in seconds)
    if not spread:
        return Slope(0.0, None)
    slope = sum((at - middle) * (value - mean) for at, value in zip(seconds, values, strict=True)) / spread
    if count < 3:
        return Slope(slope, None)
    left = sum((value - mean - slope * (at - middle)) ** 2 for at, value in zip(seconds, values, strict=True))
    return Slope(slope, math.sqrt(left / (count - 2) / spread), count)


def growth_suspects(polls: Sequence[Stacks]) -> Iterator[Suspect]:
    """Own functions whose memory grows from poll to poll.

    Args:
        polls: memory in use at several moments, the oldest first.
    """
    if len(polls) < 2:
        return
    first, last = polls[0], polls[-1]
    grown = last.total - first.total
    if grown < LEAST_GROWTH_BYTES or grown < LEAST_GROWTH_PART * first.total:
        return
    start = first.profile.time_nanos
    seconds = [(each.profile.time_nanos - start) / 1e9 for each in polls]
    is_timed = all(earlier < later for earlier, later in pairwise(seconds))
    at = seconds if is_timed else [float(place) for place in range(len(polls))]
    by_poll = [by_function(list(whole(each))) for each in polls]
    grown = all_gained(first, last, by_poll[0], by_poll[-1])
    for share in by_poll[-1].values():
        values = [found[share.identity].value if share.identity in found else 0 for found in by_poll]
        slope = slope_of(at, values)
        gained = values[-1] - values[0]
        if gained < GROWTH.least_share * grown or not slope.is_up or not is_more(first, last, values):
            continue
        rule = GROWTH if len(polls) >= LEAST_POLLS else GAINED
        yield suspect(rule, last, share, (gained, grown), (slope.per_second if is_timed else None, seconds[-1]))


def all_gained(first: Stacks, last: Stacks, before: Shares, after: Shares) -> int:
    """What all functions that grew gained together; what others gave back is not taken from it."""
    own = sum(max(0, one.value - (before[name].value if name in before else 0)) for name, one in after.items())
    rest_before, rest_after = (
        each.total - sum(one.value for one in found.values()) for each, found in ((first, before), (last, after))
    )
    return max(1, own + max(0, rest_after - rest_before))


def is_more(first: Stacks, last: Stacks, values: Sequence[int]) -> bool:
    """Whether the sampled allocations behind both ends differ by more than chance."""
    before, after = first.events(values[0]), last.events(values[-1])
    if before is None or after is None:
        return True
    return after - before >= max(GROWTH.least_events, DEVIATIONS * math.sqrt(before + after))


def suspect(
    rule: Rule, last: Stacks, share: Share, gain: tuple[int, int], speed: tuple[float | None, float]
) -> Suspect:
    """The growth of one function as a suspect: its share is that of all growth."""
    kind = last.profile.sample_types[last.index]
    per_second, seconds = speed
    words = f"{label(round(per_second), kind.unit)} a second over {seconds:.0f} s, " if per_second is not None else ""
    return Suspect(
        rule, share.function, share.callee, *gain, kind.type, kind.unit, share.file, share.line,
        f"{words}{label(share.value, kind.unit)} in use now",
        share.request_value * 2 >= share.value,
    )  # fmt: skip
