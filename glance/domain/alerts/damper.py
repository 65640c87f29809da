"""Keeps an alert that flaps from ringing at every turn: a bucket of tokens, and a badge.

Two turns can always be told, then one in each repeat interval; what could not be told is told
when the next token comes, if it is still news. So the last state is never left untold, and no
more than `ceil(time / repeat) + 2` turns are.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from glance.domain.alerts.event import AlertEvent
from glance.domain.alerts.state import Status

TOKENS = 2
MOST_TURNS = 21
"""Turns that are remembered, as many as Nagios looks back on."""
FLAPPING_SECONDS = 1800.0
FLAPS_FROM = 6
FLAPS_UNTIL = 3
"""It flaps from six turns in half an hour on, until there are fewer than three."""


@dataclass(slots=True)
class Damper:
    """What may be told of one alert."""

    repeat_seconds: float
    tokens: float = TOKENS
    at: float = 0.0
    """When the tokens were counted last."""
    turns: list[float] = field(default_factory=list)
    is_flapping: bool = False
    owed: AlertEvent | None = None
    """The last turn, as long as it was not told."""
    last: Status | None = None
    """What was told last."""

    def turn(self, event: AlertEvent) -> None:
        """It fired, or resolved."""
        self.turns = [*self.turns, event.at][-MOST_TURNS:]
        is_known = event.status == "resolved" and self.last != "firing"  # it came and went untold
        self.owed = None if is_known else event

    def told(self, now: float) -> AlertEvent | None:
        """What is to be told now, if anything."""
        self._look(now)
        if self.owed is None or self.tokens < 1:
            return None
        self.tokens -= 1
        found, self.owed = self.owed, None
        self.last = found.status
        return found

    def _look(self, now: float) -> None:
        """Go on to this moment."""
        passed = max(0.0, now - self.at) if self.at else 0.0
        self.at = now
        self.tokens = min(TOKENS, self.tokens + passed / max(self.repeat_seconds, 1e-9))
        recent = sum(now - FLAPPING_SECONDS < turn <= now for turn in self.turns)
        self.is_flapping = recent >= (FLAPS_UNTIL if self.is_flapping else FLAPS_FROM)
