"""Filters by the names of frames: focus, ignore, hide, show and show_from, as pprof has them."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from glance.domain.profiles.profile import Profile
from glance.domain.profiles.stack_edit import (
    Names,
    any_of,
    last_of,
    line_owners,
    sample_owners,
    with_frames,
    with_lines,
)
from glance.domain.profiles.tables import Flags

Pattern = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Matches:
    """Which of the expressions matched anything; those that were not given did not."""

    focus: bool = False
    ignore: bool = False
    hide: bool = False
    show: bool = False


def filtered_by_name(
    profile: Profile,
    *,
    focus: Pattern | None = None,
    ignore: Pattern | None = None,
    hide: Pattern | None = None,
    show: Pattern | None = None,
) -> tuple[Profile, Matches]:
    """The samples with some frame in focus and none that is ignored, less hidden frames.

    Names of functions, of their files and of the mapping all count. Samples of which no frame is left are
    dropped, and with any expression also those that had none.

    Args:
        profile: what to filter.
        focus: one frame at least matches.
        ignore: no frame matches.
        hide: lines that are taken away.
        show: the only lines that stay; those without a function stay too.
    """
    if not (focus or ignore or hide or show):
        return profile, Matches(focus=True)
    names = Names(profile)
    count = len(profile.tables.locations)
    nothing, everything = np.zeros(count, dtype=np.bool_), np.ones(count, dtype=np.bool_)
    ignored = names.locations(ignore) if ignore else nothing
    focused = ~ignored & (names.locations(focus) if focus else everything)
    kept, hidden, hides, shows = shown_lines(names, hide, show)
    matches = Matches(bool(focused.any()), bool(ignored.any()), hides, shows)
    owners, samples = sample_owners(profile), len(profile)
    stack = profile.tables.samples.stack
    rows = any_of(focused[stack], owners, samples) & ~any_of(ignored[stack], owners, samples)
    found = with_lines(profile, kept)
    if not hidden.any():
        return found.kept(rows), matches
    left = ~hidden[stack]
    return with_frames(found, left).kept(rows & any_of(left, owners, samples)), matches


def shown_lines(names: Names, hide: Pattern | None, show: Pattern | None) -> tuple[Flags, Flags, bool, bool]:
    """Lines that stay, locations of which none does, and whether either expression found anything."""
    kept = np.ones(len(names.owners), dtype=np.bool_)
    hidden = np.zeros(len(names.tables.locations), dtype=np.bool_)
    hides = shows = False
    if hide:
        mapped, lines = names.mappings(hide), names.lines(hide)
        matched = mapped | names.with_any(lines)
        kept &= ~lines & ~mapped[names.owners]
        hidden |= matched & ~names.with_any(kept)
        hides = bool(matched.any())
    if show:
        is_function = names.tables.locations.line_functions >= 0
        kept &= names.lines(show) | ~is_function | names.mappings(show)[names.owners]
        left = names.with_any(kept)
        hidden |= ~left
        shows = bool(left.any())
    return kept, hidden, hides, shows


def shown_from(profile: Profile, pattern: Pattern) -> tuple[Profile, bool]:
    """What lies below the highest frame that matches, with it; samples without one are dropped."""
    names = Names(profile)
    count = len(profile.tables.locations)
    mapped, lines = names.mappings(pattern), names.lines(pattern)
    last = last_of(lines, names.owners, count)
    matched = mapped | (last >= 0)
    is_whole = mapped | (last < 0)
    owners = line_owners(profile)
    found = with_lines(profile, is_whole[owners] | (np.arange(len(owners)) <= last[owners]))
    stack_owners = sample_owners(profile)
    top = last_of(matched[profile.tables.samples.stack], stack_owners, len(profile))
    left = np.arange(len(stack_owners)) <= top[stack_owners]
    return with_frames(found, left).kept(top >= 0), bool(matched.any())
