"""Brings what history knows of logs into memory: at the start, and on and on where another glance writes it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.series import LogSeries
from glance.pipeline.following import Neglect
from glance.pipeline.intake import Intake
from glance.pipeline.keeping import Keeping
from glance.pipeline.log_feed import LogFeed


class Recollection:
    """What comes out of history instead of a log."""

    def __init__(
        self,
        keeping: Keeping,
        intake: Intake,
        series: LogSeries,
        hold: Callable[[LogBucket], None],
        on_change: Callable[[], None],
    ) -> None:
        """Read nothing yet.

        Args:
            keeping: history.
            intake: the logs.
            series: tells how much room there is.
            hold: adds a bucket to it.
            on_change: called when what was stored of some logs is in memory.
        """
        self._keeping = keeping
        self._intake = intake
        self._series = series
        self._hold = hold
        self._on_change = on_change
        self._neglect = Neglect()
        self._under_way = 0

    @property
    def is_busy(self) -> bool:
        """What was stored of some log is still being read."""
        return self._under_way > 0

    def begin(self, group: asyncio.TaskGroup, feeds: Sequence[LogFeed]) -> None:
        """Read what is stored of these logs."""
        self._under_way += 1
        group.create_task(self._restore(feeds))

    async def _restore(self, feeds: Sequence[LogFeed]) -> None:
        try:
            known = await self._count(feeds)
            named = {feed.name: feed for feed in feeds}
            async for bucket in self._keeping.restored(known, self._series):
                named[bucket.source].take_stored(bucket)
                self._hold(bucket)
                await asyncio.sleep(0)
        finally:
            self._under_way -= 1
            self._on_change()

    async def _count(self, feeds: Sequence[LogFeed]) -> list[str]:
        """Tell logs how many lines are stored of them; returns the names of those that are known."""
        known = await self._keeping.stored([feed.name for feed in feeds])
        for feed in feeds:
            stored = known.get(feed.name)
            if stored is not None:
                feed.stored_lines, feed.stored_unparsed = stored.lines, stored.unparsed
                feed.stored_format = stored.format
            if feed.is_followed:
                feed.stored_end = await self._keeping.end_of(feed.name)
        return list(known)

    async def follow(self, monotonic: float) -> list[LogBucket]:
        """Take what another glance has read; logs that it has stopped to read are read here from now on.

        Args:
            monotonic: seconds that never go back.
        """
        followed = {feed.name: feed for feed in self._intake.feeds if feed.is_followed}
        if not followed or self.is_busy:
            return []
        news = await self._take_news(followed)
        for feed in followed.values():
            if self._neglect.is_neglected(feed, monotonic):
                places = await self._keeping.checkpoints(feed.name)
                late = await self._take_news(followed)
                if late or not places:  # it was written after all, or where it stands cannot be told
                    return news + late
                self._intake.read_alone(feed, places)
        return news

    async def _take_news(self, followed: Mapping[str, LogFeed]) -> list[LogBucket]:
        """Take what another glance has written of these logs."""
        news = await self._keeping.news(followed)
        for bucket in news:
            followed[bucket.source].take_news(bucket)
            self._hold(bucket)
        if news:
            await self._count(list(followed.values()))
        return news
