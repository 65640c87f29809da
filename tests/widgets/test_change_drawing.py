"""Changes: a fixed width, grey for chance, a colour only where errors rose."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.geometry import Size

from glance.domain.comparison import Figures, differs, has_slowed
from glance.domain.scene import Row
from glance.domain.view import View
from glance.widgets.change_drawing import CHANGE_WIDTH, change_words, row_change, share_change
from glance.widgets.frame import Tab
from glance.widgets.inks import inks_of, soft
from glance.widgets.ranking_drawing import TableState, columns_for, table_picture
from glance.widgets.status_mix import status_picture, status_rows
from glance.widgets.tiles import tiles_of, tiles_picture
from tests.comparisons import compared
from tests.scenes import scene_at

INKS = inks_of("glance-dark")
GREY = soft(INKS.label)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.floats(0.01, 100))
def test_no_change_is_wider_than_its_column(now, then, scale):
    assert cell_len(change_words(now, then * scale)) <= CHANGE_WIDTH


@pytest.mark.parametrize(
    ("now", "then", "words"),
    [
        (134, 100, "▲ 34%"),
        (95, 100, "▼ 5%"),
        (100, 100, "="),
        (9, 0, "new"),
        (0, 9, "gone"),
        (0, 0, "="),
        (1200, 100, "▲ ×12"),
    ],
)
def test_words(now, then, words):
    assert change_words(now, then) == words


def test_chance_is_told_from_change():
    assert not differs(12, 9)
    assert not differs(110, 100)
    assert differs(1100, 1000)
    assert differs(0, 9)
    assert not differs(0, 0)
    assert differs(1000, 300, 1.0)
    assert not differs(900, 300, 3.0)


def test_a_percentile_of_few_requests_tells_nothing():
    assert has_slowed(0.4, 0.2, (100, 100))
    assert not has_slowed(0.4, 0.2, (100, 3))
    assert not has_slowed(0.205, 0.2, (1000, 1000))
    assert not has_slowed(None, 0.2, (1000, 1000))


def test_colours_have_one_meaning():
    busy = Row("/", 2000, 0.1, 0, 100, p95=0.4)
    assert row_change(busy, Figures(1000, 10, 0.2), 1.0, "hits", INKS) == ("▲ 100%", INKS.text)
    assert row_change(busy, Figures(2000, 10, 0.2), 1.0, "errors", INKS) == ("▲ ×10", INKS.server_error)
    assert row_change(busy, Figures(2000, 400, 0.2), 1.0, "errors", INKS) == ("▼ 75%", INKS.text)
    assert row_change(busy, Figures(2000, 98, 0.2), 1.0, "errors", INKS)[1] == GREY
    assert row_change(busy, Figures(2000, 98, 0.2), 1.0, "p95", INKS) == ("▲ 100%", INKS.latency)
    assert row_change(busy, Figures(2000, 98), 1.0, "p95", INKS)[1] == GREY


def test_shares_are_compared_with_what_as_many_requests_would_have():
    assert share_change((100, 1000), (10, 1000), 1.0, INKS.server_error, INKS) == ("▲ 9.0pt", INKS.server_error)
    assert share_change((10, 1000), (100, 1000), 1.0, INKS.server_error, INKS) == ("▼ 9.0pt", INKS.text)
    assert share_change((3, 100), (2, 100), 1.0, INKS.server_error, INKS)[1] == GREY
    assert share_change((0, 0), (2, 100), 1.0, INKS.server_error, INKS)[0] == ""


@pytest.mark.parametrize("width", [160, 100, 78, 60, 46])
def test_the_column_lines_up_and_goes_as_one_of_the_last(width):
    scene = compared(scene_at())
    picture = table_picture(scene, "paths", Size(width, 16), INKS, (Tab(3, "paths"),), state=TableState())
    lines = [strip.text for strip in picture.strips]
    assert {strip.cell_length for strip in picture.strips} == {width}
    end = lines[1].index("change") + len("change")
    assert all(line[end] == " " for line in lines[2:10] if "日" not in line)
    assert any("▲ 25%" in line for line in lines)
    assert any("new" in line for line in lines)


def test_there_is_no_column_without_a_comparison():
    assert "change" not in [column.name for column in columns_for(160, True, "hits")]
    scene = scene_at()
    unknown = compared(scene, condition="unknown", note="nothing is known yet")
    for one in (scene, unknown):
        picture = table_picture(one, "paths", Size(120, 16), INKS, (Tab(3, "paths"),), state=TableState())
        assert "change" not in picture.strips[1].text


def test_until_the_answer_is_there_the_column_keeps_its_place():
    scene = compared(scene_at(), condition="counting", rankings=())
    picture = table_picture(scene, "paths", Size(120, 16), INKS, (Tab(3, "paths"),), state=TableState())
    assert "change" in picture.strips[1].text
    assert "…" in picture.strips[2].text


@pytest.mark.parametrize(("sort", "mark"), [("risers", "change▾"), ("fallers", "change▴")])
def test_the_order_is_marked(sort, mark):
    view = View(sorts=(("paths", sort),))
    scene = replace(compared(scene_at()), view=view)
    picture = table_picture(scene, "paths", Size(120, 16), INKS, (Tab(3, "paths"),), state=TableState())
    assert mark in picture.strips[1].text
    assert f"by {sort}" in picture.strips[0].text


def test_tiles_are_of_the_window_and_say_against_what():
    scene = compared(scene_at(), "yesterday")
    text = "\n".join(strip.text for strip in tiles_picture(scene, Size(200, 3), INKS).strips)
    assert "▲ 11% vs yesterday" in text
    assert "requests/s on average" in text
    assert "p95 ▲ 67%" in text
    for width in (40, 60, 80, 120):
        for height in (1, 3):
            picture = tiles_picture(scene, Size(width, height), INKS)
            assert {strip.cell_length for strip in picture.strips} == {width}
    assert "on average" not in tiles_of(compared(scene_at(), condition="counting"), INKS)[0].label


def test_where_nothing_rose_it_says_so():
    scene = replace(compared(scene_at()), view=View(sorts=(("paths", "risers"),)))
    empty = replace(scene, rankings=tuple(replace(one, rows=()) for one in scene.rankings))
    picture = table_picture(empty, "paths", Size(120, 16), INKS, (Tab(3, "paths"),), state=TableState())
    assert "nothing has risen" in picture.strips[2].text


@pytest.mark.parametrize("width", [36, 60, 100])
def test_every_status_shows_its_change_in_one_column(width):
    scene = compared(scene_at())
    lines = lines_of(status_picture(scene, Size(width, 18), INKS, (), False))
    changed = [line for line in lines if "▲" in line]
    assert len(changed) == len(status_rows(scene, 16)) > 8
    assert len({line.index("%", 14) for line in changed}) == 1
    assert "▲ 400%" in next(line for line in lines if "5xx" in line)


@pytest.mark.parametrize(
    ("scene", "width"),
    [(compared(scene_at()), 35), (scene_at(), 60), (compared(scene_at(), statuses=None), 60)],
    ids=["narrow", "alone", "unknown"],
)
def test_a_status_panel_without_room_or_comparison_has_no_such_column(scene, width):
    assert not any("▲" in line for line in lines_of(status_picture(scene, Size(width, 18), INKS, (), False)))


def lines_of(picture):
    return ["".join(segment.text for segment in strip) for strip in picture.strips]
