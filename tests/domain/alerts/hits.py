"""Buckets of traffic at given seconds, relative to noon."""

from __future__ import annotations

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.record import LogRecord
from tests.domain.logs.brute import bucket_of

NOON = 1_700_000_000
"""Seconds since the epoch: 2023-11-14T22:13:20Z."""


def hits(
    *counts: tuple[float, int],
    path: bytes = b"/pages/create",
    client: bytes = b"10.0.0.1",
    status: bytes = b"200",
    seconds: float = -1.0,
) -> LogBucket:
    """So many requests at so many seconds after noon."""
    records = [
        LogRecord(
            at_ms=round((NOON + second) * 1000),
            client=client,
            method=b"GET",
            path=path,
            protocol=b"HTTP/1.1",
            status=status,
            agent=b"curl/8",
            size=10,
            seconds=seconds,
        )
        for second, count in counts
        for _ in range(count)
    ]
    return bucket_of(records)
