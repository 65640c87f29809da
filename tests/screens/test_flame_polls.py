"""The line of polls on the page of profiles: chosen by keys and mouse, compared, left again; and what stands still."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from textual.events import MouseScrollDown

from glance.domain.flame_board import FlameAnswer, FlamePicture, FlameWish, ProfileNote, SourceRow, SourceView
from glance.domain.profiles.poll import KindStatus, TargetStatus
from glance.domain.profiles.poll_line import PollLine, PollStep
from glance.domain.profiles.proto import read
from glance.pipeline.flame_picture import picture_of
from glance.widgets.flame_chooser import ALONE
from glance.widgets.flame_page import FlamePage
from tests.domain.profiles.test_flame_layout import profile_of
from tests.pipeline.fault_server import profile
from tests.scenes import AT
from tests.screens.running import stage

STACKS = {"serve;main.json;encode": 40, "serve;main.slow;parse": 30, "gc;scan": 15}
MANY = 10
SIZES = [(80, 24), (120, 35), (200, 55)]


def line_of(many=MANY, samples=3, **changes):
    steps = tuple(
        PollStep(number, AT - 300 + number * 30, AT - 295 + number * 30, 5.0, (("samples", number),), samples)
        for number in range(1, many + 1)
    )
    return PollLine("api", "cpu", AT - 300, AT + 20, steps, **changes)


def page(on) -> FlamePage:
    return on.overview.query_one(FlamePage)


def wish(on) -> FlameWish:
    asked = on.engine.views[-1].page
    assert isinstance(asked, FlameWish)
    return asked


def chosen(on) -> tuple[int, ...]:
    return wish(on).polls


async def show(on, line, stacks=STACKS, **more):
    """Publish what the desk answers to the wish of now."""
    asked = wish(on)
    base = ("api cpu, base", profile_of({"gc;scan": 15})) if asked.base_polls else ("", None)
    found = picture_of(asked, ("api cpu", profile_of(stacks)), base, (AT, 5.0)) if stacks is not None else None
    notes = (ProfileNote("api allocs", at=1.0), ProfileNote("api cpu", at=2.0))
    await on.publish(page=FlameAnswer(asked, notes, found, line=line, **more))


@asynccontextmanager
async def opened(size=(120, 35), line=None, **settings):
    async with stage(size, **settings) as on:
        await on.publish()
        await on.press("p")
        await show(on, line or line_of())
        yield on


@pytest.mark.parametrize("size", SIZES)
async def test_polls_stand_above_the_graph(size):
    async with opened(size) as on:
        assert "all 10 polls of the window" in on.text("profile")
        assert "main.json" in on.text("profile")
        assert page(on)._plan.polls == (2 if size[1] < 30 else 3)
        await on.press("left_square_bracket")
        await show(on, line_of())
        assert "1 poll " in on.text("profile")


async def test_steps_go_through_polls_and_esc_comes_back_to_the_window():
    async with opened() as on:
        await on.press("left_square_bracket")
        assert chosen(on) == (10,)
        await on.press("left_square_bracket", "left_square_bracket")
        assert chosen(on) == (8,)
        await on.press("right_square_bracket")
        assert chosen(on) == (9,)
        assert wish(on).name == "api cpu"
        await on.press("escape")
        assert chosen(on) == ()
        assert on.engine.views[-1].page is not None
        await on.press("escape")
        assert on.engine.views[-1].page is None


async def test_any_range_is_chosen_by_keys():
    async with opened() as on:
        await on.press("left_square_bracket", "left_square_bracket")
        await on.press("right_curly_bracket", "right_curly_bracket", "right_curly_bracket")
        assert chosen(on) == (6, 7, 8, 9)
        await on.press("left_curly_bracket")
        assert chosen(on) == (7, 8, 9)
        await on.press("left_square_bracket")
        assert chosen(on) == (6, 7, 8)
        assert "3 polls " in on.text("profile")


async def test_any_range_is_chosen_by_the_mouse():
    async with opened() as on:
        x, y = on.overview.panel("profile").region.offset
        width = page(on).size.width
        await on.pilot.click(offset=(x + width - 2, y + 1))
        assert chosen(on) == (10,)
        await on.pilot.mouse_down(offset=(x + 1, y + 1))
        await on.pilot.hover(offset=(x + width // 2, y + 1))
        await on.pilot.mouse_up(offset=(x + width // 2, y + 1))
        assert chosen(on)[0] == 1
        assert chosen(on) == tuple(range(1, len(chosen(on)) + 1))
        assert 3 < len(chosen(on)) < 8
        await on.pilot.mouse_down(offset=(x + width - 3, y + 2))  # on the clock, from right to left
        await on.pilot.mouse_up(offset=(x + width // 2, y + 2))
        assert chosen(on)[-1] == 10
        await on.pilot.click(offset=(x + width - 2, y + 1), times=2)
        assert page(on)._state.zooms == ()  # two clicks on polls zoom into nothing


async def test_a_poll_that_leaves_the_window_while_the_mouse_is_held_moves_no_other_into_the_choice():
    async with opened() as on:
        x, y = on.overview.panel("profile").region.offset
        width = page(on).size.width
        await on.pilot.mouse_down(offset=(x + width - 2, y + 1))
        later = replace(line_of(), steps=line_of(MANY + 2).steps[2:])  # two went, two came
        await show(on, later)
        await on.pilot.mouse_up(offset=(x + width - 2, y + 1))
        assert chosen(on) == (10, 11, 12)


async def test_esc_leaves_chosen_polls_before_their_line_is_there():
    async with opened() as on:
        page(on).seek("api allocs", "", "")
        page(on).compare_polls((21,), (25,))
        await on.press("left_square_bracket", "right_square_bracket")  # the line of another profile is still there
        assert (wish(on).name, wish(on).polls, wish(on).base_polls) == ("api allocs", (25,), (21,))
        await on.press("escape")
        assert (wish(on).name, wish(on).polls, wish(on).base_polls) == ("api allocs", (25,), ())
        await on.press("escape")
        assert (wish(on).name, wish(on).polls) == ("api allocs", ())
        page(on).compare_polls((21,), (25,))
        await on.press("right_parenthesis")
        assert (wish(on).name, wish(on).polls, wish(on).base_polls) == ("api cpu", (), ())


async def test_who_was_led_to_a_profile_is_not_shown_it_again_when_coming_by_another_way():
    async with opened() as on:
        page(on).seek("api allocs", "main.slow", "inuse_space")
        assert page(on).wish.name == "api allocs"
        await on.press("escape", "p")
        assert (wish(on).name, wish(on).value) == ("", "")
        await show(on, line_of())
        await on.press("left_parenthesis", "escape", "p")  # what one chose stays
        assert wish(on).name == "api allocs"


async def test_after_esc_the_profile_itself_is_compared_not_the_polls_that_were_chosen():
    async with opened() as on:
        await on.press("left_square_bracket")
        picked = picture_of(wish(on), ("api cpu, 1 poll 14:02", profile_of(STACKS)), ("", None), (AT, 5.0))
        notes = (ProfileNote("api allocs", at=1.0), ProfileNote("api cpu", at=2.0))
        await on.publish(page=FlameAnswer(wish(on), notes, picked, line=line_of()))
        await on.press("escape", "c")
        assert (wish(on).name, wish(on).base) == ("api cpu", "api allocs")


async def test_two_choices_are_compared_by_one_key():
    async with opened() as on:
        await on.press("left_square_bracket", "right_curly_bracket", "c")
        assert wish(on).base_polls == ()
        assert "marked" in on.text("profile")
        await on.press("left_square_bracket", "left_square_bracket", "left_square_bracket")
        assert (wish(on).polls, wish(on).base_polls) == ((6, 7), (9, 10))
        await show(on, line_of())
        assert "against" in on.text("profile").splitlines()[0]
        assert "same size, new ×" in on.text("profile")
        assert page(on)._state.sort == "change"
        await on.press("equals_sign")
        assert not wish(on).is_normalized
        await on.press("escape")
        assert (wish(on).polls, wish(on).base_polls) == ((6, 7), ())
        assert page(on)._state.sort == "cum"


async def test_words_in_the_line_can_be_clicked():
    async with opened() as on:
        x, y = on.overview.panel("profile").region.offset
        await on.press("left_square_bracket")
        text = on.text("profile").splitlines()[0]
        await on.pilot.click(offset=(x + text.index("compare"), y))
        assert page(on)._state.marked == (10,)
        text = on.text("profile").splitlines()[0]
        await on.pilot.click(offset=(x + text.index("all  no base"), y))
        assert (chosen(on), page(on)._state.marked) == ((), ())


async def test_another_profile_has_its_own_polls():
    async with opened() as on:
        await on.press("left_square_bracket")
        await on.press("left_parenthesis")
        assert (wish(on).name, wish(on).polls) == ("api allocs", ())


async def test_a_new_poll_changes_nothing_that_is_chosen_selected_zoomed_or_searched():
    async with opened() as on:
        await on.press("down", "enter", "down", *("slash", "e", "n", "c", "enter"))
        await on.press("left_square_bracket", "left_square_bracket")
        before = page(on)._state
        await show(on, line_of(MANY + 3), {"new;first": 99, **STACKS, "zzz": 1})
        after = page(on)._state
        for name in ("zooms", "chosen", "search", "polls", "marked", "part", "turn"):
            assert getattr(after, name) == getattr(before, name), name
        assert after.search == "enc"
        assert [zoom.path for zoom in after.zooms] == [("serve",)]
        assert chosen(on) == (9,)
        await show(on, line_of(MANY + 3), {"other": 3})  # what was zoomed into is gone for a while
        await show(on, line_of(MANY + 3), STACKS)
        assert page(on)._state.zooms == before.zooms


async def test_pause_lets_the_page_stand_still_while_one_moves_in_it():
    async with opened() as on:
        await on.press("space")
        assert "paused" in on.text("header").lower()
        picture = page(on)._sight.picture
        await show(on, line_of(MANY + 1), {"other": 1})
        assert page(on)._sight.picture is picture
        assert "all 10 polls" in on.text("profile")
        await on.press("down", "enter", "down")
        assert page(on)._state.zooms
        await on.press("left_square_bracket")  # what a person asks for comes all the same
        await show(on, line_of(MANY + 1), {"serve;only": 7}, is_first=True)
        assert page(on)._sight.picture is not picture
        assert "1 poll " in on.text("profile")
        await on.press("space")
        await show(on, line_of(MANY + 1), {"other": 1})
        assert "other" in on.text("profile")


async def test_an_empty_window_says_where_there_is_more_and_goes_there():
    before = PollStep(1, AT - 4000, AT - 3995, 5.0, (("samples", 2),), 2)
    async with opened(line=line_of(3, samples=0, before=before)) as on:
        text = on.text("profile")
        assert "no samples in this window: 3 polls of it brought none" in text
        assert "the last poll with samples was at" in text
        await on.press("enter")
        assert before.end < on.engine.views[-1].end < before.end + 2
        await show(on, line_of())
        assert "main.json" in on.text("profile")
        await on.press("end")
        assert on.engine.views[-1].end is None


async def test_a_first_poll_says_how_far_it_is():
    taking = KindStatus("cpu", is_taking=True, since=AT - 3.2, asked_seconds=5)
    async with opened(line=PollLine("api", "cpu", AT - 900, AT)) as on:
        await on.publish(page=on.overview.scene.page, targets=(TargetStatus("api", "http://x", kinds=(taking,)),))
        assert "CPU of api is taken now: 3 of 5 s" in on.text("profile")
        down = TargetStatus("api", "http://x", "down", words="connection refused")
        await on.publish(page=on.overview.scene.page, targets=(down,))
        assert "api is down: connection refused" in on.text("profile")


async def test_a_profile_without_samples_is_told_in_words():
    async with stage((80, 24)) as on:
        await on.publish()
        await on.press("p")
        empty = picture_of(wish(on), ("x", profile_of({"a": 0})), ("", None), (AT, 5.0))
        assert isinstance(empty, FlamePicture)
        await on.publish(page=FlameAnswer(wish(on), (ProfileNote("x"),), empty))
        assert "it holds no samples" in on.text("profile")
        assert not on.overview.now.can_open
        await on.press("enter", "down", "left_square_bracket", "c", "e", "i", "v")  # harmless
        await on.press("escape")


async def test_an_editor_is_opened_at_the_costliest_line(monkeypatch):
    opened_at = []
    async with opened() as on:
        monkeypatch.setenv("VISUAL", "vi")
        monkeypatch.setattr(type(on.overview), "_run_alone", lambda _, command: opened_at.append(command) or "")
        await on.press("down", "e")
        assert wish(on).source == "serve"
        rows = (SourceRow(7, "a"), SourceRow(8, "b", 1, 30), SourceRow(9, "c", 20, 20), SourceRow(0, "?", 0, 99))
        await show(on, line_of(), source=SourceView("serve", "x.go", "/src/x.go", rows))
        await on.pilot.pause()
        assert opened_at == [["vi", "+9", "/src/x.go"]]
        await on.press("e")
        assert len(opened_at) == 2
        lost = SourceView("serve", "gone.go", "", rows, "gone.go is not here")
        await show(on, line_of(), source=lost)
        await on.press("e")
        assert len(opened_at) == 2
        assert "its source was not found: gone.go is not here" in on.text("profile")


async def test_what_is_shown_is_exported(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with opened(exports=object()) as on:
        await on.press("down", "down", "enter")  # into main.json
        for key in "gkr":
            await on.press("x")
            text = on.screen_text
            assert "Flame SVG" in text
            await on.press(key)
            await on.app.workers.wait_for_complete()
            await on.pilot.pause()
        files = sorted(tmp_path.iterdir())
        assert [file.name.partition(".")[2] for file in files] == ["flame.svg", "folded", "pb.gz"]
        assert files[1].read_text() == "serve;main.json;encode 40\n"
        assert b"main.slow" not in files[0].read_bytes()


async def test_without_a_log_only_what_makes_sense_is_offered():
    async with stage((200, 55), known={ALONE: "on"}, page="profile", exports=object()) as on:
        await on.publish()
        found = picture_of(wish(on), ("a.pb.gz", profile_of(STACKS)), ("", None), (AT, 5.0))
        await on.publish(page=FlameAnswer(wish(on), (ProfileNote("a.pb.gz"),), found))
        keys = on.text("keys")
        for word in ("latency", "errors", "shorter", "filter", "clients", "pause", "older", "newer", "sql"):
            assert word not in keys, word
        assert "zoom" in keys
        views = len(on.engine.views)
        await on.press("d", "a", "m", "semicolon", "f", "comma", "2", "home", "space")
        assert on.focused == "profile"
        assert len(on.engine.views) == views
        await on.press("x")
        assert "about the whole window" not in on.screen_text


def test_the_state_of_polls_is_of_names_alone():
    assert replace(line_of(), steps=()).name == "api cpu"


async def test_a_second_click_on_a_frame_zooms_and_the_wheel_moves_what_is_under_the_mouse():
    async with opened((120, 40)) as on:
        x, y = on.overview.panel("profile").region.offset
        flame, top = (page(on)._plan.places[part] for part in ("flame", "top"))
        frame = (x + flame.x + 60, y + flame.y + 2)
        await on.pilot.click(offset=frame)
        assert page(on)._state.chosen == ("serve",)
        assert page(on)._state.zooms == ()
        page(on).click_on(frame[0] - x, frame[1] - y)  # later: no double click
        assert [zoom.path for zoom in page(on)._state.zooms] == [("serve",)]
        row = page(on)._state.row
        await on.pilot._post_mouse_events([MouseScrollDown], offset=(x + top.x + 4, y + top.y + 3), button=0)
        assert page(on)._state.part == "top"
        assert page(on)._state.row == row + 1
        await on.pilot._post_mouse_events([MouseScrollDown], offset=(x + 10, y + 1), button=0)  # on the polls: nothing
        assert page(on)._state.row == row + 1


async def test_a_value_of_which_nothing_was_counted_is_told_and_another_can_be_chosen():
    async with stage((80, 24)) as on:
        await on.publish()
        await on.press("p")
        both = read(profile(3, types=(("objects", "count"), ("space", "bytes"))))
        both = both.with_values(both.values * [1, 0])
        picture = picture_of(wish(on), ("x", both), ("", None), (AT, 5.0))
        await on.publish(page=FlameAnswer(wish(on), (ProfileNote("x"),), picture))
        assert "nothing was counted of space: o counts another value" in on.text("profile")
        await on.press("o")
        assert wish(on).value == "objects"
        picture = picture_of(wish(on), ("x", both), ("", None), (AT, 5.0))
        await on.publish(page=FlameAnswer(wish(on), (ProfileNote("x"),), picture))
        assert "main.f0" in on.text("profile")


async def test_the_source_is_shown_where_it_counts_most_and_scrolls_from_there():
    async with opened(size=(200, 55)) as on:
        await on.press("down", "v", "v", "v")
        assert page(on)._state.part == "source"
        rows = tuple(SourceRow(number, f"line {number};", 0, 9 if number == 80 else 1) for number in range(1, 101))
        await show(on, line_of(), source=SourceView("serve", "x.go", "/src/x.go", rows))
        assert "line 80;" in on.text("profile")
        assert "line 1;" not in on.text("profile")
        await on.press("g")
        assert "line 1;" in on.text("profile")
        await on.press("G", "G")
        assert "line 100;" in on.text("profile")
        await on.press("up")
        assert "line 100;" not in on.text("profile")


async def test_below_a_note_the_last_line_of_the_source_can_be_seen_and_another_function_begins_anew():
    async with opened(size=(120, 35)) as on:
        await on.press("down", "v", "v", "v")
        rows = tuple(SourceRow(number, "", 1, 9 if number == 30 else number) for number in range(1, 41))
        why = "the source is not on this machine; these are the lines that count for something"
        await show(on, line_of(), source=SourceView("serve", "x.go", "", rows, why))
        await on.press("G")
        assert " 40 " in on.text("profile")
        assert page(on)._state.line is not None
        await on.press("v", "down")
        assert page(on)._state.line is None
