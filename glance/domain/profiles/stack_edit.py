"""Take lines from locations, and frames from stacks: the steps of which filters are made."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from glance.domain.profiles.parts import text_of
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.tables import Flags, Ints, starts_of


class Names:
    """Which lines and locations of a profile a pattern finds; each name is tried once."""

    def __init__(self, profile: Profile) -> None:
        """Of this profile."""
        self.tables = profile.tables
        self.owners = line_owners(profile)
        """The location of each line."""

    def lines(self, pattern: re.Pattern[str]) -> Flags:
        """The lines whose function has a name or a file that matches."""
        functions = self.tables.functions
        found = self._strings(functions.names, pattern.search) | self._strings(functions.filenames, pattern.search)
        return self._of_functions(found)

    def by_short_name(self, test: Callable[[str], object]) -> Flags:
        """The lines whose function has a name of which this is true, without its arguments."""
        found = self._strings(self.tables.functions.names, lambda name: bool(name) and test(simplified(name)))
        return self._of_functions(found)

    def mappings(self, pattern: re.Pattern[str]) -> Flags:
        """The locations that lie in a file whose name matches."""
        matches = [pattern.search(each.file) is not None for each in self.tables.mappings]
        return np.array([*matches, False], dtype=np.bool_)[self.tables.locations.mappings]

    def locations(self, pattern: re.Pattern[str]) -> Flags:
        """The locations of which a line or the mapping matches."""
        return self.with_any(self.lines(pattern)) | self.mappings(pattern)

    def with_any(self, lines: Flags) -> Flags:
        """The locations that have one of these lines."""
        return np.bincount(self.owners[lines], minlength=len(self.tables.locations)) > 0

    def _strings(self, rows: Ints, test: Callable[[str], object]) -> Flags:
        used, inverse = np.unique(rows, return_inverse=True)
        strings = self.tables.strings
        found = np.array([bool(test(text_of(strings[row]))) for row in used.tolist()], dtype=np.bool_)
        return found[inverse] if len(rows) else np.zeros(0, dtype=np.bool_)

    def _of_functions(self, found: Flags) -> Flags:
        return np.append(found, False)[self.tables.locations.line_functions]


def simplified(name: str) -> str:
    """A function without its arguments, and without the dot that some linkers put before it."""
    name = name.removeprefix(".")
    for found in re.finditer(r"\(anonymous namespace\)|operator\(\)|\(", name):
        if found.group() == "(":
            return name[: found.start()]
    return name


def line_owners(profile: Profile) -> Ints:
    """The location of each line."""
    locations = profile.tables.locations
    return np.repeat(np.arange(len(locations), dtype=np.int64), np.diff(locations.line_starts))


def with_lines(profile: Profile, kept: Flags) -> Profile:
    """Only the lines that are marked."""
    if kept.all():
        return profile
    locations = profile.tables.locations
    counts = np.bincount(line_owners(profile)[kept], minlength=len(locations))
    left = replace(
        locations,
        line_starts=starts_of(counts),
        line_functions=locations.line_functions[kept],
        line_numbers=locations.line_numbers[kept],
        line_columns=locations.line_columns[kept],
    )
    return replace(profile, tables=replace(profile.tables, locations=left))


def sample_owners(profile: Profile) -> Ints:
    """The sample of each frame of all stacks."""
    samples = profile.tables.samples
    return np.repeat(np.arange(len(samples), dtype=np.int64), np.diff(samples.stack_starts))


def with_frames(profile: Profile, kept: Flags) -> Profile:
    """Only the frames of stacks that are marked; samples stay, even when nothing is left of their stack."""
    if kept.all():
        return profile
    samples = profile.tables.samples
    counts = np.bincount(sample_owners(profile)[kept], minlength=len(samples))
    left = replace(samples, stack_starts=starts_of(counts), stack=samples.stack[kept])
    return replace(profile, tables=profile.tables.with_samples(left))


def first_of(marked: Flags, owners: Ints, count: int) -> Ints:
    """For each owner the first place that is marked, or the number of all places."""
    found = np.full(count, len(marked), dtype=np.int64)
    places = np.flatnonzero(marked)[::-1]
    found[owners[places]] = places
    return found


def last_of(marked: Flags, owners: Ints, count: int) -> Ints:
    """For each owner the last place that is marked, or -1."""
    found = np.full(count, -1, dtype=np.int64)
    places = np.flatnonzero(marked)
    found[owners[places]] = places
    return found


def any_of(marked: Flags, owners: Ints, count: int) -> Flags:
    """For each owner whether some place of it is marked."""
    return np.bincount(owners[marked], minlength=count) > 0
