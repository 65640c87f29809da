"""Metrics in the database: definitions beside a writer, and what is kept of buckets that are let go."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import apsw
import pytest

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.bucket_head import Wanted
from glance.domain.metrics.metric import DEFAULT_METRICS, Metric
from glance.domain.metrics.tally import MetricTally
from glance.errors import StoreError
from glance.store import metric_table
from glance.store.batch import Batch
from glance.store.history import History
from glance.store.metric_table import MetricKeeper, MetricTable
from tests.domain.logs.brute import bucket_of, make_records

START = 1_700_000_000 // 60 * 60
YEAR = 366 * 86_400.0
BY_PATH = Metric("by_path", "count", period_seconds=10, segment="path")
SLOW = Metric("slow", "p95", "latency", 60, "status>=200", groups=("web",))
MANY = Metric("many", "distinct", "client", 60)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "glance.db"


def pieces(many: int, records: int = 400) -> list[LogBucket]:
    """Buckets of one log, one after the other in time."""
    found = []
    for piece in range(many):
        made = make_records(records, piece, START + 600 * piece)
        found.append(bucket_of(made, offset=10 * records * piece, source="/var/log/a.log"))
    return found


def test_metrics_are_made_and_forgotten(path: Path) -> None:
    table = MetricTable.open(path)
    assert table.definitions() == ()
    assert table.create(SLOW, 5.0)
    assert table.create(BY_PATH, 7.0)
    assert not table.create(replace(SLOW, period_seconds=1), 9.0)  # the first stays

    assert [one.metric for one in table.definitions()] == [BY_PATH, SLOW]
    found = table.get("slow")
    assert found is not None
    assert (found.metric, found.made_at) == (SLOW, 5.0)
    assert table.delete("slow")
    assert not table.delete("slow")
    assert table.get("slow") is None
    table.close()


def test_another_process_may_write_history_meanwhile(path: Path) -> None:
    history = History.open(path)
    table = MetricTable.open(path)
    reader = MetricTable.open_to_read(path)
    assert reader is not None
    seen = reader.version

    for metric in DEFAULT_METRICS:
        assert table.create(metric, 1.0)
    history.commit(Batch(tuple(pieces(1))))

    assert reader.version != seen
    assert [one.metric.id for one in reader.definitions()] == ["total_traffic", "total_traffic_per_route"]
    with pytest.raises(StoreError):
        reader.create(SLOW, 1.0)  # opened to look
    for each in (reader, table, history):
        each.close()


def test_where_nothing_was_kept_there_are_no_metrics(path: Path) -> None:
    assert MetricTable.open_to_read(path) is None
    assert not path.exists()
    apsw.Connection(str(path)).execute("CREATE TABLE remembered (key TEXT)").close()
    assert MetricTable.open_to_read(path) is None


def test_what_is_no_database_is_told(path: Path) -> None:
    path.write_bytes(b"not a database, just some text that is long enough" * 100)
    with pytest.raises(StoreError):
        MetricTable.open_to_read(path)
    with pytest.raises(StoreError):
        MetricTable.open(path)


def test_a_definition_of_a_newer_glance_is_passed_over(path: Path) -> None:
    table = MetricTable.open(path)
    table.create(BY_PATH, 1.0)
    other = apsw.Connection(str(path))
    other.execute('INSERT INTO metric VALUES (\'new\', \'{"id": "new", "question": 7}\', 1.0)')
    other.execute("INSERT INTO metric VALUES ('bad', 'no JSON', 1.0)")
    for number, newer in enumerate((replace(SLOW, segment="planet"), replace(SLOW, filter="mood=bad"))):
        other.execute("INSERT INTO metric VALUES (?, ?, 1.0)", (f"n{number}", json.dumps(newer.as_mapping())))
    other.close()

    assert [one.metric for one in table.definitions()] == [BY_PATH]
    table.close()


def test_kept_and_still_there_add_up(path: Path) -> None:
    """Whatever is let go, each metric says the same as before; a log of another group is not counted."""
    history = History.open(path)
    history.register("/var/log/a.log", group="web")
    history.register("/var/log/b.log", group="db")
    buckets = pieces(6)
    strangers = [replace(bucket, source="/var/log/b.log") for bucket in pieces(2)]
    for bucket in [*buckets, *strangers]:
        history.commit(Batch((bucket,)))
    table = MetricTable.open(path)
    for metric in (BY_PATH, SLOW, MANY):
        table.create(metric, 1.0)
    whole = {metric: MetricTally(metric, metric.period_seconds) for metric in (BY_PATH, SLOW, MANY)}
    for bucket in buckets:
        for tally in whole.values():
            tally.add(bucket)
    for bucket in strangers:
        for metric in (BY_PATH, MANY):
            whole[metric].add(bucket)

    span = (START - 60, START + 3660)
    while history.heads(Wanted()):
        size = sum(head.size_bytes for head in history.heads(Wanted()))
        history.retain(1.0, most_bytes=1 if size < 30_000 else size, most_age_seconds=YEAR * 100)
        for metric, tally in whole.items():
            found = MetricTally(metric, metric.period_seconds)
            for kept in table.kept(metric, *span):
                found.merge(kept)
            wanted = Wanted(groups=metric.groups)
            for bucket in history.buckets(wanted):
                found.add(bucket)
            assert sorted(found.observations(*span)) == sorted(tally.observations(*span))
    assert table.kept_span("by_path") is not None
    assert table.kept_span("never") is None
    table.delete("by_path")
    assert table.kept(BY_PATH, *span) == []
    table.close()
    history.close()


def test_what_is_kept_is_bounded(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metric_table, "MERGED_BYTES", 100)
    monkeypatch.setattr(metric_table, "MOST_KEPT_BYTES", 3000)
    table = MetricTable.open(path)
    table.create(BY_PATH, 1.0)
    connection = apsw.Connection(str(path))
    keeper = MetricKeeper(connection)
    for bucket in pieces(12):
        keeper.take(bucket, "")
    sizes = [size for (size,) in connection.execute("SELECT length(data) FROM metric_kept").fetchall()]

    assert 0 < sum(sizes) <= 3000
    span = table.kept_span("by_path")
    assert span is not None
    assert span[0] > START + 600  # the oldest went
    assert span[1] >= START + 11 * 600
    connection.close()
    table.close()


def test_a_damaged_tally_is_left_out(path: Path) -> None:
    table = MetricTable.open(path)
    table.create(BY_PATH, 1.0)
    connection = apsw.Connection(str(path))
    keeper = MetricKeeper(connection)
    keeper.take(pieces(1)[0], "")
    connection.execute("UPDATE metric_kept SET data = substr(data, 1, 50)")

    assert table.kept(BY_PATH, 0, START + 9999) == []
    keeper.take(pieces(2)[1], "")
    assert len(table.kept(BY_PATH, 0, START + 9999)) == 1
    connection.close()
    table.close()


def test_metrics_in_memory() -> None:
    table = MetricTable.in_memory()
    table.create(BY_PATH, 1.0)
    assert table.get("by_path") is not None
    table.close()
