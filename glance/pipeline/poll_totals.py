"""What single polls counted, remembered by their numbers: the line of polls is drawn of it."""

from __future__ import annotations

from collections.abc import Sequence

from glance.domain.profiles.limits import Limits
from glance.domain.profiles.poll_line import PollLine, PollStep
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.proto import read_all
from glance.domain.profiles.value_choice import exact_sum
from glance.store.profile_table import KeptPoll, ProfileTable

MOST_KNOWN = 20_000
"""Polls that are remembered, at most."""

MOST_STEPS = 2000
"""Of one line; of more, the newest."""

MOST_READ_BYTES = 4 << 20
"""Packed, that are read for a line at once: what is older has no value until it was joined."""

BACK_POLLS = 200
"""Polls before an empty stretch among which one with samples is looked for."""

Known = tuple[float, tuple[tuple[str, int], ...], int]
"""Seconds, what was counted of each type, samples."""


class PollTotals:
    """Used in the thread that keeps polls."""

    def __init__(self, limits: Limits) -> None:
        """Know nothing.

        Args:
            limits: of what is read.
        """
        self._limits = limits
        self._known: dict[int, Known] = {}

    def learn(self, heads: Sequence[KeptPoll], profiles: Sequence[Profile]) -> None:
        """Remember these, where each poll has its profile."""
        if len(heads) != len(profiles):
            return
        for head, profile in zip(heads, profiles, strict=True):
            if head.number not in self._known:
                self._known[head.number] = known_of(profile)
        while len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]

    def line(self, table: ProfileTable, about: tuple[str, str], start: float, end: float) -> PollLine:
        """The line of a target and kind.

        Args:
            table: where polls are kept.
            about: target and kind.
            start: polls that end after it, epoch seconds.
            end: polls that begin before it.
        """
        target, kind = about
        heads = table.heads(start, end, target=target, kind=kind, most=MOST_STEPS)
        self._read(table, heads)
        steps = tuple(self._step(head) for head in heads)
        line = PollLine(target, kind, start, end, steps)
        if line.has_samples:
            return line
        return PollLine(target, kind, start, end, steps, before=self._before(table, about, start))

    def _before(self, table: ProfileTable, about: tuple[str, str], start: float) -> PollStep | None:
        """The last poll with samples before a moment."""
        heads = table.heads(end=start, target=about[0], kind=about[1], most=BACK_POLLS)
        for head in reversed(heads):
            self._read(table, [head])
            step = self._step(head)
            if step.samples:
                return step
        return None

    def _read(self, table: ProfileTable, heads: Sequence[KeptPoll]) -> None:
        """Get to know the newest of those that are not known."""
        size = 0
        wanted: list[KeptPoll] = []
        for head in reversed(heads):
            if head.number in self._known:
                continue
            size += head.size_bytes
            if wanted and size > MOST_READ_BYTES:
                break
            wanted.append(head)
        if not wanted:
            return
        try:
            self.learn(wanted, read_all(table.datas(wanted), limits=self._limits))
        except ProfileError:  # one of them is broken: the others tell by themselves
            for head in wanted:
                self.learn([head], readable(table.datas([head]), self._limits))

    def _step(self, head: KeptPoll) -> PollStep:
        known = self._known.get(head.number)
        if known is None:
            return PollStep(head.number, head.start, head.end, note=head.note)
        return PollStep(head.number, head.start, head.end, *known, head.note)


def readable(datas: Sequence[bytes], limits: Limits) -> list[Profile]:
    """Profiles, or none where one cannot be read."""
    try:
        return read_all(datas, limits=limits)
    except ProfileError:
        return []


def known_of(profile: Profile) -> Known:
    """What is remembered of a poll."""
    totals = tuple(
        (each.type, exact_sum(profile.values[:, column])) for column, each in enumerate(profile.sample_types)
    )
    return profile.duration_nanos / 1e9, totals, len(profile)
