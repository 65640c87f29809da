"""What a running collector holds of a moment, handed to a thread that makes a snapshot of it.

Only references are taken in the collector's thread: buckets are never changed, only replaced, and a dictionary only
grows, or is replaced. All that takes time is done by whoever asks for the moment.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from glance.domain.logs.bucket import LogBucket, TextColumn
from glance.domain.logs.checkpoint import Checkpoint
from glance.domain.logs.filter import parse_filter
from glance.domain.logs.held import HeldBucket
from glance.domain.logs.route import BUILT_IN, Routes
from glance.domain.logs.series import LogSeries
from glance.domain.units import iso
from glance.errors import FilterError
from glance.pipeline.log_feed import LogFeed
from glance.pipeline.recalled_bytes import RecalledBytes
from glance.pipeline.snapshot_logs import MOST_RECORDS, Moment, moment_of

Known = Mapping[tuple[str, int], Checkpoint]


@dataclass(frozen=True, slots=True)
class HeldMoment:
    """The records of a stretch of time, and what it takes to find their lines."""

    start: float
    end: float
    buckets: tuple[HeldBucket, ...] = field(repr=False)
    values: Mapping[str, Sequence[bytes]] = field(repr=False)
    """Of each field, by number."""
    words: Mapping[str, str]
    """The format of each log."""
    known: Known = field(repr=False)
    filter: str = ""
    routes: Routes = BUILT_IN
    notes: tuple[str, ...] = ()
    most_records: int = MOST_RECORDS

    @property
    def reach(self) -> str:
        """From when to when the logs go that are held, in words; empty when there is no record."""
        if not self.buckets:
            return ""
        first, last = min(one.first_ms for one in self.buckets), max(one.last_ms for one in self.buckets)
        return f"{iso(first // 1000)} to {iso(last // 1000)}"

    def moment(self, now: float) -> Moment:
        """What is kept of it; its window has both its ends, whenever it is asked."""
        held = ((self.words.get(one.source, ""), self._plain(one)) for one in self.buckets)
        where = None
        if self.filter:
            with suppress(FilterError):  # what cannot be understood chooses everything, as on the screen
                where = parse_filter(self.filter, self.routes)
        return moment_of(held, self.start, self.end, where, notes=self.notes, most=self.most_records)

    def opened(self) -> RecalledBytes:
        """What finds the bytes of its buckets."""
        return RecalledBytes(lambda source, number: None if source == "-" else self.known.get((source, number)))

    def _plain(self, held: HeldBucket) -> LogBucket:
        """A bucket with its own values."""
        texts = {}
        for name, column in held.texts.items():
            values = self.values[name]
            texts[name] = TextColumn(column.ids, tuple(values[key] for key in column.keys.tolist()))
        return LogBucket(
            held.source, held.generation, held.offset, held.length, held.lines, held.times, texts, held.sizes,
            held.latencies, held.slowest_seconds, len(held.gaps), (), held.gaps,
        )  # fmt: skip


def held_moment(
    series: LogSeries, feeds: Iterable[LogFeed], span: tuple[float, float], around_seconds: float, *,
    filter_text: str = "", most_records: int = MOST_RECORDS,
) -> HeldMoment:  # fmt: skip
    """Take hold of a stretch of time. In the thread that fills the series.

    Args:
        series: the records.
        feeds: the logs.
        span: epoch seconds.
        around_seconds: raw lines are kept so long before and after it.
        filter_text: which records are meant.
        most_records: that are kept.
    """
    start, end = span
    low, high = (start - around_seconds) * 1000, (end + around_seconds) * 1000
    chosen = tuple(one for one in series.buckets if one.last_ms >= low and one.first_ms < high)
    logs = list(feeds)
    known = {(log.name, one.generation): one for log in logs for one in log.source.known}
    words = {log.name: log.detection.words for log in logs if log.detection is not None}
    note = "the oldest records of the window were only counted, and are not here: memory had no room for them"
    return HeldMoment(
        start, end, chosen, {name: one.values for name, one in series.dictionaries.items()}, words, known,
        filter_text, series.routes, () if series.holds(start) else (note,), most_records,
    )  # fmt: skip
