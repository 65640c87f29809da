"""How a stack grew, in one word and a sentence: chance is told from growth, and growth from up and down."""

from __future__ import annotations

import pytest

from glance.domain import units
from glance.domain.profiles.stack_growth import GrowthScale, growth_of

GOROUTINES = GrowthScale(units.exact, 1.0, 4)


def grown(*values, scale=GOROUTINES, step=30.0, is_timed=True):
    return growth_of([row * step for row in range(len(values))], values, scale, is_timed=is_timed)


@pytest.mark.parametrize(
    ("values", "standing", "words"),
    [
        ((7,), "one", "one profile so far: growth is told from the second on"),
        ((7, 7, 7), "same", "no more than 1m00s ago"),
        ((7, 9, 7), "same", "no more than 1m00s ago, fewer at 1 of 2 steps"),
        ((9, 8, 7), "less", "2 fewer than 1m00s ago, fewer at 2 of 2 steps"),
        ((7, 8, 9), "chance", "+2 in 1m00s, which may be chance"),
        ((0, 60), "more", "+60 in 30s; 4 profiles would tell growth from up and down"),
        ((0, 40, 80, 120), "rising", "+120 in 1m30s, never fewer at 3 steps"),
        ((0, 40, 30, 120, 160), "rising", "+160 in 2m00s, fewer at 1 of 4 steps"),
        ((0, 90, 1, 90, 3, 50), "more", "+50 in 2m30s, no steady rise, fewer at 2 of 5 steps"),
    ],
)
def test_growth_is_told_in_words(values, standing, words):
    found = grown(*values)
    assert (found.standing, found.words) == (standing, words)


def test_without_times_places_stand_for_them():
    found = grown(0, 40, 80, 120, step=1.0, is_timed=False)
    assert (found.standing, found.words, found.per_minute) == (
        "rising", "+120 over 4 profiles, never fewer at 3 steps", None,
    )  # fmt: skip


def test_what_is_added_in_a_minute_is_the_slope_of_a_line():
    assert grown(0, 40, 80, 120).per_minute == pytest.approx(80)


def test_of_sampled_memory_some_samples_are_chance():
    half_megabyte = 1 << 19
    scale = GrowthScale(str, 1 / half_megabyte, 1, says_rate=True, fewer="less")
    assert grown(0, 1, 2, 3 * half_megabyte, scale=scale).standing == "chance"  # three samples
    steady = [row * 10 * half_megabyte for row in range(5)]
    assert grown(*steady, scale=scale).standing == "rising"
    assert "10485760 a minute, never less at 4 steps" in grown(*steady, scale=scale).words
    assert grown(*steady, scale=GrowthScale(str, 1 / half_megabyte, 1 << 40)).standing == "more"  # too little of all
