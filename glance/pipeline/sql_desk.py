"""Answers the page of SQL: what the table `log` holds now, and what the queries about it found."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from glance.domain.logs.held import HeldBucket
from glance.domain.logs.relation import Relation
from glance.domain.logs.selections import NONE, Selections, both
from glance.domain.logs.series import LogSeries
from glance.domain.logs.tally import Selection, chosen_between
from glance.domain.sql_board import SqlBoard, SqlMistake, SqlResult, SqlWish
from glance.domain.view import View
from glance.domain.window import Window
from glance.pipeline.sql_run import STOPPED, SqlRun

Seen = tuple[LogSeries, Window]

REST_SECONDS = 2.0
"""Between a query and the next time that it is asked by itself, at least."""

REST_SHARE = 4
"""That pause in times of what the query took: most of the time nothing is asked."""


class SqlDesk:
    """Answers one view after the other, in the collector's thread; lets go of everything when nobody looks."""

    def __init__(self, told: Callable[[], None]) -> None:
        """Answer nothing yet.

        Args:
            told: called when a query was answered.
        """
        self._told = told
        self._table: _Table | None = None
        self._begun = 0
        self._stop = (0, 0)
        self._run: SqlRun | None = None
        self._running: asyncio.Task[None] | None = None
        self._asked_version: object = None
        self._rests_until = 0.0
        self._result: SqlResult | None = None
        self._mistake: SqlMistake | None = None

    def answer(
        self, view: View, sight: Seen, now: float, selections: Selections | None = None, *, is_partial: bool = False
    ) -> SqlBoard | None:
        """What the page shows; None when another page is open, or none.

        Args:
            view: what is looked at.
            sight: the records of its window, and that window.
            now: epoch seconds.
            selections: what the view's filter chooses of them; None is all.
            is_partial: that is still being found out, and is not to be waited for.
        """
        wish = view.page
        if not isinstance(wish, SqlWish):
            self.forget()
            return None
        series, window = sight
        table = self._table
        if table is None or (table.series, table.selections) != (series, selections):
            table = self._table = _Table(series, selections)
        records = None if is_partial else table.records(window)
        self._end_what_is_done(now)
        if not is_partial:
            version = (id(series), series.version, window, view.filter)
            self._begin_what_is_wanted(view, wish, table, window, (now, version))
        if wish.stop != self._stop:
            self._stop = wish.stop
            if self._run is not None and wish.stop[0] >= self._begun:
                self._run.stop()
        return SqlBoard(
            wish,
            records=records,
            left_out=_counted_only(series, window),
            run=self._begun,
            running_since=self._run.at if self._run is not None else None,
            result=self._result,
            mistake=self._mistake,
        )

    def _begin_what_is_wanted(
        self, view: View, wish: SqlWish, table: _Table, window: Window, moment: tuple[float, object]
    ) -> None:
        """Ask what a person wants to know, or what is to be asked again."""
        now, version = moment
        if wish.run > self._begun:
            self._begun, text = wish.run, wish.text
            if self._run is not None:
                self._run.stop()
            if wish.stop[0] >= wish.run:  # before it had begun
                self._mistake = STOPPED
                return
        elif wish.repeats and self._result is not None and self._may_repeat(view, version, now):
            text = self._result.text
        else:
            return
        self._run = run = SqlRun(text, table.relation(window), now, (view.window, view.end, view.filter))
        self._running = asyncio.get_running_loop().create_task(self._ask(run))
        self._asked_version = version

    def _may_repeat(self, view: View, version: object, now: float) -> bool:
        """The picture is live, something is new, and the pause is over."""
        is_live = view.end is None and not view.is_paused and self._run is None
        return is_live and self._asked_version != version and now >= self._rests_until

    async def _ask(self, run: SqlRun) -> None:
        await run.run()
        self._told()

    def _end_what_is_done(self, now: float) -> None:
        """Take the answer of a query that has one."""
        run, running = self._run, self._running
        if run is None or running is None or not running.done():
            return
        self._run = self._running = None
        running.result()  # a bug is not hidden
        self._mistake = run.mistake
        self._result = run.result or self._result
        self._rests_until = now + max(REST_SECONDS, REST_SHARE * run.seconds)

    def forget(self) -> None:
        """Nobody looks at it: ask nothing, keep nothing."""
        if self._run is not None:
            self._run.stop()
        self._run = self._running = self._result = self._mistake = self._table = None


class _Table:
    """The records of one series, as far as a filter chooses them."""

    def __init__(self, series: LogSeries, selections: Selections | None) -> None:
        self.series = series
        self.selections = selections
        self._counts: dict[int, tuple[HeldBucket, int]] = {}
        """Of a whole bucket, how many records are chosen."""

    def _chosen(self, bucket: HeldBucket, start_ms: int, end_ms: int) -> Selection:
        """The records of a bucket that are in the table; None is all of them."""
        if bucket.last_ms < start_ms or bucket.first_ms >= end_ms:
            return NONE
        within = chosen_between(bucket, start_ms, end_ms)
        return within if self.selections is None else both(within, self.selections.of(bucket))

    def records(self, window: Window) -> int:
        """How many there are in a window."""
        start_ms, end_ms = round(window.start * 1000), round(window.end * 1000)
        buckets = self.series.buckets
        if self.selections is not None:
            kept = set(map(id, buckets))
            self._counts = {key: known for key, known in self._counts.items() if key in kept}
        total = 0
        for bucket in buckets:
            is_whole = start_ms <= bucket.first_ms and bucket.last_ms < end_ms
            known = self._counts.get(id(bucket)) if is_whole else None
            if known is None:
                chosen = self._chosen(bucket, start_ms, end_ms)
                known = (bucket, bucket.records if chosen is None else len(chosen))
                if is_whole and self.selections is not None:
                    self._counts[id(bucket)] = known
            total += known[1]
        return total

    def relation(self, window: Window) -> Relation:
        """Them as a table, as they are now: buckets are never changed, only replaced."""
        start_ms, end_ms = round(window.start * 1000), round(window.end * 1000)
        return Relation(self.series, self.series.routes, lambda bucket: self._chosen(bucket, start_ms, end_ms))


def _counted_only(series: LogSeries, window: Window) -> int:
    """Requests of a window of which memory has counts alone."""
    _, counts = series.rollup.between(-int(-window.start // 60), -int(-window.end // 60))
    return int(counts[:, :3].sum()) if len(counts) else 0
