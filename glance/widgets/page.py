"""A page of its own: a list on the whole screen that says what it wants of the collector while it is open."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from textual.geometry import Size

from glance.domain.joint import Joint
from glance.domain.page import PageAnswer, PageFile, PageTable, PageWish
from glance.domain.scene import Scene
from glance.messages import PageRequested
from glance.widgets.listing import Listing
from glance.widgets.panel import Panel


class Page(Listing):
    """Subclasses say what they want (`wish`), and draw what they are answered (`answer`)."""

    is_passing = False
    """Keys are not for it: a filter is typed."""

    _awaited: tuple[str, Hashable] | None = None
    """The row that the cursor comes back to, and with which filter."""

    def come_back_to(self, row: Hashable, text: str) -> None:
        """Put the cursor on a row as soon as it is there with this filter."""
        self._awaited = (text, row)

    def watch_scene(self, old: Scene, new: Scene) -> None:
        """Show what is new, and come back to a row."""
        super().watch_scene(old, new)
        if self._awaited is not None and new.view.filter == self._awaited[0] and (names := self.names(new)):
            row, self._awaited = self._awaited[1], None
            if row in names:
                self.select(names.index(row))

    @property
    def wish(self) -> PageWish | None:
        """What it wants; None is nothing."""
        return None

    def fit(self, size: Size) -> None:
        """It is about to be shown with this size: what it wants may depend on it."""

    @property
    def joint(self) -> Joint | None:
        """The traffic that it shows the code of; None on pages that show none."""
        return None

    def join(self, joint: Joint) -> None:
        """Show the code of this traffic: it is about to be opened."""

    def ask(self) -> None:
        """Want something else now: called whenever `wish` changed."""
        self.post_message(PageRequested(self.wish, self.id or ""))

    def answer(self, scene: Scene) -> PageAnswer | None:
        """What a scene says to this page: None until its own answer is there."""
        page, wish = scene.page, self.wish
        return page if page is not None and wish is not None and type(page.wish) is type(wish) else None

    @property
    def is_reading(self) -> bool:
        """No scene has an answer yet that can be shown, and no key is text."""
        if self.is_typing or self.is_passing or self.wish is None:
            return False
        answer = self.answer(self.scene)
        return answer is None or answer.is_coming

    def step_back(self) -> bool:
        """Undo something within the page, as `esc` wants; False where there is nothing to undo."""
        return False

    @property
    def is_typing(self) -> bool:
        """It takes keys as text."""
        return False

    @property
    def search(self) -> str:
        """What was searched on it; empty where nothing was."""
        return ""

    @property
    def table(self) -> PageTable | None:
        """What is exported instead of the figures of the window; None where there is nothing of its own."""
        return None

    @property
    def files(self) -> tuple[PageFile, ...]:
        """What can be exported besides the table."""
        return ()

    def opened_from(self, panel: Panel | None) -> None:
        """It is opened from this one, which has the keys: what it shows may depend on that."""

    def recall(self, known: Mapping[str, str]) -> None:
        """Take what was remembered from the last time: choices by name."""

    @property
    def has_polls(self) -> bool:
        """Single polls of a profile can be chosen on it."""
        return False

    @property
    def has_others(self) -> bool:
        """There is something before or after what it shows."""
        return False

    @property
    def can_open(self) -> bool:
        """There is a row that `z` opens within the page."""
        return False

    def open_row(self) -> None:
        """Show more of the row with the cursor, or what it stands for."""
