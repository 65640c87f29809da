"""The counts of a window that slides: only what enters and leaves is counted, the rest is remembered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.held import HeldBucket
from glance.domain.logs.moving_tally import IsOver, MovingTally, Part, Parts
from glance.domain.logs.ranking import RowDetails
from glance.domain.logs.selections import Selections, both
from glance.domain.logs.series import LogSeries
from glance.domain.logs.tally import Selection, Tally, chosen_between
from glance.domain.window import Window


class WindowTally:
    """Exact counts over a window of a series.

    Of sealed buckets the records are counted as they enter and subtracted as they leave. Those that may still
    grow, a few, are counted anew when they have grown.
    """

    def __init__(
        self, series: LogSeries, rankings: tuple[str, ...], window: Window, selections: Selections | None = None
    ) -> None:
        """Count nothing yet.

        Args:
            series: what to count.
            rankings: names of RANKED_FIELDS.
            window: the first window; later ones have the same step.
            selections: which records count; None is all of them.
        """
        self.series = series
        self.rankings = rankings
        self.window = window
        self.step_seconds = window.step_seconds
        self.epoch = series.epoch
        self._selections = selections
        chosen = partial(_chosen, selections)  # no method: what leads back to itself is let go late
        self._sealed = MovingTally(series, rankings, self.step_seconds, chosen)
        self._open = MovingTally(series, rankings, self.step_seconds, chosen)
        self._total: Tally | None = None

    def fits(self, rankings: tuple[str, ...], window: Window) -> bool:
        """What is remembered serves this question too."""
        return (
            self.epoch == self.series.epoch
            and self.step_seconds == window.step_seconds
            and set(rankings) <= set(self.rankings)
        )

    def update(self, window: Window, is_over: IsOver | None = None) -> None:
        """Count the window anew, from what is remembered.

        Args:
            window: the window of now.
            is_over: says when it is time to answer with what was counted; the rest is `pending`. None counts all.
        """
        self.window = window
        start_ms, end_ms = round(window.start * 1000), round(window.end * 1000)
        self._sealed.begin(start_ms // (self.step_seconds * 1000), window.steps)
        self._sealed.move(_parts(self.series.sealed, start_ms, end_ms), is_over)
        grown = _parts(self.series.open, start_ms, end_ms)
        if not self._open.has_buckets_of(grown):
            self._open.restart()
        self._open.move(grown)
        if self._selections is not None:
            self._selections.retain(self.series.buckets)
        first_step = start_ms // (self.step_seconds * 1000)
        self._sealed.forget_before(first_step)
        self._open.forget_before(first_step)
        self._total = None

    @property
    def total(self) -> Tally:
        """The counts."""
        if self._total is None:
            self._total = self._added_up()
        return self._total

    @property
    def hits(self) -> int:
        """Records counted, without adding up all else."""
        return self._sealed.total.hits + self._open.total.hits

    def _added_up(self) -> Tally:
        return self._sealed.total.plus(self._open.total)

    @property
    def pending(self) -> int:
        """Records that may be of the window, and are not counted yet."""
        return self._sealed.pending

    @property
    def buckets(self) -> list[HeldBucket]:
        """Those that were counted, each wholly or in part."""
        return [*self._sealed.buckets, *self._open.buckets]

    def details(self, name: str, keys: NDArray[np.intp], *, has_latency: bool) -> RowDetails:
        """Latency and hits over time of some rows of a ranking, in their order."""
        known = self._sealed.details(name, keys, has_latency=has_latency)
        return known.plus(self._open.details(name, keys, has_latency=has_latency))

    def known_details(self, name: str, keys: NDArray[np.intp], *, has_latency: bool) -> RowDetails:
        """The same while not all is counted: of those rows that were looked at all along, zero of others."""
        known = self._sealed.known_details(name, keys, has_latency=has_latency)
        return known.plus(self._open.known_details(name, keys, has_latency=has_latency))

    def track(self, wanted: Mapping[str, NDArray[np.intp]], *, has_latency: bool) -> None:
        """Count what `details` will be asked for, of several rankings at once."""
        self._sealed.track(wanted, has_latency=has_latency)
        self._open.track(wanted, has_latency=has_latency)


def _chosen(selections: Selections | None, part: Part) -> Selection:
    """The records of a part that count; None is all of its bucket."""
    within = chosen_between(part.bucket, part.start_ms, part.end_ms)
    return within if selections is None else both(within, selections.of(part.bucket))


def _parts(buckets: Sequence[HeldBucket], start_ms: int, end_ms: int) -> Parts:
    """What a window holds of each bucket."""
    return {
        id(bucket): Part(bucket, max(start_ms, bucket.first_ms), min(end_ms, bucket.last_ms + 1))
        for bucket in buckets
        if bucket.last_ms >= start_ms and bucket.first_ms < end_ms
    }
