"""The metrics that are defined, counted as long as somebody looks at them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.series import LogSeries
from glance.domain.metrics.board import MetricBoard
from glance.domain.scene import MetricChart
from glance.domain.window import Window
from glance.errors import StoreError
from glance.store.metric_table import MetricTable

logger = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
"""How often definitions are looked at that another process may have changed."""

FORGET_SECONDS = 60.0
"""How long after the last look counting goes on."""


class MetricWatch:
    """Charts of the metrics of one database."""

    def __init__(self, database: Path | None) -> None:
        """Count nothing yet; None knows no metrics."""
        self._database = database
        self.groups: Mapping[str, str] = {}
        """The group of each log, by its name; set by whoever knows."""
        self._table: MetricTable | None = None
        self._board: MetricBoard | None = None
        self._wanted_at = 0.0
        self._looked_at = -LOOK_SECONDS

    def charts(self, window: Window, series: LogSeries, now: float, monotonic: float) -> tuple[MetricChart, ...]:
        """A chart for each metric over a window.

        Args:
            window: what is looked at.
            series: the records that came before anybody looked.
            now: epoch seconds.
            monotonic: seconds that never go back.
        """
        self._wanted_at = monotonic
        if self._board is None:
            self._board, self._looked_at = MetricBoard(), monotonic - LOOK_SECONDS
        if monotonic - self._looked_at >= LOOK_SECONDS:
            self._looked_at = monotonic
            self._define(self._board, series, now)
        return self._board.charts(window.start, window.end)

    def take(self, bucket: LogBucket, now: float, monotonic: float) -> None:
        """Count a bucket, if anybody looks."""
        if self._board is None:
            return
        if monotonic - self._wanted_at > FORGET_SECONDS:
            self._board = None
        else:
            self._board.add(bucket, group=self.groups.get(bucket.source, ""), now=now)

    def _define(self, board: MetricBoard, series: LogSeries, now: float) -> None:
        """Take the definitions that there are now."""
        if self._database is None:
            return
        try:
            self._table = self._table or MetricTable.open_to_read(self._database)
            metrics = () if self._table is None else [known.metric for known in self._table.definitions()]
        except StoreError as error:
            logger.warning("%s: %s", error.what, error.why)
            return
        fresh = board.define(metrics)
        if fresh:
            board.recount(series, groups=self.groups, now=now, only=fresh)

    def close(self) -> None:
        """Let go of the database."""
        if self._table is not None:
            self._table.close()
            self._table = None
