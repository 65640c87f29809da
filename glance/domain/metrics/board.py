"""The metrics of a dashboard, counted as records come, and shown as charts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace

from glance.domain.logs.bucket import LogBucket, TextColumn
from glance.domain.logs.held import HeldBucket
from glance.domain.logs.part import part_of
from glance.domain.logs.series import LogSeries
from glance.domain.metrics.metric import Metric
from glance.domain.metrics.observation import Value
from glance.domain.metrics.tally import MetricTally
from glance.domain.safe_text import safe_text
from glance.domain.scene import MetricChart
from glance.errors import FilterError

MOST_ROWS = 300_000
"""Rows of one tally: some megabytes. Beyond that the oldest are let go."""

KEPT_SHARE = 0.75
"""Of the bound, what stays then."""

MOST_POINTS = 2000
"""Periods of one chart."""

MOST_SHOWN = 50
"""Segments of one chart."""

SHORT_PERIOD = 60
"""Seconds; of shorter periods the one that still runs is not shown, for it always looks like a fall."""

MOST_AHEAD_SECONDS = 300
"""Records dated further ahead than this are not counted: they would hold the end of every chart."""


class MetricBoard:
    """Counts the records of all metrics, and draws their charts. For one thread."""

    def __init__(self, metrics: Iterable[Metric] = ()) -> None:
        """Count nothing yet."""
        self._tallies: dict[Metric, MetricTally] = {}
        self._broken: dict[Metric, str] = {}
        self._known_from: dict[Metric, int] = {}
        """Metrics of which older periods were let go, and from where on they are known."""
        self.define(metrics)

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What is counted, by name."""
        return tuple(sorted([*self._tallies, *self._broken], key=lambda metric: metric.id))

    def define(self, metrics: Iterable[Metric]) -> tuple[Metric, ...]:
        """Count these from now on; what is counted already goes on.

        Returns:
            The metrics that are new, and have to be given the records that came before (`recount`).
        """
        wanted = tuple(metrics)
        tallies: dict[Metric, MetricTally] = {}
        self._broken = {}
        for metric in wanted:
            try:
                tallies[metric] = self._tallies.get(metric) or MetricTally(metric, metric.period_seconds)
            except FilterError as error:
                self._broken[metric] = error.reason
        fresh = tuple(metric for metric in tallies if metric not in self._tallies)
        self._tallies = tallies
        self._known_from = {metric: since for metric, since in self._known_from.items() if metric in tallies}
        return fresh

    def add(
        self, bucket: LogBucket, *, group: str = "", now: float = math.inf, only: Iterable[Metric] | None = None
    ) -> None:
        """Count the records of a bucket.

        Args:
            bucket: the records.
            group: that of their log.
            now: epoch seconds; records of the future are left out.
            only: these metrics; None is all.
        """
        end_ms = (now + MOST_AHEAD_SECONDS) * 1000
        if bucket.records and bucket.last_ms >= end_ms:
            bucket = part_of(bucket, bucket.times.milliseconds() < end_ms)
        for metric in self._tallies if only is None else only:
            tally = self._tallies.get(metric)
            if tally is not None and metric.is_about(bucket.source, group):
                tally.add(bucket)
                self._bound(tally)

    def recount(
        self,
        series: LogSeries,
        *,
        groups: Mapping[str, str] | None = None,
        now: float = math.inf,
        only: Iterable[Metric] | None = None,
    ) -> None:
        """Count everything that a series holds, anew.

        Args:
            series: the records.
            groups: group of each source.
            now: epoch seconds; records of the future are left out.
            only: these metrics; None is all.
        """
        chosen = tuple(self._tallies if only is None else only)
        for metric in chosen:
            self._tallies[metric] = MetricTally(metric, metric.period_seconds)
            self._known_from.pop(metric, None)
        for held in series.buckets:
            bucket = loosened(held, series)
            self.add(bucket, group=(groups or {}).get(held.source, ""), now=now, only=chosen)

    def forget_before(self, second: int) -> None:
        """Drop what is older."""
        for tally in self._tallies.values():
            tally.forget_before(second)

    def charts(self, start: float, end: float) -> tuple[MetricChart, ...]:
        """A chart for each metric over [start, end), by name."""
        return tuple(
            self._chart(metric, start, end)
            if metric in self._tallies
            else MetricChart(metric.id, metric.words, metric.unit, note=self._broken[metric])
            for metric in self.metrics
        )

    def _chart(self, metric: Metric, start: float, end: float) -> MetricChart:
        """The chart of one metric."""
        tally, period = self._tallies[metric], metric.period_seconds
        is_whole = period <= SHORT_PERIOD
        last = math.floor(end) // period if is_whole else -(-math.ceil(end) // period)
        first = max(math.floor(start) // period, last - MOST_POINTS)
        since = self._known_from.get(metric, -1)
        first = max(first, -(-since // period))
        chart = MetricChart(metric.id, metric.words, metric.unit, step_seconds=period)
        if first >= last:
            return replace(chart, start=float(last * period), note="one period must pass first")
        found = tally.observations(first * period, last * period, by_segment=False)
        points = tuple(observation.value for observation in found)
        return replace(
            chart,
            start=float(first * period),
            points=points,
            latest=points[-1],
            segments=self._segments(tally, (last - 1) * period),
            note=self._note(metric, tally, is_whole=is_whole, is_empty=not any(one.samples for one in found)),
        )

    @staticmethod
    def _segments(tally: MetricTally, at: int) -> tuple[tuple[str, float | None], ...]:
        """The segments of one period, greatest first."""
        if not tally.metric.segment:
            return ()
        values = tally.values(at, at + tally.metric.period_seconds)
        order = sorted(values.items(), key=_by_value)[:MOST_SHOWN]
        return tuple((safe_text(name), value.value) for name, value in order)

    @staticmethod
    def _note(metric: Metric, tally: MetricTally, *, is_whole: bool, is_empty: bool) -> str:
        """What a person should know."""
        if is_empty and not metric.empty_is_zero:
            return "no record in this window tells it"
        if tally.is_approximate:
            return "different values are estimated within 1.6 %"
        return "" if is_whole else "the last period still runs"

    def _bound(self, tally: MetricTally) -> None:
        """Let the oldest steps of a tally go when it is too large: three quarters of the bound stay."""
        rows = len(tally.cells) + (0 if tally.distinct is None else len(tally.distinct))
        cells = tally.cells.all() if rows > MOST_ROWS else None
        if cells is None:
            return
        steps = tally.steps_of(cells.keys)  # in order
        cut = int(steps[min(len(steps) - 1, round(len(steps) * (1 - KEPT_SHARE * MOST_ROWS / rows)))])
        since = min(cut + 1, int(steps[-1])) * tally.step_seconds
        tally.forget_before(since)
        self._known_from[tally.metric] = since


def _by_value(item: tuple[bytes, Value]) -> tuple[float, bytes]:
    """Greatest first, then by name."""
    name, (value, _) = item
    return (-value if value is not None else math.inf, name)


def loosened(held: HeldBucket, series: LogSeries) -> LogBucket:
    """A bucket of a series as one that stands by itself."""
    texts = {}
    for name, column in held.texts.items():
        values = series.dictionaries[name].values
        texts[name] = TextColumn(column.ids, tuple(values[key] for key in column.keys.tolist()))
    return LogBucket(
        source=held.source,
        generation=held.generation,
        offset=held.offset,
        length=held.length,
        lines=held.lines,
        times=held.times,
        texts=texts,
        sizes=held.sizes,
        latencies=held.latencies,
        slowest_seconds=held.slowest_seconds,
        gaps=held.gaps,
    )
