"""The words in the border that say what else a table can rank."""

from __future__ import annotations

import pytest

from glance.commands.every import VIEWS
from glance.widgets.drawing import Line
from glance.widgets.inks import inks_of
from glance.widgets.view_switch import NO_SWITCH, ViewSwitch, put_switch

INKS = inks_of("glance-dark")
CLIENTS = VIEWS["clients"]


def drawn(switch, room):
    line = Line(100, INKS.ground)
    put_switch(line, switch, room, INKS)
    return line, line.strip().text.strip()


@pytest.mark.parametrize(
    ("shown", "room", "text"),
    [
        ("clients", 80, "v clients · networks · agents · crawlers · kinds"),
        ("clients", 30, "v clients · networks · …"),
        ("agents", 30, "v agents · crawlers · …"),
        ("kinds", 30, "v crawlers · kinds · …"),
        ("kinds", 14, "v kinds · …"),
        ("kinds", 6, ""),
    ],
)
def test_the_chosen_word_is_always_among_those_that_fit(shown, room, text):
    line, found = drawn(ViewSwitch(CLIENTS, shown, "v"), room)
    assert found == text
    assert line.spots == [] or line.spots[-1].end <= room


@pytest.mark.parametrize("room", range(60))
def test_it_never_takes_more_than_its_room(room):
    for shown in CLIENTS:
        line = Line(100, INKS.ground)
        put_switch(line, ViewSwitch(CLIENTS, shown, "v"), room, INKS)
        assert line.x <= room


def test_every_word_can_be_clicked():
    line, _ = drawn(ViewSwitch(CLIENTS, "clients", "v"), 80)
    assert [spot.action for spot in line.spots] == [
        "screen.next_view",
        *(f"screen.ranking('{name}')" for name in CLIENTS),
    ]


def test_one_view_needs_no_words():
    assert drawn(NO_SWITCH, 80)[1] == drawn(ViewSwitch(("sections",), "sections", "v"), 80)[1] == ""
