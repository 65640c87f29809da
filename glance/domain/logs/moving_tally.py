"""Counts over parts of buckets; from one look to the next only what entered and left is counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.dictionary import Keys
from glance.domain.logs.held import HeldBucket
from glance.domain.logs.ranking import RowDetails
from glance.domain.logs.series import LogSeries
from glance.domain.logs.tally import DERIVED, RANKED_FIELDS, PartSteps, Selection, Tally

IsOver = Callable[[], bool]
"""Whether it is time to stop."""

_MOST_TRACKED = 400
"""Rows of one ranking whose details are remembered."""


@dataclass(frozen=True, slots=True)
class Part:
    """The records of a bucket within [start, end), milliseconds."""

    bucket: HeldBucket
    start_ms: int
    end_ms: int


Parts = dict[int, Part]
"""By the identity of their bucket."""


@dataclass(frozen=True, slots=True)
class _Move:
    """Records that are counted, with `sign=-1` no more."""

    sign: int
    part: Part


class MovingTally:
    """Exact counts over some parts of the buckets of a series."""

    def __init__(
        self, series: LogSeries, rankings: tuple[str, ...], step_seconds: int, chosen: Callable[[Part], Selection]
    ) -> None:
        """Count nothing yet.

        Args:
            series: whose buckets.
            rankings: names of RANKED_FIELDS.
            step_seconds: width of the steps of time.
            chosen: the records of a part that count; the same at every look.
        """
        self._series = series
        self._rankings = rankings
        self._step_seconds = step_seconds
        self._chosen = chosen
        self._parts: Parts = {}
        self._details: dict[str, RowDetails] = {}
        self.total = self._new_tally()
        self.pending = 0
        """Records that are not counted yet."""

    def _new_tally(self) -> Tally:
        return Tally(self._series, self._rankings, self._step_seconds, latency_steps=True)

    def has_buckets_of(self, parts: Parts) -> bool:
        """It counted these buckets, and no others."""
        return self._parts.keys() == parts.keys()

    def restart(self) -> None:
        """Count nothing."""
        self.total = self._new_tally()
        self._details.clear()
        self._parts = {}

    def move(self, parts: Parts, is_over: IsOver | None = None) -> None:
        """Count these parts; most of them were counted before.

        Args:
            parts: what is to be counted.
            is_over: says when it is time to answer. Buckets that are new are counted newest first until then; the
                rest is `pending`, and counted by the next moves. None counts all.
        """
        if sum(key not in parts for key in self._parts) > len(parts):
            self.restart()
        known = {key: part for key, part in parts.items() if key in self._parts}
        fresh = [(key, part) for key, part in parts.items() if key not in self._parts]
        for move in _moves(self._parts, known):
            self._count(move)
        self._parts = known
        if is_over is not None:
            fresh.sort(key=lambda entry: -entry[1].bucket.last_ms)
        self.pending = sum(part.bucket.records for _, part in fresh)
        for key, part in fresh:
            self._count(_Move(1, part))
            known[key] = part
            self.pending -= part.bucket.records
            if is_over is not None and self.pending and is_over():
                break

    def _count(self, move: _Move) -> None:
        """Count what enters, or what leaves no more."""
        bucket, chosen = move.part.bucket, self._chosen(move.part)
        if chosen is not None and not len(chosen):
            return
        steps = PartSteps(bucket, chosen, self._step_seconds * 1000)
        self.total.add(bucket, chosen, sign=move.sign, steps=steps)
        for name, details in self._details.items():
            field, numbers = self._field(name)
            details.add(bucket, field, chosen, sign=move.sign, moves=numbers, steps=steps)

    @property
    def buckets(self) -> list[HeldBucket]:
        """Those that were counted, each wholly or in part."""
        return [part.bucket for part in self._parts.values()]

    def begin(self, first_step: int, count: int) -> None:
        """Make room at once for steps that will be counted, if nothing is counted now."""
        if not self._parts:
            self.restart()
            self.total.steps.reserve(first_step, count)
            self.total.step_latency.reserve(first_step, count)

    def forget_before(self, first_step: int) -> None:
        """Let go of the steps before this one: nothing is counted there any more."""
        row_hits = [details.hits for details in self._details.values()]
        for timeline in (self.total.steps, self.total.step_latency, *row_hits):
            timeline.forget_before(first_step)

    def details(self, name: str, keys: NDArray[np.intp], *, has_latency: bool) -> RowDetails:
        """Latency and hits over time of some rows of a ranking, in their order."""
        self.track({name: keys}, has_latency=has_latency)
        return self._details[name].chosen(keys)

    def known_details(self, name: str, keys: NDArray[np.intp], *, has_latency: bool) -> RowDetails:
        """The same of those that were counted all along, zero of others; of all where none was."""
        known = self._details.get(name)
        if known is None or known.has_latency != has_latency:
            return self.details(name, keys, has_latency=has_latency)
        return known.chosen(keys)

    def track(self, wanted: Mapping[str, NDArray[np.intp]], *, has_latency: bool) -> None:
        """Count the details of some rows of several rankings, and from now on with all that enters and leaves.

        Args:
            wanted: by ranking, numbers of its rows.
            has_latency: of their latencies too.
        """
        fresh: dict[str, RowDetails] = {}
        for name, keys in wanted.items():
            known = self._details.get(name)
            if known is not None and (len(known.keys) > _MOST_TRACKED or known.has_latency != has_latency):
                del self._details[name]
                known = None
            missing = keys if known is None else np.setdiff1d(keys, known.keys)
            if known is None or len(missing):
                fresh[name] = RowDetails(missing, self._step_seconds, has_latency=has_latency)
        if fresh:
            self._count_details(fresh)
        for name, counted in fresh.items():
            self._details[name] = self._details[name].joined(counted) if name in self._details else counted

    def _count_details(self, fresh: Mapping[str, RowDetails]) -> None:
        fields = {name: self._field(name) for name in fresh}
        for details in fresh.values():
            details.hits.reserve(self.total.steps.first, len(self.total.steps.rows))
        for part in self._parts.values():
            chosen = self._chosen(part)
            if chosen is not None and not len(chosen):
                continue
            steps = PartSteps(part.bucket, chosen, self._step_seconds * 1000)
            for name, details in fresh.items():
                field, numbers = fields[name]
                details.add(part.bucket, field, chosen, moves=numbers, steps=steps)

    def _field(self, name: str) -> tuple[str, Keys | None]:
        """The text field behind a ranking, and how its numbers follow from it."""
        if name in DERIVED:
            return RANKED_FIELDS[DERIVED[name]], self._series.derived[name].of()
        return RANKED_FIELDS[name], None


def _moves(before: Parts, after: Parts) -> Iterator[_Move]:
    """What leaves and enters from one look to the next."""
    for key, old in before.items():
        if not _overlap(old, after.get(key)):
            yield _Move(-1, old)
    for key, new in after.items():
        past = before.get(key)
        if past is None or not _overlap(new, past):
            yield _Move(1, new)
            continue
        for sign, start, end in (
            (-1, past.start_ms, new.start_ms),
            (1, new.start_ms, past.start_ms),
            (-1, new.end_ms, past.end_ms),
            (1, past.end_ms, new.end_ms),
        ):
            if start < end:
                yield _Move(sign, Part(new.bucket, start, end))


def _overlap(one: Part, other: Part | None) -> bool:
    """Two parts of one bucket have time in common."""
    return other is not None and one.start_ms < other.end_ms and other.start_ms < one.end_ms
