"""Latencies: their unit by name, by text and by a sample."""

from __future__ import annotations

import pytest

from glance.domain.logs.duration import text_seconds, unit_of_name, unit_of_values


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0.25", 0.25),
        ("250ms", 0.25),
        ("250 ms", 0.25),
        ("1m2.5s", 62.5),
        ("1h1m1s", 3661.0),
        ("82.5µs", 82.5e-6),
        ("1.5e-3", 0.0015),
        ("0.1, 0.2 : -", 0.3),
        ("-", -1.0),
        ("", -1.0),
        ("-, -", -1.0),
        ("fast", -1.0),
        ("-5", -1.0),
        ("1e999", -1.0),
        ("3 apples", -1.0),
    ],
)
def test_a_text_tells_how_long(text: str, seconds: float) -> None:
    assert text_seconds(text, 1.0) == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("duration_ms", 1e-3),
        ("latencyMs", 1e-3),
        ("request_time_us", 1e-6),
        ("reqtime_microsec", 1e-6),
        ("elapsed_ns", 1e-9),
        ("duration_seconds", 1.0),
        ("time-taken-ms", 1e-3),
        ("request_time", None),
        ("status", None),
        ("ms", None),
    ],
)
def test_a_name_tells_the_unit(name: str, unit: float | None) -> None:
    assert unit_of_name(name) == unit


@pytest.mark.parametrize(
    ("values", "is_whole", "unit"),
    [
        ([0.004, 0.1, 2.5], False, 1.0),
        ([120.5, 80.25, 300.0], False, 1e-3),
        ([0, 0, 1, 0, 3], True, 1.0),
        ([12, 180, 3, 940], True, 1e-3),
        ([*range(300, 400), 250_000], True, 1e-6),
        ([4_512, 1_234_567, 900], True, 1e-6),
        ([4_000_000, 250_000_000], True, 1e-9),
        ([], True, 1.0),
        ([-1], True, 1.0),
    ],
)
def test_a_sample_tells_the_unit(values: list[float], is_whole: bool, unit: float) -> None:
    assert unit_of_values(values, is_whole=is_whole) == unit
