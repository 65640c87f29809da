"""Hands the desk of profiles what was polled in the window that is looked at, joined by target and kind."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence

from glance.domain.flame_board import FlameWish
from glance.domain.profiles.poll import KINDS, Poll
from glance.domain.profiles.profile import Profile
from glance.domain.view import View
from glance.domain.window import window_choice
from glance.pipeline.poll_keeper import PollKeeper
from glance.pipeline.poll_watch import Desk

JOIN_SECONDS = 60.0
"""After which all is joined anew: polls leave a window that moves, also those of a target that is down."""

Key = tuple[str, str]
"""A target and a kind."""


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
        self._keys: list[Key] = [(target, kind) for target in targets for kind in reversed(KINDS)]
        self._shown: dict[Key, tuple[Profile, float, str]] = {}
        self._wanted: tuple[object, ...] = ()
        self._answered: tuple[object, ...] = ()
        self._news: set[Key] = set()
        self._is_open = False
        self._joined_at = 0.0
        self._joining: asyncio.Task[None] | None = None

    def take(self, poll: Poll) -> None:
        """A profile was polled."""
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
        was_open, self._is_open = self._is_open, isinstance(view.page, FlameWish)
        if not self._is_open:
            return
        if not was_open:
            for key, shown in self._shown.items():
                self._desk.add(name_of(key), *shown)
            self._show_again()
            self._answered = ()  # what is kept may have become more
        self._wanted = (view.window, view.end, view.interval)
        is_all = self._wanted != self._answered or now - self._joined_at > JOIN_SECONDS
        keys = self._keys if is_all else [key for key in self._keys if key in self._news]
        if (keys or is_all) and self._joining is None:
            self._joined_at = now if is_all else self._joined_at
            self._joining = asyncio.get_running_loop().create_task(self._join(keys, self._wanted, span_of(view, now)))

    async def _join(self, keys: Sequence[Key], wanted: tuple[object, ...], span: tuple[float, float]) -> None:
        """Join the polls of a stretch of time."""
        if len(keys) == len(self._keys):
            keys = await self._known(keys)
        self._answered = wanted
        for key in keys:
            self._news.discard(key)
            found = await self._keeper.joined(*key, *span)
            if found is not None:
                self._show(key, found.profile, found.end, words_of(found.polls, is_partial=found.is_partial))
            elif self._shown.pop(key, None) is not None:
                self._desk.remove(name_of(key))
        self._show_again()

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

    async def close(self, *, and_keeper: bool = False) -> None:
        """Nobody looks any more."""
        if self._joining is not None:
            self._joining.cancel()
            await asyncio.wait([self._joining])
            self._joining = None
        if and_keeper:
            await self._keeper.close()


def name_of(key: Key) -> str:
    """How the desk names it."""
    return f"{key[0]} {key[1]}"


def words_of(polls: int, *, is_partial: bool) -> str:
    """What the profile is made of."""
    return f"{'the newest ' if is_partial else ''}{polls:,} {'poll' if polls == 1 else 'polls'}"


def span_of(view: View, now: float) -> tuple[float, float]:
    """The stretch of time that a view means."""
    if view.interval is not None:
        return view.interval.start, view.interval.end
    seconds = window_choice(view.window).seconds
    end = now if view.end is None else view.end
    return (-math.inf if seconds is None else end - seconds), (math.inf if view.end is None else end)
