"""An alert that flaps is not told at every turn, and its last state is never left untold."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glance.domain.alerts.damper import TOKENS, Damper
from glance.domain.alerts.event import AlertEvent, event_from, event_of
from glance.domain.alerts.evidence import Evidence
from glance.domain.alerts.rule_text import parse_rule
from glance.domain.alerts.state import AlertState, Reading

AT = 1_700_000_000.0


def events(times: list[float], repeat: float = 300.0) -> tuple[list[AlertEvent], list[AlertEvent], Damper]:
    """All turns of an alert that turns at these times, those that were told, and its damper two intervals later."""
    rule = parse_rule("test", "rate > 10 over 1m")
    state, damper = AlertState(rule), Damper(repeat)
    all_turns, told = [], []
    value = 20.0
    moments = sorted({math.floor(time) for time in times})
    end = (moments[-1] if moments else 0) + 2 * repeat + 2
    second = 0
    while second < end:
        if second in moments:
            turn = state.evaluate(AT + second, Reading(value, 1))
            value = 25.0 - value
            if turn is not None:
                event = event_of(rule, turn, is_flapping=damper.is_flapping)
                all_turns.append(event)
                damper.turn(event)
        if (event_told := damper.told(AT + second)) is not None:
            told.append(event_told)
        second += 1
    return all_turns, told, damper


def test_an_alert_and_its_recovery_are_told_at_once() -> None:
    turns, told, _ = events([10, 130])

    assert told == turns
    assert [event.status for event in told] == ["firing", "resolved"]


def test_f59_a_square_wave_is_told_once_in_each_interval() -> None:
    turns, told, damper = events(list(range(0, 3000, 20)))

    assert len(turns) == 150
    assert len(told) <= math.ceil(3600 / 300) + TOKENS
    assert damper.is_flapping
    assert told[-1].status == turns[-1].status


@given(st.lists(st.integers(0, 1500), max_size=40), st.sampled_from([60.0, 300.0]))
def test_f59_no_more_than_one_an_interval_and_two(times: list[int], repeat: float) -> None:
    turns, told, _ = events([float(time) for time in times], repeat)
    span = (turns[-1].at - turns[0].at if turns else 0.0) + 2 * repeat

    assert len(told) <= math.ceil(span / repeat) + TOKENS
    if turns:
        assert told
        assert told[-1].status == turns[-1].status  # the last state is known to whoever listens
        assert told[0] == turns[0]


def test_the_badge_goes_when_it_is_calm_again() -> None:
    damper = events(list(range(0, 600, 20)))[2]
    assert damper.is_flapping

    damper.told(AT + 600 + 1800)
    assert not damper.is_flapping


@pytest.mark.parametrize("segment", [b"", b"/caf\xc3\xa9", b"/\xff\xfe\x1b[31m", b'"; rm -rf / #'])
def test_an_event_survives_as_json(segment: bytes) -> None:
    rule = parse_rule("test", "rate > 10 over 1m by section")
    turn = AlertState(rule, segment).evaluate(AT, Reading(20.5, 1230))
    assert turn is not None
    event = event_of(rule, turn, Evidence(((b"/\xff", 3),), (b"raw \x00 line",)), is_flapping=False)

    assert event.as_json().isascii()
    assert event_from(event.as_mapping()) == event
