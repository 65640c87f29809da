"""A dashboard with a history: it goes on where it stopped, and shows any window of the past."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import apsw
import pytest

from glance.domain.scene import Scene
from glance.domain.view import View
from glance.pipeline import following
from glance.pipeline.collector import Collector
from glance.pipeline.collector_options import CollectorOptions
from glance.pipeline.intake import Intake
from glance.pipeline.keeping import Keeping
from glance.sources.discovery import discover
from tests.pipeline.test_collector import Stage, line

VIEW = View(window="1h", rows=(("paths", 10), ("clients", 5), ("sections", 5)), log_lines=5)


@asynccontextmanager
async def kept(database: Path, *paths: Path, view: View = VIEW, **options: object) -> AsyncIterator[Stage]:
    """A collector on these logs that keeps what it reads."""
    made = CollectorOptions(refresh_seconds=0.05, **options)  # type: ignore[arg-type]
    intake = Intake(discover([str(path) for path in paths]))
    stage = Stage(Collector(intake, made, view, keeping=Keeping.open(database)))
    running = asyncio.create_task(stage.collector.run(stage.publish))
    try:
        yield stage
    finally:
        stage.collector.stop()
        await running


def figures(scene: Scene) -> tuple[object, ...]:
    """What a person would compare."""
    return scene.totals, {ranking.name: [(row.name, row.hits) for row in ranking.rows] for ranking in scene.rankings}


async def test_the_next_run_goes_on_where_this_one_stopped(tmp_path: Path) -> None:
    log, database = tmp_path / "access.log", tmp_path / "state" / "glance.db"
    log.write_bytes(b"".join(line(number) for number in range(300)))
    async with kept(database, log) as stage:
        await stage.until(lambda scene: scene.lines_total == 300)
        with log.open("ab") as file:
            file.write(line(300, status=500))
        first = await stage.until(lambda scene: scene.lines_total == 301)
    assert first.history.condition == "recording"
    log.rename(tmp_path / "access.log.1")
    with (tmp_path / "access.log.1").open("ab") as file:
        file.write(line(301))
    log.write_bytes(line(302))

    async with kept(database, log) as stage:
        second = await stage.until(lambda scene: scene.totals.hits == 303)

    assert second.lines_total == 303
    assert second.totals.server_errors == 1
    assert second.gaps == ()


async def test_what_is_gone_from_disk_is_still_shown(tmp_path: Path) -> None:
    log, database = tmp_path / "access.log", tmp_path / "glance.db"
    log.write_bytes(b"".join(line(number) for number in range(50)))
    async with kept(database, log) as stage:
        await stage.until(lambda scene: scene.lines_total == 50)
    log.write_bytes(line(50))

    async with kept(database, log) as stage:
        scene = await stage.until(lambda scene: scene.totals.hits == 51)

    assert scene.lines_total == 51


async def test_the_newest_lines_are_there_again_the_next_time(tmp_path: Path) -> None:
    """The log was not written since: its lines come out of history; then what is new follows them."""
    log, database = tmp_path / "access.log", tmp_path / "glance.db"
    log.write_bytes(b"".join(line(number) for number in range(50)))
    async with kept(database, log) as stage:
        before = await stage.until(lambda scene: scene.lines_total == 50)

    async with kept(database, log) as stage:
        after = await stage.until(lambda scene: scene.totals.hits == 50)
        with log.open("ab") as file:
            file.write(line(50) + line(51))
        news = await stage.until(lambda scene: scene.totals.hits == 52)
        with log.open("ab") as file:
            file.write(b"".join(line(number) for number in range(52, 60)))
        full = await stage.until(lambda scene: scene.totals.hits == 60)

    assert [shown.target for shown in after.lines] == [shown.target for shown in before.lines] != []
    assert [shown.target for shown in news.lines] == [f"/n/{number}" for number in range(47, 52)]
    assert [shown.target for shown in full.lines] == [f"/n/{number}" for number in range(55, 60)]


async def test_a_backfill_that_was_stopped_is_finished_the_next_time(tmp_path: Path) -> None:
    """Newest first, some of it, then all of it: each line once."""
    log, database = tmp_path / "access.log", tmp_path / "glance.db"
    log.write_bytes(b"".join(line(number) for number in range(20_000)))
    async with kept(database, log) as stage:
        await stage.until(lambda scene: scene.totals.hits > 0)

    async with kept(database, log) as stage:
        scene = await stage.until(lambda scene: scene.totals.hits == 20_000)
        assert scene.ranking("paths").distinct == 20_000
    async with kept(database, log) as stage:
        await stage.until(lambda scene: scene.totals.hits == 20_000)


async def test_a_second_glance_follows_the_first(tmp_path: Path) -> None:
    log, database = tmp_path / "access.log", tmp_path / "glance.db"
    log.write_bytes(b"".join(line(number) for number in range(100)))
    async with kept(database, log) as writer:
        await writer.until(lambda scene: scene.lines_total == 100)
        await asyncio.sleep(1.5)  # until it was written: nothing in the writer says when
        async with kept(database, log) as reader:
            first = await reader.until(lambda scene: scene.totals.hits == 100)
            for number in range(100, 105):
                with log.open("ab") as file:
                    file.write(line(number))
                scene = await reader.until(lambda scene, number=number: scene.totals.hits == number + 1)  # type: ignore[misc]

    assert first.history.condition == "following"
    assert scene.lines_total == 105
    assert (scene.sources[0].condition, scene.sources[0].format) == ("following", "combined")
    assert [shown.target for shown in scene.lines][-1] == "/n/104"


async def test_a_log_that_nobody_writes_down_any_more_is_read_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "NEGLECT_SECONDS", 0.5)
    log, other, database = tmp_path / "access.log", tmp_path / "other.log", tmp_path / "glance.db"
    log.write_bytes(b"".join(line(number) for number in range(100)))
    other.write_bytes(line(0))
    async with kept(database, log) as stage:
        await stage.until(lambda scene: scene.lines_total == 100)
    async with kept(database, other), kept(database, log) as reader:
        await reader.until(lambda scene: scene.totals.hits == 100)
        with log.open("ab") as file:
            file.write(line(100))
        scene = await reader.until(lambda scene: scene.totals.hits == 101)

    assert scene.lines_total == 101


async def test_windows_of_the_past_say_the_same_as_they_did_live(tmp_path: Path) -> None:
    log, database, now = tmp_path / "access.log", tmp_path / "glance.db", time.time()
    old = now - 7200
    log.write_bytes(
        b"".join(line(number, at=old + number % 60, status=404 if number % 7 == 0 else 200) for number in range(700))
        + b"".join(line(number, at=now - 20) for number in range(100))
    )
    view = View(window="15m", rows=VIEW.rows, log_lines=5)
    async with kept(database, log, view=view) as stage:
        live = await stage.until(lambda scene: scene.lines_total == 800)
        stage.collector.look(View(window="15m", rows=VIEW.rows, log_lines=5, end=old + 61))
        past = await stage.until(lambda scene: scene.totals.hits == 700)
        stage.collector.look(view)
        again = await stage.until(lambda scene: scene.totals.hits == 100)

    assert live.is_live
    assert again.is_live
    assert not past.is_live
    assert past.totals.client_errors == 100
    assert past.window.end >= old + 60
    assert sum(past.traffic.hits) == 700
    assert len(past.lines) == 5
    assert past.lines[-1].target.startswith("/n/")
    assert past.history.first_at == pytest.approx(int(old), abs=1)


async def test_a_locked_database_is_told_of_and_made_good_for(tmp_path: Path) -> None:
    log, database = tmp_path / "access.log", tmp_path / "glance.db"
    log.write_bytes(line(0))
    async with kept(database, log) as stage:
        await stage.until(lambda scene: scene.lines_total == 1)
        other = apsw.Connection(str(database))
        other.set_busy_timeout(5000)
        other.execute("BEGIN IMMEDIATE")
        with log.open("ab") as file:
            file.write(line(1))
        troubled = await stage.until(lambda scene: scene.history.condition == "failing" and scene.totals.hits == 2)
        assert troubled.history.waiting_lines
        other.execute("ROLLBACK")
        other.close()
        await stage.until(lambda scene: scene.history.condition == "recording")
    async with kept(database, log) as stage:
        await stage.until(lambda scene: scene.totals.hits == 2)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
async def test_without_a_place_for_history_all_else_works(tmp_path: Path) -> None:
    log, folder = tmp_path / "access.log", tmp_path / "state"
    folder.mkdir(mode=0o500)
    log.write_bytes(line(0))
    async with kept(folder / "glance.db", log) as stage:
        scene = await stage.until(lambda scene: scene.lines_total == 1)
    assert scene.history.condition == "failing"


async def test_a_file_that_is_no_database_stays_as_it_is(tmp_path: Path) -> None:
    log, database = tmp_path / "access.log", tmp_path / "glance.db"
    log.write_bytes(line(0))
    database.write_bytes(b"a diary, not a database\n" * 100)
    async with kept(database, log) as stage:
        scene = await stage.until(lambda scene: scene.lines_total == 1)

    assert scene.history.condition == "failing"
    assert "database" in scene.history.note
    assert database.read_bytes().startswith(b"a diary")
