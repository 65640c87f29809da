"""History beside a collector: what is read back from it, what is written to it, and how that goes."""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from pathlib import Path

from glance.config import Settings
from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.bucket_head import BucketHead, StoredSource, Wanted
from glance.domain.logs.checkpoint import Checkpoint
from glance.domain.logs.clock_skew import dated
from glance.domain.logs.gap import Gap
from glance.domain.logs.route import BUILT_IN, Routes
from glance.domain.logs.series import LogSeries
from glance.domain.scene import HistoryCondition, HistoryStatus
from glance.errors import StoreError
from glance.pipeline.filtered_past import FilteredPast
from glance.pipeline.following import Following
from glance.pipeline.gap_book import GapBook
from glance.pipeline.history_thread import HistoryThread
from glance.pipeline.past import Past
from glance.pipeline.recorder import Bounds, Recorder
from glance.sources.source import Source
from glance.store.history import HistoryBusyError

PIPE = "-"
"""The name of standard input."""

logger = logging.getLogger(__name__)

_RESTORED_SHARE = 0.8
"""Of the memory, what is filled from history; the rest is for what comes."""


class Keeping:
    """What one collector has to do with history; without a database, nothing at all."""

    def __init__(
        self,
        thread: HistoryThread | None = None,
        *,
        trouble: str = "",
        group: str = "",
        bounds: Bounds | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Use an open database.

        Args:
            thread: the database; None keeps nothing.
            trouble: why it cannot be used, when it was wanted.
            group: the group of sources that are new.
            bounds: what the database may take.
            monotonic: a clock that never goes back, in seconds.
        """
        self._thread = thread
        self._trouble = trouble or (thread.warning if thread is not None else "")
        self.recorder = (
            Recorder(thread, monotonic, group=group, bounds=bounds) if thread is not None and thread.is_writer else None
        )
        self.following = Following(thread) if thread is not None and not thread.is_writer else None
        self.groups: dict[str, str] = {}
        """The group of each log that is known, by its name."""
        self.gaps = GapBook()
        self._past: Past | None = None
        self._filtered: FilteredPast | None = None
        self._first_ms: int | None = None
        self._last_ms: int | None = None

    @classmethod
    def open(
        cls,
        path: Path | None,
        *,
        group: str = "",
        bounds: Bounds | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> Keeping:
        """Open the database to write; to read when another glance writes it; do without when neither can be."""
        if path is None:
            return cls()
        try:
            return cls(HistoryThread.open(path, writes=True), group=group, bounds=bounds, monotonic=monotonic)
        except HistoryBusyError:
            pass
        except StoreError as error:
            return cls(trouble=_words(error))
        try:
            return cls(HistoryThread.open(path, writes=False), monotonic=monotonic)
        except StoreError as error:
            return cls(trouble=_words(error))

    async def checkpoints(self, source: str) -> tuple[Checkpoint, ...]:
        """Where reading of a source stood; nothing where that is not known."""
        if self._thread is None:
            return ()
        try:
            return await self._thread.ask(lambda history: history.checkpoints(source))
        except StoreError as error:
            self._fail(error)
            if self.recorder is not None:  # the log is read from its beginning now: kept, it would be there twice
                self.recorder.give_up()
            return ()

    async def end_of(self, source: str) -> int:
        """Where reading of the file stands that has the source's name."""
        active = [place.offset for place in await self.checkpoints(source) if place.state == "active"]
        return active[-1] if active else 0

    async def follows(self, source: str) -> bool:
        """Whether another glance, which writes the database, has read this source."""
        return self.following is not None and bool(await self.checkpoints(source))

    async def news(self, sources: Collection[str]) -> list[LogBucket]:
        """What another glance has written of these sources since the last call."""
        if self.following is None or not sources:
            return []
        try:
            buckets = await self.following.news(frozenset(sources))
        except StoreError as error:
            if not error.is_passing:  # else it is asked for again
                self._fail(error)
            return []
        for bucket in buckets:
            if bucket.records:
                self._saw(bucket.first_ms, bucket.last_ms)
        return buckets

    @property
    def is_kept(self) -> bool:
        """There is a history, whoever writes it."""
        return self._thread is not None

    async def sources(self) -> frozenset[str]:
        """The names of all logs on record."""
        if self._thread is None:
            return frozenset()
        try:
            return frozenset(one.path for one in await self._thread.ask(lambda history: history.sources()))
        except StoreError as error:
            self._fail(error)
            return frozenset()

    async def stored(self, sources: Sequence[str]) -> dict[str, StoredSource]:
        """What is known of these sources."""
        if self._thread is None:
            return {}
        try:
            known = await self._thread.ask(lambda history: history.sources())
        except StoreError as error:
            self._fail(error)
            return {}
        found = {source.path: source for source in known if source.path in sources}
        for source in found.values():
            self.groups[source.path] = source.group
            self._saw(source.first_ms, source.last_ms)
        return found

    async def restored(self, sources: Sequence[str], series: LogSeries) -> AsyncIterator[LogBucket]:
        """Buckets of these sources out of history, newest first, as many as there is memory for.

        Of the others the counts of their minutes go into the roll-up of the series.
        """
        if self._thread is None or not sources:
            return
        wanted = Wanted(tuple(sources))
        is_whole = has_gaps = False
        while not is_whole:
            is_whole = True
            try:
                if not has_gaps:
                    self.gaps.add(await self._thread.ask(lambda history: history.gaps(wanted)))
                    has_gaps = True
                for head in await self._thread.ask(lambda history: history.heads(wanted)):
                    if self.following is not None and self.following.has(head):
                        continue
                    if found := await self._found(self._thread, head, series):
                        yield found
                    else:
                        series.rollup.add_minutes(head.minutes, head.minute_counts, head.records)
                    if self.following is not None:
                        self.following.saw(head)
            except StoreError as error:
                is_whole = self.following is None or not error.is_passing  # else its writer has merged it meanwhile
                if is_whole:
                    self._fail(error)

    async def _found(self, thread: HistoryThread, head: BucketHead, series: LogSeries) -> LogBucket | None:
        """The bucket of a head; None when there is no memory for it, or this process's own commits changed it."""
        if series.size_bytes > series.memory_bytes * _RESTORED_SHARE:
            return None
        try:
            return await thread.ask(lambda history: history.bucket(head))
        except StoreError as error:
            if self.following is not None or not error.is_passing:
                raise
            return None

    def past(self, sources: Sequence[str], memory_bytes: int, routes: Routes = BUILT_IN) -> Past | None:
        """What answers windows of the past; None where nothing is kept."""
        if self._thread is not None and self._past is None:
            self._past = Past(self._thread, sources, memory_bytes, routes)
        return self._past

    def another_past(self, sources: Sequence[str], memory_bytes: int, routes: Routes = BUILT_IN) -> Past | None:
        """The same for a second window at a time."""
        return None if self._thread is None else Past(self._thread, sources, memory_bytes, routes)

    def filtered_past(
        self, sources: Sequence[str], memory_bytes: int, routes: Routes = BUILT_IN
    ) -> FilteredPast | None:
        """What answers filters over windows that memory does not hold; None where nothing is kept."""
        if self._thread is not None and self._filtered is None:
            self._filtered = FilteredPast(self._thread, sources, memory_bytes, routes)
        return self._filtered

    def is_full(self, *, waits: bool) -> bool:
        """So much waits for the database that no more is to be read.

        Args:
            waits: whether reading may wait; if not, nothing more is kept from here on.
        """
        if self.recorder is None or not self.recorder.is_full:
            return False
        why = self.recorder.note_text
        if waits or not why:
            return True
        self.recorder.note_text = f"{why}; nothing more is kept, the next start reads it all again"
        self.recorder.give_up()
        return False

    def is_behind(self, *, waits: bool) -> bool:
        """So much waits for the database that what can be read later is to be read later.

        Args:
            waits: whether it waits also for a database that takes nothing.
        """
        return self.recorder is not None and (self.recorder.is_behind or (waits and self.recorder.is_full))

    async def commit(self, now: float, formats: Mapping[str, str]) -> None:
        """Write what is due.

        Args:
            now: epoch seconds.
            formats: what the lines of each log are understood as, in words.
        """
        recorder = self.recorder
        if recorder is None or not recorder.is_due:
            return
        for source, words in formats.items():
            if source != PIPE:
                await recorder.register(source, words)
        await recorder.commit()
        await recorder.tidy(now)

    def dated(self, buckets: Sequence[LogBucket], now: float) -> list[LogBucket]:
        """Buckets as they are counted: records of the future are dated now, and told of."""
        found = []
        for bucket in buckets:
            settled, ahead = dated(bucket, now)
            found.append(settled)
            if ahead:
                gap = Gap(bucket.source, bucket.generation, now, "bad_time", bucket.offset, lines=ahead)
                self.gaps.add([gap])
                if self.recorder is not None:
                    self.recorder.take_gap(gap)
        return found

    def take(self, buckets: Sequence[LogBucket], now: float) -> list[LogBucket]:
        """Buckets that were read just now, returned as they are counted; what came through a pipe is not kept."""
        found = self.dated(buckets, now)
        if self.recorder is not None:
            self.recorder.take(bucket for bucket in found if bucket.source != PIPE)
        for bucket in found:
            if bucket.records:
                self._saw(bucket.first_ms, bucket.last_ms)
        return found

    def note(self, source: Source) -> None:
        """A source of which everything that it handed out was taken: how far it was read, and what was lost of it."""
        gaps = source.take_gaps()
        self.gaps.add(gaps)
        if self.recorder is not None and not self.recorder.has_failed:
            self.recorder.note(source, gaps)
        else:
            source.acknowledge(source.checkpoints)

    def status(self) -> HistoryStatus:
        """How it is doing."""
        recorder = self.recorder
        condition: HistoryCondition = "off" if self._thread is None else "following"
        note, waiting = self._trouble, 0
        if recorder is not None:
            condition, note = "recording", note or recorder.note_text
            waiting = recorder.waiting_lines if recorder.note_text else 0
        return HistoryStatus(
            condition="failing" if note else condition,
            first_at=None if self._first_ms is None else self._first_ms / 1000,
            last_at=None if self._last_ms is None else self._last_ms / 1000,
            size_bytes=0 if self._thread is None else _size_of(self._thread.path),
            waiting_lines=waiting,
            note=note,
        )

    async def close(self) -> None:
        """Write what is left, and let go of the database."""
        if self._thread is None:
            return
        if self._filtered is not None:
            self._filtered.close()
        if self.recorder is not None:
            await self.recorder.commit()
        try:
            await self._thread.close()
        except StoreError as error:
            logger.warning("%s", _words(error))

    def _saw(self, first_ms: int | None, last_ms: int | None) -> None:
        """There are records from here to there."""
        self._first_ms = min((at for at in (first_ms, self._first_ms) if at is not None), default=None)
        self._last_ms = max((at for at in (last_ms, self._last_ms) if at is not None), default=None)

    def _fail(self, error: StoreError) -> None:
        """It cannot be read: go on without it."""
        logger.warning("%s", _words(error))
        self._trouble = _words(error)


def bounds_of(settings: Settings) -> Bounds:
    """How much history may be, as the settings say."""
    return Bounds(settings.history_mb << 20, settings.history_days * 86_400)


def _size_of(path: Path) -> int:
    """Bytes of a database on disk, what is not yet in its place included."""
    size = 0
    for name in (path, path.with_name(path.name + "-wal")):
        with contextlib.suppress(OSError):
            size += os.stat(name).st_size
    return size


def _words(error: StoreError) -> str:
    """An error in one line."""
    return ": ".join(part for part in (error.what, error.why) if part)
