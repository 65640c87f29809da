"""What is watched, and when it is too much."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from glance.domain.metrics.metric import Metric  # numpy behind it: a first picture does without

Comparator = Literal[">", ">=", "<", "<=", "==", "!="]
Severity = Literal["info", "warning", "critical"]

COMPARATORS: tuple[Comparator, ...] = (">", ">=", "<", "<=", "==", "!=")
SEVERITIES: tuple[Severity, ...] = ("info", "warning", "critical")

REPEAT_SECONDS = 300.0
"""Somebody who is told of one alert again and again is told once in this time, after the first two."""

_HOLDS: dict[Comparator, Callable[[Any, float], Any]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
}


@dataclass(frozen=True, slots=True)
class AlertRule:
    """Fires while the metric's value over the window that ends now compares with the threshold."""

    name: str
    metric: Metric
    threshold: float
    comparator: Comparator = ">"
    window_seconds: int = 300
    clear_threshold: float | None = None
    """The value beyond which it recovers, where that is not the threshold."""
    for_seconds: float = 0.0
    """How long the condition must hold before it fires."""
    keep_firing_seconds: float = 0.0
    """How long it goes on firing after the condition held last."""
    min_samples: int = 0
    """Records that the window must have before it fires."""
    after_samples: int = 0
    """Records that the time before the window must have before it fires, for a silence is one only after traffic."""
    after_seconds: int = 0
    severity: Severity = "warning"
    repeat_seconds: float = REPEAT_SECONDS
    takes_snapshot: bool = False
    """A snapshot is taken when it begins to fire."""

    def holds(self, value: float) -> bool:
        """The condition, on a value that was not rounded."""
        return bool(_HOLDS[self.comparator](value, self.threshold))

    def hold(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """The condition, on many values at once."""
        found: NDArray[np.bool_] = _HOLDS[self.comparator](values, self.threshold)
        return found

    def clears(self, value: float) -> bool:
        """It recovers at this value: strictly below what it must be above, and the other way round.

        At the threshold itself the state stays as it is. Where nothing can be below, as with
        more than 0 errors, the threshold itself recovers.
        """
        if self.comparator in ("==", "!="):
            return not self.holds(value)
        edge = self.threshold if self.clear_threshold is None else self.clear_threshold
        if self.is_low:
            return value > edge
        return value < edge or (value == edge == 0 and self.comparator == ">")

    @property
    def is_low(self) -> bool:
        """It fires on too little, so that a log of which nothing is known looks like trouble."""
        return self.comparator in ("<", "<=")

    @property
    def needs_all(self) -> bool:
        """It can fire only where all of the window is known: more records could make the condition false."""
        return self.comparator in ("<", "<=", "==", "!=")

    @property
    def is_traffic(self) -> bool:
        """It watches the rate of all requests, as the first rule of all did; it says so in the words of that."""
        return (
            self.metric.statistic == "rate"
            and not self.metric.filter
            and not self.metric.segment
            and self.comparator in (">", ">=")
        )

    @property
    def span_seconds(self) -> int:
        """How far back its answer looks."""
        return self.window_seconds + self.after_seconds

    def is_expected(self, before: int) -> bool:
        """The time before the window had as many records as the rule asks for."""
        return before >= self.after_samples

    def worse(self, one: float, other: float) -> float:
        """Of two values the one further from calm."""
        return min(one, other) if self.is_low else max(one, other)


MOST_STEPS = 360
"""Steps of the longest window: what is summed up at every look."""


def step_of(rule: AlertRule) -> int:
    """Seconds of one step of the rule's tally: whole seconds in short windows, coarser in long ones."""
    longest = max(rule.window_seconds, rule.after_seconds)
    least = math.ceil(longest / MOST_STEPS)
    whole = math.gcd(rule.window_seconds, rule.after_seconds)
    return next((step for step in range(least, whole) if whole % step == 0), whole)
