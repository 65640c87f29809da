"""The widget under every panel: it shows a picture and sends only the cells that changed.

What is in the picture is made by a pure function of the scene, the size, the inks and the panel's own
state (`draw`). Whenever one of these changes, the new picture is compared with the one on the screen.
"""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.geometry import Size
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from glance.domain.scene import EMPTY_SCENE, Scene
from glance.messages import ZoomRequested
from glance.themes import DEFAULT_THEME
from glance.widgets.difference import changed_regions
from glance.widgets.drawing import Picture, blank
from glance.widgets.frame import Tab
from glance.widgets.inks import Inks, inks_of

NO_PICTURE = Picture(Size(0, 0), ())


class Panel(Widget):
    """A part of the screen that shows some of the scene.

    Subclasses say how they are drawn (`draw`) and what part of the scene they need (`part`).
    """

    NAME: ClassVar[str] = ""
    """Under which the screen knows it."""
    HAS_CHIPS: ClassVar[bool] = False
    """Its rows can be filtered by."""

    scene: reactive[Scene] = reactive(EMPTY_SCENE, repaint=False, init=False)
    inks: reactive[Inks] = reactive(inks_of(DEFAULT_THEME), repaint=False, init=False)

    def __init__(self) -> None:
        """Start without a picture; the first one is drawn when there is a size."""
        super().__init__(id=self.NAME or None)
        self.tabs: tuple[Tab, ...] = ()
        self.is_zoomed = False
        self._picture = NO_PICTURE
        self._is_stale = False

    def draw(self, size: Size) -> Picture:
        """The picture of now; pure in the scene, the size, the inks and the state of the panel."""
        return blank(size, self.inks)

    def part(self, scene: Scene) -> object:
        """What of a scene this panel shows; when it is equal in a new scene nothing is drawn."""
        return scene

    @property
    def is_ready(self) -> bool:
        """It is on the screen and has a size."""
        return self.is_attached and bool(self.size.width and self.size.height)

    def redraw(self) -> None:
        """Draw again and repaint the cells that changed."""
        if not self.display:
            self._is_stale = True
            return
        if not self.is_ready or self._picture is NO_PICTURE:
            return
        new, old = self.draw(self.size), self._picture
        self._picture = new
        if new.size != old.size:
            self.refresh()
        elif regions := changed_regions(old, new):
            self.refresh(*regions)

    def render_line(self, y: int) -> Strip:
        """One line of the picture."""
        if self._picture.size != self.size:
            self._picture = self.draw(self.size)
        return self._picture.strips[y]

    def watch_scene(self, old: Scene, new: Scene) -> None:
        """Draw what is new in a scene."""
        if self.part(old) != self.part(new):
            self.redraw()

    def watch_inks(self) -> None:
        """Draw in other colours."""
        self.redraw()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The frame shows which panel has the keys."""
        super().watch_has_focus(has_focus)
        self.redraw()

    def place(self, tabs: tuple[Tab, ...], is_zoomed: bool) -> None:
        """Take a place in the layout: what stands in the border, and whether it has the whole screen."""
        if not self.display:
            self.display = True
            if self._is_stale:
                self._picture, self._is_stale = NO_PICTURE, False
            self.refresh()
        if (tabs, is_zoomed) != (self.tabs, self.is_zoomed):
            self.tabs, self.is_zoomed = tabs, is_zoomed
            self.redraw()

    def hide(self) -> None:
        """Leave the layout: nothing is drawn until there is a place again."""
        if self.display:
            self.display = False

    @property
    def is_reading(self) -> bool:
        """It is open, and its first rows are still to come."""
        return False

    @property
    def has_chip(self) -> bool:
        """There may be a row to filter by; `SituationChanged` is posted where that changes."""
        return self.HAS_CHIPS

    def chip(self) -> str:
        """What the selected row is filtered by; empty when there is no row.

        Raises:
            FilterError: it cannot be filtered by.
        """
        return ""

    def is_row(self, y: int) -> bool:
        """A row that can be filtered by stands at a line of the panel."""
        return False

    @on(events.Click)
    async def follow_click(self, event: events.Click) -> None:
        """Do what stands where the click went; a double click filters by a row, and zooms where there is none."""
        spot = self._picture.spot_at(event.x, event.y)
        if spot is not None:
            event.stop()
            await self.run_action(spot.action)
        elif event.chain == 2 and self.is_row(event.y):
            event.stop()
            await self.run_action("screen.filter_row")
        elif event.chain == 2 and self.can_focus:
            event.stop()
            self.post_message(ZoomRequested(self.id or ""))
        else:
            self.click_on(event.x, event.y)

    def click_on(self, x: int, y: int) -> None:
        """A click that hit no spot."""
