"""The states of one alert: pending, firing, resolved; what is not known changes nothing."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from glance.domain.alerts.rule import AlertRule
from glance.domain.alerts.rule_text import parse_rule
from glance.domain.alerts.state import TOLERANCE_SECONDS, AlertState, Reading
from glance.domain.alerts.watched import Watched

AT = 1_700_000_000.0


def state(text: str = "rate > 10 over 1m") -> AlertState:
    return AlertState(parse_rule("test", text))


def story(found: AlertState, *values: float | None, start: float = AT, step: float = 10.0) -> list[tuple[str, float]]:
    """What happens at one value every `step` seconds, and when, relative to the start."""
    told = []
    for number, value in enumerate(values):
        turn = found.evaluate(start + number * step, Reading(value, 100))
        if turn is not None:
            told.append((turn.status, turn.at - start))
    return told


def test_f56_true_for_less_than_its_time_never_fires() -> None:
    found = state("rate > 10 over 1m for 30s")

    assert story(found, 11, 11, 11, 9, 11, 11, 11, 9) == []
    assert story(found, 11, 11, 11, 11, start=AT + 1000) == [("firing", 30)]


def test_f57_a_firing_alert_goes_on_after_a_restart_and_is_not_told_again() -> None:
    watched = Watched(parse_rule("test", "rate > 10 over 1m"), b"/api")
    story(watched.state, 12, 15)
    again = Watched.restored(watched.state.rule, b"/api", watched.state.phase, watched.as_mapping())

    assert story(again.state, 11, 11, start=AT + 600) == []
    turn = again.state.evaluate(AT + 700, Reading(3.0, 100))
    assert turn is not None
    assert (turn.status, turn.started_at, turn.worst, turn.segment) == ("resolved", AT, 15, b"/api")


@pytest.mark.parametrize(("pause", "fires_after"), [(60, 0), (TOLERANCE_SECONDS + 1, 300)])
def test_f57_a_pending_alert_counts_a_short_pause_and_begins_anew_after_a_long_one(
    pause: float, fires_after: float
) -> None:
    watched = Watched(parse_rule("test", "rate > 10 over 1m for 5m"))
    story(watched.state, *[11] * 25)  # 240 s of it
    again = Watched.restored(watched.state.rule, b"", watched.state.phase, watched.as_mapping())

    back = AT + 240 + pause
    assert story(again.state, *[11] * 40, start=back)[:1] == [("firing", fires_after)]


@pytest.mark.parametrize("unknown", [None, math.nan])
def test_f58_what_is_missing_does_not_resolve(unknown: float | None) -> None:
    found = state()

    assert story(found, 11, *[unknown] * 100) == [("firing", 0)]
    assert found.phase == "firing"


def test_f58_a_pending_alert_waits_through_what_is_missing() -> None:
    assert story(state("rate > 10 over 1m for 30s"), 11, None, None, 11) == [("firing", 30)]


def test_f59_a_clear_threshold_keeps_it_firing_between() -> None:
    assert story(state("rate > 10 over 1m clear 8"), 11, 9, 11, 9, 8, 7.9) == [("firing", 0), ("resolved", 50)]


def test_f59_keep_firing_bridges_a_square_wave() -> None:
    found = state("rate > 10 over 1m keep 1m")

    assert story(found, *[11, 5, 5] * 20) == [("firing", 0)]
    assert story(found, *[5] * 10, start=AT + 600) == [("resolved", 30)]


def test_f60_it_fires_again_after_it_resolved() -> None:
    """Whether anybody was told of the recovery or not: the next firing is another one."""
    found = state()
    turns = [
        turn
        for number, value in enumerate([11, 5, 12, 5])
        if (turn := found.evaluate(AT + number, Reading(float(value), 9))) is not None
    ]

    assert [turn.status for turn in turns] == ["firing", "resolved", "firing", "resolved"]
    assert len({turn.key for turn in turns}) == 4
    assert turns[2].value == turns[3].worst == 12


def test_f62_t28_a_clock_that_is_set_back_neither_fires_nor_resolves() -> None:
    found = state("rate > 10 over 1m for 1m keep 1m")
    assert story(found, 11, 11) == []
    assert story(found, 11, 11, start=AT - 3600) == []
    assert story(found, *[11] * 7, start=AT - 3600) == [("firing", 60)]

    assert story(found, 5, 5, start=AT - 7200) == []
    assert found.phase == "firing"


def test_t28_a_clock_that_is_set_forward_does_not_end_a_wait_at_once() -> None:
    found = state("rate > 10 over 1m for 2h")
    story(found, 11, 11)

    assert story(found, 11, 11, start=AT + 2 * TOLERANCE_SECONDS + 100) == []


def test_f65_too_few_samples_do_not_fire_but_do_resolve() -> None:
    found = state("ratio(status>=500) > 5% over 1m min 20")
    assert found.evaluate(AT, Reading(0.5, 19)) is None
    assert found.phase == "inactive"

    assert found.evaluate(AT + 1, Reading(0.5, 20)) is not None
    turn = found.evaluate(AT + 2, Reading(0.0, 3))
    assert turn is not None
    assert turn.status == "resolved"


@pytest.mark.parametrize(
    ("comparator", "fires", "keeps", "clears"),
    [
        (">", 10.01, 10, 9.99),
        (">=", 10, 10, 9.99),
        ("<", 9.99, 10, 10.01),
        ("<=", 10, 10, 10.01),
        ("==", 10, 10, 9),
        ("!=", 9, 11, 10),
    ],
)
def test_every_comparator_has_its_two_sides(comparator: str, fires: float, keeps: float, clears: float) -> None:
    assert story(state(f"rate {comparator} 10 over 1m"), fires, keeps, clears) == [("firing", 0), ("resolved", 20)]


def test_more_than_none_recovers_at_none() -> None:
    """Nothing is below no errors."""
    assert story(state("count > 0 over 1m where status>=500"), 3, 0) == [("firing", 0), ("resolved", 10)]


def test_the_lowest_is_the_worst_where_too_little_is_the_trouble() -> None:
    found = state("rate < 10 over 1m")
    story(found, 5, 2, 7)

    assert found.worst == 2


def test_a_rule_that_is_gone_leaves_nobody_with_its_alert() -> None:
    found = state()
    assert found.close(AT) is None
    story(found, 11)

    turn = found.close(AT + 5)
    assert turn is not None
    assert turn.status == "resolved"


def test_a_state_of_another_program_is_refused() -> None:
    rule: AlertRule = replace(parse_rule("test", "rate > 10 over 1m"))
    with pytest.raises(ValueError, match="no phase"):
        Watched.restored(rule, b"", "ringing", {})
