"""Answers a filter over a window that memory does not hold: out of history, newest first, in steps that grow.

What is chosen is kept as columns of its own, so that every panel of it is counted like any other series,
a window that moves costs only what enters, and going back to a filter is instant.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from glance.domain.logs.bucket_head import Wanted
from glance.domain.logs.filter import Filter
from glance.domain.logs.route import BUILT_IN, Routes
from glance.domain.logs.series import LogSeries
from glance.domain.view import View
from glance.domain.window import Window
from glance.pipeline.history_thread import HistoryThread
from glance.pipeline.numbering import Numbering
from glance.pipeline.past import PastFigures
from glance.pipeline.sieve import THREADS, Sieve

KEPT_FILTERS = 2
"""Filters of which what was chosen is kept."""

FIRST_SECONDS, STEP_SECONDS, LONGEST_STEP_SECONDS = 0.06, 0.2, 0.4
"""How long history is read for the first answer, and between two answers at least and at most."""

DRAWING_SHARE = 2.0
"""Between two answers so many times the time is spent that one takes to be made."""

_FULL_SHARE = 0.8
"""Of the memory: what is chosen takes so much that what left the window is to be let go."""


class FilteredPast:
    """Answers filters; what several choose shares its memory."""

    def __init__(
        self, history: HistoryThread, sources: Sequence[str], memory_bytes: int, routes: Routes = BUILT_IN
    ) -> None:
        """Answer nothing yet.

        Args:
            history: what is kept.
            sources: absolute paths of the logs that are looked at; empty is all of them.
            memory_bytes: bound for what is chosen.
            routes: by which rules paths become routes.
        """
        self._history = history
        self._sources = tuple(sources)
        self._memory_bytes = memory_bytes
        self._routes = routes
        self._pool = ThreadPoolExecutor(THREADS, "sieve")
        self._counter = ThreadPoolExecutor(1, "sieve-count")
        self._numbering = Numbering(self._new_series())
        self._sieves: OrderedDict[str, Sieve] = OrderedDict()
        self._cost_seconds = 0.0

    def _new_series(self) -> LogSeries:
        return LogSeries(self._memory_bytes, keeps_numbers=True, routes=self._routes)

    async def answer(
        self, view: View, chosen_by: Filter, window: Window, hurry: asyncio.Event, *, is_live: bool
    ) -> PastFigures:
        """What a filter chooses of a window, as far as history was looked at: `sifting` says how far.

        Args:
            view: what is wanted of it.
            chosen_by: its filter.
            window: the window.
            hurry: is set when there is something else to do.
            is_live: the window goes on with what is written next.

        Raises:
            StoreError: history cannot be read.
        """
        sieve, is_new = self._sieve(chosen_by, window)
        start_ms, end_ms = round(window.start * 1000), None if is_live else round(window.end * 1000)
        reach = Window(window.start, math.inf if is_live else window.end, window.step_seconds)
        await sieve.seek(Wanted(self._sources, start_ms=start_ms, end_ms=end_ms), reach)
        loop = asyncio.get_running_loop()
        end = loop.time() + (FIRST_SECONDS if is_new else self._step_seconds())
        while sieve.is_busy and not hurry.is_set() and (left := end - loop.time()) > 0:
            await sieve.wait(hurry, left)
            await loop.run_in_executor(self._counter, self._count_on, sieve, view, window)
        return await loop.run_in_executor(self._counter, self._figures, sieve, view, window)

    def _step_seconds(self) -> float:
        """Until the next answer: making answers takes the smaller part of the time."""
        return max(STEP_SECONDS, min(LONGEST_STEP_SECONDS, DRAWING_SHARE * self._cost_seconds))

    # These two count, in a thread of their own: the loop goes on meanwhile, and touches nothing of the sieve's series.

    @staticmethod
    def _count_on(sieve: Sieve, view: View, window: Window) -> None:
        """Count what was chosen so far, while more is chosen."""
        sieve.keep()
        sieve.maker.count_on(view, window)

    def _figures(self, sieve: Sieve, view: View, window: Window) -> PastFigures:
        began = time.perf_counter()
        sieve.keep()
        sifting = sieve.sifting
        figures = sieve.maker.figures_of(view, window, is_partial=sifting is not None)
        if sifting is None and figures.sifting is not None:
            sifting = sieve.nearly_done
        figures = replace(figures, matched=figures.totals.hits, matched_of=sieve.looked_at(window))
        lines = sieve.maker.newest(view, window)
        sieve.maker.foresee_page(view, window)
        self._cost_seconds = time.perf_counter() - began
        return PastFigures(figures, lines, sieve.series.has_latency, sieve.series, sieve.maker, sifting)

    def _sieve(self, chosen_by: Filter, window: Window) -> tuple[Sieve, bool]:
        """What there is of a filter, and whether it begins now; others rest."""
        known = self._sieves.get(chosen_by.text)
        if known is not None and self._is_worn(known, window):
            del self._sieves[chosen_by.text]
            known.rest()
            known = None
        sieve = known or self._new_sieve(chosen_by)
        self._sieves[chosen_by.text] = sieve
        self._sieves.move_to_end(chosen_by.text)
        while len(self._sieves) > KEPT_FILTERS:
            self._sieves.popitem(last=False)[1].rest()
        for other in self._sieves.values():
            if other is not sieve:
                other.rest()
        return sieve, known is None

    def _new_sieve(self, chosen_by: Filter) -> Sieve:
        series = self._new_series()
        self._numbering.share(series)
        return Sieve(self._history, self._pool, chosen_by, series, numbering=self._numbering, counter=self._counter)

    def _is_worn(self, sieve: Sieve, window: Window) -> bool:
        """It is full of what has left the window."""
        series = sieve.series
        if series.size_bytes < self._memory_bytes * _FULL_SHARE:
            return False
        return any(bucket.last_ms < window.start * 1000 for bucket in series.sealed)

    def rest(self) -> None:
        """Nobody looks at a filter now: read on only when somebody does again."""
        for sieve in self._sieves.values():
            sieve.rest()

    def close(self) -> None:
        """Read no more."""
        self.rest()
        for pool in (self._pool, self._counter):
            pool.shutdown(cancel_futures=True)
