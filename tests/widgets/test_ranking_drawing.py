"""Tables: columns line up, go in the stated order, and keep 4xx and 5xx apart."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from textual.geometry import Size

from glance.domain.scene import Ranking, Row
from glance.domain.view import View
from glance.widgets.frame import Tab
from glance.widgets.inks import inks_of
from glance.widgets.ranking_drawing import TableState, columns_for, table_picture
from tests.scenes import AT, scene_at
from tests.stage import hostile

INKS = inks_of("glance-dark")
TABS = (Tab(3, "paths"),)


def lines_of(scene, width=90, height=12, **state):
    picture = table_picture(scene, "paths", Size(width, height), INKS, TABS, state=TableState(**state))
    return [strip.text for strip in picture.strips]


def names_of(width, has_latency=True, sort="hits"):
    return [column.name for column in columns_for(width, has_latency, sort)]


def test_a_wide_table_has_every_column():
    assert names_of(120) == ["hits", "share", "4xx", "5xx", "bytes", "p95", "trend"]


def test_columns_go_in_the_stated_order():
    seen = [tuple(names_of(width)) for width in range(100, 20, -1)]
    gone = [name for before, after in pairwise(seen) for name in before if name not in after]
    assert gone == ["bytes", "trend", "share", "p95", "4xx", "5xx"]


def test_the_column_that_decides_the_order_stays():
    assert "bytes" in names_of(40, sort="bytes")


def test_without_times_there_is_no_p95():
    assert "p95" not in names_of(120, has_latency=False)


@pytest.mark.parametrize("width", [160, 90, 60, 42, 30, 24])
def test_every_line_has_the_width_of_the_panel(width):
    picture = table_picture(hostile(scene_at()), "paths", Size(width, 12), INKS, TABS, state=TableState())
    assert [strip.cell_length for strip in picture.strips] == [width] * 12


def test_figures_end_in_the_same_column():
    lines = lines_of(scene_at())
    ends = [line.index("k ") for line in lines[2:7]]
    assert len(set(ends)) == 1


def test_clients_and_servers_errors_stand_under_their_names():
    row = Row("/x", 1000, 1.0, client_errors=12, server_errors=345)
    scene = replace(scene_at(), rankings=(Ranking("paths", (row,), 1),))
    lines = lines_of(scene)
    assert lines[2][lines[1].index("4xx") + 1 : lines[1].index("4xx") + 3] == "12"
    assert lines[2][lines[1].index("5xx") : lines[1].index("5xx") + 3] == "345"


def test_the_selected_row_is_marked_only_where_the_keys_are():
    name = scene_at().ranking("paths").rows[2].name
    assert lines_of(scene_at(), cursor=name, is_focused=True)[4][1] == "▌"
    assert lines_of(scene_at(), cursor=name)[4][1] == " "


def test_the_order_is_marked_and_said():
    scene = scene_at(view=View(sorts=(("paths", "errors"),)))
    lines = lines_of(scene)
    assert "by errors" in lines[0]
    assert "4xx▾" in lines[1]
    assert "5xx▾" in lines[1]


def test_a_search_without_a_match_says_so():
    view = View(searches=(("paths", "zzz"),))
    assert "nothing matches, esc clears" in lines_of(scene_at(AT, view), search="zzz")[2]


def test_a_search_that_is_typed_stands_in_the_last_line_with_what_it_found():
    view = View(searches=(("paths", "api"),))
    line = lines_of(scene_at(AT, view), search="api", is_typing=True)[-2]
    assert "/ api" in line
    assert "7 found" in line


def test_a_search_that_is_on_stands_in_the_border():
    assert "/api  esc clears" in lines_of(scene_at(), search="api")[-1]


def test_an_approximate_count_of_names_says_so():
    ranking = replace(scene_at().ranking("paths"), is_approximate=True, distinct=5000)
    assert "~5,000 names" in lines_of(replace(scene_at(), rankings=(ranking,)))[0]
