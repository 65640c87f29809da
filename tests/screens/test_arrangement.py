"""Where panels stand: nothing overlaps, nothing is lost, everything can be reached."""

from __future__ import annotations

import pytest
from textual.geometry import Region, Size

from glance.commands.every import PAGES, PANELS
from glance.screens.arrangement import Wish, arrange

SIZES = [(40, 10), (60, 15), (79, 24), (80, 24), (100, 30), (110, 29), (110, 30), (120, 35), (159, 60), (160, 30),
         (160, 45), (200, 55), (300, 100), (41, 200)]  # fmt: skip


@pytest.mark.parametrize(
    "wish",
    [
        Wish(),
        Wish("lines"),
        Wish(troubles=1),
        Wish(troubles=2, is_firing=True),
        Wish(is_firing=True),
        Wish("alerts", is_firing=True),
        Wish(zoomed="traffic"),
        Wish(zoomed="metrics", troubles=2, is_firing=True),
        Wish(zoomed="alerts", is_firing=True),
        Wish(has_filter=True),
        Wish(is_filter_typed=True),
        Wish(troubles=2, is_firing=True, has_filter=True, is_filter_typed=True),
        Wish(zoomed="paths", has_filter=True, is_filter_typed=True),
    ],
)
def test_the_screen_is_covered_without_gap_or_overlap(wish):
    for width, height in SIZES:
        places = arrange(Size(width, height), wish).places.values()
        cells = [(x, y) for place in places for y in place.line_range for x in place.column_range]
        assert len(cells) == len(set(cells)) == width * height, (width, height)


@pytest.mark.parametrize("size", SIZES)
def test_every_panel_is_shown_or_a_tab(size):
    arrangement = arrange(Size(*size), Wish())
    assert {name for name in PANELS if name in arrangement.places} | set(arrangement.tabs) == set(PANELS)


@pytest.mark.parametrize("shown", PANELS)
def test_a_tab_can_be_shown(shown):
    assert shown in arrange(Size(60, 15), Wish(shown)).places


def columns(width, height):
    places = arrange(Size(width, height), Wish()).places
    return len({places[name].x for name in ("sections", "paths", "clients") if name in places})


def test_three_columns_two_and_one():
    assert columns(160, 45) == 3
    assert columns(120, 35) == 2
    assert columns(80, 24) == 1


def test_below_forty_by_ten_there_is_only_a_sentence():
    assert arrange(Size(39, 24), Wish()).places == {"too-small": Region(0, 0, 39, 24)}
    assert arrange(Size(80, 9), Wish()).places == {"too-small": Region(0, 0, 80, 9)}


def test_a_zoomed_panel_has_all_but_header_and_keys():
    assert arrange(Size(100, 30), Wish(zoomed="paths")).places["paths"] == Region(0, 1, 100, 28)


def test_what_fires_is_told_above_everything_but_its_own_page():
    assert arrange(Size(120, 35), Wish(is_firing=True)).places["alert-line"] == Region(0, 1, 120, 1)
    assert arrange(Size(80, 24), Wish(troubles=1, is_firing=True)).places["alert-line"] == Region(0, 2, 80, 1)
    assert "alert-line" not in arrange(Size(120, 35), Wish(zoomed="alerts", is_firing=True)).places


def test_a_low_terminal_has_one_line_above_the_panels():
    places = arrange(Size(60, 14), Wish(troubles=2, is_firing=True)).places
    assert places["banner"].height == 1
    assert "alert-line" not in places


@pytest.mark.parametrize("size", SIZES)
def test_chips_stand_under_the_header_and_the_text_above_the_keys(size):
    width, height = size
    places = arrange(Size(width, height), Wish(has_filter=True, is_filter_typed=True)).places
    assert places["filter-line"] == Region(0, 1, width, 1)
    assert places["filter-bar"] == Region(0, height - 3, width, 2)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_the_whole_screen(page):
    for width, height in SIZES:
        assert arrange(Size(width, height), Wish(zoomed=page)).places[page] == Region(0, 1, width, height - 2)


CHOSEN = [
    ("lines",),
    ("traffic",),
    ("traffic", "lines"),
    ("lines", "traffic"),
    ("paths", "clients", "status"),
    ("paths", "traffic", "clients", "lines", "alerts"),
    ("lines", "alerts", "status", "clients", "paths", "sections", "traffic"),
    ("sections", "paths", "clients", "status", "alerts", "lines"),
]


@pytest.mark.parametrize("panels", CHOSEN, ids=" ".join)
@pytest.mark.parametrize(
    "more", [{}, {"is_firing": True, "has_hint": True}, {"has_filter": True, "is_filter_typed": True}]
)
def test_chosen_panels_cover_the_screen_in_their_order(panels, more):
    for width, height in SIZES:
        arrangement = arrange(Size(width, height), Wish(panels=panels, **more))
        places = arrangement.places
        cells = [(x, y) for place in places.values() for y in place.line_range for x in place.column_range]
        assert len(cells) == len(set(cells)) == width * height
        shown = [name for name in panels if name in places]
        assert set(shown) | set(arrangement.tabs) == set(panels)
        assert not (set(PANELS) - set(panels)) & set(places)
        if not arrangement.tabs:
            assert sorted(shown, key=lambda name: (places[name].y, places[name].x)) == shown
            assert all(places[name].height >= 4 for name in shown)


def test_the_usual_panels_stand_as_ever_when_they_are_named():
    for size in SIZES:
        assert arrange(Size(*size), Wish(panels=tuple(PANELS))) == arrange(Size(*size), Wish())


def test_a_hint_stands_above_the_keys_and_gives_way_to_what_is_typed():
    assert arrange(Size(80, 24), Wish(has_hint=True)).places["hint"] == Region(0, 22, 80, 1)
    for wish in (Wish(has_hint=True, is_filter_typed=True), Wish(has_hint=True, zoomed="paths")):
        assert "hint" not in arrange(Size(80, 24), wish).places
    assert "hint" not in arrange(Size(80, 15), Wish(has_hint=True)).places
