"""A rule as text: `p99(latency) > 500ms over 5m for 1m by section where path~^/api`, read and written."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from glance.domain.alerts.clause import Clauses, Word, quoted, take_apart, unquoted
from glance.domain.alerts.duration import seconds_of, span_text
from glance.domain.alerts.quantity import Kind, kind_of, read, text_of
from glance.domain.alerts.rule import (
    COMPARATORS,
    MOST_STEPS,
    REPEAT_SECONDS,
    SEVERITIES,
    AlertRule,
    Comparator,
    Severity,
    step_of,
)
from glance.domain.logs.filter import parse_filter
from glance.domain.metrics.metric import (
    SAME_PROPERTIES,
    SAME_SEGMENTS,
    SEGMENTS,
    STATISTICS,
    Metric,
    wanted_properties,
)
from glance.errors import FilterError, RuleError

T = TypeVar("T")

MOST_CHARACTERS = 2000
MOST_NAME = 64
LONGEST_WINDOW = 7 * 86_400
SWITCHES = {"on": True, "true": True, "yes": True, "off": False, "false": False, "no": False}
LEAST_STEPS = 10
"""Steps that a long window is cut into at least, so that it moves on smoothly."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def parse_rule(name: str, text: str) -> AlertRule:
    """Read a rule.

    Raises:
        RuleError: it cannot be understood; the message marks the place.
    """
    return _Reader(text.strip()).rule(checked_name(name))


def checked_name(name: str) -> str:
    """A name that can be typed in every shell.

    Raises:
        RuleError: it is none.
    """
    if not _NAME.fullmatch(name) or len(name) > MOST_NAME:
        raise RuleError("a name has letters, digits, - _ and . only", "for example: slow-api", text=name, at=0)
    return name


def rule_text(rule: AlertRule) -> str:
    """The normal form: reads back as the same rule."""
    metric = rule.metric
    kind = kind_of(metric)
    property_ = "" if metric.property in ("", "*") else f"({metric.property})"
    parts = [f"{metric.statistic}{property_} {rule.comparator} {text_of(rule.threshold, kind)}"]
    parts.append(f"over {span_text(rule.window_seconds)}")
    if rule.after_samples:
        parts.append(f"after {rule.after_samples} in {span_text(rule.after_seconds)}")
    if rule.for_seconds:
        parts.append(f"for {span_text(rule.for_seconds)}")
    if rule.keep_firing_seconds:
        parts.append(f"keep {span_text(rule.keep_firing_seconds)}")
    if rule.clear_threshold is not None:
        parts.append(f"clear {text_of(rule.clear_threshold, kind)}")
    if rule.min_samples:
        parts.append(f"min {rule.min_samples}")
    if rule.severity != "warning":
        parts.append(f"severity {rule.severity}")
    if rule.repeat_seconds != REPEAT_SECONDS:
        parts.append(f"repeat {span_text(rule.repeat_seconds)}")
    if rule.takes_snapshot:
        parts.append("snapshot on")
    parts += [f"group {quoted(group)}" for group in metric.groups]
    parts += [f"source {quoted(source)}" for source in metric.sources]
    if metric.segment:
        parts.append(f"by {metric.segment}")
    if metric.filter:
        parts.append(f"where {metric.filter}")
    return " ".join(parts)


class _Reader:
    """Reads one rule."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._given: dict[str, list[Word]] = {}

    def rule(self, name: str) -> AlertRule:
        """The rule."""
        if len(self._text) > MOST_CHARACTERS:
            raise self._error("the rule is too long", f"at most {MOST_CHARACTERS} characters", MOST_CHARACTERS)
        parts = take_apart(self._text)
        self._collect(parts)
        statistic, property_ = self._statistic(parts.metric)
        window = self._window()
        metric = Metric(
            id=name,
            statistic=statistic,
            property=property_,
            period_seconds=window,
            filter=self._filter("where"),
            segment=self._segment(),
            sources=tuple(unquoted(word) for word in self._given.get("source", ())),
            groups=tuple(unquoted(word) for word in self._given.get("group", ())),
        )
        return self._limits(name, metric, parts, window)

    def _limits(self, name: str, metric: Metric, parts: Clauses, window: int) -> AlertRule:
        kind = kind_of(metric)
        after_samples, after_seconds = self._after()
        rule = AlertRule(
            name=name,
            metric=metric,
            threshold=self._value(parts.value, kind),
            comparator=self._comparator(parts.comparator),
            window_seconds=window,
            clear_threshold=self._clear(kind),
            for_seconds=self._read("for", self._seconds, 0.0),
            keep_firing_seconds=self._read("keep", self._seconds, 0.0),
            min_samples=self._read("min", self._whole, 0),
            after_samples=after_samples,
            after_seconds=after_seconds,
            severity=self._read("severity", self._severity, "warning"),
            repeat_seconds=self._read("repeat", self._seconds, REPEAT_SECONDS),
            takes_snapshot=self._read("snapshot", self._switch, False),
        )
        self._check(rule)
        return rule

    def _collect(self, parts: Clauses) -> None:
        for keyword, content in parts.rest:
            if keyword.text in self._given and keyword.text not in ("group", "source"):
                raise self._error(f"`{keyword.text}` stands twice", "leave one of them out", keyword.at)
            self._given.setdefault(keyword.text, []).append(content)

    def _statistic(self, metric: Word) -> tuple[str, str]:
        """Statistic and property."""
        statistic, _, inner = metric.text.partition("(")
        statistic, at = statistic.strip(), metric.at + len(statistic) + 1
        if statistic not in STATISTICS:
            raise self._error(f"unknown statistic {statistic!r}", f"one of {', '.join(STATISTICS)}", metric.at)
        inner = inner.removesuffix(")")
        at += len(inner) - len(inner.lstrip())
        inner = inner.strip()
        if statistic == "ratio":
            if not inner:
                raise self._error("a ratio needs a condition", "for example: ratio(status>=500)", metric.at)
            return statistic, self._checked_filter(inner, at)
        if not inner and statistic not in ("count", "rate"):
            raise self._error(f"{statistic} of what?", f"for example: {statistic}(latency)", metric.at)
        found, wanted = SAME_PROPERTIES.get(inner, inner), wanted_properties(statistic)
        if found not in wanted:
            hint = f"{statistic} can be of {', '.join(wanted)}"
            raise self._error(f"there is no {statistic} of {inner!r}", hint, at)
        return statistic, found

    def _comparator(self, word: Word) -> Comparator:
        if word.text not in COMPARATORS:
            raise self._error("a single = compares nothing", "write == for equal", word.at)
        return word.text

    def _value(self, word: Word, kind: Kind) -> float:
        try:
            return read(word.text, kind)
        except ValueError as error:
            raise self._error(str(error), "", word.at) from error

    def _window(self) -> int:
        words = self._given.get("over")
        if not words:
            raise self._error("over which time?", "for example: over 5m", len(self._text))
        seconds = self._seconds(words[0])
        if seconds != int(seconds) or not 1 <= seconds <= LONGEST_WINDOW:
            raise self._error("a window has whole seconds, from 1 s to 7 d", "for example: over 5m", words[0].at)
        return int(seconds)

    def _after(self) -> tuple[int, int]:
        """`after 60 in 1h`: records, and the seconds before the window."""
        words = self._given.get("after")
        if not words:
            return 0, 0
        found = re.fullmatch(r"(\d+)\s+in\s+(\S+)", words[0].text)
        if found is None:
            raise self._error("expected a number of records and a time", "for example: after 60 in 1h", words[0].at)
        seconds = self._seconds(Word(found[2], words[0].at + found.start(2)))
        if seconds != int(seconds) or not 1 <= seconds <= LONGEST_WINDOW:
            raise self._error(
                "this time has whole seconds, from 1 s to 7 d", "for example: after 60 in 1h", words[0].at
            )
        return int(found[1]), int(seconds)

    def _clear(self, kind: Kind) -> float | None:
        words = self._given.get("clear")
        return self._value(words[0], kind) if words else None

    def _segment(self) -> str:
        words = self._given.get("by")
        if not words:
            return ""
        found = SAME_SEGMENTS.get(words[0].text, words[0].text)
        if found not in SEGMENTS:
            raise self._error(f"unknown segment {words[0].text!r}", f"one of {', '.join(SEGMENTS)}", words[0].at)
        return found

    def _filter(self, keyword: str) -> str:
        words = self._given.get(keyword)
        return self._checked_filter(words[0].text, words[0].at) if words else ""

    def _checked_filter(self, text: str, at: int) -> str:
        try:
            return parse_filter(text).text
        except FilterError as error:
            raise self._error(error.reason, error.hint, at + error.at) from error

    def _read(self, keyword: str, parse: Callable[[Word], T], default: T) -> T:
        words = self._given.get(keyword)
        return parse(words[0]) if words else default

    def _seconds(self, word: Word) -> float:
        try:
            return seconds_of(word.text)
        except ValueError as error:
            raise self._error(str(error), "for example 90s, 5m or 1h30m", word.at) from error

    def _whole(self, word: Word) -> int:
        if not word.text.isascii() or not word.text.isdigit():
            raise self._error(f"expected a whole number, not {word.text!r}", "", word.at)
        return int(word.text)

    def _switch(self, word: Word) -> bool:
        if word.text not in SWITCHES:
            raise self._error(f"expected on or off, not {word.text!r}", "", word.at)
        return SWITCHES[word.text]

    def _severity(self, word: Word) -> Severity:
        if word.text not in SEVERITIES:
            raise self._error(f"unknown severity {word.text!r}", f"one of {', '.join(SEVERITIES)}", word.at)
        return word.text

    def _check(self, rule: AlertRule) -> None:
        """What makes no sense together."""
        clear = rule.clear_threshold
        if clear is not None and (rule.comparator in ("==", "!=") or (rule.holds(clear) and clear != rule.threshold)):
            hint = f"to recover from {rule.comparator} it must lie on the other side of the threshold"
            raise self._error("it would recover while it still fires", hint, self._given["clear"][0].at)
        steps = rule.window_seconds / step_of(rule)
        if rule.window_seconds > MOST_STEPS and steps < LEAST_STEPS:
            raise self._error(
                "this window cannot be cut into equal steps", "choose a rounder one", self._given["over"][0].at
            )

    def _error(self, why: str, hint: str, at: int) -> RuleError:
        return RuleError(why, hint, text=self._text, at=at)
