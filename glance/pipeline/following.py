"""Follows a history that another glance writes: its new buckets, each record once."""

from __future__ import annotations

import os

from glance.domain.logs.bucket import LogBucket, rest
from glance.domain.logs.bucket_head import BucketHead
from glance.pipeline.history_thread import HistoryThread
from glance.pipeline.log_feed import LogFeed

NEGLECT_SECONDS = 6.0
"""How long a log may grow without any news of it before it is read here."""


class Covered:
    """Bytes of one generation that were taken, as intervals [start, end) that do not touch."""

    def __init__(self) -> None:
        """None yet."""
        self._intervals: list[tuple[int, int]] = []

    def add(self, start: int, end: int) -> None:
        """These were taken."""
        apart = [one for one in self._intervals if one[1] < start or one[0] > end]
        joined = [one for one in self._intervals if one not in apart]
        low, high = min([start, *(one[0] for one in joined)]), max([end, *(one[1] for one in joined)])
        self._intervals = [*apart, (low, high)]

    def end_after(self, start: int) -> int:
        """How far what was taken reaches from `start` on; `start` itself when nothing was."""
        return next((high for low, high in self._intervals if low <= start < high), start)


class Following:
    """The news of a database, bucket by bucket."""

    def __init__(self, thread: HistoryThread) -> None:
        """Follow from now on; what is in the database already is taken by `skip`."""
        self._thread = thread
        self._seq = -1
        self._covered: dict[int, Covered] = {}

    def saw(self, head: BucketHead) -> None:
        """This bucket was taken whole, in some other way."""
        self._seq = max(self._seq, head.seq)
        self._covered_of(head).add(head.offset, head.end)

    def has(self, head: BucketHead) -> bool:
        """It was taken whole."""
        return self._covered_of(head).end_after(head.offset) >= head.end > head.offset

    async def news(self, sources: frozenset[str]) -> list[LogBucket]:
        """What was written since the last call, of these sources.

        Raises:
            StoreError: the database cannot be read.
        """
        seq = self._seq
        self._seq, heads = await self._thread.ask(lambda history: history.news(seq))
        fresh: list[LogBucket] = []
        for head in sorted(heads, key=lambda head: (head.generation, head.offset)):
            if sources and head.source not in sources:
                continue
            bucket = await self._unseen(head)
            if bucket is not None:
                fresh.append(bucket)
        return fresh

    async def _unseen(self, head: BucketHead) -> LogBucket | None:
        """The part of a bucket that was not taken before; a writer merges small buckets into larger ones."""
        if self.has(head):
            return None
        covered = self._covered_of(head)
        taken = covered.end_after(head.offset)
        bucket = await self._thread.ask(lambda history: history.bucket(head))
        cut = next((cut for cut in head.cuts if cut.offset == taken), None)
        covered.add(head.offset, head.end)
        return bucket if cut is None else rest(bucket, *cut)

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
