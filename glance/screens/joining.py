"""A screen that leads from traffic to code: opens flame graph and suspects of what is selected, and goes back."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on

from glance.commands.stack import STACK_PAGES
from glance.domain.interval import Interval
from glance.domain.joint import Joint
from glance.errors import FilterError
from glance.messages import FlameRequested, GrowthRequested
from glance.screens.brush import BrushViewer
from glance.screens.pages import PAGES
from glance.screens.settings import ScreenSettings
from glance.widgets.alert_pane import AlertPane
from glance.widgets.inks import Inks
from glance.widgets.page import Page
from glance.widgets.panel import Panel
from glance.widgets.ranking_table import RankingTable

JOINED = ("profile", "suspects")
"""Pages that show the code behind the traffic that is pointed at."""
BESIDE = frozenset(PAGES) - {"sql", "samples"}
"""Pages that are come back to from these."""


class JoinViewer(BrushViewer, inherit_bindings=False):
    """Knows what is pointed at, and from where one came."""

    def __init__(self, settings: ScreenSettings, inks: Inks) -> None:
        """Come from nowhere."""
        super().__init__(settings, inks)
        self._came_from: list[str] = []
        """Pages from which the one that is open was opened, the last one last."""
        self._is_returning = False

    # What is pointed at -------------------------------------------------------------------------

    @property
    def joint(self) -> Joint:
        """The traffic that is selected: by a page of code itself, an alert, an interval, a row, the filter."""
        focused = self.focused
        if isinstance(focused, Page) and focused.joint is not None:
            return focused.joint
        chips = self._chips(focused if isinstance(focused, Panel) else None)
        interval, alert = self._alert(focused)
        if interval is None:
            interval = self.interval
        if not chips:
            return Joint(interval, "", alert)
        from glance.domain.logs.joint_chips import interval_of, route_of  # numpy: not before the first frame

        window = self.scene.window
        if interval is None and self.scene.at:
            interval = interval_of(chips, window.start, window.end)
        return Joint(interval, route_of(chips), alert)

    def _alert(self, focused: object) -> tuple[Interval | None, str]:
        """The time from when the alert with the cursor began to when it was over, or to now."""
        if not isinstance(focused, AlertPane) or not self.scene.alerts:
            return None, ""
        alert = self.scene.alerts[min(focused.index, len(self.scene.alerts) - 1)]
        end = self.scene.at if alert.recovered_at is None else alert.recovered_at
        return Interval(alert.triggered_at, max(end, alert.triggered_at + 1)), alert.rule

    def _chips(self, panel: Panel | None) -> Sequence[str]:
        """The filter, and the row with the cursor, unless that stands where nobody put it."""
        is_moved = isinstance(panel, Page) or (isinstance(panel, RankingTable) and panel.is_moved)
        try:
            pointed = panel.chip() if panel is not None and is_moved and panel.HAS_CHIPS else ""
        except FilterError:
            pointed = ""
        text = " ".join(filter(None, (self.trail.text, pointed)))
        if not text:
            return ()
        from glance.domain.logs.chip import chips_of  # numpy: not before the first frame

        try:
            return chips_of(text)
        except FilterError:
            return ()

    # Opening ------------------------------------------------------------------------------------

    def join_page(self, name: str, before: str) -> None:
        """A page is about to be opened: one of code is told what it is about.

        Args:
            name: of the page.
            before: the page that is left, empty where that is the overview.
        """
        self.make_page(name)
        if self._is_returning:
            return
        if name in STACK_PAGES:
            self._open_stacks(name, before)
            return
        if before not in BESIDE or name not in JOINED:
            self._came_from.clear()
        if name not in JOINED:
            return
        joint = self.joint
        if name in self._came_from:  # round about: what lies between is left
            del self._came_from[self._came_from.index(name) :]
        elif before in BESIDE:
            self._came_from.append(before)
        self.query_one(f"#{name}", Page).join(joint)

    def _open_stacks(self, name: str, before: str) -> None:
        """A page of stacks shows those of the program that one comes from; the other such page is no step between."""
        if before not in BESIDE:
            self._came_from.clear()
        elif before not in STACK_PAGES:
            self._came_from.append(before)
        self.query_one(f"#{name}", Page).opened_from(self.focused if isinstance(self.focused, Panel) else None)

    def came_from(self, name: str) -> str:
        """The page from which this one was opened; empty where it was the overview."""
        return self._came_from.pop() if name in (*JOINED, *STACK_PAGES) and self._came_from else ""

    def return_to(self, name: str) -> None:
        """Go back to a page as it was left."""
        self._is_returning = True
        try:
            self.action_page(name)
        finally:
            self._is_returning = False

    @on(GrowthRequested)
    def show_growth(self, message: GrowthRequested) -> None:
        """Open the flame graph of what grew between two polls."""
        from glance.widgets.flame_page import FlamePage  # likewise

        self.action_page("profile")
        page, (first, last) = self.query_one(FlamePage), message.polls
        page.seek(message.profile, message.function, message.value)
        page.compare_polls((first,), (last,))

    @on(FlameRequested)
    def show_in_flame(self, message: FlameRequested) -> None:
        """Open the flame graph with a function selected in it."""
        from glance.widgets.flame_joined import FlameJoined  # the page is made here

        self.action_page("profile")
        self.query_one(FlameJoined).seek(message.profile, message.function, message.value)
