"""What changed between profiles, what of it is chance, and conditions on it."""

from __future__ import annotations

import pytest

from glance.domain.profiles.growth import compare, events_per_unit, is_significant
from glance.domain.profiles.growth_condition import parse_condition
from glance.domain.profiles.parts import Function, Line, Location, Sample, ValueType
from glance.domain.profiles.profile import Profile
from glance.errors import ConditionError

CPU = (ValueType("samples", "count"), ValueType("cpu", "nanoseconds"))
HEAP = (ValueType("inuse_space", "bytes"),)


def profile(counts: dict[str, int], types=CPU, unit: int = 10_000_000, **header) -> Profile:
    """A profile of functions that call nothing."""
    samples = [
        Sample((Location(lines=(Line(Function(name)),)),), (count, count * unit)[-len(types) :])
        for name, count in counts.items()
    ]
    return Profile.of(types, samples, **header)


def test_totals_are_made_alike_and_said() -> None:
    found = compare(profile({"a": 50, "b": 50}), profile({"a": 100, "b": 100, "c": 50}))
    by_name = {one.name: one.flat for one in found.functions}

    assert (found.before, found.after, found.ratio) == (1_000_000_000, 2_500_000_000, 0.4)
    assert (by_name["a"].after, by_name["a"].share, by_name["a"].share_before) == (400_000_000, 0.4, 0.5)
    assert by_name["a"].word == "chance"
    assert by_name["c"].word == "new"


def test_without_scaling_values_are_what_they_are() -> None:
    found = compare(profile({"a": 50, "b": 5}), profile({"a": 100}), is_normalized=False)
    by_name = {one.name: one.flat for one in found.functions}

    assert found.ratio == 1.0
    assert (by_name["a"].delta, by_name["a"].word) == (500_000_000, "grew")
    assert by_name["b"].word == "gone"


@pytest.mark.parametrize(
    ("before", "after", "is_more"), [(50, 69, False), (50, 80, True), (0, 3, False), (0, 4, True), (100, 100, False)]
)
def test_a_difference_within_two_deviations_is_chance(before: int, after: int, is_more: bool) -> None:
    assert is_significant(before, after, 1.0, (1.0, 1.0)) is is_more
    assert is_significant(after, before, 1.0, (1.0, 1.0)) is is_more


def test_what_no_event_stands_for_cannot_be_told() -> None:
    assert events_per_unit(profile({"a": 1}, HEAP), 0) is None
    heap = profile({"a": 4}, HEAP, 524288, period=524288, period_type=ValueType("space", "bytes"))
    assert events_per_unit(heap, 0) == 1 / 524288
    assert events_per_unit(profile({"a": 1}), 1) == 1e-7
    assert is_significant(1, 2, 1.0, (None, 1.0)) is None
    assert (
        compare(profile({"a": 1}, HEAP), profile({"a": 2}, HEAP), is_normalized=False).functions[0].flat.word == "grew"
    )


@pytest.mark.parametrize(
    ("text", "is_met"),
    [
        ("growth > 2%", True), ("growth > 0.02", True), ("growth > 20%", False), ("cum_growth>=5% and share<1%", False),
        ("growth > 20% or share > 10%", True), ("share_before = 0%", True),
        ("growth > 90% || growth > 1% && share > 1%", True),
        ("SHARE != 5%", True),
    ],
)  # fmt: skip
def test_conditions(text: str, is_met: bool) -> None:
    found = compare(profile({"a": 900}), profile({"a": 900, "new": 150}))
    (new,) = [one for one in found.functions if one.name == "new"]

    assert parse_condition(text).is_met(new) is is_met


def test_growth_that_may_be_chance_meets_no_condition() -> None:
    found = compare(profile({"a": 900, "b": 3}), profile({"a": 900, "b": 5}))
    (other,) = [one for one in found.functions if one.name == "b"]

    assert other.flat.growth > 0
    assert not parse_condition("growth > 0%").is_met(other)


@pytest.mark.parametrize(
    ("text", "at"),
    [("", 0), ("grow > 1%", 0), ("growth", 6), ("growth > ", 9), ("growth > share", 9), ("growth > 5", 9),
     ("growth > 1% share > 2%", 12), ("growth > 1% and", 15), ("growth ? 1", 7)],
)  # fmt: skip
def test_mistakes_are_marked(text: str, at: int) -> None:
    with pytest.raises(ConditionError) as told:
        parse_condition(text)

    assert told.value.at == at
