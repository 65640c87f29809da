"""Stacks of one target over the polls of a window: every poll is taken apart once, in the thread that keeps polls."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from glance.domain.profiles.goroutine_groups import Groups, goroutines_of, groups_of
from glance.domain.profiles.goroutines import Goroutines
from glance.domain.profiles.growth import events_per_unit
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.proto import read
from glance.domain.profiles.stack_book import StackBook, StackCounts
from glance.domain.profiles.stack_listing import StackMoment, StackTable, listed
from glance.domain.profiles.value_choice import value_index
from glance.pipeline.frozen_stacks import Frozen
from glance.pipeline.poll_keeper import POLL_LIMITS, RESTARTED
from glance.store.profile_table import KeptPoll, ProfileTable

MOST_POLLS = 120
"""Of one window that are looked at: of more, the first of each stretch, and the newest."""
MOST_BYTES = 12 << 20
"""Likewise, packed."""
MOST_STACKS = 300_000
"""Of one book: beyond, it is begun anew."""
NO_TABLE = StackTable((), 0, ())


@dataclass(frozen=True, slots=True)
class Dump:
    """What a program said of its goroutines."""

    at: float
    goroutines: Goroutines


@dataclass(frozen=True, slots=True)
class StackQuestion:
    """What is wanted."""

    kind: str
    """`goroutine` or `allocs`."""
    target: str
    start: float
    end: float
    is_by_function: bool = False
    dump: Dump | None = None
    """The newest."""
    first_dump: Dump | None = None
    """The first, where it is another one."""


@dataclass(frozen=True, slots=True)
class StackFigures:
    """What was found."""

    target: str = ""
    targets: tuple[str, ...] = ()
    table: StackTable = NO_TABLE
    moments: tuple[float, ...] = ()
    polls: int = 0
    ends: tuple[int, int] = (0, 0)
    """Numbers of the first and the newest poll that were looked at."""
    since: float | None = None
    mistake: str = ""


@dataclass(slots=True)
class StackHistory:
    """Counts of polls, remembered by their numbers while the page is open."""

    book: StackBook = field(default_factory=StackBook)
    _about: tuple[str, str, bool] = ("", "", False)
    _known: dict[int, StackCounts] = field(default_factory=dict)
    _per_unit: float | None = 1.0

    def figures(self, table: ProfileTable, question: StackQuestion) -> StackFigures:
        """What is kept of the stacks of a window.

        Raises:
            StoreError: it cannot be read.
        """
        kept = [one for one in table.targets() if one.kind == question.kind]
        names = tuple(dict.fromkeys(one.target for one in kept))
        target = question.target or (names[0] if names else "")
        heads = table.heads(question.start, question.end, target=target, kind=question.kind) if target else []
        since = restarted_at(table, question, target)
        if since is not None:
            heads = [head for head in heads if head.end >= since] or heads[-1:]
        ends = (heads[0].number, heads[-1].number) if heads else (0, 0)
        found = StackFigures(target, names, polls=len(heads), ends=ends, since=since)
        if not heads and question.dump is None:
            return found
        self._begin(question, target)
        try:
            moments = self._moments(table, spread(heads))
        except ProfileError as error:
            return replace(found, mistake=": ".join(filter(None, (error.what, error.why))))
        return told(found, self.book, moments, question, self._per_unit)

    def _begin(self, question: StackQuestion, target: str) -> None:
        about = (question.kind, target, question.is_by_function)
        if about != self._about or len(self.book.stacks) > MOST_STACKS:
            self._about = about
            self.book = StackBook(question.kind == "goroutine", question.is_by_function)
            self._known = {}

    def _moments(self, table: ProfileTable, heads: Sequence[KeptPoll]) -> list[StackMoment]:
        """The counts of these polls, and of no others from now on."""
        found: dict[int, StackCounts] = {}
        moments = []
        for head in heads:
            counts = self._known.get(head.number)
            if counts is None:
                data = table.data(head.number)
                if data is None:
                    continue
                profile = read(data, limits=POLL_LIMITS)
                counts = self.book.counts(profile, columns_of(profile, self._about[0]))
                self._per_unit = per_unit_of(profile, self._about[0])
            found[head.number] = counts
            moments.append(StackMoment(head.end, counts))
        self._known = found
        return moments


def of_files(profiles: Sequence[tuple[float, Profile]], question: StackQuestion, name: str) -> StackFigures:
    """The stacks of profiles out of files, as if they were polls; a dump among them tells states."""
    book = StackBook(question.kind == "goroutine", question.is_by_function)
    fitting = [one for one in profiles if is_of(one[1], question.kind)]
    if not fitting:
        return StackFigures(name, (name,))
    times = [at for at, _ in fitting]
    if len(set(times)) == len(times) and all(times):
        fitting.sort(key=lambda one: one[0])
    moments = [StackMoment(at, book.counts(profile, columns_of(profile, question.kind))) for at, profile in fitting]
    goroutines = goroutines_of(fitting[-1][1]) if question.kind == "goroutine" else None
    groups = groups_of(book, goroutines) if goroutines is not None else None
    table = listed(book, moments, groups=groups, per_unit=per_unit_of(fitting[-1][1], question.kind))
    return StackFigures(name, (name,), table, tuple(one.at for one in moments), len(moments))


def of_snapshot(frozen: Frozen, question: StackQuestion) -> StackFigures:
    """The stacks that a snapshot has of a program: of the one that is asked for, or of the first that has some."""
    fitting = {
        name: [(one.at, one.profile) for one in stacks if is_of(one.profile, question.kind)]
        for name, stacks in frozen.items()
    }
    names = tuple(name for name, stacks in fitting.items() if stacks)
    name = question.target or next(iter(names), "")
    try:
        found = of_files(fitting.get(name, []), question, name)
    except ProfileError as error:
        return StackFigures(name, names, mistake=": ".join(filter(None, (error.what, error.why))))
    return replace(found, targets=names)


def told(
    found: StackFigures, book: StackBook, moments: list[StackMoment], question: StackQuestion, per_unit: float | None
) -> StackFigures:
    """The rows of these moments, with what the program said of its goroutines."""
    groups: Groups | None = None
    before: Groups | None = None
    if question.dump is not None:
        groups = groups_of(book, question.dump.goroutines)
        if question.first_dump is not None:
            before = groups_of(book, question.first_dump.goroutines)
        if not moments or moments[-1].at < question.dump.at:
            moments = [*moments, StackMoment(question.dump.at, counted(groups))]
    if not moments:
        return found
    table = listed(book, moments, groups=groups, before=before, per_unit=per_unit)
    return replace(found, table=table, moments=tuple(moment.at for moment in moments))


def counted(groups: Groups) -> StackCounts:
    """How many goroutines have each stack."""
    sizes = [len(members) for members in groups.values()]
    return StackCounts(np.array(list(groups), dtype=np.int64), np.array(sizes, dtype=np.int64).reshape(-1, 1))


def restarted_at(table: ProfileTable, question: StackQuestion, target: str) -> float | None:
    """When the program was started anew within the window, as its profiles of memory tell; None where it was not."""
    heads = table.heads(question.start, question.end, target=target, kind="allocs") if target else []
    return max((head.end for head in heads if head.note == RESTARTED), default=None)


def spread(heads: Sequence[KeptPoll]) -> list[KeptPoll]:
    """The first and the newest poll, and of those between as many as may be looked at.

    It is the first of each stretch of time, and stretches stay where they are while the window moves on, so
    that what was chosen once is chosen again.
    """
    if len(heads) < 3:
        return list(heads)
    size = max(1, sum(head.size_bytes for head in heads))
    most = max(2, min(MOST_POLLS, len(heads) * MOST_BYTES // size))
    if len(heads) <= most:
        return list(heads)
    seconds = 2.0 ** math.ceil(math.log2(max(1.0, (heads[-1].end - heads[0].end) / max(1, most - 2))))
    found, slot = [heads[0]], math.floor(heads[0].end / seconds)
    for head in heads[1:-1]:
        if math.floor(head.end / seconds) != slot:
            slot = math.floor(head.end / seconds)
            found.append(head)
    return [*found, heads[-1]]


def is_of(profile: Profile, kind: str) -> bool:
    """It tells of goroutines, or of memory in use."""
    types = {each.type for each in profile.sample_types}
    return bool(types & {"goroutine", "goroutines"}) if kind == "goroutine" else "inuse_space" in types


def columns_of(profile: Profile, kind: str) -> list[int]:
    """Goroutines; or objects and bytes in use.

    Raises:
        ProfileError: it does not tell.
    """
    if kind == "goroutine":
        return [0]
    return [value_index(profile, "inuse_objects"), value_index(profile, "inuse_space")]


def per_unit_of(profile: Profile, kind: str) -> float | None:
    """Events that one unit of the last column stands for."""
    return 1.0 if kind == "goroutine" else events_per_unit(profile, columns_of(profile, kind)[-1])
