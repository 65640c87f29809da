"""Windows of their own: any stretch of whole seconds has a name, and the name says it exactly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glance.domain.window import (
    MOST_COLUMNS,
    WINDOWS,
    is_own,
    length_words,
    own_choice,
    window_at,
    window_choice,
    window_words,
)

AT = 1_763_812_800
WITHIN = 0.001


@pytest.mark.parametrize(
    ("start", "end", "name"),
    [
        (AT, AT + 300, "5m/1s"),
        (AT, AT + 5400, "1h30m/15s"),
        (AT + 7, AT + 47, "40s/1s"),
        (AT, AT + 90_000, "1d1h/5m"),
        (AT, AT + 86_400, "1d/5m"),
    ],
)
def test_the_name_says_length_and_step(start, end, name):
    assert own_choice(start, end).name.partition("/")[0] == name.partition("/")[0]
    assert window_words(own_choice(start, end).name) == name.partition("/")[0]


@given(st.integers(AT - 10**8, AT), st.integers(1, 40 * 86_400))
def test_a_window_of_its_own_is_exactly_what_it_was_made_of(start, seconds):
    made = own_choice(start, start + seconds)
    choice = window_choice(made.name)
    window = window_at(choice, start + seconds - WITHIN, None)
    assert (window.start, window.end) == (start, start + seconds)
    assert window.end - window.start == window.steps * window.step_seconds
    assert is_own(made.name)


@given(st.integers(AT // 86_400 - 1000, AT // 86_400), st.integers(1, 400))
def test_whole_days_have_no_more_columns_than_can_be_seen(day, days):
    made = own_choice(day * 86_400, (day + days) * 86_400)
    assert made.seconds / made.step_seconds <= MOST_COLUMNS


@pytest.mark.parametrize("name", ["", "7m", "/5s", "10s/3s", "5m/0s", "0s/1s", "5m/10m", "99999d/1s", "nonsense"])
def test_other_names_are_no_windows(name):
    with pytest.raises(KeyError):
        window_choice(name)


def test_windows_that_keys_reach_are_as_they_were():
    assert [choice.name for choice in WINDOWS] == ["1m", "5m", "15m", "1h", "6h", "24h", "all"]
    assert not any(is_own(choice.name) for choice in WINDOWS)
    assert [window_words(choice.name) for choice in WINDOWS] == [choice.name for choice in WINDOWS]


@pytest.mark.parametrize(("seconds", "words"), [(0, "0s"), (59, "59s"), (60, "1m"), (3661, "1h1m1s"), (90_000, "1d1h")])
def test_lengths_in_words(seconds, words):
    assert length_words(seconds) == words
