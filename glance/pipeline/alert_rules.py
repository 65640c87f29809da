"""The rules that the settings ask for, before what a person defined."""

from __future__ import annotations

from glance.config import Settings
from glance.domain.alerts.builtin import builtin_rules
from glance.domain.alerts.rule import AlertRule


def configured_rules(settings: Settings) -> tuple[AlertRule, ...]:
    """The built-in rules, those left out that the settings switch off."""
    off = frozenset(settings.alert_off.split())
    rules = builtin_rules(settings.alert_threshold, settings.alert_window_seconds)
    return tuple(rule for rule in rules if rule.name not in off)
