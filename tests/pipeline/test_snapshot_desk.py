"""Snapshots taken beside a collector by a person and by alerts, on real logs; listed, noted, removed, opened again."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

from glance.config import Settings
from glance.domain.alerts.rule_text import parse_rule
from glance.domain.flame_board import FlameAnswer, FlameWish
from glance.domain.profiles.poll_plan import PollPlan
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.proto import read
from glance.domain.profiles.target import targets_of
from glance.domain.raw_line import LinesWish
from glance.domain.scene import Scene
from glance.domain.snapshot import Allowance, LogPart, Manifest, ProfilePart
from glance.domain.snapshot_board import SnapshotBoard, SnapshotWish
from glance.domain.snapshot_order import SnapshotOrder
from glance.domain.view import View
from glance.domain.window import own_choice
from glance.pipeline.alerting import Alerting
from glance.pipeline.collector import Collector
from glance.pipeline.collector_options import CollectorOptions
from glance.pipeline.frozen_collector import FrozenCollector, _in_order
from glance.pipeline.frozen_log import frozen_feeds
from glance.pipeline.intake import Intake
from glance.pipeline.polling import Polling
from glance.pipeline.snapshot_desk import SnapshotDesk
from glance.pipeline.snapshot_plan import SnapshotPlan, snapshots_of
from glance.sources.discovery import discover
from glance.store.snapshot_file import SnapshotFile
from glance.store.snapshot_shelf import SnapshotShelf, shelf_beside
from tests.pipeline.fault_server import fault_server, profile, reply
from tests.pipeline.test_collector import Stage, line

VIEW = View(window="15m", rows=(("paths", 50), ("clients", 5)), log_lines=5)
NOISE = b"what is this\n"
BURST = "count > 5 over 1m snapshot on"


@asynccontextmanager
async def running(collector: Collector) -> AsyncIterator[Stage]:
    """A collector that runs."""
    stage = Stage(collector)
    task = asyncio.create_task(collector.run(stage.publish))
    try:
        yield stage
    finally:
        collector.stop()
        await task


def live(log: Path, plan: SnapshotPlan, alerting: Alerting | None = None, view: View = VIEW) -> Collector:
    """A collector of a log, with snapshots."""
    options = CollectorOptions(refresh_seconds=0.05)
    return Collector(Intake(discover([str(log)])), options, view, alerting=alerting, snapshots=plan)


def order(stage: Stage, number: int, kind: str = "take", number_of: str = "", text: str = "", **view: object) -> None:
    """What a key does."""
    wish = SnapshotOrder(number, kind, number_of, text)  # type: ignore[arg-type]
    stage.collector.look(replace(stage.collector._view, order=wish, **view))


def look(stage: Stage, **changes: object) -> None:
    """Look at something else."""
    stage.collector.look(replace(stage.collector._view, **changes))  # type: ignore[arg-type]


def has_other(words: str, scene: Scene) -> bool:
    """Something else is said, and that is all."""
    return words != scene.snapshots.words and not scene.snapshots.is_busy


async def said(stage: Stage, word: str) -> str:
    """What is said, once it has a word."""
    scene = await stage.until(lambda scene: word in scene.snapshots.words)
    return scene.snapshots.words


class Found(NamedTuple):
    """A snapshot, read whole."""

    path: Path
    manifest: Manifest
    raw: bytes


def shelved(plan: SnapshotPlan) -> list[Found]:
    """What lies on the shelf, newest first; each is whole."""
    found = []
    for one in SnapshotShelf(plan.shelf).all():
        with SnapshotFile.open(one.path) as file:
            assert file.damages() == []
            raw = b"".join(file.data(part.member) for part in file.manifest.raw)
            found.append(Found(one.path, file.manifest, raw))
    return found


def written(tmp_path: Path, many: int = 60) -> Path:
    """A log of the last minutes, with a line that no format reads."""
    log, now = tmp_path / "access.log", time.time()
    lines = [line(number, now - 200 + number, 500 if number % 10 == 0 else 200) for number in range(many)]
    log.write_bytes(b"".join([*lines[:30], NOISE, *lines[30:]]))
    return log


async def test_a_person_takes_what_is_looked_at(tmp_path: Path) -> None:
    log, plan = written(tmp_path), SnapshotPlan(tmp_path / "shelf")
    async with running(live(log, plan)) as stage:
        await stage.until(lambda scene: scene.totals.hits == 60)
        order(stage, 1)
        words = await said(stage, "kept as")
        order(stage, 1)  # the same view comes again
        order(stage, 2, filter="status>=500")
        scene = await stage.until(
            lambda scene: scene.snapshots.words not in (words, "") and not scene.snapshots.is_busy
        )
        assert scene.snapshots.words.startswith("kept as")
    filtered, whole = shelved(plan)
    assert (whole.manifest.records, whole.manifest.why, whole.manifest.filter) == (60, "person", "")
    assert (whole.manifest.end - whole.manifest.start, whole.manifest.logs[0].format) == (900, "combined")
    assert (filtered.manifest.records, filtered.manifest.filter) == (6, "status>=500")
    assert whole.raw == log.read_bytes()
    assert whole.manifest.id in words


async def test_ticks_go_on_while_profiles_are_fetched_and_a_second_one_is_refused(tmp_path: Path) -> None:
    released = asyncio.Event()

    async def slow(path: str, writer: asyncio.StreamWriter) -> None:
        await released.wait()
        writer.write(reply(b"no", "500 Internal Server Error"))

    async with fault_server() as server:
        server.answers["heap"] = slow
        log = written(tmp_path)
        plan = SnapshotPlan(tmp_path / "shelf", targets=targets_of((f"api={server.url}",)), cpu_seconds=1)
        async with running(live(log, plan)) as stage:
            await stage.until(lambda scene: scene.totals.hits == 60)
            order(stage, 1)
            await said(stage, "taking a snapshot: profiles of api")
            order(stage, 2)
            await said(stage, "one snapshot at a time")
            with log.open("ab") as file:
                file.write(line(1000))
            await stage.until(lambda scene: scene.totals.hits == 61)
            released.set()
            assert "without 5 profiles" in await said(stage, "kept as")
    (found,) = shelved(plan)
    assert found.manifest.records == 60, "what came after the key is not in it"
    assert [(one.target, one.kind) for one in found.manifest.profiles] == [("api", "cpu")]
    assert {one.kind for one in found.manifest.failures} == {"heap", "goroutine", "goroutines", "mutex", "block"}


async def test_an_alert_takes_one_and_the_same_rule_no_second_for_a_while(tmp_path: Path) -> None:
    log, plan = tmp_path / "access.log", SnapshotPlan(tmp_path / "shelf")
    log.write_bytes(b"".join(line(number) for number in range(40)))
    for run in range(2):  # the second one is another glance, or the same begun again
        async with running(live(log, plan, Alerting([parse_rule("burst", BURST)]))) as stage:
            await stage.until(lambda scene: any(alert.is_firing for alert in scene.alerts))
            if not run:
                assert (await said(stage, "kept as")).startswith("alert burst: kept as")
            stage.collector._snapshots.close(10.0)
    (found,) = shelved(plan)
    assert (found.manifest.why, found.manifest.records) == ("alert", 40)
    assert found.manifest.alert.startswith("burst: ")
    assert found.manifest.end - found.manifest.start == 900


async def test_an_alert_takes_none_where_rule_or_settings_say_so(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(line(number) for number in range(40)))
    for is_on, text in ((True, "count > 5 over 1m"), (True, f"{BURST[:-2]}off"), (False, BURST)):
        plan = SnapshotPlan(tmp_path / "shelf", is_on_alert=is_on)
        async with running(live(log, plan, Alerting([parse_rule("burst", text)]))) as stage:
            await stage.until(lambda scene: any(alert.is_firing for alert in scene.alerts))
            assert not stage.collector._snapshots._threads
    assert not plan.shelf.exists()


async def test_changed_settings_hold_at_once_without_reading_anew(tmp_path: Path) -> None:
    log, old, new = written(tmp_path), SnapshotPlan(tmp_path / "old"), SnapshotPlan(tmp_path / "new")
    async with running(live(log, old)) as stage:
        await stage.until(lambda scene: scene.totals.hits == 60)
        look(stage, page=SnapshotWish())
        await stage.until(lambda scene: isinstance(scene.page, SnapshotBoard))
        stage.collector._snapshots.change(new)
        order(stage, 1)
        await said(stage, "kept as")
        await stage.until(lambda scene: isinstance(scene.page, SnapshotBoard) and len(scene.page.rows) == 1)
    assert (len(shelved(old)), len(shelved(new))) == (0, 1)


async def test_a_shelf_that_cannot_be_used_is_said_and_hurts_nobody(tmp_path: Path) -> None:
    log, shelf = written(tmp_path), tmp_path / "shelf"
    shelf.write_bytes(b"no folder")
    async with running(live(log, SnapshotPlan(shelf))) as stage:
        await stage.until(lambda scene: scene.totals.hits == 60)
        order(stage, 1)
        scene = await stage.until(lambda scene: scene.snapshots.is_bad)
        assert "cannot write" in scene.snapshots.words
        look(stage, page=SnapshotWish())
        scene = await stage.until(lambda scene: isinstance(scene.page, SnapshotBoard) and bool(scene.page.trouble))


async def test_the_number_of_snapshots_is_bounded_and_it_is_said_who_went(tmp_path: Path) -> None:
    log = written(tmp_path)
    plan = SnapshotPlan(tmp_path / "shelf", Allowance(most_count=2))
    async with running(live(log, plan)) as stage:
        await stage.until(lambda scene: scene.totals.hits == 60)
        words = ""
        for number in range(1, 4):
            order(stage, number)
            words = (await stage.until(partial(has_other, words))).snapshots.words
        assert words.endswith("1 older let go")
    assert len(shelved(plan)) == 2


async def test_the_page_lists_notes_exports_compares_and_removes(tmp_path: Path) -> None:
    log, plan = written(tmp_path), SnapshotPlan(tmp_path / "shelf")

    def board(many: int) -> object:
        return lambda scene: isinstance(scene.page, SnapshotBoard) and len(scene.page.rows) == many

    async with running(live(log, plan)) as stage:
        await stage.until(lambda scene: scene.totals.hits == 60)
        order(stage, 1, page=SnapshotWish())
        await said(stage, "kept as")
        with log.open("ab") as file:
            file.write(b"".join(line(2000 + number, status=500) for number in range(30)))
        await stage.until(lambda scene: scene.totals.hits == 90)
        order(stage, 2)
        scene = await stage.until(board(2))  # type: ignore[arg-type]
        new, old = scene.page.rows  # type: ignore[union-attr]
        assert (new.records, old.records, old.lines, old.is_of_alert) == (90, 60, 61, False)
        order(stage, 3, "note", old.id, "the deploy \x1b[31m of noon")
        scene = await stage.until(lambda scene: any(row.note for row in scene.page.rows))  # type: ignore[union-attr]
        assert "\x1b" not in scene.snapshots.words
        order(stage, 4, "export", old.id, str(tmp_path))
        await said(stage, f"wrote {old.id}.glance")
        look(stage, page=SnapshotWish(old.id, new.id))
        scene = await stage.until(lambda scene: scene.page.diff is not None)  # type: ignore[union-attr]
        hits = next(row for row in scene.page.diff.figures if row.name == "hits")  # type: ignore[union-attr]
        assert (hits.before, hits.after, hits.is_more) == ("60", "90", True)
        assert len(scene.page.diff.routes) == 1  # type: ignore[union-attr]
        assert (scene.page.diff.routes[0].before, scene.page.diff.routes[0].after) == ("60", "90")  # type: ignore[union-attr]
        order(stage, 6, "remove", new.id)
        await said(stage, f"removed {new.id}")
        await stage.until(board(1))  # type: ignore[arg-type]
        order(stage, 7, "remove", "20200101T000000Z-000000")
        assert (await stage.until(lambda scene: scene.snapshots.is_bad)).snapshots.words.startswith("there is no")
    with SnapshotFile.open(tmp_path / f"{old.id}.glance") as file:
        assert file.manifest.note.startswith("the deploy")


async def test_a_snapshot_opened_shows_what_live_showed(tmp_path: Path) -> None:
    """Figures, rankings, filters, raw lines as they stood, and profiles; now is its end."""
    rng, now = random.Random(7), time.time()
    log = tmp_path / "access.log"
    lines = [line(rng.randrange(9), now - rng.randrange(300), rng.choice((200, 200, 404, 500))) for _ in range(800)]
    lines[400:400] = [NOISE] * 3
    log.write_bytes(b"".join(lines))
    async with fault_server() as server:
        plan = SnapshotPlan(tmp_path / "shelf", targets=targets_of((f"api={server.url}",)), cpu_seconds=1)
        async with running(live(log, plan)) as stage:
            seen = await stage.until(lambda scene: scene.totals.hits == 800)
            look(stage, filter="status>=400", lines=LinesWish(count=600))
            lined = await stage.until(lambda scene: scene.matched is not None and len(scene.raw.lines) > 1)
            order(stage, 1, filter="", lines=None)
            await said(stage, "kept as")
    found = shelved(plan)[0]
    manifest = found.manifest
    assert manifest.records == 800
    log.unlink()
    choice = own_choice(manifest.start, manifest.end)
    view = replace(VIEW, window=choice.name, end=manifest.end - 1e-3, snapshot=str(found.path))
    async with running(FrozenCollector(found.path, view, plan=plan)) as stage:
        scene = await stage.until(lambda scene: scene.totals.hits == 800)
        assert scene.totals == replace(seen.totals, slowest=scene.totals.slowest)
        assert scene.ranking("paths").rows[0].hits == seen.ranking("paths").rows[0].hits
        assert (scene.window.start, scene.window.end) == (manifest.start, manifest.end)
        assert scene.frozen is not None
        assert (scene.frozen.id, scene.at, scene.is_live) == (manifest.id, manifest.end, False)
        assert scene.sources[0].condition == "ended"
        stage.collector.look(replace(view, filter="status>=400", lines=LinesWish(count=600)))
        raw = (await stage.until(lambda scene: scene.matched is not None and len(scene.raw.lines) > 1)).raw
        assert sorted(one.text for one in raw.lines) == sorted(one.text for one in lined.raw.lines)
        assert not any(one.is_rebuilt for one in raw.lines)
        stage.collector.look(replace(view, page=FlameWish()))
        scene = await stage.until(lambda scene: isinstance(scene.page, FlameAnswer) and scene.page.picture is not None)
        assert isinstance(scene.page, FlameAnswer)
        assert [note.name for note in scene.page.profiles] == ["api cpu"]
        assert set(stage.collector.profiles.shelf.rows) == {("api", "cpu")}, "what suspects are found in"
        order(stage, 9)
        assert "already" in (await stage.until(lambda scene: scene.snapshots.is_bad)).snapshots.words


async def test_what_is_no_snapshot_says_so(tmp_path: Path) -> None:
    path = tmp_path / "broken.glance"
    path.write_bytes(b"PK\x03\x04 and no more")
    async with running(FrozenCollector(path, replace(VIEW, snapshot=str(path)))) as stage:
        scene = await stage.until(lambda scene: bool(scene.trouble))
    assert "no snapshot that can be read" in scene.trouble


def test_the_settings_say_how_they_are_taken(tmp_path: Path) -> None:
    settings = Settings(snapshot_mb=7, snapshot_count=3, snapshot_cooldown=60.0, pprof_targets=("api=http://h:1",))
    plan = snapshots_of(settings, tmp_path / "own.db")
    assert plan is not None
    assert plan.shelf == shelf_beside(tmp_path / "own.db")
    assert (plan.allowance, plan.cooldown_seconds) == (Allowance(7 << 20, most_count=3), 60)
    assert [one.name for one in plan.targets] == ["api"]
    assert plan.is_on_alert
    unkept = snapshots_of(replace(settings, history=False), tmp_path / "own.db")
    assert unkept is not None
    assert (unkept.is_on_alert, unkept.database) == (False, None)


def test_nothing_runs_while_nobody_wants_anything() -> None:
    desk = SnapshotDesk(SnapshotPlan(Path("/nowhere")), lambda: None)
    desk.order(None)
    assert not desk._threads
    desk.close()


async def test_what_is_polled_without_history_is_in_it_and_tells_of_its_window(tmp_path: Path) -> None:
    log, now = written(tmp_path), time.time()
    polling = Polling(targets_of(("api=127.0.0.1:9",)), PollPlan())  # nobody is there: it is asked in vain
    collector = Collector(
        Intake(discover([str(log)])), CollectorOptions(refresh_seconds=0.05), VIEW, polling=polling,
        snapshots=(plan := SnapshotPlan(tmp_path / "shelf")),
    )  # fmt: skip
    async with running(collector) as stage:
        keeper = polling.memory()
        assert keeper is not None
        for second in (100, 50):
            await keeper.take("api", "cpu", profile(7), now - second, now - second + 5)
        await stage.until(lambda scene: scene.totals.hits == 60)
        order(stage, 1)
        await said(stage, "kept as")
    (found,) = shelved(plan)
    (part,) = found.manifest.profiles

    assert (part.target, part.kind, part.origin, part.words) == ("api", "cpu", "polled", "2 of 2 polls")


def test_the_cpu_that_is_shown_first_is_that_of_the_window() -> None:
    def named(origin: str, kind: str, count: int) -> tuple[ProfilePart, Profile]:
        return ProfilePart("api", kind, "", origin, 0.0, 1.0, ""), read(profile(count))  # type: ignore[arg-type]

    parts = [named("polled", "cpu", 90), named("fetched", "heap", 900), named("fetched", "cpu", 3)]

    assert [(one.origin, one.kind) for one, _ in _in_order(parts)][-2:] == [("fetched", "cpu"), ("polled", "cpu")]


def test_a_log_of_which_only_the_newest_lines_are_kept_is_not_said_to_be_unreadable(tmp_path: Path) -> None:
    (feed,) = frozen_feeds([LogPart("access.log", "combined", 60, words="only the newest lines")], {})

    assert (feed.refusal, feed.note) == ("", "only the newest lines")
