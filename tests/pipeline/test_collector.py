"""The collector on real files: what is written is counted once, whatever happens to the file."""

from __future__ import annotations

import asyncio
import gzip
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from glance.domain.alerts.builtin import traffic_rule
from glance.domain.scene import Scene
from glance.domain.view import View
from glance.errors import StoreError
from glance.ingest import spawned
from glance.pipeline import backfill
from glance.pipeline.alerting import Alerting
from glance.pipeline.collector import Collector
from glance.pipeline.collector_options import CollectorOptions
from glance.pipeline.intake import Intake
from glance.sources.discovery import discover
from glance.store.alert_table import AlertTable

VIEW = View(window="1h", rows=(("paths", 10), ("clients", 5)), log_lines=5)


def line(number: int, at: float | None = None, status: int = 200) -> bytes:
    """A line of the combined format with its number in the path."""
    moment = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(time.time() - 5 if at is None else at))
    return f'203.0.113.9 - - [{moment}] "GET /n/{number} HTTP/1.1" {status} 10 "-" "curl/8"\n'.encode()


class Stage:
    """A collector that runs, and the newest scene it published."""

    def __init__(self, collector: Collector) -> None:
        """Wait for the first scene."""
        self.collector = collector
        self.scene: Scene | None = None
        self._news = asyncio.Event()

    def publish(self, scene: Scene) -> None:
        """Keep the newest."""
        self.scene = scene
        self._news.set()

    async def until(self, holds: Callable[[Scene], bool]) -> Scene:
        """The first scene of which this holds."""
        async with asyncio.timeout(20):
            while True:
                if self.scene is not None and holds(self.scene):
                    return self.scene
                self._news.clear()
                await self._news.wait()


@asynccontextmanager
async def staged(
    *paths: object, view: View = VIEW, alerting: Alerting | None = None, **options: object
) -> AsyncIterator[Stage]:
    """A collector on these logs."""
    made = CollectorOptions(refresh_seconds=0.05, **options)  # type: ignore[arg-type]
    collector = Collector(Intake(discover([str(path) for path in paths])), made, view, alerting=alerting)
    stage = Stage(collector)
    running = asyncio.create_task(collector.run(stage.publish))
    try:
        yield stage
    finally:
        collector.stop()
        await running


async def test_past_and_present_are_counted_once(tmp_path: Path) -> None:
    """What was there before, and what is appended afterwards, a partial line only when it is whole."""
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(line(number) for number in range(500)) + b"203.0.113.9 - - [")
    async with staged(log) as stage:
        await stage.until(lambda scene: scene.lines_total == 500)
        with log.open("ab") as file:
            file.write(line(500)[len(b"203.0.113.9 - - [") :] + line(501))
        scene = await stage.until(lambda scene: scene.lines_total == 502)

    assert scene.totals.hits == 502
    assert scene.unparsed_total == 0
    assert scene.sources[0].format == "combined"
    assert scene.sources[0].condition == "following"
    assert [shown.target for shown in scene.lines][-2:] == ["/n/500", "/n/501"]


async def test_rotation_loses_nothing(tmp_path: Path) -> None:
    """Renamed while lines still come into the old file, then a new one; then truncated."""
    log = tmp_path / "access.log"
    log.write_bytes(line(0))
    async with staged(log) as stage:
        await stage.until(lambda scene: scene.lines_total == 1)
        old = log.open("ab", buffering=0)
        log.rename(tmp_path / "access.log.1")
        old.write(line(1))
        log.write_bytes(line(2))
        old.close()
        await stage.until(lambda scene: scene.lines_total == 3)
        os.truncate(log, 0)
        with log.open("ab") as file:
            file.write(line(3, status=500))
        scene = await stage.until(lambda scene: scene.lines_total == 4)

    assert scene.totals.server_errors == 1
    assert {row.name for row in scene.ranking("paths").rows} == {"/n/0", "/n/1", "/n/2", "/n/3"}


async def test_files_that_appear_under_a_pattern_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A vhost's log that is created later belongs to the pattern."""
    monkeypatch.setattr("glance.pipeline.intake.SCAN_SECONDS", 0.0)
    (tmp_path / "a.access.log").write_bytes(line(0))
    async with staged(tmp_path / "*.access.log") as stage:
        await stage.until(lambda scene: scene.lines_total == 1)
        (tmp_path / "b.access.log").write_bytes(line(1) + line(2))
        scene = await stage.until(lambda scene: scene.lines_total == 3)

    assert [source.name for source in scene.sources] == ["a.access.log", "b.access.log"]


async def test_a_file_that_two_patterns_match_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when it appears later, and under one of the names that were given."""
    monkeypatch.setattr("glance.pipeline.intake.SCAN_SECONDS", 0.0)
    (tmp_path / "a.access.log").write_bytes(line(0))
    async with staged(tmp_path / "*.access.log", tmp_path / "?.access.*") as stage:
        await stage.until(lambda scene: scene.lines_total == 1)
        (tmp_path / "b.access.log").write_bytes(line(1) + line(2))
        scene = await stage.until(lambda scene: scene.lines_total >= 3 and len(scene.sources) > 1)

    assert [source.name for source in scene.sources] == ["a.access.log", "b.access.log"]
    assert scene.lines_total == 3


async def test_an_archive_is_read_to_its_end(tmp_path: Path) -> None:
    """A gzip of two members beside a live log."""
    log, old = tmp_path / "access.log", tmp_path / "old.gz"
    log.write_bytes(line(0))
    old.write_bytes(gzip.compress(line(1) + line(2)) + gzip.compress(line(3)))
    async with staged(log, old) as stage:
        scene = await stage.until(lambda scene: scene.lines_total == 4)

    assert scene.sources[1].condition == "ended"


async def test_what_has_ended_shows_its_last_window(tmp_path: Path) -> None:
    """An archive of years ago, and a recent one: no more can come, so the window ends with the log."""
    for name, at in (("old.gz", 1_431_857_103.0), ("new.gz", time.time() - 20)):
        path = tmp_path / name
        path.write_bytes(gzip.compress(b"".join(line(number, at) for number in range(50))))
        async with staged(path, view=View(window="1m")) as stage:
            scene = await stage.until(
                lambda scene: scene.lines_total == 50 and scene.sources[0].condition == "ended" and not scene.is_live
            )

        assert scene.totals.hits == 50


async def test_the_alert_waits_for_its_whole_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While the newest lines are read it says nothing; then it says the true average at once."""
    monkeypatch.setattr(backfill, "FIRST_PIECE_BYTES", 2_000)
    log = tmp_path / "access.log"
    now = time.time()
    log.write_bytes(b"".join(line(number, now - 30 + number / 100) for number in range(3000)))
    async with staged(log, alerting=Alerting([traffic_rule(1.0, 100)])) as stage:
        scene = await stage.until(lambda scene: bool(scene.alerts))

    assert scene.alerts[0].value == pytest.approx(30.0, abs=0.5)


async def test_a_restart_does_not_recover_before_the_logs_are_read(tmp_path: Path) -> None:
    """What fired when the last glance ended is looked at again when all that it looks at was read."""
    log, database = tmp_path / "access.log", tmp_path / "glance.db"
    now = time.time()
    log.write_bytes(b"".join(line(number, now - 30 + number / 100) for number in range(3000)))
    for _ in range(2):
        alerting = Alerting([traffic_rule(1.0, 100)], AlertTable.open(database))
        alerting.restore(now)
        async with staged(log, alerting=alerting) as stage:
            scene = await stage.until(lambda scene: scene.lines_total == 3000 and bool(scene.alerts))

    assert [notice.state for notice in scene.alerts] == ["firing"]
    kept = AlertTable.open(database)
    assert [event.status for event in kept.events()] == ["firing"]
    kept.close()


async def test_an_empty_file_waits_in_words_and_then_is_understood(tmp_path: Path) -> None:
    """No line, no format; the first line brings both."""
    log = tmp_path / "access.log"
    log.touch()
    async with staged(log) as stage:
        scene = await stage.until(lambda scene: bool(scene.sources))
        assert scene.sources[0].condition == "waiting"
        with log.open("ab") as file:
            file.write(line(0))
        scene = await stage.until(lambda scene: scene.lines_total == 1)

    assert scene.sources[0].format == "combined"


async def test_a_large_past_is_read_by_workers_newest_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Near pieces here, the far ones in processes; all of it counted once, while lines come in."""
    monkeypatch.setattr(backfill, "NEAR_BYTES", 100_000)
    monkeypatch.setattr(backfill, "FIRST_PIECE_BYTES", 40_000)
    monkeypatch.setattr(backfill, "STRETCH_BYTES", 200_000)
    log = tmp_path / "access.log"
    now = time.time()
    log.write_bytes(b"".join(line(number, now - 3000 + number / 10) for number in range(20_000)))
    async with staged(log, view=View(window="all")) as stage:
        first = await stage.until(lambda scene: scene.lines_total > 0)
        assert first.sources[0].condition == "reading"
        with log.open("ab") as file:
            file.write(line(20_000))
        scene = await stage.until(lambda scene: scene.lines_total == 20_001 and not scene.sources[0].pending_bytes)

    assert scene.totals.hits == 20_001
    assert scene.lines[-1].target == "/n/20000"


async def test_workers_that_die_are_made_good_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed for memory, say: the rest is read without them."""
    monkeypatch.setattr(backfill, "NEAR_BYTES", 10_000)
    monkeypatch.setattr(backfill, "FIRST_PIECE_BYTES", 10_000)
    monkeypatch.setattr(backfill, "STRETCH_BYTES", 100_000)
    monkeypatch.setattr(spawned.sys, "executable", "/bin/false")
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(line(number) for number in range(5_000)))
    async with staged(log) as stage:
        scene = await stage.until(lambda scene: scene.lines_total == 5_000)

    assert scene.totals.hits == 5_000


async def test_a_line_too_long_to_read_costs_only_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the near and in the far past: counted once, not read, its neighbours are."""
    monkeypatch.setattr(backfill, "NEAR_BYTES", 50_000)
    monkeypatch.setattr(backfill, "FIRST_PIECE_BYTES", 20_000)
    monkeypatch.setattr(backfill, "STRETCH_BYTES", 60_000)
    log = tmp_path / "access.log"
    endless = b"x" * 200_000 + b"\n"
    lines = [line(number) for number in range(3000)]
    log.write_bytes(b"".join([*lines[:1000], endless, *lines[1000:2900], endless, *lines[2900:]]))
    async with staged(log) as stage:
        scene = await stage.until(lambda scene: scene.lines_total >= 3002 and not scene.sources[0].pending_bytes)

    assert (scene.lines_total, scene.unparsed_total, scene.totals.hits) == (3002, 2, 3000)


async def test_from_the_end_reads_nothing_of_the_past(tmp_path: Path) -> None:
    """`--from end`."""
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(line(number) for number in range(100)))
    async with staged(log, back_seconds=0.0) as stage:
        await stage.until(lambda scene: scene.sources != () and scene.sources[0].format != "")
        with log.open("ab") as file:
            file.write(line(100))
        scene = await stage.until(lambda scene: scene.lines_total > 0)

    assert scene.lines_total == 1


async def test_from_a_duration_reads_that_far_back(tmp_path: Path) -> None:
    """`--from 10m` of a log of an hour."""
    log = tmp_path / "access.log"
    now = time.time()
    log.write_bytes(b"".join(line(number, now - 3600 + number) for number in range(3600)))
    async with staged(log, back_seconds=600.0) as stage:
        scene = await stage.until(lambda scene: scene.lines_total > 500 and not scene.sources[0].pending_bytes)

    assert 598 <= scene.lines_total <= 602


async def test_lines_that_no_format_reads_are_counted_and_shown(tmp_path: Path) -> None:
    """Data, not an error; the neighbours are read."""
    log = tmp_path / "access.log"
    log.write_bytes(line(0) + b"what is this?\n" + line(1))
    async with staged(log) as stage:
        scene = await stage.until(lambda scene: scene.lines_total == 3)

    assert scene.unparsed_total == 1
    assert [shown.text for shown in scene.unparsed_lines] == ["what is this?"]


async def test_another_format_in_the_middle_is_noticed(tmp_path: Path) -> None:
    """The server was reconfigured: lines are read by their new format, those before stay counted."""
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(line(number) for number in range(50)))
    moment = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
    json_line = (
        b'{"time_iso8601":"%s","remote_addr":"203.0.113.1","request_method":"GET","request_uri":"/j?x=1",'
        b'"status":200,"body_bytes_sent":7,"request_time":0.25}\n' % moment.encode()
    )
    async with staged(log) as stage:
        await stage.until(lambda scene: scene.lines_total == 50)
        with log.open("ab") as file:
            file.write(json_line * 40)
        scene = await stage.until(lambda scene: scene.lines_total == 90)

    assert scene.unparsed_total == 0
    assert scene.totals.hits == 90
    assert scene.has_latency


async def test_the_alert_fires_with_the_traffic(tmp_path: Path) -> None:
    """More than the threshold in the window; the notice says so."""
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(line(number) for number in range(200)))
    async with staged(log, alerting=Alerting([traffic_rule(10.0, 10)])) as stage:
        scene = await stage.until(lambda scene: bool(scene.alerts))

    assert scene.alerts[0].message.startswith("High traffic generated an alert - hits = 20.00, triggered at ")


async def test_a_log_of_the_past_shows_its_last_window(tmp_path: Path) -> None:
    """A log that ended years ago: the window ends with it, and the screen is told so."""
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(line(number, 1_431_857_103 + number) for number in range(100)))
    async with staged(log) as stage:
        scene = await stage.until(lambda scene: scene.totals.hits == 100)

    assert not scene.is_live
    assert scene.window.end == pytest.approx(1_431_857_202, abs=scene.window.step_seconds)
    assert scene.pulse.hits_per_second == 1.0


async def test_memory_that_is_full_stops_the_past_not_the_present(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Older lines are left unread, which is said; new ones are counted."""
    monkeypatch.setattr("glance.domain.logs.series.SEALED_RECORDS", 500)
    log = tmp_path / "access.log"
    now = time.time()
    log.write_bytes(b"".join(line(number, now - 3000 + number / 10) for number in range(30_000)))
    async with staged(log, memory_bytes=3_000_000) as stage:
        scene = await stage.until(lambda scene: "memory" in scene.sources[0].note if scene.sources else False)
        with log.open("ab") as file:
            file.write(line(1_000_000))
        last = await stage.until(lambda scene: scene.lines[-1:] != () and scene.lines[-1].target == "/n/1000000")

    assert 0 < scene.lines_total <= 30_000
    assert last.lines_total >= scene.lines_total + 1


async def test_a_filter_holds_for_what_is_there_and_for_what_comes(tmp_path: Path) -> None:
    """Every figure and line is of what matches, live; without the filter everything is back at once."""
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(line(number, status=500 if number % 10 == 0 else 200) for number in range(100)))
    async with staged(log) as stage:
        whole = await stage.until(lambda scene: scene.totals.hits == 100)
        assert whole.matched is None
        stage.collector.look(replace(VIEW, filter="status:5xx"))
        scene = await stage.until(lambda scene: scene.view.filter == "status:5xx")
        assert (scene.totals.hits, scene.matched, scene.matched_of) == (10, 10, 100)
        assert {shown.status for shown in scene.lines} == {500}
        assert scene.totals.statuses == ((500, 10),)
        with log.open("ab") as file:
            file.write(line(100, status=503) + line(101))
        scene = await stage.until(lambda scene: scene.matched_of == 102)
        assert scene.matched == sum(scene.traffic.hits) == 11
        assert scene.lines[-1].target == "/n/100"
        stage.collector.look(replace(VIEW, filter="status>="))
        scene = await stage.until(lambda scene: bool(scene.filter_error))
        assert scene.matched == 11
        stage.collector.look(VIEW)
        scene = await stage.until(lambda scene: not scene.view.filter)
        assert scene.totals.hits == scene.lines_total == 102


async def test_a_trouble_of_history_that_has_passed_is_told_no_more(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(line(number) for number in range(20)))
    async with staged(log, view=replace(VIEW, end=time.time())) as stage:
        looker = stage.collector._looker
        back = looker._back

        async def fails(*_given: object) -> None:
            raise StoreError("history cannot be read", "it is busy", is_passing=True)

        looker._back = fails  # type: ignore[assignment,method-assign]
        await stage.until(lambda scene: scene.trouble == "history cannot be read: it is busy")
        looker._back = back  # type: ignore[method-assign]
        await stage.until(lambda scene: not scene.trouble)
