"""A profile and its two faces."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from glance.domain.profiles.parts import Function, LabelSet, Line, Location, Mapping, Sample, ValueType
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from tests.domain.profiles.made import TYPES, profiles, stacks

MAIN = Function("main")
PLACE = Location(Mapping(file="/bin/app"), 0x10, (Line(MAIN, 3), Line(MAIN, 4)))


def test_objects_come_back_with_numbers():
    (sample,) = Profile.of(TYPES, [Sample((PLACE, PLACE), (1, 10))]).samples

    assert sample.locations[0] is sample.locations[1]
    assert sample.locations[0].id == sample.locations[0].mapping.id == 1
    assert sample.locations[0].lines[0].function is sample.locations[0].lines[1].function
    assert sample.values == (1, 10)


def test_ids_are_kept_where_they_are_good():
    ids = [Location(None, 1, id=7), Location(None, 2, id=3)]

    assert [each.id for each in Profile.of(TYPES, [], locations=ids).locations] == [7, 3]
    assert [each.id for each in Profile.of(TYPES, [], locations=[*ids, Location(None, 3, id=3)]).locations] == [1, 2, 3]
    assert [each.id for each in Profile.of(TYPES, [], locations=[*ids, Location(None, 3)]).locations] == [1, 2, 3]


def test_samples_can_be_chosen_and_changed():
    profile = Profile.of(TYPES, [Sample((PLACE,), (1, 10)), Sample((PLACE, PLACE), (2, 20)), Sample((), (3, 30))])

    kept = profile.kept(np.array([False, True, True]))

    assert [(len(sample.locations), sample.values) for sample in kept.samples] == [(2, (2, 20)), (0, (3, 30))]
    assert [sample.values for sample in profile.with_values(profile.values * 2).samples] == [(2, 20), (4, 40), (6, 60)]
    assert replace(profile, period=7).samples == profile.samples


@given(profiles())
def test_samples_can_be_replaced_by_their_own(profile):
    again = profile.with_samples(profile.samples)

    assert stacks(again) == stacks(profile)
    assert [sample.label_set.key for sample in again.samples] == [sample.label_set.key for sample in profile.samples]


def test_wrong_numbers_are_refused():
    with pytest.raises(ProfileError) as caught:
        Profile.of(TYPES, [Sample((PLACE,), (1,))])
    assert caught.value.why == "mismatch: sample has 1 values vs. 2 types"
    with pytest.raises(ProfileError, match="cannot use"):
        Profile.of(TYPES, [Sample((PLACE,), (1, 1 << 63))])
    with pytest.raises(ProfileError, match="cannot use"):
        Profile.of(TYPES, [Sample((Location(None, -1),), (1, 1))])


def test_label_sets_are_shared():
    labels = [LabelSet({"route": ("/a",)}) for _ in range(3)]

    profile = Profile.of((ValueType("n", "count"),), [Sample((PLACE,), (1,), each) for each in labels])

    assert len(profile.tables.label_sets) == 2
