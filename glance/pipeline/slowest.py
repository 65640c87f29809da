"""The slowest requests of a window. Of each bucket they are found once, for as long as it is looked at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glance.domain.log_line import LogLine
from glance.domain.logs.dictionary import Keys
from glance.domain.logs.filter import Filter
from glance.domain.logs.held import HeldBucket
from glance.domain.logs.selections import both
from glance.domain.logs.series import LogSeries
from glance.domain.logs.tally import Selection, chosen_between
from glance.pipeline.page_maker import PageQuestion
from glance.pipeline.past_lines import line_of


@dataclass(frozen=True, slots=True)
class SlowPlace:
    """One request."""

    bucket: HeldBucket
    record: int
    at_ms: int
    bin: int
    """Of its latency."""

    def line(self, series: LogSeries) -> LogLine:
        """What is known of it."""
        said = {
            name: series.dictionaries[name].values[column.keys[column.ids[self.record]]]
            for name, column in self.bucket.texts.items()
        }
        return line_of(self.bucket, self.record, self.at_ms, said)


@dataclass(frozen=True, slots=True)
class RowChoice:
    """The requests of one name."""

    field: str
    moves: Keys | None
    """For a name that follows from a field: its number for each number of the field."""
    number: int

    def of(self, bucket: HeldBucket) -> NDArray[np.intp]:
        """These requests in a bucket."""
        column = bucket.texts[self.field]
        is_it = (column.keys if self.moves is None else self.moves[column.keys]) == self.number
        return np.flatnonzero(is_it[column.ids]) if is_it.any() else np.zeros(0, np.intp)


class Slowest:
    """Finds the slowest requests; of some that took as long as each other the newest come first."""

    def __init__(self) -> None:
        """Know of none yet."""
        self._asked: tuple[object, ...] = ()
        self._known: dict[int, tuple[HeldBucket, list[SlowPlace]]] = {}

    def places(
        self, question: PageQuestion, chosen_by: Filter, most: int, row: RowChoice | None = None
    ) -> list[SlowPlace]:
        """The slowest requests of the window, slowest first.

        Args:
            question: what is asked: its window and its records.
            chosen_by: which of them count.
            most: how many are wanted.
            row: of one name only.
        """
        asked = (chosen_by.text, most, question.series.epoch, *((row.field, row.number) if row else ()))
        if asked != self._asked:
            self._known, self._asked = {}, asked
        start_ms, end_ms = round(question.window.start * 1000), round(question.window.end * 1000)
        selections = None if chosen_by.is_everything else question.tallies.selections(chosen_by)
        known: dict[int, tuple[HeldBucket, list[SlowPlace]]] = {}
        found: list[SlowPlace] = []
        for bucket in question.buckets():
            within = chosen_between(bucket, start_ms, end_ms)
            held = self._known.get(id(bucket)) if within is None else None
            if held is None:
                chosen = both(within, None if selections is None else selections.of(bucket))
                held = (bucket, _slowest_of(bucket, chosen if row is None else both(chosen, row.of(bucket)), most))
            if within is None:
                known[id(bucket)] = held
            found += held[1]
        self._known = known
        found.sort(key=lambda place: (place.bin, place.at_ms), reverse=True)
        return found[:most]


def _slowest_of(bucket: HeldBucket, chosen: Selection, most: int) -> list[SlowPlace]:
    """The slowest of some requests of a bucket."""
    if bucket.latencies is None:
        return []
    bins = bucket.latencies if chosen is None else bucket.latencies[chosen]
    bar = 1
    if len(bins) > most:
        bar = max(1, int(np.partition(bins, len(bins) - most)[len(bins) - most]))
    slow = np.flatnonzero(bins >= bar)
    records = slow if chosen is None else chosen[slow]
    times = bucket.times
    at_ms = times.deltas[records].astype(np.int64) * times.step_ms + times.base_ms
    order = np.lexsort((records, at_ms, bins[slow]))[::-1][:most]
    return [SlowPlace(bucket, int(records[one]), int(at_ms[one]), int(bins[slow[one]])) for one in order]
