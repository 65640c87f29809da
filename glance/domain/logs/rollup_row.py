"""A RollUpRow: the counts of one step of time of records that are kept no more; made from a bucket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.frequent import Frequent, frequent
from glance.domain.logs.histogram import BINS
from glance.domain.logs.record import section

WIDTHS = (10, 60, 3600)
"""Steps that are kept, seconds; each holds everything, the finer ones for a shorter time."""

RANKED = ("path", "section", "client", "status", "agent", "referrer", "host", "method", "protocol", "user", "upstream")
"""Fields whose most frequent values are kept by the hour; what comes later is appended."""

HOUR = 3600
CLASSES = 6


@dataclass(frozen=True, slots=True)
class RollUpRow:
    """Counts of one step of time."""

    start: int
    """Epoch seconds."""
    width_seconds: int
    hits: tuple[int, ...]
    """By class of status: at 2 those of 2xx; at 0 those without one that is known."""
    bytes: int
    latency: Mapping[int, int]
    """Records in each bin of `histogram`, those without latency left out."""

    @property
    def records(self) -> int:
        """All hits."""
        return sum(self.hits)

    def plus(self, other: RollUpRow) -> RollUpRow:
        """Both together, under the time of this one."""
        latency = dict(self.latency)
        for key, count in other.latency.items():
            latency[key] = latency.get(key, 0) + count
        hits = tuple(one + more for one, more in zip(self.hits, other.hits, strict=True))
        return RollUpRow(self.start, self.width_seconds, hits, self.bytes + other.bytes, latency)


def status_class(status: bytes) -> int:
    """1 to 5, or 0 for a status that is none."""
    return int(status[:1]) if len(status) == 3 and status.isdigit() and b"100" <= status < b"600" else 0


def rolled_up(bucket: LogBucket, width_seconds: int) -> list[RollUpRow]:
    """The counts of a bucket by steps of time, in order."""
    if not bucket.records:
        return []
    steps, places = np.unique(bucket.times.milliseconds() // (width_seconds * 1000), return_inverse=True)
    column, count = bucket.texts["status"], len(steps)
    classes = np.array([status_class(value) for value in column.values], np.int64)[column.ids]
    hits = np.bincount(places * CLASSES + classes, minlength=count * CLASSES).reshape(count, CLASSES).tolist()
    sent: NDArray[np.int64] = np.zeros(count, np.int64)
    np.add.at(sent, places, np.maximum(bucket.sizes, 0))
    latency = _latency(bucket, places, count)
    return [
        RollUpRow(step * width_seconds, width_seconds, tuple(hits[index]), size, latency[index])
        for index, (step, size) in enumerate(zip(steps.tolist(), sent.tolist(), strict=True))
    ]


def _latency(bucket: LogBucket, places: NDArray[np.intp], count: int) -> list[dict[int, int]]:
    out: list[dict[int, int]] = [{} for _ in range(count)]
    if bucket.latencies is not None:
        cells, hits = np.unique(places * BINS + bucket.latencies, return_counts=True)
        for cell, found in zip(cells.tolist(), hits.tolist(), strict=True):
            place, key = divmod(cell, BINS)
            if key:
                out[place][key] = found
    return out


def rankings(bucket: LogBucket) -> dict[tuple[int, str], Frequent]:
    """The most frequent values of each field, for each hour (epoch seconds of its start) of a bucket."""
    out = {}
    hours, places = np.unique(bucket.times.milliseconds() // (HOUR * 1000), return_inverse=True)
    for name in RANKED:
        column = bucket.texts["path" if name == "section" else name]
        values = [section(value) for value in column.values] if name == "section" else column.values
        cells, hits = np.unique(places * max(1, len(values)) + column.ids, return_counts=True)
        counts: list[dict[bytes, int]] = [{} for _ in hours]
        for cell, found in zip(cells.tolist(), hits.tolist(), strict=True):
            place, key = divmod(cell, len(values))
            of_hour = counts[place]
            of_hour[values[key]] = of_hour.get(values[key], 0) + found
        for hour, of_hour in zip(hours.tolist(), counts, strict=True):
            if of_hour.keys() - {b""}:
                out[hour * HOUR, name] = frequent(of_hour)
    return out
