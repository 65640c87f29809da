"""The rules that need no configuration. All but the first are calm: they fire on what is hardly ever meant."""

from __future__ import annotations

from collections.abc import Iterable

from glance.domain.alerts.duration import plain, span_text
from glance.domain.alerts.rule import AlertRule
from glance.domain.alerts.rule_text import parse_rule
from glance.domain.metrics.metric import Metric
from glance.errors import RuleError

TRAFFIC = "traffic"
NO_DATA = "no-data"

CALM = {
    "server-errors": "ratio(status>=500) > 5% over 5m for 1m keep 2m min 50 severity critical snapshot on",
    "slow-responses": "p99(latency) > 3s over 5m for 2m keep 2m clear 2s min 200 snapshot on",
    "silence": "count <= 0 over 5m after 600 in 30m severity critical snapshot on",
    "client-burst": "rate > 50 over 1m for 30s keep 2m snapshot on by client",
}
"""Rules by name: many answers of 5xx, slow ones, nothing at all after steady traffic, one client that storms."""

STALE_SECONDS = 300
"""How long logs may be unreadable before that is an alert of its own."""


def traffic_rule(threshold: float = 10.0, window_seconds: float = 120.0) -> AlertRule:
    """More requests a second than this on average over the whole window."""
    return parse_rule(TRAFFIC, f"rate > {plain(threshold)} over {span_text(max(1, round(window_seconds)))} snapshot on")


def builtin_rules(threshold: float = 10.0, window_seconds: float = 120.0) -> tuple[AlertRule, ...]:
    """Every rule that is there from the beginning, but for `no_data_rule`."""
    calm = (parse_rule(name, text) for name, text in CALM.items())
    return (traffic_rule(threshold, window_seconds), *calm)


def effective_rules(
    base: Iterable[AlertRule], definitions: Iterable[tuple[str, str | None]]
) -> tuple[tuple[AlertRule, ...], dict[str, RuleError]]:
    """The rules in force: those of the beginning, changed or switched off by what a person defined.

    Args:
        base: built-in rules.
        definitions: name and text; None switches a rule off.

    Returns:
        The rules, and why some definitions cannot be used, by name.
    """
    rules = {rule.name: rule for rule in base}
    broken: dict[str, RuleError] = {}
    for name, text in definitions:
        if text is None:
            rules.pop(name, None)
            continue
        try:
            rules[name] = parse_rule(name, text)
        except RuleError as error:
            broken[name] = error
    return tuple(rules.values()), broken


def no_data_rule() -> AlertRule:
    """Logs that cannot be read: its value is how many seconds that has been so."""
    metric = Metric(id=NO_DATA, statistic="max", property="staleness", period_seconds=1, filter="", segment="")
    return AlertRule(NO_DATA, metric, STALE_SECONDS, ">=", window_seconds=1, severity="critical")
