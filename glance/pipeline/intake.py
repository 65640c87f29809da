"""What is read: sources found on the command line, those that appear later, and how each is opened."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from glance.errors import FormatError, SourceError
from glance.pipeline.log_feed import SAMPLE_BYTES, LogFeed
from glance.sources.backward import find_time, last_line_end
from glance.sources.source import Source
from glance.sources.tail import Tail

HEAD_BYTES = 64 << 10


@dataclass(frozen=True, slots=True)
class Opening:
    """A log that was just opened, and the part of it that is past."""

    feed: LogFeed
    fd: int
    """Of the open file; owned by its tail."""
    begin: int
    end: int
    generation: int


class Search(Protocol):
    """Finds sources; asked again and again, for files may appear."""

    def new_sources(self) -> Sequence[Source]:
        """Sources that were not handed out before."""
        ...


class Intake:
    """All sources of one glance."""

    def __init__(self, search: Search, wanted_format: str = "auto") -> None:
        """Open nothing yet.

        Args:
            search: finds the sources.
            wanted_format: name or format string, `auto` to detect.
        """
        self._search = search
        self._format = wanted_format
        self._unopened: list[LogFeed] = []
        self.feeds: list[LogFeed] = []
        self.trouble = ""

    @property
    def watched(self) -> list[str]:
        """Paths whose changes are worth a hint."""
        return [feed.path for feed in self.feeds]

    def find(self) -> None:
        """Look for sources that appeared."""
        for source in self._search.new_sources():
            feed = LogFeed(source, self._format)
            self.feeds.append(feed)
            self._unopened.append(feed)

    async def open_new(self, since: float) -> list[Opening]:
        """Open the sources that were found and can be opened now.

        Args:
            since: moment before which the past is of no interest.
        """
        self.find()
        openings = []
        for feed in tuple(self._unopened):
            opening = await self._open(feed, since)
            if opening is not None:
                openings.append(opening)
        return openings

    async def _open(self, feed: LogFeed, since: float) -> Opening | None:
        """Open one source; its past, if it has one."""
        source = feed.source
        if not isinstance(source, Tail):
            self._unopened.remove(feed)
            return None
        fd = await source.open()
        if fd is None or source.generation is None:
            return None
        self._unopened.remove(feed)
        size = os.fstat(fd).st_size
        end = last_line_end(fd, size)
        source.start_at(end)
        if not end:
            return None
        begin = max(0, end - SAMPLE_BYTES)
        sample = os.pread(fd, end - begin, begin)
        if begin:
            sample = sample[sample.find(b"\n") + 1 :] or sample
        try:
            feed.understand(sample, os.pread(fd, HEAD_BYTES, 0))
        except (FormatError, SourceError) as error:
            feed.note = f"{error.what}: {error.why}"
        if not feed.readers:
            return None
        start = find_time(fd, end, since, feed.time_of) if since > 0 else 0
        return Opening(feed, fd, start, end, source.generation.ordinal)

    async def close(self) -> None:
        """Close every source."""
        for feed in self.feeds:
            await feed.source.close()
