"""Which of its values a profile is looked at by, and what they come to."""

from __future__ import annotations

import re

import numpy as np

from glance.domain.profiles.diff import BASE_KEY, BASE_VALUE
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.tables import Flags, Ints

SAFE = 2.0**62


def value_index(profile: Profile, wanted: str = "") -> int:
    """The column of a value.

    Args:
        profile: whose values.
        wanted: its name or number; `inuse_space` also finds `space`. Nothing means the default type of
            the profile, or else its last one.

    Raises:
        ProfileError: it has no such type, or none at all.
    """
    types = [each.type for each in profile.sample_types]
    if not types:
        raise ProfileError("the profile has no sample types")
    if not wanted:
        default = profile.default_sample_type
        return types.index(default) if default in types else len(types) - 1
    if re.fullmatch(r"[+-]?[0-9]{1,9}", wanted):
        if 0 <= int(wanted) < len(types):
            return int(wanted)
        raise ProfileError(f"sample_index {wanted} is outside the range [0..{len(types) - 1}]")
    for column, name in enumerate(types):
        if name in {wanted, wanted.removeprefix("inuse_")}:
            return column
    raise ProfileError(f'sample_index "{wanted}" must be one of: [{" ".join(types)}]')


def total(profile: Profile, index: int) -> int:
    """What percentages are of: all values without their signs; those of the base where that is marked."""
    values = profile.values[:, index]
    based = exact_sum(values[base_samples(profile)])
    return based if based > 0 else exact_sum(values)


def base_samples(profile: Profile) -> Flags:
    """The samples that are marked as the base of a difference."""
    is_base = [BASE_VALUE in each.labels.get(BASE_KEY, ()) for each in profile.tables.label_sets]
    return np.array(is_base, dtype=np.bool_)[profile.tables.samples.label_sets]


def exact_sum(values: Ints) -> int:
    """The sum of values without their signs, however large."""
    if not values.size:
        return 0
    if float(np.abs(values.astype(np.float64)).sum()) >= SAFE:
        return sum(map(abs, values.tolist()))
    return int(np.abs(values).sum())
