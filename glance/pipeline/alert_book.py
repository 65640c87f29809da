"""The notices that a screen shows: what fires, what fired, newest first, and what is about to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from glance.domain.alerts.event import AlertEvent
from glance.domain.alerts.evidence import Evidence
from glance.domain.alerts.state import AlertState
from glance.domain.alerts.watched import Watched
from glance.domain.alerts.wording import message_of, unit_of, words_of
from glance.domain.log_line import LogLine
from glance.domain.safe_text import decode
from glance.domain.scene import AlertNotice

MOST_NOTICES = 100

Name = tuple[str, bytes, float]
"""Rule, segment, and when it began to fire."""


class AlertBook:
    """Notices by what they are about, in the order in which they came."""

    def __init__(self) -> None:
        """Nothing fired yet."""
        self._notices: dict[Name, AlertNotice] = {}

    def add(self, event: AlertEvent) -> None:
        """A transition: a new notice, or the end of one."""
        name = (event.rule, event.segment, event.started_at)
        if event.status == "firing":
            self._notices[name] = _fired(event)
        else:
            self._notices[name] = _recovered(event, self._notices.get(name))
        if len(self._notices) > MOST_NOTICES:
            del self._notices[self._oldest()]

    def _oldest(self) -> Name:
        """The oldest notice that recovered, else the oldest."""
        over = (name for name, notice in self._notices.items() if notice.recovered_at is not None)
        return next(over, next(iter(self._notices)))

    def notices(self, states: Sequence[Watched], *, is_stale: bool) -> tuple[AlertNotice, ...]:
        """Newest first, those that fire and those that are about to as they stand."""
        for watched in states:
            self._renew(watched, is_stale=is_stale)
        found = [*self._notices.values(), *_pending(states)]
        return tuple(sorted(found, key=lambda notice: -notice.triggered_at))

    def _renew(self, watched: Watched, *, is_stale: bool) -> None:
        """What fires tells its worst value so far."""
        state = watched.state
        notice = self._notices.get((state.rule.name, state.segment, state.since))
        if state.phase != "firing" or notice is None:
            return
        now = (state.worst, watched.damper.is_flapping, is_stale)
        if (notice.highest, notice.is_flapping, notice.is_stale) != now:
            self._notices[state.rule.name, state.segment, state.since] = replace(
                notice, highest=state.worst, is_flapping=watched.damper.is_flapping, is_stale=is_stale
            )


def _pending(states: Iterable[Watched]) -> list[AlertNotice]:
    """What waits for its `for`."""
    return [_waiting(watched.state) for watched in states if watched.state.phase == "pending"]


def _waiting(state: AlertState) -> AlertNotice:
    rule, value = state.rule, state.value or 0.0
    return AlertNotice(
        rule.name,
        message_of(rule, state.segment, "pending", value, state.since),
        state.since,
        value,
        value,
        state="pending",
        segment=decode(state.segment),
        words=words_of(rule),
        unit=unit_of(rule),
        pending_seconds=rule.for_seconds,
        severity=rule.severity,
    )


def _fired(event: AlertEvent) -> AlertNotice:
    return AlertNotice(
        event.rule,
        event.message,
        event.started_at,
        event.value,
        event.worst,
        segment=decode(event.segment),
        words=event.words,
        unit=event.unit,
        paths=_paths(event.evidence),
        lines=tuple(LogLine(decode(line)) for line in event.evidence.lines),
        severity=event.severity,
        is_flapping=event.is_flapping,
    )


def _recovered(event: AlertEvent, before: AlertNotice | None) -> AlertNotice:
    """The end of what fired; where that is not known any more, what is known of it."""
    fired = before or replace(_fired(event), value=event.worst)
    return replace(
        fired,
        highest=event.worst,
        recovered_at=event.at,
        state="resolved",
        recovered_value=event.value,
        is_flapping=event.is_flapping,
        is_stale=False,
    )


def _paths(evidence: Evidence) -> tuple[tuple[str, int], ...]:
    return tuple((decode(path), hits) for path, hits in evidence.paths)
