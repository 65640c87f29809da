"""What a metric takes from each record of a bucket: which records, their segment, their value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.agent_kind import agent_kind, crawler_name
from glance.domain.logs.bucket import LogBucket, TextColumn
from glance.domain.logs.filter import parse_filter
from glance.domain.logs.histogram import bin_seconds, bins_of
from glance.domain.logs.record import section
from glance.domain.logs.route import route
from glance.domain.metrics.distinct import hashes_of
from glance.domain.metrics.metric import MOMENTS, PERCENTILES, Metric

NO_NAME = b"-"
"""The segment of records that do not tell theirs."""

BYTE = 1e-6
"""A byte in the histogram of latencies, which also serves for sizes: 1 byte to 21.6 GB within 1 %."""

SECONDS = bin_seconds()

Numbers = NDArray[np.int64] | NDArray[np.int32] | NDArray[np.float64]
Indexes = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Answers:
    """The records of a bucket that a metric is about, with what it takes from them."""

    records: Indexes
    """Which records."""
    numbers: Numbers | None = None
    """The value of each, where the statistic is of numbers."""
    bins: NDArray[np.uint16] | None = None
    """The bin of each, where it is a quantile."""
    hashes: NDArray[np.uint64] | None = None
    """The hash of each, where different values are counted."""
    matches: NDArray[np.bool_] | None = None
    """Whether each meets the condition of a ratio."""


class Question:
    """A metric, ready to be put to buckets."""

    def __init__(self, metric: Metric) -> None:
        """Read its filters.

        Raises:
            FilterError: one cannot be understood.
        """
        self.metric = metric
        self._base = parse_filter(metric.base)
        self._condition = parse_filter(metric.condition) if metric.statistic == "ratio" else None

    def ask(self, bucket: LogBucket) -> Answers | None:
        """What the bucket answers, None when no record is meant."""
        if not bucket.records or not self._base.may_match(bucket.first_ms, bucket.last_ms):
            return None
        if self._base.is_everything:
            records = np.arange(bucket.records)
        else:
            records = np.flatnonzero(self._base.select(bucket))
        if not len(records):
            return None
        if self._condition is not None:
            return Answers(records, matches=self._condition.select(bucket)[records])
        return self._of_property(bucket, records)

    def _of_property(self, bucket: LogBucket, records: Indexes) -> Answers | None:
        statistic, name = self.metric.statistic, self.metric.property
        if name == "*":
            return Answers(records)
        if name == "latency" and bucket.latencies is None:
            return None
        if statistic == "distinct":
            records = records[_is_told(bucket, name)[records]]
            return Answers(records, hashes=_hashes(bucket, name, records))
        numbers, is_told = _numbers(bucket, name, records, is_wanted=statistic in MOMENTS)
        if is_told is not None:
            records = records[is_told]
            numbers = numbers if numbers is None else numbers[is_told]
        bins = _bins(bucket, name, records) if statistic in PERCENTILES else None
        return Answers(records, numbers=numbers, bins=bins)


def _is_told(bucket: LogBucket, name: str) -> NDArray[np.bool_]:
    """Which records tell this text."""
    column = bucket.texts[_field_of(name)]
    return np.array([value != b"" for value in column.values], np.bool_)[column.ids]


def _numbers(
    bucket: LogBucket, name: str, records: Indexes, *, is_wanted: bool
) -> tuple[Numbers | None, NDArray[np.bool_] | None]:
    """The numbers of these records, and which of them tell one; None where all do."""
    if name == "bytes":
        sizes = bucket.sizes[records]
        return (sizes if is_wanted else None), sizes >= 0
    if name == "latency":
        assert bucket.latencies is not None, "asked for before"
        bins = bucket.latencies[records]
        return (SECONDS[bins] if is_wanted else None), bins > 0
    if name == "status":
        column = bucket.texts["status"]
        numbers = np.array([_status(value) for value in column.values], np.int64)[column.ids[records]]
        return (numbers if is_wanted else None), numbers >= 0
    return None, _is_told(bucket, name)[records]


def _bins(bucket: LogBucket, name: str, records: Indexes) -> NDArray[np.uint16]:
    """The bins of these records."""
    if name == "latency":
        assert bucket.latencies is not None, "asked for before"
        return bucket.latencies[records]
    return bins_of(bucket.sizes[records].astype(np.float64) * BYTE)


def _status(value: bytes) -> int:
    """A status as a number, -1 where it is none."""
    return int(value) if value.isdigit() and len(value) <= 9 else -1


def _hashes(bucket: LogBucket, name: str, records: Indexes) -> NDArray[np.uint64]:
    """The hash of what each record tells."""
    rule = _SEGMENTS.get(name, (name, None))[1]
    values, places = _used(bucket.texts[_field_of(name)], records)
    return hashes_of(values if rule is None else [rule(value) for value in values])[places]


def _field_of(name: str) -> str:
    """The text field of a record from which a property or a segment follows."""
    return _SEGMENTS.get(name, (name, None))[0]


def _used(column: TextColumn, records: Indexes) -> tuple[list[bytes], Indexes]:
    """The distinct values of these records, and the place of each record's among them."""
    ids = column.ids[records].astype(np.intp)
    used = np.flatnonzero(np.bincount(ids, minlength=len(column.values)))
    if len(used) == len(column.values):
        return list(column.values), ids
    numbers = np.zeros(len(column.values), np.intp)
    numbers[used] = np.arange(len(used))
    return [column.values[index] for index in used.tolist()], numbers[ids]


def status_class(status: bytes) -> bytes:
    """`5xx` for every status of three digits that begins with 5."""
    return status[:1] + b"xx" if len(status) == 3 and status.isdigit() else NO_NAME


SegmentRule = Callable[[bytes], bytes]

_SEGMENTS: dict[str, tuple[str, SegmentRule | None]] = {
    "section": ("path", section),
    "route": ("path", route),
    "kind": ("agent", agent_kind),
    "crawler": ("agent", crawler_name),
    "status_class": ("status", status_class),
    "vhost": ("host", None),
}


def names_of(bucket: LogBucket, segment: str, records: Indexes) -> tuple[list[bytes], Indexes]:
    """The segments of these records: their names, each once for each value, and the place of each record's."""
    field, rule = _SEGMENTS.get(segment, (segment, None))
    column = bucket.texts[field]
    values, places = _used(column, records)
    if rule is not None:
        values = [rule(value) for value in values]
    return [value or NO_NAME for value in values], places
