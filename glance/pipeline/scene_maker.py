"""Makes the figures of a scene from a series: totals, traffic over time, rankings."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glance.domain.log_line import LogLine
from glance.domain.logs.filter import EVERYTHING, Filter, parse_filter
from glance.domain.logs.held import HeldBucket
from glance.domain.logs.histogram import quantiles, row_quantiles
from glance.domain.logs.moving_tally import IsOver
from glance.domain.logs.selections import Selections
from glance.domain.logs.series import LogSeries
from glance.domain.logs.tally import DERIVED
from glance.domain.logs.window_tally import WindowTally
from glance.domain.page import PageAnswer
from glance.domain.scene import Pulse, Ranking, Sifting, Totals, Traffic
from glance.domain.view import RankingName, View
from glance.domain.window import Window, window_at, window_choice
from glance.errors import FilterError
from glance.pipeline.page_maker import ONLY_COUNTED, PageMaker
from glance.pipeline.past_lines import newest_held
from glance.pipeline.pulse import pulse_of_chosen
from glance.pipeline.ranker import Ranker, Scores, Wish
from glance.pipeline.tallies import Tallies

_ALWAYS = ("clients", "users", "statuses", "paths")
FIELDS_SOME_LACK: dict[RankingName, str] = {
    "hosts": "host",
    "upstreams": "upstream",
    "referrers": "referrer",
    "agents": "agent",
    "crawlers": "agent",
    "kinds": "agent",
}
"""Rankings that some formats say nothing of, and the field of each."""


PART_SLICES = 3.0
"""So many slices are counted before a part is answered anew: making the answer costs as much as one."""


@dataclass(frozen=True, slots=True)
class WindowFigures:
    """What a scene says about its window."""

    window: Window
    totals: Totals
    traffic: Traffic
    rankings: tuple[Ranking, ...]
    matched: int | None = None
    """Records that the view's filter chooses; None without one."""
    matched_of: int = 0
    """Records that it could choose."""
    filter_error: str = ""
    """Why the view's filter cannot be understood."""
    sifting: Sifting | None = None
    """How far the counting came; None when all is counted."""


class SceneMaker:
    """Answers a view; remembers what the next answer can use."""

    def __init__(self, series: LogSeries, *, is_chosen: bool = False, slice_seconds: float = math.inf) -> None:
        """Answer from this series.

        Args:
            series: the records.
            is_chosen: it holds nothing but what the view's filter chooses.
            slice_seconds: after counting for so long it answers with what was counted, and says so.
        """
        self._slice_seconds = slice_seconds
        self._counted: list[HeldBucket] | None = None
        self._series = series
        self._is_chosen = is_chosen
        self._tallies = Tallies(series)
        self._ranker = Ranker(series)
        self._pages = PageMaker(series, self._tallies)
        self._filter = EVERYTHING
        self._filter_error = ""
        self._answered: tuple[object, ...] = ()
        self._counting: tuple[object, ...] = ()
        """The question of which a part was answered."""
        self._next_part = -math.inf
        """When more of it is answered; in seconds of this thread's own work."""
        self._figures: WindowFigures | None = None

    def figures(self, view: View, end: float) -> WindowFigures:
        """The figures of the window of `view` that contains the moment `end`."""
        return self.figures_of(view, window_at(window_choice(view.window), end, self._series.first_at))

    def figures_of(self, view: View, window: Window, *, is_partial: bool = False) -> WindowFigures:
        """The figures of a window; `is_partial` says that more of it comes soon: then rows that are new tell less."""
        series = self._series
        question = (series.version, window, view.rows, view.sorts, view.searches, view.filter)
        if self._figures is None or question != self._answered:
            tally = self._tallies.of(self._filter_of(view), _counted_for(view), window, self._slice())
            is_soon = question == self._counting and time.thread_time() < self._next_part
            if self._figures is not None and tally.pending and is_soon:
                return self._figures
            self._figures = self._made(tally, view, window, is_partial=is_partial)
            is_whole = self._figures.sifting is None and not is_partial
            self._answered, self._counting = (question, ()) if is_whole else ((), question)
            self._next_part = time.thread_time() + PART_SLICES * self._slice_seconds
        return self._figures

    def count_on(self, view: View, window: Window) -> None:
        """Count some more of a window, and answer nothing yet."""
        self._tallies.of(self._filter_of(view), _counted_for(view), window, self._slice())

    @property
    def absent(self) -> tuple[RankingName, ...]:
        """Rankings of which no line that is held says anything; none while nothing is held."""
        fields = self._series.dictionaries
        if not len(fields["status"]):
            return ()
        return tuple(
            name for name, field in FIELDS_SOME_LACK.items() if all(not value for value in fields[field].values)
        )

    def newest(self, view: View, window: Window) -> tuple[LogLine, ...]:
        """The newest lines of a window that the view's filter chooses, newest last."""
        chosen_by = self._filter_of(view)
        selections = None if chosen_by.is_everything else self._tallies.selections(chosen_by)
        return newest_held(self._series, window, view.log_lines, selections, self._counted)

    def page(self, view: View, window: Window, now: float) -> PageAnswer | None:
        """What the open page shows of a window; None while none is open."""
        return self._pages.answer(view.page, window, self._filter_of(view) if view.page else EVERYTHING, now)

    def close(self) -> None:
        """Nobody asks it any more."""
        self._pages.close()

    def foresee_page(self, view: View, window: Window) -> None:
        """Count what the open page will be asked for, so that `page` only has to tell it."""
        if type(view.page).__name__ in ONLY_COUNTED:
            self.page(view, window, window.end)

    @property
    def series(self) -> LogSeries:
        """What it answers from."""
        return self._series

    def chosen(self, view: View) -> Selections | None:
        """What the view's filter chooses of each bucket; None is everything."""
        chosen_by = self._filter_of(view)
        return None if chosen_by.is_everything else self._tallies.selections(chosen_by)

    def ranked_by(self, view: View, window: Window, name: RankingName, scores: Scores) -> Ranking:
        """A ranking in an order that its own counts do not tell: the names with the highest scores first.

        Args:
            view: what is looked at.
            window: the window it is answered for.
            name: which ranking.
            scores: what each name gets for its hits, by its number.
        """
        tally = self._tallies.of(self._filter_of(view), (DERIVED.get(name, name),), window)
        wish = Wish(name, dict(view.rows).get(name, 0), "hits", dict(view.searches).get(name, ""))
        return self._ranker.ranked_by(tally, wish, scores)

    def tally(self, view: View, window: Window) -> WindowTally:
        """The counts of what the view's filter chooses within a window."""
        return self._tallies.of(self._filter_of(view), (), window)

    def pulse(self, view: View, now: float) -> Pulse:
        """The rate of right now of what the view's filter chooses."""
        return pulse_of_chosen(self._series, self._tallies.selections(self._filter_of(view)), now)

    def understood(self, view: View) -> tuple[Filter, str]:
        """The view's filter, and why not if it cannot be understood: then it is the last that could."""
        return self._filter_of(view), self._filter_error

    def _filter_of(self, view: View) -> Filter:
        """The view's filter; when it cannot be understood the last that could."""
        self._filter_error = ""
        if self._is_chosen:
            return EVERYTHING
        if view.filter != self._filter.text:
            try:
                self._filter = parse_filter(view.filter, self._series.routes)
            except FilterError as error:
                self._filter_error = error.reason
        return self._filter

    def _made(self, tally: WindowTally, view: View, window: Window, *, is_partial: bool) -> WindowFigures:
        chosen_by = self._filter_of(view)
        sifting = Sifting(self._series.records - tally.pending, self._series.records) if tally.pending else None
        self._counted = tally.buckets if tally.pending else None
        is_everything = chosen_by.is_everything
        totals = self._totals(tally, window, is_everything=is_everything)
        sorts, searches = dict(view.sorts), dict(view.searches)
        wishes = [Wish(name, rows, sorts.get(name, "hits"), searches.get(name, "")) for name, rows in view.rows]
        rankings = self._ranker.rankings(tally, wishes, totals.hits, is_partial=is_partial or sifting is not None)
        traffic = self._traffic(tally, window, is_everything=is_everything)
        if is_everything:
            return WindowFigures(window, totals, traffic, rankings, filter_error=self._filter_error, sifting=sifting)
        of = self._tallies.all_hits(window) + int(self._rolled_up(window)[:3].sum())
        return WindowFigures(window, totals, traffic, rankings, totals.hits, of, self._filter_error, sifting)

    def _slice(self) -> IsOver | None:
        """Says when it was counted long enough."""
        if math.isinf(self._slice_seconds):
            return None
        end = time.thread_time() + self._slice_seconds  # of its own work: on a busy machine it answers no more often
        return lambda: time.thread_time() > end

    def _totals(self, tally: WindowTally, window: Window, *, is_everything: bool) -> Totals:
        """Counts over the window; of what is known from roll-ups only, nobody knows what a filter would choose."""
        counted = tally.total
        rolled_up = self._rolled_up(window)
        minutes = rolled_up if is_everything else np.zeros_like(rolled_up)
        classes = counted.classes + minutes[:3]
        p50, p90, p95, p99, most = quantiles(counted.latency, (0.5, 0.9, 0.95, 0.99, 1.0))
        values = self._series.dictionaries["status"].values
        hits = counted.fields["statuses"].hits
        statuses = sorted((int(values[key]), int(hits[key])) for key in np.flatnonzero(hits) if values[key].isdigit())
        return Totals(
            hits=int(classes.sum()),
            bytes=counted.bytes + int(minutes[3]),
            clients=self._ranker.distinct("clients", counted.fields["clients"]),
            users=self._ranker.distinct("users", counted.fields["users"]),
            client_errors=int(classes[1]),
            server_errors=int(classes[2]),
            statuses=tuple(statuses),
            timed=int(counted.latency[1:].sum()),
            p50=p50,
            p90=p90,
            p95=p95,
            p99=p99,
            slowest=most,
            is_approximate=bool(rolled_up[:3].any()) or self._series.is_approximate,
        )

    def _rolled_up(self, window: Window) -> NDArray[np.int64]:
        """Counts of the window's minutes that are known from roll-ups only."""
        _, counts = self._minutes_between(window.start, window.end)
        return np.asarray(counts.sum(axis=0))

    def _minutes_between(self, start: float, end: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The minutes that begin within [start, end) and are known from roll-ups only, with their counts."""
        return self._series.rollup.between(math.ceil(start / 60), math.ceil(end / 60))

    def _traffic(self, tally: WindowTally, window: Window, *, is_everything: bool) -> Traffic:
        first = math.floor(window.start / window.step_seconds)
        counted = tally.total
        rows = counted.steps.between(first, window.steps)
        if is_everything:
            end = (first + window.steps) * window.step_seconds
            minutes, counts = self._minutes_between(first * window.step_seconds, end)
            np.add.at(rows, minutes * 60 // window.step_seconds - first, counts)
        columns = [tuple(column) for column in rows.T.tolist()]
        hits = tuple(rows[:, :3].sum(axis=1).tolist())
        if not self._series.has_latency:
            return Traffic(hits, columns[1], columns[2], columns[3])
        latency = counted.step_latency.between(first, window.steps)
        p50, p95, p99 = (_optional(values) for values in row_quantiles(latency, (0.5, 0.95, 0.99)))
        return Traffic(hits, columns[1], columns[2], columns[3], p50, p95, p99)


def _counted_for(view: View) -> tuple[str, ...]:
    """The rankings that are counted, so that all that the view shows follows."""
    return tuple(dict.fromkeys([*_ALWAYS, *(DERIVED.get(name, name) for name, _ in view.rows)]))


def _optional(values: NDArray[np.float64]) -> tuple[float | None, ...]:
    return tuple(None if math.isnan(value) else value for value in values.tolist())
