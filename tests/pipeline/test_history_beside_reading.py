"""What a collector reads and what history takes: neither outruns the other, and nothing is left out for ever."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from glance.domain.view import View
from glance.errors import StoreError
from glance.pipeline import recorder as recorder_module
from glance.pipeline.collecting import Collecting, CollectOptions
from glance.pipeline.collector import Collector
from glance.pipeline.collector_options import CollectorOptions
from glance.pipeline.history_thread import HistoryThread
from glance.pipeline.intake import Intake
from glance.pipeline.keeping import Keeping
from glance.sources.discovery import discover
from glance.store.history import History, Wanted

LINE = b'203.0.113.9 - - [10/Nov/2026:10:00:0%d +0000] "GET /n/%07d HTTP/1.1" 200 10 "-" "curl/8"\n'


def lines(begin: int, end: int) -> bytes:
    """Numbered lines."""
    return b"".join(LINE % (number % 10, number) for number in range(begin, end))


def paths_in(database: Path) -> list[bytes]:
    """The path of every record in a history, sorted."""
    history = History.open(database, writes=False)
    found = []
    for bucket in history.buckets(Wanted()):
        column = bucket.texts["path"]
        found += [column.values[index] for index in column.ids]
    history.close()
    return sorted(found)


def numbered(end: int) -> list[bytes]:
    """The paths of the first lines."""
    return [b"/n/%07d" % number for number in range(end)]


async def watched(log: Path, database: Path, records: int) -> Keeping:
    """A dashboard on a log until so many records are read."""
    keeping = Keeping.open(database)
    intake = Intake(discover([str(log)]))
    collector = Collector(intake, CollectorOptions(refresh_seconds=0.02), View(), keeping=keeping)
    running = asyncio.create_task(collector.run(lambda _: None))
    while sum(feed.lines for feed in intake.feeds) < records:  # noqa: ASYNC110 - nothing tells of each line
        await asyncio.sleep(0.002)
    collector.stop()
    await running
    return keeping


async def test_a_backfill_does_not_outrun_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines are read faster than they are written: history is not given up for that, and all of it is there."""
    log, database = tmp_path / "access.log", tmp_path / "glance.db"
    log.write_bytes(lines(0, 40_000))
    made = recorder_module.Recorder.__init__
    monkeypatch.setattr(
        recorder_module.Recorder,
        "__init__",
        lambda self, *args, **options: made(self, *args, **{**options, "most_waiting_bytes": 300_000}),
    )

    keeping = await watched(log, database, 40_000)

    assert keeping.recorder is not None
    assert not keeping.recorder.has_failed
    assert paths_in(database) == numbered(40_000)[-len(paths_in(database)) :]
    assert len(paths_in(database)) > 30_000, "all but what was not noted yet when it was told to stop"


async def test_a_backfill_that_was_stopped_is_finished_after_a_rotation(tmp_path: Path) -> None:
    log, database = tmp_path / "access.log", tmp_path / "glance.db"
    log.write_bytes(lines(0, 20_000))
    await watched(log, database, 100)
    assert len(paths_in(database)) < 20_000
    log.rename(tmp_path / "access.log.1")
    log.write_bytes(lines(20_000, 20_010))

    await watched(log, database, 20_010 - len(paths_in(database)))
    await watched(log, database, 0)

    assert paths_in(database) == numbered(20_010)


async def test_collect_reads_what_a_dashboard_did_not_come_to(tmp_path: Path) -> None:
    log, database = tmp_path / "access.log", tmp_path / "glance.db"
    log.write_bytes(lines(0, 20_000))
    await watched(log, database, 100)
    assert len(paths_in(database)) < 20_000

    keeping = Keeping(HistoryThread.open(database, writes=True))
    assert keeping.recorder is not None
    intake = Intake(discover([str(log)]), is_forward=True)
    await Collecting(intake, keeping, keeping.recorder, CollectOptions()).run()

    assert paths_in(database) == numbered(20_000)


async def test_a_place_that_cannot_be_read_doubles_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log is read from its beginning then, for the screen only."""
    log, database = tmp_path / "access.log", tmp_path / "glance.db"
    log.write_bytes(lines(0, 500))
    await watched(log, database, 500)
    before = paths_in(database)

    def fails(self: History, source: str) -> None:
        raise StoreError("it is locked", is_passing=True)

    with monkeypatch.context() as broken:
        broken.setattr(History, "checkpoints", fails)
        keeping = await watched(log, database, 500)

    assert keeping.status().condition == "failing"
    assert paths_in(database) == before
