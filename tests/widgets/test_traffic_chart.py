"""The chart: round axes, errors at scale, words where there is nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.geometry import Size

from glance.domain.scene import Scene, SourceStatus, Totals, Traffic
from glance.widgets import chart_canvas
from glance.widgets.axis import GUTTER, axis_figures, nice_top
from glance.widgets.frame import Tab
from glance.widgets.inks import inks_of
from glance.widgets.traffic_chart import chart_lines, chart_picture
from tests.scenes import AT, firing, scene_at

INKS = inks_of("glance-dark")
TABS = (Tab(1, "traffic"),)


@pytest.fixture(autouse=True)
def loaded_canvas():
    chart_canvas.load()


def text_of(scene, width=100, height=12):
    picture = chart_picture(scene, Size(width, height), INKS, TABS, False)
    return [strip.text for strip in picture.strips]


@pytest.mark.parametrize(("value", "top"), [(0, 1), (0.7, 0.8), (1, 1), (1.01, 1.5), (1204, 1500), (9001, 10_000)])
def test_the_axis_ends_at_a_round_figure(value, top):
    assert nice_top(value) == pytest.approx(top)


@pytest.mark.parametrize(
    ("top", "figures"),
    [
        (80, ["0", "40", "80"]),
        (1.5, ["0.00", "0.75", "1.50"]),
        (15, ["0.0", "7.5", "15.0"]),
        (2000, ["0", "1,000", "2,000"]),
        (15_000, ["0.0", "7.5k", "15.0k"]),
        (1_500_000, ["0.00", "0.75M", "1.50M"]),
    ],
)
def test_the_axis_has_no_needless_decimals_and_the_same_number_on_all_figures(top, figures):
    assert axis_figures(top, 2) == figures


def test_the_figures_of_the_axis_have_room():
    for power in range(-4, 11):
        for step in (1, 1.5, 2, 3, 4, 5, 6, 8):
            for parts in (1, 2, 4):
                assert max(map(len, axis_figures(step * 10.0**power, parts))) < GUTTER


def test_every_line_has_the_width_of_the_panel():
    for width, height in ((160, 14), (80, 6), (40, 5), (20, 3), (12, 2)):
        picture = chart_picture(scene_at(), Size(width, height), INKS, TABS, True)
        assert [strip.cell_length for strip in picture.strips] == [width] * height


def test_axis_has_the_top_zero_and_clock_times():
    lines = text_of(scene_at())
    assert "2,000┤" in lines[1]
    assert any("    0┤" in line for line in lines)
    assert lines[-2].count(":") >= 3


def test_a_burst_of_server_errors_has_its_colour_in_the_area_and_in_the_lane():
    strips = chart_lines(scene_at(), Size(98, 12), INKS)
    red = [y for y, strip in enumerate(strips) for segment in strip if segment.style == INKS.server_error]
    assert any(y < 8 for y in red)
    lane = next(strip.text for strip in strips if strip.text.startswith("  5xx"))
    assert "▇" in lane


def test_the_running_step_is_not_drawn_because_it_would_always_look_like_a_drop():
    scene = scene_at()
    cut = replace(scene.traffic, hits=(*scene.traffic.hits[:-1], 0))
    assert text_of(replace(scene, traffic=cut)) == text_of(scene)


def test_an_alert_is_marked_on_the_clock():
    scene = scene_at()
    assert "▲" in text_of(replace(scene, alerts=firing(AT)))[-2]
    assert "▲" not in text_of(scene)[-2]


def test_an_empty_log_says_what_it_waits_for():
    scene = scene_at()
    sources = (SourceStatus("access.log", "x", "waiting"),)
    empty = Scene(AT, scene.view, scene.window, sources=sources, traffic=Traffic())
    assert "waiting for the first request in access.log …" in "".join(text_of(empty))


def test_a_window_without_requests_says_where_they_are():
    scene = scene_at()
    zeros = (0,) * scene.window.steps
    quiet = replace(scene, traffic=Traffic(zeros, zeros, zeros, zeros), totals=Totals(), lag_seconds=90_000)
    assert "no requests in the last 15m; the newest is of" in "".join(text_of(quiet))
