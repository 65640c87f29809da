"""The page that answers at one look: how much traffic, is it healthy, what is hot, what just happened."""

from __future__ import annotations

from dataclasses import replace

from textual import events, on
from textual.app import ComposeResult
from textual.geometry import NULL_OFFSET, Size, Spacing
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.reactive import reactive
from textual.widget import Widget

from glance.commands.command import TABLES, Situation
from glance.commands.every import PAGES, PANELS, SCREEN_COMMANDS, bindings, keys_of_id, raw_keys
from glance.commands.sense import valid_action
from glance.domain.scene import Scene
from glance.messages import ChoiceMade, SituationChanged, ZoomRequested
from glance.screens.arrangement import Arrangement, Wish, arrange
from glance.screens.frugal import FrugalCompositor
from glance.screens.settings import ScreenSettings
from glance.screens.snapshots import SnapshotViewer
from glance.screens.tables import first_panel, first_rows
from glance.widgets.alert_line import AlertLine
from glance.widgets.alert_pane import AlertPane
from glance.widgets.filter_bar import FilterBar
from glance.widgets.filter_line import FilterLine
from glance.widgets.frame import Tab
from glance.widgets.header import Header
from glance.widgets.hint_line import HintLine
from glance.widgets.inks import Inks
from glance.widgets.key_bar import KeyBar
from glance.widgets.line_page import LinePage
from glance.widgets.log_lines import LogLines
from glance.widgets.metric_page import MetricPage
from glance.widgets.notice import Banner, TooSmall, troubles
from glance.widgets.page import Page
from glance.widgets.panel import Panel
from glance.widgets.ranking_table import RankingTable
from glance.widgets.source_page import SourcePage
from glance.widgets.status_mix import StatusMix
from glance.widgets.tiles import Tiles
from glance.widgets.traffic_chart import TrafficChart

__all__ = ["Overview", "ScreenSettings"]

MOST_LINES = 500


class PlannedLayout(Layout):
    """Puts every widget where the arrangement says."""

    name = "planned"

    def __init__(self, overview: Overview) -> None:
        """Ask this screen for its wish."""
        self._overview = overview

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:
        """Regions of those that have a place."""
        places = arrange(size, self._overview.wish).places
        return [
            WidgetPlacement(places[child.id], NULL_OFFSET, Spacing(), child) for child in children if child.id in places
        ]


class Overview(SnapshotViewer, inherit_bindings=False):
    """The dashboard."""

    BINDINGS = bindings(SCREEN_COMMANDS)
    AUTO_FOCUS = ""

    now: reactive[Situation] = reactive(Situation(), repaint=False, init=False)

    def __init__(self, settings: ScreenSettings, inks: Inks) -> None:
        """Start with what was chosen or remembered."""
        super().__init__(settings, inks)
        self._compositor = FrugalCompositor()
        self._settings = settings
        self.wish = Wish(settings.panel, panels=settings.panels, has_hint=settings.has_hint)
        self._planned = PlannedLayout(self)
        self._held = self._behind = first_panel(settings)
        self.view = replace(self.view, rows=first_rows(settings))

    @property
    def layout(self) -> Layout:
        """The arrangement of this page."""
        return self._planned

    def compose(self) -> ComposeResult:
        """Every widget; the arrangement decides which of them are shown."""
        yield Header().data_bind(Overview.scene, Overview.inks, Overview.standing)
        yield Tiles().data_bind(Overview.scene, Overview.inks)
        yield TrafficChart().data_bind(Overview.scene, Overview.inks, Overview.interval)
        for name in TABLES:
            yield RankingTable(name, self._settings.section_limit, self._settings.keymap).data_bind(
                Overview.scene, Overview.inks
            )
        yield StatusMix().data_bind(Overview.scene, Overview.inks)
        yield AlertPane(self._settings.incident_limit).data_bind(Overview.scene, Overview.inks)
        yield LogLines().data_bind(Overview.scene, Overview.inks)
        yield MetricPage().data_bind(Overview.scene, Overview.inks)
        yield SourcePage().data_bind(Overview.scene, Overview.inks)
        yield LinePage(raw_keys("line.search", self._settings.keymap)).data_bind(Overview.scene, Overview.inks)
        yield AlertLine().data_bind(Overview.scene, Overview.inks)
        yield FilterLine().data_bind(Overview.scene, Overview.inks, Overview.trail)
        yield FilterBar().data_bind(Overview.scene, Overview.inks)
        yield Banner().data_bind(Overview.scene, Overview.inks)
        yield HintLine(self._settings.keymap).data_bind(Overview.scene, Overview.inks)
        yield KeyBar(self._settings.keymap).data_bind(Overview.scene, Overview.inks, Overview.now)
        yield TooSmall().data_bind(Overview.scene, Overview.inks)

    def on_mount(self) -> None:
        """Lay out the first frame."""
        self.set_tables(self._settings)
        self._rearrange(self.app.size)
        self.action_page(self._settings.page)
        if self._settings.opening is not None:
            self.show_scene(self._settings.opening)

    # What is shown ------------------------------------------------------------------------------

    def panel(self, name: str) -> Panel:
        """The panel with this name."""
        return self.query_one(f"#{name}", Panel)

    def put(self, scene: Scene) -> None:
        """Show a scene, and the lines above everything that belong to it."""
        has_other_views = scene.absent != self.scene.absent
        if self.wish.has_hint and not self.scene.at:
            self.post_message(ChoiceMade("hint", "seen"))
        super().put(scene)
        if has_other_views:
            self.views_changed()
        many, is_firing = len(troubles(scene)), any(alert.is_firing for alert in scene.alerts)
        if (many, is_firing) != (self.wish.troubles, self.wish.is_firing):
            self._wish(troubles=many, is_firing=is_firing)

    def take_settings(self, settings: ScreenSettings) -> None:
        """Go on with other keys and panels."""
        self.take_keys(settings)
        self._has_bell = settings.has_bell
        self._settings = settings
        self.standing = replace(self.standing, mistake="", live_key=keys_of_id("time.live", settings.keymap))
        held = replace(settings, panel=self._held)
        is_gone = self._held in PANELS and self._held not in settings.panels and self.wish.zoomed != self._held
        self._held = first_panel(held) if is_gone else self._held
        self._behind = first_panel(replace(settings, panel=self._behind))
        self._wish(panels=settings.panels, shown=first_panel(held))

    @on(events.Resize)
    def fit_size(self, event: events.Resize) -> None:
        """Arrange everything for another size of the terminal."""
        self._rearrange(event.size)

    def _wish(self, **changes: object) -> None:
        """Arrange in another way."""
        self.wish = replace(self.wish, **changes)  # type: ignore[arg-type]
        self._rearrange(self.size)
        self.query_one(Header).refresh(layout=True)  # of a child: a screen would show its remembered arrangement

    def _rearrange(self, size: Size) -> None:
        """Tell every panel whether it is shown and with which tabs, and ask for as many rows as there are places."""
        arrangement = arrange(size, self.wish)
        if self._held in arrangement.tabs and self._held not in arrangement.places:
            self.wish = replace(self.wish, shown=self._held)
            arrangement = arrange(size, self.wish)
        for panel in self.query(Panel):
            name = panel.id or ""
            if name not in arrangement.places:
                panel.hide()
                continue
            tabs = tuple(
                Tab(PANELS.index(tab) + 1, tab, tab == name, self.table(tab).title if tab in TABLES else "")
                for tab in arrangement.tabs_of(name)
                if tab in PANELS
            )
            panel.place(tabs, is_zoomed=self.wish.zoomed == name)
        if self._held in arrangement.places:
            self.set_focus(self.panel(self._held))  # at once: what was typed right behind is for it
        self.look(
            rows=self.rows_wanted(arrangement.places, self.wish.zoomed, is_completing=self.wish.is_filter_typed),
            log_lines=self._log_lines(arrangement),
            wants_metrics=self.wish.zoomed == "metrics",
            lines=self.lines_wish(size) if self.wish.zoomed == "raw" else None,
            page=self.page_wish(self.wish.zoomed, size),
        )
        self.situation_changed()

    def views_changed(self) -> None:
        """Ask for the rows of what a table ranks now, and name it in the borders."""
        self._rearrange(self.size)

    def _log_lines(self, arrangement: Arrangement) -> int:
        """How many of the newest lines fit; a few even where they are hidden, to be there at once."""
        place = arrangement.places.get("lines")
        return min(MOST_LINES, max(12, place.height if place else 0))

    def situation_changed(self) -> None:
        """Find out which keys make sense now."""
        focused = self.focused
        panel = focused.id or "" if isinstance(focused, Panel) else ""
        self.now = Situation(
            panel=panel,
            is_zoomed=bool(self.wish.zoomed),
            is_typing=self.is_filter_typed
            or self.line_page.is_typing
            or (isinstance(focused, RankingTable | Page) and focused.is_typing),
            has_search=(panel == "raw" and bool(self.line_page.search))
            or (isinstance(focused, RankingTable | Page) and bool(focused.search)),
            is_paused=self.view.is_paused,
            is_past=self.is_in_the_past,
            can_open=isinstance(focused, MetricPage | Page) and focused.can_open,
            can_filter=isinstance(focused, Panel) and focused.has_chip,
            has_filter=bool(self.trail.text),
            has_other_filter=self.has_other_filter,
            has_interval=self.interval is not None,
            is_time_zoomed=self.is_time_zoomed,
            is_in_snapshot=self.is_in_snapshot,
            has_polls=isinstance(focused, Page) and focused.has_polls,
            has_others=isinstance(focused, Page) and focused.has_others,
            is_alone=self._settings.is_alone,
        )

    def filter_line_changed(self) -> None:
        """Make room for the chips, or for what is typed; what has the keys keeps them."""
        has_hint = self.wish.has_hint and not self.trail.text
        self._wish(has_filter=bool(self.trail.text), is_filter_typed=self.is_filter_typed, has_hint=has_hint)

    @on(events.DescendantFocus)
    @on(events.DescendantBlur)
    @on(SituationChanged)
    def follow_situation(self) -> None:
        """Keep the footer true, and know where to go back to from a terminal that was too small."""
        if isinstance(self.focused, Panel) and self.focused.display:
            self._held = self.focused.id or self._held
        self.situation_changed()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A key does nothing where its command makes no sense."""
        return valid_action(action, parameters, self.now)

    # What a person can do -----------------------------------------------------------------------

    def action_panel(self, name: str) -> None:
        """Give a panel the keys; show it where it is hidden, zoom it where another one was."""
        if name not in PANELS:
            return
        is_left_out = name not in self.wish.panels
        if is_left_out and self._held in self.wish.panels:
            self._behind = self._held
        self._held = name
        shown = name if self._is_tab(name) else self.wish.shown
        self._wish(shown=shown, zoomed=name if is_left_out or self.wish.zoomed in PANELS else "")
        self.post_message(ChoiceMade("panel", name))

    @property
    def zoomed(self) -> str:
        """Name of the panel or page that has the whole screen; empty where none has."""
        return self.wish.zoomed

    def action_page(self, name: str) -> None:
        """Open a page; `esc` leaves it for the panel that had the keys."""
        if name not in PAGES or self.wish.zoomed == name:
            return
        if self._held in self.wish.panels:
            self._behind = self._held
        self.go_behind(name)
        self.join_page(name, self.wish.zoomed)
        self._held = name
        self._wish(zoomed=name, has_hint=False)

    def _is_tab(self, name: str) -> bool:
        """The panel shares a box with others at this size."""
        return name in arrange(self.size, replace(self.wish, zoomed="")).tabs

    def action_next_panel(self, step: int) -> None:
        """Go through the panels in the order of their digits."""
        current = self.now.panel
        panels = self.wish.panels
        index = panels.index(current) if current in panels else 0
        self.action_panel(panels[(index + step) % len(panels)])

    def action_zoom(self) -> None:
        """Give the whole screen to the panel that has the keys."""
        if isinstance(self.focused, MetricPage):
            self.focused.open(True)
        elif isinstance(self.focused, LinePage):
            self.focused.action_open()
        elif isinstance(self.focused, Page):
            self.focused.open_row()
        elif self.now.panel == "lines":
            self.action_page("raw")
        elif self.now.panel:
            self._wish(zoomed=self.now.panel)

    @on(ZoomRequested)
    def zoom_clicked(self, message: ZoomRequested) -> None:
        """Zoom a panel that was clicked twice, or back."""
        if message.panel in PAGES:
            self.action_zoom()
            return
        self._held = message.panel
        if message.panel == "lines":
            self.action_page("raw")
            return
        self._wish(zoomed="" if self.wish.zoomed else message.panel)

    def action_back(self) -> None:
        """Go back one step: what is typed first, the search, a chart on its page, the zoom, then the last filter."""
        focused = self.focused
        if self.is_filter_typed:
            self.end_filter(keep=False)
            return
        if isinstance(focused, MetricPage) and focused.is_open:
            focused.open(False)
            return
        if isinstance(focused, LinePage | Page) and focused.step_back():
            return
        if isinstance(focused, RankingTable) and (focused.is_typing or focused.search):
            focused.end_search(keep=False)
        elif self.interval is not None and self.wish.zoomed not in PAGES:
            self.select_interval(None)
        elif self.wish.zoomed == "raw" and (page := self.come_back()):
            self.action_page(page)
        elif page := self.came_from(self.wish.zoomed):
            self.return_to(page)
        elif self.wish.zoomed:
            self._held = self._held if self.wish.zoomed in self.wish.panels else self._behind
            self._wish(zoomed="")
        elif not (self.zoom_back() or self.leave_snapshot()):
            self.action_drop_filter()

    def action_keep_search(self) -> None:
        """Keep what is typed: a filter, or a search."""
        if self.is_filter_typed:
            self.end_filter(keep=True)
        elif isinstance(self.focused, RankingTable | LinePage):
            self.focused.end_search(keep=True)

    def to_tops(self) -> None:
        """Show the first rows of every table."""
        for table in self.query(RankingTable):
            table.to_top()
        self.line_page.to_top()
        for page in self.query(Page):
            page.select(0)
