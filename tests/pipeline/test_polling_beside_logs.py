"""Polling beside a collector: logs are read, scenes made and the end comes as if no target were there."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from glance.domain.flame_board import FlameWish
from glance.domain.profiles.parts import Function, Line, Location, Sample, ValueType
from glance.domain.profiles.poll_plan import PollPlan
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.proto_writer import written
from glance.domain.profiles.target import targets_of
from glance.domain.scene import Scene
from glance.domain.view import View
from glance.pipeline.collector import Collector
from glance.pipeline.collector_options import CollectorOptions
from glance.pipeline.intake import Intake
from glance.pipeline.polling import Polling
from glance.sources.discovery import discover
from tests.pipeline.fault_server import fault_server, profile, reply
from tests.pipeline.test_collector import Stage, line

PLAN = PollPlan(kinds=("cpu",), every={"cpu": 5.0}, cpu_seconds=1)


def collector(log: Path, *targets: str, view: View | None = None) -> Collector:
    """One that reads a log and polls targets."""
    options = CollectorOptions(refresh_seconds=0.05)
    polling = Polling(targets_of(targets), PLAN)
    return Collector(Intake(discover([str(log)])), options, view or View(window="1h"), polling=polling)


def large() -> bytes:
    """A profile that takes a while to be understood: 60,000 stacks of 20 frames."""
    places = [Location(lines=(Line(Function(f"main.function_{row}"), row),), address=row + 1) for row in range(3000)]
    samples = [
        Sample(tuple(places[(row * 7 + depth * 31) % 3000] for depth in range(20)), (1, row)) for row in range(60_000)
    ]
    types = (ValueType("samples", "count"), ValueType("cpu", "nanoseconds"))
    return written(Profile.of(types, samples, time_nanos=10**18), level=1)


async def test_a_target_that_hangs_delays_neither_lines_nor_the_end(tmp_path: Path) -> None:
    begun = asyncio.Event()

    async def hang(path: str, writer: asyncio.StreamWriter) -> None:
        begun.set()
        await asyncio.Event().wait()

    log = tmp_path / "access.log"
    log.write_bytes(line(0))
    async with fault_server() as server:
        server.answers["profile"] = hang
        stage = Stage(made := collector(log, server.url, "down=127.0.0.1:1"))
        running = asyncio.create_task(made.run(stage.publish))
        await asyncio.wait_for(begun.wait(), 10)
        for number in range(1, 4):
            with log.open("ab") as file:
                file.write(line(number))
            await stage.until(lambda scene, number=number: scene.lines_total == number + 1)
        scene = await stage.until(lambda scene: scene.targets[1].condition == "down")
        assert scene.targets[0].kinds[0].is_taking
        begin = time.monotonic()
        made.stop()
        await running
        assert time.monotonic() - begin < 2
        await asyncio.wait_for(server.ended.wait(), 5)


async def test_a_large_profile_is_understood_beside_the_loop(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(line(0))
    data = await asyncio.to_thread(large)
    async with fault_server() as server:
        server.answers["profile"] = reply(data)
        stage = Stage(made := collector(log, server.url))
        running = asyncio.create_task(made.run(stage.publish))
        longest, last = 0.0, time.monotonic()
        while not (stage.scene is not None and stage.scene.targets[0].at is not None):
            await asyncio.sleep(0.005)
            longest, last = max(longest, time.monotonic() - last), time.monotonic()
        made.stop()
        await running
    assert longest < 1.0  # on the loop it would be several seconds


async def test_the_page_of_profiles_has_what_was_polled(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(line(0))

    def has_profile(scene: Scene) -> bool:
        profiles = getattr(scene.page, "profiles", ())
        return any(note.name == "api cpu" and note.standing == "ready" for note in profiles)

    async with fault_server() as server:
        server.answers["profile"] = reply(profile(3, 4))
        stage = Stage(made := collector(log, f"api={server.url}", view=View(window="15m", page=FlameWish())))
        running = asyncio.create_task(made.run(stage.publish))
        scene = await stage.until(has_profile)
        assert scene.targets[0].name == "api"
        made.stop()
        await running
