"""The state of one rule for one segment: inactive, pending, firing, resolved. Time comes in as an argument."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from glance.domain.alerts.rule import AlertRule

Phase = Literal["inactive", "pending", "firing"]
Status = Literal["firing", "resolved"]

TOLERANCE_SECONDS = 3600.0
"""A pending alert that nobody looked at for longer begins to wait anew; a shorter pause counts as waiting."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a rule's metric says of the window that ends now."""

    value: float | None
    """None where nothing is known: no records of which it could be told, or a log that cannot be read."""
    samples: int = 0
    is_whole: bool = True
    """All of the window was read; otherwise nothing recovers, and too little means nothing."""
    is_expected: bool = True
    """The time before the window is as the rule wants it."""


UNKNOWN = Reading(None)


@dataclass(frozen=True, slots=True)
class Transition:
    """An alert fires, or resolves."""

    rule: str
    segment: bytes
    status: Status
    started_at: float
    """When it began to fire: the same for both transitions."""
    at: float
    value: float
    worst: float
    """The value furthest from calm while it fired."""
    samples: int = 0

    @property
    def key(self) -> str:
        """The name of this transition: whoever is told of it twice knows that it is the same."""
        segment = self.segment.decode("utf-8", "backslashreplace")
        return f"{self.rule}|{segment}|{self.started_at:.3f}|{self.status}"


@dataclass(slots=True)
class AlertState:
    """How one rule stands for one segment."""

    rule: AlertRule
    segment: bytes = b""
    phase: Phase = "inactive"
    since: float = 0.0
    """When the phase began."""
    held_at: float = 0.0
    """When it did not clear last."""
    seen_at: float = 0.0
    """When its value was known last."""
    value: float | None = None
    """The value known last."""
    first: float = 0.0
    """The value with which it fired."""
    worst: float = 0.0

    def evaluate(self, now: float, reading: Reading) -> Transition | None:
        """Go on to this moment; what is not known changes nothing."""
        value = reading.value
        if value is None or math.isnan(value):
            return None
        pause, self.seen_at, self.value = now - self.seen_at, now, value
        if self.phase == "firing":
            return self._go_on(now, value, reading)
        self.since = min(self.since, now)  # the clock may have been set back
        if not self._begins(value, reading):
            self.phase = "inactive"
            return None
        if self.phase == "inactive" or pause > TOLERANCE_SECONDS:
            self.phase, self.since = "pending", now
        if now - self.since < self.rule.for_seconds:
            return None
        return self._fire(now, value, reading)

    def close(self, now: float) -> Transition | None:
        """The rule is gone: nobody is left with an alert that nothing will ever resolve."""
        if self.phase != "firing":
            return None
        return self._resolve(now, self.first if self.value is None else self.value, 0)

    def _begins(self, value: float, reading: Reading) -> bool:
        """The condition holds, and enough is known to say so."""
        return (
            self.rule.holds(value)
            and reading.samples >= self.rule.min_samples
            and reading.is_expected
            and (reading.is_whole or not self.rule.needs_all)
        )

    def _fire(self, now: float, value: float, reading: Reading) -> Transition:
        self.phase, self.since, self.held_at = "firing", now, now
        self.first = self.worst = value
        return Transition(self.rule.name, self.segment, "firing", now, now, value, value, reading.samples)

    def _go_on(self, now: float, value: float, reading: Reading) -> Transition | None:
        self.worst = self.rule.worse(self.worst, value)
        self.held_at = min(self.held_at, now)
        if not self.rule.clears(value):
            self.held_at = now
            return None
        if not reading.is_whole or now - self.held_at < self.rule.keep_firing_seconds:
            return None
        return self._resolve(now, value, reading.samples)

    def _resolve(self, now: float, value: float, samples: int) -> Transition:
        started, self.phase, self.since = self.since, "inactive", now
        return Transition(self.rule.name, self.segment, "resolved", started, now, value, self.worst, samples)
