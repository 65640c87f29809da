"""What is kept of records that no longer fit in memory: counts per minute, latency per hour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.held import HeldBucket
from glance.domain.logs.histogram import BINS
from glance.domain.logs.status import error_classes

MINUTE_MS = 60_000
HOUR_MS = 3_600_000
MOST_MINUTES = 366 * 24 * 60


class RollUp:
    """Counts per minute of the records that were let go."""

    def __init__(self) -> None:
        """Start with nothing."""
        self.minutes: dict[int, NDArray[np.int64]] = {}
        """Minute since the epoch → hits without error, client errors, server errors, bytes."""
        self.hours: dict[int, NDArray[np.int64]] = {}
        """Hour since the epoch → latency histogram."""
        self.records = 0

    def add(self, bucket: HeldBucket, statuses: list[bytes]) -> None:
        """Reduce a bucket; `statuses` are the values of the series' status dictionary."""
        at_ms = bucket.times.milliseconds()
        classes = error_classes(bucket.texts["status"], statuses)
        minutes = at_ms // MINUTE_MS
        sizes = np.maximum(bucket.sizes, 0)
        for minute in np.unique(minutes):
            chosen = minutes == minute
            counts = np.bincount(classes[chosen], minlength=4)[:4].astype(np.int64)
            counts[3] = int(sizes[chosen].sum())
            known = self.minutes.get(int(minute))
            self.minutes[int(minute)] = counts if known is None else known + counts
        if bucket.latencies is not None:
            self._add_latencies(at_ms // HOUR_MS, bucket.latencies)
        self.records += bucket.records
        while len(self.minutes) > MOST_MINUTES:
            del self.minutes[min(self.minutes)]

    def _add_latencies(self, hours: NDArray[np.int64], bins: NDArray[np.uint16]) -> None:
        for hour in np.unique(hours):
            counts = np.bincount(bins[hours == hour], minlength=BINS)
            known = self.hours.get(int(hour))
            self.hours[int(hour)] = counts if known is None else known + counts
