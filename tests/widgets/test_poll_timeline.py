"""How polls are drawn along the time axis: values, gaps, failures, what is chosen; in every width, without colours."""

from __future__ import annotations

import pytest

from glance.domain.profiles.poll_line import PollFailure, PollLine, PollStep
from glance.themes import MONOCHROME
from glance.widgets.inks import inks_of
from glance.widgets.poll_timeline import PollChoice, places_at, places_by_cell, timeline
from tests.domain.profiles.test_poll_line import AT, line_of

INKS = inks_of("night")
PLAIN = inks_of(MONOCHROME.name)


def texts(line, choice=PollChoice(value="cpu"), size=(100, 3), inks=INKS):  # noqa: B008 - frozen
    strips, _ = timeline(line, choice, size, inks)
    return [strip.text for strip in strips]


@pytest.mark.parametrize("width", [20, 40, 78, 80, 120, 200])
@pytest.mark.parametrize("height", [1, 2, 3])
@pytest.mark.parametrize("many", [0, 1, 2, 7, 300])
def test_every_line_is_as_wide_as_the_page(width, height, many):
    line = line_of(many, failures=(PollFailure(AT + 10, "busy", "someone else is profiling it"),))
    strips, spots = timeline(line, PollChoice((1, 2), (2,), "cpu"), (width, height), INKS)
    assert [strip.cell_length for strip in strips] == [width] * height
    assert all(spot.end <= width for spot in spots)


def test_the_higher_a_bar_the_more_was_counted():
    bars = texts(line_of(4), size=(42, 3))[1].strip()
    assert [bars[0], bars[-1]] == ["▃", "█"]
    assert len({sign for sign in bars if sign != " "}) == 4


def test_a_gap_stays_empty_and_failures_have_a_sign():
    steps = [PollStep(number, at, at + 5, 5.0, (("cpu", 10),), 1) for number, at in enumerate((0, 30, 60, 600, 630))]
    failures = (PollFailure(300, "busy", "someone else is profiling it"), PollFailure(400, "down", "refused"))
    line = PollLine("api", "cpu", 0.0, 660.0, tuple(steps), failures)
    words, bars, _ = texts(line)
    assert "all 5 polls of the window, 2 failed" in words
    assert "refused" in words
    assert bars.index("~") < bars.index("!")
    assert bars[20:40].strip() == ""


def test_what_is_chosen_is_said_with_what_it_is_compared_with():
    line = line_of(6)
    words = texts(line, PollChoice((5, 6), (1,), "cpu", str))[0]
    assert "2 polls " in words
    assert " against  1 poll " in words
    assert "no base" in words
    marked = texts(line, PollChoice((5,), (5,), "cpu", str))[0]
    assert "marked: choose others" in marked
    assert "polls of another time" in texts(line, PollChoice((99,), (), "cpu", str))[0]


def test_amounts_of_several_polls_are_by_the_second_of_all_of_them():
    line = PollLine("a", "cpu", 0, 100, (PollStep(1, 0, 5, 5, (("cpu", 10),)), PollStep(2, 30, 31, 1, (("cpu", 8),))))
    assert "3.0" in texts(line, PollChoice((1, 2), (), "cpu", str))[0]
    state = PollLine("a", "allocs", 0, 9, tuple(PollStep(n, n, n, 1, (("inuse_space", n),)) for n in (1, 2)))
    assert texts(state, PollChoice((1, 2), (), "inuse_space", str))[0].split()[-3] == "2"


def test_the_choice_is_seen_without_colours():
    line = line_of(6)
    chosen, base = (3,), (5,)
    one, two = texts(line, PollChoice(chosen, base, "cpu"), inks=PLAIN)[1:]
    assert "·" in one
    assert "╍" in one
    assert "━" in two
    assert "·" not in texts(line, PollChoice(value="cpu"), inks=PLAIN)[1]


def test_alerts_stand_under_the_polls():
    assert "▲" in texts(line_of(6), PollChoice(value="cpu", alerts=(AT + 60,)))[2]
    assert "▲" not in texts(line_of(6), PollChoice(value="cpu", alerts=(AT - 60,)))[2]


@pytest.mark.parametrize("width", [20, 80, 200])
@pytest.mark.parametrize("many", [1, 5, 90])
def test_every_poll_can_be_clicked_or_shares_its_cell(width, many):
    line = line_of(many)
    cells = places_by_cell(line, width - 2)
    assert {place for places in cells for place in places} == set(range(many))
    for x in range(width):
        assert places_at(line, x, width)
    for x, places in enumerate(cells):
        if places:
            assert places_at(line, x + 1, width) == places


def test_without_polls_there_is_nothing_to_click():
    assert places_at(PollLine("a", "cpu", 0, 1), 5, 80) == []


def test_names_are_harmless():
    line = PollLine("a\x1b]52;c;x\x07\u202eb", "cpu", 0, 10, (PollStep(1, 0, 5, note="\x1b[31m"),))
    text = "".join(texts(line, PollChoice((1,))))
    assert "\x1b" not in text
    assert "\u202e" not in text


@pytest.mark.parametrize("width", [76, 80, 120])
def test_a_comparison_is_told_whole_even_where_it_is_narrow(width):
    line = line_of(9)
    text = texts(line, PollChoice((2, 3), (7, 8), "cpu", str), (width, 2))[0]
    assert text.count("2 polls ") == 2
    assert text.count("–") == 2
    assert "…" not in text
    assert text.rstrip().endswith("no base")
    assert ("api cpu" in text) == (width > 90)
