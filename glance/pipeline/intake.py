"""What is read: sources found on the command line, those that appear later, and how each is opened."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from glance.errors import FormatError, SourceError
from glance.pipeline.log_feed import SAMPLE_BYTES, LogFeed
from glance.sources.archive import Archive
from glance.sources.backward import find_time, last_line_end
from glance.sources.discovery import Discovery, FoundSource
from glance.sources.source import Source
from glance.sources.stdin import Pipe, open_named_pipe
from glance.sources.tail import Tail

HEAD_BYTES = 64 << 10
SCAN_SECONDS = 2.0
"""How often patterns are looked at for files that appeared."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A log that was just opened, and the part of it that is past."""

    feed: LogFeed
    fd: int
    """Of the open file; owned by its tail."""
    begin: int
    end: int
    generation: int


class Intake:
    """All sources of one glance."""

    def __init__(self, discovery: Discovery, wanted_format: str = "auto", *, pipe_fd: int = 0) -> None:
        """Open nothing yet.

        Args:
            discovery: what the command line means.
            wanted_format: name or format string, `auto` to detect.
            pipe_fd: where standard input's pipe is.
        """
        self._fresh = list(discovery.sources)
        self._globs = discovery.globs
        self._format = wanted_format
        self._pipe_fd = pipe_fd
        self._scan_at = 0.0
        self._unopened: list[LogFeed] = []
        self.feeds: list[LogFeed] = []
        self.hint: Callable[[], None] | None = None
        """Called when a pipe has more to read."""

    @property
    def watched(self) -> list[str]:
        """Paths whose changes are worth a hint."""
        return [found.path for found in self._fresh if found.kind == "file"] + [
            feed.path for feed in self.feeds if isinstance(feed.source, Tail)
        ]

    @property
    def trouble(self) -> str:
        """Which log cannot be understood, and why; empty when all can."""
        return next((refused for feed in self.feeds if (refused := feed.refusal)), "")

    def _find(self, monotonic: float) -> None:
        """Make sources of what was named, and of what appeared under a pattern since."""
        if self._globs and monotonic >= self._scan_at:
            self._scan_at = monotonic + SCAN_SECONDS
            self._fresh += [found for pattern in self._globs for found in pattern.rescan()]
        known = {os.path.realpath(feed.path) for feed in self.feeds} if self._fresh else set()
        for found in self._fresh:
            real = os.path.realpath(found.path)
            if found.kind != "stdin" and real in known:
                continue  # another pattern has found it, or it was named
            known.add(real)
            feed = LogFeed(self._source(found), self._format)
            self.feeds.append(feed)
            self._unopened.append(feed)
        self._fresh.clear()

    def _source(self, found: FoundSource) -> Source:
        if found.kind == "archive":
            return Archive(found.path)
        if found.kind == "pipe":
            return open_named_pipe(found.path, hint=self.hint)
        if found.kind == "stdin":
            return Pipe(self._pipe_fd, hint=self.hint)
        return Tail(found.path)

    async def open_new(self, since: float, monotonic: float) -> list[Opening]:
        """Open the sources that were found and can be opened now.

        Args:
            since: moment before which the past is of no interest.
            monotonic: seconds that never go back.
        """
        self._find(monotonic)
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
        if not feed.readers:  # its newest lines are shown as they are, with the reason
            return Opening(feed, fd, end - len(sample), end, source.generation.number)
        start = find_time(fd, end, since, feed.time_of) if since > 0 else 0
        return Opening(feed, fd, start, end, source.generation.number)

    async def close(self) -> None:
        """Close every source."""
        for feed in self.feeds:
            await feed.source.close()
