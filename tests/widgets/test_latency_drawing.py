"""The page of latency at any size: percentiles, a spread on a logarithmic axis, the slowest, and words."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.geometry import Size

from glance.domain.latency_board import BYS, SORTS, LatencyBoard, LatencyWish, Spread
from glance.widgets.inks import inks_of
from glance.widgets.latency_drawing import LatencyState, latency_page
from glance.widgets.spread_drawing import axis_of, columns_of, short, small_spread, spread_sheet
from tests.boards import GROWTH, latency_board, latency_row
from tests.scenes import AT, scene_at
from tests.stage import HOSTILE

INKS = inks_of("glance-dark")
SIZES = [(40, 8), (60, 12), (80, 22), (120, 33), (200, 53)]


def text(board, size, index=0, wish=None, inks=INKS, **changes):
    scene = replace(scene_at(AT), **changes)
    state = LatencyState(index, 0, wish or LatencyWish())
    picture = latency_page(scene, board, state, Size(*size), inks)
    assert {strip.cell_length for strip in picture.strips} == {size[0]}
    assert len(picture.strips) == size[1]
    return [strip.text for strip in picture.strips]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("many", [0, 1, 18])
def test_every_cell_is_painted(size, many):
    for index in (0, 1):
        text(latency_board(many=many), size, index)
    for number, sort in enumerate(SORTS):
        wish = LatencyWish(BYS[number % len(BYS)], sort, without_errors=True)
        text(latency_board(wish, many, left_out=812), size, wish=wish)


def test_every_percentile_stands_in_its_column():
    lines = text(latency_board(), (120, 33))
    assert lines[2].split()[1:8] == ["route", "hits", "p50", "p90", "p95▾", "p99", "max"]
    assert "all requests" in lines[3]
    assert lines[3].split()[2:8] == ["57.7k", "20ms", "100ms", "170ms", "500ms", "7.30s"]


def test_it_says_what_is_left_out_and_among_which_the_slowest_were_looked_for():
    wish = LatencyWish(without_errors=True)
    lines = text(latency_board(wish, left_out=812, distinct=9000, looked_at=212), (120, 33), wish=wish)
    assert "4xx and 5xx left out: 812 requests" in lines[1]
    assert "n counts errors too" in lines[1]
    assert "the slowest of the 212 busiest of 9,000 routes" in lines[0]
    unnamed = latency_board(LatencyWish("hosts"), many=0)
    assert "no vhost is named in these lines" in text(unnamed, (120, 33), wish=LatencyWish("hosts"))[0]
    assert "9,000 routes" in text(latency_board(LatencyWish(sort="hits"), distinct=9000), (120, 33))[0]


def test_what_no_line_names_steps_back_and_goes_where_it_is_narrow():
    wide = text(latency_board(), (80, 22), absent=("hosts", "upstreams"))[1]
    assert wide[1:48].split() == ["v", "by", "route", "path", "section", "vhost", "upstream"]
    assert "n leaves errors out" in wide
    narrow = text(latency_board(), (60, 22), absent=("hosts", "upstreams"))[1]
    assert narrow[1:30].split() == ["v", "by", "route", "path", "section"]
    assert "n leaves errors out" in narrow
    scene = replace(scene_at(AT), absent=("upstreams",))
    state = LatencyState(0, 0, LatencyWish(), ("hosts", "upstreams"))
    picture = latency_page(scene, latency_board(), state, Size(80, 22), INKS)
    assert "this log names no vhost and no upstream" in picture.strips[0].text
    assert "18 routes" not in picture.strips[0].text


def test_how_many_errors_are_left_out_is_said_at_any_width():
    wish = LatencyWish("upstreams", without_errors=True)
    for many, words in ((812, "n counts 812 errors too"), (57_667, "n counts 57.7k errors too")):
        line = text(latency_board(wish, left_out=many), (80, 22), wish=wish)[1]
        assert words in line
        assert "upstream  " in line


def test_below_the_table_is_the_spread_of_the_row_and_the_slowest_that_were_answered():
    board = latency_board(LatencyWish(row=b"/login"))
    for size in ((80, 22), (120, 33)):
        shown = "\n".join(text(board, size, index=4))
        assert "spread of /login" in shown
        assert "slowest of /login" in shown
        assert "7.30s 200" in shown
        assert "p50▾" in shown
        assert "10ms" in shown


def test_without_latency_it_says_how_to_log_it():
    shown = "\n".join(text(LatencyBoard(LatencyWish()), (120, 33), has_latency=False))
    for words in ("does not tell how long requests took", "$request_time", "%D", "Caddy"):
        assert words in shown


def test_where_there_is_nothing_words_say_why():
    nothing = LatencyBoard(LatencyWish())
    assert "reading …" in "\n".join(text(None, (80, 22)))
    assert "tells how long it took" in "\n".join(text(replace(nothing, requests=7), (80, 22)))
    empty = text(nothing, (80, 22), totals=replace(scene_at(AT).totals, hits=0))
    assert "no requests in" in "\n".join(empty)
    only = text(replace(nothing, left_out=7), (80, 22))
    assert "every request of this window was an error" in "\n".join(only)
    silent = replace(latency_row("/x", 7, 1.0), timed=0, spread=Spread())
    board = latency_board()
    shown = "\n".join(text(replace(board, rows=(board.rows[0], silent)), (80, 22), index=1))
    assert "none of them tells how long it took" in shown


@pytest.mark.parametrize("size", SIZES)
def test_hostile_text_reaches_no_cell(size):
    board = latency_board()
    rows = tuple(row if row.raw is None else replace(row, name=HOSTILE) for row in board.rows)
    lines = tuple(replace(line, target=HOSTILE, client=HOSTILE, method=HOSTILE) for line in board.slowest)
    shown = "".join(text(replace(board, rows=rows, slowest=lines), size, index=2))
    assert not [c for c in shown if ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u200b\u2066"]


# Spreads ------------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=120), st.integers(1, 150), st.floats(1e-6, 10))
def test_columns_share_what_the_cells_have_and_lose_nothing(counts, width, start):
    spread = Spread(start, GROWTH, tuple(counts))
    columns = columns_of(spread, axis_of([spread]), width)
    assert math.isclose(sum(columns), sum(counts), rel_tol=1e-6, abs_tol=1e-6)
    assert all(value >= 0 for value in columns)


def test_a_spread_stands_where_its_latencies_are_on_the_axis_of_all():
    whole = Spread(0.001, 10.0, (1, 1, 1, 1))
    part = Spread(0.1, 10.0, (5,))
    assert small_spread(part, axis_of([whole]), 8) == "    ▇▇  "
    assert columns_of(part, axis_of([whole]), 4) == pytest.approx([0, 0, 5, 0])
    assert axis_of([Spread()]) is None


@pytest.mark.parametrize("size", [(5, 1), (10, 3), (44, 8), (118, 20)])
def test_a_spread_has_its_percentiles_and_an_axis(size):
    row = latency_row("/x", 4000, 1.0)
    sheet = spread_sheet(row, axis_of([row.spread]), Size(*size), INKS)
    assert [strip.cell_length for strip in sheet.lines] == [size[0]] * size[1]
    if size[1] > 3:
        assert "p50" in sheet.lines[0].text
        assert "ms" in sheet.lines[-1].text


def test_labels_of_an_axis_are_short():
    assert [short(value) for value in (2e-6, 5e-4, 0.01, 2.0, 200.0)] == ["2µs", "500µs", "10ms", "2s", "3m20s"]


@pytest.mark.parametrize("width", [12, 30, 43, 80])
def test_percentiles_that_are_near_each_other_have_their_names_on_both_sides(width):
    row = replace(latency_row("/x", 900, 1.0), p50=0.26, p90=0.74, p95=0.98, p99=1.67)
    axis = axis_of([Spread(0.002, 10.0, (1, 1, 1, 1))])
    marks = spread_sheet(row, axis, Size(width, 6), INKS).lines[0].text
    assert "p50▾" in marks
    for name, seconds in (("p50", row.p50), ("p90", row.p90), ("p95", row.p95), ("p99", row.p99)):
        if name in marks:
            assert marks[axis.at(seconds, width - 1)] == "▾"
    if width >= 43:
        assert "p95▾" in marks
        assert "▾p99" in marks
