"""Numbers look the same everywhere: three significant figures, units glued, never wider than promised."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glance.domain import units


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"), (7, "7"), (8412, "8,412"), (9999, "9,999"), (10_000, "10.0k"), (12_449, "12.4k"), (99_949, "99.9k"),
        (99_950, "100k"), (201_000, "201k"), (999_499, "999k"), (999_500, "1.00M"), (1_200_000, "1.20M"),
        (12_408_112, "12.4M"), (3_210_000_000, "3.21G"),
    ],
)  # fmt: skip
def test_count(value, text):
    assert units.count(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.001, "<0.01"), (0.35, "0.35"), (9.994, "9.99"), (9.996, "10.0"), (12.41, "12.4"), (99.96, "100"),
     (1204.4, "1,204"), (20_120, "20.1k")],
)  # fmt: skip
def test_rate(value, text):
    assert units.rate(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0B"), (512, "512B"), (999.4, "999B"), (999.6, "1.00kB"), (18_400_000, "18.4MB"), (999_600_000, "1.00GB")],
)
def test_size(value, text):
    assert units.size(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(None, "–"), (0, "0µs"), (0.00085, "850µs"), (0.0012, "1.2ms"), (0.00996, "10ms"), (0.24, "240ms"),
     (0.9994, "999ms"), (0.9996, "1.00s"), (12.41, "12.4s"), (59.96, "1m00s"), (252, "4m12s"), (7500, "2h05m"),
     (273_600, "3d04h"), (100 * 86400, "100d"), (1001 * 86400, "1,001d")],
)  # fmt: skip
def test_duration(seconds, text):
    assert units.duration(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (1, "100%"), (0.0001, "<0.1%"), (0.381, "38.1%"), (0.9999, "99.9%"), (0.0005, "0.1%")],
)
def test_share_is_zero_or_whole_only_when_it_is(value, text):
    assert units.share(value) == text


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [(112, 100, "▲ 12%"), (97, 100, "▼ 3%"), (100, 100, "="), (5, 0, ""), (1200, 100, "▲ ×12"), (0, 100, "▼ 100%")],
)
def test_change(now, before, text):
    assert units.change(now, before) == text


def test_change_of_share_is_in_points():
    assert units.change_of_share(0.024, 0.021) == "▲ 0.3pt"
    assert units.change_of_share(0.021, 0.021) == "="


def test_times_are_of_the_zone_that_is_given():
    assert units.clock(0, UTC) == "00:00:00"
    assert units.clock(0, timezone(timedelta(hours=5, minutes=30))) == "05:30:00"
    assert units.date_minute(1_432_155_900, UTC) == "2015-05-20 21:05"
    assert units.iso(1_432_155_915) == "2015-05-20T21:05:15Z"
    assert units.tick(1_432_155_915, 5, UTC) == "21:05:15"
    assert units.tick(1_432_155_915, 60, UTC) == "21:05"
    assert units.tick(1_432_155_915, 86_400, UTC) == "05-20"
    assert units.day_offset(0, timezone(timedelta(hours=2))) == 7200


def test_age_has_whole_seconds_and_is_never_negative():
    assert [units.age(value) for value in (-3, 0.4, 12.9, 252)] == ["0s", "0s", "12s", "4m12s"]


@given(st.integers(0, 10**18))
def test_a_count_is_never_wider_than_promised(value):
    assert len(units.count(value)) <= units.COUNT_WIDTH


@given(st.floats(0, 1e17))
def test_rates_and_sizes_are_never_wider_than_promised(value):
    assert len(units.rate(value)) <= units.COUNT_WIDTH
    assert len(units.size(value)) <= units.SIZE_WIDTH


@given(st.floats(0, 86_400_000))
def test_a_duration_is_never_wider_than_promised(seconds):
    assert len(units.duration(seconds)) <= units.DURATION_WIDTH


@given(st.floats(0, 1))
def test_a_share_is_never_wider_than_promised(value):
    assert len(units.share(value)) <= units.SHARE_WIDTH


NOW = 1_763_812_951.0
"""A Saturday at 12:02:31 UTC."""


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (-931, -31, "Sat 22 Nov 11:47–12:02"),
        (-900, 0, "Sat 22 Nov 11:47:31–12:02:31"),
        (-7200, -3600, "Sat 22 Nov 10:02–11:02"),
        (-46_951, -40_051, "Fri 21 Nov 23:00 – Sat 22 Nov 00:55"),
        (-129_751, -43_351, "Fri 21 Nov"),
        (-216_151, -43_351, "Thu 20 Nov – Fri 21 Nov"),
        (-400 * 86_400 - 931, -400 * 86_400 - 31, "18 Oct 2024 11:47–12:02"),
    ],
)
def test_a_stretch_of_time_is_as_short_as_it_can_be(start, end, words):
    assert units.span(NOW + start, NOW + end, NOW, UTC) == words


def test_a_moment_has_its_day():
    assert units.moment(NOW, UTC) == "22 Nov 12:02:31"


def test_one_thing_is_not_many():
    assert [units.counted(many, "line") for many in (0, 1, 2345)] == ["0 lines", "1 line", "2,345 lines"]
