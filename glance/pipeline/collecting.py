"""Reads logs into history, with nothing to look at: what `glance collect` does."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from glance.domain.logs.bucket import LogBucket, TimeColumn
from glance.domain.scene import GapNotice
from glance.errors import StoreError
from glance.pipeline.clock import Clock, SystemClock
from glance.pipeline.intake import Intake, Opening
from glance.pipeline.keeping import Keeping
from glance.pipeline.log_feed import LogFeed
from glance.pipeline.recorder import Recorder
from glance.sources.tail import Tail
from glance.sources.waker import IntervalWaker, Waker, watch_for_hints

POLL_SECONDS = 0.5
"""How often every log is looked at without a hint, at least."""

STUBBORN_SECONDS = 15.0
"""How long a database may refuse before a collector that does not follow gives up."""

_POLL_BYTES = 4 << 20

Progress = Callable[[int, int], None]
"""Told of bytes and lines that were read, in all."""


@dataclass(frozen=True, slots=True)
class CollectOptions:
    """How to collect."""

    follow: bool = False
    """Wait for more at the end."""
    is_now: bool = False
    """Date every record with the moment of reading."""


@dataclass(frozen=True, slots=True)
class CollectedSource:
    """What was read of one log this time."""

    path: str
    format: str
    lines: int
    unparsed: int
    note: str = ""
    is_refused: bool = False
    """None of its lines can be read."""


class Collecting:
    """One run of the collector."""

    def __init__(
        self,
        intake: Intake,
        keeping: Keeping,
        recorder: Recorder,
        options: CollectOptions,
        *,
        on_progress: Progress | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Read nothing yet.

        Args:
            intake: the logs.
            keeping: history, open for writing.
            recorder: its writer.
            options: how.
            on_progress: told how far it is.
            clock: tells the time.
        """
        self._intake = intake
        self._keeping = keeping
        self._recorder = recorder
        self._options = options
        self._on_progress = on_progress
        self._clock = clock or SystemClock()
        self._bytes = 0
        self._is_stopped = False
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """End soon, in order; called in the loop, by a signal."""
        self._is_stopped = True
        self._stopping.set()

    async def run(self, waker: Waker | None = None, on_idle: Callable[[], None] | None = None) -> None:
        """Read to the end, or until `stop`.

        Args:
            waker: says when to look again; made if not given.
            on_idle: called once, when everything was read and more is waited for.

        Raises:
            StoreError: the database does not take what was read.
        """
        parked = waker or IntervalWaker(POLL_SECONDS)
        self._intake.keeping = self._keeping
        hints: asyncio.Task[None] | None = None
        if isinstance(parked, IntervalWaker):
            self._intake.hint = parked.awaken
        try:
            while not self._is_stopped:
                is_busy = await self._round()
                await self._commit()
                if is_busy:
                    continue
                if not self._options.follow and self._is_done():
                    break
                if on_idle is not None:
                    on_idle()
                    on_idle = None
                if hints is None and isinstance(parked, IntervalWaker):
                    hints = asyncio.create_task(watch_for_hints(self._intake.watched, parked, self._stopping))
                await self._wait(parked)
        finally:
            if hints is not None:
                hints.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await hints
            await self._end()
        if self._recorder.has_failed or self._recorder.waiting_lines:
            raise self._refusal()

    def _is_done(self) -> bool:
        """Everything was read; a database that refuses it is given some time yet."""
        return all(feed.is_read for feed in self._intake.feeds) and not self._recorder.note_text

    async def _wait(self, waker: Waker) -> None:
        """Until there may be more, or it is to end."""
        waiting, ending = asyncio.ensure_future(waker.wait()), asyncio.ensure_future(self._stopping.wait())
        await asyncio.wait((waiting, ending), return_when=asyncio.FIRST_COMPLETED)
        for task in (waiting, ending):
            task.cancel()

    async def _end(self) -> None:
        """Write what is left, and let go of everything."""
        try:
            if not self._recorder.note_text:
                await self._recorder.commit()
        finally:
            await self._keeping.close()
            await self._intake.close()

    async def _round(self) -> bool:
        """One look at every log; True when there is more to be read at once."""
        if self._recorder.is_full:
            return False  # the database takes nothing at the moment: nothing more is read until it does
        for opening in await self._intake.open_new(0.0, self._clock.monotonic()):
            await self._catch_up(opening)
        is_busy = False
        for feed in self._intake.feeds:
            is_busy = await self._poll(feed) or is_busy
        return is_busy

    async def _catch_up(self, opening: Opening) -> None:
        """Read much that was written before, in worker processes; the rest is polled.

        A dashboard that reads newest first may have left its beginning to be read.
        """
        async with contextlib.aclosing(opening.backfill().buckets()) as pieces:
            async for buckets in pieces:
                self._take(opening.feed, buckets)
                self._note(opening.feed)
                await self._commit()
                if self._is_stopped:
                    break

    async def _poll(self, feed: LogFeed) -> bool:
        """Read what is new in one log; True when there is more."""
        if feed.is_read or self._is_stopped:
            return False
        chunks = await feed.source.poll(_POLL_BYTES)
        for chunk in chunks:
            self._take(feed, feed.take(chunk))
        if not self._options.follow and feed.source.is_at_end:
            if not isinstance(feed.source, Tail):  # the last line of a file may still be written: the next run reads it
                for chunk in await feed.source.finish():
                    self._take(feed, feed.take(chunk))
            feed.is_read = True
        self._note(feed)
        return bool(chunks) and not feed.source.is_at_end

    def _take(self, feed: LogFeed, buckets: Sequence[LogBucket]) -> None:
        self._recorder.take(self._keeping.dated([self._dated(bucket) for bucket in buckets], self._clock.now()))
        self._bytes += sum(bucket.length for bucket in buckets)
        if self._on_progress is not None:
            self._on_progress(self._bytes, sum(each.lines for each in self._intake.feeds))

    def _note(self, feed: LogFeed) -> None:
        self._keeping.note(feed.source)

    def _dated(self, bucket: LogBucket) -> LogBucket:
        """The bucket as it is, or with the moment of reading in place of its times."""
        if not self._options.is_now:
            return bucket
        now_ms = np.full(bucket.records, int(self._clock.now()) * 1000, np.int64)
        return replace(bucket, times=TimeColumn.of(now_ms))

    async def _commit(self) -> None:
        """Write what is due.

        Raises:
            StoreError: the database takes nothing, and nobody waits for it.
        """
        for source, words in self._intake.formats.items():
            await self._recorder.register(source, words)
        if self._recorder.is_due:
            await self._recorder.commit()
            await self._recorder.tidy(self._clock.now())
        refused = self._recorder.refused_seconds
        if self._recorder.has_failed or (refused > STUBBORN_SECONDS and not self._options.follow):
            raise self._refusal()

    def _refusal(self) -> StoreError:
        """The database does not take what was read."""
        hint = "nothing of it is lost: run it again"
        return StoreError("what was read cannot be kept", self._recorder.note_text, hint)

    def sources(self) -> tuple[CollectedSource, ...]:
        """What was read of each log."""
        return tuple(
            CollectedSource(
                path=feed.path,
                format=feed.detection.words if feed.detection is not None else "",
                lines=feed.lines,
                unparsed=feed.unparsed,
                note=feed.refusal or feed.status().note,
                is_refused=bool(feed.refusal),
            )
            for feed in self._intake.feeds
        )

    def gaps(self) -> tuple[GapNotice, ...]:
        """What could not be counted."""
        return self._keeping.gaps.notices
