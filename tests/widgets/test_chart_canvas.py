"""plotext's line is read back exactly, from edge to edge."""

from __future__ import annotations

import pytest

from glance.widgets import chart_canvas


def test_a_straight_line_has_a_level_for_each_column():
    levels = chart_canvas.heights(list(range(41)), 41, 40, 40)
    assert levels[0] == 0
    assert max(abs(level - column) for column, level in enumerate(levels)) <= 1


def test_zero_is_the_lowest_level_and_the_top_the_highest():
    assert set(chart_canvas.heights([0, 0, 0], 20, 16, 5)) == {0}
    assert set(chart_canvas.heights([5, 5, 5], 20, 16, 5)) == {15}
    assert set(chart_canvas.heights([9, 9, 9], 20, 16, 5)) == {15}


def test_a_peak_is_seen():
    levels = chart_canvas.heights([0] * 20 + [10] + [0] * 20, 60, 16, 10)
    assert max(levels) >= 14
    assert levels[0] == levels[-1] == 0


@pytest.mark.parametrize(("values", "width"), [([], 10), ([1.0], 10), ([1.0, 2.0], 3), ([1.0, 2.0], 0)])
def test_too_little_to_draw_is_flat(values, width):
    assert chart_canvas.heights(values, width, 16, 10) == [0] * width
