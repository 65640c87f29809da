"""When the kinds of a target are polled, by a clock that the test turns."""

from __future__ import annotations

import random

import pytest

from glance.domain.profiles.poll_plan import PollPlan
from glance.domain.profiles.poll_schedule import LONGEST_SECONDS, PollSchedule

PLAN = PollPlan(every={"cpu": 30.0, "allocs": 60.0, "goroutine": 30.0, "mutex": 60.0, "block": 60.0})


def schedule(chance=lambda: 0.5) -> PollSchedule:
    return PollSchedule(PLAN, 100.0, chance)


def test_all_kinds_open_within_a_second_and_the_long_one_is_last():
    made = schedule(random.Random(3).random)
    order = []
    for _ in PLAN.kinds:
        kind, at = made.due()
        assert 100.0 <= at <= 101.0
        order.append(kind)
        made.brought(kind, at)
    assert order == ["block", "mutex", "goroutine", "allocs", "cpu"]


def test_a_poll_keeps_its_pace_however_long_it_took():
    made = schedule()
    made.brought("cpu", 200.0)
    assert made.next_at("cpu") == 230.0


def test_jitter_is_a_tenth():
    chance = random.Random(1).random
    found = []
    for _ in range(200):
        made = schedule(chance)
        made.brought("cpu", 0.0)
        made._up_at = 0.0
        found.append(made.next_at("cpu"))
    assert 27 <= min(found) < 28
    assert 32 < max(found) <= 33


def test_the_second_poll_of_what_is_counted_comes_soon():
    made = schedule()
    made.brought("mutex", 200.0, is_first=True)
    made.brought("goroutine", 200.0, is_first=True)
    assert (made.next_at("mutex"), made.next_at("goroutine")) == (210.0, 230.0)


def test_what_fails_is_asked_for_less_and_less():
    made, at, waits = schedule(), 200.0, []
    for _ in range(8):
        made.failed("cpu", at)
        waits.append(made.next_at("cpu") - at)
    assert waits == [60, 120, 240, *[LONGEST_SECONDS] * 5]
    made.brought("cpu", at)
    assert made.next_at("cpu") - at == 30


def test_when_someone_else_profiles_it_is_not_in_step_with_them():
    waits = set()
    chance = random.Random(5).random
    for _ in range(50):
        made = schedule(chance)
        made.refused("cpu", 200.0)
        waits.add(made.next_at("cpu") - 200.0)
    assert min(waits) >= 15
    assert max(waits) <= 45
    assert max(waits) - min(waits) > 20


def test_a_target_that_is_down_is_tried_now_and_then():
    made, at, waits = schedule(), 200.0, []
    for _ in range(10):
        made.went_down(at)
        waits.append(made.up_at - at)
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert made.due()[1] >= made.up_at
    made.brought("cpu", at)
    made.went_down(at)
    assert made.up_at - at == 2


def test_what_is_not_offered_has_no_turn():
    made = schedule()
    made.only(frozenset(("cpu", "mutex")))
    assert made.next_at("allocs") is None
    made.absent("mutex")
    assert made.due()[0] == "cpu"
    made.absent("cpu")
    assert made.due() is None
    made.only(frozenset(("allocs",)))
    assert made.due()[0] == "allocs"


@pytest.mark.parametrize("kinds", [(), ("cpu",)])
def test_fewer_kinds(kinds):
    made = PollSchedule(PollPlan(kinds=kinds), 0.0, lambda: 0.5)
    assert (made.due() is None) == (not kinds)
