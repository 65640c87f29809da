"""Charts of metrics while records come."""

from __future__ import annotations

import pytest

from glance.domain.logs.record import LogRecord
from glance.domain.logs.series import LogSeries
from glance.domain.metrics import board as module
from glance.domain.metrics.board import MetricBoard, loosened
from glance.domain.metrics.metric import Metric
from tests.domain.logs.brute import bucket_of, make_records, records_of

START = 1_700_000_000 // 60 * 60
COUNT = Metric("count", period_seconds=10)
BY_PATH = Metric("by_path", "p95", "latency", 10, segment="path")


def record(second: float, **fields: object) -> LogRecord:
    return LogRecord(round((START + second) * 1000), path=b"/a", status=b"200")._replace(**fields)  # type: ignore[arg-type]


def test_charts_grow_with_the_records() -> None:
    board = MetricBoard([COUNT, BY_PATH])
    board.add(bucket_of([record(1), record(2), record(12, seconds=0.5)]))
    by_path, count = board.charts(START, START + 21)

    assert (count.id, count.start, count.points, count.latest, count.segments) == ("count", START, (2.0, 1.0), 1.0, ())
    assert by_path.unit == "s"
    assert by_path.points[0] is None
    assert by_path.latest == pytest.approx(0.5, rel=0.01)
    assert by_path.segments == (("/a", by_path.latest),)
    board.add(bucket_of([record(3), record(15, seconds=0.9, path=b"/b\x1b[2J")]))
    by_path, count = board.charts(START, START + 21)
    assert count.points == (3.0, 2.0)
    assert [name for name, _ in by_path.segments] == ["/b␛[2J", "/a"]


def test_a_period_that_runs_is_left_out_of_a_short_metric() -> None:
    board = MetricBoard([COUNT, Metric("long", period_seconds=3600)])
    board.add(bucket_of([record(1)]))
    count, long = board.charts(START, START + 5)

    assert (count.points, count.note) == ((), "one period must pass first")
    assert (long.points, long.note) == ((1.0,), "the last period still runs")


def test_new_metrics_are_back_filled_from_the_series() -> None:
    series = LogSeries()
    board = MetricBoard([COUNT])
    for piece in range(4):
        bucket = bucket_of(make_records(50, piece, START), offset=piece * 500, source="/a.log")
        series.add(bucket)
        board.add(bucket, group="web")
    grouped = Metric("grouped", period_seconds=10, groups=("web",))
    assert board.define([COUNT, BY_PATH, grouped]) == (BY_PATH, grouped)
    board.recount(series, groups={"/a.log": "web"}, only=(BY_PATH, grouped))
    by_path, count, web = board.charts(START - 10, START + 620)

    assert sum(point or 0 for point in count.points) == sum(point or 0 for point in web.points) == 200
    assert any(by_path.points)
    assert board.define([COUNT]) == ()
    assert board.metrics == (COUNT,)
    other = MetricBoard([grouped])
    other.recount(series)
    assert sum(point or 0 for point in other.charts(START - 10, START + 620)[0].points) == 0


def test_a_held_bucket_is_the_bucket_again() -> None:
    series = LogSeries()
    bucket = bucket_of(make_records(300, 1, START))
    held = series.add(bucket)
    assert held is not None

    assert records_of(loosened(held, series)) == records_of(bucket)


def test_records_of_the_future_are_not_counted() -> None:
    board = MetricBoard([COUNT])
    board.add(bucket_of([record(1), record(10**7)]), now=START + 5.0)

    assert board.charts(START, START + 10)[0].points == (1.0,)
    assert board._tallies[COUNT].span == (START, START + 10)


def test_rows_are_bounded_and_the_newest_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_ROWS", 100)
    metric = Metric("m", period_seconds=1)
    board = MetricBoard([metric])
    for second in range(0, 500, 50):
        board.add(bucket_of([record(second + at) for at in range(50)]))
    (chart,) = board.charts(START, START + 500)

    assert chart.start > START
    assert len(chart.points) >= 70
    assert set(chart.points) == {1.0}
    assert len(board._tallies[metric].cells) <= 100


def test_a_metric_that_cannot_be_understood_is_shown_with_its_reason() -> None:
    board = MetricBoard([Metric("bad", filter="stauts>1"), COUNT])
    bad, count = board.charts(START, START + 20)

    assert "no field stauts" in bad.note
    assert count.points == (0.0, 0.0)
    board.forget_before(START + 100)


def test_what_is_forgotten_is_gone() -> None:
    board = MetricBoard([COUNT])
    board.add(bucket_of([record(1), record(25)]))
    board.forget_before(START + 20)

    assert board.charts(START, START + 30)[0].points == (0.0, 0.0, 1.0)


def test_nothing_that_tells_it_is_noted() -> None:
    board = MetricBoard([BY_PATH])
    board.add(bucket_of([record(1)]))

    assert board.charts(START, START + 20)[0].note == "no record in this window tells it"


def test_a_long_window_shows_the_newest_periods() -> None:
    board = MetricBoard([Metric("m", period_seconds=1)])
    (chart,) = board.charts(START, START + 86_400)

    assert len(chart.points) == module.MOST_POINTS
    assert chart.start + len(chart.points) == START + 86_400
