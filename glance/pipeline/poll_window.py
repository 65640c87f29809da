"""Hands the desk of profiles what was polled in the window that is looked at, joined by target and kind."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence

from glance.domain.joint import quiet_before
from glance.domain.profiles.poll import KINDS, Poll
from glance.domain.profiles.profile import Profile
from glance.domain.view import View
from glance.domain.window import window_choice
from glance.pipeline.poll_brush import PollBrush
from glance.pipeline.poll_keeper import Joined, PollKeeper
from glance.pipeline.poll_shelf import Asked, Key, PollShelf, Shelved, asked_of, joint_of
from glance.pipeline.poll_watch import Desk

JOIN_SECONDS = 60.0
"""After which all is joined anew: polls leave a window that moves, also those of a target that is down."""


class PollWindow:
    """What is polled, as the desk shows it; used in the collector's thread. While nobody looks nothing is joined."""

    def __init__(self, keeper: PollKeeper, desk: Desk, targets: Sequence[str]) -> None:
        """Hand on nothing yet.

        Args:
            keeper: has what was polled.
            desk: is handed it.
            targets: names, in their order.
        """
        self._keeper = keeper
        self._desk = desk
        self._shelf: PollShelf = desk.shelf
        self._shelf.is_fed = True
        self._brush = PollBrush(keeper, desk.polls)
        self._keys: list[Key] = [(target, kind) for target in targets for kind in reversed(KINDS)]
        self._shown: dict[Key, tuple[Profile, float, str]] = {}
        self._wanted: Asked = ()
        self._answered: Asked = ()
        self._news: set[Key] = set()
        self._is_open = False
        self._joined_at = 0.0
        self._joining: asyncio.Task[None] | None = None

    def take(self, poll: Poll) -> None:
        """A profile was polled."""
        self._shelf.meter.take(poll)
        key = (poll.target, poll.kind)
        self._news.add(key)
        if not self._is_open:  # until somebody looks, the newest alone
            self._show(key, poll.profile, poll.end, poll.note or "the newest poll")

    def look(self, view: View, now: float) -> None:
        """Somebody looks at this view."""
        task = self._joining
        if task is not None and task.done():
            task.result()  # a bug is not hidden
            self._joining = None
        was_open, self._is_open = self._is_open, joint_of(view.page) is not None
        if not self._is_open:
            return
        if not was_open:
            for key, shown in self._shown.items():
                self._desk.add(name_of(key), *shown)
            self._show_again()
            self._answered = ()  # what is kept may have become more
        self._brush.look(view.page)
        self._wanted = asked_of(view)
        is_all = self._wanted != self._answered or now - self._joined_at > JOIN_SECONDS
        keys = self._keys if is_all else [key for key in self._keys if key in self._news]
        if (keys or is_all) and self._joining is None:
            self._joined_at = now if is_all else self._joined_at
            joining = self._join(keys, self._wanted, span_of(view, now), now)
            self._joining = asyncio.get_running_loop().create_task(joining)

    async def _join(self, keys: Sequence[Key], wanted: Asked, span: tuple[float, float], now: float) -> None:
        """Join the polls of a stretch of time, and those before it where they are wanted."""
        quiet = quiet_before(span[0], min(span[1], now)) if wanted[-1] else None
        if len(keys) == len(self._keys):
            keys = await self._known(keys)
        self._answered = wanted
        for key in keys:
            self._news.discard(key)
            found = await self._keeper.joined(*key, *span)
            await self._brush.draw([key], *span, now)  # first: the line stands above the picture from the beginning
            if found is not None:
                self._show(key, found.profile, found.end, words_of(found.polls, is_partial=found.is_partial))
            elif self._shown.pop(key, None) is not None:
                self._desk.remove(name_of(key))
            before = None
            if found is not None and quiet is not None:  # no poll is on both sides
                before = await self._keeper.joined(*key, *quiet, is_over=True)
            self._put(key, found, before)
        self._shelf.settle(wanted, (span[0], min(span[1], now)), quiet, is_known=bool(self._keys))
        self._show_again()
        self._desk.told()

    def _put(self, key: Key, found: Joined | None, before: Joined | None) -> None:
        """Lay both where they can be compared."""
        if found is None:
            self._shelf.put(key, None)
        else:
            quiet = None if before is None else before.profile
            self._shelf.put(key, Shelved(name_of(key), found.profile, found.polls, quiet))

    async def _known(self, keys: Sequence[Key]) -> Sequence[Key]:
        """All that is kept besides: of targets that are polled by another glance, or no more."""
        kept = {(one.target, one.kind) for one in await self._keeper.targets()}
        new = [(target, kind) for target in sorted({key[0] for key in kept}) for kind in reversed(KINDS)]
        found = [key for key in new if key in kept and key not in self._keys]
        self._keys = [*found, *self._keys]
        return [*found, *keys]

    def _show(self, key: Key, profile: Profile, at: float, note: str) -> None:
        self._shown[key] = (profile, at, note)
        if self._is_open:  # else it would wake whoever draws for nothing
            self._desk.add(name_of(key), profile, at, note)

    def _show_again(self) -> None:
        """The last one added is shown to who names none: it stays the CPU profile of the first target that has one."""
        known = [(target, kind) for kind in KINDS for target in dict.fromkeys(key[0] for key in self._keys)]
        first = next((key for key in known if key in self._shown and len(self._shown[key][0])), None)
        if first is not None and self._is_open:
            self._desk.add(name_of(first), *self._shown[first])

    async def close(self) -> None:
        """Nobody looks any more."""
        await self._brush.close()
        if self._joining is not None:
            self._joining.cancel()
            await asyncio.wait([self._joining])
            self._joining = None


def name_of(key: Key) -> str:
    """How the desk names it."""
    return f"{key[0]} {key[1]}"


def words_of(polls: int, *, is_partial: bool) -> str:
    """What the profile is made of."""
    return f"{'the newest ' if is_partial else ''}{polls:,} {'poll' if polls == 1 else 'polls'}"


def span_of(view: View, now: float) -> tuple[float, float]:
    """The stretch of time that a view means."""
    joint = joint_of(view.page)
    interval = joint.interval if joint is not None and joint.interval is not None else view.interval
    if interval is not None:
        return interval.start, interval.end
    seconds = window_choice(view.window).seconds
    end = now if view.end is None else view.end
    return (-math.inf if seconds is None else end - seconds), (math.inf if view.end is None else end)
