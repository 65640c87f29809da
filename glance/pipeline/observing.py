"""Reads what a metric was from history: buckets that are there, and what was kept of those that are gone."""

from __future__ import annotations

import math
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from glance.domain.logs.bucket_head import BucketHead, StoredSource, Wanted
from glance.domain.logs.dictionary import OTHER
from glance.domain.logs.filter import parse_filter
from glance.domain.metrics.metric import Metric
from glance.domain.metrics.observation import Observation
from glance.domain.metrics.tally import MetricTally
from glance.domain.units import iso
from glance.errors import StoreError
from glance.store.history import History
from glance.store.metric_table import MetricTable

MOST_AHEAD_SECONDS = 300
"""A record dated further ahead than this does not say how far history reaches."""

MOST_BUCKETS = 300
"""Buckets that are looked at for periods with records, when nobody said since when: some seconds of work."""

MOST_DRAWN = 2000
"""Periods of the line that is drawn of them."""

WIDENING = 4
"""How many times as far it is looked back when there was too little."""

ATTEMPTS = 5
"""History may be changed while it is read; then it is read anew."""


@dataclass(frozen=True, slots=True)
class Observed:
    """What a metric was."""

    metric: Metric
    observations: tuple[Observation, ...] = ()
    """Newest first; those of one period greatest first."""
    overall: tuple[Observation, ...] = ()
    """Every period that they are of, oldest first, without segments."""
    now: float = 0.0
    """When they were made."""
    notes: tuple[str, ...] = ()

    def is_whole(self, observation: Observation) -> bool:
        """Its period is over."""
        return observation.start + self.metric.period_seconds <= self.now


@dataclass(frozen=True, slots=True)
class _Reach:
    """The moments that are asked for, on the borders of periods."""

    low: int
    end: int
    is_open: bool
    """Nobody said since when: as far back as it takes."""


def observe(
    database: Path,
    metric: Metric,
    *,
    now: float,
    start: float | None = None,
    end: float | None = None,
    limit: int = 100,
) -> Observed:
    """The latest observations of a metric.

    Args:
        database: where history is.
        metric: what is asked.
        now: epoch seconds.
        start: nothing that is older; None for as far as it takes.
        end: nothing that is not older; None for the latest.
        limit: observations at most.

    Raises:
        StoreError: history cannot be read, or there is none.
        FilterError: a filter of the metric cannot be understood.
    """
    for attempt in range(ATTEMPTS):
        try:
            with closing(History.open(database, writes=False)) as history:
                return _Observing(history, metric, now).latest(start, end, limit)
        except StoreError as error:
            if not error.is_passing or attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("the last attempt returns or raises")


class _Observing:
    """One question to an open history."""

    def __init__(self, history: History, metric: Metric, now: float) -> None:
        self._history = history
        self._table = MetricTable(history.connection, history.path)
        self._metric = metric
        self._filter = parse_filter(metric.base)
        self._now = now
        self._notes: list[str] = []

    def latest(self, start: float | None, end: float | None, limit: int) -> Observed:
        """The latest observations within these moments."""
        reach = self._reach(start, end)
        if reach is None or reach.low >= reach.end:
            return Observed(self._metric, now=self._now)
        is_filled = self._metric.empty_is_zero and not self._metric.segment
        many = limit
        while True:
            low = max(reach.low, reach.end - many * self._metric.period_seconds)
            is_all = low == reach.low
            tally, since = self._counted(low, reach.end, most=MOST_BUCKETS if reach.is_open and many > limit else None)
            found = tally.observations(since, reach.end, is_filled=is_filled)
            if len(found) >= limit or is_all or since > low:
                break
            many *= WIDENING
        if since > low and len(found) < limit:
            self._notes.append(f"looked back to {iso(since)}; --since looks further")
        return self._observed(tally, found, reach.end, limit)

    def _observed(self, tally: MetricTally, found: list[Observation], end: int, limit: int) -> Observed:
        """The newest of these, with what is known of them."""
        found.sort(key=lambda one: (-one.start, -(one.value if one.value is not None else -math.inf), one.segment))
        chosen = tuple(found[:limit])
        if not any(one.samples for one in chosen) and not self._metric.empty_is_zero:
            chosen = ()
        if tally.is_approximate:
            self._notes.append("different values are estimated: the standard error is 1.6 %")
        if any(one.segment == OTHER for one in chosen):
            self._notes.append(f"there are too many segments: some are counted as {OTHER.decode()}")
        if tally.left_out:
            self._notes.append(f"{tally.left_out:,} records with impossible times are left out")
        low = max(chosen[-1].start if chosen else end, end - MOST_DRAWN * self._metric.period_seconds)
        overall = tally.observations(low, end, by_segment=False) if chosen else []
        return Observed(self._metric, chosen, tuple(overall), self._now, tuple(self._notes))

    def _reach(self, start: float | None, end: float | None) -> _Reach | None:
        """The whole periods between the moments that are asked for and those that are known; None when none are."""
        known = self._known()
        if known is None:
            return None
        period = self._metric.period_seconds
        first, last = known[0] // period * period, -(-known[1] // period) * period
        low = first if start is None else max(first, math.floor(start) // period * period)
        stop = last if end is None else min(last, -(-math.ceil(end) // period) * period)
        return _Reach(low, stop, is_open=start is None)

    def _known(self) -> tuple[int, int] | None:
        """From the first second of which something is known to the end of the last one."""
        sources = [one for one in self._history.sources() if self._metric.is_about(one.path, one.group)]
        spans = [span for one in sources if (span := self._span(one)) is not None]
        kept = self._table.kept_span(self._metric.id)
        spans += [kept] if kept is not None else []
        return (min(first for first, _ in spans), max(last for _, last in spans)) if spans else None

    def _span(self, source: StoredSource) -> tuple[int, int] | None:
        """From the first to the end of the last second of a log; a last one of the future is not believed."""
        if source.first_ms is None or source.last_ms is None:
            return None
        last = source.last_ms // 1000 + 1
        now = math.floor(self._now) + 1
        return source.first_ms // 1000, last if last <= now + MOST_AHEAD_SECONDS else now

    def _counted(self, start: int, end: int, *, most: int | None) -> tuple[MetricTally, int]:
        """What reaches into [start, end), counted, and from which period on that is all of it.

        The heads are read before what was kept: a bucket that is let go in between is in both, but
        cannot be read any more, and all is done again.
        """
        wanted = Wanted(self._metric.sources, self._metric.groups, start * 1000, end * 1000)
        heads = [head for head in self._history.heads(wanted) if self._may_have(head)]
        tally = MetricTally(self._metric, self._metric.period_seconds)
        for kept in self._table.kept(self._metric, start, end):
            tally.merge(kept)
        for head in heads[:most]:
            tally.add(self._history.bucket(head))
        if most is None or len(heads) <= most:
            return tally, start
        unread = max(head.last_ms for head in heads[most:])
        period_ms = self._metric.period_seconds * 1000
        return tally, (unread // period_ms + 1) * self._metric.period_seconds

    def _may_have(self, head: BucketHead) -> bool:
        """The bucket may hold records that are meant."""
        return bool(head.records) and self._filter.may_match(head.first_ms, head.last_ms)
