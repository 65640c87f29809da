"""Decides, second by second, whether an alert fires. Time comes in as an argument; no traffic is an answer too."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, datetime

from glance.domain.alerts.rule import TrafficRule
from glance.domain.scene import AlertNotice


class SecondCounts:
    """Hits of each recent second of event time; seconds that never came count 0."""

    def __init__(self, keep_seconds: int) -> None:
        """Keep about this many seconds."""
        self._keep = keep_seconds
        self._hits: dict[int, int] = {}

    def add(self, counts: Iterable[tuple[int, int]]) -> None:
        """Add (second since the epoch, hits)."""
        for second, hits in counts:
            self._hits[second] = self._hits.get(second, 0) + hits

    def between(self, start: int, end: int) -> int:
        """Hits of the seconds within [start, end)."""
        return sum(self._hits.get(second, 0) for second in range(start, end))

    def forget_before(self, second: int) -> None:
        """Drop seconds that are too old to matter."""
        if len(self._hits) > 4 * self._keep:
            self._hits = {known: hits for known, hits in self._hits.items() if known >= second}


class TrafficAlert:
    """One traffic rule and its firings, newest first."""

    def __init__(self, rule: TrafficRule, *, most_notices: int = 100) -> None:
        """Nothing fires yet."""
        self.rule = rule
        self.notices: list[AlertNotice] = []
        self._most = most_notices

    @property
    def is_firing(self) -> bool:
        """The newest notice has not recovered."""
        return bool(self.notices) and self.notices[0].recovered_at is None

    def evaluate(self, now: float, counts: SecondCounts) -> None:
        """Look at the window that ends now, the present second included.

        The average divides by the whole window and is not rounded before it is compared.
        """
        end = math.floor(now) + 1
        hits = counts.between(end - self.rule.window_seconds, end)
        rate = hits / self.rule.window_seconds
        is_above = rate > self.rule.threshold  # the product of both may fall short of what it should be
        if is_above and not self.is_firing:
            message = f"High traffic generated an alert - hits = {rate:.2f}, triggered at {moment(now)}"
            self.notices.insert(0, AlertNotice(self.rule.name, message, now, rate, rate))
            del self.notices[self._most :]
        elif self.is_firing:
            self._go_on(now, rate, is_above=is_above)

    def _go_on(self, now: float, rate: float, *, is_above: bool) -> None:
        notice = self.notices[0]
        self.notices[0] = AlertNotice(
            notice.rule,
            notice.message,
            notice.triggered_at,
            notice.value,
            max(notice.highest, rate),
            None if is_above else now,
        )


def moment(at: float) -> str:
    """A moment in UTC to the second, ISO 8601."""
    return datetime.fromtimestamp(math.floor(at), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
