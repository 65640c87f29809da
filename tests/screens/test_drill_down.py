"""Filtering by pointing and by typing: what the keys and the mouse do, and what stands on the screen."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from textual import events

from glance.widgets.ranking_table import RankingTable
from tests.scenes import AT
from tests.screens.running import stage
from tests.stage import HOSTILE

ESC = "escape"
SIZES = [(200, 55), (120, 35), (80, 24), (40, 10)]


def asked(on):
    """The filter that the collector was asked for last."""
    return on.engine.views[-1].filter


def chips(on):
    """The line under the header."""
    return on.text("filter-line")


@pytest.mark.parametrize("size", SIZES)
async def test_enter_on_a_row_shows_only_that(size):
    async with stage(size) as on:
        await on.publish()
        await on.press("3", "down", "enter")
        assert asked(on) == "path=/static/js/app.3f9c2e.js"
        assert "✕" in chips(on)
        assert "counting …" in chips(on)
        assert on.overview.query_one("#filter-line").region.y == 1
        await on.publish(AT + 1, matched=1234, matched_of=56_789)
        assert "1,234 of 56,789" in chips(on)
        assert on.focused == "paths"


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        (("2", "enter"), "section=/api"),
        (("4", "enter"), "client=203.0.113.7"),
        (("5", "enter"), "status:5xx"),
        (("5", "down", "enter"), "status=500"),
        (("5", "g", "enter"), "status:2xx"),
    ],
)
async def test_rows_of_every_panel_say_what_they_are(keys, wanted):
    async with stage((80, 24)) as on:
        await on.publish()
        await on.press(*keys)
        assert asked(on) == wanted


async def test_the_status_panel_starts_at_the_worst_there_is():
    async with stage() as on:
        await on.publish(totals=replace(on.overview.scene.totals, hits=3, statuses=((200, 2), (404, 1))))
        await on.press("5", "enter")
        assert asked(on) == "status:4xx"


async def test_chips_stack_and_backspace_and_esc_take_the_last_one_off():
    async with stage() as on:
        await on.publish()
        await on.press("5", "enter", "2", "enter", "4", "enter")
        assert asked(on) == "status:5xx section=/api client=203.0.113.7"
        await on.press("backspace")
        assert asked(on) == "status:5xx section=/api"
        await on.press(ESC)
        assert asked(on) == "status:5xx"
        await on.press(ESC)
        assert asked(on) == ""
        assert not on.overview.query_one("#filter-line").display
        before = len(on.engine.views)
        await on.press(ESC, "backspace")
        assert len(on.engine.views) == before


async def test_esc_leaves_the_zoom_before_the_filter():
    async with stage() as on:
        await on.publish()
        await on.press("5", "enter", "z", ESC)
        assert on.overview.wish.zoomed == ""
        assert asked(on) == "status:5xx"


async def test_the_last_chip_is_negated_and_back():
    async with stage() as on:
        await on.publish()
        await on.press("5", "enter", "2", "enter", "exclamation_mark")
        assert asked(on) == "status:5xx -section=/api"
        assert "-section=/api" in chips(on)
        await on.press("exclamation_mark")
        assert asked(on) == "status:5xx section=/api"


async def test_minus_goes_back_and_forth_between_two_filters():
    async with stage() as on:
        await on.publish()
        await on.press("minus")
        assert asked(on) == ""
        await on.press("5", "enter", "2", "enter", "minus")
        assert asked(on) == "status:5xx"
        await on.press("minus")
        assert asked(on) == "status:5xx section=/api"
        await on.press("backspace", "backspace", "minus")
        assert asked(on) == "status:5xx"


async def test_tables_start_at_the_top_of_what_matches():
    async with stage((80, 24)) as on:
        await on.publish()
        await on.press("3", "G", "5", "enter", "3")
        await on.publish(AT + 1)
        table = on.overview.query_one("#paths", RankingTable)
        assert (table.top, table.cursor) == (0, on.overview.scene.ranking("paths").rows[0].name)


async def test_nothing_matches_is_said_with_the_way_out():
    async with stage() as on:
        await on.publish()
        await on.press("5", "enter")
        await on.publish(
            AT + 1, matched=0, matched_of=9, rankings=(), lines=(), totals=replace(on.overview.scene.totals, hits=0)
        )
        assert "nothing matches, backspace goes back" in on.screen_text


async def test_an_empty_table_says_that_there_is_no_row():
    async with stage() as on:
        await on.publish(rankings=())
        await on.press("3", "enter")
        assert "no row to filter by" in on.text("header")
        assert asked(on) == ""


# The mouse ----------------------------------------------------------------------------------------


async def test_a_double_click_on_a_row_filters_by_it():
    async with stage() as on:
        await on.publish()
        await on.pilot.click("#clients", offset=(5, 4), times=2)
        await on.pilot.pause()
        assert asked(on) == "client=2001:db8:85a3::8a2e:370:7334"
        assert on.overview.wish.zoomed == ""


async def test_a_click_on_a_cross_drops_that_chip_and_one_on_a_chip_those_behind_it():
    async with stage() as on:
        await on.publish()
        await on.press("5", "enter", "2", "enter", "4", "enter")
        await on.pilot.click("#filter-line", offset=(chips(on).index("✕"), 0))
        await on.pilot.pause()
        assert asked(on) == "section=/api client=203.0.113.7"
        await on.pilot.click("#filter-line", offset=(chips(on).index("section"), 0))
        await on.pilot.pause()
        assert asked(on) == "section=/api"


async def test_a_click_on_the_word_opens_the_text():
    async with stage() as on:
        await on.publish()
        await on.press("5", "enter")
        await on.pilot.click("#filter-line", offset=(2, 0))
        await on.pilot.pause()
        assert "status:5xx" in on.text("filter-bar")


# The text -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_f_opens_the_filter_as_text_and_shows_what_it_chooses_meanwhile(size):
    async with stage(size) as on:
        await on.publish()
        await on.press("f", *"status:404")
        assert asked(on) == "status:404"
        assert "status:404" in on.text("filter-bar")
        await on.publish(AT + 1, matched=7, matched_of=70)
        assert "7 of 70" in on.text("filter-bar")
        assert not on.overview.query_one("#filter-line").display
        await on.press("enter")
        assert not on.overview.query_one("#filter-bar").display
        assert "status:404" in chips(on)
        assert on.focused == "paths"


async def test_esc_leaves_everything_as_it_was():
    async with stage() as on:
        await on.publish()
        await on.press("5", "enter", "colon", *"path:x")
        assert asked(on) == "status:5xx path:x"
        await on.press(ESC)
        assert asked(on) == "status:5xx"
        assert "path:x" not in on.screen_text
        await on.press("minus")
        assert asked(on) == ""


async def test_a_mistake_has_a_mark_under_it_and_leaves_what_was_shown():
    async with stage() as on:
        await on.publish()
        await on.press("f", *"status:5xx stauts=4 x")
        above, below = on.text("filter-bar").splitlines()
        assert below[above.index("stauts")] == "^"
        assert "there is no field stauts" in below
        assert asked(on) == "status:5xx path:stauts"
        await on.press("enter")
        assert on.overview.query_one("#filter-bar").display
        assert "no field" in on.text("header")


async def test_the_beginning_of_a_fields_name_chooses_nothing_yet():
    async with stage() as on:
        await on.publish()
        await on.press("f", *"stat")
        assert asked(on) == ""
        assert "status:" in on.text("filter-bar")
        await on.press("enter")
        assert asked(on) == "path:stat"


async def test_tab_completes_fields_and_values_that_are_there():
    async with stage() as on:
        await on.publish()
        await on.press("f", "s", "e", "tab")
        assert on.overview.filter_bar.typed.text == "section="
        await on.press("tab", "tab")
        assert asked(on) == "section=/static"
        await on.press("shift+tab")
        assert asked(on) == "section=/api"
        await on.press("space", *"status:50", "tab", "tab", "enter")
        assert asked(on) == "section=/api status:503"


async def test_a_candidate_can_be_clicked():
    async with stage() as on:
        await on.publish()
        await on.press("f", *"method=")
        below = on.text("filter-bar").splitlines()[1]
        await on.pilot.click("#filter-bar", offset=(below.index("POST"), 1))
        await on.pilot.pause()
        assert asked(on) == "method=POST"


async def test_the_text_is_edited_where_the_caret_is():
    async with stage() as on:
        await on.press("f", *"path:ac", "left", "b", "home", "minus", "end", "d")
        assert on.overview.filter_bar.typed.text == "-path:abcd"
        await on.press("home", "delete", "end", "backspace")
        assert on.overview.filter_bar.typed.text == "path:abc"
        await on.press("space", "x", "ctrl+w", "ctrl+u")
        assert on.overview.filter_bar.typed.text == ""


async def test_keys_that_follow_at_once_are_text():
    """Typed or pasted faster than the screen answers; `/`, `q` and digits mean nothing else then."""
    async with stage() as on:
        await on.publish()
        for key in "fpath:/q7?s|~/":
            on.app.post_message(events.Key({"/": "slash", ":": "colon"}.get(key, key), key))
        await on.pilot.pause()
        await asyncio.sleep(0)
        await on.pilot.pause()
        assert on.overview.filter_bar.typed.text == "path:/q7?s|~/"
        assert not on.overview.query_one("#paths", RankingTable).is_typing


async def test_a_search_is_none_of_the_filters_business():
    async with stage() as on:
        await on.publish()
        await on.press("slash", "f", "colon", "minus", "z")
        assert dict(on.engine.views[-1].searches) == {"paths": "f:-z"}
        assert asked(on) == ""
        await on.press(ESC, "slash", "x")
        assert dict(on.engine.views[-1].searches) == {"paths": "x"}


async def test_pasted_text_goes_into_the_filter():
    async with stage() as on:
        await on.press("f")
        on.overview.post_message(events.Paste("status:5xx\nrest"))
        await on.pilot.pause()
        assert asked(on) == "status:5xx"


async def test_while_typing_the_footer_says_how_to_end():
    async with stage() as on:
        await on.press("f")
        assert "enter keep" in on.text("keys")
        assert "esc back" in on.text("keys")
        assert "quit" not in on.text("keys")


# Text from outside --------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
async def test_hostile_names_in_chips_and_in_the_text_are_only_shown(size):
    async with stage(size) as on:
        await on.publish()
        ranking = on.overview.scene.ranking("paths")
        for name, raw in ((HOSTILE, b""), ("é\u0301", b"\xe9\x1b[31m\x9b\xff\n\x00 \"'\\|(" + b"\xcc\x81" * 50)):
            rows = (replace(ranking.rows[0], name=name, raw=raw), *ranking.rows[1:])
            await on.publish(AT + 1, rankings=(replace(ranking, rows=rows),))
            await on.press("3", "enter")
            assert "path=" in asked(on) or "path~" in asked(on)
            shown = chips(on)
            await on.press("f", "left", "left", "exclamation_mark", "home")
            shown += on.text("filter-bar") + on.screen_text
            await on.press(ESC, "backspace")
            assert not [c for c in shown if (ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0]
            assert not [c for c in shown if c in "\u202e\u200b\u2066" or 0xD800 <= ord(c) < 0xE000]
