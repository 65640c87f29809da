"""Labels as frames: tagroot and tagleaf, as pprof has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from glance.domain.profiles.measurement import label
from glance.domain.profiles.parts import Function, Line, Location, Sample
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.table_maker import tables_of


def with_tag_frames(
    profile: Profile, roots: Sequence[str], leaves: Sequence[str], unit: str
) -> tuple[Profile, bool, bool]:
    """Every stack with frames for these labels, and whether there were any of either.

    Args:
        profile: what to change.
        roots: labels above the root, the first one on top.
        leaves: labels below the leaf, the last one at the bottom.
        unit: in which numbers are shown.
    """
    if not roots and not leaves:
        return profile, False, False
    made: dict[tuple[str, str], Location] = {}
    next_id = max((each.id for each in profile.locations), default=0) + 1
    next_function = max((each.id for each in profile.functions), default=0) + 1
    found = {"root": False, "leaf": False}

    def frames(sample: Sample, keys: Sequence[str], kind: str) -> list[Location]:
        locations = []
        for key in reversed(keys):
            values = label_values(sample, key, unit)
            found[kind] |= bool(values)
            name = ",".join(values)
            if (name, key) not in made:
                number = len(made)
                function = Function(name, filename=key, id=next_function + number)
                made[name, key] = Location(lines=(Line(function),), id=next_id + number)
            locations.append(made[name, key])
        return locations

    samples = [
        replace(each, locations=(*frames(each, leaves, "leaf"), *each.locations, *frames(each, roots, "root")))
        for each in profile.samples
    ]
    parts = (profile.mappings, profile.locations, profile.functions)
    changed = replace(profile, tables=tables_of(samples, len(profile.sample_types), *parts))
    return changed, found["root"], found["leaf"]


def label_values(sample: Sample, key: str, unit: str) -> list[str]:
    """All values of a label, numbers in this unit."""
    units = sample.units.get(key, ())
    numbers = [
        label(value, units[place], unit) if units else label(value, "", "")
        for place, value in enumerate(sample.numbers.get(key, ()))
    ]
    return [*sample.labels.get(key, ()), *numbers]
