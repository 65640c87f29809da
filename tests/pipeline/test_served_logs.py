"""What a running collector tells who asks: counters of news, reports on all that was read, from any thread."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from glance.cli.main import main
from glance.config import DEFAULTS, Settings
from glance.domain.logs.series import LogSeries
from glance.domain.logs.summary_document import document
from glance.domain.scene import Scene
from glance.domain.units import iso
from glance.errors import FilterError, GlanceError, StoreError
from glance.pipeline import history_report
from glance.pipeline.daemon_plan import DaemonCollector, DaemonPlan, make_collector
from glance.pipeline.report import Report
from glance.pipeline.served_logs import ServedLogs, _held
from tests.domain.exposition import ReadFamily, read
from tests.domain.logs.brute import bucket_of, make_records
from tests.end_to_end.traffic import append, request

NOW = float(int(time.time())) - 1000
OLD = b"".join(request(NOW + number, f"/n/{number % 7}", 500 if number % 5 == 0 else 200) for number in range(400))


FORGETFUL = replace(DEFAULTS, history=False)


class Serving:
    """A collector at work, and what it tells."""

    def __init__(self, served: ServedLogs, collector: DaemonCollector) -> None:
        self.served = served
        self.collector = collector
        self.lines = asyncio.Queue[int]()

    async def reads(self, lines: int) -> None:
        async with asyncio.timeout(20):
            while await self.lines.get() != lines:
                pass

    def families(self) -> dict[str, ReadFamily]:
        return read(self.served.metrics())


@asynccontextmanager
async def serving(log: Path, settings: Settings = FORGETFUL) -> AsyncIterator[Serving]:
    """Read this log, with everything of it in this loop."""
    plan = DaemonPlan((str(log),), settings)
    served = ServedLogs(plan)
    collector = make_collector(plan, lambda _buckets: None, served.view)
    served.attend(collector, plan)
    made = Serving(served, collector)

    def see(scene: Scene) -> None:
        served.see(scene)
        made.lines.put_nowait(scene.lines_total)

    running = asyncio.create_task(collector.run(see))
    try:
        yield made
    finally:
        collector.stop()
        await running


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_bytes(OLD)
    return path


async def test_counters_count_news_and_reports_everything(log: Path) -> None:
    async with serving(log) as now:
        await now.reads(400)
        before = now.families()
        assert before["glance_requests_total"].values == {("", frozenset({("status", "unknown")})): 0}
        append(log, request(NOW + 500, "/new", 404) * 3 + b"what is this\n")
        await now.reads(404)
        found = now.families()
        told = await asyncio.to_thread(now.served.report, None, None, "", 5)

    assert found["glance_requests_total"].value(status="404") == 3
    assert found["glance_lines_unparsed_total"].value(file=str(log)) == 1
    assert found["glance_section_client_errors_total"].value(section="/new") == 3
    assert found["glance_source_up"].value(file=str(log)) == 1
    assert (told.hits, told.lines, told.unparsed) == (403, 404, 1)
    assert now.served.state() == "ok"


async def test_a_report_is_that_of_the_command_line(log: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    async with serving(log) as now:
        await now.reads(400)
        told = await asyncio.to_thread(now.served.report, NOW + 50, NOW + 250, "status>=500 -path:/n/3", 4)
    since, until = iso(NOW + 50), iso(NOW + 250)
    main(
        [
            "report",
            "-o",
            "json",
            "--top=4",
            f"--since={since}",
            f"--until={until}",
            "--where=status>=500 -path:/n/3",
            str(log),
        ]
    )
    wanted = json.loads(capsysbinary.readouterr().out)

    assert json.loads(json.dumps(document(told))) == wanted


async def test_a_mistake_in_the_filter_is_told(log: Path) -> None:
    async with serving(log) as now:
        with pytest.raises(FilterError):
            await asyncio.to_thread(now.served.report, None, None, "status>", 5)


async def test_what_memory_cannot_hold_comes_from_history(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(request(NOW, f"/p/{number}") for number in range(20_000)))
    small = replace(DEFAULTS, memory_mb=1, db=str(tmp_path / "h.db"))
    tops = []
    for settings in (small, replace(small, history=False)):
        async with serving(log, settings) as now:
            await now.reads(20_000)
            while True:  # history is written every other second
                told = await asyncio.to_thread(now.served.report, None, None, "path=/p/0", 5)
                if told.hits or not settings.history:
                    break
                await now.lines.get()
        tops.append([row.name for top in told.tops if top.name == "paths" for row in top.rows])
        assert told.lines == 20_000

    assert tops == [["/p/0"], []]
    assert "did not fit into memory" in told.notes[0]


async def test_lines_and_requests_of_a_report_are_of_one_moment(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However old the newest scene is."""
    async with serving(log) as now:
        await now.reads(400)
        monkeypatch.setattr(now.served, "see", lambda _scene: None)
        append(log, request(NOW + 500, "/new", 404) * 3)
        await now.reads(403)
        told = await asyncio.to_thread(now.served.report, None, None, "", 5)
    assert (told.hits, told.parsed, told.lines, told.files[0].lines) == (403, 403, 403, 403)


async def test_what_history_told_before_it_failed_is_not_counted_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "access.log"
    log.write_bytes(b"".join(request(NOW, f"/p/{number}") for number in range(20_000)))
    small = replace(DEFAULTS, memory_mb=1, db=str(tmp_path / "h.db"))

    def fails(report: Report, *_asked: object) -> None:
        report.take(str(log), "", bucket_of(make_records(100, 1), source=str(log)))
        raise StoreError("the history is damaged")

    monkeypatch.setattr(history_report, "read_history", fails)
    async with serving(log, small) as now:
        await now.reads(20_000)
        told = await asyncio.to_thread(now.served.report, None, None, "", 5)
        held = await asyncio.to_thread(now.served._held, None, None)
    assert "did not fit into memory" in told.notes[0]
    assert told.hits == sum(bucket.records for bucket in held.buckets)


def test_what_was_let_go_is_known_to_be_missing() -> None:
    series = LogSeries()
    series.add(bucket_of(make_records(100, 1)))
    assert not _held(series, None, None).lacks
    series.rollup.add(series.buckets[0], series.dictionaries["status"].values)
    assert "is left out" in _held(series, None, None).lacks
    assert not _held(series, 2e9, None).lacks


async def test_what_another_reads_is_counted_too(log: Path, tmp_path: Path) -> None:
    shared = replace(DEFAULTS, db=str(tmp_path / "h.db"))
    async with serving(log, shared) as first:
        await first.reads(400)
        await first.lines.get()  # what was read last is kept by the next scene
        async with serving(log, shared) as second:
            await second.reads(400)
            append(log, request(NOW + 500, "/new", 404) * 3)
            await second.reads(403)
            found, wanted = second.families(), first.families()
    assert wanted["glance_requests_total"].values == {("", frozenset({("status", "404")})): 3}
    assert found["glance_requests_total"].values == wanted["glance_requests_total"].values


async def test_before_it_reads_nothing_can_be_asked(log: Path) -> None:
    served = ServedLogs(DaemonPlan((str(log),), DEFAULTS))
    assert served.state() == "starting"
    read(served.metrics())
    with pytest.raises(GlanceError):
        served.report(None, None, "", 5)
