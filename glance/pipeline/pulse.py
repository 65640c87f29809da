"""The rate of right now: counts of the last whole seconds."""

from __future__ import annotations

import math
from collections import deque

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.held import HeldBucket
from glance.domain.logs.selections import Selections, both
from glance.domain.logs.series import LogSeries
from glance.domain.logs.status import error_classes
from glance.domain.logs.tally import Tally, chosen_between
from glance.domain.scene import Pulse, Totals

SECONDS = 5
"""Whole seconds that count as now."""


class PulseMeter:
    """Counts per second of event time, for the newest seconds."""

    def __init__(self, keep_seconds: int) -> None:
        """Keep the newest seconds of the log."""
        self._keep = keep_seconds
        self._newest = -(1 << 62)
        self._counts: dict[int, NDArray[np.int64]] = {}

    def add(self, bucket: HeldBucket, series: LogSeries, now: float) -> None:
        """Count a bucket, when it reaches into the newest seconds.

        What happens long after `now` was dated by a wrong clock: it must not make the rest look old.
        """
        if bucket.last_ms // 1000 < self._newest - self._keep:
            return
        seconds = bucket.times.milliseconds() // 1000
        believed = seconds <= math.floor(now) + self._keep
        self._newest = max(self._newest, int(seconds.max(where=believed, initial=self._newest)))
        chosen = np.flatnonzero(believed & (seconds > self._newest - self._keep))
        classes = error_classes(bucket.texts["status"], series.dictionaries["status"].values)[chosen]
        sent = np.maximum(bucket.sizes[chosen], 0)
        seconds = seconds[chosen]
        for second in np.unique(seconds).tolist():
            here = seconds == second
            counts = np.bincount(classes[here], minlength=4)[:4].astype(np.int64)
            counts[3] = int(sent[here].sum(dtype=np.int64))
            known = self._counts.get(second)
            self._counts[second] = counts if known is None else known + counts
        if len(self._counts) > 4 * self._keep:
            bound = self._newest - self._keep
            self._counts = {known: counts for known, counts in self._counts.items() if known > bound}

    def pulse(self, now: float) -> Pulse:
        """The rate of the last whole seconds before now."""
        last = math.floor(now)
        sums: NDArray[np.int64] = np.zeros(4, np.int64)
        for second in range(last - SECONDS, last):
            counts = self._counts.get(second)
            if counts is not None:
                sums += counts
        return _rates(int(sums[:3].sum()), int(sums[1]), int(sums[2]), int(sums[3]), SECONDS, is_live=True)


def pulse_of_chosen(series: LogSeries, selections: Selections, now: float) -> Pulse:
    """The rate of the last whole seconds before now, of what is selected of a series."""
    end_ms = math.floor(now) * 1000
    start_ms = end_ms - SECONDS * 1000
    tally = Tally(series, (), SECONDS, latency_steps=False)
    for bucket in series.buckets:
        if bucket.last_ms >= start_ms and bucket.first_ms < end_ms:
            tally.add(bucket, both(chosen_between(bucket, start_ms, end_ms), selections.of(bucket)))
    hits, errors = tally.hits, tally.classes
    return _rates(hits, int(errors[1]), int(errors[2]), tally.bytes, SECONDS, is_live=True)


_PACE_SECONDS = 3.0


class ReadingPace:
    """How fast lines are being read."""

    def __init__(self) -> None:
        """Nothing was read yet."""
        self._readings: deque[tuple[float, int]] = deque()

    def forget(self) -> None:
        """What was until now says nothing of what comes."""
        self._readings.clear()

    def per_second(self, now: float, lines_total: int) -> float:
        """Lines per second over the last seconds.

        Args:
            now: seconds that never go back.
            lines_total: lines that were read until now.
        """
        self._readings.append((now, lines_total))
        while len(self._readings) > 2 and now - self._readings[1][0] >= _PACE_SECONDS:
            self._readings.popleft()
        began, before = self._readings[0]
        return (lines_total - before) / (now - began) if now > began else 0.0


def pulse_of(totals: Totals, seconds: float) -> Pulse:
    """The rates over a whole window: what `now` means for a log that has ended."""
    return _rates(
        totals.hits, totals.client_errors, totals.server_errors, totals.bytes, max(1.0, seconds), is_live=False
    )


def _rates(hits: int, client_errors: int, server_errors: int, sent: int, seconds: float, *, is_live: bool) -> Pulse:
    return Pulse(
        hits_per_second=hits / seconds,
        client_error_share=client_errors / hits if hits else 0.0,
        server_error_share=server_errors / hits if hits else 0.0,
        bytes_per_second=sent / seconds,
        is_live=is_live,
    )
