"""A MetricTally: a metric counted over any buckets, by step of time and segment. Tallies merge.

Counts, sums, least and greatest are exact; quantiles, and sums of latencies, are within 1 %, for latencies are
kept in bins; different values are counted exactly up to a bound, then with a standard error of 1.6 %
(`distinct`). Of segments the first `most_segments` are exact. Beyond that those with the most hits keep
their names, and the others are counted as `(other)`.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.dictionary import OTHER
from glance.domain.logs.tally import sums
from glance.domain.metrics.cells import CellLog, Cells, Keys
from glance.domain.metrics.distinct import DistinctLog, Grouping
from glance.domain.metrics.figure import BIN_BITS, Figures, figures
from glance.domain.metrics.metric import PERCENTILES, Metric
from glance.domain.metrics.observation import Observation, Value
from glance.domain.metrics.question import Answers, Question, names_of
from glance.domain.metrics.segments import Segments
from glance.domain.metrics.standing import Standing

__all__ = ["MetricTally", "Observation", "Value"]

LATEST = 1 << 33
"""Seconds; records that claim to be later, or before 1970, are left out."""

MOST_SEGMENTS = 100_000
"""Segments that the keys of cells have room for."""


class MetricTally:
    """A metric, counted."""

    def __init__(self, metric: Metric, step_seconds: int, *, most_segments: int = 1000) -> None:
        """Count nothing yet.

        Args:
            metric: what to count.
            step_seconds: width of the steps of time; the period is a multiple of it.
            most_segments: names that are told apart.

        Raises:
            FilterError: a filter of the metric cannot be understood.
        """
        if metric.period_seconds % step_seconds:
            raise ValueError(f"{step_seconds} s do not divide {metric.period_seconds} s")
        self.metric = metric
        self.step_seconds = step_seconds
        self.segments = Segments(min(most_segments, MOST_SEGMENTS), OTHER if metric.segment else b"")
        self.cells = CellLog()
        """By step and segment, for a quantile by bin too."""
        self.distinct = DistinctLog() if metric.statistic == "distinct" else None
        self._question = Question(metric)
        self._bits = self.segments.most.bit_length()
        self._shift = BIN_BITS if metric.statistic in PERCENTILES else 0
        self._mask = (1 << self._bits) - 1
        self.left_out = 0
        """Records with impossible times."""

    @property
    def is_approximate(self) -> bool:
        """Different values are estimated."""
        return self.distinct is not None and self.distinct.registers is not None

    @property
    def span(self) -> tuple[int, int] | None:
        """From the first step to the end of the last one in which something was counted, epoch seconds."""
        cells = self.cells.all()
        if cells is None:
            return None
        first, last = self.steps_of(cells.keys[[0, -1]]).tolist()
        return first * self.step_seconds, (last + 1) * self.step_seconds

    def steps_of(self, keys: Keys) -> Keys:
        """The steps, counted from the epoch, of keys of cells."""
        return np.asarray(keys >> (self._shift + self._bits))

    # ------------------------------------------------------------------------------------- counting

    def add(self, bucket: LogBucket) -> None:
        """Count the records of a bucket."""
        found = self._question.ask(bucket)
        if found is None or not len(found.records):
            return
        steps = bucket.times.milliseconds()[found.records] // (1000 * self.step_seconds)
        is_possible = (steps >= 0) & (steps < LATEST // self.step_seconds)
        if not is_possible.all():
            self.left_out += int(np.count_nonzero(~is_possible))
            found, steps = _chosen(found, is_possible), steps[is_possible]
            if not len(steps):
                return
        keys = steps << self._bits
        if self.metric.segment:
            keys |= self._numbers(bucket, found)
        if self.distinct is not None and found.hashes is not None:
            self.distinct.add(keys, found.hashes)
        if found.bins is not None:
            keys = keys << self._shift | found.bins
        self.cells.add(_summed(keys, found, self.metric.statistic))

    def _numbers(self, bucket: LogBucket, found: Answers) -> Keys:
        """The number of each record's segment."""
        names, places = names_of(bucket, self.metric.segment, found.records)
        self._make_room(names, np.bincount(places, minlength=len(names)))
        return np.array([self.segments.number(name) for name in names], np.int64)[places]

    def _make_room(self, names: list[bytes], hits: NDArray[np.integer]) -> None:
        """Number these names, letting others go where there are too many."""
        by_name: Counter[bytes] = Counter()
        for name, count in zip(names, hits.tolist(), strict=True):
            by_name[name] += count
        if self.segments.wants_room(by_name):
            self._renumber(self.segments.compact(self._hits()))
        self.segments.admit(by_name)

    def _hits(self) -> NDArray[np.int64]:
        """Records of each segment."""
        total: NDArray[np.int64] = np.zeros(len(self.segments), np.int64)
        for cells in self.cells.parts:
            np.add.at(total, cells.keys >> self._shift & self._mask, cells.columns["count"])
        return total

    def _renumber(self, moves: NDArray[np.int64]) -> None:
        parts, self.cells = self.cells.parts, CellLog()
        for cells in parts:
            self.cells.add(cells.with_keys(self._moved(cells.keys, moves)))
        if self.distinct is not None:
            self.distinct.renumber(moves, self._bits)

    def _moved(self, keys: Keys, moves: NDArray[np.int64]) -> Keys:
        """Keys with other numbers of segments."""
        mask = self._mask << self._shift
        return np.asarray((keys & ~np.int64(mask)) | moves[(keys & mask) >> self._shift] << self._shift)

    def merge(self, other: MetricTally) -> None:
        """Count in what another tally of the same metric and step counted."""
        if (other.metric, other.step_seconds) != (self.metric, self.step_seconds):
            raise ValueError("the tallies count something else")
        moves: NDArray[np.int64] = np.zeros(len(other.segments), np.int64)
        if self.metric.segment:
            hits = other._hits()
            self._make_room(other.segments.names[1:], hits[1:])
            moves[1:] = [self.segments.number(name) for name in other.segments.names[1:]]
        for cells in other.cells.parts:
            self.cells.add(cells.with_keys(self._moved(cells.keys, moves)))
        if self.distinct is not None and other.distinct is not None:
            self.distinct.merge(other.distinct, moves, self._bits)
        self.left_out += other.left_out

    def forget_before(self, second: int) -> None:
        """Drop the steps that begin before this moment."""
        first = -(-second // self.step_seconds) << self._bits
        self.cells.forget_before(first << self._shift)
        if self.distinct is not None:
            self.distinct.forget_before(first)

    # ------------------------------------------------------------------------------------- answering

    def values(self, start: int, end: int, *, by_segment: bool = True) -> dict[bytes, Value]:
        """The metric over the whole steps in [start, end), epoch seconds.

        Args:
            start: first moment.
            end: the moment after the last one.
            by_segment: tell segments apart; else all is under `b""`.

        Returns:
            By segment, those with records; without segments always one value, under `b""`.
        """
        is_split = by_segment and bool(self.metric.segment)
        mask = self._mask if is_split else 0
        found = self._figures(start, end, lambda keys: keys & mask, end - start)
        if not is_split:
            return {b"": found.at(0) if len(found.groups) else self._nothing()}
        return {self.segments.names[group]: found.at(at) for at, group in enumerate(found.groups.tolist())}

    def standing(self, start: int, end: int) -> Standing:
        """The same as `values`, for whoever asks of few of many segments."""
        is_split = bool(self.metric.segment)
        mask = self._mask if is_split else 0
        found = self._figures(start, end, lambda keys: keys & mask, end - start)
        return Standing(found, self.segments if is_split else None)

    def samples(self, start: int, end: int) -> int:
        """Records of the whole steps in [start, end), epoch seconds."""
        first, stop = self._keys_of(start, end)
        parts = (part.between(first << self._shift, stop << self._shift) for part in self.cells.parts)
        return sum(int(part.columns["count"].sum()) for part in parts)

    def observations(
        self, start: int, end: int, *, by_segment: bool = True, is_filled: bool = True
    ) -> list[Observation]:
        """The metric for each period that reaches into [start, end), oldest first.

        Args:
            start: first moment, epoch seconds.
            end: the moment after the last one.
            by_segment: tell segments apart; else all is under `b""`.
            is_filled: also tell of periods, and of segments in them, without records: 0 or None.
        """
        period = self.metric.period_seconds
        first, last = start // period, -(-end // period)
        is_split = by_segment and bool(self.metric.segment)
        mask = self._mask if is_split else 0
        steps = period // self.step_seconds
        bits = self._bits

        def group_of(keys: Keys) -> Keys:
            return np.asarray(((keys >> bits) // steps << bits) | (keys & mask))

        found = self._figures(first * period, last * period, group_of, period)
        told = {group: at for at, group in enumerate(found.groups.tolist())}
        if not is_filled:
            groups = list(told)
        else:
            numbers = sorted({group & mask for group in told}) or ([] if is_split else [0])
            groups = [step << bits | number for step in range(first, last) for number in numbers]
        names = self.segments.names if is_split else [b""]
        return [
            Observation(
                (group >> bits) * period,
                names[group & mask],
                *(found.at(told[group]) if group in told else self._nothing()),
            )
            for group in groups
        ]

    def _figures(self, start: int, end: int, group_of: Grouping, seconds: int) -> Figures:
        """The figures of the whole steps in [start, end), by group."""
        first, stop = self._keys_of(start, end)
        cells = self.cells.between(first << self._shift, stop << self._shift)
        found = figures(self.metric, cells, group_of, seconds)
        if self.distinct is None:
            return found
        groups, counts = self.distinct.counts(first, stop, group_of)
        assert np.array_equal(groups, found.groups), "both were given the same records"
        return Figures(found.groups, counts, found.samples)

    def _keys_of(self, start: int, end: int) -> tuple[int, int]:
        """The first key of the whole steps in [start, end), and the one after the last, without a bin."""
        first = -(-start // self.step_seconds) << self._bits
        return first, max(first, end // self.step_seconds << self._bits)

    def _nothing(self) -> Value:
        """The value of no records."""
        return Value(0.0 if self.metric.empty_is_zero else None, 0)


def _chosen(found: Answers, is_chosen: NDArray[np.bool_]) -> Answers:
    """Some of the answers."""
    return Answers(
        found.records[is_chosen],
        None if found.numbers is None else found.numbers[is_chosen],
        None if found.bins is None else found.bins[is_chosen],
        None if found.hashes is None else found.hashes[is_chosen],
        None if found.matches is None else found.matches[is_chosen],
    )


def _summed(keys: Keys, found: Answers, statistic: str) -> Cells:
    """The records of each key, summed up."""
    distinct, places, counts = _grouped(keys)
    columns: dict[str, NDArray[np.generic]] = {"count": counts}
    many, numbers = len(distinct), found.numbers
    if found.matches is not None:
        columns["match"] = np.bincount(places[found.matches], minlength=many)
    if numbers is None:
        return Cells(distinct, columns)
    if statistic in ("sum", "avg", "stddev", "variance"):
        is_float = numbers.dtype.kind == "f"
        columns["sum"] = np.bincount(places, numbers, many) if is_float else sums(places, numbers, many)  # type: ignore[arg-type]
    if statistic in ("stddev", "variance"):
        away = numbers - (columns["sum"].astype(np.float64) / counts)[places]
        columns["square"] = np.bincount(places, away * away, many)
    if statistic == "min":
        columns["least"] = np.full(many, np.inf)
        np.minimum.at(columns["least"], places, numbers)
    if statistic == "max":
        columns["most"] = np.full(many, -np.inf)
        np.maximum.at(columns["most"], places, numbers)
    return Cells(distinct, columns)


def _grouped(keys: Keys) -> tuple[Keys, NDArray[np.intp], NDArray[np.int64]]:
    """The distinct keys in order, the place of each record's key among them, and how often each stands."""
    first = int(keys.min())
    width = int(keys.max()) - first + 1
    if width > 4 * len(keys) + 65_536:
        distinct, places, counts = np.unique(keys, return_inverse=True, return_counts=True)
        return distinct, places, counts.astype(np.int64)
    relative = keys - first
    by_key = np.bincount(relative, minlength=width)
    used = np.flatnonzero(by_key)
    numbers = np.zeros(width, np.intp)
    numbers[used] = np.arange(len(used))
    return used + first, numbers[relative], by_key[used].astype(np.int64)
