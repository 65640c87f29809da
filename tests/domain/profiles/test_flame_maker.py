"""Trees of flame graphs: whatever way they are drawn, they count what the samples count."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.profiles.call_tree import Frames, function_counts
from glance.domain.profiles.diff import difference
from glance.domain.profiles.flame_change import Change, change_of, steps_of
from glance.domain.profiles.flame_counts import callees_of, callers_of, hits_of, members_of, name_counts
from glance.domain.profiles.flame_maker import FlameChoice, flame_tree, label_keys, sample_counts, values_of
from glance.domain.profiles.proto import read_leniently
from glance.domain.profiles.stack_fold import without_recursion
from tests.domain.profiles.captured import CAPTURES, needs_data
from tests.domain.profiles.made import profiles
from tests.domain.profiles.test_flame_layout import profile_of, tree_of

positive = st.integers(0, 9)


def stacks_of(profile):
    """Names of each sample, the first caller first, and its value."""
    frames = Frames.of(profile)
    rows = frames.frames.tolist()
    for at, value in enumerate(profile.values[:, 0].tolist()):
        names = [frames.names[row] for row in rows[int(frames.starts[at]) : int(frames.starts[at + 1])]]
        yield tuple(reversed(names)), value


@settings(max_examples=40)
@given(profiles(values=positive))
def test_a_node_counts_what_begins_with_its_path(profile):
    tree = flame_tree(profile, FlameChoice(0, is_folded=False))
    counts = Counter()
    for names, value in stacks_of(profile):
        for depth in range(len(names) + 1):
            counts[names[:depth]] += value

    assert {tree.path(node): int(tree.totals[node]) for node in range(len(tree)) if tree.totals[node]} == {
        path: count for path, count in counts.items() if count
    }
    assert all(tree.find(tree.path(node)) == node for node in range(len(tree)))


@settings(max_examples=40)
@given(profiles(values=positive))
def test_the_other_way_round_leaves_are_the_first(profile):
    tree = flame_tree(profile, FlameChoice(0, "up", is_folded=False))
    leaves = Counter()
    for names, value in stacks_of(profile):
        if names:
            leaves[names[-1]] += value

    assert {tree.name(node): int(tree.totals[node]) for node in tree.children(0)} == {
        k: v for k, v in leaves.items() if v
    }


@settings(max_examples=40)
@given(profiles(values=positive), st.booleans())
def test_functions_count_as_in_a_report(profile, is_folded):
    counts = name_counts(tree := flame_tree(profile, FlameChoice(0, is_folded=is_folded)))
    report = {one.name: (one.flat, one.cum) for one in function_counts(profile, 0) if one.cum}

    assert {
        name: (int(counts.flat[row]), int(counts.cum[row]))
        for row, name in enumerate(tree.names[:-1])
        if counts.cum[row]
    } == report


@settings(max_examples=40)
@given(profiles(values=positive))
def test_around_a_function_is_all_that_has_it(profile):
    for one in [one for one in function_counts(profile, 0) if one.name]:
        for way in ("down", "up"):
            tree = flame_tree(profile, FlameChoice(0, way, focus=one.name))
            assert int(tree.totals[0]) == one.cum
            assert [tree.name(child) for child in tree.children(0)] == [one.name] * bool(one.cum)


@settings(max_examples=40)
@given(profiles(values=positive), st.sampled_from(["route", "b", "ä", "none"]))
def test_groups_and_labels_part_the_samples(profile, key):
    whole = flame_tree(profile, FlameChoice(0, group=key))
    parts = [flame_tree(profile, FlameChoice(0, label=(key, value))) for value in values_of(profile, key)]

    assert int(whole.totals[0]) == int(profile.values[:, 0].sum())
    assert sum(int(part.totals[0]) for part in parts) >= int(whole.totals[0])  # a sample may have two values
    assert all(whole.name(child).startswith(f"{key}: ") for child in whole.children(0))


@pytest.mark.parametrize(
    ("stack", "folded"),
    [
        ("a;a;a;b", "a;b"),
        ("a;b;a;b;a;b;c", "a;b;c"),
        ("m;x;y;z;x;y;z;e", "m;x;y;z;e"),
        ("a;b;a;c", "a;b;a;c"),
        ("a;b;c", "a;b;c"),
    ],
)
def test_recursion_is_folded(stack, folded):
    assert tree_of({stack: 3}).find(tuple(folded.split(";"))) == len(folded.split(";"))
    assert len(tree_of({stack: 3})) == len(folded.split(";")) + 1


def test_recursion_without_end_is_one_frame():
    profile = profile_of({";".join(["main", *["loop"] * 60_000, "leaf"]): 1})

    assert len(without_recursion(Frames.of(profile)).frames) == 3


def test_a_search_counts_no_sample_twice():
    tree = tree_of({"a;json;x;json": 5, "a;json": 2, "a;y": 3, "b;json": 4})
    names = np.array(["json" in name for name in tree.names])

    assert hits_of(tree, names).total == 11
    assert len(hits_of(tree, names).nodes) == 3
    assert hits_of(tree, names, tree.find(("a",))).total == 7
    assert hits_of(tree, names, tree.find(("a",))).of_all == 11


def test_callers_and_callees_of_a_function():
    tree = tree_of({"a;f;x": 5, "b;f;y": 2, "b;f": 1, "a;g": 9})
    rows = {name: row for row, name in enumerate(tree.names)}

    assert [(tree.names[one.name], one.total) for one in callers_of(tree, rows["f"])] == [("a", 5), ("b", 3)]
    assert [(tree.names[one.name], one.total) for one in callees_of(tree, rows["f"])] == [("x", 5), ("y", 2)]
    assert [tree.name(node) for node in members_of(tree, 0, 4)] == ["b"]


def test_of_two_profiles_each_frame_knows_both():
    before, after = profile_of({"a;old": 100, "a;same": 400}), profile_of({"a;new": 50, "a;same": 200})
    tree = flame_tree(difference(after, before), FlameChoice(0, factor=2.0))
    changes = {tree.name(node): change_of(tree, node) for node in range(1, len(tree))}

    assert (changes["same"].before, changes["same"].after, changes["same"].written) == (400, 400, "")
    assert changes["old"].written == "gone"
    assert changes["new"].written == "new"
    assert (changes["new"].after, changes["new"].new_samples) == (100, 50)
    assert {tree.name(node): int(step) for node, step in enumerate(steps_of(tree))} == {
        "all": 0, "a": 0, "new": 20, "old": -20, "same": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "words", "is_sure"),
    [(100, 112, "+12.0 %", False), (1000, 1123, "+12.3 %", True), (1000, 500, "−50.0 %", True), (2, 0, "gone", False),
     (9, 0, "gone", True), (0, 9, "new", True), (3, 90, "×30", True), (5, 5, "", False)],
)  # fmt: skip
def test_what_may_be_chance_is_told_from_what_is_not(before, after, words, is_sure):
    change = Change(before, after, before, after)

    assert (change.written, change.is_sure) == (words, is_sure)


@needs_data
def test_samples_are_what_the_profiler_took():
    cpu = read_leniently((CAPTURES / "m123.pb.gz").read_bytes()).profile
    heap = read_leniently((CAPTURES / "heap1.pb.gz").read_bytes()).profile

    assert int(sample_counts(cpu, 1).sum()) == 252
    assert 0 < int(sample_counts(heap, 3).sum()) < int(heap.values[:, 3].sum()) // 100_000
    assert label_keys(cpu) == ("method", "route")
    assert "/slow" in values_of(cpu, "route")
