"""The pages that have the whole screen for themselves. Each is imported, and made, when it is first opened."""

from __future__ import annotations

from collections.abc import Hashable
from importlib import import_module

from textual import on
from textual.geometry import Size

from glance.commands.every import PAGES as ALL_PAGES
from glance.domain.page import PageWish
from glance.domain.scene import Scene
from glance.errors import FilterError
from glance.messages import MomentRequested, PageRequested, SamplesRequested, SpanRequested
from glance.screens.lines import LineViewer
from glance.screens.settings import ScreenSettings
from glance.widgets.inks import Inks
from glance.widgets.page import Page
from glance.widgets.panel import Panel

PAGES: dict[str, str] = {
    "errors": "glance.widgets.error_page:ErrorPage",
    "latency": "glance.widgets.latency_page:LatencyPage",
    "addresses": "glance.widgets.client_page:ClientPage",
    "heat": "glance.widgets.heat_page:HeatPage",
    "sql": "glance.widgets.sql_page:SqlPage",
    "profile": "glance.widgets.flame_page:FlamePage",
    "snapshots": "glance.widgets.snapshot_page:SnapshotPage",
    "suspects": "glance.widgets.suspect_page:SuspectPage",
    "samples": "glance.widgets.sample_page:SamplePage",
    "goroutines": "glance.widgets.goroutine_page:GoroutinePage",
    "growth": "glance.widgets.growth_page:GrowthPage",
}
"""By the name of a page, its widget: `module:class`. The names are among `commands.PAGES`."""


BEHIND_SECONDS = 1.0
"""A window that is to hold a moment ends so much later."""


class PageViewer(LineViewer, inherit_bindings=False):
    """A screen with such pages."""

    def __init__(self, settings: ScreenSettings, inks: Inks) -> None:
        """No page was opened."""
        self._pages: list[Page] = []
        self._known = settings.known
        self._behind_lines: tuple[Panel, Hashable, str, str] | None = None
        """The page that the lines were opened from, its row, its filter, and the filter that they were opened with."""
        super().__init__(settings, inks)

    def make_page(self, name: str) -> None:
        """Put up the widget of a page, unless it is there or the page is none of these."""
        if name not in PAGES or self.query(f"#{name}"):
            return
        module, _, attribute = PAGES[name].partition(":")
        page: Page = getattr(import_module(module), attribute)()
        page.recall(self._known)
        page.set_reactive(Page.scene, self.scene)
        page.set_reactive(Page.inks, self.inks)
        self._pages.append(page)
        self.mount(page)

    def watch_scene(self, scene: Scene) -> None:
        """Hand a scene to the pages; what is made later cannot be bound as what is composed."""
        for page in self._pages:
            page.scene = scene

    def watch_inks(self, inks: Inks) -> None:
        """Hand other colours to the pages."""
        for page in self._pages:
            page.inks = inks

    def action_filter_text(self) -> None:
        """Type the filter: the keys are not for a page meanwhile."""
        super().action_filter_text()
        self._pass_keys()

    def end_filter(self, *, keep: bool) -> None:
        """Give the keys back to the page, unless there is a mistake."""
        super().end_filter(keep=keep)
        self._pass_keys()

    def _pass_keys(self) -> None:
        for page in self._pages:
            page.is_passing = self.is_filter_typed

    def go_behind(self, name: str) -> None:
        """The lines that are opened from a page are those behind its row."""
        page = self.focused
        self._behind_lines = None
        if name == "raw" and isinstance(page, Panel) and page.id in ALL_PAGES:
            before, row = self.trail.text, page.cursor if isinstance(page, Page) else None
            if _has_chip(page):
                self.action_filter_row()
            self._behind_lines = (page, row, before, self.trail.text)

    def come_back(self) -> str:
        """From such lines back to the page, and to its filter unless it was changed since; empty without a page."""
        if self._behind_lines is None:
            return ""
        page, row, before, after = self._behind_lines
        self._behind_lines = None
        if self.trail.text == after:
            self.filter_by(before)
            if isinstance(page, Page):
                page.come_back_to(row, before)
        return page.id or ""

    def page_wish(self, name: str, size: Size) -> PageWish | None:
        """What the page of that name wants on a screen of this size; None where it is none of these."""
        if name not in PAGES:
            return None
        page = self.query_one(f"#{name}", Page)
        page.fit(size)
        return page.wish

    @property
    def zoomed(self) -> str:
        """Name of what has the whole screen; empty where nothing has."""
        return ""

    def action_page(self, name: str) -> None:
        """Open a page."""

    @on(SamplesRequested)
    def show_samples(self, message: SamplesRequested) -> None:
        """Open the page that tells when the samples of a profile were taken."""
        from glance.widgets.sample_page import SamplePage  # the page is made here

        self.make_page("samples")
        self.query_one(SamplePage).show_profile(message.profile)
        self.action_page("samples")

    @on(SpanRequested)
    def show_span(self, message: SpanRequested) -> None:
        """Open the flame graph of the samples of some time, or as it was."""
        from glance.widgets.flame_chooser import FlameChooser  # likewise

        self.make_page("profile")
        self.query_one(FlameChooser).take_span(message.span)
        self.action_page("profile")

    @on(MomentRequested)
    def go_to_moment(self, message: MomentRequested) -> None:
        """Look at the window that ends right behind a moment."""
        self._go(message.at + BEHIND_SECONDS)

    @on(PageRequested)
    def ask_for_page(self, message: PageRequested) -> None:
        """Tell the collector what the page wants, while it is open: what it asked before it was left comes late."""
        if self.view.page is not None and message.page == self.zoomed:
            self.look(page=message.wish)


def _has_chip(page: Panel) -> bool:
    """A row of the page has the cursor, by which can be filtered, or it is said why not."""
    try:
        return page.HAS_CHIPS and bool(page.chip())
    except FilterError:
        return True
