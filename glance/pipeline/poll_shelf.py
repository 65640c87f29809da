"""What was polled in the time that is pointed at, and in the quiet time before it, for whoever compares the two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from glance.domain.flame_board import FlameWish
from glance.domain.joint import QUIET, WHOLE, Joint
from glance.domain.page import PageWish
from glance.domain.suspect_board import SuspectWish
from glance.domain.view import View
from glance.pipeline.route_meter import RouteMeter

if TYPE_CHECKING:
    from glance.domain.profiles.profile import Profile

Key = tuple[str, str]
"""A target and a kind."""
Asked = tuple[object, ...]
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Shelved:
    """The polls of a target and kind, joined."""

    name: str
    """Under which the desk of profiles has it."""
    profile: Profile
    polls: int
    quiet: Profile | None = None
    """Those of the time before, where they were wanted and there are any."""


class PollShelf:
    """Used in the collector's thread; filled by `PollWindow`, empty where nothing is polled."""

    def __init__(self) -> None:
        """Nothing is polled."""
        self.is_fed = False
        """Somebody polls, or has kept polls: what is asked for is answered some time."""
        self.is_known = False
        """There is a target, or something is kept of one."""
        self.meter = RouteMeter()
        """What requests of each route cost."""
        self.rows: dict[Key, Shelved] = {}
        self.span: Span | None = None
        """Of which time they are."""
        self.quiet: Span | None = None
        self.asked: Asked = ()
        """What they answer: see `asked_of`."""

    def put(self, key: Key, row: Shelved | None) -> None:
        """The polls of a target and kind; None where there are none."""
        if row is None:
            self.rows.pop(key, None)
        else:
            self.rows[key] = row

    def settle(self, asked: Asked, span: Span, quiet: Span | None, *, is_known: bool) -> None:
        """All of them are there."""
        self.is_known = is_known
        self.asked, self.span, self.quiet = asked, span, quiet

    def named(self, name: str) -> Shelved | None:
        """The one that the desk calls so."""
        return next((row for row in self.rows.values() if row.name == name), None)


def joint_of(page: PageWish | None) -> Joint | None:
    """What the open page points at; None where it shows no polls."""
    if isinstance(page, SuspectWish):
        return page.joint
    return (page.joint or WHOLE) if isinstance(page, FlameWish) else None


def wants_quiet(page: PageWish | None) -> bool:
    """The time before is to be seen too."""
    return isinstance(page, SuspectWish) or (isinstance(page, FlameWish) and page.base == QUIET)


def asked_of(view: View) -> Asked:
    """What decides which polls are joined."""
    joint = joint_of(view.page) or WHOLE
    return (view.window, view.end, view.interval, joint.interval, wants_quiet(view.page))
