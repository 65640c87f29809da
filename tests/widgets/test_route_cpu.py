"""The column of CPU per request: only for routes that have it, first to go, right-aligned with its unit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.geometry import Size

from glance.domain.route_cpu import RouteCpu
from glance.domain.scene import Ranking, Row
from glance.domain.view import View
from glance.widgets.inks import inks_of
from glance.widgets.ranking_drawing import TableState, table_picture
from tests.scenes import AT, scene_at

ROWS = (
    Row("/slow", 100, 0.5, cpu=RouteCpu("/slow", 0.00125, 0.1)),
    Row("/hash", 60, 0.3, cpu=RouteCpu("/hash", 0.000056, 0.9)),
    Row("/none", 40, 0.2),
)


def shown(width, rows=ROWS, **view):
    scene = replace(scene_at(AT, View()), rankings=(Ranking("routes", rows, len(rows)),), view=View(**view))
    picture = table_picture(scene, "routes", Size(width, 10), inks_of("glance-dark"), (), state=TableState())
    return [strip.text for strip in picture.strips]


def test_a_wide_table_of_routes_tells_what_a_request_costs():
    heading, slow, fast, none = shown(120)[1:5]
    end = heading.index("cpu/req") + len("cpu/req")
    assert [line[:end].split()[-1] for line in (slow, fast, none)] == ["1.2ms", "56µs", "–"]


@pytest.mark.parametrize("width", [40, 60, 72])
def test_a_narrow_one_has_no_room_for_it_unless_it_is_the_order(width):
    assert "cpu/req" not in shown(width)[1]
    assert "cpu/req▾" in shown(width, sorts=(("routes", "cpu"),))[1]


def test_what_it_costs_has_not_the_colour_of_an_error():
    inks = inks_of("glance-dark")
    scene = replace(scene_at(AT, View()), rankings=(Ranking("routes", ROWS, len(ROWS)),), view=View())
    row = table_picture(scene, "routes", Size(120, 10), inks, (), state=TableState()).strips[2]
    styles = {segment.style.color for segment in row if "1.2ms" in segment.text and segment.style}
    assert styles
    assert not styles & {inks.client_error.color, inks.server_error.color}


def test_without_profiles_there_is_no_such_column():
    rows = tuple(replace(row, cpu=None) for row in ROWS)
    assert "cpu/req" not in shown(200, rows)[1]
