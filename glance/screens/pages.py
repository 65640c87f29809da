"""The pages that have the whole screen for themselves. Each is imported, and made, when it is first opened."""

from __future__ import annotations

from importlib import import_module

from textual import on
from textual.geometry import Size

from glance.domain.page import PageWish
from glance.domain.scene import Scene
from glance.messages import PageRequested
from glance.screens.lines import LineViewer
from glance.screens.settings import ScreenSettings
from glance.widgets.inks import Inks
from glance.widgets.page import Page

PAGES: dict[str, str] = {}
"""By the name of a page, its widget: `module:class`. The names are among `commands.PAGES`."""


class PageViewer(LineViewer, inherit_bindings=False):
    """A screen with such pages."""

    def __init__(self, settings: ScreenSettings, inks: Inks) -> None:
        """No page was opened."""
        self._pages: list[Page] = []
        super().__init__(settings, inks)

    def make_page(self, name: str) -> None:
        """Put up the widget of a page, unless it is there or the page is none of these."""
        if name not in PAGES or self.query(f"#{name}"):
            return
        module, _, attribute = PAGES[name].partition(":")
        page: Page = getattr(import_module(module), attribute)()
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

    def page_wish(self, name: str, size: Size) -> PageWish | None:
        """What the page of that name wants on a screen of this size; None where it is none of these."""
        if name not in PAGES:
            return None
        page = self.query_one(f"#{name}", Page)
        page.fit(size)
        return page.wish

    @on(PageRequested)
    def ask_for_page(self, message: PageRequested) -> None:
        """Tell the collector what the page wants, while it is open."""
        if self.view.page is not None:
            self.look(page=message.wish)
