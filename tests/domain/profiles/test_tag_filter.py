"""Filters by label do what those of pprof do: the tables of its own tests."""

from __future__ import annotations

import re

import pytest

from glance.domain.profiles.parts import Function, LabelSet, Line, Location, Sample, ValueType
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.report import Choices, reported
from glance.domain.profiles.report_text import top_lines
from glance.domain.profiles.tag_filter import filtered_tags, label_units, number_range, tag_filter
from glance.domain.profiles.tag_frames import with_tag_frames


def one(labels=None, numbers=None, units=None) -> LabelSet:
    return LabelSet(labels or {}, numbers or {}, units or {})


TEXTS = one({"tag1": ("value1", "value2"), "tag2": ("value3",)})


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("tag1:value1", True), ("tag2=value3", True), ("tag2=value4", False), ("value4", False),
        ("value1,value3", True),
        ("value1,value4", False), ("tag1=value4,value1", True), ("tag[12]=value1", False), ("tag1=v.*2", True),
        ("tag1,tag2", True), ("tag3", False), ("=value1", True),
    ],
)  # fmt: skip
def test_text_is_found_by_key_or_by_all_parts(text: str, is_found: bool) -> None:
    assert tag_filter(text, {}).test(TEXTS) == is_found


@pytest.mark.parametrize(
    ("text", "value", "unit", "is_in"),
    [
        ("32kb", 32768, "bytes", True), ("32kb", 32, "kb", True), ("32kb", 33000, "bytes", False),
        (":64kb", 65536, "bytes", True), (":64kb", 65537, "bytes", False), ("4mb:", 4 << 20, "bytes", True),
        ("4mb:", (4 << 20) - 1, "bytes", False), ("12kb:64mb", 12 << 10, "bytes", True),
        ("12kb:64mb", 12 << 20, "bytes", True), ("12kb:64mb", 65 << 20, "bytes", False), ("1ms:", 5, "seconds", True),
        ("1ms:", 5, "bytes", False), ("+400kb:", 409600, "bytes", True), ("10", 10, "", True), ("-5:5", 3, "", True),
        ("200GCU:", 200_000, "milligcu", True),
    ],
)  # fmt: skip
def test_ranges_of_numbers(text: str, value: int, unit: str, is_in: bool) -> None:
    contains = number_range(text)

    assert contains is not None
    assert contains(value, unit) == is_in


@pytest.mark.parametrize("text", ["kb", "abc", "12kb:64s", "1kb:2kb:3kb", "4mb-", "99999999999999999999"])
def test_what_is_no_range_is_an_expression(text: str) -> None:
    assert number_range(text) is None


def test_a_number_is_found_by_its_key_or_by_any() -> None:
    sizes = one(numbers={"bytes": (65536,), "request": (3,)}, units={"request": ("",)})
    units = {"bytes": "bytes", "request": "bytes"}

    assert tag_filter("bytes=64kb", units).test(sizes)
    assert tag_filter("64kb", units).is_range
    assert tag_filter("3b", units).test(sizes)
    assert not tag_filter("request=64kb", units).test(sizes)


def sampled(*label_sets: LabelSet) -> Profile:
    here = Location(lines=(Line(Function("leaf")),))
    return Profile.of((ValueType("n", "count"),), [Sample((here,), (1,), each) for each in label_sets])


def test_units_of_labels_are_said_or_guessed() -> None:
    profile = sampled(
        one(numbers={"size": (1,), "request": (1,), "alignment": (2,)}),
        one(numbers={"size": (2,), "took": (1,)}, units={"size": ("kb",), "took": ("ms",)}),
        one(numbers={"took": (1,)}, units={"took": ("s",)}),
    )

    assert label_units(profile) == (
        {"size": "kb", "request": "bytes", "alignment": "bytes", "took": "ms"},
        {"took": ("s",)},
    )


def test_labels_are_shown_and_hidden_by_key() -> None:
    profile = sampled(one({"route": ("/a",), "id": ("7",)}, {"bytes": (1,)}))
    found, is_shown, is_hidden = filtered_tags(profile, re.compile("route|id"), re.compile("id"))

    assert dict(found.samples[0].labels) == {"route": ("/a",)}
    assert not found.samples[0].numbers
    assert is_shown
    assert is_hidden


def test_labels_become_frames() -> None:
    profile = sampled(one({"route": ("/a",)}, {"bytes": (2048,)}, {"bytes": ("bytes",)}), one({"tenant": ("t",)}))
    found, has_root, has_leaf = with_tag_frames(profile, ["route", "tenant"], ["bytes"], "kb")
    stacks = [[each.lines[0].function.name for each in sample.locations] for sample in found.samples]

    assert stacks == [["2kB", "leaf", "", "/a"], ["", "leaf", "t", ""]]
    assert has_root
    assert has_leaf


def test_what_matched_nothing_is_said() -> None:
    report = reported(sampled(one({"route": ("/a",)})), Choices(tagfocus="nothing=here", focus="none", tagignore="1kb"))

    assert report.warnings == (
        "tagignore:Interpreted '1kb' as range, not regexp",
        "Focus expression matched no samples",
        "TagFocus expression matched no samples",
        "TagIgnore expression matched no samples",
    )
    assert list(top_lines(report))[-2].startswith("Showing nodes accounting for 0, 0% of 1 total")
