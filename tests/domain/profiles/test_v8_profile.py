"""Profiles of V8: samples with times, counts alone, the old tree, and damaged ones."""

from __future__ import annotations

import json
from typing import Any

import pytest

from glance.domain.profiles.folded_writer import folded
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.v8_profile import read_v8_profile


def node(number: int, name: str, *children: int, **more: Any) -> dict[str, Any]:
    """A node."""
    call = {"functionName": name, "scriptId": "1", "url": "app.js", "lineNumber": 9, "columnNumber": 4}
    return {"id": number, "callFrame": call, "children": list(children)} | more


NODES = [node(1, "(root)", 2, 3), node(2, "main", 4), node(3, "(idle)"), node(4, "")]


def file_of(**more: Any) -> bytes:
    """A file."""
    whole = {"nodes": NODES, "startTime": 1000, "endTime": 1100, "samples": [2, 4, 3, 4],
             "timeDeltas": [10, 20, 30, 20], **more}  # fmt: skip
    return json.dumps(whole).encode()


def test_a_sample_lasts_until_the_next_one():
    reading = read_v8_profile(file_of())

    assert [str(each) for each in reading.profile.sample_types] == ["samples/count", "wall/microseconds"]
    assert folded(reading.profile, 0) == b"(idle) 1\nmain 1\nmain;(anonymous) 2\n"
    assert folded(reading.profile, 1) == b"(idle) 20\nmain 20\nmain;(anonymous) 50\n"
    assert reading.timed.times.tolist() == [0.00101, 0.00103, 0.00106, 0.00108]
    assert reading.profile.duration_nanos == 100_000
    line = reading.profile.samples[0].locations[0].lines[0]
    assert (line.function.filename, line.line, line.column) == ("app.js", 10, 5)


def test_times_that_run_back_are_sorted():
    timed = read_v8_profile(file_of(timeDeltas=[10, 30, -20, 50])).timed

    assert timed.times.tolist() == [0.00101, 0.00102, 0.00104, 0.00107]
    assert timed.values[:, 1].tolist() == [10, 20, 30, 30]


def test_counts_alone():
    nodes = [dict(each, hitCount=each["id"]) for each in NODES]
    reading = read_v8_profile(json.dumps({"nodes": nodes}).encode())

    assert reading.timed is None
    assert folded(reading.profile, 0) == b"(idle) 3\n[unknown] 1\nmain 2\nmain;(anonymous) 4\n"


def test_the_old_tree():
    def old(number: int, name: str, *children: dict[str, Any]) -> dict[str, Any]:
        return {"id": number, "functionName": name, "url": "a.js", "lineNumber": 7, "hitCount": 1,
                "children": list(children)}  # fmt: skip

    head = old(1, "(root)", old(2, "main", old(3, "leaf")))
    reading = read_v8_profile(
        json.dumps({"head": head, "samples": [3, 2], "timestamps": [5, 9], "endTime": 12}).encode()
    )

    assert folded(reading.profile, 1) == b"main 3\nmain;leaf 4\n"
    assert reading.profile.samples[0].locations[0].lines[0].line == 7


def test_times_that_do_not_fit_are_told():
    reading = read_v8_profile(file_of(timeDeltas=[1]))

    assert reading.damages == ("it has 4 samples and 1 times: the times are left out",)
    assert (reading.timed, reading.profile.default_sample_type) == (None, "samples")


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"nodes": []}, "no node"),
        ({"nodes": [1]}, "a node is no object"),
        ({"nodes": [node(1, "a"), node(1, "b")]}, "id of its own"),
        ({"nodes": [node(1, "a", 2), node(2, "b", 1)], "samples": [1], "timeDeltas": [1]}, "its own ancestor"),
        ({"samples": [99, 1, 1, 1]}, "no node 99"),
        ({"samples": ["a", 1, 1, 1]}, "a sample is no node"),
        ({"timeDeltas": [1, 2, 3, "x"]}, "no number"),
        ({"timeDeltas": [1, 2, 3, 10**200]}, "64 bits"),
        ({"nodes": [node(1, "a", children=["x"])]}, "no node"),
        ({"samples": 5}, "no list"),
    ],
)
def test_damage_is_an_error(more, reason):
    with pytest.raises(ProfileError) as caught:
        read_v8_profile(file_of(**more))

    assert reason in caught.value.why
