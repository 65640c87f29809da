"""Moments with parts of a second, and how a filter names a moment exactly."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glance.domain.logs.filter import parse_filter
from glance.domain.logs.filter_time import moment_text, stretch_text
from glance.domain.logs.record import LogRecord
from glance.errors import FilterError

AT_MS = 1_700_000_000_000
"""22:13:20 UTC."""


def holds(text: str, at_ms: int) -> bool:
    return parse_filter(text).test(LogRecord(at_ms))


@pytest.mark.parametrize(
    ("text", "first", "end"),
    [
        ("time=2023-11-14T22:13:20.2Z", 200, 300),
        ("time=2023-11-14T22:13:20.25Z", 250, 260),
        ("time=2023-11-14T22:13:20.257Z", 257, 258),
        ("time=2023-11-14T22:13:20Z", 0, 1000),
        ("time=1700000000.05", 50, 60),
    ],
)
def test_a_part_of_a_second_is_as_long_as_it_is_exact(text, first, end):
    inside = [holds(text, AT_MS + ms) for ms in (first - 1, first, end - 1, end)]
    assert inside == [False, True, True, False]


def test_times_of_day_have_parts_of_seconds_too(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    try:
        assert [holds("time>=22:13:20.5", AT_MS + ms) for ms in (499, 500)] == [False, True]
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize("text", ["time=22:13:20.", "time=22:13.5", "time=2023-11-14T22:13:20.1234Z", "time=.5"])
def test_what_is_no_part_of_a_second_is_a_mistake(text):
    with pytest.raises(FilterError):
        parse_filter(text)


@given(st.integers(0, 4_000_000_000_000), st.sampled_from(("UTC", "Europe/Berlin", "Australia/Lord_Howe")))
def test_a_moment_is_named_exactly(at_ms, zone):
    named_exactly(at_ms, zone)


@pytest.mark.parametrize("ms", range(0, 10_800_000, 599_999))
def test_a_moment_is_named_exactly_when_clocks_are_set_back(ms):
    named_exactly(1_698_536_400_000 + ms, "Europe/Berlin")


def named_exactly(at_ms: int, zone: str) -> None:
    """What names the moment is true from there on, and not before."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        chosen = parse_filter(f"time>={moment_text(at_ms)}")
        assert [chosen.test(LogRecord(at_ms + ms)) for ms in (-1, 0, 1)] == [False, True, True]
    time.tzset()


@given(
    st.integers(0, 4_000_000_000_000),
    st.integers(1, 200_000_000),
    st.sampled_from(("UTC", "Europe/Berlin", "Australia/Lord_Howe")),
)
def test_a_stretch_is_named_exactly_without_its_end(start_ms, length_ms, zone):
    end_ms = start_ms + length_ms
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TZ", zone)
        time.tzset()
        chosen = parse_filter(f"time={stretch_text(start_ms, end_ms)}")
        assert len(chosen.parts) == 1
        assert parse_filter(chosen.text) == chosen
        held = [chosen.test(LogRecord(at)) for at in (start_ms - 1, start_ms, end_ms - 1, end_ms)]
        assert held == [False, True, True, False]
        others = parse_filter(f"-({chosen.text})")
        assert [others.test(LogRecord(at)) for at in (start_ms - 1, start_ms, end_ms - 1, end_ms)] == [
            not one for one in held
        ]
    time.tzset()


def test_a_stretch_of_every_day_may_go_over_midnight(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    chosen = parse_filter("time=22:00..02:30")
    hours = {"21:59": False, "22:00": True, "23:59": True, "00:00": True, "02:29": True, "02:30": False, "12:00": False}
    for text, expected in hours.items():
        hour, minute = map(int, text.split(":"))
        assert chosen.test(LogRecord((hour * 60 + minute) * 60_000 + 1_700_006_400_000)) is expected, text


def test_the_end_of_a_stretch_is_of_the_day_of_its_beginning(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    short, whole = "time=2026-11-22T9:00..9:05", "time=2026-11-22T09:00..09:05"
    with pytest.raises(FilterError):
        parse_filter(short)
    chosen = parse_filter(whole)
    at_ms = 1_795_338_000_000  # 2026-11-22T09:00Z
    assert [chosen.test(LogRecord(at_ms + ms)) for ms in (-1, 0, 299_999, 300_000)] == [False, True, True, False]


@pytest.mark.parametrize(
    "text", ["14:00..14:00", "2026-11-22..2026-11-22", "2026-11-22..14:00..15:00", "14:00..2026-11-22", "..", "14:00..",
             "2026-11-22T15:00..14:00"],
)  # fmt: skip
def test_a_stretch_without_length_is_a_mistake(text):
    with pytest.raises(FilterError):
        parse_filter(f"time={text}")
    with pytest.raises(FilterError):
        parse_filter("time>=14:00..15:00")
