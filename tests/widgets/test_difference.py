"""Only changed cells are repainted, and never half a character."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip

from glance.widgets.difference import changed_ranges, changed_regions
from glance.widgets.drawing import Picture, clean, fit_left

RED, BLUE = Style(color="red"), Style(color="blue")


def strip_of(text, style=RED):
    return Strip([Segment(text, style)])


def test_equal_strips_have_no_ranges():
    assert changed_ranges(strip_of("abc"), Strip([Segment("a", RED), Segment("bc", RED)])) == []


def test_one_changed_cell_is_one_range():
    assert changed_ranges(strip_of("abcdef"), strip_of("abXdef")) == [(2, 3)]


def test_another_style_is_a_change():
    assert changed_ranges(strip_of("ab"), strip_of("ab", BLUE)) == [(0, 2)]


def test_ranges_far_apart_stay_apart_and_near_ones_join():
    text = "." * 60
    far = "X" + text[1:40] + "X" + text[41:]
    near = "X" + text[1:5] + "X" + text[6:]
    assert changed_ranges(strip_of(text), strip_of(far)) == [(0, 1), (40, 41)]
    assert changed_ranges(strip_of(text), strip_of(near)) == [(0, 6)]


def test_a_range_takes_the_whole_of_a_wide_character():
    assert changed_ranges(strip_of("a日b"), strip_of("axyb")) == [(1, 3)]
    assert changed_ranges(strip_of("axyb"), strip_of("ax日")) == [(2, 4)]


def test_a_combining_mark_belongs_to_its_base():
    assert changed_ranges(strip_of("日e\u0301"), strip_of("日e")) == [(2, 3)]
    assert changed_ranges(strip_of("日\u0301e"), strip_of("日e")) == [(0, 2)]


def test_regions_are_one_line_high():
    size = Size(3, 2)
    old = Picture(size, (strip_of("abc"), strip_of("abc")))
    new = Picture(size, (strip_of("abc"), strip_of("abX")))
    assert changed_regions(old, new) == [Region(2, 1, 1, 1)]


@given(st.text(max_size=30), st.text(max_size=30))
def test_painting_the_ranges_gives_the_new_strip(before, after):
    old = strip_of(fit_left(clean(before), 24))
    new = strip_of(fit_left(clean(after), 24))
    painted = old
    for start, end in changed_ranges(old, new):
        painted = Strip.join([painted.crop(0, start), new.crop(start, end), painted.crop(end, 24)])
    assert painted.text == new.text
