"""The stacks of a profile as rules look at them: which frame is whose, and which own function each sample falls to.

A sample falls to the innermost function of one's own: seen from the leaf, the first one that its owner can change.
With a trigger in the stack it falls to the own function next above the outermost frame that pulls it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from glance.domain.profiles.growth import events_per_unit
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.suspect_owner import FrameName, frame_name, is_own
from glance.domain.profiles.suspect_trigger import REQUEST, REQUEST_FILE, STARTING
from glance.domain.profiles.tables import Flags, Ints, runs_of, starts_of
from glance.domain.profiles.value_choice import exact_sum, total

ROUTE_LABELS = ("http.route", "route", "http_route", "path", "http.path", "url_path", "handler", "endpoint")
"""Labels by which programs say which route a sample belongs to, the surest first."""
NOBODY = FrameName("", "", 0)


@dataclass(frozen=True, slots=True)
class Share:
    """What falls to one own function."""

    identity: str
    """Equal for the same function in another profile."""
    function: str
    callee: str
    """The heaviest of what it calls there; empty where it is the leaf itself."""
    value: int
    count: int
    """By the first type of the profile: samples, waits, objects."""
    file: str
    line: int
    """The heaviest line of it; 0 where nobody knows."""
    request_value: int
    """Of the value, what falls into a request."""
    rows: Ints
    """The samples."""


class Stacks:
    """One profile, looked at by one of its values."""

    def __init__(self, profile: Profile, index: int) -> None:
        """Take the stacks apart.

        Args:
            profile: the samples.
            index: the column of the value.
        """
        tables = profile.tables
        self.profile, self.index = profile, index
        self.values: Ints = profile.values[:, index]
        self.counts: Ints = profile.values[:, 0]
        self.total = total(profile, index)
        self.per_unit = events_per_unit(profile, index)
        strings = profile.strings
        pairs = zip(tables.functions.names.tolist(), tables.functions.filenames.tolist(), strict=True)
        self.names = [*(frame_name(strings[name], strings[file]) for name, file in pairs), NOBODY]
        numbers: dict[str, int] = {}
        self.keys: Ints = np.array([numbers.setdefault(one.identity, len(numbers)) for one in self.names])
        """Of each row of `names` which function it is: several rows may be of one."""
        self.texts = {number: identity.partition("\0")[0] for identity, number in numbers.items()}
        line_starts = tables.locations.line_starts
        lines = runs_of(line_starts, tables.samples.stack)
        self.starts: Ints = starts_of(np.diff(line_starts)[tables.samples.stack])[tables.samples.stack_starts]
        """Of each sample, where its frames begin, the leaf first."""
        self.functions: Ints = tables.locations.line_functions[lines] % len(self.names)
        """Of each frame the row of `names`; nobody's is the last one."""
        told = np.array([one.line for one in self.names], dtype=np.int64)[self.functions]
        self.lines: Ints = np.where(told > 0, told, tables.locations.line_numbers[lines])
        self.owners: Ints = np.repeat(np.arange(len(profile), dtype=np.int64), np.diff(self.starts))

    @cached_property
    def own(self) -> Flags:
        """The frames that are one's own."""
        return self.marked(is_own)

    def marked(self, test: Callable[[FrameName], object]) -> Flags:
        """The frames of which this is true; asked once for each function."""
        found = np.array([bool(test(one)) for one in self.names], dtype=np.bool_)
        found[-1] = False
        return found[self.functions]

    def having(self, marks: Flags) -> Flags:
        """The samples that have such a frame."""
        found = np.zeros(len(self.values), dtype=np.bool_)
        found[self.owners[marks]] = True
        return found

    @cached_property
    def in_request(self) -> Flags:
        """The samples that were taken while a request was answered."""
        found = self.having(
            self.marked(lambda one: REQUEST.match(one.function) or (one.file and REQUEST_FILE.search(one.file)))
        )
        label_sets = self.profile.tables.label_sets
        routed = np.array([any(key in each.labels for key in ROUTE_LABELS) for each in label_sets], dtype=np.bool_)
        is_routed: Flags = found | routed[self.profile.tables.samples.label_sets]
        return is_routed

    @cached_property
    def starting(self) -> Flags:
        """The frames of a program at its start."""
        return self.marked(lambda one: STARTING.match(one.function))

    @cached_property
    def at_start(self) -> Flags:
        """The samples of a Go program before its main function."""
        return self.having(self.marked(lambda one: one.function.startswith(("runtime.doInit", "runtime.schedinit"))))

    @cached_property
    def next_own(self) -> Ints:
        """Of each frame, the next own one from it on towards the root; -1 for none. One more at the end."""
        size = len(self.functions)
        places = np.where(self.own, np.arange(size, dtype=np.int64), size)
        nearest = np.append(np.minimum.accumulate(places[::-1])[::-1], size)
        ends = np.append(self.starts[1:][self.owners], 0)
        return np.where(nearest < ends, nearest, -1)

    def outermost(self, marks: Flags) -> Ints:
        """Of each sample, its marked frame that is nearest to the root; -1 for none."""
        found = np.full(len(self.values), -1, dtype=np.int64)
        where = np.flatnonzero(marks)
        found[self.owners[where]] = where  # of equal owners the last one stays
        return found

    def holders_of(self, triggers: Ints) -> Ints:
        """Of each sample, the own frame next above its trigger; -1 for none."""
        above = triggers + 1
        is_inside = (triggers >= 0) & (above < self.starts[1:])
        return np.where(is_inside, self.next_own[np.where(is_inside, above, -1)], -1)

    def innermost(self) -> Ints:
        """Of each sample, its innermost own frame; -1 for none."""
        is_filled = np.diff(self.starts) > 0
        return np.where(is_filled, self.next_own[np.where(is_filled, self.starts[:-1], -1)], -1)

    def callees_of(self, holders: Ints) -> Ints:
        """Of each sample, what its holder calls; -1 for nothing."""
        return np.where(holders > self.starts[:-1], holders - 1, -1)

    def shares(self, holders: Ints, callees: Ints) -> list[Share]:
        """What falls to each function, the largest first.

        Args:
            holders: of each sample the frame it falls to, -1 for none.
            callees: of each sample the frame that is named with it, -1 for none.
        """
        rows = np.flatnonzero((holders >= 0) & (self.values > 0))
        keys = self.keys[self.functions[holders[rows]]]
        order = np.argsort(keys, kind="stable")
        rows, keys = rows[order], keys[order]
        borders = np.flatnonzero(np.diff(keys)) + 1
        found = [self._share(part, holders, callees) for part in np.split(rows, borders) if len(part)]
        return sorted(found, key=lambda one: (-one.value, one.function))

    def _share(self, rows: Ints, holders: Ints, callees: Ints) -> Share:
        """That of one function."""
        values = self.values[rows]
        below = callees[rows]
        callee_keys = np.where(below >= 0, self.keys[self.functions[below]], -1)
        callee = heaviest(callee_keys, values)
        places = self.functions[holders[rows]] * (1 << 32) + self.lines[holders[rows]]
        function, line = divmod(heaviest(places, values), 1 << 32)
        name = self.names[function]
        requested = values[self.in_request[rows]]
        return Share(
            name.identity,
            name.function,
            self.texts[callee] if callee >= 0 else "",
            exact_sum(values),
            exact_sum(self.counts[rows]),
            name.file,
            line,
            exact_sum(requested),
            rows,
        )

    def events(self, value: int) -> float | None:
        """How many events a value stands for; None where nobody can tell."""
        return None if self.per_unit is None else value * self.per_unit


def heaviest(keys: Ints, values: Ints) -> int:
    """The key with the largest sum; of equal ones the first."""
    known, places = np.unique(keys, return_inverse=True)
    sums = np.bincount(places, weights=values.astype(np.float64), minlength=len(known))
    return int(known[int(sums.argmax())])


def by_function(shares: list[Share]) -> dict[str, Share]:
    """Each share by its function."""
    return {one.identity: one for one in shares}


def whole(stacks: Stacks) -> Iterator[Share]:
    """Every sample at its innermost own function."""
    holders = stacks.innermost()
    yield from stacks.shares(holders, stacks.callees_of(holders))
