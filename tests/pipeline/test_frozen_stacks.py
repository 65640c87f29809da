"""Goroutines and memory of a snapshot: each program for itself, with what its goroutines do; suspects at once."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest

from glance.domain.profiles.parts import NO_LABELS
from glance.domain.profiles.proto_writer import written
from glance.domain.snapshot import Manifest, ProfilePart
from glance.domain.stack_board import GoroutineWish, GrowthWish, StackBoard, StackWish
from glance.domain.suspect_board import SuspectBoard, SuspectWish
from glance.pipeline.frozen_collector import LOOK_SECONDS, FrozenCollector
from glance.store.snapshot_file import Content, write_snapshot
from tests.domain.profiles.test_stack_listing import DUMP, goroutines, profile
from tests.pipeline.test_collector import Stage
from tests.pipeline.test_snapshot_desk import VIEW, look, running

ID = "20261122T140231Z-3fa9c1"
MEMORY = (("inuse_objects", "count"), ("inuse_space", "bytes"))


def memory(size: int) -> bytes:
    """What a program has in use."""
    return written(profile([("main.grow:4", (size, size << 20), NO_LABELS)], MEMORY))


KEPT = (
    ("api", "goroutine", "polled", 940.0, written(goroutines(a=3))),
    ("api", "goroutine", "fetched", 1005.0, written(goroutines(a=9))),
    ("api", "goroutines", "fetched", 1005.0, DUMP.encode()),
    ("api", "allocs", "polled", 990.0, memory(2)),
    ("api", "heap", "fetched", 1005.0, memory(8)),
    ("web", "goroutine", "fetched", 1005.0, written(goroutines(a=4))),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A snapshot of two programs."""
    contents, parts = [], []
    for number, (target, kind, origin, end, data) in enumerate(KEPT):
        name = f"profiles/{number}.{'txt' if kind == 'goroutines' else 'pb.gz'}"
        contents.append(Content(name, "goroutines" if kind == "goroutines" else "profile", data))
        parts.append(ProfilePart(target, kind, name, origin, end, end))  # type: ignore[arg-type]
    place = tmp_path / f"{ID}.glance"
    write_snapshot(place, Manifest(ID, 1000.0, 100.0, 1000.0, profiles=tuple(parts)), contents)
    return place


def collector(path: Path) -> FrozenCollector:
    """Of a snapshot that is looked at."""
    return FrozenCollector(path, replace(VIEW, end=999.0, snapshot=str(path)))


async def board(stage: Stage, wish: StackWish) -> StackBoard:
    """What a page of stacks shows in the end."""
    look(stage, page=wish)
    scene = await stage.until(
        lambda scene: isinstance(scene.page, StackBoard) and scene.page.wish == wish and not scene.page.is_working
    )
    assert isinstance(scene.page, StackBoard)
    return scene.page


async def test_goroutines_tell_what_they_do_and_each_program_is_one_of_its_own(path: Path) -> None:
    async with running(collector(path)) as stage:
        found = await board(stage, GoroutineWish())
        assert (found.program, found.targets) == ("api", ("api", "web"))
        assert (found.is_frozen, found.can_ask, found.asked) == (True, False, None)
        assert found.moments == (940.0, 1005.0)
        assert found.totals[-1] == 3
        doing = next(row.doing for row in found.rows if row.frame.name == "main.wait")
        assert doing is not None
        assert (doing.is_told, doing.longest_minutes) == (True, 9)
        other = await board(stage, GoroutineWish("web"))
        assert (other.program, other.totals) == ("web", (5,))  # one of them is always there


async def test_memory_is_told_as_it_was_polled_and_as_it_was_fetched(path: Path) -> None:
    async with running(collector(path)) as stage:
        found = await board(stage, GrowthWish())
    assert (found.program, found.targets, found.totals) == ("api", ("api",), (2 << 20, 8 << 20))
    assert found.rows[0].growth == 6 << 20


async def test_suspects_do_not_wait_for_the_next_look(path: Path) -> None:
    async with running(collector(path)) as stage:
        await stage.until(lambda scene: scene.frozen is not None and bool(scene.frozen.id))
        began = time.monotonic()
        look(stage, page=SuspectWish())
        await stage.until(lambda scene: isinstance(scene.page, SuspectBoard) and not scene.page.is_working)
        assert time.monotonic() - began < LOOK_SECONDS / 2


async def test_what_is_too_large_to_be_held_is_left_out_and_that_is_said(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever made the file may be anybody, and all of it is read when it is opened."""
    monkeypatch.setattr("glance.pipeline.frozen_collector.MOST_SAMPLES", 4)
    async with running(collector(path)) as stage:
        scene = await stage.until(lambda scene: bool(scene.trouble))
        assert scene.trouble.startswith("4 parts of this snapshot are damaged or too large")
