"""The heat map of samples: the samples in the tree equal the cells selected, always."""

from __future__ import annotations

import asyncio
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.flame_board import FlameWish
from glance.domain.heat_board import HeatCell
from glance.domain.heat_chip import second_span, selected
from glance.domain.interval import Interval
from glance.domain.joint import Joint
from glance.domain.profiles.any_profile import read_any
from glance.domain.profiles.flame_maker import FlameChoice, flame_tree
from glance.domain.profiles.parts import ValueType
from glance.domain.profiles.stack_maker import StackMaker
from glance.domain.profiles.timed import TimedSamples
from glance.domain.sample_board import SampleSpan, SampleWish
from glance.pipeline.profile_desk import ProfileDesk
from glance.pipeline.sample_desk import NO_TIMES, SampleDesk
from tests.domain.profiles.captured import CAPTURES, DATA, needs_data

TRACE = CAPTURES / "trace_cpu.out"

AUSTIN = "# austin: 3.6.0\n# mode: cpu\n" + "".join(
    f"P1;T{number % 2};m.py:f{number % 5}:{number} {8_000 + number * 37}\n" for number in range(400)
)
FLAMESCOPE = """java  8192 [000]  5076.100000: cpu-clock:
\tf STACK-1 (/tmp/perf-4771.map)

java  7866 [000]  5117.999999: cpu-clock:
\tf STACK-5 (/tmp/perf-4771.map)

java  7866 [000]  5096.580000: cpu-clock:
\tf STACK-3 (/tmp/perf-4771.map)

"""
"""Shaped like the example of FlameScope, the last sample of it in the middle of the file."""

seconds = st.floats(-3, 3) | st.integers(-150, 150).map(lambda slot: slot / 50) | st.just(1_763_812_000.58)


def timed_of(times, *, is_wall_clock=False):
    """Samples of a few stacks."""
    maker = StackMaker([ValueType("samples", "count"), ValueType("cpu", "nanoseconds")])
    rows = [maker.stack((maker.frame(f"f{number % 3}"), maker.frame("main"))) for number in range(len(times))]
    values = [[1] * len(times), [10] * len(times)]
    return TimedSamples.of(maker.profile(), list(times), rows, values, is_wall_clock=is_wall_clock)


def desk_of(timed):
    desk = SampleDesk()
    desk.hold("a", timed)
    return desk


def agrees(desk, board, one, other):
    """The tree of a selection counts what its cells count."""
    cells = sum(
        hits
        for row, columns in enumerate(board.hits)
        for column, hits in enumerate(columns)
        if selected(board, one, other, HeatCell(column, row))
    )
    start_ms, end_ms = second_span(board, one, other)
    profile = desk.profile(SampleSpan("a", start_ms * 1000, end_ms * 1000))
    return [int(flame_tree(profile, FlameChoice(index)).samples[0]) for index in range(len(profile.sample_types))] == [
        cells
    ] * len(profile.sample_types)


@settings(max_examples=80, deadline=None)
@given(st.lists(seconds, min_size=1, max_size=40), st.integers(1, 12), st.sampled_from((10, 25, 50)), st.data())
def test_the_samples_in_the_tree_equal_the_cells(times, columns, rows, data):
    desk = desk_of(timed_of(times))
    start = data.draw(st.none() | st.integers(-4, 4))
    board = desk.answer(SampleWish(columns=columns, rows=rows, start=start, profile="a"))
    cell = st.builds(HeatCell, st.integers(0, board.columns - 1), st.integers(0, board.rows - 1))

    assert agrees(desk, board, data.draw(cell), data.draw(cell))
    first, last = HeatCell(0, board.rows - 1), HeatCell(board.columns - 1, 0)
    assert agrees(desk, board, first, last)  # all that is seen
    if board.columns == (board.window_end_ms - board.window_start_ms) // 1000:
        assert sum(map(sum, board.hits)) == len(times)


RECORDINGS = (
    "perf/magic-trace/c_demo_sampling.perf",
    "perf/magic-trace/ocaml_demo_sampling.perf",
    "perf/firefox-profiler/gzip.perf.gz",
    "perf/speedscope/forks.linux-perf.txt",
    "perf/FlameGraph/perf-cycles-instructions-01.txt",
    "perf/FlameGraph/perf-funcab-cmd-01.txt",
    "go-captures/trace_cpu.out",
)


@needs_data
@pytest.mark.parametrize("name", RECORDINGS)
def test_so_it_is_with_real_recordings(name):
    timed = read_any((DATA / name).read_bytes()).timed
    check(timed, len(timed))


def test_so_it_is_with_austin():
    timed = read_any(AUSTIN.encode()).timed
    board = check(timed, 400)

    assert not board.is_wall_clock
    assert board.start_ms == 0


def check(timed, many):
    """Random selections of all sizes of rows."""
    chance, desk = random.Random(len(timed)), desk_of(timed)
    for rows in (10, 25, 50):
        board = desk.answer(SampleWish(columns=40, rows=rows, profile="a"))
        assert sum(map(sum, board.hits)) == board.total == many
        for _ in range(8):
            one, other = (HeatCell(chance.randrange(board.columns), chance.randrange(board.rows)) for _ in range(2))
            assert agrees(desk, board, one, other)
    return board


def test_the_end_of_the_second_is_on_top_and_the_last_time_is_the_greatest():
    desk = desk_of(read_any(FLAMESCOPE.encode()).timed)
    board = desk.answer(SampleWish(columns=100, rows=50, profile="a"))
    at = {(column, row) for row in range(50) for column in range(board.columns) if board.hits[row][column]}

    assert board.columns == 42
    assert (board.first_ms, board.last_ms) == (5_076_100, 5_117_999)
    assert at == {(0, 44), (41, 0), (20, 20)}  # .10 is the sixth from below, .58 the thirtieth, .999999 the last


def test_a_time_on_an_edge_belongs_to_what_begins_there():
    desk = desk_of(timed_of([1_763_812_000 + slot / 50 for slot in range(50)], is_wall_clock=True))
    board = desk.answer(SampleWish(columns=5, rows=50, profile="a"))

    assert [row[0] for row in board.hits] == [1] * 50
    profile = desk.profile(SampleSpan("a", 1_763_812_000_580_000, 1_763_812_000_600_000))
    assert profile.values.tolist() == [[1, 10]]
    assert (profile.time_nanos, profile.duration_nanos) == (1_763_812_000_580_000_000, 20_000_000)


def test_far_away_times_cost_nothing_and_impossible_ones_are_told():
    desk = desk_of(timed_of([0.0, 8.0e12]))
    board = desk.answer(SampleWish(columns=60, rows=10, profile="a"))
    assert (board.columns, sum(map(sum, board.hits))) == (60, 1)

    assert "no clock" in desk_of(timed_of([1.0e18])).answer(SampleWish(profile="a")).why
    assert desk_of(None).answer(SampleWish(profile="a")).why == NO_TIMES
    assert desk_of(timed_of([])).answer(SampleWish(profile="a")).why == "There are no samples."
    assert desk_of(None).profile(SampleSpan("a", 0, 1)) is None


@needs_data
@pytest.mark.parametrize(("start", "end"), [(0.5, 1.25), (-5.0, 0.3), (1.9, 60.0), (100.0, 101.0)])
async def test_an_interval_of_a_log_shows_the_samples_that_fall_in_it(start, end):
    told, loop = asyncio.Event(), asyncio.get_running_loop()
    desk = ProfileDesk(lambda: loop.call_soon_threadsafe(told.set))
    desk.open([str(TRACE)])
    times = read_any(TRACE.read_bytes()).timed.times
    first = float(times[0])
    interval = Interval(round(first + start, 2), round(first + end, 2))
    wish = FlameWish(joint=Joint(interval))
    async with asyncio.timeout(20):
        while (answer := desk.answer(wish)).picture is None:
            await told.wait()
            told.clear()
    inside = int(((times >= interval.start) & (times < interval.end)).sum())

    assert int(answer.picture.tree.samples[0]) == (inside or len(times))  # what lies elsewhere is not cut by it
    assert (answer.picture.wish.span is not None) == bool(inside)
