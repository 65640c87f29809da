"""What cumulative profiles gained between two polls: exact, never negative, whatever the target does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.profiles.delta import delta, joined
from glance.domain.profiles.merge import compact, merge
from glance.domain.profiles.parts import Function, Line, Location, Mapping, Sample, ValueType
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.proto import read
from tests.domain.profiles.captured import captures, needs_data
from tests.domain.profiles.made import profiles, stacks

MUTEX = (ValueType("contentions", "count"), ValueType("delay", "nanoseconds"))
HEAP = tuple(ValueType(f"{when}_{what}", unit) for when in ("alloc", "inuse") for what, unit in
             (("objects", "count"), ("space", "bytes")))  # fmt: skip
COUNTS = st.integers(0, 50)


def of(*values: tuple[int, ...], types=MUTEX, at: int = 0, build: str = "b1", period: int = 1) -> Profile:
    """A profile with a stack of its own for each row of values."""
    binary = Mapping(start=0x400000, limit=0x500000, file="/bin/app", build_id=build)
    samples = [
        Sample((Location(binary, 0x400000 + 16 * row, (Line(Function(f"main.f{row}"), row + 1),)),), counted)
        for row, counted in enumerate(values)
    ]
    period_type = ValueType("contentions", "count")
    return Profile.of(types, samples, mappings=[binary], time_nanos=at, period_type=period_type, period=period)


def sums(profile: Profile) -> list[int]:
    return profile.values.sum(axis=0).tolist()


@settings(max_examples=60)
@given(profiles(types=MUTEX, values=COUNTS), profiles(types=MUTEX, values=COUNTS))
def test_what_was_added_is_the_gain(before, more):
    same = {"period": 1, "time_nanos": 5}
    before, more = replace(before, **same), replace(more, **same)
    after = replace(merge([before, more], like_pprof=False), period=1, time_nanos=9)
    found = delta(after, compact(before, like_pprof=False))
    if not found.is_restarted:  # another main binary in the first place is another process
        assert stacks(found.profile) == stacks(more)


@settings(max_examples=60)
@given(profiles(types=MUTEX, values=COUNTS), profiles(types=MUTEX, values=COUNTS))
def test_no_gain_is_ever_negative(later, earlier):
    assert int(delta(later, earlier).profile.values.min(initial=0)) >= 0


def test_the_time_is_that_between_both_polls():
    found = delta(of((9, 90), at=7_000), of((5, 50), at=2_000)).profile
    assert (found.time_nanos, found.duration_nanos, sums(found)) == (2_000, 5_000, [4, 40])


def test_nothing_new_has_no_samples():
    found = delta(of((5, 50), (1, 2), at=2), of((5, 50), (1, 2), at=1))
    assert (len(found.profile), found.is_restarted) == (0, False)


@pytest.mark.parametrize(
    "later",
    [
        of((2, 20), (1, 1), at=9),  # counts fell
        of((0, 0), (500, 5000), at=9),  # more in all, but what was counted before is gone
        of((9, 90), (900, 900), at=9, build="b2"),  # another program
        of((900, 900), (900, 900), at=9, period=4),  # it counts otherwise
        of((900, 900), (900, 900), at=1),  # its clock went back
    ],
)
def test_a_restart_is_noticed_and_all_that_was_counted_since_is_the_gain(later):
    found = delta(later, of((5, 50), (6, 60), at=2))
    assert found.is_restarted
    assert sums(found.profile) == sums(later)
    assert found.profile.duration_nanos >= 0


def test_what_is_rounded_is_no_restart():
    found = delta(of((100_000, 10), (50_009, 6), at=9), of((100_001, 10), (50_000, 5), at=2))
    assert not found.is_restarted
    assert sums(found.profile) == [9, 1]


def test_other_types_are_another_program():
    found = delta(of((1, 2, 3, 4), types=HEAP, at=9), of((7, 8), at=2))
    assert found.is_restarted
    assert sums(found.profile) == [1, 2, 3, 4]


def test_memory_in_use_is_a_state_and_allocation_is_counted():
    before, after = of((10, 100, 5, 50), types=HEAP, at=1), of((30, 300, 2, 20), types=HEAP, at=2)
    assert sums(delta(after, before).profile) == [20, 200, 2, 20]
    assert not delta(after, before).is_restarted  # less in use is no restart


def test_the_first_poll_gains_nothing_but_has_its_state():
    assert len(delta(of((5, 50), at=2), None).profile) == 0
    assert sums(delta(of((10, 100, 5, 50), types=HEAP), None).profile) == [0, 0, 5, 50]


def test_polls_of_a_window_add_up_and_a_state_is_the_newest():
    first, second = of((1, 10, 5, 50), types=HEAP), of((2, 20, 7, 70), types=HEAP)
    assert sums(joined("allocs", [first, second])) == [3, 30, 7, 70]
    assert sums(joined("mutex", [of((1, 2)), of((3, 4))])) == [4, 6]
    assert sums(joined("goroutine", [of((1, 2)), of((3, 4))])) == [3, 4]
    with pytest.raises(ProfileError):
        joined("cpu", [])


@needs_data
@pytest.mark.parametrize("kind", ["allocs", "mutex", "block"])
def test_real_polls_add_up_to_the_last_one(kind):
    first, second, third = map(read, captures(kind))
    gains = [delta(second, first), delta(third, second)]
    assert not any(gain.is_restarted for gain in gains)
    whole = joined(kind, [gain.profile for gain in gains])
    counters = [not each.type.startswith("inuse") for each in third.sample_types]
    expected = np.where(counters, third.values.sum(axis=0) - first.values.sum(axis=0), third.values.sum(axis=0))
    assert sums(whole) == expected.tolist()
    assert gains[1].profile.duration_nanos == third.time_nanos - second.time_nanos
    assert delta(first, third).is_restarted  # backwards it is another process
