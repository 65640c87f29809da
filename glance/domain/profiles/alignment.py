"""Make profiles fit each other as the command line of pprof does, which is more lenient than its library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from glance.domain.profiles.measurement import converted, finest
from glance.domain.profiles.parts import Mapping
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.scale import scaled_each


def aligned(profiles: Sequence[Profile]) -> list[Profile]:
    """Profiles as `go tool pprof A B` makes them fit before it merges them.

    Only the sample types that all have stay, by name and in the order of the first; and units that can
    be turned into each other become the finest of them.

    Raises:
        ProfileError: they have no type in common, or units that do not fit.
    """
    if not profiles:
        return []
    counts = [[each.type for each in profile.sample_types] for profile in profiles]
    common = [name for name in counts[0] if sum(types.count(name) for types in counts) == len(profiles)]
    if not common:
        raise ProfileError("profiles have empty common sample type list", what="cannot merge the profiles")
    alike = [with_types(profile, common) for profile in profiles]
    if len(alike) == 1:
        return alike
    period_type = finest([each.period_type for each in alike])
    types = [finest(column) for column in zip(*(each.sample_types for each in alike), strict=True)]
    found: list[Profile] = []
    for each in alike:
        period = int(converted(each.period, each.period_type.unit, period_type.unit)[0])
        ratios = [converted(1, old.unit, new.unit)[0] for old, new in zip(each.sample_types, types, strict=True)]
        fitting = scaled_each(each, ratios)
        found.append(
            replace(
                fitting,
                sample_types=tuple(
                    replace(old, unit=new.unit) for old, new in zip(each.sample_types, types, strict=True)
                ),
                period_type=replace(each.period_type, unit=period_type.unit),
                period=period,
            )
        )
    return found


def with_types(profile: Profile, names: Sequence[str]) -> Profile:
    """Only the sample types of these names, in this order.

    Raises:
        ProfileError: one is missing.
    """
    types = [each.type for each in profile.sample_types]
    if types == list(names):
        return profile
    missing = [name for name in names if name not in types]
    if missing:
        raise ProfileError(f"{missing[0]} sample type is not found in profile")
    columns = [types.index(name) for name in names]
    default = profile.default_sample_type if profile.default_sample_type in names else names[0]
    kept = replace(
        profile, sample_types=tuple(profile.sample_types[column] for column in columns), default_sample_type=default
    )
    return kept.with_values(profile.values[:, columns])


def with_a_mapping(profile: Profile) -> Profile:
    """A profile without mappings gets one of nothing, in which all its locations lie.

    The command line of pprof does so to each profile before it merges, so what it writes has it too.
    """
    tables = profile.tables
    if tables.mappings:
        return profile
    locations = replace(tables.locations, mappings=np.zeros_like(tables.locations.mappings))
    return replace(profile, tables=replace(tables, mappings=(Mapping(id=1),), locations=locations))
