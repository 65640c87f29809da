"""Units and shares as pprof prints them."""

from __future__ import annotations

import pytest

from glance.domain.profiles.measurement import converted, finest, label, percentage
from glance.domain.profiles.parts import ValueType
from glance.domain.profiles.profile_error import ProfileError


@pytest.mark.parametrize(
    ("value", "unit", "wanted", "text"),
    [
        (0, "bytes", "auto", "0"),
        (1, "s", "ms", "1000ms"),
        (1, "kb", "b", "1024B"),
        (1536, "bytes", "auto", "1.50kB"),
        (-1536, "bytes", "auto", "-1.50kB"),
        (1 << 30, "bytes", "mb", "1024MB"),
        (250_000_000, "nanoseconds", "minimum", "250ms"),
        (3_600_000_000_000, "ns", "auto", "1hrs"),
        (90_000_000_000, "ns", "auto", "90s"),
        (5, "count", "auto", "5"),
        (5, "widgets", "widgets", "5widgets"),
        (1, "ns", "bytes", "0"),
        (10**9, "microGCU", "auto", "1k*GCU"),
    ],
)
def test_labels(value, unit, wanted, text):
    assert label(value, unit, wanted) == text


@pytest.mark.parametrize(
    ("value", "total", "text"),
    [
        (0, 0, "    0%"),
        (1, 1, "  100%"),
        (9999, 10000, "  100%"),
        (-1, 4, "25.00%"),
        (12345, 100000, "12.35%"),
        (123, 100000, " 0.12%"),
        (1, 100000, "0.001%"),
        (4, 1, "400.00%"),
    ],
)
def test_shares(value, total, text):
    assert percentage(value, total) == text


def test_conversion():
    assert converted(1, "s", "ns") == (1e9, "ns")
    assert converted(5, "", "count") == (5.0, "")


def test_finest():
    types = [ValueType("cpu", unit) for unit in ("seconds", "ns", "ms")]

    assert finest(types) == types[1]
    assert finest([ValueType("samples", "count"), ValueType("sample", "count")]).type == "samples"
    with pytest.raises(ProfileError):
        finest([ValueType("cpu", "ns"), ValueType("cpu", "bytes")])
