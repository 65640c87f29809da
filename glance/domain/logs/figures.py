"""Collects the figures of a report from buckets, each of which may be forgotten afterwards."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.agent_kind import KINDS
from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.dictionary import Dictionary
from glance.domain.logs.held import HeldBucket
from glance.domain.logs.histogram import ACCURACY, bin_seconds, quantiles
from glance.domain.logs.part import part_of
from glance.domain.logs.ranking import RowDetails, top_keys, without
from glance.domain.logs.route import BUILT_IN, Routes
from glance.domain.logs.scanner import is_probe
from glance.domain.logs.series import LogSeries
from glance.domain.logs.span import Choice, Span
from glance.domain.logs.status import CLIENT_ERROR, SERVER_ERROR, error_classes
from glance.domain.logs.summary import KindFigures, LatencyFigures, SeriesFigures, TopList, TopRow
from glance.domain.logs.tally import DERIVED, RANKED_FIELDS, Counts, Tally, sums
from glance.domain.logs.timeline import Timeline
from glance.domain.safe_text import decode
from glance.domain.window import nice_step

TOP_LISTS = ("sections", "routes", "paths", "clients", "agents", "crawlers", "referrers", "hosts")
_DERIVED = (*(name for name in TOP_LISTS if name in DERIVED), "kinds")
"""What follows from what is counted, and is told of."""

_COUNTED = ("paths", "clients", "agents", "referrers", "hosts", "methods", "statuses", "protocols", "users")
_WIDTHS_SECONDS = (1, 60, 3600, 86400)
_MOST_STEPS = 50_000
_DAY_SECONDS = 86_400


class _Steps:
    """Counts per step of time, in steps as fine as the span of the log allows."""

    def __init__(self) -> None:
        self.width_seconds = 1
        self.timeline = Timeline(4)

    def add(self, at_seconds: NDArray[np.int64], classes: NDArray[np.uint8], sent: NDArray[np.integer]) -> None:
        """Count records."""
        low, high = int(at_seconds.min()), int(at_seconds.max())
        if len(self.timeline.rows):
            low = min(low, self.timeline.first * self.width_seconds)
            high = max(high, (self.timeline.first + len(self.timeline.rows)) * self.width_seconds)
        while (high - low) // self.width_seconds > _MOST_STEPS and self.width_seconds < _DAY_SECONDS:
            self.widen(_WIDTHS_SECONDS[_WIDTHS_SECONDS.index(self.width_seconds) + 1])
        numbers = at_seconds // self.width_seconds
        first, width = int(numbers.min()), int(numbers.max() - numbers.min()) + 1
        by_class = np.bincount((numbers - first) * 3 + classes, minlength=3 * width).reshape(width, 3)
        total = sums(numbers - first, sent, width)
        self.timeline.add(first, np.column_stack([by_class, total]))

    def widen(self, width_seconds: int) -> None:
        """Use wider steps, a multiple of the present ones."""
        factor = width_seconds // self.width_seconds
        old, self.timeline, self.width_seconds = self.timeline, Timeline(4), width_seconds
        if not len(old.rows):
            return
        first, last = old.first // factor, (old.first + len(old.rows) - 1) // factor
        rows = old.between(first * factor, (last - first + 1) * factor)
        self.timeline.add(first, rows.reshape(-1, factor, 4).sum(axis=1))


class Figures:
    """The counts of a report. Exact, whatever is forgotten, but for what `is_approximate` says."""

    def __init__(
        self, *, memory_bytes: int, top: int, span: Span, where: Choice | None = None, routes: Routes = BUILT_IN
    ) -> None:
        """Start at zero.

        Args:
            memory_bytes: bound for what is held.
            top: rows of each top list.
            span: which records count.
            where: which of them, None for all.
            routes: by which rules paths become routes.
        """
        self._where = where
        self._series = LogSeries(memory_bytes, on_evict=self._leave, keeps_numbers=True, routes=routes)
        self._tally = Tally(self._series, _COUNTED, _DAY_SECONDS, latency_steps=False)
        self._steps = _Steps()
        self._top = top
        self._span = span
        self._left: dict[str, RowDetails] = {}
        self._added = 0
        self._derived: dict[str, tuple[int, Counts]] = {}
        self.first_ms: int | None = None
        self.last_ms: int | None = None

    def add(self, bucket: LogBucket) -> None:
        """Count a bucket."""
        held = self._series.add(bucket if self._where is None else part_of(bucket, self._where.select(bucket)))
        if held is None:
            return
        chosen = self._span.chosen(held)
        if chosen is not None and not len(chosen):
            return
        self._tally.add(held, chosen)
        for name in _DERIVED:  # what is new is classed now, while workers still read, not at the end when all wait
            self._series.derived[name].of()
        self._added += 1
        classes = error_classes(held.texts["status"], self._series.dictionaries["status"].values)
        at_ms, sent = held.times.milliseconds(), np.maximum(held.sizes, 0)
        if chosen is not None:
            classes, at_ms, sent = classes[chosen], at_ms[chosen], sent[chosen]
        self._steps.add(at_ms // 1000, classes, sent)
        first, last = int(at_ms.min()), int(at_ms.max())
        self.first_ms = first if self.first_ms is None else min(self.first_ms, first)
        self.last_ms = last if self.last_ms is None else max(self.last_ms, last)

    def _leave(self, bucket: HeldBucket) -> None:
        """Keep the latencies of the leading names of a bucket that is let go."""
        for name in TOP_LISTS:
            known = self._left.get(name)
            if known is None:
                keys = self._leading(name, self._top * 8)
                known = self._left[name] = RowDetails(keys, _DAY_SECONDS, has_latency=True)
            self._add_details(known, name, bucket)

    @property
    def is_approximate(self) -> bool:
        """Some names had to be counted together: there were too many for the memory."""
        return self._series.is_approximate

    @property
    def tally(self) -> Tally:
        """The totals."""
        return self._tally

    def distinct(self, name: str) -> int:
        """Number of different names of a ranking; the one that says nothing is left out."""
        return int(np.count_nonzero(self._hits(name)))

    def by_name(self, name: str) -> tuple[tuple[str, int], ...]:
        """(name, hits) of a whole ranking, most hits first."""
        hits, values = self._hits(name), self._values(name)
        return tuple((decode(values[key]), int(hits[key])) for key in top_keys(hits, values, len(values)))

    def _counts(self, name: str) -> Counts:
        if name not in DERIVED:
            return self._tally.fields[name]
        known = self._derived.get(name)
        if known is None or known[0] != self._added:
            known = self._derived[name] = (self._added, self._tally.derived(name))
        return known[1]

    def _dictionary(self, name: str) -> Dictionary:
        if name in DERIVED:
            self._series.derived[name].of()
            return self._series.derived[name].dictionary
        return self._series.dictionaries[RANKED_FIELDS[name]]

    def _values(self, name: str) -> list[bytes]:
        return self._dictionary(name).values

    def _hits(self, name: str) -> NDArray[np.int64]:
        return without(self._counts(name), self._dictionary(name).number(b""))

    def _leading(self, name: str, count: int) -> NDArray[np.intp]:
        return top_keys(self._hits(name), self._values(name), count)

    def _add_details(self, details: RowDetails, name: str, bucket: HeldBucket) -> None:
        field = RANKED_FIELDS[DERIVED.get(name, name)]
        moves = self._series.derived[name].of() if name in DERIVED else None
        details.add(bucket, field, self._span.chosen(bucket), moves=moves)

    def kinds(self) -> tuple[KindFigures, ...]:
        """What is known of each kind of client."""
        counts, dictionary = self._counts("kinds"), self._dictionary("kinds")
        return tuple(
            KindFigures(
                decode(kind),
                int(counts.classes[:, key].sum()),
                int(counts.bytes[key]),
                int(counts.classes[CLIENT_ERROR, key]),
                int(counts.classes[SERVER_ERROR, key]),
            )
            for kind in KINDS
            for key in [dictionary.number(kind)]
            if key is not None and counts.classes[:, key].any()
        )

    @property
    def tells_agents(self) -> bool:
        """The log says something of agents."""
        return bool(self._hits("agents").any())

    def noise(self) -> int:
        """Requests that are noise of scanners."""
        errors, values = self._tally.fields["paths"].classes[CLIENT_ERROR], self._values("paths")
        return sum(int(errors[key]) for key in np.flatnonzero(errors).tolist() if is_probe(values[key]))

    def top_lists(self) -> tuple[TopList, ...]:
        """The top list of every field that has one."""
        return tuple(self._top_list(name) for name in TOP_LISTS)

    def _top_list(self, name: str) -> TopList:
        keys, values, counts = self._leading(name, self._top), self._values(name), self._counts(name)
        p95 = self._p95(name, keys)
        rows = tuple(
            TopRow(
                decode(values[key]),
                int(counts.classes[:, key].sum()),
                int(counts.bytes[key]),
                int(counts.classes[1, key]),
                int(counts.classes[2, key]),
                slow,
            )
            for key, slow in zip(keys, p95, strict=True)
        )
        return TopList(name, rows, is_approximate=self.is_approximate or name in self._left)

    def _p95(self, name: str, keys: NDArray[np.intp]) -> list[float | None]:
        if not self._tally.latency[1:].any():
            return [None] * len(keys)
        details = RowDetails(keys, _DAY_SECONDS, has_latency=True)
        for bucket in self._series.buckets:
            self._add_details(details, name, bucket)
        left = self._left.get(name)
        if left is not None:
            rows = {int(key): row for row, key in enumerate(left.keys)}
            for row, key in enumerate(keys):
                if int(key) in rows:
                    details.latency[row] += left.latency[rows[int(key)]]
        return details.p95()

    def latency(self) -> LatencyFigures | None:
        """Percentiles over all records, None when none has a latency."""
        histogram = self._tally.latency
        p50, p90, p95, p99, most = quantiles(histogram, (0.5, 0.9, 0.95, 0.99, 1.0))
        if p50 is None or p90 is None or p95 is None or p99 is None or most is None:
            return None
        # the exact one is known of buckets that count whole; a part of a bucket tells it within 1 %
        slowest = self._tally.slowest if self._tally.slowest >= most * (1 - 2 * ACCURACY) else most
        # the middle of a bin may lie above the slowest
        p50, p90, p95, p99 = (min(seconds, slowest) for seconds in (p50, p90, p95, p99))
        total = float(histogram[1:] @ bin_seconds()[1:])
        return LatencyFigures(int(histogram[1:].sum()), p50, p90, p95, p99, slowest, total)

    def series(self) -> SeriesFigures:
        """Counts per step of time."""
        rows = self._steps.timeline.rows
        if not len(rows):
            return SeriesFigures(60, 0.0, (), (), (), ())
        width = self._steps.width_seconds
        step = max(nice_step(len(rows) * width), width)
        self._steps.widen(step - step % width)
        rows = self._steps.timeline.rows
        columns = [tuple(int(value) for value in column) for column in rows.T]
        hits = tuple(int(value) for value in rows[:, :3].sum(axis=1))
        start = float(self._steps.timeline.first * step)
        return SeriesFigures(step, start, hits, columns[1], columns[2], columns[3])

    def statuses(self) -> tuple[tuple[int, int], ...]:
        """(status, hits) by status."""
        return tuple(sorted((int(name), hits) for name, hits in self.by_name("statuses") if name.isdigit()))
