"""Events to send."""

from __future__ import annotations

from glance.domain.alerts.event import AlertEvent, event_of
from glance.domain.alerts.evidence import Evidence
from glance.domain.alerts.rule_text import parse_rule
from glance.domain.alerts.state import Status, Transition

AT = 1_700_000_000.25


def event(
    status: Status = "firing", *, rule: str = "rate > 10 over 2m", segment: bytes = b"", number: int = 0
) -> AlertEvent:
    """An alert that fired or resolved."""
    started = AT + number * 1000
    at = started if status == "firing" else started + 60
    turn = Transition("traffic", segment, status, started, at, 12.4 if status == "firing" else 3.0, 12.4, 1488)
    return event_of(
        parse_rule("traffic", rule), turn, Evidence(((b"/api", 3),), (b'10.0.0.1 - - "GET /api"',)), is_flapping=False
    )
