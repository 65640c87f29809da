"""The profiles of a snapshot, laid out as those that are polled: for the flame graph and for suspects alike."""

from __future__ import annotations

from collections.abc import Sequence

from glance.domain.profiles.poll import TargetStatus
from glance.domain.profiles.profile import Profile
from glance.domain.snapshot import ProfilePart
from glance.domain.view import View
from glance.pipeline.poll_shelf import Shelved, asked_of
from glance.pipeline.poll_watch import Desk, NoTargets


class FrozenPolls(NoTargets):
    """Nothing is polled any more; whatever stretch is pointed at, the profiles are those of the snapshot."""

    def __init__(self) -> None:
        """Lay out nothing yet."""
        self._desk: Desk | None = None
        self._span = (0.0, 0.0)
        self._has_any = False

    def attend(self, desk: Desk) -> None:
        """Use this desk."""
        self._desk = desk

    def lay(self, profiles: Sequence[tuple[ProfilePart, Profile]], span: tuple[float, float]) -> None:
        """Lay out profiles, the one that is shown first last.

        Args:
            profiles: what is said of each, and it.
            span: of the snapshot.
        """
        assert self._desk is not None
        self._span, self._has_any = span, bool(profiles)
        self._desk.shelf.is_fed = self._has_any
        for part, profile in profiles:
            self._desk.add(name_of(part), profile, part.end, part.words or part.origin)
            self._desk.shelf.put((part.target, part.kind), Shelved(name_of(part), profile, 1))

    def look(self, view: View, now: float) -> tuple[TargetStatus, ...]:
        """Whatever is looked at, all of it is there."""
        del now
        if self._desk is not None and self._has_any and self._desk.shelf.asked != asked_of(view):
            self._desk.shelf.settle(asked_of(view), self._span, None, is_known=True)
            self._desk.told()  # the page was asked before, and waits for it
        return ()


def name_of(part: ProfilePart) -> str:
    """How the page of profiles calls it, as it calls those that are polled."""
    return f"{part.target} {part.kind}" + (" polled" if part.origin == "polled" else "")
