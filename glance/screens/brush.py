"""A screen with an interval of time: selected by keys or mouse, zoomed into, filtered by; and with a comparison."""

from __future__ import annotations

from typing import Literal

from textual import on
from textual.reactive import reactive

from glance.domain import units
from glance.domain.comparison import AGAINST, AGAINST_WORDS, Against
from glance.domain.interval import Interval
from glance.domain.scene import Scene
from glance.errors import FilterError
from glance.messages import IntervalRequested
from glance.screens.tables import TableViewer
from glance.screens.travel import WITHIN, around, is_known, newest
from glance.widgets.drawing import clean
from glance.widgets.header import Header
from glance.widgets.ranking_drawing import CHANGES
from glance.widgets.timeline import is_outside, moved_by_half, newest_interval, resized, snapped
from glance.widgets.traffic_chart import TrafficChart, shown_steps

NO_INTERVAL = "there are no requests to select from"
NO_FINER = "it cannot be looked at more closely"
NO_OTHER = "everything is shown, there is no window beside it"


class BrushViewer(TableViewer, inherit_bindings=False):
    """Knows which interval is selected, and what the window is compared with."""

    interval: reactive[Interval | None] = reactive(None, repaint=False, init=False)

    def put(self, scene: Scene) -> None:
        """Show a scene; an interval that is no part of its window any more is let go."""
        super().put(scene)
        if self.interval is None or not scene.at:
            return
        found = snapped(self.interval, scene.window)
        if is_outside(found, scene.window):
            self.select_interval(None)
        elif found != self.interval:
            self.select_interval(found)

    def panel_of_time(self) -> None:
        """Give the keys to the chart."""
        self.action_panel(TrafficChart.NAME)

    # The interval -------------------------------------------------------------------------------

    def select_interval(self, interval: Interval | None, *, is_settled: bool = True) -> None:
        """Select a part of the time axis, or nothing.

        Args:
            interval: which part.
            is_settled: it stays so for now: its latency is worth asking for.
        """
        if interval != self.interval:
            self.interval = interval
            self.situation_changed()
        if interval is None or (is_settled and self.scene.has_latency):
            self.look(interval=interval)

    @on(IntervalRequested)
    def interval_drawn(self, message: IntervalRequested) -> None:
        """Select what was drawn with the mouse."""
        self.select_interval(message.interval, is_settled=message.is_settled)

    def action_move_interval(self, direction: Literal[-1, 1]) -> None:
        """Select the newest part of the window; move it by half of its length, when there is one."""
        if not self.scene.totals.hits:
            self.query_one(Header).say(NO_INTERVAL)
        elif self.interval is None:
            self.panel_of_time()
            self.select_interval(newest_interval(self.scene.window, shown_steps(self.scene)))
        else:
            self.select_interval(moved_by_half(self.interval, self.scene.window, direction))

    def action_resize_interval(self, factor: float) -> None:
        """Select a longer or a shorter part."""
        if self.interval is None:
            self.action_move_interval(1)
        else:
            self.select_interval(resized(self.interval, self.scene.window, factor))

    def action_clear_interval(self) -> None:
        """Select nothing."""
        self.select_interval(None)

    def action_filter_interval(self) -> None:
        """Show only what was in the interval."""
        from glance.domain.logs.time_chip import with_interval  # numpy: not before the first frame

        if self.interval is None:
            return
        try:
            self.filter_by(with_interval(self.trail.text, self.interval.start, self.interval.end))
        except FilterError as error:
            self.query_one(Header).say(clean(error.reason))
            return
        self.select_interval(None)

    # The window ---------------------------------------------------------------------------------

    def action_zoom_interval(self) -> None:
        """Look at the interval alone."""
        if self.interval is not None and not self.zoom_time(self.interval):
            self.query_one(Header).say(NO_FINER)

    def action_zoom_time(self, factor: float) -> None:
        """Look at the middle of the window more closely, or at more around it."""
        if not self.scene.at:
            return
        found = around(self.scene, factor)
        if found is None or not self.zoom_time(found):
            self.query_one(Header).say(NO_FINER if factor < 1 else "it cannot be longer")

    def zoom_time(self, interval: Interval) -> bool:
        """Look at this stretch in a window of its own; False when it is what is looked at."""
        if not self.zoom_to(interval.start, interval.end, is_live=interval.end > newest(self.scene) + WITHIN):
            return False
        self.select_interval(None)
        return True

    # The comparison -----------------------------------------------------------------------------

    def action_compare(self) -> None:
        """Compare with the next of the other windows that are known, and after the last with none."""
        if self.scene.at and self.view.compare is None and self.window_seconds is None:
            self.query_one(Header).say(NO_OTHER)
            return
        order: list[Against | None] = [None, *AGAINST]
        place = order.index(self.view.compare) + 1
        missing = [one for one in order[place:] if one is not None and not is_known(self.scene, one)]
        found = next((one for one in order[place:] if one is not None and one not in missing), None)
        self._compare(found)
        self.query_one(Header).say(_compared_words(found, missing, self.scene))

    def _compare(self, against: Against | None) -> None:
        """Compare with a window; without one no table can be in the order of its changes."""
        sorts = self.view.sorts
        if against is None:
            sorts = tuple((name, key) for name, key in sorts if key not in CHANGES)
        self.look(compare=against, sorts=sorts)
        self.situation_changed()


def _compared_words(found: Against | None, missing: list[Against], scene: Scene) -> str:
    """What the comparison is with, and what it cannot be with, and why."""
    first = scene.history.first_at
    since = "" if first is None else f": nothing is known before {units.date_minute(first)}"
    if found is not None:
        return f"compared with {AGAINST_WORDS[found]}"
    if not missing:
        return "no comparison"
    words = " and ".join(AGAINST_WORDS[one] for one in missing)
    return f"no comparison with {words}{since}"
