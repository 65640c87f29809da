"""The counts of a window that slides: only what enters and leaves is counted, the rest is remembered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.dictionary import Keys
from glance.domain.logs.held import HeldBucket
from glance.domain.logs.ranking import RowDetails
from glance.domain.logs.selections import Selections, both
from glance.domain.logs.series import LogSeries
from glance.domain.logs.tally import DERIVED, RANKED_FIELDS, Selection, Tally, chosen_between
from glance.domain.window import Window

_MOST_TRACKED = 400
"""Rows of one ranking whose details are remembered."""


@dataclass(frozen=True, slots=True)
class _Edge:
    """A bucket of which the window holds a part, or that may still grow."""

    bucket: HeldBucket
    chosen: Selection


class WindowTally:
    """Exact counts over a window of a series.

    Sealed buckets that lie wholly within the window are counted once and subtracted when they leave;
    the others, a few, are counted anew each time.
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
        self.total = self._new_tally()
        self._middle = self._new_tally()
        self._inside: dict[int, HeldBucket] = {}
        self._edges: list[_Edge] = []
        self._details: dict[str, RowDetails] = {}
        self._selections = selections

    def _new_tally(self) -> Tally:
        return Tally(self.series, self.rankings, self.step_seconds, latency_steps=True)

    def fits(self, rankings: tuple[str, ...], window: Window) -> bool:
        """What is remembered serves this question too."""
        return (
            self.epoch == self.series.epoch
            and self.step_seconds == window.step_seconds
            and set(rankings) <= set(self.rankings)
        )

    def update(self, window: Window) -> None:
        """Count the window anew, from what is remembered."""
        self.window = window
        start_ms, end_ms = round(window.start * 1000), round(window.end * 1000)
        inside: dict[int, HeldBucket] = {}
        edges: list[_Edge] = []
        for buckets, is_sealed in ((self.series.sealed, True), (self.series.open, False)):
            for bucket in buckets:
                if bucket.last_ms < start_ms or bucket.first_ms >= end_ms:
                    continue
                chosen = chosen_between(bucket, start_ms, end_ms)
                if chosen is None and is_sealed:
                    inside[id(bucket)] = bucket
                else:
                    edges.append(_Edge(bucket, both(chosen, self._chosen(bucket))))
        self._move_middle(inside)
        if self._selections is not None:
            self._selections.retain(self.series.buckets)
        first_step = start_ms // (self.step_seconds * 1000)
        row_hits = [details.hits for details in self._details.values()]
        for timeline in (self._middle.steps, self._middle.step_latency, *row_hits):
            timeline.forget_before(first_step)
        self._edges = [edge for edge in edges if edge.chosen is None or len(edge.chosen)]
        edge_tally = self._new_tally()
        for edge in edges:
            edge_tally.add(edge.bucket, edge.chosen)
        self.total = self._middle.plus(edge_tally)

    def _chosen(self, bucket: HeldBucket) -> Selection:
        """The records of a bucket that count; None is all of them."""
        return None if self._selections is None else self._selections.of(bucket)

    def _move_middle(self, inside: dict[int, HeldBucket]) -> None:
        gone = [bucket for key, bucket in self._inside.items() if key not in inside]
        if len(gone) > len(inside):
            self._middle = self._new_tally()
            self._details.clear()
            self._inside = {}
            gone = []
        fresh = [bucket for key, bucket in inside.items() if key not in self._inside]
        for sign, buckets in ((-1, gone), (1, fresh)):
            for bucket in buckets:
                chosen = self._chosen(bucket)
                self._middle.add(bucket, chosen, sign=sign)
                for name, details in self._details.items():
                    field, moves = self._field(name)
                    details.add(bucket, field, chosen, sign=sign, moves=moves)
        self._inside = inside

    def _field(self, name: str) -> tuple[str, Keys | None]:
        """The text field behind a ranking, and how its numbers follow from it."""
        if name in DERIVED:
            return RANKED_FIELDS[DERIVED[name]], self.series.derived[name].of()
        return RANKED_FIELDS[name], None

    def details(self, name: str, keys: NDArray[np.intp], *, has_latency: bool) -> RowDetails:
        """Latency and hits over time of some rows of a ranking, in their order."""
        field, moves = self._field(name)
        known = self._details.get(name)
        if known is not None and (len(known.keys) > _MOST_TRACKED or known.has_latency != has_latency):
            known = None
        if known is None:
            known = self._middle_details(keys, field, moves, has_latency=has_latency)
        else:
            missing = np.setdiff1d(keys, known.keys)
            if len(missing):
                known = known.joined(self._middle_details(missing, field, moves, has_latency=has_latency))
        self._details[name] = known
        edges = RowDetails(keys, self.step_seconds, has_latency=has_latency)
        for edge in self._edges:
            edges.add(edge.bucket, field, edge.chosen, moves=moves)
        return known.chosen(keys).plus(edges)

    def _middle_details(
        self, keys: NDArray[np.intp], field: str, moves: Keys | None, *, has_latency: bool
    ) -> RowDetails:
        details = RowDetails(keys, self.step_seconds, has_latency=has_latency)
        for bucket in self._inside.values():
            chosen = self._chosen(bucket)
            if chosen is None or len(chosen):
                details.add(bucket, field, chosen, moves=moves)
        return details
