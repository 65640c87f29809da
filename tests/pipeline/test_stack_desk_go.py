"""Leaks of a real Go server lead the pages of stacks, with exact counts; a dump and a profile mean the same stacks."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from glance.domain.profiles.poll_plan import PollPlan
from glance.domain.profiles.target import targets_of
from glance.domain.stack_board import GoroutineWish, GrowthWish
from glance.domain.view import View
from glance.pipeline.polling import Polling
from tests.go_target import serving
from tests.pipeline.test_stack_desk import Stacks

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]  # at the first time Go is fetched, and the server built

PLAN = PollPlan(kinds=("allocs", "goroutine"), every={"allocs": 60.0, "goroutine": 60.0}, timeout_seconds=10.0)
STUCK = (10, 40, 70, 100)
LEAKS = 200


async def test_the_leaking_function_leads_with_exact_counts(go_program: Path, tmp_path: Path):
    with serving(go_program) as server:

        def load(stuck: int) -> None:
            for _ in range(stuck):
                server.ask("/stuck")
            for _ in range(LEAKS):
                server.ask("/leak")
            for _ in range(3):  # a profile of memory is that of the last collection but one
                server.ask("/debug/pprof/heap?gc=1")

        sums = []
        for many in STUCK:
            await asyncio.to_thread(load, many)
            sums.append(sum(sums[-1:]) + many)
            await Polling(targets_of((f"api={server.url}",)), PLAN, database=tmp_path / "db").once()
        polling = Polling(targets_of((f"api={server.url}",)), PLAN, database=tmp_path / "db")
        on = Stacks(polling)
        on.now = polling.stacks().clock.now()
        board = await on.settled(GoroutineWish())
        rows = sorted(board.rows, key=lambda row: -row.growth)
        growth = await on.settled(GrowthWish())
        again = await on.settled(GoroutineWish(asks=1))
        await polling._close()

    first = rows[0]
    assert (first.frame.name, first.frame.is_own) == ("main.waitForever", True)
    assert first.values == (*sums, sums[-1])  # four polls, and the dump
    assert (first.growth, first.standing) == (sum(STUCK[1:]), "rising")
    assert first.doing.states == (("chan receive", sums[-1]),)
    assert first.doing.creators[0][0].name == "main.handleStuck"
    assert first.doing.creators[0][1] == sums[-1]
    assert board.asked.condition == "told"
    assert board.asked.goroutines >= sums[-1]
    told = [row for row in rows if row.doing.is_told]
    assert {"main.waitForever", "main.main"} <= {row.frame.name for row in told}  # all of them by the same stacks
    found = next(row for row in again.rows if row.key == first.key)
    assert found.doing.ended == (0, sums[-1])

    leak = max(growth.rows, key=lambda row: row.growth)
    assert leak.frame.name == "main.handleLeak"
    assert leak.standing in ("rising", "more")  # memory is sampled: four points may be no straight line
    leaked = 3 * LEAKS * (64 << 10)
    assert 0.5 * leaked < leak.growth < 1.6 * leaked


async def test_a_page_that_is_open_sees_the_next_poll(go_program: Path):
    plan = PollPlan(kinds=("goroutine",), every={"goroutine": 0.2}, timeout_seconds=10.0)
    with serving(go_program) as server:
        polling = Polling(targets_of((f"api={server.url}",)), plan)
        running = asyncio.create_task(polling.run())
        on = Stacks(polling)
        async with asyncio.timeout(30):
            for many in (0, 5):
                for _ in range(many):
                    await asyncio.to_thread(server.ask, "/stuck")
                while True:
                    board = on.desk.answer(GoroutineWish(), View(), polling.stacks().clock.now())
                    counts = [row.now for row in board.rows if row.frame.name == "main.waitForever"]
                    if board.polls and counts == ([many] if many else []):
                        break
                    await asyncio.sleep(0.05)
        running.cancel()
        await asyncio.wait([running])
    on.desk.forget()
    assert len(board.moments) >= 2
