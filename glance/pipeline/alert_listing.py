"""What is known of alerts to somebody who only looks: rules, how they stand, what they signalled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from glance.config import Settings
from glance.domain.alerts.builtin import builtin_rules, effective_rules, no_data_rule
from glance.domain.alerts.event import AlertEvent
from glance.domain.alerts.rule import AlertRule
from glance.errors import RuleError
from glance.paths import database_to_ask
from glance.store.alert_table import AlertTable, Definition, KeptState
from glance.store.outbox import OutputState

Standing = Literal["off", "broken", "firing", "pending", "calm"]

MOST_EVENTS = 100
"""Of each rule."""


@dataclass(frozen=True, slots=True)
class AlertListing:
    """Everything, as of one moment."""

    brought: tuple[AlertRule, ...]
    """The rules that glance brings along, as the settings have them."""
    off: frozenset[str] = frozenset()
    """Those of them that the settings switch off."""
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    states: Sequence[KeptState] = ()
    outputs: Sequence[OutputState] = ()
    signals: Mapping[str, tuple[AlertEvent, ...]] = field(default_factory=dict)
    """Events of each rule, newest first."""

    @property
    def rules(self) -> dict[str, AlertRule]:
        """The rules in force, by name."""
        return {rule.name: rule for rule in self._effective[0]}

    @property
    def broken(self) -> dict[str, RuleError]:
        """Definitions that cannot be used."""
        return self._effective[1]

    @property
    def _effective(self) -> tuple[tuple[AlertRule, ...], dict[str, RuleError]]:
        kept = (rule for rule in self.brought if rule.name not in self.off)
        return effective_rules(kept, ((each.name, each.text) for each in self.definitions.values()))

    @property
    def names(self) -> list[str]:
        """Every rule, in force or not: those that are brought along first."""
        brought = [rule.name for rule in self.brought]
        return [*brought, *sorted(name for name in self.definitions if name not in brought)]

    def rule(self, name: str) -> AlertRule | None:
        """The rule of that name, in force or not; None when there is none, or it cannot be read."""
        return self.rules.get(name) or next((rule for rule in self.brought if rule.name == name), None)

    def is_known(self, name: str) -> bool:
        """There is a rule of that name."""
        return name in self.names

    def is_built_in(self, name: str) -> bool:
        """It is one that glance brings along."""
        return any(rule.name == name for rule in self.brought)

    def standing(self, name: str) -> Standing:
        """How a rule stands, as far as whoever watched last knows."""
        if name in self.broken:
            return "broken"
        if name not in self.rules:
            return "off"
        phases = {state.phase for state in self.states if state.rule == name}
        return "firing" if "firing" in phases else "pending" if "pending" in phases else "calm"

    def seen_at(self, name: str) -> float | None:
        """When somebody looked at a rule that is not calm last."""
        times = [float(state.data["seen_at"]) for state in self.states if state.rule == name and state.data]
        return max(times, default=None)

    def events(self, name: str, most: int = MOST_EVENTS) -> tuple[AlertEvent, ...]:
        """What it signalled, newest first."""
        return self.signals.get(name, ())[:most]


def read_listing(settings: Settings) -> AlertListing:
    """Everything in the database of the settings; without one, the rules that glance brings along.

    Raises:
        StoreError: the database cannot be read.
    """
    brought = (*builtin_rules(settings.alert_threshold, settings.alert_window_seconds), no_data_rule())
    off = frozenset(settings.alert_off.split())
    table = AlertTable.open_to_read(database_to_ask(settings.db))
    if table is None:
        return AlertListing(brought, off)
    try:
        definitions = {each.name: each for each in table.definitions()}
        names = {*definitions, *(rule.name for rule in brought), *table.names()}
        signals = {name: table.events(name, most=MOST_EVENTS) for name in names}
        return AlertListing(brought, off, definitions, table.states(), table.outbox.outputs(), signals)
    finally:
        table.close()
