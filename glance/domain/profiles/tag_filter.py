"""Filters by labels: tagfocus, tagignore, tagshow and taghide, with ranges of numbers, as pprof has them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from glance.domain.profiles.measurement import converted
from glance.domain.profiles.parts import LabelSet
from glance.domain.profiles.pattern import compiled
from glance.domain.profiles.profile import Profile

RANGE = re.compile(r"([+-]?[0-9]+)([A-Za-z]+)?")
LARGEST = 1 << 63
Test = Callable[[LabelSet], bool]


@dataclass(frozen=True, slots=True)
class TagFilter:
    """Finds samples by a label."""

    test: Test
    is_range: bool
    """It was read as a range of numbers."""


def label_units(profile: Profile) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """The unit of each label that is a number, and other units that it has too.

    Where none is said it is bytes for an alignment or a request, else the label itself.
    """
    units: dict[str, str] = {}
    others: dict[str, set[str]] = {}
    keys: dict[str, None] = {}
    used = set(np.unique(profile.tables.samples.label_sets).tolist())
    for row, labels in enumerate(profile.tables.label_sets):
        if row not in used:
            continue
        for key in labels.numbers:
            keys[key] = None
            for unit in filter(None, labels.units.get(key, ())):
                if units.setdefault(key, unit) != unit:
                    others.setdefault(key, set()).add(unit)
    for key in keys:
        units.setdefault(key, "bytes" if key in {"alignment", "request"} else key)
    return units, {key: tuple(sorted(found)) for key, found in others.items()}


def tag_filter(text: str, units: Mapping[str, str], name: str = "tagfocus") -> TagFilter:
    """The filter that a text says: `key=regexp`, `regexp,regexp`, `32kb`, `:64kb`, `4mb:`, `12kb:64mb`.

    Raises:
        ProfileError: an expression cannot be understood.
    """
    key, equals, value = text.partition("=")
    if not equals:
        key, value = "", text
    in_range = number_range(value)
    if in_range is not None:
        return TagFilter(lambda labels: has_number(labels, key, units, in_range), is_range=True)
    patterns = [compiled(part, name) for part in value.split(",")]
    if key:
        return TagFilter(
            lambda labels: any(pattern.search(each) for pattern in patterns for each in labels.labels.get(key, ())),
            is_range=False,
        )
    return TagFilter(lambda labels: has_each(labels, patterns), is_range=False)


def has_each(labels: LabelSet, patterns: list[re.Pattern[str]]) -> bool:
    """Whether each expression is found in some `key:value`."""
    words = [f"{key}:{value}" for key, values in labels.labels.items() for value in values]
    return all(any(pattern.search(word) for word in words) for pattern in patterns)


def has_number(labels: LabelSet, key: str, units: Mapping[str, str], in_range: Callable[[int, str], bool]) -> bool:
    """Whether a number of this key, or of any, is in the range."""
    keys = [key] if key else labels.numbers
    return any(in_range(value, units.get(each, "")) for each in keys for value in labels.numbers.get(each, ()))


def number_range(text: str) -> Callable[[int, str], bool] | None:
    """What `12kb:64mb` and the like mean; None when it is no range."""
    ranges = list(RANGE.finditer(text))[:2]
    if not ranges or any(not -LARGEST <= int(each[1]) < LARGEST for each in ranges):
        return None
    low, unit = converted(int(ranges[0][1]), ranges[0][2] or "", ranges[0][2] or "")
    high = low
    if len(ranges) == 2:
        if text != f"{ranges[0][0]}:{ranges[1][0]}":
            return None
        high, other = converted(int(ranges[1][1]), ranges[1][2] or "", unit)
        if other != unit:
            return None
    elif text == f"{ranges[0][0]}:":
        high = float("inf")
    elif text == f":{ranges[0][0]}":
        low = float("-inf")
    elif text != ranges[0][0]:
        return None

    def contains(value: int, its_unit: str) -> bool:
        number, shown = converted(value, its_unit, unit)
        return shown == unit and low <= number <= high

    return contains


def filtered_by_tag(profile: Profile, focus: TagFilter | None, ignore: TagFilter | None) -> tuple[Profile, bool, bool]:
    """The samples with a label in focus and none that is ignored; and whether either matched anything."""
    if focus is None and ignore is None:
        return profile, True, False
    rows = profile.tables.samples.label_sets
    sets = profile.tables.label_sets
    focused = np.array([focus is None or focus.test(each) for each in sets], dtype=np.bool_)[rows]
    ignored = np.array([ignore is not None and ignore.test(each) for each in sets], dtype=np.bool_)[rows]
    return profile.kept(focused & ~ignored), bool(focused.any()), bool(ignored.any())


def filtered_tags(
    profile: Profile, show: re.Pattern[str] | None, hide: re.Pattern[str] | None
) -> tuple[Profile, bool, bool]:
    """Only the labels whose key matches `show` and not `hide`; and whether either matched anything."""
    if show is None and hide is None:
        return profile, True, False
    keys = {key for each in profile.tables.label_sets for key in (*each.labels, *each.numbers)}
    shown = {key for key in keys if show is None or show.search(key)}
    hidden = {key for key in keys if hide is not None and hide.search(key)}
    kept = shown - hidden
    sets = tuple(
        LabelSet(
            {key: values for key, values in each.labels.items() if key in kept},
            {key: values for key, values in each.numbers.items() if key in kept},
            {key: units for key, units in each.units.items() if key in kept},
        )
        for each in profile.tables.label_sets
    )
    return replace(profile, tables=replace(profile.tables, label_sets=sets)), bool(shown), bool(hidden)
