"""What a scene says of its window is what the records say."""

from collections import Counter
from dataclasses import replace

import pytest

from glance.domain.logs.series import LogSeries
from glance.domain.view import SortKey, View
from glance.pipeline.scene_maker import FIELDS_SOME_LACK, SceneMaker
from tests.domain.logs.brute import bucket_of, make_records

START = 1_700_000_000
RECORDS = make_records(3000, 5, START, 600)
END = START + 600


@pytest.fixture
def maker() -> SceneMaker:
    """A series of three buckets."""
    series = LogSeries()
    for index in range(3):
        series.add(bucket_of(RECORDS[index * 1000 : (index + 1) * 1000], offset=index * 10_000))
    return SceneMaker(series)


def paths_view(**changes: object) -> View:
    """A view of paths and sections."""
    return replace(View(window="15m", rows=(("paths", 10), ("sections", 10))), **changes)  # type: ignore[arg-type]


def test_totals_and_rankings_are_exact(maker: SceneMaker) -> None:
    """Hits, bytes, clients, errors, top paths with their errors."""
    figures = maker.figures(paths_view(), END)

    assert figures.totals.hits == len(RECORDS)
    assert figures.totals.bytes == sum(max(0, record.size) for record in RECORDS)
    assert figures.totals.clients == len({record.client for record in RECORDS})
    assert figures.totals.users == 1
    assert dict(figures.totals.statuses) == {
        int(status): hits for status, hits in Counter(record.status for record in RECORDS).items() if status
    }
    paths = {row.name: row for row in figures.rankings[0].rows}
    expected = Counter(record.path.decode() for record in RECORDS if record.path)
    assert {name: row.hits for name, row in paths.items()} == dict(expected)
    for name, row in paths.items():
        mine = [record for record in RECORDS if record.path.decode() == name]
        assert row.client_errors == sum(record.status == b"404" for record in mine)
        assert row.server_errors == sum(record.status == b"500" for record in mine)
        assert row.bytes == sum(max(0, record.size) for record in mine)
        assert sum(row.spark) == row.hits
    assert {row.name for row in figures.rankings[1].rows} == {"/", "/api", "/static"}


def test_traffic_sums_to_the_totals(maker: SceneMaker) -> None:
    """Steps of the chart add up."""
    figures = maker.figures(paths_view(), END)

    assert sum(figures.traffic.hits) == figures.totals.hits
    assert sum(figures.traffic.server_errors) == figures.totals.server_errors
    assert sum(figures.traffic.bytes) == figures.totals.bytes
    assert len(figures.traffic.hits) == figures.window.steps == len(figures.traffic.p95)


@pytest.mark.parametrize("sort", ["hits", "errors", "bytes", "p95", "name"])
def test_rows_come_in_the_order_that_was_asked_for(maker: SceneMaker, sort: SortKey) -> None:
    """Every order puts the most (or the first name) on top."""
    rows = maker.figures(paths_view(sorts=(("paths", sort),)), END).rankings[0].rows
    scores = {
        "hits": [row.hits for row in rows],
        "errors": [row.client_errors + row.server_errors for row in rows],
        "bytes": [row.bytes for row in rows],
        "p95": [row.p95 or 0.0 for row in rows],
    }

    if sort == "name":
        assert [row.name for row in rows] == sorted(row.name for row in rows)
    else:
        assert scores[sort] == sorted(scores[sort], reverse=True)


def test_search_leaves_the_names_that_contain_it(maker: SceneMaker) -> None:
    """Case does not matter; the count of names follows."""
    ranking = maker.figures(paths_view(searches=(("paths", "USER"),)), END).rankings[0]

    assert [row.name for row in ranking.rows] == ["/api/users"]
    assert ranking.distinct == 1


def test_the_same_question_costs_nothing(maker: SceneMaker) -> None:
    """No new record and the same window: the same answer, not another one like it."""
    assert maker.figures(paths_view(), END) is maker.figures(paths_view(), END + 0.5)


def test_what_fell_out_of_memory_still_counts(maker: SceneMaker) -> None:
    """Old buckets become roll-ups: totals and chart keep them, names do not."""
    series = LogSeries(memory_bytes=900_000)
    records = make_records(60_000, 5, START, 600)
    for index in range(60):
        series.add(bucket_of(records[index * 1000 : (index + 1) * 1000], offset=index * 10_000))

    figures = SceneMaker(series).figures(View(window="1h"), END)

    assert series.rollup.records > 0
    assert series.size_bytes <= series.memory_bytes * 1.3
    assert figures.totals.hits == len(records)
    assert figures.totals.is_approximate
    assert sum(figures.traffic.hits) == len(records)


def test_the_first_latency_may_come_late() -> None:
    """A log that begins to tell latencies gets them in its rows."""
    series = LogSeries()
    maker = SceneMaker(series)
    untimed = [record._replace(seconds=-1.0) for record in RECORDS[:1000]]
    series.add(bucket_of(untimed))
    assert maker.figures(paths_view(), END).rankings[0].rows[0].p95 is None

    series.add(bucket_of(RECORDS[1000:2000], offset=10_000))
    rows = maker.figures(paths_view(rows=(("paths", 3),)), END).rankings[0].rows

    assert all(row.p95 is not None for row in rows)


def test_what_no_line_says_is_absent(maker: SceneMaker) -> None:
    """The records name agents and referrers or not, all of them or none; nothing held says nothing."""
    told = {name: any(getattr(record, field) for record in RECORDS) for name, field in FIELDS_SOME_LACK.items()}

    assert set(maker.absent) == {name for name, is_told in told.items() if not is_told}
    assert SceneMaker(LogSeries()).absent == ()
