"""How functions changed from one profile to another, and whether that is more than chance."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from glance.domain.profiles.alignment import aligned, with_a_mapping
from glance.domain.profiles.call_tree import FunctionCount, function_counts
from glance.domain.profiles.measurement import DIMENSIONS
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.value_choice import total, value_index

DEVIATIONS = 2.0
"""A difference is more than chance from so many standard deviations on."""


@dataclass(frozen=True, slots=True)
class Change:
    """One count of a function in both profiles, the second one scaled where that was asked for."""

    before: int
    after: int
    share_before: float
    share: float
    is_significant: bool | None
    """None where nobody can tell: the values are no counts of events, and do not become some."""

    @property
    def delta(self) -> int:
        """What was added."""
        return self.after - self.before

    @property
    def growth(self) -> float:
        """What was added to its share."""
        return self.share - self.share_before

    @property
    def word(self) -> str:
        """What happened."""
        if self.is_significant is False:
            return "chance"
        if not self.before and self.after:
            return "new"
        if self.before and not self.after:
            return "gone"
        return "grew" if self.delta > 0 else "shrank" if self.delta < 0 else "same"


@dataclass(frozen=True, slots=True)
class Growth:
    """How one function changed."""

    name: str
    flat: Change
    cum: Change


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two profiles side by side."""

    type: str
    unit: str
    before: int
    """The total of the first profile."""
    after: int
    """The total of the second one, as it was."""
    ratio: float
    """What the values of the second one were multiplied by; 1 where nothing was asked for."""
    functions: tuple[Growth, ...]


def compare(before: Profile, after: Profile, wanted: str = "", *, is_normalized: bool = True) -> Comparison:
    """How each function changed.

    Args:
        before: the base.
        after: what came of it.
        wanted: the value to look at, see `value_choice.value_index`.
        is_normalized: scale the second one so that both have the same total.

    Raises:
        ProfileError: they count different things.
    """
    before, after = aligned([with_a_mapping(before), with_a_mapping(after)])
    index = value_index(before, wanted)
    totals = total(before, index), total(after, index)
    ratio = totals[0] / totals[1] if is_normalized and totals[0] and totals[1] else 1.0
    old = {each.name: each for each in function_counts(before, index)}
    new = {each.name: each for each in function_counts(after, index)}
    events = events_per_unit(before, index), events_per_unit(after, index)
    found: list[Growth] = []
    for name in old | new:
        was, now = (each.get(name, FunctionCount(name, 0, 0)) for each in (old, new))
        flat = change(was.flat, now.flat, totals, ratio, events)
        cum = change(was.cum, now.cum, totals, ratio, events)
        if flat.before or flat.after or cum.before or cum.after:
            found.append(Growth(name, flat, cum))
    type_ = before.sample_types[index]
    return Comparison(type_.type, type_.unit, *totals, ratio, tuple(found))


def change(
    before: int, after: int, totals: tuple[int, int], ratio: float, events: tuple[float | None, float | None]
) -> Change:
    """One change, and whether it is more than chance."""
    scaled = after if ratio == 1.0 else round(after * ratio)
    return Change(
        before,
        scaled,
        before / totals[0] if totals[0] else 0.0,
        after / totals[1] if totals[1] else 0.0,
        is_significant(before, after, ratio, events),
    )


def is_significant(before: int, after: int, ratio: float, events: tuple[float | None, float | None]) -> bool | None:
    """Whether a difference of two counts is at least two standard deviations from none.

    Events come by chance, so a count of n of them varies by √n: with counts a and b the difference
    counts for nothing below 2·√(a + b), where that of b is scaled as b is.
    """
    per_unit, per_unit_after = events
    if per_unit is None or per_unit_after is None or before < 0 or after < 0:
        return None
    if not per_unit or not per_unit_after:
        return False
    counts = before * per_unit, after * per_unit_after
    scale = ratio * per_unit / per_unit_after
    deviation = math.sqrt(counts[0] + scale * scale * counts[1])
    difference = abs(counts[0] - scale * counts[1])
    return deviation > 0 and difference >= DEVIATIONS * deviation


def events_per_unit(profile: Profile, index: int) -> float | None:
    """How many events one unit of a value stands for, on average.

    A sample is an event where the value has the unit of the period (CPU time, allocated bytes), and
    where a value counts things that were not sampled, each of them is one.
    """
    wanted = profile.sample_types[index]
    counted = [place for place, each in enumerate(profile.sample_types) if each.type in {"samples", "sample"}]
    values = profile.values
    if counted:
        sums = np.abs(values[:, [counted[0], index]].astype(np.float64)).sum(axis=0).tolist()
        return float(sums[0] / sums[1]) if sums[1] else 0.0
    if profile.period > 0 and has_same_unit(wanted.unit, profile.period_type.unit):
        return 1.0 / profile.period
    return 1.0 if wanted.unit == "count" and profile.period <= 1 else None


def has_same_unit(one: str, other: str) -> bool:
    """Two words for one unit."""
    return one == other or any(each.unit(one) is not None and each.unit(one) == each.unit(other) for each in DIMENSIONS)
