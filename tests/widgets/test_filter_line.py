"""How chips and a typed filter look where there is room, and where there is not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.geometry import Size

from glance.domain.scene import Ranking, Row, Sifting
from glance.domain.view import View
from glance.widgets.completion import completion
from glance.widgets.filter_bar import FilterBar, Typed, filter_bar_picture
from glance.widgets.filter_line import Trail, filter_line_picture, matched_words
from glance.widgets.inks import inks_of
from tests.scenes import scene_at

INKS = inks_of("glance-dark")
CHIPS = (
    "status:5xx",
    "path=/api/v2/recommendations/for-you/and/for/everybody/else/in/the/world",
    'agent="Mozilla/5.0 (X11; Linux x86_64)"',
    "-client=2001:db8:85a3::8a2e:370:7334",
)


def scene_of(text, **changes):
    return replace(scene_at(view=View(filter=text)), **changes)


def line(chips, width, **changes):
    text = " ".join(chips)
    picture = filter_line_picture(scene_of(text, **changes), Trail(text, chips), Size(width, 1), INKS)
    assert picture.strips[0].cell_length == width
    return picture.strips[0].text


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200, 300])
@pytest.mark.parametrize("many", [1, 2, 3, 4])
def test_the_last_chips_and_the_count_are_always_there(width, many):
    shown = line(CHIPS[:many], width, matched=1234, matched_of=56_789)
    assert "1,234 of 56,789" in shown
    assert "✕" in shown
    assert CHIPS[many - 1][:4] in shown


def test_chips_without_room_are_counted():
    assert " +3 " in line(CHIPS, 60, matched=1, matched_of=2)
    assert "+" not in line(CHIPS, 300, matched=1, matched_of=2)


def test_a_path_loses_its_left_side_and_keeps_its_field():
    shown = line(CHIPS[:2], 90, matched=1, matched_of=2)
    assert "path=…" in shown
    assert "/the/world ✕" in shown


def test_a_chip_has_the_colour_of_its_status_and_its_clicks():
    text = "status:5xx path=/a"
    picture = filter_line_picture(scene_of(text), Trail(text, tuple(text.split())), Size(80, 1), INKS)
    (style,) = [style for word, style, _ in picture.strips[0] if word == "status:5xx"]
    assert style.color == INKS.server_error.color
    assert [spot.action for spot in picture.spots] == [
        "screen.filter_text", "screen.drop_after(0)", "screen.drop_filter(0)", "screen.drop_after(1)",
        "screen.drop_filter(1)",
    ]  # fmt: skip


def test_the_count_waits_for_its_answer():
    assert matched_words(scene_of("a"), "b") == "counting …"
    assert matched_words(scene_of("a", matched=None), "a") == "counting …"
    assert matched_words(scene_of("a", matched=0, matched_of=9), "a") == "0 of 9"
    about = scene_of("a", matched=1, matched_of=2)
    assert matched_words(replace(about, totals=replace(about.totals, is_approximate=True)), "a") == "~1 of 2  50.0%"


# What is typed ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "caret", "start", "first"),
    [
        ("", 0, 0, "status:"),
        ("me", 2, 0, "method="),
        ("-ag", 3, 1, "agent:"),
        ("status:5xx pa", 13, 11, "path:"),
        ("(path:/a | cl", 13, 11, "client:"),
        ("status:4", 8, 7, "4xx"),
        ("status>=50", 10, 8, "500"),
        ("method=", 7, 7, "GET"),
        ("path:orders", 11, 5, "/api/v1/orders/recent"),
        ("path=/log", 9, 5, "/login"),
        ("client:203", 10, 7, "203.0.113.7"),
        ("status:5xx", 7, 7, "5xx"),
    ],
)
def test_what_can_stand_there_is_known(text, caret, start, first):
    found = completion(text, caret, scene_at())
    assert (found.start, found.candidates[0]) == (start, first)


@pytest.mark.parametrize("text", ["nothing", "user=", "path=/nowhere", "status:5xx ?"])
def test_where_nothing_is_known_nothing_is_proposed(text):
    assert completion(text, len(text), scene_at()).candidates == ()


def test_values_are_written_so_that_they_can_be_read():
    rows = (Row('/a b"c', 3, 0.5), Row("/caf\xe9", 2, 0.2, raw=b"/caf\xe9s"))
    scene = replace(scene_at(), rankings=(Ranking("paths", rows, 2),))
    assert completion("path=", 5, scene).candidates == ('"/a b\\"c"',)


@pytest.mark.parametrize("width", [40, 80, 200])
@pytest.mark.parametrize("caret", [0, 5, 150, 300])
def test_a_long_text_is_shown_around_the_caret(width, caret):
    text = " ".join(f"-path:/{number}" for number in range(40))[:300]
    bar = FilterBar()
    bar.start(text, scene_at())
    bar.write(text, caret)
    picture = filter_bar_picture(bar.typed, scene_at(), Size(width, 2), INKS)
    assert [strip.cell_length for strip in picture.strips] == [width, width]
    reversed_cells = [word for word, style, _ in picture.strips[0] if style and style.reverse]
    assert reversed_cells == [text[caret : caret + 1] or " "]


@pytest.mark.parametrize("width", [40, 80, 200])
def test_the_mark_stands_under_its_sign_and_the_words_fit(width):
    text = "path:/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa stauts=5"
    typed = Typed(text, len(text), mistake="there is no field stauts", mistake_at=text.index("stauts"))
    above, below = (strip.text for strip in filter_bar_picture(typed, scene_at(), Size(width, 2), INKS).strips)
    assert above[below.index("^")] == "s"
    assert below.strip(" ^").startswith("there is no")


def test_combining_marks_do_not_pile_up():
    text = "a" + "\u0301" * 100
    picture = filter_bar_picture(Typed(text, 0), scene_at(), Size(40, 2), INKS)
    assert picture.strips[0].text.count("\u0301") <= 4


def test_while_history_is_filtered_it_says_how_far_it_is():
    part = Sifting(4_200_000, 10_000_000)
    shown = line(CHIPS[:1], 120, matched=12_345, matched_of=4_200_000, sifting=part)
    assert "12,345 so far · filtering 4.20 of 10.0M lines" in shown
    assert "12,345 so far" in line(CHIPS[:1], 80, matched=12_345, matched_of=4_200_000, sifting=part)
