"""What is typed right behind a key finds what that key did, however quickly it comes."""

from __future__ import annotations

import pytest
from textual import events

from tests.screens.running import character_of, stage


async def at_once(on, *names):
    """All keys, before any of them did something."""
    for name in names:
        on.app._driver.send_message(events.Key(name, character_of(name)).set_sender(on.app))
    await on.settle()


async def test_a_query_is_typed_right_behind_the_key_that_opens_its_page():
    async with stage() as on:
        await on.publish()
        theme = on.app.theme
        await at_once(on, "semicolon", "s", "e", "t", "q")
        assert on.overview.wish.zoomed == "sql"
        assert on.app.theme == theme
        assert "setq" in on.text("sql")


@pytest.mark.parametrize("digit", ["2", "3", "4"])
async def test_a_search_and_a_zoom_belong_to_the_panel_that_just_got_the_keys(digit):
    async with stage() as on:
        await on.publish()
        await at_once(on, digit, "slash", "a", "q", "escape", "z")
        assert on.overview.wish.zoomed == on.focused
        assert on.app.return_code is None


async def test_a_screen_that_goes_with_its_key_holds_nothing_up():
    async with stage() as on:
        await on.publish()
        await at_once(on, "question_mark", "escape", "3", "z", "escape", "question_mark", "q", "escape", "4", "z")
        assert on.overview.wish.zoomed == "clients"


async def test_a_key_whose_widget_has_gone_is_not_waited_for_forever():
    async with stage() as on:
        await on.publish()
        on.app._keys.is_under_way = True  # as if the one before had never come back
        await at_once(on, "3", "z")
        await on.pilot.pause(0.7)
        assert on.overview.wish.zoomed == "paths"


@pytest.mark.parametrize(("behind", "opened"), [(("enter",), 0), (("down", "down", "enter"), 2)])
async def test_a_key_that_means_a_row_waits_for_the_rows_of_a_page_that_was_just_opened(behind, opened):
    async with stage() as on:
        await on.publish()
        await at_once(on, "m", *behind)
        page = on.overview.panel("metrics")
        assert "reading" in on.text("metrics")
        assert not page.is_open
        await on.publish()
        await on.pilot.pause(0.1)
        assert page.is_open
        assert page.index == opened


async def test_rows_that_do_not_come_are_not_waited_for_forever():
    async with stage() as on:
        await on.publish()
        await at_once(on, "m", "enter", "escape", "3", "z")
        assert on.overview.wish.zoomed == "metrics"
        await on.pilot.pause(0.7)
        assert on.overview.wish.zoomed == "paths"


async def test_a_key_that_means_no_row_waits_for_none():
    async with stage() as on:
        await on.publish()
        await at_once(on, "m", "escape", "3", "z")
        assert on.overview.wish.zoomed == "paths"
