"""Answers a view: live or a window of the past, from memory as far as that reaches, else out of history."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from glance.domain.log_line import LogLine
from glance.domain.logs.series import LogSeries
from glance.domain.scene import Pulse, Sifting
from glance.domain.view import View
from glance.domain.window import window_at, window_choice
from glance.errors import StoreError
from glance.pipeline.keeping import Keeping
from glance.pipeline.liveness import Liveness
from glance.pipeline.log_feed import LogFeed, newest_of
from glance.pipeline.past import PastFigures
from glance.pipeline.pulse import PulseMeter, pulse_of
from glance.pipeline.scene_maker import SceneMaker, WindowFigures

SLICE_SECONDS = 0.03
"""Counting goes on for so long before it lets everything else go on, and shows what it has."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What a scene says of the records that are looked at."""

    figures: WindowFigures
    lines: tuple[LogLine, ...]
    pulse: Pulse
    has_latency: bool
    series: LogSeries
    """The records of its window."""
    maker: SceneMaker
    """What answers out of them."""
    sifting: Sifting | None = None
    """How far the view's filter has come; None when it has seen all."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The moment of a look."""

    now: float
    """Epoch seconds."""
    monotonic: float
    """Seconds that never go back."""
    is_live: bool
    """A log is being written."""


class Looker:
    """Looks at what is known."""

    def __init__(self, series: LogSeries, keeping: Keeping, meter: PulseMeter, liveness: Liveness) -> None:
        """Look at what is in memory, and what is kept.

        Args:
            series: what is in memory.
            keeping: history.
            meter: the rate of right now, of everything.
            liveness: how much of a window is known.
        """
        self._series = series
        self._maker = SceneMaker(series, slice_seconds=SLICE_SECONDS)
        self._keeping = keeping
        self._meter = meter
        self._liveness = liveness
        self._past: PastFigures | None = None
        self.trouble = ""
        """Why history could not be read when it was asked last; empty where it could."""

    @property
    def maker(self) -> SceneMaker:
        """What answers out of memory."""
        return self._maker

    def sight(self, view: View, now: float, feeds: Sequence[LogFeed], *, is_live: bool) -> Sight:
        """What the view is answered with.

        Args:
            view: what is looked at.
            now: epoch seconds.
            feeds: the logs.
            is_live: a log is being written.
        """
        past, figures = self._past, self._figures(view, now, is_live=is_live)
        if past is not None:
            lines = past.lines
        else:
            lines = self._maker.newest(view, figures.window) if view.filter else newest_of(feeds, view.log_lines)
        if view.end is not None or not is_live:
            pulse = pulse_of(figures.totals, self._liveness.known_seconds(figures.window))
        else:
            pulse = self._meter.pulse(now) if figures.matched is None else self._maker.pulse(view, now)
        series = self._series if past is None or past.series is None else past.series
        maker = self._maker if past is None or past.maker is None else past.maker
        sifting = figures.sifting if past is None or past.sifting is None else past.sifting
        return Sight(figures, lines, pulse, series.has_latency, series, maker, sifting)

    def _figures(self, view: View, now: float, *, is_live: bool) -> WindowFigures:
        """The figures of the window that is looked at."""
        if self._past is not None:
            return self._past.figures
        last = self._series.last_ms
        end = now if is_live or last is None else last / 1000
        return self._maker.figures(view, end if view.end is None else view.end)

    async def look_back(
        self, view: View, sources: Sequence[str], moment: Moment, hurry: asyncio.Event, *, is_whole: bool
    ) -> None:
        """Find the figures of the view's window if it ends in the past, or if it is filtered and memory holds less.

        Args:
            view: what is looked at.
            sources: names of the logs.
            moment: of now.
            hurry: is set when there is something else to do.
            is_whole: memory has taken what it has room for of history.
        """
        self._past, self.trouble = None, ""
        try:
            self._past = await self._sifted(view, sources, moment, hurry) if is_whole and view.filter else None
            if self._past is None and view.end is not None:
                self._past = await self._back(view, view.end, sources, moment.monotonic, is_whole)
        except StoreError as error:
            self.trouble = f"{error.what}: {error.why}"

    async def _sifted(
        self, view: View, sources: Sequence[str], moment: Moment, hurry: asyncio.Event
    ) -> PastFigures | None:
        """What the view's filter chooses of a window of which memory holds a part only; None when it holds all."""
        if self._keeping.is_kept and self._series.rollup.records:
            chosen_by, error = self._maker.understood(view)
            last = self._series.last_ms
            end = moment.now if moment.is_live or last is None else last / 1000
            end = end if view.end is None else view.end
            window = window_at(window_choice(view.window), end, self._keeping.status().first_at)
            filtered = self._keeping.filtered_past(sources, self._series.memory_bytes, self._series.routes)
            if filtered is not None and not chosen_by.is_everything and not self._series.holds(window.start):
                found = await filtered.answer(view, chosen_by, window, hurry, is_live=view.end is None)
                return replace(found, figures=replace(found.figures, filter_error=error)) if error else found
        return None

    async def _back(
        self, view: View, end: float, sources: Sequence[str], monotonic: float, is_whole: bool
    ) -> PastFigures:
        """The figures of the window that ends there."""
        window = window_at(window_choice(view.window), end, self._keeping.status().first_at)
        past = self._keeping.past(sources, self._series.memory_bytes, self._series.routes)
        if past is not None and is_whole and not self._series.holds(window.start):
            return await past.answer(view, window, monotonic)
        lines = self._maker.newest(view, window)
        return PastFigures(self._maker.figures_of(view, window), lines, self._series.has_latency)
