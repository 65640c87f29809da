"""Rules as text: every clause, the normal form, and a mark under every mistake."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glance.domain.alerts.builtin import builtin_rules, effective_rules
from glance.domain.alerts.rule import MOST_STEPS, AlertRule, step_of
from glance.domain.alerts.rule_text import parse_rule, rule_text
from glance.errors import RuleError


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("rate>10 over 120s", "rate > 10 over 2m"),
        ("rate > 600/m over 2m", "rate > 10 over 2m"),
        (
            "p99(latency) > 500ms over 5m for 1m where path~^/api by section",
            "p99(latency) > 500ms over 5m for 1m by section where path~^/api",
        ),
        ("p99( latency ) > 0.5 over 90s", "p99(latency) > 500ms over 90s"),
        ("ratio(status>=500) > 0.05 over 5m", "ratio(status>=500) > 5% over 5m"),
        ("ratio(status>=500) > 12.5% over 5m min 20 severity critical", None),
        ("count <= 0 over 5m after 600 in 30m", None),
        ("count > 5 over 5m snapshot true by client", "count > 5 over 5m snapshot on by client"),
        ("count > 5 over 5m snapshot off", "count > 5 over 5m"),
        ("sum(bytes) > 10mb over 1h keep 5m clear 8mb", None),
        ("rate > 1 over 1m repeat 1h group shop source /var/log/a.log source /var/log/b.log", None),
        ('rate > 1 over 1m source "/var/log/with space.log"', None),
        ("distinct(client) > 1000 over 1d", None),
    ],
)
def test_a_rule_has_a_normal_form_that_reads_back(text: str, normal: str | None) -> None:
    rule = parse_rule("test", text)

    assert rule_text(rule) == (normal or text)
    assert parse_rule("test", rule_text(rule)) == rule


def test_built_in_rules_read_back() -> None:
    for rule in builtin_rules(16.15, 90):
        assert parse_rule(rule.name, rule_text(rule)) == rule


MISTAKES = [
    ("", 0, "begins with a metric"),
    ("speed > 1 over 2m", 0, "unknown statistic 'speed'"),
    ("rate", 4, "expected a comparison"),
    ("rate > over 2m", 7, "expected a value"),
    ("rate > ten over 2m", 7, "expected a number"),
    ("rate = 10 over 2m", 5, "single = compares nothing"),
    ("rate > 10", 9, "over which time"),
    ("rate > 10 over 0s", 15, "whole seconds"),
    ("rate > 10 over 2m over 3m", 18, "stands twice"),
    ("rate > 10 over 2m perhaps", 15, "no length of time"),
    ("rate > 10 often", 10, "unknown word 'often'"),
    ("rate > 10 over 2m by moon", 21, "unknown segment"),
    ("rate > 10 over 2m clear 12", 24, "would recover while it still fires"),
    ("rate < 10 over 2m clear 8", 24, "would recover while it still fires"),
    ("p99 > 1s over 5m", 0, "p99 of what"),
    ("p99(latency) > 5mb over 5m", 15, "unknown unit 'mb'"),
    ("p99(path) > 1s over 5m", 4, "no p99 of 'path'"),
    ("p99(latency > 1s over 5m", 3, "never closed"),
    ("ratio > 5% over 5m", 0, "needs a condition"),
    ("rate > 1 over 2m where status>=5x0", 31, ""),
    ("ratio(status>=5x0) > 5% over 5m", 14, ""),
    ("rate > 1 over 3607s", 14, "equal steps"),
    ("rate > 1 over 2m after 60", 23, "a number of records and a time"),
    ("rate > 1 over 2m min many", 21, "whole number"),
    ("rate > 1 over 2m severity dire", 26, "unknown severity"),
    ('rate > 1 over 2m where path:"a', 28, "never ended"),
]


@pytest.mark.parametrize(("text", "at", "why"), MISTAKES, ids=[text for text, _, _ in MISTAKES])
def test_a_mistake_is_marked_where_it_is(text: str, at: int, why: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_rule("test", text)

    assert why in caught.value.reason
    assert caught.value.at == at
    assert caught.value.why.splitlines()[-1] == " " * at + "^"


@pytest.mark.parametrize("name", ["", "-x", "a b", "a/b", "é", "x" * 65, "\x1b"])
def test_a_name_can_be_typed(name: str) -> None:
    with pytest.raises(RuleError):
        parse_rule(name, "rate > 1 over 1m")


@given(
    st.sampled_from(["rate", "count", "p99(latency)", "ratio(status>=500)", "sum(bytes)"]),
    st.sampled_from([">", ">=", "<", "<="]),
    st.floats(0, 1e9, allow_nan=False).map(lambda value: float(f"{value:.6g}")),
    st.integers(1, 3600),
    st.integers(0, 7200),
)
def test_every_threshold_and_time_reads_back(metric: str, sign: str, threshold: float, window: int, wait: int) -> None:
    text = f"{metric} {sign} {threshold:.6f} over {window}s for {wait}s"
    try:
        rule = parse_rule("test", text)
    except RuleError:  # a window that cannot be cut into equal steps
        return

    assert parse_rule("test", rule_text(rule)) == rule
    assert rule.window_seconds % step_of(rule) == 0
    assert rule.window_seconds / step_of(rule) <= MOST_STEPS


def test_a_rule_that_cannot_be_read_leaves_the_others() -> None:
    """F64: what a newer glance wrote, or a hand."""
    rules, broken = effective_rules(
        builtin_rules(),
        [("silence", None), ("traffic", "rate > 99 over 1m"), ("mine", "count > 1 over 1m"), ("odd", "?")],
    )

    assert {rule.name for rule in rules} == {"traffic", "server-errors", "slow-responses", "client-burst", "mine"}
    assert next(rule for rule in rules if rule.name == "traffic").threshold == 99
    assert set(broken) == {"odd"}


@pytest.mark.parametrize(("rule", "step"), [("rate > 1 over 2m", 1), ("rate > 1 over 6m", 1), ("rate > 1 over 1h", 10)])
def test_steps_are_fine_in_short_windows(rule: str, step: int) -> None:
    found: AlertRule = parse_rule("test", rule)

    assert step_of(found) == step


def test_a_rule_takes_a_snapshot_where_it_says_so_and_those_from_the_beginning_do() -> None:
    assert all(rule.takes_snapshot for rule in builtin_rules())
    assert not parse_rule("test", "rate > 10 over 2m").takes_snapshot
    with pytest.raises(RuleError) as error:
        parse_rule("test", "rate > 10 over 2m snapshot maybe")
    assert "expected on or off, not 'maybe'" in error.value.why
