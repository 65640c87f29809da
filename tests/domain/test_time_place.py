"""A time as a person writes it."""

from __future__ import annotations

import time

import pytest

from glance.domain.logs.filter_mistake import Mistake
from glance.domain.time_place import parse_place, window_around

NOW = 1_795_356_151.0
"""2026-11-22 14:02:31 UTC."""
DAY = 86400
TODAY = NOW - (NOW % DAY)


@pytest.fixture(autouse=True)
def utc(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("now", NOW), ("-2h", NOW - 7200), ("90m", NOW - 5400), ("2h ago", NOW - 7200), ("1w", NOW - 7 * DAY),
        ("14:00", TODAY + 14 * 3600), ("9:00", TODAY + 9 * 3600), ("15:00", TODAY - DAY + 15 * 3600),
        ("yesterday 9:00", TODAY - DAY + 9 * 3600), ("  YESTERDAY   9:00 ", TODAY - DAY + 9 * 3600),
        ("2026-11-20 03:12:05", TODAY - 2 * DAY + 3 * 3600 + 12 * 60 + 5),
        ("2026-11-20T03:12:05+02:00", TODAY - 2 * DAY + 3600 + 12 * 60 + 5),
        ("2026-11-20t03:12z", TODAY - 2 * DAY + 3 * 3600 + 12 * 60), ("1795356100", 1_795_356_100),
    ],
)  # fmt: skip
def test_a_moment(text, start):
    place = parse_place(text, NOW)
    assert (place.start, place.is_moment) == (start, True)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("14:00..14:01", TODAY + 50400, TODAY + 50460), ("yesterday", TODAY - DAY, TODAY),
        ("today", TODAY, TODAY + DAY),
        ("23:00..01:00", TODAY - 3600, TODAY + 3600), ("2026-11-20", TODAY - 2 * DAY, TODAY - DAY),
        ("2026-11-20 14", TODAY - 2 * DAY + 14 * 3600, TODAY - 2 * DAY + 15 * 3600),
        ("yesterday 9:00..9:30", TODAY - DAY + 9 * 3600, TODAY - DAY + 9.5 * 3600),
        ("2026-11-20..2026-11-22", TODAY - 2 * DAY, TODAY),
    ],
)  # fmt: skip
def test_a_stretch(text, start, end):
    place = parse_place(text, NOW)
    assert (place.start, place.end, place.is_moment) == (start, end, False)


@pytest.mark.parametrize(
    "text", ["", "soon", "25:00", "14:00..", "2026-02-30", "2026-11-22..2026-11-20", "99999h..", "-999999w", "é"]
)
def test_what_is_none_says_what_to_write(text):
    with pytest.raises(Mistake) as caught:
        parse_place(text, NOW)
    assert caught.value.why


def test_a_window_has_whole_steps():
    assert window_around(parse_place("14:00:03..14:01:02", NOW), 900) == (TODAY + 50403, TODAY + 50462)
    start, end = window_around(parse_place("-2h", NOW), 900)
    assert start <= NOW - 7200 - 450
    assert end >= NOW - 7200 + 450
    assert not start % 5
    assert not end % 5
