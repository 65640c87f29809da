"""Chosen polls are merged exactly, whatever comes or goes meanwhile; lines tell of single polls and of failures."""

from __future__ import annotations

import asyncio
import math
from contextlib import asynccontextmanager
from itertools import combinations

import pytest

from glance.domain.flame_board import FlameWish
from glance.domain.profiles.poll_plan import PollPlan
from glance.domain.view import View
from glance.pipeline.poll_brush import GONE, PollBrush
from glance.pipeline.poll_keeper import PollKeeper
from glance.pipeline.poll_window import PollWindow
from glance.pipeline.profile_desk import ProfileDesk
from tests.pipeline.fault_server import CONTENTION, fault_server, polled, profile, reply

AT = 1_795_000_000.0
STATE = (("goroutine", "count"),)


@asynccontextmanager
async def kept(*counts, kind="cpu", types=(("samples", "count"), ("cpu", "nanoseconds")), database=None):
    """A keeper with so many polls, thirty seconds apart, of as much."""
    keeper = PollKeeper(PollPlan(), database, 1 << 20)
    try:
        for place, count in enumerate(counts):
            data = profile(count, types=types) if count else profile(types=types)
            await keeper.take("api", kind, data, AT + place * 30, AT + place * 30 + 5)
        yield keeper
    finally:
        await keeper.close()


def numbers_of(line):
    return [step.number for step in line.steps]


async def answered(desk, brush, wish):
    """What the desk answers when all is made."""
    async with asyncio.timeout(10):
        while True:
            brush.look(wish)
            answer = desk.answer(wish)
            if not answer.is_working:
                return answer
            await asyncio.sleep(0.01)


async def test_the_graph_is_the_merge_of_exactly_the_polls_that_are_chosen():
    counts = [1, 10, 100, 1000, 10000]
    async with kept(*counts) as keeper:
        desk = ProfileDesk(lambda: None)
        brush = PollBrush(keeper, desk.polls)
        await brush.draw([("api", "cpu")], -math.inf, math.inf, AT + 200)
        line = desk.polls.line("api cpu")
        assert [step.totals for step in line.steps] == [(("samples", n), ("cpu", n)) for n in counts]
        assert [step.samples for step in line.steps] == [1] * 5
        numbers = numbers_of(line)
        for many in range(1, 6):
            for places in combinations(range(5), many):
                wish = FlameWish("api cpu", value="cpu", polls=tuple(numbers[place] for place in places))
                answer = await answered(desk, brush, wish)
                assert answer.picture.total == sum(counts[place] for place in places)
                assert int(answer.picture.tree.totals[0]) == answer.picture.total
                assert f"{many} poll" in answer.picture.name
                assert answer.line.steps == line.steps


async def test_no_poll_is_on_both_sides_of_a_moment():
    async with kept(1, 10, 100, 1000) as keeper:
        for moment in (AT + 59, AT + 60, AT + 62, AT + 65, AT + 66):  # before, at, in and behind the third poll
            late = await keeper.joined("api", "cpu", moment, AT + 1000)
            early = await keeper.joined("api", "cpu", AT - 1000, moment, is_over=True)
            both = [int(one.profile.values[:, 1].sum()) for one in (early, late)]
            assert both == ([11, 1100] if moment < AT + 65 else [111, 1000])


async def test_two_choices_are_compared_as_if_of_the_same_size():
    async with kept(5, 10, 20, 40) as keeper:
        desk = ProfileDesk(lambda: None)
        brush = PollBrush(keeper, desk.polls)
        await brush.draw([("api", "cpu")], -math.inf, math.inf, AT + 200)
        one, two, three, four = numbers_of(desk.polls.line("api cpu"))
        wish = FlameWish("api cpu", value="cpu", polls=(three, four), base_polls=(one, two))
        picture = (await answered(desk, brush, wish)).picture
        assert (picture.total, picture.base_total, picture.factor) == (60, 15, 0.25)
        assert picture.base.startswith("api cpu, 2 polls ")
        assert picture.tree.is_difference
        as_they_are = FlameWish("api cpu", value="cpu", polls=(four,), base_polls=(one,), is_normalized=False)
        assert (await answered(desk, brush, as_they_are)).picture.factor == 1.0


async def test_of_a_state_the_newest_of_the_chosen_is_shown():
    async with kept(3, 5, 4, kind="goroutine", types=STATE) as keeper:
        desk = ProfileDesk(lambda: None)
        brush = PollBrush(keeper, desk.polls)
        await brush.draw([("api", "goroutine")], -math.inf, math.inf, AT + 200)
        line = desk.polls.line("api goroutine")
        assert [dict(step.totals)["goroutine"] for step in line.steps] == [3, 5, 4]
        wish = FlameWish("api goroutine", polls=tuple(numbers_of(line)[:2]))
        assert (await answered(desk, brush, wish)).picture.total == 5


async def test_polls_that_were_let_go_are_told(tmp_path):
    async with kept(1, 2, 3, database=tmp_path / "x.db") as keeper:
        desk = ProfileDesk(lambda: None)
        brush = PollBrush(keeper, desk.polls)
        await brush.draw([("api", "cpu")], -math.inf, math.inf, AT + 200)
        first, second, third = numbers_of(desk.polls.line("api cpu"))
        answer = await answered(desk, brush, FlameWish("api cpu", polls=(999,)))
        assert answer.mistake == GONE
        answer = await answered(desk, brush, FlameWish("api cpu", value="cpu", polls=(first, second, third, 999)))
        assert answer.picture.total == 6
        assert "1 more are left out" in desk.polls.named(answer.picture.name).note.note
        answer = await answered(desk, brush, FlameWish("other cpu", polls=(first,)))
        assert answer.mistake == GONE  # of another target


async def test_an_empty_window_knows_the_last_poll_with_samples():
    async with kept(7, 0, 0) as keeper:
        desk = ProfileDesk(lambda: None)
        brush = PollBrush(keeper, desk.polls)
        await brush.draw([("api", "cpu")], AT + 20, AT + 100, AT + 100)
        line = desk.polls.line("")
        assert not line.has_samples
        assert len(line.steps) == 2
        assert line.before.end == AT + 5
        await brush.draw([("api", "cpu")], AT + 500, AT + 600, AT + 600)
        assert desk.polls.line("api cpu").steps == ()
        assert desk.polls.line("api cpu").before.samples == 1


async def test_a_window_joins_lines_and_choices_with_all_else():
    async with kept(1, 10, 100) as keeper:
        desk = ProfileDesk(lambda: None)
        window = PollWindow(keeper, desk, ["api"])
        wish = FlameWish(value="cpu")

        async def shown(wish, total):
            async with asyncio.timeout(10):
                while True:
                    window.look(View(window="5m", page=wish), AT + 120)
                    answer = desk.answer(wish)
                    if answer.picture is not None and answer.picture.total == total and not answer.is_working:
                        return answer
                    await asyncio.sleep(0.01)

        answer = await shown(wish, 111)
        assert answer.line.name == "api cpu"
        chosen = tuple(numbers_of(answer.line)[:2])
        answer = await shown(FlameWish("api cpu", value="cpu", polls=chosen), 11)
        await keeper.take("api", "cpu", profile(1000), AT + 90, AT + 95)
        assert (await shown(FlameWish("api cpu", value="cpu", polls=chosen), 11)).picture is answer.picture
        await window.close()


@pytest.mark.parametrize(("answer", "condition"), [("busy", "busy"), ("error", "failing")])
async def test_polls_that_fail_are_on_the_line(answer, condition):
    answers = {
        "busy": reply(b"Could not enable CPU profiling: cpu profiling already in use\n", "500 Internal Server Error",
                      "X-Go-Pprof: 1"),
        "error": reply(b"no", "500 Internal Server Error"),
    }  # fmt: skip
    desk = ProfileDesk(lambda: None)
    async with fault_server() as server, polled(f"a={server.url}", plan=PollPlan(kinds=("cpu",))) as stage:
        stage.polling.attend(desk)
        server.answers["profile"] = answers[answer]
        await stage.until(lambda: stage.kind("cpu").failures >= 2)
        server.answers["profile"] = reply(profile(3))
        await stage.until(lambda: stage.polls)
        await PollBrush(stage.polling._keeper, desk.polls).draw([("a", "cpu")], -math.inf, math.inf, stage.clock.at)
        found = desk.polls._failures["a", "cpu"]
        assert {one.condition for one in found} == {condition}
        assert len(found) >= 2
        assert all(one.words for one in found)


async def test_how_long_a_poll_takes_is_known_while_it_is_taken():
    async with fault_server() as server, polled(f"a={server.url}", plan=PollPlan(kinds=("cpu",))) as stage:
        seen = []
        server.answers["profile"] = reply(profile(3))
        stage.polling.listen(lambda _: seen.append(stage.kind("cpu")))
        await stage.until(lambda: seen)
        assert (seen[0].is_taking, seen[0].asked_seconds) == (True, 5)
        assert seen[0].since is not None
        await stage.until(lambda: not stage.kind("cpu").is_taking)
        assert stage.kind("cpu").since is None


async def test_contention_is_told_by_the_second():
    async with kept(1, 5, 9, kind="mutex", types=CONTENTION) as keeper:
        line = await keeper.line("api", "mutex", -math.inf, math.inf)
        assert [dict(step.totals)["delay"] for step in line.steps] == [4, 4]
