"""When the kinds of one target are polled: one at a time, a little apart, less often while it fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from glance.domain.profiles.poll import CUMULATIVE, KindName
from glance.domain.profiles.poll_plan import PollPlan

JITTER = 0.1
"""Of an interval, by which a poll is earlier or later, so that targets are not polled in step."""

LONGEST_SECONDS = 300.0
"""Between two tries of what fails, unless its interval is longer."""

DOWN_SECONDS = 2.0
"""From the first failure to the next try, of a target that cannot be reached; twice as long each time."""

BASELINE_SECONDS = 10.0
"""From the first poll of a cumulative kind, which only says where counting begins, to the second at most."""

OPENING_SECONDS = 1.0
"""Within which the first polls are made."""

Chance = Callable[[], float]
"""A number from 0 up to 1."""


@dataclass(slots=True)
class Turn:
    """When one kind is polled next."""

    every: float
    next_at: float
    failures: int = 0
    is_absent: bool = False


class PollSchedule:
    """The turns of one target. Times are seconds of a clock that never goes back."""

    def __init__(self, plan: PollPlan, now: float, chance: Chance) -> None:
        """Every kind is due soon.

        Args:
            plan: how often.
            now: the time.
            chance: makes the jitter.
        """
        self._chance = chance
        self._opening = now
        self._turns: dict[KindName, Turn] = {}
        share = OPENING_SECONDS / max(1, len(plan.kinds))
        for place, kind in enumerate(reversed(plan.kinds)):  # the CPU profile takes long: it is the last one
            self._turns[kind] = Turn(plan.every[kind], now + share * (place + chance()))
        self._down = 0
        self._up_at = now

    @property
    def up_at(self) -> float:
        """When a target that is down is tried again."""
        return self._up_at

    def next_at(self, kind: KindName) -> float | None:
        """When this kind is polled; None when it is not."""
        turn = self._turns.get(kind)
        return None if turn is None or turn.is_absent else max(turn.next_at, self._up_at)

    def failures(self, kind: KindName) -> int:
        """Since the last that brought something."""
        return self._turns[kind].failures

    def due(self) -> tuple[KindName, float] | None:
        """The kind that is polled next, and when; None when there is none."""
        turns = [(turn.next_at, kind) for kind, turn in self._turns.items() if not turn.is_absent]
        if not turns:
            return None
        at, kind = min(turns, key=lambda turn: turn[0])
        return kind, max(at, self._up_at)

    def only(self, kinds: frozenset[str]) -> None:
        """These are offered, the others are not."""
        for kind, turn in self._turns.items():
            turn.is_absent = kind not in kinds

    def brought(self, kind: KindName, now: float, *, is_first: bool = False) -> None:
        """A poll that began now brought a profile.

        Args:
            kind: of which.
            now: when it began: how long it took does not push the next one.
            is_first: it only said where counting begins.
        """
        turn = self._turns[kind]
        turn.failures, self._down = 0, 0
        every = min(turn.every, BASELINE_SECONDS) if is_first and kind in CUMULATIVE else turn.every
        turn.next_at = now + self._spread(every)

    def failed(self, kind: KindName, now: float) -> None:
        """A poll brought none: less often from now on."""
        turn = self._turns[kind]
        turn.failures, self._down = turn.failures + 1, 0
        longest = max(LONGEST_SECONDS, turn.every)
        turn.next_at = now + self._spread(min(longest, turn.every * 2.0 ** min(turn.failures, 16)))

    def refused(self, kind: KindName, now: float) -> None:
        """Someone else is profiling: not in step with them."""
        turn = self._turns[kind]
        turn.failures, self._down = turn.failures + 1, 0
        turn.next_at = now + turn.every * (0.5 + self._chance())

    def absent(self, kind: KindName) -> None:
        """There is no such profile."""
        self._turns[kind].is_absent = True

    def went_down(self, now: float) -> None:
        """It cannot be reached."""
        self._up_at = now + self._spread(min(LONGEST_SECONDS, DOWN_SECONDS * 2.0 ** min(self._down, 16)))
        self._down += 1

    def _spread(self, seconds: float) -> float:
        """About so long."""
        return seconds * (1 + JITTER * (2 * self._chance() - 1))
