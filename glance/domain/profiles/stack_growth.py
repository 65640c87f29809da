"""How a stack grew over several profiles, in one word and in a sentence. The rules are those of suspects."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from glance.domain import units
from glance.domain.profiles.suspect import DEVIATIONS, GROWTH, LEAST_POLLS
from glance.domain.profiles.suspect_growth import slope_of
from glance.domain.stack_board import StackStanding

Amount = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class GrowthScale:
    """What growth is measured by."""

    amount: Amount
    """Writes a value."""
    per_unit: float | None = 1.0
    """Events that one unit stands for: a goroutine is one, of memory only some allocations are sampled."""
    least: int = 1
    """Growth below this is not suspected."""
    says_rate: bool = False
    fewer: str = "fewer"
    """`less`, of what is not counted one by one."""


@dataclass(frozen=True, slots=True)
class StackGrowth:
    """How one stack grew."""

    standing: StackStanding
    words: str
    per_minute: float | None = None


def growth_of(seconds: Sequence[float], values: Sequence[int], scale: GrowthScale, *, is_timed: bool) -> StackGrowth:
    """How a stack grew.

    Args:
        seconds: when, since the first moment; where nobody knows, the place in the row.
        values: what there was of it.
        scale: what it is measured by.
        is_timed: `seconds` are seconds.
    """
    if len(values) < 2:
        return StackGrowth("one", "one profile so far: growth is told from the second on")
    line = slope_of(seconds, values)
    per_minute = line.per_second * 60 if is_timed else None
    gained, falls = values[-1] - values[0], sum(later < earlier for earlier, later in pairwise(values))
    span = f"in {units.age(seconds[-1])}" if is_timed else f"over {len(values)} profiles"
    if gained <= 0:
        ago = f"than {units.age(seconds[-1])} ago" if is_timed else f"than {len(values)} profiles before"
        words = f"{scale.amount(-gained)} {scale.fewer} {ago}" if gained else f"no more {ago}"
        return StackGrowth("less" if gained else "same", words + went(falls, values, scale.fewer), per_minute)
    said = f"+{scale.amount(gained)} {span}"
    if scale.says_rate and per_minute is not None and per_minute > 0:
        said += f", {scale.amount(round(per_minute))} a minute"
    if not is_more(values, scale.per_unit):
        return StackGrowth("chance", f"{said}, which may be chance", per_minute)
    if len(values) < LEAST_POLLS:
        return StackGrowth("more", f"{said}; {LEAST_POLLS} profiles would tell growth from up and down", per_minute)
    if not line.is_up:
        return StackGrowth("more", f"{said}, no steady rise{went(falls, values, scale.fewer)}", per_minute)
    said += went(falls, values, scale.fewer)
    return StackGrowth("rising" if gained >= scale.least else "more", said, per_minute)


def went(falls: int, values: Sequence[int], fewer: str) -> str:
    """Whether it ever fell."""
    if len(values) < 3 or values[0] == values[-1] == max(values) == min(values):
        return ""
    times = len(values) - 1
    return f", {fewer} at {falls} of {times} steps" if falls else f", never {fewer} at {times} steps"


def is_more(values: Sequence[int], per_unit: float | None) -> bool:
    """Whether both ends differ by more than chance, where events are but sampled."""
    if per_unit is None:
        return True
    before, after = values[0] * per_unit, values[-1] * per_unit
    if per_unit >= 1.0:  # everything is counted
        return after - before >= GROWTH.least_events
    return after - before >= max(GROWTH.least_events, DEVIATIONS * math.sqrt(before + after))
