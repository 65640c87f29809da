"""The pages of goroutines and of growing memory: keys, mouse, search, order, source, and the way there and back."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from glance.domain.flame_board import FlameAnswer, ProfileNote
from glance.domain.profiles.poll import TargetStatus
from glance.domain.stack_board import FILES, GoroutineWish, GrowthWish, StackSource
from glance.messages import SourceRequested
from glance.pipeline.flame_picture import picture_of
from glance.widgets.flame_page import FlamePage
from glance.widgets.goroutine_page import GoroutinePage
from glance.widgets.growth_page import GrowthPage
from glance.widgets.stack_export import target_of
from tests.domain.profiles.test_flame_layout import profile_of
from tests.screens.running import stage
from tests.widgets.test_stack_drawing import BOARD, FEWER, IDLE, LEAK, MEMORY

SIZES = [(80, 24), (200, 55), (40, 10)]


def page(on):
    return on.overview.query_one(GoroutinePage)


def wish(on):
    """What the desk was asked last."""
    return on.engine.views[-1].page


async def show(on, board=BOARD, **changes):
    await on.publish(page=replace(board, wish=wish(on), source=None, **changes))


@asynccontextmanager
async def opened(size=(120, 35), key="T", board=BOARD):
    async with stage(size) as on:
        await on.publish()
        await on.press(key)
        await show(on, board)
        yield on


@pytest.mark.parametrize("size", SIZES)
async def test_one_key_opens_the_page_and_one_leaves_it(size):
    async with opened(size) as on:
        assert isinstance(wish(on), GoroutineWish)
        assert "goroutines" in on.text("goroutines")
        await on.press("escape")
        assert on.engine.views[-1].page is None
        assert on.focused == "paths"


async def test_memory_has_its_own_key_and_the_other_page_is_one_key_further():
    async with opened(key="M", board=MEMORY) as on:
        assert isinstance(wish(on), GrowthWish)
        assert "132MB in use" in on.text("growth")
        await on.press("t")
        assert isinstance(wish(on), GoroutineWish)
        await show(on)
        await on.press("tab")
        assert isinstance(wish(on), GrowthWish)
        await on.press("escape")
        assert on.engine.views[-1].page is None


async def flame(on, name):
    """Show a flame graph of a profile with this name."""
    asked = on.engine.views[-1].page
    found = picture_of(asked, (name, profile_of({"a;b": 3})), ("", None), (1.0, 12.0))
    targets = (TargetStatus("my api", "http://x"),)
    await on.publish(page=FlameAnswer(asked, (ProfileNote(name, at=1.0),), found), targets=targets)


async def test_what_the_page_before_asked_last_comes_late_and_takes_nothing_away():
    async with stage((120, 35)) as on:
        await on.publish()
        await on.press("p")
        await flame(on, "my api cpu")
        before = on.overview.query_one(FlamePage)
        await on.press("t")
        before.ask()
        await on.press("s")
        assert isinstance(wish(on), GoroutineWish)


async def test_from_the_flame_graph_it_is_the_same_program_and_esc_goes_back_there():
    async with stage((120, 35)) as on:
        await on.publish()
        await on.press("p")
        await flame(on, "my api cpu")
        await on.press("t")
        assert wish(on) == GoroutineWish(program="my api")
        await show(on)
        await on.press("t")
        assert wish(on).program == "my api"
        await on.press("escape")
        assert on.focused == "profile"
        await on.press("escape")
        assert on.focused == "paths"


def test_whose_stacks_are_meant():
    scene = type("Scene", (), {"targets": (TargetStatus("a b", "x"),)})
    assert [target_of(name, scene) for name in ("a b cpu 14:02", "other heap.pb.gz", "worker allocs", "")] == [
        "a b", FILES, "worker", "",
    ]  # fmt: skip


async def test_rows_have_a_cursor_that_stays_on_its_stack():
    async with opened() as on:
        assert page(on).row.key == LEAK.key
        await on.press("j")
        assert page(on).row.key == IDLE.key
        await show(on, rows=(IDLE, LEAK, FEWER, replace(FEWER, key="new", values=(0, 500))))
        assert page(on).row.key == IDLE.key
        await on.press("G")
        assert page(on).row.key == FEWER.key
        await on.press("g")
        assert page(on).row.key == "new"


async def test_the_order_goes_round():
    async with opened() as on:
        seen = []
        for _ in range(4):
            seen.append(page(on).row.key)
            await on.press("s")
        assert seen == ["leak", "leak", "idle", "fewer"]
        assert page(on).state.sort == "growth"


async def test_enter_goes_to_the_calls_and_their_source_is_asked_for():
    async with opened() as on:
        assert wish(on).source == ("/app/main.go", 75)  # of the call that the stack is named after
        await on.press("enter", "up")
        assert (page(on).state.part, page(on).state.frame) == ("stack", 0)
        assert wish(on).source == ("/go/src/runtime/proc.go", 474)
        await on.press("escape")
        assert (page(on).state.part, wish(on).source) == ("rows", ("/app/main.go", 75))


async def test_the_source_is_opened_in_an_editor_where_it_was_found():
    asked = []
    async with opened() as on:
        await on.press("e")
        assert "not on this machine" in on.text("goroutines")
        source = StackSource("/app/main.go", 75, "/here/main.go", 75, ("x",))
        await on.publish(page=replace(BOARD, wish=wish(on), source=source))
        post = page(on).post_message
        page(on).post_message = lambda message: (
            asked.append(message) or (isinstance(message, SourceRequested) or post(message))
        )
        await on.press("enter")
        page(on).action_open()
        found = [message for message in asked if isinstance(message, SourceRequested)]
        assert [(message.path, message.number) for message in found] == [("/here/main.go", 75)]


async def test_a_search_is_typed_kept_and_dropped():
    async with opened() as on:
        await on.press("slash", *"server")
        assert on.overview.now.is_typing
        assert [row.key for row in page(on).rows(page(on).scene)] == ["idle"]
        await on.press("enter")
        assert (page(on).search, on.overview.now.is_typing) == ("server", False)
        assert "1 of 3 stacks with server" in on.text("goroutines")
        await on.press("escape")
        assert page(on).search == ""
        await on.press("slash", "x", "escape")
        assert len(page(on).rows(page(on).scene)) == 3


async def test_states_are_asked_for_by_key_where_that_can_be():
    async with opened() as on:
        await on.press("u")
        assert wish(on).asks == 1
        await show(on, can_ask=False)
        await on.press("u")
        assert wish(on).asks == 1
        assert "cannot be asked" in on.text("goroutines")


async def test_other_programs_and_functions():
    async with opened() as on:
        await on.press("right_parenthesis")
        assert wish(on).program == "worker"
        await show(on, program="worker", targets=("api", "worker"))
        await on.press("left_parenthesis")
        assert wish(on).program == "api"
    async with opened(key="M", board=MEMORY) as on:
        await on.press("right_parenthesis")
        assert "there is no other program" in on.text("growth")
        await on.press("b")
        assert wish(on).is_by_function
        assert on.overview.query_one(GrowthPage).wish.is_by_function


async def test_what_grew_between_two_polls_becomes_a_flame_graph():
    async with opened(key="M", board=replace(MEMORY, ends=(3, 9))) as on:
        await on.press("D")
        asked = wish(on)
        assert (asked.name, asked.value) == ("api allocs", "inuse_space")
        assert (asked.base_polls, asked.polls, asked.is_normalized) == ((3,), (9,), False)
        assert on.overview.came_from("profile") == "growth"
    async with opened(key="M", board=MEMORY) as on:
        await on.press("D")
        assert "there are no two polls" in on.text("growth")


async def test_the_stack_is_copied_whole():
    async with opened() as on:
        await on.press("y")
        assert on.app.clipboard == "runtime.gopark /go/src/runtime/proc.go:474\nmain.waitForever /app/main.go:75"


@pytest.mark.parametrize("size", SIZES[:2])
async def test_the_mouse_does_what_keys_do(size):
    async with opened(size) as on:
        x, y = on.overview.panel("goroutines").region.offset
        await on.pilot.click(offset=(x + 10, y + 4))
        assert page(on).row.key == IDLE.key
        lines = on.text("goroutines").splitlines()
        line = next(at for at, text in enumerate(lines) if "runtime.gopark" in text)
        await on.pilot.click(offset=(x + lines[line].index("runtime.gopark") + 1, y + line))
        assert (page(on).state.part, page(on).state.frame) == ("stack", 0)


async def test_an_open_page_draws_nothing_while_nothing_changes():
    async with opened() as on:
        board = page(on).scene.page
        drawn = []
        page(on).draw = drawn.append
        await on.publish(page=board)
        assert drawn == []


async def test_the_table_is_exported():
    async with opened() as on:
        table = page(on).table
        assert table.columns[:3] == ("function", "file", "line")
        assert table.rows[0][:6] == ("main.waitForever", "/app/main.go", 75, 120, 0, 120)
