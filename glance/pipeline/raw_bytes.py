"""Bytes of logs read back: from what is held open, from spools, from rotated files, from archives."""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence

from glance.domain.logs.checkpoint import Checkpoint
from glance.pipeline.log_feed import LogFeed
from glance.sources.archive import Archive
from glance.sources.generation import stream_generation
from glance.sources.recall import Recalled, recall

KEPT_FILES = 8
"""Files of generations that are not held by their source, kept open at most."""


class RawBytes:
    """Reads back what was read once. A generation that must be looked for first is not there until it is found."""

    def __init__(
        self,
        feeds: Callable[[], Sequence[LogFeed]],
        recorded: Callable[[str], Awaitable[Sequence[Checkpoint]]],
        found: Callable[[], None],
    ) -> None:
        """Read nothing yet.

        Args:
            feeds: the logs that are read.
            recorded: what is on record of a log's generations, where another glance reads it.
            found: called when a generation that was missed is there.
        """
        self._feeds = feeds
        self._recorded = recorded
        self._found = found
        self._recalled: OrderedDict[int, Recalled | None] = OrderedDict()
        self._searches: dict[int, asyncio.Task[None]] = {}

    def read(self, source: str, generation: int, offset: int, length: int) -> bytes | None:
        """Bytes of a generation of a log, fewer at its end; None when they are not there."""
        feed = self._feed(source)
        if feed is not None and not isinstance(feed.source, Archive):
            try:
                data = feed.source.read_back(stream_generation(feed.path, generation), offset, length)
            except OSError:
                data = None
            if data is not None:
                return data
        if generation in self._recalled:
            self._recalled.move_to_end(generation)
            found = self._recalled[generation]
            try:
                return os.pread(found.fd, length, offset) if found is not None else None
            except OSError:
                return None
        self._look_for(feed, generation)
        return None

    def file_of(self, source: str, generation: int) -> str:
        """The plain file that has a generation now; empty when there is none."""
        feed = self._feed(source)
        if feed is None:
            return ""
        if generation in self._recalled:
            found = self._recalled[generation]
            return found.path if found is not None else ""
        known = next((one for one in feed.source.known if one.generation == generation), None)
        return known.path if known is not None and not isinstance(feed.source, Archive) else ""

    def _feed(self, source: str) -> LogFeed | None:
        return next((feed for feed in self._feeds() if feed.name == source), None)

    def _look_for(self, feed: LogFeed | None, generation: int) -> None:
        """Look for a generation in a thread, once."""
        if feed is not None and generation not in self._searches:
            loop = asyncio.get_running_loop()
            self._searches[generation] = loop.create_task(self._search(feed, generation))

    async def _search(self, feed: LogFeed, generation: int) -> None:
        known = next((one for one in feed.source.known if one.generation == generation), None)
        if known is None:
            known = next((one for one in await self._recorded(feed.name) if one.generation == generation), None)
        found = await asyncio.to_thread(recall, known) if known is not None else None
        self._recalled[generation] = found
        while len(self._recalled) > KEPT_FILES:
            forgotten, old = self._recalled.popitem(last=False)
            self._searches.pop(forgotten, None)
            if old is not None:
                os.close(old.fd)
        self._found()

    def forget(self) -> None:
        """Let go of the files: nobody looks any more."""
        for task in self._searches.values():
            task.cancel()
        self._searches.clear()
        for found in self._recalled.values():
            if found is not None:
                os.close(found.fd)
        self._recalled.clear()
