"""What the other window of a comparison was: its totals, and each row that is shown of now."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from glance.domain.comparison import NOBODY, Comparison, Figures, FormerTotals
from glance.domain.logs.dictionary import Dictionary
from glance.domain.logs.histogram import quantiles
from glance.domain.logs.ranking import top_keys, without
from glance.domain.logs.series import LogSeries
from glance.domain.logs.tally import DERIVED, RANKED_FIELDS, Counts
from glance.domain.logs.window_tally import WindowTally
from glance.domain.safe_text import decode
from glance.domain.scene import Ranking, Row
from glance.domain.view import RankingName, View
from glance.domain.window import Window
from glance.pipeline.scene_maker import SceneMaker

if TYPE_CHECKING:
    from glance.pipeline.comparing import Looked, Stretch

NO_ROWS = "only its totals are known"


class Former:
    """Counts the other window out of one series, and what moves only."""

    def __init__(self, maker: SceneMaker) -> None:
        """Count nothing yet, with this maker's series and filter."""
        self.maker = maker
        self._tally: WindowTally | None = None
        self._filter = ""

    def beside(self, looked: Looked, stretch: Stretch) -> tuple[tuple[Ranking, ...], Comparison]:
        """The rankings of now, ordered by change where that is wanted, and what they were."""
        view, window = looked.view, stretch.window
        assert view.compare is not None
        names = tuple(dict.fromkeys(["clients", "statuses", *(DERIVED.get(name, name) for name, _ in view.rows)]))
        tally = self._counted(view, names, window)
        rolled_up = self._rolled_up(window)
        is_everything = self.maker.chosen(view) is None
        has_rows = not rolled_up[:, :3].any()
        rankings = tuple(self._ordered(looked, ranking, tally, stretch.scale) for ranking in looked.figures.rankings)
        if not has_rows:
            rankings = looked.figures.rankings
        if not has_rows and not is_everything:
            note = "only its totals are known, and nothing of a filter"
            return rankings, Comparison(view.compare, window, "unknown", note=note)
        comparison = Comparison(
            view.compare,
            window,
            "known" if stretch.is_whole else "partly",
            scale=stretch.scale,
            known_from=stretch.start,
            known_to=stretch.end,
            totals=self._totals(tally, rolled_up.sum(axis=0)),
            hits=self._hits(tally, window),
            note="" if has_rows else NO_ROWS,
        )
        if has_rows:
            rows = tuple((ranking.name, self._rows(ranking, tally)) for ranking in rankings)
            comparison = replace(comparison, rankings=rows, statuses=self._statuses(tally))
        return rankings, comparison

    def _counted(self, view: View, names: tuple[str, ...], window: Window) -> WindowTally:
        chosen = self.maker.chosen(view)
        tally = self._tally
        filtered_by = "" if chosen is None else chosen.filter.text
        if tally is None or filtered_by != self._filter or not tally.fits(names, window):
            tally = self._tally = WindowTally(self.maker.series, names, window, chosen)
            self._filter = filtered_by
        tally.update(window)
        return tally

    def _rolled_up(self, window: Window) -> NDArray[np.int64]:
        """Counts of the minutes of the window that are known from roll-ups only."""
        between = self.maker.series.rollup.between(math.ceil(window.start / 60), math.ceil(window.end / 60))
        return np.asarray(between[1])

    def _totals(self, tally: WindowTally, minutes: NDArray[np.int64]) -> FormerTotals:
        counted = tally.total
        classes = counted.classes + minutes[:3]
        p50, p95, p99 = quantiles(counted.latency, (0.5, 0.95, 0.99))
        blank = self.maker.series.dictionaries["client"].number(b"")
        clients = int(np.count_nonzero(without(counted.fields["clients"], blank)))
        return FormerTotals(
            int(classes.sum()), counted.bytes + int(minutes[3]), clients, int(classes[1]), int(classes[2]),
            p50, p95, p99,
        )  # fmt: skip

    def _statuses(self, tally: WindowTally) -> tuple[tuple[int, int], ...]:
        """Requests of each status."""
        values, hits = self.maker.series.dictionaries["status"].values, tally.total.fields["statuses"].hits
        return tuple((int(values[key]), int(hits[key])) for key in np.flatnonzero(hits) if values[key].isdigit())

    def _hits(self, tally: WindowTally, window: Window) -> tuple[int, ...]:
        """Requests per step."""
        first, step = math.floor(window.start / window.step_seconds), window.step_seconds
        hits = tally.total.steps.between(first, window.steps)[:, :3].sum(axis=1)
        numbers, counts = self.maker.series.rollup.between(math.ceil(window.start / 60), math.ceil(window.end / 60))
        places = numbers * 60 // step - first
        inside = (places >= 0) & (places < len(hits))
        np.add.at(hits, places[inside], counts[inside, :3].sum(axis=1))
        return tuple(hits.tolist())

    # Rows ---------------------------------------------------------------------------------------

    def _rows(self, ranking: Ranking, tally: WindowTally) -> tuple[Figures, ...]:
        """What each row of a ranking was."""
        series, counts = self.maker.series, _counts(tally, ranking.name)
        names = dictionary_of(series, ranking.name)
        numbers = [names.number(row.raw or row.name.encode()) for row in ranking.rows]
        there = np.array([key for key in numbers if key is not None and key < len(counts.bytes)], np.intp)
        slow = tally.details(ranking.name, there, has_latency=series.has_latency).p95() if len(there) else []
        p95 = dict(zip(there.tolist(), slow, strict=True))
        return tuple(NOBODY if key is None or key not in p95 else _figures(counts, key, p95[key]) for key in numbers)

    def _ordered(self, looked: Looked, ranking: Ranking, tally: WindowTally, scale: float) -> Ranking:
        """A ranking with those first that rose or fell most, where it is wanted so."""
        sort = dict(looked.view.sorts).get(ranking.name, "hits")
        if sort not in ("risers", "fallers"):
            return ranking
        name, sign = ranking.name, 1 if sort == "risers" else -1
        then, values = self._then(tally, name), dictionary_of(self.maker.series, name).values
        search = dict(looked.view.searches).get(name, "")
        is_same = looked.maker.series is self.maker.series
        names = dictionary_of(looked.maker.series, name)

        def scores(hits: NDArray[np.int64]) -> NDArray[np.int64]:
            """How much each name of now has risen, or fallen."""
            before = then if is_same else _moved(then, values, names)
            size = max(len(hits), min(len(before), len(names.values)))
            change = _wide(hits, size) - _wide(before[:size], size) * scale
            return np.asarray(np.round(sign * change), np.int64)

        made = looked.maker.ranked_by(looked.view, looked.figures.window, name, scores)
        if sort == "fallers" and not is_same:
            return _with_gone(made, _gone(then, values, names, search), self._most(looked.view, name))
        return made

    @staticmethod
    def _most(view: View, name: RankingName) -> int:
        return dict(view.rows).get(name, 0)

    def _then(self, tally: WindowTally, name: RankingName) -> NDArray[np.int64]:
        """Hits of each name in the other window."""
        return without(_counts(tally, name), dictionary_of(self.maker.series, name).number(b""))


def dictionary_of(series: LogSeries, name: str) -> Dictionary:
    """The names of a ranking, with their numbers."""
    if name in DERIVED:
        series.derived[name].of()
        return series.derived[name].dictionary
    return series.dictionaries[RANKED_FIELDS[name]]


def _counts(tally: WindowTally, name: str) -> Counts:
    return tally.total.derived(name) if name in DERIVED else tally.total.fields[name]


def _figures(counts: Counts, key: int, p95: float | None) -> Figures:
    client, server = int(counts.classes[1, key]), int(counts.classes[2, key])
    return Figures(int(counts.classes[0, key]) + client + server, client + server, p95)


def _wide(values: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    """The same numbers, with zeros up to a length."""
    return np.pad(values, (0, size - len(values))) if len(values) < size else values[:size]


def _moved(then: NDArray[np.int64], values: list[bytes], names: Dictionary) -> NDArray[np.int64]:
    """Counts of one series by the numbers of another; what that one does not know is left out."""
    out = np.zeros(len(names), np.int64)
    for key in np.flatnonzero(then).tolist():
        number = names.number(values[key])
        if number is not None:
            out[number] = then[key]
    return out


def _gone(then: NDArray[np.int64], values: list[bytes], names: Dictionary, search: str) -> dict[bytes, int]:
    """Names that the series of now never had, with their hits."""
    wanted = search.casefold()
    return {
        values[key]: int(then[key])
        for key in top_keys(then, values, 1000).tolist()
        if names.number(values[key]) is None and (not wanted or wanted in decode(values[key]).casefold())
    }


def _with_gone(ranking: Ranking, gone: dict[bytes, int], most: int) -> Ranking:
    """A ranking of what fell, with what is gone: that fell by all it had, and comes before what is left of others."""
    rows = [
        Row(decode(name), 0, 0.0, raw=b"" if decode(name).encode() == name else name)
        for name, _ in sorted(gone.items(), key=lambda item: -item[1])
    ]
    return replace(ranking, rows=(*rows, *ranking.rows)[:most])
