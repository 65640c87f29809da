"""Compares the window that is looked at with another one, out of memory, or out of history where that is older.

Nothing is counted, read or held while nobody compares. Of a window in memory only what entered and left it is
counted again; one that is older is read in a task of its own, and answered when it is there.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from glance.domain import units
from glance.domain.comparison import SHORT_WORDS, Comparison, other_window
from glance.domain.logs.series import LogSeries
from glance.domain.scene import HistoryStatus, Ranking
from glance.domain.view import View
from glance.domain.window import Window, window_choice
from glance.errors import StoreError
from glance.pipeline.former import Former
from glance.pipeline.keeping import Keeping
from glance.pipeline.past import Past
from glance.pipeline.scene_maker import SceneMaker, WindowFigures

MEMORY_SHARE = 4
"""Of the memory for records, one part of so many is for another window out of history."""
LEAST_AHEAD_SECONDS = 600.0
"""So much more than the other window is read of history: a live window moves on."""
LATE_SECONDS = 10.0
"""What happened in the last seconds may not be in history yet."""
NO_OTHER = "everything is shown, there is no window beside it"


@dataclass(frozen=True, slots=True)
class Looked:
    """What is looked at, to be compared."""

    view: View
    figures: WindowFigures
    maker: SceneMaker
    """What counted them."""
    is_live: bool
    now: float
    """Epoch seconds."""
    history: HistoryStatus
    is_part: bool = False
    """A filter has not seen all of it: there will be more in a moment."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which part of the other window is known, and how a count of it compares."""

    window: Window
    start: float
    end: float
    scale: float

    @property
    def is_whole(self) -> bool:
        """All of the window is known."""
        return self.end - self.start > self.window.seconds - self.window.step_seconds - 1


@dataclass(frozen=True, slots=True)
class _Held:
    """A stretch of history that was read."""

    window: Window
    series: LogSeries
    maker: SceneMaker


class Comparing:
    """Knows the other window, while somebody compares."""

    def __init__(self, maker: SceneMaker, keeping: Keeping, notice: Callable[[], None]) -> None:
        """Compare nothing.

        Args:
            maker: what answers out of memory.
            keeping: history.
            notice: is called when an answer came that was waited for.
        """
        self._series = maker.series
        self._maker = maker
        self._keeping = keeping
        self._notice = notice
        self._past: Past | None = None
        self._held: _Held | None = None
        self._task: asyncio.Task[None] | None = None
        self._trouble = ""
        self._former: Former | None = None
        self._asked: tuple[object, ...] = ()
        self._of: tuple[WindowFigures | None, _Held | None] = (None, None)
        self._answer: tuple[tuple[Ranking, ...], Comparison | None] = ((), None)

    def close(self) -> None:
        """Forget everything."""
        if self._task is not None:
            self._task.cancel()
        self._task, self._past, self._held, self._former = None, None, None, None
        self._trouble, self._asked, self._of = "", (), (None, None)

    def answer(
        self, looked: Looked, sources: Sequence[str], *, is_whole: bool
    ) -> tuple[tuple[Ranking, ...], Comparison | None]:
        """The rankings, in the order of their change where that is wanted, and the comparison.

        Args:
            looked: what is looked at.
            sources: names of the logs.
            is_whole: memory has taken what it has room for of history.
        """
        view, figures = looked.view, looked.figures
        if view.compare is None:
            if self._asked or self._task is not None:
                self.close()
            return figures.rankings, None
        asked = (view.compare, self._series.version, self._trouble, is_whole, looked.is_part)
        if asked != self._asked or self._of[0] is not figures or self._of[1] is not self._held:
            self._of = (figures, self._held)
            self._answer = self._compared(looked, sources, is_whole=is_whole)
            self._asked = asked
        return self._answer

    def _compared(
        self, looked: Looked, sources: Sequence[str], *, is_whole: bool
    ) -> tuple[tuple[Ranking, ...], Comparison]:
        view, figures = looked.view, looked.figures
        assert view.compare is not None
        other = other_window(figures.window, view.compare)
        nothing = Comparison(view.compare, other, "unknown")
        if window_choice(view.window).seconds is None:
            return figures.rankings, replace(nothing, note=NO_OTHER)
        if looked.is_part:
            return figures.rankings, replace(nothing, condition="counting", note="the filter is still counting …")
        stretch = self._stretch(looked, other)
        if stretch is None:
            return figures.rankings, replace(nothing, note=_missing(self._first(looked.history)))
        maker = self._maker_of(stretch, sources, looked.now, is_whole=is_whole)
        if maker is None:
            if self._trouble:
                return figures.rankings, replace(nothing, note=self._trouble)
            note = f"reading {SHORT_WORDS[view.compare]} from history …"
            return figures.rankings, replace(nothing, condition="counting", note=note)
        if self._former is None or self._former.maker is not maker:
            self._former = Former(maker)
        rankings, comparison = self._former.beside(looked, stretch)
        return rankings, comparison

    def _first(self, history: HistoryStatus) -> float | None:
        """The oldest moment that is known."""
        known = [history.first_at, None if self._series.first_ms is None else self._series.first_ms / 1000]
        return min((at for at in known if at is not None), default=None)

    def _stretch(self, looked: Looked, other: Window) -> Stretch | None:
        """What is known of the other window; None when that is nothing."""
        first, window = self._first(looked.history), looked.figures.window
        if first is None:
            return None
        last = looked.history.last_at if looked.history.last_at is not None else looked.now
        now_end = min(window.end, looked.now if looked.is_live else last + 1)
        now_seconds = now_end - max(window.start, first)
        start, end = max(other.start, first), min(other.end, last + 1)
        if end - start < other.step_seconds or now_seconds <= 0:
            return None
        return Stretch(other, start, end, now_seconds / (end - start))

    def _maker_of(self, stretch: Stretch, sources: Sequence[str], now: float, *, is_whole: bool) -> SceneMaker | None:
        """What can count the other window; None until it is read."""
        is_older = self._keeping.is_kept and not (is_whole and self._series.holds(stretch.start))
        if not is_older:
            return self._maker
        if not is_whole:
            return None
        held, window = self._held, stretch.window
        if held is None or held.window.start > window.start or held.window.end < window.end:
            self._read(window, sources, now)
            return None
        if held.window.end - window.end < min(held.window.end - held.window.start, LEAST_AHEAD_SECONDS) / 4:
            self._read(window, sources, now)
        return held.maker

    def _read(self, window: Window, sources: Sequence[str], now: float) -> None:
        """Read a window from history, and some more behind it that is there too, in a task of its own."""
        if self._task is not None and not self._task.done():
            return
        ahead = min(max(LEAST_AHEAD_SECONDS, window.seconds / 4), now - LATE_SECONDS - window.end)
        steps = max(0, int(ahead // window.step_seconds))
        wide = Window(window.start, window.end + steps * window.step_seconds, window.step_seconds)
        self._task = asyncio.get_running_loop().create_task(self._hold(wide, sources))

    async def _hold(self, window: Window, sources: Sequence[str]) -> None:
        if self._past is None:
            memory = self._series.memory_bytes // MEMORY_SHARE
            self._past = self._keeping.another_past(sources, memory, self._series.routes)
        past = self._past
        if past is None:
            return
        try:
            read = await past.answer(View(rows=(), log_lines=0), window, asyncio.get_running_loop().time())
        except StoreError as error:
            self._trouble = f"{error.what}: {error.why}"
        else:
            self._trouble = ""
            if read.series is not None and read.maker is not None:
                self._held = _Held(window, read.series, read.maker)
        with contextlib.suppress(RuntimeError):  # the loop is closing
            self._notice()


def _missing(first: float | None) -> str:
    """Why there is nothing to compare with."""
    return "nothing is known yet" if first is None else f"nothing is known before {units.date_minute(first)}"
