"""What is pointed at: time and route out of chips, and the quiet time before."""

from __future__ import annotations

import math

import pytest

from glance.domain.interval import Interval
from glance.domain.joint import quiet_before
from glance.domain.logs.chip import chip_of, chips_of
from glance.domain.logs.joint_chips import interval_of, route_of
from glance.domain.logs.time_chip import with_interval


def test_the_quiet_time_is_as_long_and_right_before() -> None:
    assert quiet_before(100.0, 130.0) == (70.0, 100.0)
    assert quiet_before(-math.inf, 130.0) is None
    assert quiet_before(100.0, math.inf) is None
    assert quiet_before(100.0, 100.0) is None


def test_chips_of_time_narrow_the_window() -> None:
    chips = chips_of(with_interval("status>=500", 1_000_000.0, 1_000_030.5))
    assert interval_of(chips, 999_000.0, 1_001_000.0) == Interval(1_000_000.0, 1_000_030.5)
    assert interval_of(chips, 1_000_010.0, 1_001_000.0) == Interval(1_000_010.0, 1_000_030.5)
    assert interval_of(chips_of("status>=500"), 999_000.0, 1_001_000.0) is None
    assert interval_of(chips_of("time>=14:00"), 999_000.0, 1_001_000.0) is None  # of every day
    assert interval_of(chips, 2_000_000.0, 2_001_000.0) is None  # nothing of the window is left


@pytest.mark.parametrize("name", [b"/slow", b"/users/{id}", b"/a b", b'/a"b', b"/a,b", b"/a\\b"])
def test_a_route_that_was_pointed_at_is_found_in_its_chip(name: bytes) -> None:
    assert route_of(chips_of(chip_of("routes", name))) == name.decode()


def test_what_asks_for_no_single_route_tells_none() -> None:
    assert route_of(chips_of("-route=/slow path:/x status=500")) == ""
    assert route_of(chips_of("path=/slow status=500")) == "/slow"
