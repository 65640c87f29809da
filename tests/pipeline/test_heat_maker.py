"""Heat maps hold exactly the records that a filter by the same bounds chooses."""

from __future__ import annotations

import math
import random
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.heat_board import CHOICES, PARTS, HeatBoard, HeatCell, HeatWish
from glance.domain.heat_chip import heat_chip
from glance.domain.logs import series as series_module
from glance.domain.logs.filter import parse_filter
from glance.domain.logs.histogram import bin_seconds, bins_of
from glance.domain.logs.record import LogRecord
from glance.domain.logs.series import LogSeries
from glance.domain.window import Window
from glance.pipeline.heat_maker import HeatMaker
from glance.pipeline.page_maker import PageQuestion
from glance.pipeline.tallies import Tallies
from tests.domain.logs.brute import bucket_of

START = 1_700_000_000
WINDOW = Window(START, START + 60, 5)
SECONDS = (-1.0, 0.0, 1e-6, 0.0004, 0.003, 0.01, 0.012, 0.2, 0.21, 1.5, 9.0, 80_000.0)
FILTERS = ("", "status:5xx", "latency>0.01", "time<2023-11-14T22:13:40.5Z")


def records_of(count: int, seed: int, *, step_ms: int = 1) -> list[LogRecord]:
    """Some records of a minute and around it."""
    rng = random.Random(seed)
    return [
        LogRecord(
            START * 1000 + rng.randrange(-3000, 64_000) // step_ms * step_ms,
            b"10.0.0.1",
            status=rng.choice([b"200", b"404", b"500", b""]),
            seconds=rng.choice(SECONDS),
        )
        for _ in range(count)
    ]


def ask(series: LogSeries, wish: HeatWish, text: str = "", maker: HeatMaker | None = None) -> HeatBoard:
    """The answer to a wish."""
    question = PageQuestion(wish, WINDOW, series, Tallies(series), parse_filter(text), WINDOW.end)
    board = (maker or HeatMaker()).answer(question)
    assert isinstance(board, HeatBoard)
    return board


def series_of(records: list[LogRecord], pieces: int = 3, source: str = "a.log") -> LogSeries:
    """A series of some buckets."""
    series = LogSeries()
    fill(series, records, pieces, source)
    return series


def fill(series: LogSeries, records: list[LogRecord], pieces: int, source: str) -> None:
    """Add records in some buckets."""
    size = max(1, math.ceil(len(records) / pieces))
    for offset in range(0, len(records), size):
        series.add(bucket_of(records[offset : offset + size], offset=10 * offset, source=source))


def inside(records: list[LogRecord], text: str) -> list[LogRecord]:
    """Those of the window that a filter chooses."""
    chosen_by = parse_filter(text)
    return [one for one in records if START * 1000 <= one.at_ms < WINDOW.end * 1000 and chosen_by.test(one)]


cells = st.tuples(st.integers(0, 200), st.integers(0, 200))


def rectangle(board: HeatBoard, ends: tuple[tuple[int, int], tuple[int, int]]) -> tuple[HeatCell, HeatCell]:
    """Two cells of the map."""
    one, other = (HeatCell(x % board.columns, y % board.rows) for x, y in ends)
    return one, other


@settings(max_examples=40, deadline=None)
@given(
    st.tuples(st.integers(1, 150), st.integers(0, 999)),
    st.builds(HeatWish, st.just("latency"), st.integers(1, 30), st.integers(1, 40), st.sampled_from(CHOICES)),
    st.sampled_from(FILTERS), st.tuples(cells, cells),
)  # fmt: skip
def test_a_selection_of_the_latency_map_is_exactly_its_records(made, wish, text, ends):
    records, choice = records_of(*made), wish.choice
    series = series_of(records)
    board = ask(series, wish, text)
    is_wanted = {"all": lambda _: True, "errors": is_error, "fine": lambda one: not is_error(one)}[choice]
    wanted = [one for one in inside(records, text) if is_wanted(one)]
    timed = [one for one in wanted if one.seconds >= 0]

    assert (board.total, board.left_out) == (len(wanted), len(wanted) - len(timed))
    assert sum(map(sum, board.hits)) == len(timed)
    if timed:
        assert board.columns <= max(wish.columns, 2)
        one, other = rectangle(board, ends)
        by_chip = parse_filter(heat_chip(board, one, other))
        (left, right), (top, bottom) = sorted((one.column, other.column)), sorted((one.row, other.row))
        selected = sum(sum(row[left : right + 1]) for row in board.hits[top : bottom + 1])
        assert len([one for one in wanted if by_chip.test(one)]) == selected


@settings(max_examples=40, deadline=None)
@given(
    st.tuples(st.integers(1, 150), st.integers(0, 999)),
    st.builds(
        HeatWish, st.just("second"), st.integers(1, 70), st.sampled_from(PARTS),
        start=st.one_of(st.none(), st.integers(START - 5, START + 65)),
    ),
    st.sampled_from(FILTERS), st.tuples(cells, cells),
)  # fmt: skip
def test_a_selection_of_the_second_map_is_exactly_its_records(made, wish, text, ends):
    records, parts = records_of(*made), wish.rows
    old, series_module.SEALED_RECORDS = series_module.SEALED_RECORDS, 20
    try:
        series = series_of(records, 5)
    finally:
        series_module.SEALED_RECORDS = old
    board = ask(series, wish, text)
    wanted = inside(records, text)
    if all(one.at_ms % 1000 == 0 for one in records) or not wanted:
        return
    times = [one.at_ms for one in wanted]
    assert (board.total, board.first_ms, board.last_ms) == (len(wanted), min(times), max(times))
    shown = [one for one in times if board.start_ms <= one < board.start_ms + 1000 * board.columns]
    expected = Counter((at // 1000 - board.start_ms // 1000, parts - 1 - at % 1000 * parts // 1000) for at in shown)
    assert {
        (x, y): hits for y, row in enumerate(board.hits) for x, hits in enumerate(row) if hits
    } == expected  # FlameScope's formula, with a half-open end
    one, other = rectangle(board, ends)
    by_chip = parse_filter(heat_chip(board, one, other))
    first, last = sorted((cell.column, parts - 1 - cell.row) for cell in (one, other))
    selected = sum(n for (x, y), n in expected.items() if first <= (x, parts - 1 - y) <= last)
    assert len([one for one in wanted if by_chip.test(one)]) == selected


@pytest.mark.parametrize(("measure", "share"), [("p99", 0.99), ("max", 1.0)])
def test_the_latency_of_a_part_of_a_second_is_that_of_its_records(measure, share):
    records = records_of(4000, 7)
    board = ask(series_of(records, 4), HeatWish("second", 60, 10, measure=measure))
    by_cell: dict[tuple[int, int], list[int]] = {}
    for one in inside(records, "latency>=0"):
        cell = (one.at_ms // 1000 - board.start_ms // 1000, 9 - one.at_ms % 1000 // 100)
        by_cell.setdefault(cell, []).append(int(bins_of(np.array([one.seconds]))[0]))
    for y, row in enumerate(board.values):
        for x, value in enumerate(row):
            bins = sorted(by_cell.get((x, y), []))
            expected = bin_seconds()[bins[math.ceil(share * len(bins)) - 1]] if bins else None
            assert value == expected


def is_error(record: LogRecord) -> bool:
    """Answered with 4xx or 5xx."""
    return record.status[:1] in (b"4", b"5")


def test_errors_of_parts_of_seconds():
    records = records_of(500, 3)
    board = ask(series_of(records), HeatWish("second", 60, 25, measure="errors"))

    assert sum(value or 0 for row in board.values for value in row) == sum(map(is_error, inside(records, "")))


def test_logs_with_whole_seconds_have_no_place_in_the_second_map():
    whole = records_of(50, 1, step_ms=1000)
    series = series_of(whole)
    board = ask(series, HeatWish("second", 60, 50))
    assert (board.hits, board.total, board.left_out) == ((), len(inside(whole, "")), len(inside(whole, "")))

    exact = records_of(50, 2)
    fill(series, exact, 2, "b.log")
    board = ask(series, HeatWish("second", 60, 50))
    assert sum(map(sum, board.hits)) == len(inside(exact, ""))
    assert board.left_out == len(inside(whole, ""))


def test_what_is_remembered_changes_no_answer():
    maker, series, records = HeatMaker(), LogSeries(), records_of(900, 5)
    old, series_module.SEALED_RECORDS = series_module.SEALED_RECORDS, 60
    try:
        for number in range(9):
            series.add(bucket_of(records[number * 100 : number * 100 + 100], offset=number * 1000))
            for wish in (HeatWish("second", 20, 50, measure="p99"), HeatWish("second", 60, 25, start=START)):
                for text in FILTERS[: 1 + number % 3]:
                    assert ask(series, wish, text, maker) == ask(series, wish, text)
    finally:
        series_module.SEALED_RECORDS = old


def test_columns_stand_still_while_the_window_slides():
    records = records_of(300, 9)
    series = series_of(records)
    tallies = Tallies(series)
    widths = set()
    for slide in range(0, 60, 5):
        window = Window(START + slide, START + slide + 300, 5)
        question = PageQuestion(HeatWish("latency", 20, 20), window, series, tallies, parse_filter(""), window.end)
        board = HeatMaker().answer(question)
        assert board.start_ms % board.step_ms == 0
        assert board.columns <= 20
        widths.add(board.step_ms)
    assert len(widths) == 1
