"""Whether a log is being written now, or ended in the past: then its last window is shown instead of an empty one."""

from __future__ import annotations

from collections.abc import Sequence

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.series import LogSeries
from glance.domain.view import View
from glance.domain.window import Window, window_choice

_LIVE_SECONDS = 3600.0
_LEAST_LIVE_SECONDS = 60.0
"""A log whose newest record is older than its window when it is opened has ended."""


class Liveness:
    """What is known of that for the records of a series."""

    def __init__(self, series: LogSeries) -> None:
        """Judge by this series."""
        self._series = series
        self._is_growing = False

    def notice(self, buckets: Sequence[LogBucket], now: float) -> None:
        """Lines came in; if they tell of now, whatever brought them is alive. Lines of last year may come in too."""
        recent_ms = (now - _LIVE_SECONDS) * 1000
        if any(bucket.records and bucket.last_ms > recent_ms for bucket in buckets):
            self._is_growing = True

    def is_live(self, view: View, now: float, *, can_come: bool) -> bool:
        """Whether the window that is looked at ends now.

        Args:
            view: what is looked at.
            now: epoch seconds.
            can_come: some log may still bring lines.
        """
        last = self._series.last_ms
        if last is None:
            return True
        if not can_come:
            return False
        seconds = window_choice(view.window).seconds or _LIVE_SECONDS
        return self._is_growing or now - last / 1000 < max(seconds, _LEAST_LIVE_SECONDS)

    def known_seconds(self, window: Window) -> float:
        """How much of a window of the past lies between the log's first and last record."""
        first, last = self._series.first_ms, self._series.last_ms
        if first is None or last is None:
            return window.seconds
        return min(window.end, last / 1000 + 1) - max(window.start, first / 1000)
