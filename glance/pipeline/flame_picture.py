"""Makes what the page of profiles draws: the tree of one profile, or of the difference of two."""

from __future__ import annotations

from dataclasses import replace

from glance.domain.flame_board import FlamePicture, FlameWish
from glance.domain.profiles.diff import difference
from glance.domain.profiles.flame_counts import name_counts
from glance.domain.profiles.flame_maker import FlameChoice, Way, flame_tree, label_keys, labelled, values_of
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.route_samples import of_route, with_route
from glance.domain.profiles.value_choice import base_samples, exact_sum, value_index


def picture_of(
    wish: FlameWish, shown: tuple[str, Profile], before: tuple[str, Profile | None], taken: tuple[float, float]
) -> FlamePicture:
    """The picture that is wanted; may take long.

    Args:
        wish: what.
        shown: the profile by its name.
        before: what it is compared with, by its name; None is nothing.
        taken: when it was taken, epoch seconds, and how long that took.

    Raises:
        ProfileError: it has no such value, or the two count different things.
    """
    name, profile = shown
    base = before[1]
    route = wish.joint.route if wish.joint is not None else ""
    profile, label = of_route(profile, route)
    if base is not None and label.key:
        base = with_route(base, label)
    index = value_index(profile, wish.value)
    chosen = profile.sample_types[index]
    factor, base_total = 1.0, 0
    if base is not None:
        profile = difference(profile, base)
        index = value_index(profile, chosen.type)
        is_base = base_samples(profile)
        base_total = exact_sum(profile.values[is_base, index])
        total = exact_sum(profile.values[~is_base, index])
        if wish.is_normalized and total and base_total:
            factor = base_total / total
    else:
        total = exact_sum(profile.values[:, index])
    way: Way = "up" if wish.is_up and not wish.focus else "down"
    choice = FlameChoice(index, way, wish.focus, wish.group, wish.label, wish.is_folded, factor)
    callers = flame_tree(profile, replace(choice, way="up", group="")) if wish.focus else None
    chosen = profile.sample_types[index]
    labels = label_keys(profile)
    tree = flame_tree(profile, choice)
    return FlamePicture(
        wish,
        name,
        before[0],
        tree,
        callers,
        (chosen.type, chosen.unit),
        tuple((each.type, each.unit) for each in profile.sample_types),
        labels,
        total,
        base_total,
        factor,
        *taken,
        {key: values_of(profile, key) for key in labels},
        profile,
        (label.key, label.value),
        name_counts(tree),
    )


def samples_of(picture: FlamePicture) -> Profile | None:
    """The samples that a picture is of: not those of the base of a difference, and of a chosen label those alone."""
    profile, (key, value) = picture.profile, picture.wish.label
    if profile is None:
        return None
    rows = ~base_samples(profile)
    if key:
        rows &= labelled(profile, key, value)
    return profile if rows.all() else profile.kept(rows)
