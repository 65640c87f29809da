"""The polls of one target and kind along the time axis, as the page of profiles shows and chooses them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from glance.domain import units

FailureKind = Literal["busy", "failing", "down"]
"""`busy`: someone else was profiling. `down`: the target could not be reached."""

STATES = ("inuse_", "goroutine")
"""Values of these names say how much there is, and not how much there was within a poll."""

GAP = 2.5
"""Times the usual distance of two polls, from which on there is a gap between them."""


@dataclass(frozen=True, slots=True)
class PollStep:
    """One poll that is kept."""

    number: int
    """Under which it is kept: later ones are greater."""
    start: float
    """Epoch seconds."""
    end: float
    seconds: float = 0.0
    """That were profiled; 0 where nobody knows."""
    totals: tuple[tuple[str, int], ...] = ()
    """What was counted of each type of value; nothing where it was not read."""
    samples: int | None = None
    """None where it was not read."""
    note: str = ""

    def amount(self, kind: str) -> float | None:
        """What is drawn: a state as it is, all else by the second; None where nobody knows."""
        total = dict(self.totals).get(kind)
        if total is None or kind.startswith(STATES):
            return total
        seconds = self.seconds or self.end - self.start
        return total / seconds if seconds > 0 else float(total)


@dataclass(frozen=True, slots=True)
class PollFailure:
    """A poll that brought nothing."""

    at: float
    """Epoch seconds."""
    condition: FailureKind
    words: str = ""


@dataclass(frozen=True, slots=True)
class PollLine:
    """All polls of a stretch of time, oldest first."""

    target: str
    kind: str
    start: float
    """Epoch seconds."""
    end: float
    steps: tuple[PollStep, ...] = ()
    failures: tuple[PollFailure, ...] = ()
    before: PollStep | None = None
    """Where the stretch holds no samples: the last poll before it that has some."""

    @property
    def name(self) -> str:
        """Of the profile that they belong to."""
        return f"{self.target} {self.kind}"

    @property
    def has_samples(self) -> bool:
        """There is something to draw; a poll that was not read may have some."""
        return any(step.samples is None or step.samples for step in self.steps)

    @property
    def usual_seconds(self) -> float:
        """From one poll to the next, mostly."""
        apart = sorted(b.end - a.end for a, b in zip(self.steps, self.steps[1:], strict=False))
        return apart[len(apart) // 2] if apart else 0.0

    def places(self, numbers: Sequence[int]) -> list[int]:
        """Where polls stand in the line, those that still do."""
        wanted = frozenset(numbers)
        return [place for place, step in enumerate(self.steps) if step.number in wanted]

    def numbers(self, first: int, last: int) -> tuple[int, ...]:
        """The polls from one place to another, both included, in either order."""
        first, last = sorted((first, last))
        return tuple(step.number for step in self.steps[max(0, first) : last + 1])


def moved(line: PollLine, numbers: Sequence[int], step: int) -> tuple[int, ...]:
    """As many polls as are chosen, one later or earlier; of none the newest, or the oldest when going on from it."""
    places = line.places(numbers)
    if not line.steps:
        return ()
    if not places:
        place = len(line.steps) - 1
        return line.numbers(place, place)
    step = max(-places[0], min(step, len(line.steps) - 1 - places[-1]))
    return line.numbers(places[0] + step, places[-1] + step)


def stretched(line: PollLine, numbers: Sequence[int], more: int) -> tuple[int, ...]:
    """One poll more or fewer at the older end; at the newer one where there is none older. One stays at least."""
    places = line.places(numbers)
    if not places:
        return moved(line, numbers, 0)
    first, last = places[0], places[-1]
    if more > 0 and first == 0:
        last = min(last + more, len(line.steps) - 1)
    else:
        first = max(0, min(first - more, last))
    return line.numbers(first, last)


def polls_words(steps: Sequence[PollStep]) -> str:
    """How many, and of when: `5 polls 14:02:10–14:04:10`."""
    many = f"{len(steps):,} {'poll' if len(steps) == 1 else 'polls'}"
    if not steps:
        return many
    start, end = min(step.start for step in steps), max(step.end for step in steps)
    if units.moment(start)[:6] != units.moment(end)[:6]:
        return f"{many} {units.moment(start)}–{units.moment(end)}"
    begun, ended = units.clock(start), units.clock(end)
    return f"{many} {ended}" if begun == ended else f"{many} {begun}–{ended}"
