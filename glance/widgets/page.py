"""A page of its own: a list on the whole screen that says what it wants of the collector while it is open."""

from __future__ import annotations

from textual.geometry import Size

from glance.domain.page import PageAnswer, PageWish
from glance.domain.scene import Scene
from glance.messages import PageRequested
from glance.widgets.listing import Listing


class Page(Listing):
    """Subclasses say what they want (`wish`), and draw what they are answered (`answer`)."""

    @property
    def wish(self) -> PageWish | None:
        """What it wants; None is nothing."""
        return None

    def fit(self, size: Size) -> None:
        """It is about to be shown with this size: what it wants may depend on it."""

    def ask(self) -> None:
        """Want something else now: called whenever `wish` changed."""
        self.post_message(PageRequested(self.wish))

    def answer(self, scene: Scene) -> PageAnswer | None:
        """What a scene says to this page: None until its own answer is there."""
        page, wish = scene.page, self.wish
        return page if page is not None and wish is not None and type(page.wish) is type(wish) else None

    def step_back(self) -> bool:
        """Undo something within the page, as `esc` wants; False where there is nothing to undo."""
        return False

    @property
    def can_open(self) -> bool:
        """There is a row that `z` opens within the page."""
        return False

    def open_row(self) -> None:
        """Show more of the row with the cursor, or what it stands for."""
