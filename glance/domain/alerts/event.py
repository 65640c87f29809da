"""A transition with all that is kept of it, and what is sent of it to whoever wants to know."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from glance.domain.alerts.evidence import NO_EVIDENCE, Evidence
from glance.domain.alerts.rule import AlertRule, Severity
from glance.domain.alerts.rule_text import rule_text
from glance.domain.alerts.state import Status, Transition
from glance.domain.alerts.wording import file_line, message_of, unit_of, value_words, words_of


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """An alert fired, or resolved."""

    rule: str
    segment: bytes
    status: Status
    started_at: float
    at: float
    value: float
    worst: float
    threshold: float
    severity: Severity
    samples: int
    text: str
    """The rule's normal form at that time."""
    words: str
    """The rule for a person."""
    message: str
    line: str
    """What an alert file says of it."""
    value_words: str
    worst_words: str
    unit: str = ""
    """Of the values: `s`, `bytes`, `share`, `/s`, or empty for plain numbers."""
    is_flapping: bool = False
    evidence: Evidence = NO_EVIDENCE

    @property
    def key(self) -> str:
        """The name of this transition, the same however often it is sent."""
        return self._transition.key

    @property
    def fingerprint(self) -> str:
        """The name of the alert: the same for all its transitions."""
        return f"{self.rule}|{_text(self.segment)}" if self.segment else self.rule

    @property
    def _transition(self) -> Transition:
        return Transition(self.rule, self.segment, self.status, self.started_at, self.at, self.value, self.worst)

    def as_mapping(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "key": self.key,
            "fingerprint": self.fingerprint,
            "rule": self.rule,
            "status": self.status,
            "severity": self.severity,
            "segment": _text(self.segment),
            "started_at": self.started_at,
            "at": self.at,
            "value": self.value,
            "worst": self.worst,
            "threshold": self.threshold,
            "samples": self.samples,
            "value_words": self.value_words,
            "worst_words": self.worst_words,
            "unit": self.unit,
            "condition": self.text,
            "words": self.words,
            "message": self.message,
            "line": self.line,
            "is_flapping": self.is_flapping,
            "paths": [{"path": _text(path), "hits": hits} for path, hits in self.evidence.paths],
            "lines": [_text(line) for line in self.evidence.lines],
        }

    def as_json(self) -> str:
        """One line of ASCII."""
        return json.dumps(self.as_mapping(), ensure_ascii=True, allow_nan=False)


def event_of(rule: AlertRule, turn: Transition, evidence: Evidence = NO_EVIDENCE, *, is_flapping: bool) -> AlertEvent:
    """The event of a transition."""
    told = (rule, turn.segment, turn.status, turn.value, turn.at)
    return AlertEvent(
        rule=rule.name,
        segment=turn.segment,
        status=turn.status,
        started_at=turn.started_at,
        at=turn.at,
        value=turn.value,
        worst=turn.worst,
        threshold=rule.threshold,
        severity=rule.severity,
        samples=turn.samples,
        text=rule_text(rule),
        words=words_of(rule),
        message=message_of(*told),
        line=file_line(*told),
        value_words=value_words(rule, turn.value),
        worst_words=value_words(rule, turn.worst),
        unit=unit_of(rule),
        is_flapping=is_flapping,
        evidence=evidence,
    )


def event_from(mapping: Mapping[str, Any]) -> AlertEvent:
    """The event again, out of `as_mapping`.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    paths = tuple((_bytes(item["path"]), int(item["hits"])) for item in mapping["paths"])
    return AlertEvent(
        rule=str(mapping["rule"]),
        segment=_bytes(mapping["segment"]),
        status=mapping["status"],
        started_at=float(mapping["started_at"]),
        at=float(mapping["at"]),
        value=float(mapping["value"]),
        worst=float(mapping["worst"]),
        threshold=float(mapping["threshold"]),
        severity=mapping["severity"],
        samples=int(mapping["samples"]),
        text=str(mapping["condition"]),
        words=str(mapping["words"]),
        message=str(mapping["message"]),
        line=str(mapping["line"]),
        value_words=str(mapping["value_words"]),
        worst_words=str(mapping["worst_words"]),
        unit=str(mapping["unit"]),
        is_flapping=bool(mapping["is_flapping"]),
        evidence=Evidence(paths, tuple(_bytes(line) for line in mapping["lines"])),
    )


def _text(raw: bytes) -> str:
    """Bytes of a log as text from which they can be had again."""
    return raw.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
