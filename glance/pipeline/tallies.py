"""The tallies that are kept between scenes: that of everything, and those of the filters looked at last."""

from __future__ import annotations

from collections import OrderedDict

from glance.domain.logs.filter import EVERYTHING, Filter
from glance.domain.logs.moving_tally import IsOver
from glance.domain.logs.remainder import Remainder
from glance.domain.logs.selections import Selections
from glance.domain.logs.series import LogSeries
from glance.domain.logs.tally import chosen_between
from glance.domain.logs.window_tally import WindowTally
from glance.domain.window import Window

KEPT_FILTERS = 4
"""Filters whose counts are remembered, so that going back to one is instant."""

MANY = 0.6
"""Of all records: a filter that chooses more is counted by what it leaves out."""

MOST_LOOKED_AT = 12
"""Buckets that tell, by how much of them a filter chooses, whether it chooses nearly everything."""


class Tallies:
    """Window tallies of one series, by filter."""

    def __init__(self, series: LogSeries) -> None:
        """Remember none yet."""
        self._series = series
        self._known: OrderedDict[str, WindowTally] = OrderedDict()
        self._selections: OrderedDict[str, Selections] = OrderedDict()
        self._evicted = 0

    def of(
        self, chosen_by: Filter, rankings: tuple[str, ...], window: Window, is_over: IsOver | None = None
    ) -> WindowTally:
        """The counts of what a filter chooses within a window; `is_over` says when those until then are wanted."""
        self._let_go(chosen_by.text)
        tally = self._known.get(chosen_by.text)
        if tally is None or not tally.fits(rankings, window):
            if tally is not None and tally.fits((), window):  # who asks by turns for different rankings shares one
                rankings = tuple(dict.fromkeys((*tally.rankings, *rankings)))
            tally = self._known[chosen_by.text] = self._new_tally(chosen_by, rankings, window)
        self._known.move_to_end(chosen_by.text)
        tally.update(window, is_over)
        return tally

    def _new_tally(self, chosen_by: Filter, rankings: tuple[str, ...], window: Window) -> WindowTally:
        """Counts of what a filter chooses, by what it leaves out where that is less and everything is counted."""
        if chosen_by.is_everything:
            return WindowTally(self._series, rankings, window)
        selections, everything = self.selections(chosen_by), self._known.get(EVERYTHING.text)
        is_counted = everything is not None and everything.fits(rankings, window) and not everything.pending
        if everything is not None and is_counted and self._chooses_many(selections):
            return Remainder(everything, rankings, window, selections)
        return WindowTally(self._series, rankings, window, selections)

    def _chooses_many(self, selections: Selections) -> bool:
        """A filter chooses nearly everything, as far as some buckets tell."""
        buckets = self._series.buckets
        some = buckets[:: -(-len(buckets) // MOST_LOOKED_AT) or 1]
        chosen = ((selections.of(bucket), bucket.records) for bucket in some)
        hits = sum(records if found is None else len(found) for found, records in chosen)
        return hits > sum(bucket.records for bucket in some) * MANY

    def selections(self, chosen_by: Filter) -> Selections:
        """What a filter chooses of each bucket."""
        known = self._selections.get(chosen_by.text)
        if known is None:
            known = self._selections[chosen_by.text] = Selections(chosen_by, self._series)
        self._selections.move_to_end(chosen_by.text)
        return known

    def all_hits(self, window: Window) -> int:
        """Records within a window, whatever the filter; those that are known from roll-ups are not among them.

        The tally of everything moves along while a filter is on, so that leaving the filter is instant.
        """
        tally = self._known.get(EVERYTHING.text)
        if tally is not None and tally.fits((), window) and not tally.pending:
            tally.update(window)
            return tally.hits
        self._known.pop(EVERYTHING.text, None)
        return _hits_between(self._series, window)

    def _let_go(self, wanted: str) -> None:
        """Forget the filters that were not looked at for long; all but the wanted one where records were let go."""
        evicted, self._evicted = self._evicted, self._series.rollup.records
        filters = [text for text in self._selections if text != wanted]
        for text in filters:
            self._selections[text].rest()
        too_many = len(filters) - (KEPT_FILTERS - 1)
        for text in filters if evicted != self._evicted else filters[: max(0, too_many)]:
            del self._selections[text]
            self._known.pop(text, None)


def _hits_between(series: LogSeries, window: Window) -> int:
    """The number of records within a window."""
    start_ms, end_ms = round(window.start * 1000), round(window.end * 1000)
    hits = 0
    for bucket in series.buckets:
        if bucket.last_ms >= start_ms and bucket.first_ms < end_ms:
            chosen = chosen_between(bucket, start_ms, end_ms)
            hits += bucket.records if chosen is None else len(chosen)
    return hits
