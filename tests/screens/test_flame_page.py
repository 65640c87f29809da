"""The page of profiles: keys, mouse, search, zoom, tables, and what stays chosen when the profile is replaced."""

from __future__ import annotations

from contextlib import asynccontextmanager

import pytest

from glance.domain.flame_board import FlameAnswer, FlameWish, ProfileNote
from glance.domain.profiles.parts import ValueType
from glance.pipeline.flame_picture import picture_of
from glance.widgets.flame_chooser import ALONE
from glance.widgets.flame_page import FlamePage
from tests.domain.profiles.test_flame_layout import profile_of
from tests.screens.running import stage

STACKS = {
    "serve;main.json;encode;reflect": 40,
    "serve;main.json;encode": 10,
    "serve;main.slow;regexp.Compile;parse": 30,
    "serve;main.slow;regexp.Compile": 5,
    "gc;scan": 15,
}
SIZES = [(80, 24), (120, 35), (200, 55), (40, 10)]


def page(on) -> FlamePage:
    return on.overview.query_one(FlamePage)


def wish(on) -> FlameWish:
    """What the desk was asked last."""
    asked = on.engine.views[-1].page
    assert isinstance(asked, FlameWish)
    return asked


def chosen(on) -> str:
    """The name of the frame with the cursor."""
    return (page(on)._state.chosen or ("all",))[-1]


async def show(on, stacks=STACKS, base=None, **picture):
    """Publish what the desk answers."""
    asked = wish(on)
    profile, before = profile_of(stacks), profile_of(base) if base else None
    found = picture_of(asked, ("b", profile), ("a" if base else "", before), (1.0, 12.0))
    notes = (ProfileNote("a", at=1.0), ProfileNote("b", at=2.0))
    await on.publish(page=FlameAnswer(asked, notes, found, **picture))


@asynccontextmanager
async def opened(size=(120, 35), stacks=STACKS, **settings):
    async with stage(size, **settings) as on:
        await on.publish()
        await on.press("p")
        await show(on, stacks)
        yield on


@pytest.mark.parametrize("size", SIZES)
async def test_one_key_opens_the_page_and_one_leaves_it(size):
    async with opened(size) as on:
        assert "main.json" in on.text("profile")
        assert "100" in on.text("profile")
        await on.press("escape")
        assert on.engine.views[-1].page is None
        assert on.focused == "paths"


async def test_without_a_profile_it_says_how_to_get_one():
    async with stage((80, 24)) as on:
        await on.publish()
        await on.press("p")
        await on.publish(page=FlameAnswer(wish(on)))
        assert "--profile cpu.pb.gz" in on.text("profile")
        await on.publish(page=FlameAnswer(wish(on), (ProfileNote("big", "reading", done=0.5, note="reading"),)))
        assert "reading" in on.text("profile")
        await on.publish(page=FlameAnswer(wish(on), (ProfileNote("bad", "failed", note="it is a zip archive"),)))
        assert "zip archive" in on.text("profile")


@pytest.mark.parametrize(("down", "up", "left", "right"), [("down", "up", "left", "right"), ("j", "k", "h", "l")])
async def test_arrows_and_letters_move_through_the_frames(down, up, left, right):
    async with opened() as on:
        await on.press(down)
        assert chosen(on) == "serve"  # the widest
        await on.press(left)
        assert chosen(on) == "gc"
        await on.press(right, down)
        assert chosen(on) == "main.json"
        await on.press(right)
        assert chosen(on) == "main.slow"
        await on.press(up, up)
        assert chosen(on) == "all"
        await on.press("G")
        assert page(on)._state.chosen[-1] in ("reflect", "parse")
        await on.press("g")
        assert chosen(on) == "all"


async def test_the_line_of_details_tells_all_about_the_frame():
    async with opened((200, 55)) as on:
        await on.press("down", "down")
        line = on.text("profile").splitlines()[page(on)._plan.details]
        assert "▸ main.json   flat 0   cum 50 50.0 %   50 samples ±8" in line
        await on.press("enter", "down")
        line = on.text("profile").splitlines()[page(on)._plan.details]
        assert "flat 10 10.0 %   cum 50 50.0 % (100 % of zoom)" in line


async def test_zooms_are_undone_step_by_step():
    async with opened() as on:
        await on.press("down", "enter", "down", "enter")
        assert [zoom.path for zoom in page(on)._state.zooms] == [("serve",), ("serve", "main.json")]
        assert "all › serve › json" in on.text("profile") or "all › serve › main.json" in on.text("profile")
        await on.press("escape")
        assert [zoom.path for zoom in page(on)._state.zooms] == [("serve",)]
        await on.press("escape")
        assert page(on)._state.zooms == ()
        assert chosen(on) == "main.json"


async def test_a_search_dims_the_rest_and_counts_shares_once():
    async with opened() as on:
        await on.press("slash", *"main|encode")
        assert on.overview.now.is_typing
        await on.press("enter")
        assert "3 frames  85.0 % of all" in on.text("profile")
        assert chosen(on) == "main.json"  # the widest
        await on.press("n")
        assert chosen(on) == "encode"
        await on.press("n")
        assert chosen(on) == "main.slow"
        await on.press("N", "N")
        assert chosen(on) == "main.json"
        await on.press("escape")
        assert page(on).search == ""


async def test_the_mouse_does_what_keys_do():
    async with opened((120, 35)) as on:
        x, y = on.overview.panel("profile").region.offset
        await on.pilot.click(offset=(x + 30, y + 2))
        assert chosen(on) == "serve"
        await on.pilot.click(offset=(x + 30, y + 3), times=2)
        assert page(on)._state.zooms[-1].path == ("serve", "main.json")
        top = page(on)._plan.places["top"]
        await on.pilot.click(offset=(x + top.x + 5, y + top.y + 3))
        assert page(on)._state.part == "top"


async def test_tables_are_in_step_with_the_graph():
    async with opened((200, 55)) as on:
        text = on.text("profile")
        assert all(word in text for word in ("flame", "top", "callers and callees", "source"))
        await on.press("tab", "down", "down")
        name = chosen(on)
        assert page(on)._state.part == "top"
        assert f"▸ {name}" in on.text("profile")
        await on.press("tab", "down", "enter")
        assert page(on)._state.part == "calls"
        assert wish(on).source == page(on)._state.function != ""


async def test_at_80_columns_parts_are_shown_one_at_a_time():
    async with opened((80, 24)) as on:
        await on.press("down")
        for word in ("cum %", "called by", "source", "all"):
            await on.press("v")
            assert word in on.text("profile")


async def test_what_is_drawn_is_asked_for():
    async with opened() as on:
        await on.press("i", "i")
        assert wish(on).is_up
        await on.press("i", "R")
        assert (wish(on).is_up, wish(on).is_folded) == (False, False)
        await on.press("c")
        assert (wish(on).name, wish(on).base) == ("b", "a")
        await on.press("equals_sign")
        assert not wish(on).is_normalized
        await on.press("c", "left_square_bracket")
        assert (wish(on).name, wish(on).base) == ("a", "")


async def test_around_a_function_are_its_callers_and_what_it_calls():
    async with opened((200, 55)) as on:
        await on.press("down", "down", "down", "w")
        assert wish(on).focus == "encode"
        await show(on)
        rows = on.text("profile").splitlines()[1:7]
        assert [row.strip("│ ").split()[0] for row in rows[:4]] == ["serve", "main.json", "encode", "reflect"]
        assert chosen(on) == "encode"
        await on.press("up")
        assert chosen(on) == "main.json"
        await on.press("escape")
        assert wish(on).focus == ""


async def test_a_newer_profile_keeps_what_is_chosen():
    async with opened() as on:
        await on.press("down", "down", "enter", "down", "slash", *"enc", "enter")
        before = page(on)._state
        await show(on, {**STACKS, "aaa;new": 900, "serve;main.json;aaa": 3})
        after = page(on)._state
        assert (after.zooms, after.chosen, after.search) == (before.zooms, before.chosen, before.search)
        await show(on, {"other;thing": 5})
        assert "other" in on.text("profile")


async def test_a_pause_lets_the_picture_stand_still_but_answers_what_is_asked():
    async with opened() as on:
        await on.press("space")
        await show(on, {"other;thing": 5})
        assert "other" not in on.text("profile").split("top")[0]


async def test_a_difference_has_its_words():
    async with opened() as on:
        await on.press("c")
        await show(on, {"serve;main.json": 900, "gc;scan": 10}, base={"serve;main.json": 100, "serve;old": 810})
        text = on.text("profile")
        assert "b against a" in text
        assert "new" in text
        assert "gone" in text


async def test_alone_the_last_step_back_leaves_the_program():
    async with stage((80, 24), page="profile", known={ALONE: "on"}) as on:
        await on.publish()
        await show(on)
        await on.press("down", "enter", "escape")
        assert on.app.return_code is None
        await on.press("escape")
        assert on.app.return_code == 0


async def test_units_and_copying():
    async with opened() as on:
        await on.press("u")
        assert "each value in its own unit" in on.text("profile")
        await on.press("down", "y")
        assert on.app.clipboard == "serve"


async def test_values_and_labels_are_gone_through():
    async with opened() as on:
        await on.press("o")
        assert "no other value" in on.text("profile")
        await on.press("b")
        assert "no labels" in on.text("profile")
        assert ValueType("samples", "count").type in on.text("profile")
