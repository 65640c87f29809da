"""Cut stacks at a frame: prune_from, and the frames that a profile itself says are of no interest."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from glance.domain.profiles.pattern import compiled, is_harmless
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.stack_edit import Names, first_of, last_of, sample_owners, with_frames, with_lines

Pattern = re.Pattern[str]


def pruned(profile: Profile, drop: Pattern, keep: Pattern | None = None) -> Profile:
    """Without the frames that match and all below them, seen from the root.

    Nothing is cut before the first frame that does not match, so that something is left of every stack.

    Args:
        profile: what to cut.
        drop: names of functions, without their arguments.
        keep: names that stay though they match.
    """
    names = Names(profile)
    count = len(profile.tables.locations)
    lines = names.by_short_name(lambda name: drop.search(name) and not (keep and keep.search(name)))
    outermost = last_of(lines, names.owners, count)
    is_cut = outermost >= 0
    ends = profile.tables.locations.line_starts[1:] - 1
    is_dropped = is_cut & (outermost == ends)
    stays = (~is_cut | is_dropped)[names.owners] | (np.arange(len(lines)) > outermost[names.owners])
    found = with_lines(profile, stays)
    stack, owners = profile.tables.samples.stack, sample_owners(profile)
    user = last_of(~is_cut[stack], owners, len(profile))
    places = np.arange(len(stack))
    cut = last_of(is_cut[stack] & (places < user[owners]), owners, len(profile))
    first = np.where(cut >= 0, cut + is_dropped[stack[cut]] if len(stack) else cut, 0)
    return with_frames(found, places >= first[owners])


def pruned_from(profile: Profile, pattern: Pattern) -> Profile:
    """Without all that lies below the lowest frame that matches."""
    names = Names(profile)
    count = len(profile.tables.locations)
    lines = names.by_short_name(pattern.search)
    innermost = first_of(lines, names.owners, count)
    is_cut = innermost < len(lines)
    stays = ~is_cut[names.owners] | (np.arange(len(lines)) >= innermost[names.owners])
    found = with_lines(profile, stays)
    stack, owners = profile.tables.samples.stack, sample_owners(profile)
    cut = first_of(is_cut[stack], owners, len(profile))
    first = np.where(cut < len(stack), cut, 0)
    return with_frames(found, np.arange(len(stack)) >= first[owners])


def without_uninteresting(profile: Profile) -> tuple[Profile, str]:
    """Without the frames that the profile says to drop; and why not, where that cannot be done."""
    if not profile.drop_frames:
        return profile, ""
    strings = profile.strings
    names = [strings[row] for row in np.unique(profile.tables.functions.names).tolist()]
    if not (is_harmless(profile.drop_frames, names) and is_harmless(profile.keep_frames, names)):
        return profile, "its drop_frames are not applied: they could take for ever"
    try:
        drop = compiled(f"^({profile.drop_frames})$", "drop_frames")
        keep = compiled(f"^({profile.keep_frames})$", "keep_frames") if profile.keep_frames else None
    except ProfileError as error:
        return profile, f"its drop_frames are not applied: {error.why}"
    return pruned(profile, drop, keep), ""


def with_all_frames(profile: Profile) -> Profile:
    """A profile that says of no frames to drop them."""
    return replace(profile, drop_frames="", keep_frames="")
