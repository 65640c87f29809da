"""Keeps what is read: buckets, and the places up to which they were read, in one transaction.

Whoever reads hands over buckets as they come, and says at moments when all that a source handed out
was taken (`note`) how far its files were read. Only what was noted so is written, so that a process
that dies at any moment has counted each line once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.bucket_head import Wanted
from glance.domain.logs.checkpoint import Checkpoint
from glance.domain.logs.gap import Gap
from glance.errors import StoreError
from glance.pipeline.history_thread import HistoryThread
from glance.pipeline.log_feed import source_name
from glance.sources.source import Source
from glance.store.history import Batch, History

logger = logging.getLogger(__name__)

COMMIT_SECONDS = 2.0
"""How often what was read is written, at least."""

COMMIT_RECORDS = 65_536
"""Records that are written at once without waiting for that."""

TIDY_SECONDS = 60.0
"""How often it is looked whether the database has grown too large."""

MOST_WAITING_BYTES = 64 << 20
"""What is held for a database that cannot be written at the moment."""

_FIRST_RETRY_SECONDS, _LONGEST_RETRY_SECONDS = 1.0, 60.0
_BYTES_PER_RECORD = 60
"""Of a portable bucket in memory, about."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much history may be."""

    most_bytes: int = 1 << 30
    most_age_seconds: float = 3650 * 86_400.0


class Recorder:
    """Writes to history what was read."""

    def __init__(
        self,
        history: HistoryThread,
        monotonic: Callable[[], float],
        *,
        group: str = "",
        bounds: Bounds | None = None,
        most_waiting_bytes: int = MOST_WAITING_BYTES,
    ) -> None:
        """Write nothing yet.

        Args:
            history: open for writing.
            monotonic: a clock that never goes back, in seconds.
            group: the group that new sources belong to; empty leaves them where they are.
            bounds: what the database may take.
            most_waiting_bytes: what is held at most for a database that takes nothing.
        """
        self._history = history
        self._monotonic = monotonic
        self._group = group
        self._bounds = bounds or Bounds()
        self._tidy_at = monotonic()
        self._most_waiting_bytes = most_waiting_bytes
        self._taken: list[LogBucket] = []
        """Buckets whose place was not noted yet."""
        self._buckets: list[LogBucket] = []
        """Those whose place was: they can be written."""
        self._places: dict[int, Checkpoint] = {}
        self._owners: dict[int, Source] = {}
        """Whose places these are, to be told when they are written."""
        self._gaps: list[Gap] = []
        self._waiting_records = 0
        self._next_at = monotonic()
        self._retry_seconds = _FIRST_RETRY_SECONDS
        self._formats: dict[str, str] = {}
        self.note_text = ""
        """Why nothing is written at the moment; empty when all is well."""
        self._refused_since: float | None = None
        self.has_failed = False
        """Nothing will be written any more: what was not is read again at the next start."""

    @property
    def waiting_lines(self) -> int:
        """Lines that were read and are not written."""
        return sum(bucket.lines for bucket in (*self._buckets, *self._taken))

    @property
    def refused_seconds(self) -> float:
        """For how long the database has taken nothing."""
        return 0.0 if self._refused_since is None else self._monotonic() - self._refused_since

    @property
    def is_full(self) -> bool:
        """So much waits that no more should be read."""
        return self._waiting_records * _BYTES_PER_RECORD > self._most_waiting_bytes

    @property
    def is_behind(self) -> bool:
        """Writing goes on, but more slowly than reading: what can wait is to be read later."""
        return not self.note_text and self._waiting_records * _BYTES_PER_RECORD > self._most_waiting_bytes // 4

    @property
    def is_due(self) -> bool:
        """It is time to write."""
        has_news = bool(self._buckets or self._taken or self._places or self._gaps)
        now = self._monotonic()
        is_many = self._waiting_records >= COMMIT_RECORDS and not self.note_text
        return has_news and not self.has_failed and (is_many or now >= self._next_at)

    def take(self, buckets: Iterable[LogBucket]) -> None:
        """Buckets that were read just now."""
        if self.has_failed:
            return
        for bucket in buckets:
            self._taken.append(bucket)
            self._waiting_records += bucket.records

    def take_gap(self, gap: Gap) -> None:
        """Something that is told of beside the records."""
        if not self.has_failed:
            self._gaps.append(gap)

    def note(self, source: Source, gaps: Iterable[Gap]) -> None:
        """How far a source was read, at a moment when every bucket of what it handed out was taken.

        Of other sources that may not be so: their buckets wait for their own note.
        """
        for checkpoint in source.checkpoints:
            self._places[checkpoint.generation] = checkpoint
            self._owners[checkpoint.generation] = source
        self._gaps.extend(gaps)
        name = source_name(source.path)
        self._buckets += [bucket for bucket in self._taken if bucket.source == name]
        self._taken = [bucket for bucket in self._taken if bucket.source != name]

    async def register(self, source: str, words: str) -> None:
        """A source, and the format of its lines."""
        if self._formats.get(source) == words or self.has_failed or self.note_text:
            return
        if await self._try(lambda history: history.register(source, group=self._group, format=words)):
            self._formats[source] = words

    async def checkpoints(self, source: str) -> tuple[Checkpoint, ...]:
        """Where reading of a source stood.

        Raises:
            StoreError: the database cannot be read.
        """
        return await self._history.ask(lambda history: history.checkpoints(source))

    async def gaps(self, sources: Sequence[str]) -> tuple[Gap, ...]:
        """What could not be counted of these sources, ever.

        Raises:
            StoreError: the database cannot be read.
        """
        return await self._history.ask(lambda history: history.gaps(Wanted(sources=tuple(sources))))

    async def commit(self) -> bool:
        """Write what was noted; False when that failed, to be tried again later."""
        if not (self._buckets or self._places or self._gaps):
            return True
        if await self._history.ask(lambda history: history.is_moved):
            self.note_text = "the database was deleted or replaced under us; start glance again to write a new one"
            self.give_up()
            return False
        places, gaps = self._places, self._gaps
        batch = Batch(tuple(self._buckets), tuple(places.values()), tuple(gaps))
        self._places, self._gaps = {}, []
        try:
            is_written = await self._try(lambda history: history.commit(batch))
        except BaseException:  # cancelled: nobody knows whether it will be written
            self.give_up()
            raise
        if not is_written:
            if not self.has_failed:
                self._places, self._gaps = {**places, **self._places}, gaps + self._gaps
            return False
        for generation, place in places.items():
            self._owners[generation].acknowledge([place])
        del self._buckets[: len(batch.buckets)]
        self._waiting_records -= sum(bucket.records for bucket in batch.buckets)
        self._next_at = self._monotonic() + COMMIT_SECONDS
        self._retry_seconds, self.note_text, self._refused_since = _FIRST_RETRY_SECONDS, "", None
        return True

    async def _try(self, work: Callable[[History], object]) -> bool:
        """Do something that may fail; says why in the note, and when to try again."""
        try:
            await self._history.ask(work)
        except StoreError as error:
            text = f"{error.what}: {error.why}" if error.why else error.what
            if self.note_text != text:
                logger.warning("%s", text)
            self.note_text = text
            if self._refused_since is None:
                self._refused_since = self._monotonic()
            if getattr(error, "is_passing", False):
                self._next_at = self._monotonic() + self._retry_seconds
                self._retry_seconds = min(self._retry_seconds * 2, _LONGEST_RETRY_SECONDS)
            else:
                self.give_up()
            return False
        return True

    def give_up(self) -> None:
        """Write nothing more. The places that are kept stand still, so that the next start reads it all again."""
        self.has_failed = True
        self._taken.clear()
        self._buckets.clear()
        self._places.clear()
        self._owners.clear()
        self._gaps.clear()
        self._waiting_records = 0

    async def tidy(self, now: float) -> None:
        """Let the oldest records go when there is too much; they leave roll-ups.

        Args:
            now: epoch seconds.
        """
        if self.has_failed or self.note_text or self._monotonic() < self._tidy_at:
            return
        bounds = self._bounds
        try:
            retired = await self._history.ask(
                lambda history: history.retain(
                    now, most_bytes=bounds.most_bytes, most_age_seconds=bounds.most_age_seconds
                )
            )
        except StoreError as error:
            logger.warning("%s: %s", error.what, error.why)
            self._tidy_at = self._monotonic() + TIDY_SECONDS
            return
        self._tidy_at = self._monotonic() + (0.0 if retired.is_more else TIDY_SECONDS)
