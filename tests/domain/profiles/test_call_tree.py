"""Counts of functions and the call tree, against the numbers of the official tool and by counting one by one."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given

from glance.domain.profiles.call_tree import call_tree, function_counts
from glance.domain.profiles.parts import Function, Line, Location, Sample
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.proto import read
from glance.domain.profiles.value_choice import total
from tests.domain.profiles.captured import counts_of, needs_data, profile_of, references
from tests.domain.profiles.made import TYPES, profiles


def names_of(sample: Sample) -> list[str]:
    """Frames of a sample, the leaf first."""
    return [
        name
        for location in sample.locations
        for name in ([line.function.name for line in location.lines] or [f"0x{location.address:x}"])
    ]


@needs_data
def test_every_reference():
    checked = 0
    for reference in references():
        profile, wanted = read(profile_of(reference)), counts_of(reference)
        assert len(profile) == wanted["samples"]
        assert [each.type for each in profile.sample_types] == [each["type"] for each in wanted["sample_types"]]
        for index, each in enumerate(profile.sample_types):
            values = wanted["values"][each.type]
            tree, counts = call_tree(profile, index), {count.name: count for count in function_counts(profile, index)}
            assert (tree.totals[0], total(profile, index)) == (values["total"], values["total_abs"]), reference
            for row in values["top_flat"] + values["top_cum"]:
                count = counts[row["name"]]
                assert (count.flat, count.cum) == (row["flat"], row["cum"]), (reference, row)
                checked += 1
    assert checked > 5000


@given(profiles(max_samples=60))
def test_counts_are_those_of_counting_one_by_one(profile):
    flat: Counter[str] = Counter()
    cum: Counter[str] = Counter()
    for sample in profile.samples:
        names = names_of(sample)
        if names:
            flat[names[0]] += sample.values[1]
        for name in set(names):
            cum[name] += sample.values[1]

    found = function_counts(profile, 1)

    assert len({each.name for each in found}) == len(found)
    assert {each.name: each.flat for each in found if each.flat} == {name: flat[name] for name in flat if flat[name]}
    assert {each.name: each.cum for each in found if each.cum} == {name: cum[name] for name in cum if cum[name]}


@given(profiles(max_samples=60))
def test_tree_holds_every_stack(profile):
    wanted: Counter[tuple[str, ...]] = Counter()
    own: Counter[tuple[str, ...]] = Counter()
    for sample in profile.samples:
        path = tuple(reversed(names_of(sample)))
        own[path] += sample.values[0]
        for depth in range(len(path) + 1):
            wanted[path[:depth]] += sample.values[0]

    tree = call_tree(profile, 0)

    paths: list[tuple[str, ...]] = [()]
    for node in range(1, len(tree)):
        assert tree.parents[node] < node
        paths.append((*paths[tree.parents[node]], tree.name(node)))
    assert len(set(paths)) == len(paths)
    assert set(paths) == {*wanted, ()}
    assert [len(path) for path in paths] == tree.depths.tolist()
    assert tree.totals == [wanted[path] for path in paths]
    assert tree.own == [own[path] for path in paths]


def test_recursion_counts_once():
    fib, main = Function("fib"), Function("main")
    inlined = Location(None, 1, (Line(fib, 1), Line(fib, 2)))
    stack = (inlined, inlined, Location(None, 2, (Line(main, 3),)))

    counts = {each.name: each for each in function_counts(Profile.of(TYPES, [Sample(stack, (1, 10))]), 1)}

    assert (counts["fib"].flat, counts["fib"].cum) == (10, 10)
    assert (counts["main"].flat, counts["main"].cum) == (0, 10)


def test_many_deep_stacks_share_what_they_have_in_common():
    step = [Location(None, at, (Line(Function(f"f{at}"), 1),)) for at in range(500)]
    profile = Profile.of(TYPES, [Sample(tuple(reversed(step[: 400 + at])), (1, 2)) for at in range(100)])

    tree = call_tree(profile, 1)

    assert len(tree) == 500
    assert np.diff(tree.depths).min() == 1
    assert tree.totals[:2] == [200, 200]
    assert tree.totals[-1] == 2


def test_sums_beyond_64_bits_are_exact():
    place, most = Location(None, 1, (Line(Function("f"), 1),)), (1 << 63) - 1
    profile = Profile.of(TYPES, [Sample((place,), (most, 1)), Sample((place, place), (most, 1))])

    assert function_counts(profile, 0)[0].cum == 2 * most
    assert call_tree(profile, 0).totals[0] == total(profile, 0) == 2 * most


def test_nothing():
    profile = Profile.of(TYPES, [])

    assert function_counts(profile, 0) == []
    assert call_tree(profile, 0).totals == [0]
