"""A screen that looks at a window of time: which one, where it ends, whether it stands still, and its bell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from textual.reactive import reactive
from textual.screen import Screen

from glance.commands.every import COMMANDS, keys_of
from glance.domain import units
from glance.domain.page import PageAnswer
from glance.domain.scene import EMPTY_SCENE, Scene
from glance.domain.view import View
from glance.domain.window import DEFAULT_WINDOW, WINDOWS, own_choice
from glance.messages import ChoiceMade, ViewRequested
from glance.screens.settings import ScreenSettings
from glance.screens.travel import WITHIN, moved, newest, next_window, oldest, window_seconds
from glance.themes import DEFAULT_THEME
from glance.widgets.header import Header, Standing
from glance.widgets.inks import Inks, inks_of

if TYPE_CHECKING:
    from glance.domain.time_place import TimePlace

NO_LENGTH = "everything is shown; a shorter window can be moved"
NO_OLDER = "nothing older is known"
NOT_YET = "that has not come yet"
WHOLE_SECONDS = 900.0
"""Of the window around a moment where everything was looked at."""
MOST_BEHIND = 50
"""Zooms that can be undone."""


class Viewer(Screen[None], inherit_bindings=False):
    """Knows what the person looks at, and tells the collector."""

    scene: reactive[Scene] = reactive(EMPTY_SCENE, repaint=False, init=False)
    inks: reactive[Inks] = reactive(inks_of(DEFAULT_THEME), repaint=False, init=False)
    standing: reactive[Standing] = reactive(Standing(), repaint=False, init=False)

    def __init__(self, settings: ScreenSettings, inks: Inks) -> None:
        """Start with what was chosen or remembered."""
        super().__init__()
        window = settings.window if settings.window in {choice.name for choice in WINDOWS} else DEFAULT_WINDOW
        self.view = View(window=window, sorts=settings.sorts)
        self._newest = EMPTY_SCENE
        self._has_bell = settings.has_bell
        self._zooms: list[tuple[str, float | None]] = []
        """Names and ends of the windows that were zoomed into."""
        self.set_reactive(Viewer.inks, inks)
        live = next(command for command in COMMANDS if command.id == "time.live")
        keys = keys_of(live, settings.keymap)
        standing = Standing(settings.title, settings.sources, window, live_key=keys[0] if keys else "")
        self.set_reactive(Viewer.standing, standing)

    # What is shown ------------------------------------------------------------------------------

    def show_scene(self, scene: Scene) -> None:
        """Take a new scene; while paused only count how far the picture is behind."""
        if self._has_bell and begins_to_fire(self._newest, scene):
            self.app.bell()
        self._newest = scene
        is_answer = _seen(scene.view) == _seen(self.view) != _seen(self.scene.view)
        if not self.view.is_paused or is_answer or not self.scene.at:
            self.put(scene)
        elif scene.raw.wish.is_still and scene.raw != self.scene.raw:  # it stands still by itself: a search goes on
            self.put(replace(self.scene, raw=scene.raw))
        elif scene.page is not None and scene.page != self.scene.page and self._is_awaited(scene.page):
            self.put(replace(self.scene, page=scene.page))
        elif scene.interval != self.scene.interval:
            self.put(replace(self.scene, interval=scene.interval))
        behind = max(0, scene.lines_total - self.scene.lines_total) if self.view.is_paused else 0
        self.standing = replace(self.standing, behind=behind)

    def _is_awaited(self, page: PageAnswer) -> bool:
        """An answer is shown even while the picture stands still: where there was none yet, too."""
        return page.is_awaited or (self.scene.page is not None and self.scene.page.is_coming)

    def put(self, scene: Scene) -> None:
        """Put a scene on the screen."""
        self.scene = scene

    def to_tops(self) -> None:
        """Show the first rows of every table: they are about another time now."""

    def situation_changed(self) -> None:
        """Other keys are valid now."""

    def look(self, **changes: object) -> None:
        """Tell the collector what the person looks at, when that changed."""
        view = replace(self.view, **changes)  # type: ignore[arg-type]
        if view != self.view:
            self.view = view
            self.post_message(ViewRequested(view))

    # What a person can do -----------------------------------------------------------------------

    def action_window(self, step: Literal[-1, 1]) -> None:
        """Look at a shorter or longer window; after the longest comes the shortest."""
        name, end = next_window(self.view, self.scene, step)
        self._take(name, end)

    def action_choose_window(self, name: str) -> None:
        """Look at this window, ending where it did, and remember it."""
        self._take(name, self.view.end)

    def _take(self, name: str, end: float | None) -> None:
        """Look at a window that has a name, and remember it."""
        self._zooms.clear()
        self._stand(name, end)
        self.post_message(ChoiceMade("window", name))

    def _stand(self, name: str, end: float | None) -> None:
        """Look at a window that ends there."""
        if (name, end) == (self.view.window, self.view.end):
            return
        self.to_tops()
        self.look(window=name, end=end)
        self.standing = replace(self.standing, window=name, end=end)
        self.situation_changed()

    # A window of its own ------------------------------------------------------------------------

    @property
    def window_seconds(self) -> float | None:
        """Length of the window that is looked at; None for that of everything."""
        return window_seconds(self.view)

    @property
    def is_time_zoomed(self) -> bool:
        """There is a window to go back to."""
        return bool(self._zooms)

    def zoom_to(self, start: float, end: float, *, is_live: bool) -> bool:
        """Look at exactly this stretch, and remember where one came from; False when it is what is looked at.

        Args:
            start: its first moment, whole seconds.
            end: the moment behind it.
            is_live: it goes on with what comes.
        """
        choice, last = own_choice(start, end), None if is_live else end - WITHIN
        if (start, end) == (self.scene.window.start, self.scene.window.end):
            return False
        self._zooms.append((self.view.window, self.view.end))
        del self._zooms[:-MOST_BEHIND]
        self._stand(choice.name, last)
        return True

    def zoom_back(self) -> bool:
        """Go back to the window before; False where there is none."""
        if not self._zooms:
            return False
        self._stand(*self._zooms.pop())
        return True

    def action_travel(self, windows: float) -> None:
        """Move the window by so many of its lengths."""
        end = moved(self.view, self.scene, windows)
        if windows < 0 and end == self.view.end and self.scene.at:
            self.query_one(Header).say(NO_LENGTH if self.window_seconds is None else NO_OLDER)
        self._go(end)

    def go_to(self, place: TimePlace) -> None:
        """Look at a time: a moment in the middle of a window as long as this one, or a stretch alone."""
        from glance.domain.time_place import window_around  # numpy: not before somebody typed

        first, last = self.scene.history.first_at, newest(self.scene)
        if first is not None and place.end < first:
            self.query_one(Header).say(f"nothing is known before {units.date_minute(first)}")
            return
        if place.start > max(last, self.scene.at):
            self.query_one(Header).say(NOT_YET)
            return
        seconds = self.window_seconds
        if place.is_moment and seconds is not None:
            end = place.start + seconds / 2
            self._go(None if end >= last else end)
        else:
            start, end = window_around(place, WHOLE_SECONDS)
            self.zoom_to(start, end, is_live=end > last + WITHIN)

    def action_oldest(self) -> None:
        """Go to the oldest that is known."""
        end = oldest(self.view, self.scene)
        if end is None and self.scene.at:
            self.query_one(Header).say(NO_OLDER)
        self._go(end)

    def action_live(self) -> None:
        """Come back to now, in the window that one came from."""
        if self._zooms:
            name = self._zooms[0][0]
            self._zooms.clear()
            self._stand(name, None)
        else:
            self._go(None)

    def _go(self, end: float | None) -> None:
        """Let the window end at a moment of the past, or at now."""
        if end == self.view.end:
            return
        self.to_tops()
        self.look(end=end)
        self.standing = replace(self.standing, end=end)
        self.situation_changed()

    def action_pause(self) -> None:
        """Let the picture stand still, or go on with the newest scene."""
        self.look(is_paused=not self.view.is_paused)
        self.standing = replace(self.standing, is_paused=self.view.is_paused, behind=0)
        if not self.view.is_paused and self._newest.at:
            self.put(self._newest)
        self.situation_changed()

    def action_bell(self) -> None:
        """Ring when an alert begins to fire, or stay silent; remembered."""
        self._has_bell = not self._has_bell
        self.query_one(Header).say("bell on: it rings when an alert fires" if self._has_bell else "bell off")
        self.post_message(ChoiceMade("bell", "on" if self._has_bell else "off"))


def begins_to_fire(old: Scene, new: Scene) -> bool:
    """An alert fires that did not in the scene before; what fires in the first scene of all is no news."""
    if not old.at:
        return False
    known = {(alert.rule, alert.segment) for alert in old.alerts if alert.is_firing}
    return any(alert.is_firing and (alert.rule, alert.segment) not in known for alert in new.alerts)


def _seen(view: View) -> View:
    """A view without the pause and what is selected, which change nothing in what is seen."""
    return replace(view, is_paused=False, interval=None, order=None)
