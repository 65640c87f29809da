"""Reads logs, or what history has of them, into memory to be asked with SQL."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.part import part_of
from glance.domain.logs.relation import Relation
from glance.domain.logs.series import LogSeries
from glance.pipeline.report import Progress, Report, ReportOptions

if TYPE_CHECKING:
    from glance.pipeline.report import _Reading


class QueriedLogs(Report):
    """The records of logs that are read one after the other; the newest, where memory has no room for all."""

    def __init__(self, options: ReportOptions, on_progress: Progress | None = None) -> None:
        """Read nothing yet."""
        super().__init__(options, on_progress)
        self._series = LogSeries(options.memory_bytes, routes=options.routes)
        self._routes = options.routes
        self._start_ms, self._end_ms = (
            None if at is None else round(at * 1000) for at in (options.span.start, options.span.end)
        )
        self._where = options.where

    @property
    def relation(self) -> Relation:
        """What is held now, for SQL."""
        return Relation(self._series, self._routes)

    @property
    def lines(self) -> int:
        """Lines that were read."""
        return sum(each.lines for each in self._readings)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know of the answers."""
        notes = list(self._notes)
        unparsed = sum(each.unparsed for each in self._readings)
        if unparsed:
            notes.append(f"{unparsed:,} of {self.lines:,} lines are not understood, and not in the table")
        left_out = self._series.rollup.records
        if left_out:
            held = self._series.records
            notes.append(
                f"only the newest {held:,} of {held + left_out:,} records fit into memory: raise --memory, "
                "or leave some out with --since or --where"
            )
        if self._series.is_approximate:
            notes.append("some texts did not fit into memory, and are all called (other): raise --memory")
        return tuple(notes)

    def _add(self, reading: _Reading, buckets: Iterable[LogBucket], size: int) -> None:
        """Hold what is chosen of some buckets."""
        for bucket in buckets:
            reading.count(bucket)
            chosen = self._chosen(bucket)
            if chosen is not None:
                self._series.add(chosen)
        super()._add(reading, (), size)

    def _chosen(self, bucket: LogBucket) -> LogBucket | None:
        """The records that are asked for; None when there is none."""
        if not bucket.records:
            return None
        start = -math.inf if self._start_ms is None else self._start_ms
        end = math.inf if self._end_ms is None else self._end_ms
        if bucket.last_ms < start or bucket.first_ms >= end:
            return None
        mask = np.ones(bucket.records, np.bool_)
        if bucket.first_ms < start or bucket.last_ms >= end:
            at_ms = bucket.times.milliseconds()
            mask = (at_ms >= start) & (at_ms < end)
        if self._where is not None:
            mask &= self._where.select(bucket)
        return part_of(bucket, mask) if mask.any() else None
