"""What a collector asks of whoever polls its targets. Most collectors have none, and import nothing for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from glance.domain.profiles.poll import TargetStatus
from glance.domain.view import View
from glance.pipeline.poll_board import PollBoard
from glance.pipeline.poll_shelf import PollShelf

if TYPE_CHECKING:
    from glance.domain.profiles.profile import Profile
    from glance.pipeline.poll_keeper import PollKeeper
    from glance.pipeline.stack_polls import StackPolls


class Desk(Protocol):
    """Holds profiles by name."""

    @property
    def shelf(self) -> PollShelf:
        """Where polls are laid beside those of the time before."""
        ...

    @property
    def polls(self) -> PollBoard:
        """Where polls are shown one by one."""
        ...

    def told(self) -> None:
        """There is more to be answered than at the last time."""
        ...

    def add(self, name: str, profile: Profile, at: float, note: str = "") -> None:
        """Hold a profile, in place of one of the same name."""
        ...

    def remove(self, name: str) -> None:
        """Hold a profile no longer."""
        ...


class PollWatch(Protocol):
    """Polls targets; used in the collector's thread."""

    def attend(self, desk: Desk) -> None:
        """Hand this desk what was polled in the window that is looked at."""
        ...

    def look(self, view: View, now: float) -> tuple[TargetStatus, ...]:
        """Somebody looks at this view; returns how the targets are doing."""
        ...

    def stacks(self) -> StackPolls | None:
        """What was polled, one poll after the other; None where nothing can have been."""
        ...

    def memory(self) -> PollKeeper | None:
        """Who has what was polled and is in no database; None where nothing is."""
        ...

    async def run(self) -> None:
        """Poll until cancelled."""
        ...


class NoTargets:
    """There are none."""

    def attend(self, desk: Desk) -> None:
        """Nothing comes."""

    def look(self, view: View, now: float) -> tuple[TargetStatus, ...]:
        """There is nothing."""
        return ()

    def stacks(self) -> StackPolls | None:
        """There is nothing."""
        return None

    def memory(self) -> PollKeeper | None:
        """There is nothing."""
        return None

    async def run(self) -> None:
        """Nothing to do."""
