"""Answers the page of latency: percentiles by name from counts that are kept anyway, and the slowest requests."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from glance.domain.latency_board import LatencyBoard, LatencyBy, LatencyRow, LatencyWish, Spread
from glance.domain.logs.filter import Filter, parse_filter
from glance.domain.logs.histogram import ACCURACY, SHORTEST_SECONDS, row_quantiles
from glance.domain.logs.ranking import first_named, top_keys, without
from glance.domain.logs.series import LogSeries
from glance.domain.logs.tally import DERIVED, RANKED_FIELDS
from glance.domain.logs.window_tally import WindowTally
from glance.domain.safe_text import decode
from glance.errors import FilterError
from glance.pipeline.page_maker import PageQuestion
from glance.pipeline.slowest import RowChoice, Slowest, SlowPlace

SHARES = (0.5, 0.9, 0.95, 0.99, 1.0)
COLUMNS = ("p50", "p90", "p95", "p99", "max")
KEPT_TOGETHER = ("clients", "users", "statuses", "paths")
"""What scenes count anyway: asked for together, so that one tally serves both."""
NO_ERRORS = "-status=4xx -status=5xx"
"""As a filter: what is left when errors are left out."""
CANDIDATES: Final = 200
"""Names by hits among which the slowest are looked for."""
SLOW_CANDIDATES: Final = 60
"""Slowest requests whose names are looked at beside them."""
CELL_BINS: Final = 4
"""Bins of a histogram that are one cell of a spread: 8 %."""
FIRST_BIN: Final = 2
"""The first one that is of a measurable time."""
_GROWTH = (1 + ACCURACY) / (1 - ACCURACY)


class LatencyMaker:
    """Remembers the slowest requests of each bucket that it saw the last time."""

    def __init__(self) -> None:
        """Know of no request yet."""
        self._all = Slowest()
        self._of_row = Slowest()
        self._narrowed: tuple[str, Filter] | None = None

    def answer(self, question: PageQuestion) -> LatencyBoard:
        """What the page shows."""
        wish = question.wish
        assert isinstance(wish, LatencyWish)
        series = question.series
        if not series.has_latency:
            return LatencyBoard(wish)
        narrowed = self._without_errors(question) if wish.without_errors else question.filter
        base = DERIVED.get(wish.by, wish.by)
        tally = question.tally((*KEPT_TOGETHER, base), narrowed)
        names = _Names(series, wish.by)
        hits = names.hits(tally)
        slow = self._all.places(question, narrowed, SLOW_CANDIDATES)
        keys = _keys(names, wish, hits, slow)
        counted = tally.total
        every = LatencyRow("", None, counted.hits, int(counted.latency[1:].sum()))
        figures = np.array(row_quantiles(counted.latency[None, :], SHARES))[:, 0]
        rows = (_with_figures(every, figures, counted.latency), *_rows(tally, wish, keys, hits, names.values))
        if wish.row is not None:
            row = names.row(wish.row)
            slow = [] if row is None else self._of_row.places(question, narrowed, wish.lines, row)
        return LatencyBoard(
            wish,
            rows if every.timed else (),
            int(np.count_nonzero(hits)),
            len(keys),
            question.tally(()).total.hits - counted.hits if wish.without_errors else 0,
            counted.hits,
            tuple(place.line(series) for place in slow[: wish.lines]),
        )

    def _without_errors(self, question: PageQuestion) -> Filter:
        """The view's filter, and no errors; where that is too long, the view's filter."""
        text = question.filter.text
        if self._narrowed is None or self._narrowed[0] != text:
            try:
                made = parse_filter(" ".join((*question.filter.parts, NO_ERRORS)), question.series.routes)
            except FilterError:
                made = question.filter
            self._narrowed = (text, made)
        return self._narrowed[1]


class _Names:
    """What tells latencies apart: a text field, or what follows from one."""

    def __init__(self, series: LogSeries, by: LatencyBy) -> None:
        """Names of this kind."""
        base = DERIVED.get(by, by)
        self._by = by
        self._field = RANKED_FIELDS[base]
        self._moves = series.derived[by].of() if by in DERIVED else None
        self._dictionary = series.derived[by].dictionary if by in DERIVED else series.dictionaries[self._field]

    @property
    def values(self) -> list[bytes]:
        """The names by number."""
        return self._dictionary.values

    def hits(self, tally: WindowTally) -> NDArray[np.int64]:
        """Requests of each name, by number; what has no name has none."""
        counted = tally.total
        counts = counted.derived(self._by) if self._moves is not None else counted.fields[self._by]
        return without(counts, self._dictionary.number(b""))

    def number_of(self, place: SlowPlace) -> int:
        """The number of the name of a request."""
        column = place.bucket.texts[self._field]
        key = int(column.keys[column.ids[place.record]])
        return key if self._moves is None else int(self._moves[key])

    def row(self, name: bytes) -> RowChoice | None:
        """The choice of one name; None when it never came."""
        number = self._dictionary.number(name)
        return None if number is None else RowChoice(self._field, self._moves, number)


def _keys(names: _Names, wish: LatencyWish, hits: NDArray[np.int64], slow: list[SlowPlace]) -> NDArray[np.intp]:
    """The numbers of the names that are looked at."""
    if wish.sort == "hits":
        return top_keys(hits, names.values, wish.rows)
    if wish.sort == "name":
        return np.array(first_named(hits, names.values, wish.rows), np.intp)
    leading = top_keys(hits, names.values, CANDIDATES)
    slowest = np.array([names.number_of(place) for place in slow], np.intp)
    slowest = slowest[hits[slowest] > 0]
    return np.union1d(leading, slowest)


def _rows(
    tally: WindowTally, wish: LatencyWish, keys: NDArray[np.intp], hits: NDArray[np.int64], values: list[bytes]
) -> list[LatencyRow]:
    """The rows of these names, in the order that is wanted."""
    details = tally.details(wish.by, keys, has_latency=True)
    figures = np.array(row_quantiles(details.latency, SHARES))
    places = np.arange(len(keys))
    if wish.sort not in ("hits", "name"):
        slow = np.nan_to_num(figures[COLUMNS.index(wish.sort)], nan=-1.0)
        places = np.lexsort((keys, -hits[keys], -slow))[: wish.rows]
    rows = []
    for place in places.tolist():
        key, counts = keys[place], details.latency[place]
        told = LatencyRow(decode(values[key]), values[key], int(hits[key]), int(counts[1:].sum()))
        rows.append(_with_figures(told, figures[:, place], counts))
    return rows


def _with_figures(row: LatencyRow, figures: NDArray[np.float64], counts: NDArray[np.int64]) -> LatencyRow:
    """A row with its percentiles, and how its latencies are spread."""
    p50, p90, p95, p99, most = (None if math.isnan(one) else one for one in figures.tolist())
    return replace(row, p50=p50, p90=p90, p95=p95, p99=p99, max=most, spread=spread_of(counts))


def spread_of(counts: NDArray[np.int64]) -> Spread:
    """The cells of a histogram from the first to the last that has something."""
    instant = int(counts[1])
    filled = np.flatnonzero(counts[FIRST_BIN:])
    if not len(filled):
        return Spread(instant=instant)
    first = int(filled[0]) // CELL_BINS * CELL_BINS
    end = int(filled[-1]) // CELL_BINS * CELL_BINS + CELL_BINS
    cells = np.zeros(end - first, np.int64)
    own = counts[FIRST_BIN + first : FIRST_BIN + end]
    cells[: len(own)] = own
    # the bin after FIRST_BIN ends one growth above the shortest: see histogram.bins_of
    start = SHORTEST_SECONDS * _GROWTH ** (first - 1)
    return Spread(start, _GROWTH**CELL_BINS, tuple(cells.reshape(-1, CELL_BINS).sum(axis=1).tolist()), instant)
