"""What is typed right behind a key finds what that key did, however quickly it comes."""

from __future__ import annotations

import pytest
from textual import events

from glance.domain.snapshot_board import SnapshotBoard
from glance.domain.stack_board import StackBoard
from glance.domain.suspect_board import SuspectBoard, SuspectWish
from glance.screens.key_order import KeyDone
from tests.boards import latency_board
from tests.screens.running import character_of, stage
from tests.screens.test_snapshot_page import row as snapshot_row


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


@pytest.mark.parametrize("keymap", [{}, {"row.down": "ctrl+n", "open": "ctrl+o"}], ids=["own", "remapped"])
async def test_every_key_that_means_a_row_waits_for_one(keymap):
    down, opens = ("j", "enter") if not keymap else ("ctrl+n", "ctrl+o")
    async with stage(keymap=keymap) as on:
        await on.publish()
        await at_once(on, "m", down, down, opens)
        await on.publish()
        await on.pilot.pause(0.1)
        page = on.overview.panel("metrics")
        assert (page.is_open, page.index) == (True, 2)


async def test_a_page_that_still_works_on_its_rows_has_none_yet():
    async with stage() as on:
        await on.publish()
        await at_once(on, "K", "down")
        page = on.overview.panel("snapshots")
        await on.publish(page=SnapshotBoard(page.wish, is_reading=True))
        await on.publish(page=SnapshotBoard(page.wish, rows=(snapshot_row(2), snapshot_row(1))))
        await on.pilot.pause(0.1)
        assert page.index == 1


async def test_the_route_that_the_page_of_latency_has_the_cursor_on_is_waited_for():
    async with stage() as on:
        await on.publish()
        await at_once(on, "d", "P")
        assert on.overview.wish.zoomed == "latency"
        await on.publish(page=latency_board())
        await on.pilot.pause(0.1)
        assert on.overview.wish.zoomed == "suspects"
        assert on.overview.panel("suspects").joint.route == latency_board().rows[1].name


async def test_one_look_at_a_time_is_taken_for_rows():
    async with stage() as on:
        await on.publish()
        looks = []
        look, on.app._look_again = on.app._look_again, lambda: looks.append(1) or look()
        await at_once(on, "m", "down", "down", "down")
        await on.pilot.pause(1.0)
        assert 10 < len(looks) <= 55


async def test_what_waits_behind_a_key_that_was_held_is_not_held_up_by_its_end():
    async with stage() as on:
        await on.publish()
        await at_once(on, "m", "enter", "escape", "3", "z")
        page = on.overview.panel("metrics")
        posted, page.post_message = page.post_message, lambda message: isinstance(message, KeyDone) or posted(message)
        await on.pilot.pause(2.5)
        assert not on.app._keys.has_more


async def test_a_board_that_says_all_is_well_is_no_board_that_is_coming():
    wish = SuspectWish()
    assert SuspectBoard(wish, is_working=True).is_coming
    assert not SuspectBoard(wish, standing="clean", is_working=True).is_coming
    assert not StackBoard(wish, moments=(1.0,), is_working=True).is_coming


async def test_what_was_worked_on_is_shown_though_the_picture_stands_still():
    async with stage() as on:
        await on.publish()
        await on.press("space", "P")
        page = on.overview.panel("suspects")
        await on.publish(page=SuspectBoard(page.wish, is_working=True))
        assert page.is_reading
        await on.publish(page=SuspectBoard(page.wish, standing="clean"))
        assert not page.is_reading


async def test_a_search_begins_at_once_where_there_are_no_rows_yet():
    async with stage() as on:
        assert not on.app._keys.row_keys & {"slash", "z", "e", "escape", "q"}
