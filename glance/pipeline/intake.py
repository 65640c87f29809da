"""What is read: sources found on the command line, those that appear later, and how each is opened."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from glance.domain.logs.checkpoint import Checkpoint
from glance.errors import FormatError, SourceError
from glance.pipeline.backfill import Backfill
from glance.pipeline.keeping import Keeping
from glance.pipeline.kinship import Kinship, kinship
from glance.pipeline.log_feed import SAMPLE_BYTES, LogFeed, source_name
from glance.sources.archive import Archive
from glance.sources.backward import find_time, last_line_end
from glance.sources.discovery import Discovery, FoundSource
from glance.sources.source import Source
from glance.sources.stdin import Pipe, open_named_pipe
from glance.sources.tail import Tail

HEAD_BYTES = 64 << 10
WORTH_FILLING_BYTES = 6 << 20
"""What was written while nobody read is read in worker processes when it is so much."""

SCAN_SECONDS = 2.0
"""How often patterns are looked at for files that appeared."""


@dataclass(frozen=True, slots=True)
class Opening:
    """A log that was just opened, and the part of it that is past."""

    feed: LogFeed
    fd: int
    """Of the open file; its tail's own, unless `is_ours`."""
    begin: int
    end: int
    generation: int
    is_catching_up: bool = False
    """It was written while nobody read: read forward, from where reading stood."""
    is_ours: bool = False
    """The file is open for this alone: `backfill` or `close` must be called."""

    def backfill(self) -> Backfill:
        """What reads it."""
        try:
            return Backfill(
                self.feed, self.fd, self.begin, self.end, generation=self.generation, is_forward=self.is_catching_up
            )
        finally:
            self.close()

    def close(self) -> None:
        """Let go of the file."""
        if self.is_ours:
            os.close(self.fd)


class Intake:
    """All sources of one glance."""

    def __init__(
        self, discovery: Discovery, wanted_format: str = "auto", *, pipe_fd: int = 0, is_forward: bool = False
    ) -> None:
        """Open nothing yet.

        Args:
            discovery: what the command line means.
            wanted_format: name or format string, `auto` to detect.
            pipe_fd: where standard input's pipe is.
            is_forward: read all of each log forward, instead of its end first.
        """
        self._fresh = list(discovery.sources)
        self._globs = discovery.globs
        self._format = wanted_format
        self._pipe_fd = pipe_fd
        self._is_forward = is_forward
        self._scan_at = 0.0
        self._unopened: list[LogFeed] = []
        self.feeds: list[LogFeed] = []
        self._told: list[LogFeed] = []
        self.keeping = Keeping()
        """Tells where reading stood when the last glance ended."""
        self.hint: Callable[[], None] | None = None
        """Called when a pipe has more to read."""

    @property
    def watched(self) -> list[str]:
        """Paths whose changes are worth a hint."""
        return [found.path for found in self._fresh if found.kind == "file"] + [
            feed.path for feed in self.feeds if isinstance(feed.source, Tail)
        ]

    def take_fresh(self) -> list[LogFeed]:
        """The logs that were found since this was asked last."""
        told, self._told = self._told, []
        return told

    @property
    def formats(self) -> dict[str, str]:
        """What the lines of each log are understood as, in words, where they are."""
        return {feed.name: feed.detection.words for feed in self.feeds if feed.detection is not None and feed.readers}

    @property
    def is_blind(self) -> bool:
        """No log can be read at the moment, so that nothing is known of now."""
        conditions = [feed.source.status.condition for feed in self.feeds if not feed.is_followed]
        return bool(conditions) and all(condition in ("missing", "failing", "ended") for condition in conditions)

    @property
    def trouble(self) -> str:
        """Which log cannot be understood, and why; empty when all can."""
        return next((refused for feed in self.feeds if (refused := feed.refusal)), "")

    async def _find(self, monotonic: float) -> None:
        """Make sources of what was named, and of what appeared under a pattern since."""
        if self._globs and monotonic >= self._scan_at:
            self._scan_at = monotonic + SCAN_SECONDS
            self._fresh += [found for pattern in self._globs for found in pattern.rescan()]
        if not self._fresh:
            return
        known = {os.path.realpath(feed.path) for feed in self.feeds}
        kin = kinship(self._fresh, await self.keeping.sources()) if self.keeping.is_kept else Kinship(self._fresh)
        for found in kin.logs:
            real = os.path.realpath(found.path)
            if found.kind != "stdin" and real in known:
                continue  # another pattern has found it, or it was named
            known.add(real)
            checkpoints = kin.known_for(found, await self.keeping.checkpoints(source_name(found.path)))
            wanted = kin.predecessors.get(source_name(found.path), ())
            feed = LogFeed(self._source(found, checkpoints, wanted), self._format)
            feed.is_followed = await self.keeping.follows(feed.name)
            self.feeds.append(feed)
            self._told.append(feed)
            if not feed.is_followed:
                self._unopened.append(feed)
        self._fresh = []

    def _source(self, found: FoundSource, checkpoints: Sequence[Checkpoint], wanted: Sequence[str]) -> Source:
        if found.kind == "archive":
            return Archive(found.path, checkpoints=checkpoints)
        if found.kind == "pipe":
            return open_named_pipe(found.path, hint=self.hint)
        if found.kind == "stdin":
            return Pipe(self._pipe_fd, hint=self.hint)
        return Tail(found.path, checkpoints=checkpoints, wanted=wanted)

    def read_alone(self, feed: LogFeed, checkpoints: Sequence[Checkpoint]) -> None:
        """Read a log here after all, from where the other glance stands: that one does not read it any more."""
        feed.is_followed = False
        feed.source = Tail(feed.path, checkpoints=checkpoints)
        self._unopened.append(feed)

    async def open_new(self, since: float, monotonic: float) -> list[Opening]:
        """Open the sources that were found and can be opened now.

        Args:
            since: moment before which the past is of no interest.
            monotonic: seconds that never go back.
        """
        await self._find(monotonic)
        return [opening for feed in tuple(self._unopened) for opening in await self._open(feed, since)]

    async def _open(self, feed: LogFeed, since: float) -> list[Opening]:
        """Open one source; what of it is past, if anything."""
        source = feed.source
        if not isinstance(source, Tail):
            self._unopened.remove(feed)
            return []
        fd = await source.open()
        if fd is None or source.generation is None:
            return []
        self._unopened.remove(feed)
        end = last_line_end(fd, os.fstat(fd).st_size)
        is_forward = source.is_resumed or self._is_forward
        if not is_forward:
            source.start_at(end)
        older = await self._older(feed, source, since)
        if not end:
            return older
        sample = self._understand(feed, fd, end)
        number = source.generation.number
        if not feed.readers and not is_forward:  # its newest lines are shown as they are, with the reason
            return [Opening(feed, fd, end - len(sample), end, number), *older]
        openings = []
        if is_forward and feed.readers and end - source.offset > WORTH_FILLING_BYTES:
            feed.is_filling = True
            openings.append(Opening(feed, fd, source.offset, end, number, is_catching_up=True))
        past = end if not is_forward else source.low
        start = find_time(fd, past, since, feed.time_of) if since > 0 else 0
        if start < past and not (self._is_forward and not source.is_resumed):
            openings.append(Opening(feed, fd, start, past, number))
        return openings + older

    async def _older(self, feed: LogFeed, source: Tail, since: float) -> list[Opening]:
        """What a back-fill has not come to of the files that had the name before, the newest first."""
        current = source.generation
        found = []
        for past in reversed(await source.open_pasts()):
            if current is not None and past.generation == current.number:
                os.close(past.fd)
                continue
            if not feed.readers:
                self._understand(feed, past.fd, past.low)
            start = find_time(past.fd, past.low, since, feed.time_of) if since > 0 else 0
            opening = Opening(feed, past.fd, start, past.low, past.generation, is_ours=True)
            if start < past.low:
                found.append(opening)
            else:
                opening.close()
        return found

    @staticmethod
    def _understand(feed: LogFeed, fd: int, end: int) -> bytes:
        """Find the format of a log from its newest lines, which are returned."""
        begin = max(0, end - SAMPLE_BYTES)
        sample = os.pread(fd, end - begin, begin)
        if begin:
            sample = sample[sample.find(b"\n") + 1 :] or sample
        try:
            feed.understand(sample, os.pread(fd, HEAD_BYTES, 0))
        except (FormatError, SourceError) as error:
            feed.note = f"{error.what}: {error.why}"
        return sample

    async def close(self) -> None:
        """Close every source."""
        for feed in self.feeds:
            await feed.source.close()
