"""Polls targets for their profiles beside a collector: each in a task of its own, none of which delays the logs."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Self

from glance.domain.profiles.poll import Poll, TargetStatus
from glance.domain.profiles.poll_line import FailureKind
from glance.domain.profiles.poll_plan import PollPlan
from glance.domain.profiles.poll_schedule import Chance
from glance.domain.profiles.target import Target
from glance.domain.view import View
from glance.pipeline.clock import Clock, SystemClock
from glance.pipeline.poll_board import PollBoard
from glance.pipeline.poll_keeper import WIRE_BYTES, PollKeeper
from glance.pipeline.poll_watch import Desk
from glance.pipeline.poll_window import PollWindow
from glance.pipeline.stack_polls import StackPolls
from glance.pipeline.target_poller import Pause, Sink, TargetPoller
from glance.sources.scrape import Access
from glance.sources.target import TargetLink


class Polling:
    """The targets of one collector; used in its thread."""

    def __init__(
        self,
        targets: Sequence[Target],
        plan: PollPlan,
        *,
        database: Path | None = None,
        most_bytes: int | None = None,
        access: Access | None = None,
        clock: Clock | None = None,
        chance: Chance = random.random,
        pause: Pause = asyncio.sleep,
    ) -> None:
        """Ask for nothing yet.

        Args:
            targets: whom to poll.
            plan: for what, and how often.
            database: where profiles are kept; None keeps none.
            most_bytes: room for them, if not the plan's.
            access: what targets want to be shown.
            clock: tells the time.
            chance: makes the jitter.
            pause: waits so many seconds.
        """
        clock = clock or SystemClock()
        self._sinks: list[Sink] = []
        self._window: PollWindow | None = None
        self._board: PollBoard | None = None
        self._keeper = PollKeeper(plan, database, plan.keep_mb << 20 if most_bytes is None else most_bytes)
        access = access or Access(most_bytes=WIRE_BYTES)
        self._pollers = [
            TargetPoller(
                TargetLink(target, access, plan.timeout_seconds, clock.monotonic),
                plan,
                keeper=self._keeper,
                sink=self._hand_on,
                clock=clock,
                chance=chance,
                pause=pause,
                failed=self._told_of,
            )
            for target in targets
        ]
        links = {one.name: partial(TargetLink, one, access, plan.timeout_seconds, clock.monotonic) for one in targets}
        self._stacks = StackPolls(self._keeper, links, clock)
        self.listen(self._stacks.take)

    @property
    def statuses(self) -> tuple[TargetStatus, ...]:
        """How the targets are doing."""
        return tuple(poller.status for poller in self._pollers)

    def attend(self, desk: Desk) -> None:
        """Hand this desk what was polled in the window that is looked at."""
        self._board = desk.polls
        self._window = PollWindow(self._keeper, desk, [poller.status.name for poller in self._pollers])
        self.listen(self._window.take)

    def look(self, view: View, now: float) -> tuple[TargetStatus, ...]:
        """Somebody looks at this view; returns how the targets are doing."""
        if self._window is not None:
            self._window.look(view, now)
        return self.statuses

    def stacks(self) -> StackPolls:
        """What was polled, one poll after the other."""
        return self._stacks

    def memory(self) -> PollKeeper | None:
        """Who has what was polled, as long as no database has it."""
        return self._keeper if self._keeper.is_in_memory else None

    def listen(self, sink: Sink) -> None:
        """Hand every profile to this too, in the loop that polls."""
        self._sinks.append(sink)

    def _told_of(self, target: str, kind: str, at: float, condition: FailureKind, words: str) -> None:
        """A poll brought nothing."""
        if self._board is not None:
            self._board.fail(target, kind, at, condition, words)

    def _hand_on(self, poll: Poll) -> None:
        for sink in self._sinks:
            sink(poll)

    async def run(self) -> None:
        """Poll until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                for poller in self._pollers:
                    group.create_task(poller.run())
        finally:
            await self._close()

    async def once(self) -> None:
        """Poll every kind of every target once."""
        try:
            async with asyncio.TaskGroup() as group:
                for poller in self._pollers:
                    group.create_task(poller.once())
        finally:
            await self._close()

    async def _close(self) -> None:
        """Let go of everything."""
        if self._window is not None:
            await self._window.close()
        await self._keeper.close()


class Beside:
    """Polls as long as a block of the program runs; without targets it does nothing."""

    def __init__(self, polling: Polling | None, *, is_once: bool) -> None:
        """Poll nothing yet.

        Args:
            polling: what polls.
            is_once: poll every kind once, and wait for that at the end of the block.
        """
        self._polling = polling
        self._is_once = is_once
        self._task: asyncio.Task[None] | None = None

    @property
    def statuses(self) -> tuple[TargetStatus, ...]:
        """How the targets are doing."""
        return () if self._polling is None else self._polling.statuses

    def stop(self) -> None:
        """Poll no more, and end a profile that is being taken."""
        if self._task is not None:
            self._task.cancel()

    async def __aenter__(self) -> Self:
        if self._polling is not None:
            work = self._polling.once() if self._is_once else self._polling.run()
            self._task = asyncio.create_task(work)
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        task = self._task
        if task is None:
            return
        if kind is not None or not self._is_once:
            task.cancel()
        await asyncio.wait([task])
        if not task.cancelled():
            task.result()  # a bug is not hidden
