"""Stacks are cut as pprof cuts them: the tables of its own tests."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import UTC

import pytest

from glance.domain.profiles.parts import Function, Line, Location, Sample, ValueType
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.prune import pruned, pruned_from, without_uninteresting
from glance.domain.profiles.report_raw import raw_lines

NAMES = (
    "main",
    "fun1",
    "fun2",
    "fun3",
    "fun4",
    "fun5",
    "unsimplified_fun(int)",
    "Foo::(anonymous namespace)::Test::Bar",
    "Hello::(anonymous namespace)::World(const Foo::(anonymous namespace)::Test::Bar)",
    "Foo::operator()(::Bar)",
)
FUNCTIONS = [
    Function(name, name, "main.c" if name == "main" else "fun.c", id=number) for number, name in enumerate(NAMES, 1)
]


def made(lines: list[list[tuple[int, ...]]], stacks: list[list[int]], drop: str, keep: str = "") -> Profile:
    locations = [
        Location(lines=tuple(Line(FUNCTIONS[each[0]], *each[1:]) for each in of_one), id=number)
        for number, of_one in enumerate(lines, 1)
    ]
    return Profile.of(
        (ValueType("samples", "count"), ValueType("cpu", "milliseconds")),
        [Sample(tuple(locations[at - 1] for at in stack), (1, 1)) for stack in stacks],
        locations=locations,
        functions=FUNCTIONS,
        drop_frames=drop,
        keep_frames=keep,
        period_type=ValueType("cpu", "milliseconds"),
        period=1,
        duration_nanos=10**10,
    )


FIRST = made(
    [[(0, 1, 7)], [(1, 2), (2, 1)], [(3, 2), (1, 1, 7)], [(3, 2), (1, 2), (5, 2)]],
    [[1], [2, 1], [3, 1], [4, 1], [4, 3, 2, 1]],
    "fu.*[12]|banana",
    ".*[n2][n2]",
)
FIRST_OUT = """\
1 1: 1
1 1: 2 1
1 1: 1
1 1: 4 1
1 1: 2 1
Locations
1: 0x0 main main.c:1:7 s=0
2: 0x0 fun2 fun.c:1:0 s=0
3: 0x0 fun3 fun.c:2:0 s=0
fun1 fun.c:1:7 s=0
4: 0x0 fun5 fun.c:2:0 s=0
Mappings"""
SECOND = made(
    [[(0, 1)], [(6, 1)], [(7, 1)], [(8, 1)], [(9, 1)]],
    [[2, 1], [3, 1], [4, 1], [5, 1]],
    r"unsimplified_fun\(int\)|.*Foo::.*::Bar.*|.*operator\(\)",
)
SECOND_OUT = """\
1 1: 2 1
1 1: 1
1 1: 4 1
1 1: 1"""


@pytest.mark.parametrize(("profile", "expected"), [(FIRST, FIRST_OUT), (SECOND, SECOND_OUT)])
def test_frames_that_the_profile_says_to_drop_are_dropped(profile: Profile, expected: str) -> None:
    found, trouble = without_uninteresting(profile)

    assert not trouble
    lines = [" ".join(line.split()) for line in raw_lines(found, UTC)][5:]
    assert lines[: expected.count("\n") + 1] == expected.split("\n")


LETTERS = {name: Location(lines=(Line(Function(name)),)) for name in "ABCD"}
ONE = Profile.of((ValueType("samples", "count"),), [Sample(tuple(LETTERS[name] for name in "ABCBD"), (1,))])


def names(profile: Profile) -> str:
    return "".join(location.lines[0].function.name for location in profile.samples[0].locations)


@pytest.mark.parametrize(("pattern", "left"), [("A", "ABCBD"), ("B", "BCBD"), ("C", "CBD"), ("D", "D"), ("E", "ABCBD")])
def test_all_below_the_lowest_match_is_pruned(pattern: str, left: str) -> None:
    assert names(pruned_from(ONE, re.compile(pattern))) == left


@pytest.mark.parametrize(("pattern", "left"), [("A", "BCBD"), ("B", "D"), ("D", "ABCBD"), ("E", "ABCBD")])
def test_a_match_and_all_below_it_are_pruned_from_the_root(pattern: str, left: str) -> None:
    assert names(pruned(ONE, re.compile(pattern))) == left


@pytest.mark.parametrize("drop", [r"(a+)+$", r"(a*)*b", "a*a*a*a*a*a*c", "x" * 30_000, r"(?P<"])
def test_an_expression_from_outside_never_takes_long(drop: str) -> None:
    hostile = Profile.of((ValueType("n", "count"),), [Sample((Location(lines=(Line(Function("a" * 40)),)),), (1,))])
    began = time.perf_counter()
    found, trouble = without_uninteresting(replace(hostile, drop_frames=drop))

    assert time.perf_counter() - began < 2
    assert "not applied" in trouble
    assert len(found) == 1
