"""The back-fills that are under way: what logs held before following began, read beside it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import Protocol

from glance.domain.logs.bucket import LogBucket
from glance.pipeline.backfill import Backfill
from glance.pipeline.intake import Intake
from glance.pipeline.keeping import Keeping

ROOM_SECONDS = 0.05
"""How often a back-fill that waits for history looks whether it can go on."""


class Taker(Protocol):
    """What wants the buckets of back-fills."""

    def take_past(self, buckets: Sequence[LogBucket]) -> bool:
        """Take some; False when no more are wanted."""


class Filling:
    """Some back-fills, as tasks of one group."""

    def __init__(
        self, taker: Taker, on_change: Callable[[], None], keeping: Keeping, intake: Intake, *, waits: bool
    ) -> None:
        """None is under way.

        Args:
            taker: gets what is read.
            on_change: called when the first buckets came, and when a back-fill ended.
            keeping: history, which a back-fill must not outrun.
            intake: tells who is to write to it.
            waits: whether reading waits for a database that takes nothing.
        """
        self._keeping = keeping
        self._intake = intake
        self._waits = waits
        self._taker = taker
        self._on_change = on_change
        self._under_way = 0
        self._unseen: set[Backfill] = set()
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def is_busy(self) -> bool:
        """Something is being read."""
        return self._under_way > 0

    @property
    def is_hiding(self) -> bool:
        """Some back-fill has not read all that an alert looks at yet."""
        return bool(self._unseen)

    def start(self, group: asyncio.TaskGroup, backfill: Backfill, oldest_ms: Callable[[], float]) -> None:
        """Begin to read.

        Args:
            group: what the task belongs to.
            backfill: what to read.
            oldest_ms: how far back an alert looks, milliseconds since the epoch.
        """
        self._under_way += 1
        self._unseen.add(backfill)
        self._tasks.append(group.create_task(self._fill(backfill, oldest_ms)))

    def cancel(self) -> None:
        """Give up what is under way."""
        for task in self._tasks:
            task.cancel()

    async def _fill(self, backfill: Backfill, oldest_ms: Callable[[], float]) -> None:
        is_first = True
        try:
            async with contextlib.aclosing(backfill.buckets()) as pieces:
                async for buckets in pieces:
                    is_wanted = self._taker.take_past(buckets)
                    if not backfill.is_forward and _reaches(buckets, oldest_ms()):
                        self._unseen.discard(backfill)
                    if is_first:
                        self._on_change()
                        is_first = False
                        await asyncio.sleep(0)
                    if not is_wanted:
                        backfill.give_up("older lines are not read: the memory for records is full")
                        break
                    await self._wait_for_history()
        finally:
            self._under_way -= 1
            self._unseen.discard(backfill)
            self._on_change()

    async def _wait_for_history(self) -> None:
        """Let history catch up: what it has not written yet is held in memory."""
        while self._keeping.is_behind(waits=self._waits):
            if self._intake.hint is not None:
                self._intake.hint()
            await asyncio.sleep(ROOM_SECONDS)


def _reaches(buckets: Sequence[LogBucket], oldest_ms: float) -> bool:
    """Newest first, these lines are older than what an alert looks at."""
    return any(bucket.records and bucket.first_ms < oldest_ms for bucket in buckets)
