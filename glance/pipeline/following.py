"""Follows a history that another glance writes: its new buckets, each record once."""

from __future__ import annotations

import os

from glance.domain.logs.bucket import LogBucket, rest
from glance.domain.logs.bucket_head import BucketHead, Cut
from glance.errors import StoreError
from glance.pipeline.history_thread import HistoryThread
from glance.pipeline.log_feed import LogFeed

NEGLECT_SECONDS = 6.0
"""How long a log may grow without any news of it before it is read here."""


class Covered:
    """What was taken of one generation: stretches, each with what is in it.

    A stored bucket grows to its right, and is merged into the one before it: where it begins, one of
    the stretches that were taken of it begins too, and the others follow it.
    """

    def __init__(self) -> None:
        """Nothing yet."""
        self._stretches: dict[int, Cut] = {}
        """By where they begin: where they end, and what is in them."""

    def add(self, head: BucketHead) -> None:
        """All of this bucket was taken."""
        inside = [start for start in self._stretches if head.offset <= start < head.end]
        for start in inside:
            del self._stretches[start]
        self._stretches[head.offset] = Cut(head.end, head.records, head.lines, head.unparsed)

    def part_of(self, head: BucketHead) -> Cut:
        """How far a bucket was taken from its beginning on, and what of it is before that place."""
        taken = Cut(head.offset, 0, 0, 0)
        while (more := self._stretches.get(taken.offset)) is not None and taken.offset < more.offset <= head.end:
            taken = Cut(
                more.offset, taken.records + more.records, taken.lines + more.lines, taken.unparsed + more.unparsed
            )
        return taken


class Following:
    """The news of a database, bucket by bucket."""

    def __init__(self, thread: HistoryThread) -> None:
        """Follow; what is taken in some other way is told with `saw`."""
        self._thread = thread
        self._seq = -1
        self._covered: dict[int, Covered] = {}

    def saw(self, head: BucketHead) -> None:
        """This bucket was taken whole, in some other way."""
        self._covered_of(head).add(head)

    def has(self, head: BucketHead) -> bool:
        """It was taken whole."""
        return self._covered_of(head).part_of(head).offset >= head.end > head.offset

    async def news(self, sources: frozenset[str]) -> list[LogBucket]:
        """What was written since the last call, of these sources.

        Raises:
            StoreError: nothing could be read; the next call tells of what this one could not, unless it is damaged.
        """
        since = self._seq
        seq, heads = await self._thread.ask(lambda history: history.news(since))
        fresh: list[LogBucket] = []
        trouble: StoreError | None = None
        for head in sorted(heads, key=lambda head: (head.generation, head.offset)):
            if sources and head.source not in sources:
                continue
            try:
                bucket = await self._unseen(head)
            except StoreError as error:
                trouble = error
                if error.is_passing:  # all that is left is asked for again
                    seq = since
                    break
                continue
            if bucket is not None:
                fresh.append(bucket)
        self._seq = seq
        if trouble is not None and not fresh:
            raise trouble
        return fresh

    async def _unseen(self, head: BucketHead) -> LogBucket | None:
        """The part of a bucket that was not taken before; a writer merges small buckets into larger ones."""
        if self.has(head):
            return None
        bucket = await self._thread.ask(lambda history: history.bucket(head))
        taken = self._covered_of(head).part_of(head)
        self._covered_of(head).add(head)
        return bucket if taken.offset == head.offset else rest(bucket, *taken)

    def _covered_of(self, head: BucketHead) -> Covered:
        return self._covered.setdefault(head.generation, Covered())


class Neglect:
    """Notices that a log grows while nothing of it comes out of history."""

    def __init__(self) -> None:
        """Nothing was looked at yet."""
        self._since: dict[str, tuple[int, float]] = {}

    def is_neglected(self, feed: LogFeed, now: float) -> bool:
        """Whether whoever was to read a log has stopped to.

        Args:
            feed: a log that another glance reads.
            now: seconds that never go back.
        """
        try:
            is_ahead = os.stat(feed.path).st_size != feed.stored_end
        except OSError:
            is_ahead = False
        end, since = self._since.get(feed.name, (feed.stored_end, now))
        if not is_ahead or end != feed.stored_end:
            since = now
        self._since[feed.name] = (feed.stored_end, since)
        return now - since > NEGLECT_SECONDS
