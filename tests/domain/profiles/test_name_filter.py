"""Filters by name do what those of pprof do: the tables of its own tests."""

from __future__ import annotations

import re

import pytest

from glance.domain.profiles.name_filter import filtered_by_name, shown_from
from glance.domain.profiles.parts import Function, Line, Location, Mapping, Sample, ValueType
from glance.domain.profiles.profile import Profile

MAPPINGS = [Mapping(id=1, file="map0"), Mapping(id=2, file="map1")]
FUNCTIONS = [Function(f"fun{number}", filename=f"file{number}", id=number + 1) for number in range(11)]


def location(number: int, functions: list[int], mapping: int = 0) -> Location:
    lines = tuple(Line(FUNCTIONS[each], 1) for each in functions)
    return Location(MAPPINGS[mapping], 0x1000 * number, lines, id=number)


def profile_of(locations: list[Location], stacks: list[list[int]]) -> Profile:
    samples = [Sample(tuple(locations[at] for at in stack), (value,)) for value, stack in enumerate(stacks, 1)]
    types = (ValueType("samples", "count"),)
    return Profile.of(types, samples, mappings=MAPPINGS, locations=locations, functions=FUNCTIONS)


PLAIN = profile_of(
    [location(number + 1, [number], mapping=int(number == 10)) for number in range(11)],
    [[0, 1, 2, 3], [4, 5, 1, 6], [7, 8], [9, 4, 10, 7]],
)
INLINED = profile_of([location(1, [0, 1]), location(2, [2, 3]), location(3, [4, 5, 6])], [[0, 1], [2]])
EMPTY = profile_of([location(1, [0, 1]), location(2, []), location(3, [], 1)], [[0, 1], [2], []])
ALL = ["fun0 fun1 fun2 fun3: 1", "fun4 fun5 fun1 fun6: 2", "fun7 fun8: 3", "fun9 fun4 fun10 fun7: 4"]
WITH_1 = [ALL[0], ALL[1], ALL[3]]
INLINE_ALL = ["fun0 fun1 fun2 fun3: 1", "fun4 fun5 fun6: 2"]


def stacks(profile: Profile) -> list[str]:
    """Names of each sample, the leaf first, and its value."""
    return [
        " ".join(line.function.name for each in sample.locations for line in each.lines) + f": {sample.values[0]}"
        for sample in profile.samples
    ]


CASES = [
    (PLAIN, {}, "f", ALL),
    (PLAIN, {"focus": "unknown"}, "", []),
    (PLAIN, {"focus": "fun1"}, "f", WITH_1),
    (PLAIN, {"focus": "file1"}, "f", WITH_1),
    (PLAIN, {"focus": "map1"}, "f", [ALL[3]]),
    (INLINED, {"focus": "fun5"}, "f", [INLINE_ALL[1]]),
    (PLAIN, {"ignore": "unknown"}, "f", ALL),
    (PLAIN, {"ignore": "fun1"}, "fi", [ALL[2]]),
    (PLAIN, {"ignore": "file1"}, "fi", [ALL[2]]),
    (PLAIN, {"ignore": "map1"}, "fi", ALL[:3]),
    (INLINED, {"ignore": "fun5"}, "fi", [INLINE_ALL[0]]),
    (PLAIN, {"show": "unknown"}, "f", []),
    (PLAIN, {"show": "fun1|fun2"}, "fs", ["fun1 fun2: 1", "fun1: 2", "fun10: 4"]),
    (PLAIN, {"show": "file1|file3"}, "fs", ["fun1 fun3: 1", "fun1: 2", "fun10: 4"]),
    (PLAIN, {"show": "map1"}, "fs", ["fun10: 4"]),
    (INLINED, {"show": "fun[03]"}, "fs", ["fun0 fun3: 1"]),
    (INLINED, {"show": "map0|fun5"}, "fs", INLINE_ALL),
    (PLAIN, {"hide": "unknown"}, "f", ALL),
    (PLAIN, {"hide": "fun1|fun2"}, "fh", ["fun0 fun3: 1", "fun4 fun5 fun6: 2", ALL[2], "fun9 fun4 fun7: 4"]),
    (PLAIN, {"hide": "file1|file3"}, "fh", ["fun0 fun2: 1", "fun4 fun5 fun6: 2", ALL[2], "fun9 fun4 fun7: 4"]),
    (PLAIN, {"hide": "map1"}, "fh", [*ALL[:3], "fun9 fun4 fun7: 4"]),
    (INLINED, {"hide": "fun[125]"}, "fh", ["fun0 fun3: 1", "fun4 fun6: 2"]),
    (INLINED, {"hide": "map0|fun5"}, "fh", []),
    (PLAIN, {"focus": "fun1|fun7", "ignore": "fun1"}, "fi", [ALL[2]]),
    (PLAIN, {"show": "fun1", "hide": "fun10"}, "fhs", ["fun1: 1", "fun1: 2"]),
]


@pytest.mark.parametrize(("profile", "patterns", "matches", "expected"), CASES)
def test_samples_are_filtered_by_name(profile, patterns, matches, expected) -> None:
    found, matched = filtered_by_name(profile, **{name: re.compile(text) for name, text in patterns.items()})

    assert stacks(found) == expected
    assert {name for name in ("focus", "ignore", "hide", "show") if getattr(matched, name)} == {
        name for name in ("focus", "ignore", "hide", "show") if name[0] in matches
    }


@pytest.mark.parametrize(
    ("profile", "pattern", "expected"),
    [
        (PLAIN, "unknown", []),
        (PLAIN, "fun1", ["fun0 fun1: 1", "fun4 fun5 fun1: 2", "fun9 fun4 fun10: 4"]),
        (PLAIN, "file1", ["fun0 fun1: 1", "fun4 fun5 fun1: 2", "fun9 fun4 fun10: 4"]),
        (PLAIN, "map1", ["fun9 fun4 fun10: 4"]),
        (INLINED, "fun0|fun5", ["fun0: 1", "fun4 fun5: 2"]),
        (INLINED, "map0|fun5", INLINE_ALL),
        (EMPTY, "map1", [": 2"]),
    ],
)
def test_stacks_are_shown_from_the_highest_match(profile, pattern, expected) -> None:
    found, has_matched = shown_from(profile, re.compile(pattern))

    assert stacks(found) == expected
    assert has_matched == bool(expected)


def test_a_profile_without_samples_stays_one() -> None:
    nothing = Profile.of((ValueType("samples", "count"),), [])

    assert len(filtered_by_name(nothing, focus=re.compile("a"), hide=re.compile("b"), show=re.compile("c"))[0]) == 0
    assert len(shown_from(nothing, re.compile("a"))[0]) == 0
