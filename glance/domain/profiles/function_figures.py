"""What a profile comes to in a report: its value, its total, and its functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from glance.domain.profiles.call_tree import FunctionCount, function_counts
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.value_choice import total, value_index


@dataclass(frozen=True, slots=True)
class FunctionFigures:
    """One profile in a report."""

    path: str
    format: str
    """In words: `pprof`, `folded stacks` …"""
    type: str
    unit: str
    total: int
    samples: int
    """Stacks that differ."""
    functions: int
    """That count for anything."""
    duration_nanos: int
    rows: tuple[FunctionCount, ...]
    """The first of them, the largest flat value first."""
    damages: tuple[str, ...] = ()


def function_figures(
    path: str, profile: Profile, top: int, *, format_words: str = "pprof", damages: Sequence[str] = ()
) -> FunctionFigures:
    """What is told of a profile, by the value that it shows first.

    Args:
        path: where it was read.
        profile: the profile.
        top: functions that are told at most.
        format_words: its format.
        damages: what was wrong with it.

    Raises:
        ProfileError: it counts nothing.
    """
    index = value_index(profile)
    kind = profile.sample_types[index]
    counts = [one for one in function_counts(profile, index) if one.flat or one.cum]
    counts.sort(key=lambda one: (-abs(one.flat), -abs(one.cum), one.name))
    return FunctionFigures(
        path, format_words, kind.type, kind.unit, total(profile, index), len(profile), len(counts),
        profile.duration_nanos, tuple(counts[:top]), tuple(damages),
    )  # fmt: skip
