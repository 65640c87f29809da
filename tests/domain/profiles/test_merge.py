"""Merging: what the official tool makes of the same files, byte for byte, and the laws it obeys."""

from __future__ import annotations

import gzip
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.profiles.merge import compact, merge
from glance.domain.profiles.parts import Function, LabelSet, Line, Location, Mapping, Sample, ValueType
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.proto import read, read_all
from glance.domain.profiles.proto_writer import encoded, written
from glance.domain.profiles.scale import scaled
from tests.domain.profiles.captured import KINDS, captures, merged_by_pprof, needs_data
from tests.domain.profiles.made import TYPES, profiles, stacks

MAIN = Function("main.main", filename="main.go")


def one(*samples: Sample, **header) -> Profile:
    """A profile of these samples."""
    return Profile.of((ValueType("cpu", "nanoseconds"),), samples, **header)


def at(address: int, *lines: Line, mapping: Mapping | None = None) -> Location:
    """A location."""
    return Location(mapping, address, lines or (Line(MAIN, 3),))


@needs_data
@pytest.mark.parametrize("kind", KINDS)
def test_merge_is_that_of_pprof_byte_for_byte(kind):
    merged = merge(read_all(captures(kind)))

    assert encoded(merged) == merged_by_pprof(kind)
    assert gzip.decompress(written(merged)) == merged_by_pprof(kind)


@needs_data
@pytest.mark.parametrize("kind", KINDS)
def test_merge_is_associative_byte_for_byte_on_real_profiles(kind):
    one, two, three = map(read, captures(kind))

    left = merge([merge([one, two]), three])
    right = merge([one, merge([two, three])])

    assert encoded(left) == encoded(right) == encoded(merge([one, two, three]))
    assert stacks(merge([three, one, two])) == stacks(left)


@needs_data
@pytest.mark.parametrize("kind", ["cpu", "mutex"])
def test_what_was_added_can_be_taken_away_on_real_profiles(kind):
    one, two, _ = map(read, captures(kind))

    left = merge([merge([one, two]), scaled(two, -1)])

    header = {"duration_nanos": one.duration_nanos, "time_nanos": one.time_nanos}
    assert encoded(replace(left, **header)) == encoded(compact(one))
    assert left.duration_nanos == one.duration_nanos + 2 * two.duration_nanos  # as in pprof, it is not taken away


@settings(max_examples=30)
@given(st.lists(profiles(), min_size=3, max_size=3), st.booleans())
def test_merge_is_associative_byte_for_byte(three, like_pprof):
    one, two, last = three

    def merged(*given):
        return merge(given, like_pprof=like_pprof)

    whole = merged(one, two, last)
    if all(len(each) for each in (merged(one, two), merged(two, last))):  # what cancels out loses its place
        assert stacks(merged(merged(one, two), last)) == stacks(whole)
    assert stacks(merged(one, merged(two, last))) == stacks(whole)
    assert stacks(merged(last, two, one)) == stacks(whole)


@settings(max_examples=30)
@given(st.lists(profiles(values=st.integers(0, 5)), min_size=3, max_size=3))
def test_merge_of_what_only_grows_is_associative_byte_for_byte(three):
    one, two, last = three

    whole = encoded(merge([one, two, last], like_pprof=False))
    assert encoded(merge([merge([one, two], like_pprof=False), last], like_pprof=False)) == whole
    assert encoded(merge([one, merge([two, last], like_pprof=False)], like_pprof=False)) == whole


@settings(max_examples=50)
@given(profiles())
def test_compact_changes_nothing_the_second_time(profile):
    once = compact(profile)

    assert encoded(compact(once)) == encoded(once)
    assert stacks(once) == stacks(profile)
    used = {id(location) for sample in once.samples for location in sample.locations}
    assert len(used) == len(once.locations)


@settings(max_examples=40)
@given(profiles(), profiles())
def test_what_was_added_can_be_taken_away(one, two):
    assert stacks(merge([merge([one, two]), scaled(two, -1)])) == stacks(one)
    assert len(merge([one, scaled(one, -1)])) == 0


def test_address_space_is_shifted_to_that_of_the_first():
    first = Mapping(0x400000, 0x401800, 0, "/bin/app", "id")
    second = Mapping(0x500000, 0x501900, 0, "/other/name", "id")  # the same up to a page
    third = Mapping(0x500000, 0x502900, 0, "/bin/app", "id")
    profiles = [one(Sample((at(each.start + 16, mapping=each),), (1,))) for each in (first, second, third)]

    merged = merge(profiles)

    assert [(each.mapping.file, each.address) for each in merged.locations] == [
        ("/bin/app", 0x400010),
        ("/bin/app", 0x500010),
    ]
    assert [sample.values for sample in merged.samples] == [(2,), (1,)]


def test_main_binary_stays_first_though_nothing_is_in_it():
    unused, used = Mapping(0, 0x1000, file="/bin/app"), Mapping(0x1000, 0x2000, file="/lib/c")
    never = Mapping(0x8000, 0x9000, file="/lib/never")

    merged = merge([one(Sample((at(0x1001, mapping=used),), (1,)), mappings=(unused, never, used))])

    assert [(each.id, each.file) for each in merged.mappings] == [(1, "/bin/app"), (2, "/lib/c")]


def test_same_name_with_another_first_line_is_another_function():
    samples = [Sample((at(1, Line(replace(MAIN, start_line=line), 3)),), (1,)) for line in (1, 2, 1)]

    assert len(merge([one(*samples)]).functions) == 2


def test_samples_with_other_labels_stay_apart():
    place = at(1)
    labels = [
        LabelSet({"route": ("/a",)}),
        LabelSet({"route": ("/b",)}),
        LabelSet(numbers={"bytes": (16,)}),
        LabelSet(numbers={"bytes": (16,)}, units={"bytes": ("bytes",)}),
        LabelSet({"b": ("2",), "a": ("1",)}),
    ]
    again = LabelSet({"a": ("1",), "b": ("2",)})

    merged = compact(one(*(Sample((place,), (1,), each) for each in [*labels, again])))

    assert [sample.values[0] for sample in merged.samples] == [1, 1, 1, 1, 2]


@pytest.mark.parametrize(
    ("times", "like_pprof", "earliest"),
    [([5, 0], 0, 5), ([0, 5], 5, 5), ([5, 0, 9], 9, 5), ([9, 5], 5, 5), ([0, 0], 0, 0)],
)
def test_time_is_the_earliest_or_what_pprof_makes_of_it(times, like_pprof, earliest):
    profiles = [one(time_nanos=time) for time in times]

    assert merge(profiles).time_nanos == like_pprof
    assert merge(profiles, like_pprof=False).time_nanos == earliest


def test_columns_of_inlined_calls_are_told_apart_only_when_asked():
    def places(column: int, outer: int) -> Sample:
        return Sample((at(1, Line(MAIN, 3, column), Line(MAIN, 4, outer)),), (1,))

    inner, outer = one(places(1, 9), places(2, 9)), one(places(1, 8), places(1, 9))

    assert [len(merge([inner])), len(merge([inner], like_pprof=False))] == [1, 2]
    assert [len(merge([outer])), len(merge([outer], like_pprof=False))] == [2, 2]


def test_header():
    first = one(duration_nanos=4, period=10, comments=("a", "b"), drop_frames="x", time_nanos=3)
    second = one(duration_nanos=5, period=20, comments=("b", "c"), default_sample_type="cpu", doc_url="u", time_nanos=2)

    merged = merge([first, second])

    assert (merged.duration_nanos, merged.period, merged.comments) == (9, 20, ("a", "b", "c"))
    assert (merged.drop_frames, merged.default_sample_type, merged.doc_url) == ("x", "cpu", "u")


def test_incompatible_profiles_are_refused():
    cpu = Profile.of(TYPES, [])
    with pytest.raises(ProfileError) as caught:
        merge([cpu, Profile.of(TYPES[::-1], [])])
    assert caught.value.why == (
        "incompatible sample types [samples/count cpu/nanoseconds] and [cpu/nanoseconds samples/count]"
    )
    with pytest.raises(ProfileError, match="cannot merge") as caught:
        merge([cpu, replace(cpu, period_type=ValueType("space", "bytes"))])
    assert caught.value.why == "incompatible period types [/] and [space/bytes]"
    with pytest.raises(ProfileError) as caught:
        merge([])
    assert caught.value.why == "no profiles to merge"


def test_sum_that_is_too_large_is_refused():
    place, most = at(1), (1 << 63) - 1
    assert merge([one(Sample((place,), (most,)))]).values.tolist() == [[most]]
    assert merge([one(Sample((place,), (most - 1,)), Sample((place,), (1,)))]).values.tolist() == [[most]]
    with pytest.raises(ProfileError) as caught:
        merge([one(Sample((place,), (most,)), Sample((place,), (1,)))])
    assert "64 bits" in caught.value.why
