"""The samples of one route, where samples say which route they belong to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from glance.domain.profiles.profile import Profile
from glance.domain.profiles.route_cost import label_for
from glance.domain.profiles.route_pattern import RoutePattern
from glance.domain.profiles.suspect_stacks import ROUTE_LABELS


@dataclass(frozen=True, slots=True)
class RouteLabel:
    """What samples of a route say."""

    key: str
    """The label; empty when no sample has one of a route."""
    value: str
    """Empty when none of them is of this route."""


def route_label(profile: Profile, route: str) -> RouteLabel:
    """The label of a route in a profile.

    Args:
        profile: the samples.
        route: a route or a path, as the log has it.
    """
    used = set(np.unique(profile.tables.samples.label_sets).tolist())
    labels = [each.labels for row, each in enumerate(profile.tables.label_sets) if row in used]
    key = next((name for name in ROUTE_LABELS if any(name in each for each in labels)), "")
    values = {value for each in labels for value in each.get(key, ()) if value}
    patterns = {value: RoutePattern.of(value) for value in values}
    return RouteLabel(key, label_for(RoutePattern.of(route), patterns) or "")


def of_route(profile: Profile, route: str) -> tuple[Profile, RouteLabel]:
    """The samples of a route; all of them where none says which route it is of.

    Args:
        profile: the samples.
        route: a route or a path, as the log has it; empty is all.
    """
    if not route:
        return profile, RouteLabel("", "")
    found = route_label(profile, route)
    if not found.key:
        return profile, found
    return with_route(profile, found), found


def with_route(profile: Profile, label: RouteLabel) -> Profile:
    """The samples with the label of a route; none where its value is empty."""
    sets = profile.tables.label_sets
    is_it = np.array([label.value != "" and label.value in each.labels.get(label.key, ()) for each in sets], np.bool_)
    return profile.kept(is_it[profile.tables.samples.label_sets])
