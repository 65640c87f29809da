"""Writes exactly what a flame graph shows: the samples under its zoom, label and function, whatever the format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from glance.domain.profiles.flame_maker import FlameChoice, stacks_of
from glance.domain.profiles.flame_svg import SvgPalette, flame_svg
from glance.domain.profiles.folded_writer import folded
from glance.domain.profiles.merge import compact
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.proto_writer import written
from glance.domain.profiles.tables import Flags, Ints

FlameForm = Literal["svg", "folded", "pprof"]


@dataclass(frozen=True, slots=True)
class FlameShown:
    """What is on the screen."""

    profile: Profile
    choice: FlameChoice
    path: tuple[str, ...] = ()
    """What is zoomed into: names from below the root."""
    title: str = ""


def rows_shown(shown: FlameShown) -> Flags:
    """The samples that the graph is made of."""
    rows, frames, _ = stacks_of(shown.profile, shown.choice)
    rows = rows.copy()
    at: Ints = frames.starts[1:] - 1
    for name in shown.path:
        wanted = frames.names.index(name) if name in frames.names else -1
        is_there = at >= frames.starts[:-1]
        is_named = np.zeros(len(at), dtype=np.bool_)
        is_named[is_there] = frames.frames[at[is_there]] == wanted
        rows &= is_named
        at = at - 1
    return rows


def profile_shown(shown: FlameShown) -> Profile:
    """The samples that the graph is made of, as a profile of their own, with whole stacks and all values."""
    return compact(shown.profile.kept(rows_shown(shown)))


def exported(shown: FlameShown, form: FlameForm, palette: SvgPalette) -> bytes:
    """What is shown, as a file.

    Args:
        shown: what that is.
        form: the format.
        palette: colours of the picture.
    """
    profile = profile_shown(shown)
    if form == "pprof":
        return written(profile)
    if form == "folded":
        return folded(profile, shown.choice.index)
    return flame_svg(profile, shown.choice.index, palette, title=shown.title)
