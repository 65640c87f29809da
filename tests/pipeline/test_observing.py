"""Observations are computed from history: late lines, gone buckets and a writer at work included."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.bucket_head import BucketHead
from glance.domain.logs.record import LogRecord
from glance.domain.metrics.metric import Metric
from glance.errors import StoreError
from glance.pipeline import observing
from glance.pipeline.observing import Observed, observe
from glance.store.batch import Batch
from glance.store.history import History
from glance.store.metric_table import MetricTable
from tests.domain.logs.brute import bucket_of, make_records
from tests.domain.metrics.brute import figures

START = 1_700_000_000 // 3600 * 3600
SOURCE = "/var/log/a.log"
COUNT = Metric("count", period_seconds=10)
BY_PATH = Metric("by_path", period_seconds=60, segment="path")


def record(second: float, **fields: object) -> LogRecord:
    return LogRecord(round((START + second) * 1000), path=b"/a", status=b"200")._replace(**fields)  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "glance.db"


@pytest.fixture
def history(path: Path):
    opened = History.open(path)
    yield opened
    opened.close()


class Writer:
    """Writes records as stretches that follow each other."""

    def __init__(self, history: History, source: str = SOURCE) -> None:
        self.history = history
        self.source = source
        self.offset = 0

    def write(self, *records: LogRecord) -> None:
        bucket = bucket_of(list(records), offset=self.offset, source=self.source)
        self.offset += bucket.length
        self.history.commit(Batch((bucket,)))


def rows(found: Observed) -> list[tuple[int, bytes, float | None]]:
    return [(one.start - START, one.segment, one.value) for one in found.observations]


def test_newest_first_with_zeros_between(history: History, path: Path) -> None:
    Writer(history).write(record(1), record(2), record(35))
    found = observe(path, COUNT, now=START + 38)

    assert rows(found) == [(30, b"", 1.0), (20, b"", 0.0), (10, b"", 0.0), (0, b"", 2.0)]
    assert [found.is_whole(one) for one in found.observations] == [False, True, True, True]
    assert rows(observe(path, COUNT, now=START + 38, limit=2)) == [(30, b"", 1.0), (20, b"", 0.0)]
    assert rows(observe(path, COUNT, now=START + 38, start=START + 12, end=START + 25)) == [
        (20, b"", 0.0),
        (10, b"", 0.0),
    ]
    assert rows(observe(path, COUNT, now=START + 38, start=START + 500)) == []


def test_a_late_line_is_in_its_period(history: History, path: Path) -> None:
    writer = Writer(history)
    writer.write(record(1), record(35))
    assert rows(observe(path, COUNT, now=START + 60))[-1] == (0, b"", 1.0)
    writer.write(record(5))

    assert rows(observe(path, COUNT, now=START + 60))[-1] == (0, b"", 2.0)


def test_there_is_no_average_of_nothing(history: History, path: Path) -> None:
    Writer(history).write(record(1, size=10), record(2, size=20), record(3605, size=7))
    average = Metric("m", "avg", "bytes", 10)

    assert rows(observe(path, average, now=START + 4000)) == [(3600, b"", 7.0), (0, b"", 15.0)]
    assert rows(observe(path, Metric("m", "p95", "latency"), now=START + 4000)) == []


def test_segments_of_one_period_stand_greatest_first(history: History, path: Path) -> None:
    Writer(history).write(record(1, path=b"/b"), record(2), record(3), record(4000, path=b"/z"))
    found = observe(path, BY_PATH, now=START + 5000)

    assert rows(found) == [(3960, b"/z", 1.0), (0, b"/a", 2.0), (0, b"/b", 1.0)]
    assert sum(one.value or 0 for one in found.overall) == 4


def test_only_the_logs_that_are_meant(history: History, path: Path) -> None:
    Writer(history).write(record(1), record(2))
    Writer(history, "/var/log/b.log").write(record(1))
    history.register("/var/log/b.log", group="db")

    for metric, wanted in (
        (COUNT, 3.0),
        (replace(COUNT, groups=("db",)), 1.0),
        (replace(COUNT, sources=(SOURCE,)), 2.0),
        (replace(COUNT, sources=("/other",)), None),
    ):
        found = rows(observe(path, metric, now=START + 60))
        assert found == ([(0, b"", wanted)] if wanted else [])


def test_a_record_of_the_future_does_not_make_the_present_old(history: History, path: Path) -> None:
    Writer(history).write(record(1), record(12), record(10**8))
    found = rows(observe(path, COUNT, now=START + 15))

    assert found == [(10, b"", 1.0), (0, b"", 1.0)]


def test_what_was_let_go_is_still_observed(history: History, path: Path) -> None:
    """Half of a period is gone and half is there; the log grows all the while."""
    metric = Metric("m", "p95", "bytes", 3600, segment="path")
    table = MetricTable.open(path)
    table.create(metric, 1.0)
    writer = Writer(history)
    records = make_records(3000, 1, START, seconds=7200)
    for piece in range(10):
        writer.write(*records[piece * 300 : piece * 300 + 300])
        writer.offset += 1000  # a gap: rows are not merged
    while history.heads(observing.Wanted()):
        whole = figures(metric, records, START, START + 3600)
        found = observe(path, metric, now=START + 9000, start=START, end=START + 3600)
        assert {one.segment: (pytest.approx(one.value), one.samples) for one in found.observations} == whole
        size = sum(head.size_bytes for head in history.heads(observing.Wanted()))
        history.retain(1.0, most_bytes=1 if size < 9000 else size, most_age_seconds=1e12)
    assert observe(path, metric, now=START + 9000).observations
    table.close()


def test_a_bucket_that_goes_while_it_is_read_is_counted_once(
    history: History, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = MetricTable.open(path)
    table.create(COUNT, 1.0)
    Writer(history).write(record(1), record(2))
    read = History.bucket
    lost: list[BucketHead] = []

    def bucket(self: History, head: BucketHead) -> LogBucket:
        if not lost:
            lost.append(head)
            history.retain(1e12, most_bytes=1, most_age_seconds=0)
        return read(self, head)

    monkeypatch.setattr(History, "bucket", bucket)
    assert rows(observe(path, COUNT, now=START + 60)) == [(0, b"", 2.0)]
    assert lost
    assert not history.heads(observing.Wanted())
    table.close()


def test_sparse_observations_are_looked_for_further_back(history: History, path: Path) -> None:
    writer = Writer(history)
    for hour in range(40):
        writer.write(record(hour * 3600), record(hour * 3600 + 1, path=b"/b"))
        writer.offset += 10
    found = observe(path, BY_PATH, now=START + 40 * 3600, limit=30)

    assert len(found.observations) == 30
    assert found.notes == ()


def test_looking_back_has_an_end_that_is_told(history: History, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observing, "MOST_BUCKETS", 5)
    writer = Writer(history)
    for hour in range(40):
        writer.write(record(hour * 3600))
        writer.offset += 10
    found = observe(path, BY_PATH, now=START + 40 * 3600, limit=30)

    assert [start for start, _, _ in rows(found)] == [hour * 3600 for hour in range(39, 34, -1)]
    assert "--since looks further" in found.notes[0]
    assert len(observe(path, BY_PATH, now=START + 40 * 3600, limit=30, start=0).observations) == 30


def test_without_a_history_there_is_an_error(path: Path) -> None:
    with pytest.raises(StoreError, match="no history"):
        observe(path, COUNT, now=START)


def test_an_empty_history_has_no_observations(history: History, path: Path) -> None:
    assert observe(path, COUNT, now=START).observations == ()
    history.register(SOURCE)
    assert observe(path, COUNT, now=START).observations == ()
