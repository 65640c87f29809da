"""Polling of a real Go server with known faults: every kind, with labels, and what a restart and a stop do to it."""

from __future__ import annotations

import asyncio
import http.client
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from glance.domain.profiles.delta import joined
from glance.domain.profiles.poll import KindStatus, Poll
from glance.domain.profiles.poll_plan import PollPlan
from glance.domain.profiles.proto import read
from glance.domain.profiles.target import targets_of
from glance.pipeline.polling import Polling
from glance.sources.pprof_index import index_of
from glance.store.profile_table import ProfileTable
from tests.go_target import serving

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]  # at the first time Go is fetched, and the server built

PLAN = PollPlan(
    every={"cpu": 5.0, "allocs": 0.6, "goroutine": 0.6, "mutex": 0.6, "block": 0.6}, cpu_seconds=1, timeout_seconds=5.0
)


def functions(polls: list[Poll], kind: str) -> set[str]:
    """All functions in profiles of a kind."""
    return {function.name for poll in polls if poll.kind == kind for function in poll.profile.functions}


def total(polls: list[Poll], kind: str, name: str, column: int) -> int:
    """What is counted under a function."""
    found = 0
    for poll in polls:
        for sample in poll.profile.samples if poll.kind == kind else ():
            names = {line.function.name for place in sample.locations for line in place.lines if line.function}
            found += sample.values[column] if any(one.endswith(name) for one in names) else 0
    return found


async def until(holds: Callable[[], object]) -> None:
    """Go on until this holds."""
    while not holds():  # noqa: ASYNC110 - states have no event
        await asyncio.sleep(0.02)


Holds = Callable[[dict[str, KindStatus]], object]


async def polled(url: str, holds: Holds, database: Path | None = None, plan: PollPlan = PLAN):
    """Poll until this holds of the kinds; the polls, and how the target was doing."""
    polling = Polling(targets_of((f"api={url}",)), plan, database=database)
    polls: list[Poll] = []
    polling.listen(polls.append)
    running = asyncio.create_task(polling.run())
    async with asyncio.timeout(30):
        await until(lambda: holds({kind.kind: kind for kind in polling.statuses[0].kinds}))
    running.cancel()
    await asyncio.wait([running])
    return polls, polling.statuses[0]


async def test_every_kind_is_polled_and_says_where_the_faults_are(go_program: Path, tmp_path: Path):
    database = tmp_path / "glance.db"
    with serving(go_program) as server:
        over = threading.Event()

        def load() -> bytes:
            with server.under_load("/slow", "/leak", "/lock", "/lock", "/stuck"):
                over.wait(40)
            return server.ask("/debug/pprof/")

        loading = asyncio.create_task(asyncio.to_thread(load))
        polls, status = await polled(
            server.url, lambda kinds: min(kind.polls for kind in kinds.values()) and kinds["mutex"].polls > 2, database
        )
        over.set()
        index = index_of(await loading)
    assert index is not None
    assert {"allocs", "profile", "mutex", "block", "goroutine"} <= index.names
    assert index.count("goroutine") > 3

    assert status.condition == "up"
    assert {kind.kind: kind.condition for kind in status.kinds} == dict.fromkeys(PLAN.kinds, "up")
    cpu = next(poll for poll in polls if poll.kind == "cpu")
    assert 0.9e9 < cpu.profile.duration_nanos < 1.5e9
    assert {labels for sample in cpu.profile.samples for labels in sample.label_set.labels.get("route", ())} >= {
        "/slow"
    }
    # of what the slow handler took itself: how much that is of all depends on what else the machine does
    assert total(polls, "cpu", "regexp.MustCompile", 1) > 0.3 * total(polls, "cpu", "main.handleSlow", 1) > 0
    assert total(polls, "mutex", "main.handleLock", 0) > 10
    assert total(polls, "block", "Mutex).Lock", 1) > 1e8
    assert "main.waitForever" in functions(polls, "goroutine")
    leaked = [total([poll], "allocs", "main.handleLeak", 3) for poll in polls if poll.kind == "allocs"]
    assert leaked[-1] > leaked[0]
    assert all(int(poll.profile.values.min(initial=0)) >= 0 for poll in polls)

    kind = next(kind for kind in status.kinds if kind.kind == "allocs")
    assert 500 < kind.size_bytes < 100_000  # what it costs is known
    assert 0 < kind.seconds < 1
    assert 0 < status.profiled_total <= 2

    table = ProfileTable.open_to_read(database)  # all of it is in the ring, and any of it opens as it is
    assert table is not None
    assert len(table.heads(target="api")) - len(polls) in {0, 1}  # one may have been kept when the end came
    seen = [poll.profile for poll in polls if poll.kind == "mutex"]
    kept = [read(data) for data in table.datas(table.heads(kind="mutex")[: len(seen)])]
    ours = joined("mutex", seen)
    assert joined("mutex", kept).values.sum(axis=0).tolist() == ours.values.sum(axis=0).tolist()
    table.close()


async def test_someone_else_is_profiling(go_program: Path):
    plan = PollPlan(kinds=("cpu", "goroutine"), every=PLAN.every, cpu_seconds=1)
    with serving(go_program, "-quiet") as server:
        other = http.client.HTTPConnection(server.address)
        other.request("GET", "/debug/pprof/profile?seconds=20")
        await asyncio.sleep(0.2)
        polls, status = await polled(
            server.url, lambda kinds: kinds["cpu"].condition == "busy" and kinds["goroutine"].polls, plan=plan
        )
        other.close()
    assert {kind.kind: kind.condition for kind in status.kinds} == {"cpu": "busy", "goroutine": "up"}
    assert status.condition == "busy"
    assert {poll.kind for poll in polls} == {"goroutine"}


async def test_a_stop_ends_the_profile_so_that_another_can_be_taken(go_program: Path):
    plan = PollPlan(kinds=("cpu",), every={"cpu": 60.0}, cpu_seconds=30)
    with serving(go_program) as server:
        since: list[float] = []

        def is_under_way(kinds: dict[str, KindStatus]) -> bool:
            if kinds["cpu"].is_taking:
                since.append(time.monotonic())
            return bool(since) and since[-1] - since[0] > 0.4

        await polled(server.url, is_under_way, plan=plan)
        for _ in range(50):  # the server notices within moments
            try:
                found = await asyncio.to_thread(server.ask, "/debug/pprof/profile?seconds=1")
                break
            except OSError:
                await asyncio.sleep(0.05)
        else:
            pytest.fail("the profile that was begun went on")
    assert read(found).duration_nanos > 0.9e9


async def test_a_target_that_is_started_anew_is_noticed(go_program: Path):
    plan = PollPlan(kinds=("allocs",), every={"allocs": 0.3}, timeout_seconds=5.0)
    with serving(go_program) as server:
        for _ in range(200):
            server.ask("/leak")
        address = server.address
        polling = Polling(targets_of((address,)), plan)
        polls: list[Poll] = []
        polling.listen(polls.append)
        running = asyncio.create_task(polling.run())
        async with asyncio.timeout(20):
            await until(lambda: len(polls) >= 2)
            server.kill()
            await until(lambda: polling.statuses[0].condition == "down")
            with serving(go_program, "-address", address):
                await until(lambda: polling.statuses[0].restarts)
        running.cancel()
        await asyncio.wait([running])
    assert any(poll.note for poll in polls)
    assert all(int(poll.profile.values.min(initial=0)) >= 0 for poll in polls)
    assert polling.statuses[0].restarts == 1


async def test_nothing_is_recorded_where_it_was_not_switched_on_and_a_socket_will_do(go_program: Path, tmp_path: Path):
    place = tmp_path / "s"
    with serving(go_program, "-quiet", "-socket", str(place)):
        polls, status = await polled(
            f"unix:{place}", lambda kinds: all(kinds[name].polls for name in ("allocs", "goroutine", "mutex", "block"))
        )
    conditions = {kind.kind: kind.condition for kind in status.kinds}
    assert conditions["mutex"] == conditions["block"] == "empty"
    assert "SetBlockProfileRate" in next(kind.words for kind in status.kinds if kind.kind == "block")
    assert {poll.kind for poll in polls} >= {"allocs", "goroutine"}
