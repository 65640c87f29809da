"""The buckets of the last minutes: evidence for alerts, and a beginning for rules that are made meanwhile."""

from __future__ import annotations

import math
from collections.abc import Iterator
from operator import itemgetter

from glance.domain.logs.bucket import LogBucket

MOST_RECORDS = 400_000
"""About 10 to 20 MB of columns."""

KEPT_RECORDS = MOST_RECORDS * 7 // 8
"""What stays when that is too much, so that there is not always something to let go."""


class RecentBuckets:
    """Buckets as they came, back to a moment; the oldest go."""

    def __init__(self) -> None:
        """Nothing came yet."""
        self._held: list[tuple[int, LogBucket]] = []
        """Each with its last millisecond."""
        self._records = 0
        self.known_from = -math.inf
        """No record that came and is newer than this was dropped, epoch seconds."""

    def __iter__(self) -> Iterator[LogBucket]:
        return (bucket for _, bucket in self._held)

    def add(self, bucket: LogBucket, oldest: float) -> None:
        """Add a bucket, unless all of it is older than the moment `oldest`."""
        if not bucket.records:
            return
        last_ms = bucket.last_ms
        if last_ms < oldest * 1000:
            self.known_from = max(self.known_from, last_ms / 1000)
            return
        self._held.append((last_ms, bucket))
        self._records += bucket.records
        if self._records > MOST_RECORDS or len(self._held) % 64 == 0:
            self._drop(oldest)

    def _drop(self, oldest: float) -> None:
        """Let go of what is too old, and of the oldest while it is too much; the newest stays."""
        most = KEPT_RECORDS if self._records > MOST_RECORDS else MOST_RECORDS
        self._held.sort(key=itemgetter(0))
        count = 0
        for last_ms, bucket in self._held[:-1]:
            if last_ms >= oldest * 1000 and self._records <= most:
                break
            self._records -= bucket.records
            self.known_from = max(self.known_from, last_ms / 1000)
            count += 1
        del self._held[:count]
