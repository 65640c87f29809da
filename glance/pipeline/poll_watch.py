"""What a collector asks of whoever polls its targets. Most collectors have none, and import nothing for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from glance.domain.profiles.poll import TargetStatus
from glance.domain.view import View

if TYPE_CHECKING:
    from glance.domain.profiles.profile import Profile


class Desk(Protocol):
    """Holds profiles by name."""

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

    async def run(self) -> None:
        """Nothing to do."""
