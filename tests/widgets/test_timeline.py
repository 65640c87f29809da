"""The interval on the time axis: made, moved and resized within its window, and drawn where it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Size

from glance.domain.interval import Interval
from glance.domain.scene import IntervalFigures, TimeMark
from glance.domain.window import Window
from glance.themes import PALETTES
from glance.widgets import chart_canvas
from glance.widgets.axis import GUTTER
from glance.widgets.frame import Tab
from glance.widgets.inks import inks_of
from glance.widgets.timeline import (
    between,
    columns_of,
    is_outside,
    moved_by_half,
    newest_interval,
    readout,
    resized,
    span_words,
)
from glance.widgets.traffic_chart import chart_picture, shown_steps
from tests.comparisons import compared
from tests.scenes import AT, firing, scene_at

INKS = inks_of("glance-dark")
WINDOW = Window(1_763_812_050.0, 1_763_812_950.0, 5)
SHOWN = slice(0, 179)
SIZE = Size(120, 12)


@pytest.fixture(autouse=True)
def loaded_canvas():
    chart_canvas.load()


def inside(interval):
    begin, end = interval.start - WINDOW.start, interval.end - WINDOW.start
    return 0 <= begin < end <= WINDOW.seconds and begin % 5 == 0 and end % 5 == 0


def test_the_first_one_is_at_the_newest_steps_that_are_whole():
    interval = newest_interval(WINDOW, SHOWN)
    assert (interval.seconds, interval.end) == (75, WINDOW.start + 179 * 5)


@given(st.lists(st.sampled_from(["[", "]", "{", "}"]), max_size=60))
def test_whatever_is_pressed_it_stays_whole_steps_of_the_window(keys):
    interval = newest_interval(WINDOW, SHOWN)
    for key in keys:
        if key in "[]":
            interval = moved_by_half(interval, WINDOW, -1 if key == "[" else 1)
        else:
            interval = resized(interval, WINDOW, 0.5 if key == "{" else 2)
        assert inside(interval)


def test_it_moves_by_half_of_its_length_and_back():
    interval = Interval(WINDOW.start + 300, WINDOW.start + 400)
    assert moved_by_half(interval, WINDOW, -1).start == interval.start - 50
    assert moved_by_half(moved_by_half(interval, WINDOW, -1), WINDOW, 1) == interval


def test_the_longest_is_the_window_and_the_shortest_a_step():
    interval = newest_interval(WINDOW, SHOWN)
    for _ in range(12):
        interval = resized(interval, WINDOW, 2)
    assert (interval.start, interval.end) == (WINDOW.start, WINDOW.end)
    for _ in range(12):
        interval = resized(interval, WINDOW, 0.5)
    assert interval.seconds == 5


@given(st.integers(-20, 200), st.integers(-20, 200), st.integers(10, 180))
def test_what_is_drawn_with_the_mouse_is_whole_steps_and_is_shown_where_it_was_drawn(one, other, columns):
    interval = between(one, other, columns, SHOWN, WINDOW)
    assert inside(interval)
    assert between(other, one, columns, SHOWN, WINDOW) == interval
    low, high = sorted((max(0, min(one, columns - 1)), max(0, min(other, columns - 1))))
    shown = columns_of(interval, columns, SHOWN, WINDOW)
    assert shown.start <= low
    assert shown.stop > high


def test_what_is_outside_has_no_column():
    before = Interval(WINDOW.start - 50, WINDOW.start)
    assert is_outside(before, WINDOW)
    assert not columns_of(before, 100, SHOWN, WINDOW)
    assert not is_outside(Interval(WINDOW.start - 50, WINDOW.start + 5), WINDOW)


def test_the_readout_adds_up_its_steps_and_has_the_latency_when_it_is_there():
    scene = scene_at()
    start = scene.window.start + 100 * scene.window.step_seconds
    interval = Interval(start, start + 10 * scene.window.step_seconds)
    found = readout(interval, scene)
    assert found.hits == sum(scene.traffic.hits[100:110])
    assert found.server_errors == sum(scene.traffic.server_errors[100:110])
    assert not found.is_measured
    answered = replace(scene, interval=IntervalFigures(interval, 0.18))
    assert readout(interval, answered).p95 == 0.18
    assert not readout(Interval(start, start + 5), answered).is_measured


def test_times_are_as_short_as_they_can_be(monkeypatch):
    at = AT // 86_400 * 86_400
    assert span_words(Interval(at + 60, at + 120)).count(":") == 2
    assert span_words(Interval(at + 61, at + 120)).count(":") == 4
    assert "–" in span_words(Interval(at, at + 3 * 86_400))


# What is drawn -----------------------------------------------------------------------------------


def middle(scene, many=20):
    step = scene.window.step_seconds
    start = scene.window.start + 90 * step
    return Interval(start, start + many * step)


def picture(scene, size=SIZE, inks=INKS, interval=None):
    return chart_picture(scene, size, inks, (Tab(1, "traffic"),), True, interval=interval)


@pytest.mark.parametrize("theme", list(PALETTES))
@pytest.mark.parametrize("size", [(160, 20), (110, 8), (78, 7), (40, 6), (24, 4)])
def test_every_line_stays_as_wide_as_the_panel(theme, size):
    scene = compared(replace(scene_at(), alerts=firing(AT), marks=(TimeMark(AT - 300, "access.log was rotated"),)))
    drawn = picture(scene, Size(*size), inks_of(theme), middle(scene))
    assert [strip.cell_length for strip in drawn.strips] == [size[0]] * size[1]
    assert {strip.cell_length for strip in drawn.strips} == {sum(len(s.text) for s in strip) for strip in drawn.strips}


@pytest.mark.parametrize("theme", list(PALETTES))
def test_the_bracket_stands_under_the_interval_with_and_without_colours(theme):
    scene = scene_at()
    axis = picture(scene, inks=inks_of(theme), interval=middle(scene)).strips[-2].text
    columns = columns_of(middle(scene), 118 - GUTTER, shown_steps(scene), scene.window)
    assert axis.index("[") == 1 + GUTTER + columns.start
    assert axis.index("]") == GUTTER + columns.stop
    assert axis[axis.index("[") + 1 : axis.index("]")].strip("━") == ""


def test_the_lower_border_says_what_is_in_it_and_what_to_press():
    scene = scene_at()
    found = picture(scene, Size(160, 12), interval=middle(scene))
    border = found.strips[-1].text
    for words in ("requests", "4xx", "5xx", "p95", "enter filter", "z zoom", "esc clear"):
        assert words in border
    assert {spot.action for spot in found.spots} >= {"screen.filter_interval", "screen.zoom_interval"}
    narrow = picture(scene, Size(40, 8), interval=middle(scene)).strips[-1].text
    assert span_words(middle(scene)) in narrow


def test_rotations_gaps_and_alerts_have_signs_of_their_own():
    marks = (TimeMark(AT - 300, "access.log was rotated"), TimeMark(AT - 500, "access.log: truncated", is_gap=True))
    scene = replace(scene_at(), marks=marks, alerts=firing(AT))
    lines = [strip.text for strip in picture(scene, Size(160, 12)).strips]
    assert all(sign in lines[-2] for sign in "◇×▲")
    assert "◇ rotated" in lines[0]
    assert "× not counted" in lines[0]
    assert "◇" not in "".join(strip.text for strip in picture(scene_at()).strips)


def test_the_latency_has_a_lane_where_there_is_room():
    assert any(" p95│" in strip.text for strip in picture(scene_at(), Size(120, 13)).strips)
    assert not any(" p95│" in strip.text for strip in picture(scene_at(), Size(120, 10)).strips)
    without = replace(scene_at(), has_latency=False)
    assert not any(" p95│" in strip.text for strip in picture(without, Size(120, 13)).strips)


def test_another_window_is_a_line_of_dots_behind():
    scene = compared(scene_at(), "yesterday")
    text = "".join(strip.text for strip in picture(scene).strips)
    assert "┄┄ yesterday" in text
    assert any(dots in text for dots in "┄▔")
    plain = "".join(strip.text for strip in picture(scene_at()).strips)
    assert not any(dots in plain for dots in "┄▔")


def test_a_comparison_that_is_not_there_says_why():
    scene = compared(scene_at(), "yesterday", condition="counting", note="reading yesterday from history …")
    lines = [strip.text for strip in picture(scene).strips]
    assert "reading yesterday from history …" in lines[0]
    assert not any(dots in "".join(lines[1:]) for dots in "┄▔")
    partly = compared(scene_at(), condition="partly", known_from=AT - 1000, known_to=AT - 900)
    assert "compared as rates" in picture(partly, Size(160, 12)).strips[0].text
