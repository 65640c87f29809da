"""Metrics that users defined, and what they counted in buckets that history let go.

An observation is computed from the buckets of history when it is asked for, so a late line is in its
period by construction. Of a bucket that is let go each metric keeps its tally, written in the same
transaction: what was counted and what is still there add up, and nothing is in both.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast

import apsw

from glance.domain.logs.bucket import LogBucket
from glance.domain.metrics.metric import Metric, checked, metric_from
from glance.domain.metrics.tally import MetricTally
from glance.domain.metrics.tally_codec import decode, encode
from glance.errors import UsageError
from glance.store.beside import TableBeside
from glance.store.failure import failure
from glance.store.metric_schema import SCHEMA_METRICS
from glance.store.transaction import writing

MERGED_BYTES = 256 << 10
"""A kept tally that is smaller takes in the next one."""

MOST_KEPT_BYTES = 16 << 20
"""Of one metric; the oldest go first."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A metric that a user made."""

    metric: Metric
    made_at: float
    """Epoch seconds."""


class MetricTable(TableBeside):
    """The metrics of an open database."""

    KNOWN_BY = "metric"
    SCHEMA = SCHEMA_METRICS

    @property
    def version(self) -> int:
        """Another number after another process wrote to the database.

        Raises:
            StoreError: it cannot be read.
        """
        with self._reading():
            return int(self._connection.pragma("data_version"))

    def definitions(self) -> tuple[Definition, ...]:
        """Every metric that can be understood, by name.

        Raises:
            StoreError: they cannot be read.
        """
        with self._reading():
            return tuple(_definitions(self._connection))

    def get(self, name: str) -> Definition | None:
        """The metric of this name, None when there is none.

        Raises:
            StoreError: it cannot be read.
        """
        return next((one for one in self.definitions() if one.metric.id == name), None)

    def create(self, metric: Metric, now: float) -> bool:
        """Keep a metric; False when there is one of its name.

        Raises:
            StoreError: it cannot be written.
        """
        with self._writing():
            self._connection.execute(
                "INSERT OR IGNORE INTO metric VALUES (?, ?, ?)", (metric.id, json.dumps(metric.as_mapping()), now)
            )
            return bool(self._connection.changes())

    def delete(self, name: str) -> bool:
        """Forget a metric with all that was kept of it; False when there is none of this name.

        Raises:
            StoreError: it cannot be written.
        """
        with self._writing():
            self._connection.execute("DELETE FROM metric_kept WHERE metric = ?", (name,))
            self._connection.execute("DELETE FROM metric WHERE id = ?", (name,))
            return bool(self._connection.changes())

    def kept(self, metric: Metric, start: int, end: int) -> list[MetricTally]:
        """What the metric counted in buckets that are gone, of steps that reach into [start, end).

        Raises:
            StoreError: it cannot be read.
        """
        with self._reading():
            rows = self._connection.execute(
                "SELECT data FROM metric_kept WHERE metric = ? AND end_second > ? AND start_second < ?",
                (metric.id, start, end),
            ).fetchall()
        return [tally for (data,) in rows if (tally := _decoded(metric, cast("bytes", data))) is not None]

    def kept_span(self, name: str) -> tuple[int, int] | None:
        """From the first to the end of the last second of what is kept; None when nothing is.

        Raises:
            StoreError: it cannot be read.
        """
        with self._reading():
            ((start, end),) = self._connection.execute(
                "SELECT min(start_second), max(end_second) FROM metric_kept WHERE metric = ?", (name,)
            ).fetchall()
        return None if start is None else (cast("int", start), cast("int", end))

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except apsw.Error as error:
            raise failure(f"cannot read metrics from {self.path}", self.path, error) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with writing(self._connection, self.path, f"cannot keep metrics in {self.path}"):
            yield


class MetricKeeper:
    """Counts buckets that are let go for every metric. The caller holds the transaction that lets them go."""

    def __init__(self, connection: apsw.Connection) -> None:
        """Use an open database; which metrics there are is read with the first bucket."""
        self._connection = connection
        self._metrics: list[Metric] | None = None

    def take(self, bucket: LogBucket, group: str) -> None:
        """Keep what each metric counts in this bucket.

        Raises:
            apsw.Error: it cannot be written.
        """
        if self._metrics is None:
            self._metrics = [one.metric for one in _definitions(self._connection)]
        for metric in self._metrics:
            if metric.is_about(bucket.source, group):
                self._keep(metric, bucket)

    def _keep(self, metric: Metric, bucket: LogBucket) -> None:
        tally = MetricTally(metric, metric.period_seconds)
        tally.add(bucket)
        if not len(tally.cells):
            return
        rows = self._connection.execute(
            "SELECT id, data FROM metric_kept WHERE metric = ? ORDER BY id DESC LIMIT 1", (metric.id,)
        ).fetchall()
        for number, data in rows:
            last = _decoded(metric, cast("bytes", data)) if len(cast("bytes", data)) < MERGED_BYTES else None
            if last is not None:
                last.merge(tally)
                tally = last
                self._connection.execute("DELETE FROM metric_kept WHERE id = ?", (number,))
        span = tally.span
        assert span is not None, "something was counted"
        self._connection.execute(
            "INSERT INTO metric_kept (metric, start_second, end_second, data) VALUES (?, ?, ?, ?)",
            (metric.id, *span, encode(tally)),
        )
        self._bound(metric.id)

    def _bound(self, name: str) -> None:
        """Let the oldest go, beyond the bound."""
        rows = self._connection.execute(
            "SELECT id, length(data) FROM metric_kept WHERE metric = ? ORDER BY end_second DESC, id DESC", (name,)
        ).fetchall()
        total = 0
        for number, size in rows:
            total += cast("int", size)
            if total > MOST_KEPT_BYTES:
                self._connection.execute("DELETE FROM metric_kept WHERE id = ?", (number,))


def _definitions(connection: apsw.Connection) -> Iterator[Definition]:
    """The metrics of a database; what a newer glance wrote, and this one cannot understand, is left out."""
    for _, text, made_at in connection.execute("SELECT id, definition, made_at FROM metric ORDER BY id").fetchall():
        try:
            yield Definition(checked(metric_from(json.loads(cast("str", text)))), cast("float", made_at))
        except (KeyError, TypeError, ValueError, UsageError):
            continue


def _decoded(metric: Metric, data: bytes) -> MetricTally | None:
    """A kept tally, None where it cannot be understood."""
    try:
        return decode(metric, data)
    except ValueError:
        return None
