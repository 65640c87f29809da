"""Scaling, aligning and taking apart, by pprof's rules."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glance.domain.profiles.alignment import aligned, with_a_mapping
from glance.domain.profiles.diff import difference, with_label, without_label
from glance.domain.profiles.merge import compact
from glance.domain.profiles.parts import Function, Line, Location, Sample, ValueType
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.scale import divided, normalized, scaled, scaled_each, sums
from glance.domain.profiles.value_choice import total, value_index
from tests.domain.profiles.made import TYPES, profiles, stacks

PLACE = Location(None, 1, (Line(Function("f"), 1),))
OTHER = Location(None, 2, (Line(Function("g"), 1),))


def of(*values: tuple[int, ...], types=TYPES, places=(PLACE, OTHER)) -> Profile:
    """A profile with samples of these values at alternating places."""
    return Profile.of(types, [Sample((places[at % len(places)],), each) for at, each in enumerate(values)])


def test_values_are_rounded_away_from_zero():
    assert scaled(of((1, 3), (-1, -3), (5, 7)), 0.5).values.tolist() == [[1, 2], [-1, -2], [3, 4]]
    assert scaled(of((1, 1), (9, 9)), 0.1).values.tolist() == [[1, 1]]
    assert scaled(of((1, 1)), 0.49999999999999994).values.tolist() == []


def test_only_values_that_are_scaled_keep_a_sample():
    assert scaled_each(of((7, 1)), [1, 0.1]).values.tolist() == []
    assert scaled_each(of((7, 1), (0, 0)), [1, 1]).values.tolist() == [[7, 1], [0, 0]]
    with pytest.raises(ProfileError) as caught:
        scaled_each(of((7, 1)), [1])
    assert caught.value.why == "mismatched scale ratios, got 1, want 2"


def test_negation_is_exact():
    odd = (1 << 62) + 1
    assert scaled(of((odd, -odd)), -1).values.tolist() == [[-odd, odd]]
    with pytest.raises(ProfileError):
        scaled(of((-(1 << 63), 0)), -1)
    with pytest.raises(ProfileError):
        scaled(of((odd, odd)), 3)
    with pytest.raises(ProfileError):
        scaled(of((odd, odd)), float("nan"))


def test_sums_beyond_64_bits():
    most = (1 << 63) - 1

    assert sums(of((most, 1), (most, 2))) == [2 * most, 3]
    assert divided(of((7, 7)), 1).values.tolist() == [[7, 7]]


def test_division_cuts_off():
    assert divided(of((7, -7), (1, 0)), 2).values.tolist() == [[3, -3], [0, 0]]
    with pytest.raises(ProfileError):
        divided(of((7, 7)), 0)


def test_normalizing_makes_sums_equal():
    assert sums(normalized(of((10, 100), (30, 100)), of((20, 400)))) == [20, 400]
    assert normalized(of((5, 0)), of((10, 10))).values.tolist() == [[10, 0]]
    with pytest.raises(ProfileError):
        normalized(of((5, 0)), of((5,), types=TYPES[:1]))


@given(profiles(), st.sampled_from((2, 3, -1)))
def test_whole_ratios_can_be_undone(profile, ratio):
    assert stacks(scaled(scaled(profile, ratio), 1 / ratio)) == stacks(profile)


def test_difference_of_a_profile_and_itself_is_nothing():
    profile = of((1, 10), (2, 20))

    assert len(difference(profile, profile, is_marked=False)) == 0
    marked = difference(profile, profile)
    assert sorted(marked.values[:, 1].tolist()) == [-20, -10, 10, 20]
    assert total(marked, 1) == 30  # of the base


def test_percentages_are_of_the_base_or_of_what_changed():
    now, before = of((5, 50), (2, 20)), of((1, 10))

    assert total(difference(now, before), 1) == 10
    assert total(difference(now, before, is_marked=False), 1) == 60
    assert total(difference(now, before, is_normalized=True), 1) == 10


def test_label_can_be_set_and_removed():
    profile = compact(of((1, 10), (2, 20)))

    labelled = with_label(profile, "k", ("v",))

    assert [sample.labels for sample in labelled.samples] == [{"k": ("v",)}] * 2
    assert stacks(without_label(labelled, "k")) == stacks(profile)


def test_types_in_common_are_kept_by_name():
    one = replace(of((1, 10)), default_sample_type="samples")
    two = of((3, 7), types=(TYPES[1], ValueType("wall", "nanoseconds")))

    left, right = aligned([one, two])

    assert [each.type for each in left.sample_types] == [each.type for each in right.sample_types] == ["cpu"]
    assert (left.values.tolist(), right.values.tolist()) == ([[10]], [[3]])
    assert (left.default_sample_type, right.default_sample_type) == ("cpu", "cpu")
    with pytest.raises(ProfileError) as caught:
        aligned([one, of((1,), types=(ValueType("space", "bytes"),))])
    assert caught.value.why == "profiles have empty common sample type list"


def test_units_become_the_finest():
    seconds = replace(of((2,), types=(ValueType("cpu", "seconds"),)), period=1, period_type=ValueType("cpu", "s"))
    nanos = of((5,), types=(ValueType("cpu", "nanoseconds"),))
    nanos = replace(nanos, period_type=ValueType("cpu", "nanoseconds"))

    left, right = aligned([seconds, nanos])

    assert left.sample_types == right.sample_types == (ValueType("cpu", "nanoseconds"),)
    assert (left.values.tolist(), right.values.tolist(), left.period) == ([[2_000_000_000]], [[5]], 1_000_000_000)
    with pytest.raises(ProfileError) as caught:
        aligned([nanos, of((5,), types=(ValueType("cpu", "bytes"),))])
    assert "incompatible types" in caught.value.why


def test_one_or_none_to_align():
    profile = of((1, 2))

    assert aligned([]) == []
    assert aligned([profile]) == [profile]


def test_mapping_of_nothing():
    profile = with_a_mapping(of((1, 2)))

    assert [each.mapping.id for each in profile.locations] == [1]
    assert with_a_mapping(profile) is profile


def test_value_is_chosen_by_name_number_or_default():
    types = tuple(ValueType(name, "bytes") for name in ("alloc_space", "space", "inuse_objects"))
    profile = Profile.of(types, [])

    assert value_index(profile) == 2
    assert value_index(replace(profile, default_sample_type="alloc_space")) == 0
    assert value_index(replace(profile, default_sample_type="none")) == 2
    assert value_index(profile, "1") == 1
    assert value_index(profile, "inuse_space") == 1
    assert value_index(profile, "inuse_objects") == 2
    for wanted, why in {
        "3": "sample_index 3 is outside the range [0..2]",
        "-1": "sample_index -1 is outside the range [0..2]",
        "cpu": 'sample_index "cpu" must be one of: [alloc_space space inuse_objects]',
    }.items():
        with pytest.raises(ProfileError) as caught:
            value_index(profile, wanted)
        assert caught.value.why == why
    with pytest.raises(ProfileError):
        value_index(Profile.of((), []))
