"""Asks a program for the states of its goroutines. That stops it for moments: once when a page opens, and by key."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from glance.domain.profiles.profile_error import ProfileError
from glance.domain.stack_board import AskedStates
from glance.errors import SourceError

if TYPE_CHECKING:
    from glance.pipeline.clock import Clock
    from glance.pipeline.stack_history import Dump
    from glance.sources.target import Fetched, TargetLink

MOST_UNASKED = 5_000
"""Goroutines up to which a program is asked when the page opens: it stands still for about 20 ms then."""
FRESH_SECONDS = 30.0
"""After which a page that is opened again asks again."""


class StateAsking:
    """One target; used in the collector's loop."""

    def __init__(self, connect: Callable[[], TargetLink], clock: Clock, told: Callable[[], None]) -> None:
        """Ask for nothing yet.

        Args:
            connect: makes a way to it, of its own: a CPU profile may be under way on the other.
            clock: tells the time.
            told: called when there is more to be told.
        """
        self._connect = connect
        self._clock = clock
        self._told = told
        self._task: asyncio.Task[None] | None = None
        self.asked: AskedStates | None = None
        self.first: Dump | None = None
        self.last: Dump | None = None

    def open(self) -> None:
        """A page was opened: ask, unless that was done a moment ago or there are too many."""
        if self.last is None or self._clock.now() - self.last.at > FRESH_SECONDS:
            self.ask(MOST_UNASKED)

    def ask(self, most: int | None = None) -> None:
        """Ask, unless that is under way.

        Args:
            most: goroutines up to which it is asked at all.
        """
        if self._task is None:
            self.asked = AskedStates("asking")
            self._task = asyncio.get_running_loop().create_task(self._ask(most))

    def end_what_is_done(self) -> None:
        """A bug is not hidden."""
        if self._task is not None and self._task.done():
            task, self._task = self._task, None
            if not task.cancelled():
                task.result()

    def forget(self) -> None:
        """Nobody looks: end what is under way; what was told last is kept for a moment."""
        if self._task is not None:
            self._task.cancel()
            self._task = None
        self.first = None

    async def _ask(self, most: int | None) -> None:
        link = self._connect()
        try:
            many = await self._many(link, most)
            if many is None:
                fetched = await link.profile("goroutine", debug=2)
                await self._take(fetched)
            else:
                self.asked = AskedStates("many", self._clock.now(), many)
        except (SourceError, ProfileError) as error:
            self.asked = AskedStates("failed", self._clock.now(), words=error.why or error.what)
        finally:
            await link.close()
        self._told()

    async def _many(self, link: TargetLink, most: int | None) -> int | None:
        """How many goroutines there are, where that is more than is asked for unasked; its list of profiles tells."""
        if most is None:
            return None
        index = await link.index()
        many = index.count("goroutine") if index is not None else None
        return many if many is not None and many > most else None

    async def _take(self, fetched: Fetched) -> None:
        """Understand the answer, in a thread."""
        from glance.domain.profiles.goroutine_dump import read_goroutines  # numpy: only on this page
        from glance.pipeline.poll_keeper import POLL_LIMITS
        from glance.pipeline.stack_history import Dump

        at = self._clock.now()
        reading = await asyncio.to_thread(read_goroutines, fetched.data, limits=POLL_LIMITS)
        self.last = Dump(at, reading.goroutines)
        self.first = self.first or self.last
        self.asked = AskedStates("told", at, len(reading.goroutines), len(fetched.data), fetched.seconds)
