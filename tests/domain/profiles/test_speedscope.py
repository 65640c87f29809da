"""Speedscope's JSON, read and written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings

from glance.domain.profiles.call_tree import call_tree
from glance.domain.profiles.folded_writer import folded
from glance.domain.profiles.limits import Limits
from glance.domain.profiles.parts import Function, Line, Location, Sample
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.speedscope import read_speedscope
from glance.domain.profiles.speedscope_writer import speedscope
from tests.domain.profiles.made import TYPES, profiles

ABCD = b"a;b 5\na;b;c 5\na;b;d 4\n"
FRAMES = [{"name": name} for name in "abcd"]


def file_of(*found: dict[str, Any], frames: list[Any] = FRAMES, **more: Any) -> bytes:
    """A file with these profiles."""
    return json.dumps({"shared": {"frames": frames}, "profiles": list(found), **more}).encode()


def sampled(unit: str = "none", **more: Any) -> dict[str, Any]:
    """A sampled profile."""
    samples = [[0, 1, 2], [0, 1, 2], [0, 1, 3], [0, 1, 2], [0, 1]]
    return {"type": "sampled", "name": "one", "unit": unit, "startValue": 0, "endValue": 14, "samples": samples,
            "weights": [1, 1, 4, 3, 5], **more}  # fmt: skip


def evented(*events: str) -> dict[str, Any]:
    """An evented profile of events such as `O0@3`."""
    rows = [{"type": each[0], "frame": int(each[1]), "at": float(each[3:])} for each in events]
    return {"type": "evented", "name": "e", "unit": "none", "startValue": 0, "endValue": 14, "events": rows}


def test_sampled_and_evented_are_the_same():
    events = evented("O0@0", "O1@0", "O2@0", "C2@2", "O3@2", "C3@6", "O2@6", "C2@9", "C1@14", "C0@14")
    one, two = (read_speedscope(file_of(each)).profiles[0].profile for each in (sampled(), events))

    assert folded(one, 0) == folded(two, 0) == ABCD


def test_several_profiles_and_the_active_one():
    reading = read_speedscope(file_of(sampled(), sampled(name="two"), activeProfileIndex=1))

    assert ([each.name for each in reading.profiles], reading.active) == (["one", "two"], 1)


@pytest.mark.parametrize(("unit", "total"), [("seconds", 14_000_000_000), ("milliseconds", 14_000_000), ("bytes", 14)])
def test_times_are_nanoseconds(unit, total):
    profile = read_speedscope(file_of(sampled(unit))).profiles[0].profile

    assert int(profile.values.sum()) == total
    assert profile.duration_nanos == (0 if unit == "bytes" else total)


def test_fractions_are_rounded_to_nanoseconds():
    profile = read_speedscope(file_of(sampled("milliseconds", weights=[0.1, 0.2, 0.3, 0.4, 0.5]))).profiles[0].profile

    assert int(profile.values.sum()) == 1_500_000


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (file_of(evented("O0@0")), 'never closed, "a"'),
        (file_of(evented("O1@2", "O0@2", "O0@3", "C0@4", "C1@4", "C0@5")), '"b" is closed'),
        (file_of(evented("O0@5", "C0@4")), "out of order"),
        (file_of(evented("C0@4")), '"a" is closed'),
        (file_of(evented("O9@1", "C9@2")), "no frame 9"),
        (file_of(sampled(weights=[1])), "5 samples and 1 weights"),
        (file_of(sampled(samples=[[7]], weights=[1])), "no frame 7"),
        (file_of(sampled(samples=[[True]], weights=[1])), "no frame True"),
        (file_of(sampled(samples=[1], weights=[1])), "a sample is no list"),
        (file_of(sampled(samples=[[0]], weights=["x"])), "a weight is no number"),
        (file_of(sampled(samples=[[0]], weights=[1e308])), "64 bits"),
        (file_of(sampled(samples=[[0]], weights=[10**300])), "64 bits"),
        (file_of(sampled("parsecs")), "no unit"),
        (file_of({"type": "other"}), "no type of profile"),
        (file_of(), "no profile"),
        (file_of(sampled(), frames=[1]), "a frame is no object"),
        (b'{"profiles": 7}', "no list"),
        (b"[1]", "no object"),
        (b"{", "not JSON"),
        (b'{"a":' * 200_000, "nested too deeply"),
        (b'{"a": ' + b"1" * 5000 + b"}", "too many digits"),
    ],
)
def test_invalid_files_are_refused_with_the_reason(data, reason):
    with pytest.raises(ProfileError) as caught:
        read_speedscope(data)

    assert reason in caught.value.why


def test_deep_stacks_of_events_cost_no_more_than_events():
    opened = [{"type": "O", "frame": 0, "at": at} for at in range(20_000)]
    middle = [{"type": kind, "frame": 1, "at": 20_000 + at} for at in range(20_000) for kind in "OC"]
    closed = [{"type": "C", "frame": 0, "at": 40_000 + at} for at in range(20_000)]
    whole = {"type": "evented", "name": "deep", "unit": "none", "events": opened + middle + closed}

    with pytest.raises(ProfileError) as caught:
        read_speedscope(file_of(whole), limits=Limits(frames=1_000_000))
    assert "frames" in caught.value.why


@settings(max_examples=40, deadline=None)
@given(profiles(TYPES))
def test_what_is_written_is_read(profile):
    reading = read_speedscope(speedscope(profile, (1, 0), name="x\udcff"))

    for named, index in zip(reading.profiles, (1, 0), strict=True):
        values = profile.values[:, index]
        again = named.profile
        assert int(again.values.sum()) == int(values[values > 0].sum())
        positive = profile.kept(values > 0)
        assert folded(again, 0) == folded(positive, index)


def test_names_and_files_are_kept():
    inner, outer = Function("inner", filename="a.go", start_line=3), Function("outer <x>")
    place = Location(lines=(Line(inner, 9), Line(outer, 2)))
    data = speedscope(Profile.of(TYPES, [Sample((place,), (1, 5))]), (1,))
    whole = json.loads(data)

    assert whole["shared"]["frames"] == [{"name": "outer <x>"}, {"name": "inner", "file": "a.go", "line": 3}]
    assert whole["profiles"][0]["unit"] == "nanoseconds"
    assert len(call_tree(read_speedscope(data).profiles[0].profile, 0)) == 3
    assert json.loads(speedscope(Profile.of(TYPES, [Sample((place,), (1, 5))]), (1,), with_inlined=False))[
        "shared"
    ] == {"frames": [{"name": "outer <x>"}]}
