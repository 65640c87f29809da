"""What an alert says to a person, and to a script that matches its words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Literal

from glance.domain import units
from glance.domain.alerts.builtin import NO_DATA
from glance.domain.alerts.duration import span_text
from glance.domain.alerts.quantity import kind_of, shown
from glance.domain.alerts.rule import AlertRule, Comparator
from glance.domain.alerts.state import Status
from glance.domain.safe_text import safe_text

_BEYOND: dict[Comparator, str] = {
    ">": "above",
    ">=": "at or above",
    "<": "below",
    "<=": "at or below",
    "==": "equal to",
    "!=": "not",
}
MOST_SEGMENT = 80
"""Characters of a segment that a message shows."""


def words_of(rule: AlertRule) -> str:
    """The rule for a person."""
    if rule.name == NO_DATA:
        return f"logs that cannot be read for {span_text(rule.threshold)}"
    if rule.is_traffic and rule.comparator == ">":
        return f"more than {rule.threshold:g} requests/s on average over {_span(rule.window_seconds)}"
    text = f"{metric_words(rule)} {_BEYOND[rule.comparator]} {threshold_words(rule)} over {_span(rule.window_seconds)}"
    if rule.for_seconds:
        text += f" for {span_text(rule.for_seconds)}"
    if rule.after_samples:
        text += f", after {rule.after_samples:,} requests in {_span(rule.after_seconds)}"
    return text


def metric_words(rule: AlertRule) -> str:
    """What is measured."""
    metric = rule.metric
    if rule.name == NO_DATA:
        return "seconds without data"
    if metric.statistic == "ratio":
        text = f"share of {metric.property}"
    elif metric.property in ("", "*"):
        text = {"count": "requests", "rate": "request rate"}.get(metric.statistic, metric.statistic)
    else:
        text = f"{metric.statistic} of {metric.property}"
    if metric.filter:
        text += f" where {metric.filter}"
    return f"{text} by {metric.segment}" if metric.segment else text


def threshold_words(rule: AlertRule) -> str:
    """The threshold with its unit."""
    return shown(rule.threshold, kind_of(rule.metric))


def value_words(rule: AlertRule, value: float | None) -> str:
    """A value of the rule's metric with its unit."""
    if rule.name == NO_DATA:
        return units.duration(value)
    return shown(value, kind_of(rule.metric))


def unit_of(rule: AlertRule) -> str:
    """What its values are counted in, as a metric tells it."""
    return "s" if rule.name == NO_DATA else rule.metric.unit


def message_of(rule: AlertRule, segment: bytes, status: Literal[Status, "pending"], value: float, at: float) -> str:
    """The sentence of a transition; that of too much traffic is the one that scripts have matched from the first."""
    if rule.is_traffic and status != "pending":
        if status == "firing":
            return f"High traffic generated an alert - hits = {value:.2f}, triggered at {moment(at)}"
        return f"High traffic recovered - hits = {value:.2f}, recovered at {moment(at)}"
    where = f" of {safe_text(segment, MOST_SEGMENT)}" if rule.metric.segment else ""
    verb = {"firing": "triggered at", "resolved": "recovered at", "pending": "holds since"}[status]
    if rule.metric.statistic in ("count", "rate") and not value and rule.metric.property in ("", "*"):
        return f"{rule.name}{where}: no {_requests(rule)} in {span_text(rule.window_seconds)}, {verb} {moment(at)}"
    head = f"{rule.name}{where}: {metric_words(rule)} is {value_words(rule, value)}"
    return f"{head}, limit {rule.comparator} {threshold_words(rule)}, {verb} {moment(at)}"


def _requests(rule: AlertRule) -> str:
    """What is counted."""
    return f"requests where {rule.metric.filter}" if rule.metric.filter else "requests"


def file_line(rule: AlertRule, segment: bytes, status: Status, value: float, at: float) -> str:
    """The line of an alert file, in the form that fluffy writes; whole requests a second, away from the threshold."""
    if rule.is_traffic:
        number = _away(value, up=status == "firing")
        what = f"{number} requests/sec"
    else:
        where = f" of {safe_text(segment, MOST_SEGMENT)}" if rule.metric.segment else ""
        what = f"{rule.name}{where} {value_words(rule, value)}"
    if status == "firing":
        return f"Monitor on alert {what} at time {utc(at)}"
    return f"Monitor out of alert {what} at {utc(at)}"


def _away(value: float, *, up: bool) -> int:
    """The whole number that is still on the side of the threshold on which the value is."""
    whole = int(value)
    return whole + 1 if up and value > whole else whole


def moment(at: float) -> str:
    """A moment in UTC to the second, ISO 8601."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(at // 1))).strftime("%Y-%m-%dT%H:%M:%SZ")


def utc(at: float) -> str:
    """A moment as Go prints it in UTC: `2020-12-30 21:15:54.643223 +0000 UTC`."""
    found = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=round(at * 1e6))
    fraction = f".{found.microsecond:06}".rstrip("0").rstrip(".")
    return f"{found:%Y-%m-%d %H:%M:%S}{fraction} +0000 UTC"


def _span(seconds: int) -> str:
    return f"{seconds // 60} min" if seconds % 60 == 0 else f"{seconds} s"
