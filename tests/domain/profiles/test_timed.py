"""Samples with times: ranges are half-open, and what a tree counts are the samples that were chosen."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.profiles.call_tree import call_tree
from glance.domain.profiles.parts import ValueType
from glance.domain.profiles.perf_script import read_perf_script
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.stack_maker import StackMaker
from glance.domain.profiles.timed import TimedSamples

ONE = [ValueType("samples", "count")]
times = st.floats(-5, 5) | st.sampled_from((0.0, 1.0, 2.0))
SCRIPT = """# captured on: Tue Feb 21
java  8192 [000]  5076.100000: cpu-clock:
\tf STACK-1 (/tmp/perf-4771.map)

swapper     0 [007]  5076.836353: cpu-clock:
\tf native_safe_halt ([kernel.kallsyms])
\tf cpu_startup_entry ([kernel.kallsyms])

java  7866 [000]  5117.999999: cpu-clock:
\tf STACK-5 (/tmp/perf-4771.map)

java  7866 [000]  5096.300000: cpu-clock:
\tf STACK-3 (/tmp/perf-4771.map)

"""
"""Shaped like the example of FlameScope: an idle sample, and one out of order."""


def timed_of(samples: list[tuple[float, str]]) -> TimedSamples:
    """Samples with a frame each."""
    maker = StackMaker(ONE)
    rows = [maker.stack((maker.frame(name),)) for _, name in samples]
    return TimedSamples.of(maker.profile(), [at for at, _ in samples], rows, [[1] * len(rows)], is_wall_clock=False)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(times, st.sampled_from("abc"))), times, times)
def test_a_tree_counts_what_was_chosen(samples, start, end):
    timed = timed_of(samples)
    chosen = [(at, name) for at, name in samples if start <= at < end]
    profile = timed.profile(start, end)

    part = timed.chosen(start, end)
    assert part.stop - part.start == len(chosen)
    assert call_tree(profile, 0).totals[0] == len(chosen)
    assert {sample.locations[0].lines[0].function.name for sample in profile.samples} == {name for _, name in chosen}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(times, st.sampled_from("abc")), min_size=1), st.lists(times, min_size=1, max_size=6))
def test_ranges_beside_each_other_count_everything_once(samples, cuts):
    timed = timed_of(samples)
    edges = [-math.inf, *sorted(cuts), math.inf]
    parts = [timed.profile(low, high) for low, high in pairwise(edges)]

    assert sum(call_tree(part, 0).totals[0] for part in parts) == len(samples)
    assert call_tree(timed.profile(), 0).totals[0] == len(samples)
    assert (timed.start, timed.end) == (min(at for at, _ in samples), max(at for at, _ in samples))


def test_the_true_end_is_not_the_last_line():
    timed = read_perf_script(SCRIPT.encode()).timed

    assert (timed.start, timed.end, len(timed)) == (5076.1, 5117.999999, 4)
    assert math.ceil(timed.end) - math.floor(timed.start) == 42


def test_stacks_can_be_left_out():
    timed = read_perf_script(SCRIPT.encode()).timed
    idle = np.array([sample.locations[-1].lines[0].function.name == "swapper" for sample in timed.stacks.samples])
    busy = timed.without_stacks(idle)

    assert len(busy) == 3
    assert call_tree(busy.profile(5076, 5077), 0).totals[0] == 1


def test_no_samples_and_times_that_are_none():
    empty = timed_of([])

    assert (len(empty), empty.start, empty.end, len(empty.profile())) == (0, 0.0, 0.0, 0)
    with pytest.raises(ProfileError):
        timed_of([(math.nan, "a")])


def test_sums_too_large_are_an_error():
    maker = StackMaker(ONE)
    rows = [maker.stack((maker.frame("a"),))] * 2
    timed = TimedSamples.of(maker.profile(), [1.0, 2.0], rows, [[(1 << 63) - 1] * 2], is_wall_clock=True)

    assert timed.profile(1, 2).values.tolist() == [[(1 << 63) - 1]]
    with pytest.raises(ProfileError):
        timed.profile()
