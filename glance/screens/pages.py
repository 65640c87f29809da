"""The pages that have the whole screen for themselves. Each is imported, and made, when it is first opened."""

from __future__ import annotations

from importlib import import_module

from textual import on
from textual.geometry import Size

from glance.domain.page import PageWish
from glance.messages import PageRequested
from glance.screens.lines import LineViewer
from glance.widgets.page import Page

PAGES: dict[str, str] = {}
"""By the name of a page, its widget: `module:class`. The names are among `commands.PAGES`."""


class PageViewer(LineViewer, inherit_bindings=False):
    """A screen with such pages."""

    def make_page(self, name: str) -> None:
        """Put up the widget of a page, unless it is there or the page is none of these."""
        if name not in PAGES or self.query(f"#{name}"):
            return
        module, _, attribute = PAGES[name].partition(":")
        page: Page = getattr(import_module(module), attribute)()
        page.data_bind(PageViewer.scene, PageViewer.inks)
        self.mount(page)

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
