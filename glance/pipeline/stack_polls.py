"""What was polled, as the pages of stacks look at it: one poll after the other, and the programs that can be asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from glance.pipeline.state_asking import StateAsking

if TYPE_CHECKING:
    from glance.domain.profiles.poll import Poll
    from glance.pipeline.clock import Clock
    from glance.pipeline.poll_keeper import PollKeeper
    from glance.sources.target import TargetLink

Connect = Callable[[], "TargetLink"]


class StackPolls:
    """Of one collector; used in its thread."""

    def __init__(
        self, keeper: PollKeeper, connects: Mapping[str, Connect] | None = None, clock: Clock | None = None
    ) -> None:
        """Ask for nothing yet.

        Args:
            keeper: has what was polled.
            connects: of each target that is polled, a way to it.
            clock: tells the time.
        """
        self.keeper = keeper
        self.connects = dict(connects or {})
        self.clock = clock
        self.news = 0
        """How often something was polled."""

    def take(self, poll: Poll) -> None:
        """A profile was polled."""
        self.news += poll.kind in ("goroutine", "allocs")

    def asking(self, target: str, told: Callable[[], None]) -> StateAsking | None:
        """Who asks this target; None where it cannot be asked."""
        connect = self.connects.get(target)
        if connect is None or self.clock is None:
            return None
        return StateAsking(connect, self.clock, told)
