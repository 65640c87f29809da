"""A screen that takes snapshots, and that can look at one in place of the logs."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from textual import on

from glance.browser import NOT_HERE, is_browser
from glance.commands.every import keys_of_id
from glance.domain.scene import EMPTY_SCENE, Scene
from glance.domain.snapshot_order import OrderKind, SnapshotOrder
from glance.domain.view import View
from glance.domain.window import LONGEST_SECONDS, MOST_COLUMNS, nice_step, own_choice
from glance.messages import SnapshotChosen, SnapshotOrdered, ViewRequested
from glance.screens.arrangement import Wish
from glance.screens.joining import JoinViewer
from glance.screens.settings import ScreenSettings
from glance.screens.travel import WITHIN
from glance.widgets.drawing import clean
from glance.widgets.filter_line import Trail
from glance.widgets.header import Header
from glance.widgets.inks import Inks

if TYPE_CHECKING:
    from glance.domain.interval import Interval

BUSY_SECONDS = 60.0
"""How long it is said what goes on; something else follows soon."""
TOLD_SECONDS = 12.0


@dataclass(frozen=True)
class Left:
    """Where one was when a snapshot was opened."""

    view: View
    trail: Trail
    zooms: tuple[tuple[str, float | None], ...]
    interval: Interval | None
    place: tuple[str, str, str]
    """What was zoomed, what had the keys, and what has them behind a page."""


class SnapshotViewer(JoinViewer, inherit_bindings=False):
    """Knows whether logs or a snapshot are looked at."""

    _settings: ScreenSettings
    wish: Wish
    _held: str
    _behind: str

    def __init__(self, settings: ScreenSettings, inks: Inks) -> None:
        """Look at the logs."""
        super().__init__(settings, inks)
        self._orders = 0
        self._told: dict[str, int] = {}
        """What was said last, of logs and of snapshots that were looked at."""
        self._left: Left | None = None
        self._is_opening = False
        """It is said that a snapshot is being opened, and nothing of it was seen yet."""
        self._whole = ("", 0.0)
        """The window of the snapshot that is looked at, and where it ends; without a name logs are looked at."""
        if settings.frozen is not None:
            self._whole = whole_window(*settings.frozen)
            self.view = replace(self.view, window=self._whole[0], end=self._whole[1])
            self.set_reactive(
                SnapshotViewer.standing, replace(self.standing, window=self._whole[0], end=self._whole[1])
            )

    @property
    def is_in_snapshot(self) -> bool:
        """A snapshot is looked at, and there are logs to go back to."""
        return self._left is not None

    @property
    def is_in_the_past(self) -> bool:
        """There is something to come back to: now, or all of the snapshot's window."""
        return self.view.end is not None and (self.view.window, self.view.end) != self._whole

    # What is shown ------------------------------------------------------------------------------

    def show_scene(self, scene: Scene) -> None:
        """Take a new scene, unless it is of what was looked at before; say what there is to say of snapshots."""
        if scene.at and scene.view.snapshot != self.view.snapshot:
            return
        if self._is_opening and scene.frozen is not None:
            self._is_opening = False
            self.query_one(Header).say_no_more()
        news = scene.snapshots
        if news.serial > self._told.get(self.view.snapshot, 0):
            self._told[self.view.snapshot] = news.serial
            seconds = BUSY_SECONDS if news.is_busy else TOLD_SECONDS
            self.query_one(Header).say(self._with_hint(clean(news.words)), seconds)
        super().show_scene(scene)

    def _with_hint(self, words: str) -> str:
        """News, and where a snapshot that was kept is to be found."""
        if not words.startswith("kept as"):
            return words
        kept, dot, more = words.partition(" · ")
        key = keys_of_id("page.snapshots", self._settings.keymap)
        return f"{kept} · {key} lists them{dot}{more}" if key else words

    # What is ordered ----------------------------------------------------------------------------

    def action_snapshot(self) -> None:
        """Take one of what is looked at."""
        if is_browser():
            self.query_one(Header).say(NOT_HERE)
            return
        self._order("take")

    @on(SnapshotOrdered)
    def take_order(self, message: SnapshotOrdered) -> None:
        """Have something done with a snapshot."""
        self._order(message.kind, message.number, message.text)

    def _order(self, kind: OrderKind, number: str = "", text: str = "") -> None:
        self._orders += 1
        self.look(order=SnapshotOrder(self._orders, kind, number, text))

    # Looking at one -----------------------------------------------------------------------------

    @on(SnapshotChosen)
    def open_snapshot(self, message: SnapshotChosen) -> None:
        """Look at a snapshot in place of the logs."""
        if self._left is None:
            zooms = tuple(self._zooms)
            self._left = Left(self.view, self.trail, zooms, self.interval, (self.wish.zoomed, self._held, self._behind))
        self._whole = whole_window(message.start, message.end)
        self._zooms.clear()
        self.select_interval(None)
        self.trail = Trail()
        view = replace(
            self.view, window=self._whole[0], end=self._whole[1], filter="", searches=(), page=None, lines=None,
            wants_metrics=False, compare=None, interval=None, is_paused=False, order=None, snapshot=message.path,
        )  # fmt: skip
        self._look_at(view)
        self._show(("", self._behind, self._behind))
        self._is_opening = True
        self.query_one(Header).say(f"opening {clean(message.path.rpartition('/')[2])} …")

    def leave_snapshot(self) -> bool:
        """Go back to the logs, where one was; False where one looks at them, or a filter is to be dropped first."""
        left = self._left
        if left is None or self.trail.text:
            return False
        self._left = None
        self._is_opening = False
        self._whole = ("", 0.0)
        self._zooms[:] = left.zooms
        self.trail = left.trail
        self._look_at(replace(left.view, order=None))
        self._show(left.place)
        self.select_interval(left.interval)
        return True

    def _look_at(self, view: View) -> None:
        """Look at something else altogether."""
        self._newest = EMPTY_SCENE  # what fires there begins to fire nowhere
        self.view = view
        self.post_message(ViewRequested(view))
        self.to_tops()
        standing = replace(self.standing, window=view.window, end=view.end, is_paused=view.is_paused, behind=0)
        self.standing = standing
        self.filter_line_changed()

    def _show(self, place: tuple[str, str, str]) -> None:
        """Show what was zoomed, and give the keys to what had them."""
        zoomed, self._held, self._behind = place
        self._wish(zoomed=zoomed, is_firing=False)

    def _wish(self, **changes: object) -> None:
        """Arrange in another way."""
        raise NotImplementedError

    def action_live(self) -> None:
        """In a snapshot, come back to all of its window."""
        if self._whole[0]:
            self._zooms.clear()
            self._stand(*self._whole)
        else:
            super().action_live()

    def _go(self, end: float | None) -> None:
        """In a snapshot there is nothing that comes after its end."""
        if self._whole[0] and (end is None or end >= self._whole[1]):
            end = self._whole[1]
        super()._go(end)


def whole_window(start: float, end: float) -> tuple[str, float]:
    """The name of a window that has all of a stretch, in no more steps than can be drawn, and where it ends."""
    step = nice_step(min(end - start, LONGEST_SECONDS / 2), MOST_COLUMNS)
    last = math.ceil(end / step) * step
    first = max(math.floor(start / step) * step, last - LONGEST_SECONDS // step * step)
    return own_choice(min(first, last - step), last).name, last - WITHIN
