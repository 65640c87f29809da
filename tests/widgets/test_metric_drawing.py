"""The page of metrics at any size: rows, charts, one of them on the whole page, and words where there is nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Size

from glance.domain.scene import MetricChart
from glance.domain.view import View
from glance.widgets.figure import FIGURE_WIDTH, figure
from glance.widgets.inks import inks_of
from glance.widgets.metric_drawing import extent, heights, lines_each, metric_page, rows_that_fit
from tests.scenes import AT, metrics, scene_at
from tests.stage import scene_of

INKS = inks_of("glance-dark")
SIZES = [(40, 8), (60, 12), (78, 22), (118, 33), (198, 53)]
WANTS = View(wants_metrics=True)


def text(scene, size, index=0, is_open=False):
    picture = metric_page(scene, Size(*size), INKS, top=0, index=index, is_open=is_open)
    assert {strip.cell_length for strip in picture.strips} == {size[0]}
    assert len(picture.strips) == size[1]
    return [strip.text for strip in picture.strips]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("many", [0, 1, 2, 5, 7])
@pytest.mark.parametrize("is_open", [False, True])
def test_every_cell_is_painted(size, many, is_open):
    scene = scene_at(AT, WANTS)
    scene = replace(scene, metrics=metrics(scene.window, many))
    for index in range(max(1, many)):
        text(scene, size, index, is_open)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("is_open", [False, True])
def test_hostile_names_reach_no_cell(size, is_open):
    shown = "".join(text(scene_of("hostile", AT, WANTS), size, is_open=is_open))
    assert not [c for c in shown if ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u200b\u2066"]


def test_where_there_is_room_every_metric_has_a_chart_with_its_figures():
    lines = text(scene_at(AT, WANTS), (118, 33))
    named = [line for line in lines if "least" in line]
    assert len(named) == 5
    assert "slowest  p99 of latency per 10s, path~^/api" in named[3]
    assert named[3].rstrip("│ ").endswith(figure(scene_at(AT, WANTS).metrics[3].latest, "s"))


def test_many_metrics_are_a_table():
    scene = scene_at(AT, WANTS)
    lines = text(replace(scene, metrics=metrics(scene.window, 7) * 2), (78, 12))
    assert "metric" in lines[1]
    assert "trend" in lines[1]
    assert sum("/s" in line for line in lines[2:]) >= 4


def test_rows_are_as_many_as_fit():
    assert lines_each(5, 31) == 6
    assert lines_each(20, 31) == 1
    assert lines_each(1, 50) == 16
    assert rows_that_fit(5, Size(118, 33)) == 5
    assert rows_that_fit(100, Size(118, 33)) == 30
    assert rows_that_fit(0, Size(40, 3)) == 1


def test_an_open_metric_has_axes_figures_and_segments():
    lines = text(scene_at(AT, WANTS), (118, 33), index=1, is_open=True)
    assert "metrics · traffic_per_route" in lines[0]
    assert "latest " in lines[2]
    assert "a value per 10s" in lines[2]
    assert any("┤" in line and "0" in line for line in lines)
    assert any("latest of each segment, 14 of them" in line for line in lines)
    assert any("/api" in line and "420/s" in line for line in lines)


def test_a_metric_without_values_says_nothing_wrong():
    chart = MetricChart("nothing", "avg of latency", "s", AT, 10, (None,) * 20, note="no record matches yet")
    scene = replace(scene_at(AT, WANTS), metrics=(chart,))
    assert extent(chart).most is None
    assert "–" in text(scene, (78, 22))[1]
    assert any("no record matches yet" in line for line in text(scene, (78, 22), is_open=True))


def test_before_the_answer_there_is_no_advice():
    assert "reading" in text(scene_at(AT, View()), (78, 22))[1]
    lines = text(replace(scene_at(AT, WANTS), metrics=()), (78, 22))
    assert any("glance metrics create --default" in line for line in lines)


@given(
    st.lists(st.none() | st.floats(0, 1e9), max_size=300),
    st.integers(1, 200),
    st.integers(8, 80),
)
def test_heights_are_within_the_chart_and_blank_only_where_nothing_is_known(points, width, levels):
    top = max((point for point in points if point is not None), default=0.0)
    found = heights(points, width, levels, top)
    assert len(found) == width
    assert all(level is None or 0 <= level <= levels for level in found)
    if points and all(point is not None for point in points):
        assert None not in found
    if top > 0 and len(points) <= width:
        assert levels in found


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (None, "s", "–"),
        (0.24, "s", "240ms"),
        (18_400_000, "bytes", "18.4MB"),
        (0.0812, "share", "8.1%"),
        (1204.2, "/s", "1,204/s"),
        (12, "", "12"),
        (12.4, "", "12.4"),
        (1_234_567, "", "1.23M"),
    ],
)
def test_a_figure_has_its_unit_and_fits(value, unit, words):
    assert figure(value, unit) == words
    assert len(words) <= FIGURE_WIDTH
