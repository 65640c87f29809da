"""A time as a person writes it."""

from __future__ import annotations

import time

import pytest

from glance.domain.logs.filter_mistake import Mistake
from glance.domain.logs.filter_time import time_term
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
        ("2026-11-20 3:12", TODAY - 2 * DAY + 3 * 3600 + 12 * 60),
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
    assert "every day" not in caught.value.hint  # which is what a filter would take it for


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Australia/Lord_Howe", "2026-04-05", 24.5), ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("Europe/Berlin", "2026-10-25", 25), ("Europe/Berlin", "2026-03-29", 23), ("Europe/Berlin", "2026-03-28", 24),
    ],
)  # fmt: skip
def test_a_day_on_which_clocks_are_set_ends_at_midnight(monkeypatch, zone, day, hours):
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    place = parse_place(day, NOW)
    assert place.end - place.start == hours * 3600
    term = time_term("", "=", day)
    assert (term.start_ms / 1000, term.end_ms / 1000) == (place.start, place.end)


def test_a_window_has_whole_steps():
    assert window_around(parse_place("14:00:03..14:01:02", NOW), 900) == (TODAY + 50403, TODAY + 50462)
    start, end = window_around(parse_place("-2h", NOW), 900)
    assert start <= NOW - 7200 - 450
    assert end >= NOW - 7200 + 450
    assert not start % 5
    assert not end % 5
