"""Looking at the past with keys and mouse: where the window ends, what the header says, and the way back."""

from __future__ import annotations

import pytest

from glance.domain import units
from glance.widgets.ranking_table import RankingTable
from tests.scenes import AT
from tests.screens.running import stage


async def test_left_goes_back_by_half_of_the_window_and_the_header_says_so_at_once():
    async with stage() as on:
        await on.publish()
        live = on.overview.scene.window
        await on.press("left")
        assert on.engine.views[-1].end == pytest.approx(live.end - 450, abs=0.01)
        header = on.text("header")
        assert " PAST " in header
        assert units.span(live.start - 450, live.end - 450, AT) in header
        assert "end live" in header
        assert "LIVE" not in header


async def test_the_past_is_drawn_as_the_scene_has_it():
    async with stage() as on:
        await on.publish()
        await on.press("left")
        await on.publish(AT + 1)
        scene = on.overview.scene
        assert not scene.is_live
        assert units.span(scene.window.start, scene.window.end, AT) in on.text("header")
        assert "lag" not in on.text("header")
        assert "lines/s" not in on.text("header")
        assert "on average" in on.text("tiles")
        assert "vs avg" not in on.text("tiles")
        assert f"up to {units.clock(scene.window.end)}" in on.text("lines")


async def test_shift_goes_by_a_whole_window():
    async with stage() as on:
        await on.publish()
        start = on.overview.scene.window.start
        await on.press("shift+left")
        await on.publish(AT + 1)
        assert on.overview.scene.window.end == start
        await on.press("shift+right")
        assert on.engine.views[-1].end is None


@pytest.mark.parametrize("key", ["end", "right"])
async def test_live_again(key):
    async with stage() as on:
        await on.publish()
        await on.press("left")
        await on.publish(AT + 1)
        assert "end live" in on.text("keys")
        await on.press(key)
        assert on.engine.views[-1].end is None
        await on.publish(AT + 2)
        assert "LIVE" in on.text("header")
        assert "PAST" not in on.text("header")
        assert "end live" not in on.text("keys")


async def test_keys_pressed_before_the_answer_came_add_up():
    async with stage() as on:
        await on.publish()
        live = on.overview.scene.window
        await on.press("left", "left", "left")
        assert on.engine.views[-1].end == pytest.approx(live.end - 1350, abs=0.01)


async def test_home_goes_to_the_oldest_even_from_a_table():
    async with stage() as on:
        await on.publish()
        await on.press("3", "home")
        await on.publish(AT + 1)
        scene = on.overview.scene
        assert scene.window.start <= AT - 12 * 86400 < scene.window.start + scene.window.step_seconds
        await on.press("left")
        assert "nothing older is known" in on.text("header")


async def test_another_length_keeps_the_end():
    async with stage() as on:
        await on.publish()
        await on.press("shift+left")
        end = on.engine.views[-1].end
        await on.press("greater_than_sign")
        assert on.engine.views[-1].end == end
        assert on.engine.views[-1].window == "1h"
        await on.publish(AT + 1)
        assert on.overview.scene.window.seconds == 3600
        assert on.overview.scene.window.start < end < on.overview.scene.window.end


async def test_the_window_of_everything_says_why_it_cannot_be_moved():
    async with stage(window="all") as on:
        await on.publish()
        await on.press("left")
        assert on.engine.views[-1].end is None
        assert "everything is shown" in on.text("header")


async def test_the_keys_of_time_do_nothing_while_a_search_is_typed():
    async with stage() as on:
        await on.publish()
        await on.press("slash", "a", "left", "home", "end")
        assert on.engine.views[-1].end is None


async def test_tables_start_at_their_top_in_another_window():
    async with stage() as on:
        await on.publish()
        await on.press("3", "down", "down")
        await on.press("left")
        await on.publish(AT + 1)
        table = on.overview.query_one("#paths", RankingTable)
        assert table.cursor == on.overview.scene.ranking("paths").rows[0].name


async def test_a_paused_picture_can_go_into_the_past_and_says_both():
    async with stage() as on:
        await on.publish()
        await on.press("space", "left")
        await on.publish(AT + 1)
        assert on.overview.scene.view.end is not None
        header = on.text("header")
        assert "PAUSED" in header
        assert "PAST" in header


async def test_a_click_in_the_header_comes_back():
    async with stage() as on:
        await on.publish()
        await on.press("left")
        await on.pilot.click("#header", offset=(on.text("header").index("PAST"), 0))
        await on.pilot.pause()
        assert on.engine.views[-1].end is None


async def test_the_header_names_the_key_that_the_person_chose():
    async with stage(keymap={"time.live": "n", "time.earlier": "p"}) as on:
        await on.publish()
        await on.press("p")
        assert "n live" in on.text("header")
        await on.press("n")
        assert on.engine.views[-1].end is None


@pytest.mark.parametrize("size", [(80, 24), (120, 35), (200, 55), (60, 15)])
async def test_the_header_says_past_and_when_at_every_size(size):
    async with stage(size) as on:
        await on.publish()
        await on.press("left")
        await on.publish(AT + 1)
        window = on.overview.scene.window
        assert f"PAST  {units.span(window.start, window.end, AT)}" in on.text("header")


async def test_the_palette_has_the_ways_through_time():
    async with stage() as on:
        titles = {command.title for command in on.app.get_system_commands(on.app.screen)}
        assert {"Time earlier", "Time oldest", "Page metrics", "Page sources", "Bell"} <= titles
