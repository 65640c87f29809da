"""One rule for one segment: its state, what may be told of it, and the last that happened. Survives as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from glance.domain.alerts.damper import Damper
from glance.domain.alerts.event import event_from
from glance.domain.alerts.rule import AlertRule
from glance.domain.alerts.state import AlertState, Phase


class Watched:
    """How a rule stands for a segment."""

    def __init__(self, rule: AlertRule, segment: bytes = b"") -> None:
        """Nothing happened yet."""
        self.state = AlertState(rule, segment)
        self.damper = Damper(rule.repeat_seconds)

    @property
    def is_calm(self) -> bool:
        """There is nothing to remember."""
        return self.state.phase == "inactive" and not self.damper.turns

    def as_mapping(self) -> dict[str, Any]:
        """Plain values for JSON; empty when there is nothing to remember."""
        if self.is_calm:
            return {}
        state, damper = self.state, self.damper
        return {
            "since": state.since,
            "held_at": state.held_at,
            "seen_at": state.seen_at,
            "value": state.value,
            "first": state.first,
            "worst": state.worst,
            "tokens": damper.tokens,
            "at": damper.at,
            "turns": damper.turns,
            "last": damper.last,
            "owed": None if damper.owed is None else damper.owed.as_mapping(),
        }

    @classmethod
    def restored(cls, rule: AlertRule, segment: bytes, phase: str, data: Mapping[str, Any]) -> Watched:
        """As it was when it was kept.

        Raises:
            KeyError, TypeError, ValueError: the values are none of ours.
        """
        found = cls(rule, segment)
        state, damper = found.state, found.damper
        if phase not in ("inactive", "pending", "firing"):
            raise ValueError(f"no phase: {phase}")
        state.phase = cast("Phase", phase)
        if not data:
            return found
        state.since, state.held_at = float(data["since"]), float(data["held_at"])
        state.seen_at, state.first = float(data["seen_at"]), float(data["first"])
        state.worst = float(data["worst"])
        state.value = None if data["value"] is None else float(data["value"])
        damper.tokens, damper.at = float(data["tokens"]), float(data["at"])
        damper.turns, damper.last = [float(turn) for turn in data["turns"]], data["last"]
        damper.owed = None if data["owed"] is None else event_from(data["owed"])
        return found
