"""Watches one rule: counts records as they come, and looks at the window that ends now."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from glance.domain.alerts.rule import AlertRule, step_of
from glance.domain.alerts.state import Reading, Transition
from glance.domain.alerts.watched import Watched
from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.dictionary import OTHER
from glance.domain.logs.filter import parse_filter
from glance.domain.logs.part import part_of
from glance.domain.metrics.question import NO_NAME, names_of
from glance.domain.metrics.standing import Standing
from glance.domain.metrics.tally import MetricTally

MOST_AHEAD_SECONDS = 300
"""Records dated further ahead than this are no traffic of now, nor of the time that they claim."""

MOST_COUNTED = 8_000
"""Segments of one rule that are counted each by its name: with a few more than come in a second, there is seldom
cause to choose."""

MOST_WATCHED = 100
"""Segments of one rule that are looked at beyond those that are calm; the others are counted."""

FORGET_SECONDS = 120
"""How much longer than needed records are counted."""

NAMELESS = frozenset({NO_NAME, OTHER})
"""No segments: records that do not tell theirs, and the many small ones that are counted together."""

ALL = b""
"""The segment of a rule that has none."""


class Watcher:
    """One rule with all its segments."""

    def __init__(self, rule: AlertRule) -> None:
        """Nothing was counted yet."""
        self.rule = rule
        self.step = step_of(rule)
        self.tally = MetricTally(rule.metric, self.step, most_segments=MOST_COUNTED)
        self._base = parse_filter(rule.metric.base)
        self._condition = parse_filter(rule.metric.condition) if rule.metric.statistic == "ratio" else None
        self.watched: dict[bytes, Watched] = {}
        self.known_from = -math.inf
        """It was told of all records that are newer; set for a rule that was made while others watched."""
        self.left_out = 0
        """Segments of the last look that were too many."""
        self._is_new = True
        self._end = 0
        self._forgot = 0
        self._standing: Standing | None = None
        self._is_expected = True

    def add(self, bucket: LogBucket, now: float, group: str = "") -> None:
        """Count the records that this rule may still look at; older ones and those of the future are left out.

        Args:
            bucket: records.
            now: epoch seconds.
            group: the group that their log belongs to.
        """
        if not self.rule.metric.is_about(bucket.source, group):
            return
        start_ms = (math.floor(now) - self.rule.span_seconds - self.step) * 1000
        end_ms = math.floor(now + MOST_AHEAD_SECONDS) * 1000
        if not bucket.records or bucket.last_ms < start_ms or bucket.first_ms >= end_ms:
            return
        if bucket.first_ms < start_ms or bucket.last_ms >= end_ms:
            at_ms = bucket.times.milliseconds()
            bucket = part_of(bucket, (at_ms >= start_ms) & (at_ms < end_ms))
            if not bucket.records:
                return
        self.tally.add(bucket)
        self._is_new = True

    def span(self, now: float) -> tuple[int, int]:
        """The window that ends now, the present step included, epoch seconds."""
        end = (math.floor(now) // self.step + 1) * self.step
        return end - self.rule.window_seconds, end

    def evaluate(self, now: float, *, known_from: float = -math.inf) -> list[Transition]:
        """Look at the window that ends now.

        Args:
            now: epoch seconds.
            known_from: all that was logged since then was counted.
        """
        start, end = self.span(now)
        if end != self._end or self._is_new:
            self._forget(start - self.rule.after_seconds)
            self._standing, self._end, self._is_new = self.tally.standing(start, end), end, False
            self._is_expected = not self.rule.after_samples or self.rule.is_expected(self._before(start))
        is_whole = max(known_from, self.known_from) <= start
        turns = []
        for segment in self._segments():
            reading = self._reading(segment, is_whole=is_whole)
            watched = self.watched.get(segment)
            if watched is None:
                watched = self.watched[segment] = Watched(self.rule, segment)
            turn = watched.state.evaluate(now, reading)
            if turn is not None:
                turns.append(turn)
        return turns

    def chosen(self, bucket: LogBucket, segment: bytes) -> NDArray[np.bool_]:
        """The records of a bucket that speak for a turn: of a ratio those that meet its condition."""
        metric = self.rule.metric
        chosen = self._base.select(bucket)
        if self._condition is not None:
            chosen &= self._condition.select(bucket)
        if metric.segment:
            names, places = names_of(bucket, metric.segment, np.arange(bucket.records))
            chosen &= np.array([name == segment for name in names], np.bool_)[places]
        return chosen

    def forget_calm(self, now: float, seconds: float) -> list[bytes]:
        """Drop segments of which nothing happened for that long; returns them."""
        calm = [
            segment
            for segment, watched in self.watched.items()
            if watched.state.phase == "inactive"
            and watched.damper.owed is None
            and all(now - turn > seconds for turn in watched.damper.turns)
        ]
        for segment in calm:
            del self.watched[segment]
        return calm

    @property
    def is_quiet(self) -> bool:
        """The window that was looked at last had no records."""
        return self._standing is None or not self._standing.samples

    def _forget(self, second: int) -> None:
        """Drop what no window reaches any more; now and then, for that copies what is left."""
        if not 0 <= second - self._forgot < FORGET_SECONDS:
            self._forgot = second
            self.tally.forget_before(second)

    def _before(self, start: int) -> int:
        """Records before the window."""
        return self.tally.samples(start - self.rule.after_seconds, start)

    def _reading(self, segment: bytes, *, is_whole: bool) -> Reading:
        value = None if self._standing is None else self._standing.value(segment)
        if value is None:
            return Reading(0.0 if self.rule.metric.empty_is_zero else None, 0, is_whole, self._is_expected)
        return Reading(value.value, value.samples, is_whole, self._is_expected)

    def _segments(self) -> Iterable[bytes]:
        """What to look at: everything that is not calm, and what would not stay so, the worst first."""
        if not self.rule.metric.segment:
            return (ALL,)
        known = {segment for segment, watched in self.watched.items() if watched.state.phase != "inactive"}
        beyond = [] if self._standing is None else self._standing.beyond(self.rule.hold)
        fresh = [(value, segment) for value, segment in beyond if segment not in known | NAMELESS]
        fresh.sort(key=lambda item: item[0], reverse=not self.rule.is_low)
        room = max(0, MOST_WATCHED - len(known))
        self.left_out = max(0, len(fresh) - room)
        return [*sorted(known), *(segment for _, segment in fresh[:room])]
