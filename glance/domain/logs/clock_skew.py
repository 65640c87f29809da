"""Records of the future: whatever wrote them has a wrong clock, or lies."""

from __future__ import annotations

from dataclasses import replace

from glance.domain.logs.bucket import LogBucket, TimeColumn

MOST_AHEAD_SECONDS = 300
"""Further ahead than this is no clock that is a little fast."""


def dated(bucket: LogBucket, now: float) -> tuple[LogBucket, int]:
    """A bucket with its records of the future dated now, so that no window waits for them; and how many these are.

    Args:
        bucket: as it was read.
        now: epoch seconds.
    """
    limit_ms = int((now + MOST_AHEAD_SECONDS) * 1000)
    if not bucket.records or bucket.last_ms <= limit_ms:
        return bucket, 0
    at_ms = bucket.times.milliseconds()
    ahead = at_ms > limit_ms
    at_ms[ahead] = int(now) * 1000
    return replace(bucket, times=TimeColumn.of(at_ms)), int(ahead.sum())
