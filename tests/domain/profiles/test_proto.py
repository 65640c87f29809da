"""Reading profile.proto: any valid form of it, and what is refused, with pprof's reason."""

from __future__ import annotations

import gzip
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.profiles.limits import Limits
from glance.domain.profiles.parts import ValueType
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.proto import read, read_all, read_leniently
from glance.domain.profiles.proto_writer import encoded
from tests.domain.profiles.made import THREE, profiles
from tests.domain.profiles.wire_form import (
    FUNCTION,
    LOCATION,
    SAMPLE,
    STRINGS,
    TYPE,
    WHOLE,
    content,
    number,
    packed,
    strings,
)


def refused(data: bytes) -> str:
    """Why a profile is refused."""
    with pytest.raises(ProfileError) as caught:
        read(data)
    return caught.value.why


def test_small_profile():
    profile = read(WHOLE)

    assert profile.sample_types == (ValueType("samples", "count"),)
    (sample,) = profile.samples
    (location,) = sample.locations
    (line,) = location.lines
    assert (sample.values, location.address, location.id, line.line) == ((5,), 0x1000, 1, 10)
    assert (line.function.name, line.function.filename, line.function.start_line) == ("main", "main.go", 9)
    assert profile.period_type == ValueType()


def test_parts_come_in_any_order_and_form():
    """Real writers put values before locations, and some pack nothing, or do so in pieces."""
    samples = [
        number(2, 5) + number(1, 1) + number(1, 1) + number(1, 1),
        packed(1, 1, 1, 1) + packed(2, 5),
        packed(1, 1) + packed(2, 5) + number(1, 1) + packed(1) + packed(1, 1),
        packed(1, 1, 1) + number(9, 7) + content(8, b"new") + packed(2, 5) + number(1, 1),
        number(1, 1) + b"\x49" + bytes(8) + packed(1, 1, 1) + b"\x4d" + bytes(4) + number(2, 5),
    ]
    parts = [TYPE, LOCATION, FUNCTION, content(99, b"unknown"), number(100, 3), *(content(2, each) for each in samples)]
    for seed in range(5):
        random.Random(seed).shuffle(parts)
        profile = read(STRINGS + b"".join(parts))

        assert [len(sample.locations) for sample in profile.samples] == [3] * 5
        assert profile.values.tolist() == [[5]] * 5


@given(profiles(), st.booleans())
def test_what_is_written_is_read(profile, is_gzip):
    raw = encoded(profile)

    again = read(gzip.compress(raw) if is_gzip else raw)

    assert again.samples == profile.samples
    assert again.locations == profile.locations
    assert again.functions == profile.functions
    assert again.mappings == profile.mappings
    header = (profile.comments, profile.default_sample_type, profile.doc_url, profile.time_nanos, profile.period)
    assert (again.comments, again.default_sample_type, again.doc_url, again.time_nanos, again.period) == header
    assert encoded(again) == raw


@settings(max_examples=40)
@given(profiles(THREE, values=st.integers(-(1 << 63), (1 << 63) - 1), max_samples=20))
def test_large_values_are_read_as_written(profile):
    assert read(encoded(profile)).samples == profile.samples


@settings(max_examples=30)
@given(st.lists(profiles(), max_size=3))
def test_many_are_read_as_one_by_one(many):
    raw = [encoded(each) for each in many]

    assert [encoded(each) for each in read_all(raw)] == raw


def test_none_to_read():
    assert read_all([]) == []


def test_many_are_read_in_batches():
    small = Limits(unpacked_bytes=4 * len(WHOLE))

    assert [len(each) for each in read_all([WHOLE] * 5, limits=small)] == [1] * 5


def test_limits_are_of_one_profile_and_not_of_a_batch():
    small = Limits(fields=6)

    assert [len(each) for each in read_all([WHOLE] * 5, limits=small)] == [1] * 5


def test_one_broken_among_many_is_named():
    with pytest.raises(ProfileError) as caught:
        read_all([WHOLE, WHOLE, WHOLE[:-3], WHOLE])
    assert (caught.value.what, caught.value.why) == ("cannot use profile 3", "too much data")
    with pytest.raises(ProfileError) as caught:
        read_all([WHOLE, gzip.compress(WHOLE)[:-3]])
    assert caught.value.what == "cannot use profile 2"


def labelled(*labels: bytes) -> bytes:
    """The small profile with labels at its sample."""
    sample = number(1, 1) + number(2, 5) + b"".join(content(3, each) for each in labels)
    return TYPE + content(2, sample) + LOCATION + FUNCTION + STRINGS


def test_labels():
    slow = number(1, 5) + number(2, 6)
    size = number(1, 7) + number(3, 16)
    sized = number(1, 7) + number(3, 32) + number(4, 7)

    (sample,) = read(labelled(slow, size, sized, slow)).samples

    assert sample.labels == {"route": ("/slow", "/slow")}
    assert sample.numbers == {"bytes": (16, 32)}
    assert sample.units == {"bytes": ("", "bytes")}
    assert read(labelled(sized, size)).samples[0].units == {"bytes": ("bytes", "")}
    assert read(labelled(number(1, 7) + number(3, (1 << 64) - 2))).samples[0].numbers == {"bytes": (-2,)}


def test_label_that_says_nothing_is_dropped():
    assert read(labelled(number(1, 5), number(1, 7) + number(3, 0))).samples[0].label_set.key == ((), ())
    assert read(labelled(number(1, 5) + number(2, 6) + number(3, 9))).samples[0].numbers == {}


REFUSED = {
    "empty": (b"", "empty input file"),
    "two profiles": (WHOLE + number(9, 3) + WHOLE + number(9, 3), "concatenated profiles detected"),
    "cut off": (WHOLE[:-1], "too much data"),
    "cut off in a length": (WHOLE + b"\x12", "bad varint"),
    "a number without end": (WHOLE + b"\x48" + b"\xff" * 11, "bad varint"),
    "a tag without end": (WHOLE + b"\xff" * 11, "bad varint"),
    "a group": (WHOLE + b"\x0b", "unknown wire type: 3"),
    "eight bytes that are not there": (WHOLE + b"\x09\x00", "not enough data"),
    "a page of HTML": (b"<html><body>404</body></html>", "unknown wire type: 4"),
    "time as bytes": (WHOLE + content(9, b"x"), "type mismatch"),
    "sample as number": (WHOLE + number(2, 7), "type mismatch"),
    "id as bytes": (TYPE + STRINGS + content(5, content(1, b"x")), "type mismatch"),
    "location cut off": (TYPE + STRINGS + content(4, b"\x08"), "bad varint"),
    "line longer than its location": (TYPE + STRINGS + content(4, b"\x22\x05\x08"), "too much data"),
    "packed number cut off": (WHOLE + content(2, content(1, b"\x80") + number(2, 5)), "bad varint"),
    "first string": (TYPE + strings("x", "samples", "count"), "string_table[0] must be ''"),
    "no such string": (content(1, number(1, 99)) + STRINGS, "malformed profile format"),
    "no such name": (WHOLE + content(5, number(1, 2) + number(2, 8)), "malformed profile format"),
    "negative string": (WHOLE + content(5, number(1, 2) + number(2, -1)), "malformed profile format"),
    "no such string in a label": (labelled(number(1, 5) + number(2, 99)), "malformed profile format"),
    "no strings": (content(1, number(1, 0)), "malformed profile format"),
    "no types": (SAMPLE + LOCATION + FUNCTION + STRINGS, "malformed profile: missing sample type information"),
    "two values": (
        WHOLE + content(2, number(1, 1) + number(2, 5) + number(2, 6)),
        "malformed profile: mismatch: sample has 2 values vs. 1 types",
    ),
    "no such location": (WHOLE + content(2, number(1, 2) + number(2, 5)), "malformed profile: sample has nil location"),
    "location 0": (WHOLE + content(2, number(1, 0) + number(2, 5)), "malformed profile: sample has nil location"),
    "function without id": (WHOLE + content(5, b""), "malformed profile: found function with reserved ID=0"),
    "location without id": (WHOLE + content(4, b""), "malformed profile: found location with reserved id=0"),
    "mapping without id": (WHOLE + content(3, b""), "malformed profile: found mapping with reserved ID=0"),
    "function twice": (WHOLE + FUNCTION, "malformed profile: multiple functions with same id: 1"),
    "location twice": (WHOLE + LOCATION, "malformed profile: multiple locations with same id: 1"),
    "line without function": (
        WHOLE + content(4, number(1, 8) + content(4, number(1, 7))),
        "malformed profile: location id: 8 has a line with nil function",
    ),
}


@pytest.mark.parametrize(("data", "reason"), REFUSED.values(), ids=REFUSED)
def test_refused_with_the_reason_of_pprof(data, reason):
    assert refused(data) == reason


SHOWN = {
    "function without id": 1,
    "location without id": 1,
    "mapping without id": 1,
    "function twice": 1,
    "location twice": 1,
    "line without function": 1,
    "two values": 1,
    "no such location": 2,
    "packed number cut off": 1,
    "cut off": 1,
    "a group": 1,
    "no such name": 1,
    "no such string in a label": 1,
}
"""What is shown all the same, and how many samples of it."""


@pytest.mark.parametrize(("name", "samples"), SHOWN.items(), ids=SHOWN)
def test_damaged_profile_can_be_looked_at(name, samples):
    data, reason = REFUSED[name]

    reading = read_leniently(data)

    assert len(reading.profile) == samples
    assert reading.damages
    assert reading.damages[0].startswith(reason + ": ")
    assert all(": " in words for words in reading.damages)
    for sample in reading.profile.samples:
        assert len(sample.values) == 1


@pytest.mark.parametrize("name", ["empty", "two profiles", "a page of HTML", "first string"])
def test_what_is_no_profile_is_refused_even_so(name):
    with pytest.raises(ProfileError) as caught:
        read_leniently(REFUSED[name][0])
    assert caught.value.why == REFUSED[name][1]


def test_whole_profile_has_no_damage():
    assert read_leniently(WHOLE).damages == ()


def test_missing_mapping_is_none():
    assert read(TYPE + STRINGS + content(4, number(1, 1) + number(2, 7))).locations[0].mapping is None


def test_text_that_is_not_utf8_is_written_as_it_was():
    raw = encoded(read(WHOLE)).replace(b"main.go", b"ma\xff\xfe.go")

    profile = read(raw)

    assert encoded(profile) == raw
    assert encoded(profile.with_samples(profile.samples)) == raw


@given(st.data())
def test_garbage_is_an_error_or_a_partial_read(data):
    """Any bytes, and any change to a good profile: never anything but ProfileError, and never a wrong shape."""
    raw = bytearray(encoded(data.draw(profiles())))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw)))
        raw[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    for garbage in (bytes(raw), data.draw(st.binary(max_size=40))):
        try:
            strict = read(garbage)
        except ProfileError:
            strict = None
        try:
            reading = read_leniently(garbage)
        except ProfileError:
            assert strict is None
            continue
        assert (strict is not None) == (not reading.damages)
        for sample in reading.profile.samples:
            assert len(sample.values) == len(reading.profile.sample_types)
        if strict is not None:
            assert encoded(read(encoded(strict))) == encoded(strict)
