"""Polls of what is pointed at, and of the quiet time before it: joined only where somebody compares the two."""

from __future__ import annotations

import asyncio

from glance.domain.flame_board import FlameWish
from glance.domain.interval import Interval
from glance.domain.joint import QUIET, Joint
from glance.domain.profiles.poll_plan import PollPlan
from glance.domain.suspect_board import SuspectWish
from glance.domain.view import View
from glance.pipeline.profile_desk import ProfileDesk
from tests.domain.profiles.suspected import cpu
from tests.pipeline.fault_server import fault_server, polled, profile, reply

KEY = ("a", "cpu")


async def test_an_interval_has_its_polls_and_those_of_the_quiet_time_before():
    desk = ProfileDesk(lambda: None)
    async with fault_server() as server, polled(f"a={server.url}", plan=PollPlan(kinds=("cpu",))) as stage:
        stage.polling.attend(desk)
        server.answers["profile"] = reply(profile(1))
        await stage.until(lambda: len(stage.polls) >= 8)
        polls = list(stage.polls)
        some = Interval(polls[4].start - 1, polls[7].start - 1)  # which three polls overlap

        def shelved(page):
            stage.polling.look(View(window="1h", page=page), stage.clock.at)
            shelf = desk.shelf
            is_answered = bool(shelf.asked) and shelf.asked[-2] == page.joint.interval
            return is_answered and shelf.asked[-1] == (not isinstance(page, FlameWish) or page.base == QUIET)

        await stage.until(lambda: shelved(FlameWish(joint=Joint(some))))
        assert desk.shelf.span == (some.start, some.end)
        assert (desk.shelf.rows[KEY].polls, desk.shelf.rows[KEY].quiet) == (3, None)
        assert desk.answer(FlameWish(joint=Joint(some))).polled == (some.start, some.end)

        asked = FlameWish(joint=Joint(some), base=QUIET)
        await stage.until(lambda: shelved(asked))
        expected = sum(2 * some.start - some.end < one.end <= some.start for one in polls)
        assert desk.shelf.rows[KEY].quiet.values.tolist() == [[expected, expected]]
        await stage.until(lambda: (found := desk.answer(asked).picture) is not None and found.base == QUIET)
        answer = desk.answer(asked)
        assert (answer.quiet, answer.has_quiet) == ((2 * some.start - some.end, some.start), True)
        assert answer.picture.base_total == expected
        assert answer.picture.factor == expected / 3

        await stage.until(lambda: shelved(SuspectWish(joint=Joint(some))))
        assert desk.shelf.rows[KEY].quiet is not None
        before = Interval(polls[0].start - 600, polls[0].start - 300)
        await stage.until(lambda: shelved(FlameWish(joint=Joint(before))))
        assert desk.shelf.rows == {}
        gone = desk.answer(FlameWish(joint=Joint(before)))
        assert (gone.picture, gone.polled) == (None, (before.start, before.end))


async def test_a_route_is_drawn_of_its_own_samples_alone():
    told = asyncio.Event()
    desk = ProfileDesk(told.set)
    desk.add("a cpu", cpu({"main.slow": 30}, route="/slow"), 1.0)
    wish = FlameWish(joint=Joint(route="/slow"))

    async def picture(wish):
        async with asyncio.timeout(10):
            told.clear()
            while (found := desk.answer(wish)).is_working:
                await told.wait()
                told.clear()
        return found.picture

    assert (await picture(wish)).route == ("route", "/slow")
    found = await picture(FlameWish(joint=Joint(route="/other")))
    assert (found.route, found.total) == (("route", ""), 0)
    desk.add("a cpu", cpu({"main.slow": 30}), 1.0)
    found = await picture(wish)
    assert (found.route, found.total) == (("", ""), 300_000_000)
