"""The page of latency tells percentiles within 1 % of those of a plain sort, and the slowest requests exactly."""

from __future__ import annotations

import math
import random
from collections import defaultdict
from dataclasses import replace

import pytest

from glance.domain.latency_board import SORTS, LatencyBoard, LatencyBy, LatencySort, LatencyWish
from glance.domain.logs.filter import EVERYTHING, parse_filter
from glance.domain.logs.histogram import ACCURACY, bins_of
from glance.domain.logs.record import LogRecord, section
from glance.domain.logs.route import route
from glance.domain.logs.series import LogSeries
from glance.domain.window import Window
from glance.pipeline import latency_maker
from glance.pipeline.page_maker import PageMaker
from glance.pipeline.tallies import Tallies
from tests.domain.logs.brute import bucket_of

START = 1_700_000_000
WINDOW = Window(START + 60, START + 480, 5)
SHARES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "max": 1.0}
NAMES = {"routes": lambda one: route(one.path), "paths": lambda one: one.path,
         "sections": lambda one: section(one.path), "hosts": lambda one: one.host,
         "upstreams": lambda one: one.upstream}  # fmt: skip


def records_of(count: int, seed: int) -> list[LogRecord]:
    """Requests with latencies of all lengths, some with none, some instant."""
    rng = random.Random(seed)
    made = []
    for index in range(count):
        user = rng.randrange(30)
        path = rng.choice([b"/", b"/api/users/%d" % user, b"/api/items", b"/static/a.js", b""])
        seconds = rng.choice([-1.0, 0.0, *(rng.lognormvariate(-4, 2) for _ in range(8))])
        status = rng.choice([b"200", b"200", b"301", b"404", b"500", b""])
        at_ms = START * 1000 + index * 600_000 // count + rng.randrange(-2000, 2000)
        host = rng.choice([b"a.example", b"b.example", b""])
        upstream = (b"", b"10.0.0.1:80", b"shop/web-1")[index % 3]
        made.append(
            LogRecord(at_ms, b"10.0.0.%d" % (user % 5), path=path, status=status, seconds=seconds, host=host,
                      upstream=upstream)
        )  # fmt: skip
    return made


RECORDS = records_of(3000, 8)


def series_of(records: list[LogRecord], buckets: int = 5) -> LogSeries:
    """The records, in some buckets."""
    series = LogSeries()
    size = -(-len(records) // buckets)
    for number in range(buckets):
        series.add(bucket_of(records[number * size : (number + 1) * size], offset=number * 100_000))
    return series


SERIES = series_of(RECORDS)


def answer(wish: LatencyWish, window: Window = WINDOW, text: str = "", series: LogSeries = SERIES) -> LatencyBoard:
    """What the page says at first."""
    board = PageMaker(series, Tallies(series)).answer(wish, window, parse_filter(text), window.end)
    assert isinstance(board, LatencyBoard)
    return board


def chosen(window: Window = WINDOW, text: str = "", *, without_errors: bool = False) -> list[LogRecord]:
    """The records that count."""
    wanted = parse_filter(text)
    return [
        one
        for one in RECORDS
        if window.start * 1000 <= one.at_ms < window.end * 1000
        and wanted.test(one)
        and not (without_errors and one.status[:1] in (b"4", b"5"))
    ]


def percentile(records: list[LogRecord], share: float) -> float | None:
    """By nearest rank, of those that have a latency."""
    known = sorted(one.seconds for one in records if one.seconds >= 0)
    return known[max(1, math.ceil(share * len(known))) - 1] if known else None


@pytest.mark.parametrize("by", list(NAMES))
@pytest.mark.parametrize("text", ["", "section=/api"])
@pytest.mark.parametrize("without_errors", [False, True])
def test_percentiles_are_within_one_percent_of_a_plain_sort(by: LatencyBy, text: str, without_errors: bool) -> None:
    """Of all requests and of each name; hits are exact."""
    board = answer(LatencyWish(by, rows=100, without_errors=without_errors), text=text)
    members: dict[bytes | None, list[LogRecord]] = defaultdict(list)
    for one in chosen(text=text, without_errors=without_errors):
        members[None].append(one)
        if NAMES[by](one):
            members[NAMES[by](one)].append(one)

    assert {row.raw: row.hits for row in board.rows} == {name: len(those) for name, those in members.items()}
    assert board.requests == len(members[None])
    assert board.distinct == len(members) - 1
    for row in board.rows:
        assert row.timed == sum(one.seconds >= 0 for one in members[row.raw])
        for name, share in SHARES.items():
            exact = percentile(members[row.raw], share)
            assert getattr(row, name) == (None if exact is None else pytest.approx(exact, rel=ACCURACY, abs=1e-6))
        assert row.spread.instant == sum(0 <= one.seconds < 1e-6 for one in members[row.raw])
        assert sum(row.spread.counts) + row.spread.instant == row.timed


def test_what_is_left_out_is_counted() -> None:
    """4xx and 5xx, and nothing else."""
    board = answer(LatencyWish(without_errors=True))

    assert board.left_out == len(chosen()) - len(chosen(without_errors=True))
    assert answer(LatencyWish()).left_out == 0


def test_leaving_errors_out_of_a_filter_with_an_or_keeps_its_meaning() -> None:
    """What is joined binds more than `|`."""
    text = "section=/api | path=/"
    board = answer(LatencyWish(without_errors=True), text=text)

    assert board.requests == len(chosen(text=text, without_errors=True))


@pytest.mark.parametrize("sort", SORTS)
def test_rows_come_in_the_order_that_is_wanted(sort: LatencySort) -> None:
    """All requests first, then the most, or the first name."""
    rows = answer(LatencyWish("paths", sort, rows=20)).rows
    told = [row.name if sort == "name" else -(getattr(row, sort) or -1.0) for row in rows[1:]]

    assert rows[0].raw is None
    assert len(told) == 20
    assert told == sorted(told)


@pytest.mark.parametrize("row", [None, b"/api/items"])
def test_the_slowest_requests_are_exact(row: bytes | None) -> None:
    """By the bins of the histogram, newest first where these are the same."""
    import numpy as np

    board = answer(LatencyWish("paths", row=row, lines=15))
    those = [one for one in chosen() if one.seconds >= 0 and row in (None, one.path)]
    bins = bins_of(np.array([one.seconds for one in those])).tolist()
    wanted = sorted(zip(bins, (one.at_ms for one in those), strict=True), reverse=True)[:15]

    assert [line.at for line in board.slowest] == [at_ms / 1000 for _, at_ms in wanted]
    for line, (_, at_ms) in zip(board.slowest, wanted, strict=True):
        true = max(one.seconds for one in those if one.at_ms == at_ms)
        assert line.seconds == pytest.approx(true, rel=ACCURACY)


def test_a_spread_is_a_histogram_over_equal_parts_of_a_logarithm() -> None:
    """Each latency lies in its cell."""
    spread = answer(LatencyWish()).rows[0].spread
    counts = [0] * len(spread.counts)
    for one in chosen():
        if one.seconds >= 1e-6:
            counts[max(0, math.ceil(math.log(one.seconds / spread.start) / math.log(spread.growth) - 1e-9) - 1)] += 1

    assert list(spread.counts) == counts


def test_the_slowest_are_looked_for_among_the_busiest_and_those_of_the_slowest_requests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A name that hardly anybody asked for, but slowly, is found too; how many were looked at is told."""
    monkeypatch.setattr(latency_maker, "CANDIDATES", 2)
    monkeypatch.setattr(latency_maker, "SLOW_CANDIDATES", 3)
    rare = LogRecord(START * 1000 + 100_000, b"10.0.0.1", path=b"/rare", status=b"200", seconds=3600.0)
    board = answer(LatencyWish("paths", "p99"), series=series_of([*RECORDS, rare], 1))

    assert board.rows[1].raw == b"/rare"
    assert board.looked_at < board.distinct


def test_what_is_remembered_says_the_same_while_the_window_slides() -> None:
    """One maker, asked again and again while records come, the wish and the filter change."""
    series = LogSeries()
    maker = PageMaker(series, Tallies(series))
    wish = LatencyWish()
    for number in range(12):
        series.add(bucket_of(RECORDS[number * 250 : (number + 1) * 250], offset=number * 2500))
        end = START + 50 * (number + 1)
        window = Window(end - 300, end, 5)
        text = ("", "section=/api")[number // 3 % 2]
        wish = replace(wish, by=("routes", "hosts")[number // 4 % 2], row=(None, b"/api/items")[number // 2 % 2])
        assert maker.answer(wish, window, parse_filter(text), end) == answer(wish, window, text, series)


def test_a_log_without_latency_has_no_rows() -> None:
    """Nor has a window without any."""
    silent = [replace_seconds(one) for one in RECORDS]

    assert answer(LatencyWish(), series=series_of(silent)).rows == ()
    assert answer(LatencyWish(), text="path=/nobody").rows == ()
    assert answer(LatencyWish(row=b"/nobody")).slowest == ()


def replace_seconds(one: LogRecord) -> LogRecord:
    """The record without its latency."""
    return one._replace(seconds=-1.0)


def test_who_asks_by_turns_for_different_rankings_shares_one_tally() -> None:
    """A page beside the tables of the dashboard does not make either count everything anew at each tick."""
    tallies = Tallies(SERIES)
    tallies.of(EVERYTHING, ("paths",), WINDOW)
    shared = tallies.of(EVERYTHING, ("hosts",), WINDOW)

    assert tallies.of(EVERYTHING, ("paths",), WINDOW) is shared
    assert tallies.of(EVERYTHING, ("hosts",), WINDOW) is shared
