"""The line of polls: which are chosen by a step, by more and by fewer, and what is said of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glance.domain.profiles.poll_line import PollLine, PollStep, moved, polls_words, stretched

AT = 1_795_000_000.0


def line_of(many, apart=30.0, **changes):
    """So many polls of five seconds."""
    steps = [
        PollStep(number, AT + number * apart, AT + number * apart + 5, 5.0, (("cpu", number * 10**9),), number)
        for number in range(1, many + 1)
    ]
    return PollLine("api", "cpu", AT, AT + (many + 1) * apart, tuple(steps), **changes)


def test_a_step_chooses_the_newest_first_then_the_one_beside():
    line = line_of(4)
    assert moved(line, (), -1) == (4,)
    assert moved(line, (4,), -1) == (3,)
    assert moved(line, (1,), -1) == (1,)
    assert moved(line, (4,), 1) == (4,)
    assert moved(line, (2, 3), 1) == (3, 4)
    assert moved(line, (99,), -1) == (4,)  # let go meanwhile


def test_more_and_fewer_at_the_older_end():
    line = line_of(4)
    assert stretched(line, (), 1) == (4,)
    assert stretched(line, (3, 4), 1) == (2, 3, 4)
    assert stretched(line, (2, 3, 4), -1) == (3, 4)
    assert stretched(line, (4,), -1) == (4,)
    assert stretched(line, (1, 2), 1) == (1, 2, 3)  # nothing is older
    assert stretched(line, (1, 2, 3, 4), 1) == (1, 2, 3, 4)


@given(
    st.integers(1, 9), st.lists(st.tuples(st.sampled_from((moved, stretched)), st.sampled_from((-1, 1))), max_size=30)
)
def test_what_is_chosen_are_neighbours_in_the_line(many, steps):
    line, chosen = line_of(many), ()
    for choose, step in steps:
        chosen = choose(line, chosen, step)
        places = line.places(chosen)
        assert places
        assert places == list(range(places[0], places[-1] + 1))


def test_words_say_how_many_and_of_when():
    line = line_of(5)
    assert polls_words(line.steps).startswith("5 polls ")
    assert polls_words(line.steps[:1]).startswith("1 poll ")
    first, last = polls_words(line.steps).removeprefix("5 polls ").split("–")
    assert len(first) == len(last) == 8  # the clock alone: they are of one day
    days = (line.steps[0], PollStep(9, AT + 3 * 86400, AT + 3 * 86400))
    assert len(polls_words(days)) == len("2 polls 18 Nov 11:07:10–21 Nov 11:06:40")
    assert polls_words((PollStep(1, AT, AT),)).count(":") == 2


@pytest.mark.parametrize(
    ("step", "kind", "amount"),
    [
        (PollStep(1, AT, AT + 6, 5.0, (("cpu", 10),)), "cpu", 2.0),
        (PollStep(1, AT, AT + 5, 0.0, (("cpu", 10),)), "cpu", 2.0),  # the profile does not say how long it took
        (PollStep(1, AT, AT + 60, 60.0, (("inuse_space", 10),)), "inuse_space", 10),
        (PollStep(1, AT, AT, 0.0, (("goroutine", 7),)), "goroutine", 7),
        (PollStep(1, AT, AT, 0.0, (("cpu", 7),)), "cpu", 7.0),
        (PollStep(1, AT, AT + 5), "cpu", None),
    ],
)
def test_states_are_drawn_as_they_are_and_all_else_by_the_second(step, kind, amount):
    assert step.amount(kind) == amount


def test_a_line_without_samples_says_so_unless_a_poll_was_not_read():
    assert line_of(2).has_samples
    assert not PollLine("a", "cpu", 0, 1, (PollStep(1, 0, 1, samples=0),)).has_samples
    assert PollLine("a", "cpu", 0, 1, (PollStep(1, 0, 1),)).has_samples
    assert not PollLine("a", "cpu", 0, 1).has_samples
