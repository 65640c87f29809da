"""Answers windows of the past: from memory as far as that reaches, else out of history."""

from __future__ import annotations

from collections.abc import Sequence

from glance.domain.logs.series import LogSeries
from glance.domain.scene import View
from glance.domain.window import window_at, window_choice
from glance.pipeline.keeping import Keeping
from glance.pipeline.past import PastFigures
from glance.pipeline.past_lines import newest_held
from glance.pipeline.scene_maker import SceneMaker


class Looker:
    """Looks back."""

    def __init__(self, series: LogSeries, maker: SceneMaker, keeping: Keeping) -> None:
        """Look at what is in memory, and what is kept.

        Args:
            series: what is in memory.
            maker: makes its figures.
            keeping: history.
        """
        self._series = series
        self._maker = maker
        self._keeping = keeping

    async def back(self, view: View, sources: Sequence[str], monotonic: float, *, is_whole: bool) -> PastFigures | None:
        """The figures of the view's window if it ends in the past, None if it is live.

        Args:
            view: what is looked at.
            sources: names of the logs.
            monotonic: seconds that never go back.
            is_whole: memory has taken what it has room for of history.

        Raises:
            StoreError: history cannot be read.
        """
        if view.end is None:
            return None
        window = window_at(window_choice(view.window), view.end, self._keeping.status().first_at)
        past = self._keeping.past(sources, self._series.memory_bytes)
        if past is not None and is_whole and not self._series.holds(window.start):
            return await past.answer(view, window, monotonic)
        lines = newest_held(self._series, window, view.log_lines)
        return PastFigures(self._maker.figures_of(view, window), lines, self._series.has_latency)
