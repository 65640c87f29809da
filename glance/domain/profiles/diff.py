"""The difference of two profiles, as one profile with signs."""

from __future__ import annotations

from dataclasses import replace

from glance.domain.profiles.alignment import aligned
from glance.domain.profiles.merge import merge
from glance.domain.profiles.parts import LabelSet
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.scale import normalized, scaled

BASE_KEY, BASE_VALUE = "pprof::base", "true"
"""The label of samples that are the base of a difference."""


def difference(profile: Profile, base: Profile, *, is_marked: bool = True, is_normalized: bool = False) -> Profile:
    """What was added to a base.

    Args:
        profile: what is looked at.
        base: what is taken away from it.
        is_marked: as `-diff_base`: samples of the base stay apart, under a label, and percentages are of
            them; else as `-base`: equal stacks are taken from each other.
        is_normalized: first scale the profile to the size of the base.

    Raises:
        ProfileError: they count different things.
    """
    if is_marked:
        base = with_label(base, BASE_KEY, (BASE_VALUE,))
    if is_normalized:
        profile = normalized(profile, base)
    return merge(aligned([profile, scaled(base, -1)]))


def with_label(profile: Profile, key: str, values: tuple[str, ...]) -> Profile:
    """Every sample with this label, and no other values of this key."""
    label_sets = tuple(
        LabelSet({**each.labels, key: values}, each.numbers, each.units) for each in profile.tables.label_sets
    )
    return replace(profile, tables=replace(profile.tables, label_sets=label_sets))


def without_label(profile: Profile, key: str) -> Profile:
    """No sample with this label."""
    label_sets = tuple(
        LabelSet({name: texts for name, texts in each.labels.items() if name != key}, each.numbers, each.units)
        for each in profile.tables.label_sets
    )
    return replace(profile, tables=replace(profile.tables, label_sets=label_sets))
