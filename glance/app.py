"""The application: joins the engine, the themes and the screens; everything else is elsewhere."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from threading import Lock
from typing import Any, Protocol

from textual import events, on, work
from textual.actions import ActionParseResult
from textual.app import SystemCommand
from textual.await_complete import AwaitComplete
from textual.dom import DOMNode
from textual.screen import Screen

from glance.browser import is_browser
from glance.commands.command import Command
from glance.commands.every import COMMANDS, bindings, makes_sense, view_titles, window_titles
from glance.domain.scene import Scene
from glance.domain.view import View
from glance.ending import Ending
from glance.messages import ChoiceMade, ScenePublished, ViewRequested
from glance.screens.help import HelpScreen
from glance.screens.keyboard import Keyboard
from glance.screens.output_driver import OutputDriver
from glance.screens.overview import Overview, ScreenSettings
from glance.screens.palette import Palette
from glance.screens.settings import SettingsRead
from glance.themes import PALETTES, nearest_theme, set_own, textual_theme, themes_for
from glance.widgets import chart_canvas
from glance.widgets.drawing import clean
from glance.widgets.header import Header
from glance.widgets.inks import Inks, inks_of
from glance.widgets.traffic_chart import TrafficChart

__all__ = ["Engine", "Glance", "ScreenSettings"]


class Engine(Protocol):
    """What makes the scenes; it works in threads of its own and outlives nothing of the screen."""

    def start(self, publish: Callable[[Scene], None]) -> None:
        """Begin; called once, after the first frame is painted. `publish` can be called from any thread."""

    def look(self, view: View) -> None:
        """The person looks at something else; can be called before `start`, returns at once."""

    def stop(self) -> None:
        """End, and wait until it is ended; can be called twice."""

    def remember(self, key: str, value: str) -> None:
        """Keep a choice for the next time: `window`, `theme`, `sort.paths`, …; returns at once."""


class SettingsWatch(Protocol):
    """Notices that the settings were changed while the dashboard runs."""

    def start(self, tell: Callable[[SettingsRead], object]) -> None:
        """Begin; `tell` can be called from any thread."""

    def stop(self) -> None:
        """End; can be called twice, and before it began."""


class Glance(Keyboard, inherit_bindings=False):
    """The dashboard as a full-screen program. `run()` returns; `return_code` is the exit code."""

    CSS_PATH = "glance.tcss"
    TITLE = "glance"
    BINDINGS = bindings(tuple(command for command in COMMANDS if command.is_of_app))
    ENABLE_COMMAND_PALETTE = True
    COMMAND_PALETTE_BINDING = "ctrl+p"

    def __init__(self, engine: Engine, settings: ScreenSettings, watch: SettingsWatch | None = None) -> None:
        """Show what the engine publishes.

        Args:
            engine: makes the scenes.
            settings: what the screen starts with.
            watch: tells of other settings.
        """
        has_colour = not os.environ.get("NO_COLOR")
        super().__init__(None if is_browser() else OutputDriver, ansi_color=None if has_colour else True)
        self._engine = engine
        self._settings = settings
        self._watch = watch
        set_own(settings.palettes)
        self._has_colour = has_colour
        self._themes = themes_for(self.console.color_system, has_colour)
        self._unread: Scene | None = None
        self._unread_lock = Lock()
        self._running_loop: asyncio.AbstractEventLoop | None = None
        self._ending = Ending(self._end_from_anywhere)
        self._is_stopped = False
        for palette in PALETTES.values():
            self.register_theme(textual_theme(palette))
        self.theme = nearest_theme(settings.theme, self._themes)
        self.set_keymap(dict(settings.keymap))

    # Life ---------------------------------------------------------------------------------------

    def run(self, *args: Any, **kwargs: Any) -> None:
        """Run until the person leaves or a signal comes; the terminal is as before when this returns."""
        self._ending.begin()
        try:
            super().run(*args, **kwargs)
        finally:
            self._ending.done()
            self._stop_engine()

    def on_mount(self) -> None:
        """Show the dashboard, and start the engine when it is painted."""
        self._running_loop = asyncio.get_running_loop()
        if not self.is_headless:
            self._ending.listen()
        overview = Overview(self._settings, self._inks())
        self.push_screen(overview)
        self._engine.look(overview.view)
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """Everything that may wait for the first frame."""
        self._ending.ready()
        self._fit_terminal()
        self._engine.start(self.publish)
        if self._watch is not None:
            self._watch.start(self.post_message)
        self.load_chart()

    def _fit_terminal(self) -> None:
        """A size that changed while the dashboard was put up was told to nobody but the screen before it."""
        if not isinstance(self._driver, OutputDriver):
            return
        size = self._driver.terminal_size
        if size != self.overview.size:
            self.overview.post_message(events.Resize(size, size))

    @work(thread=True, group="chart", exit_on_error=True)
    def load_chart(self) -> None:
        """Import what draws the chart, away from the loop."""
        chart_canvas.load()
        self.call_later(self._chart_loaded)

    def _chart_loaded(self) -> None:
        """Draw the chart that could not be drawn before."""
        for chart in self.overview.query(TrafficChart):
            chart.redraw()

    def on_unmount(self) -> None:
        """The screen is gone: so shall be the engine."""
        self._stop_engine()

    def _stop_engine(self) -> None:
        """End the engine once."""
        if not self._is_stopped:
            self._is_stopped = True
            if self._watch is not None:
                self._watch.stop()
            self._engine.stop()

    def _end_from_anywhere(self, code: int) -> None:
        """End with an exit code; called by signal handlers and threads."""
        if self._running_loop is not None and not self._running_loop.is_closed():
            self._running_loop.call_soon_threadsafe(self._end, code)

    def _end(self, code: int) -> None:
        """Leave with an exit code."""
        self.exit(return_code=code)

    # Scenes and wishes --------------------------------------------------------------------------

    @property
    def overview(self) -> Overview:
        """The dashboard, whatever stands above it."""
        for screen in self.screen_stack:
            if isinstance(screen, Overview):
                return screen
        raise LookupError("the dashboard is not there")

    def pop_screen(self) -> AwaitComplete:
        """Close what stands above the dashboard; a second `esc` behind the first finds nothing more to close."""
        return AwaitComplete() if isinstance(self.screen, Overview) else super().pop_screen()

    def publish(self, scene: Scene) -> None:
        """Show a scene; called by the engine, from any thread.

        Only the newest is kept: when the terminal stops reading for an hour, nothing piles up.
        """
        with self._unread_lock:
            is_first = self._unread is None
            self._unread = scene
        if is_first:
            self.post_message(ScenePublished(scene))

    @on(ScenePublished)
    def show_newest(self, message: ScenePublished) -> None:
        """Hand the newest scene to the dashboard."""
        with self._unread_lock:
            scene, self._unread = self._unread or message.scene, None
        self.overview.show_scene(scene)

    @on(ViewRequested)
    def look(self, message: ViewRequested) -> None:
        """Tell the engine what the person looks at."""
        self._engine.look(message.view)

    @on(ChoiceMade)
    def remember(self, message: ChoiceMade) -> None:
        """Let the engine keep a choice."""
        self._engine.remember(message.key, message.value)

    @on(SettingsRead)
    def take_settings(self, message: SettingsRead) -> None:
        """Go on with other keys, panels and colours; where there is a mistake, with those that there are."""
        settings = message.settings
        if settings is None:
            self.overview.tell_mistake(clean(message.words))
            return
        before, self._settings = self._settings, settings
        self.set_keymap(dict(settings.keymap))
        if settings.palettes != before.palettes:
            self._take_palettes(settings)
        self.overview.take_settings(settings)
        wanted = settings.theme if settings.theme != before.theme else self.theme
        self._use_theme(nearest_theme(wanted, self._themes))
        self.overview.query_one(Header).say(clean(message.words))

    def _take_palettes(self, settings: ScreenSettings) -> None:
        """Have other themes of the user's own."""
        set_own(settings.palettes)
        inks_of.cache_clear()
        self._themes = themes_for(self.console.color_system, self._has_colour)
        for palette in settings.palettes:
            self.register_theme(textual_theme(palette))

    # What a person can do -----------------------------------------------------------------------

    def _inks(self) -> Inks:
        """What the panels draw with: those of the theme, for as many colours as there are."""
        return inks_of(self.theme, is_256=self.console.color_system == "256")

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Run an action, unless what it is for has gone: keys may come behind `q`, or when no panel has a place."""
        is_ended = self.return_code is not None
        is_lost = self.focused is None and (action if isinstance(action, str) else action[0]).startswith("focused")
        return not (is_ended or is_lost) and await super().run_action(action, default_namespace, namespaces)

    def _can_run(self, command: Command) -> bool:
        """The palette may run it: what is the application's goes on while something is typed."""
        now = self.overview.now
        return makes_sense(command, replace(now, is_typing=False) if command.is_of_app else now)

    async def _run_command(self, command: Command) -> None:
        """Run what was chosen, unless it makes no sense any more: the terminal may have become too small for a page."""
        if self._can_run(command):
            await self.run_action(command.action, default_namespace=self.overview)

    def action_next_theme(self) -> None:
        """Go to the next theme that the terminal can show."""
        index = self._themes.index(self.theme) if self.theme in self._themes else -1
        self.action_choose_theme(self._themes[(index + 1) % len(self._themes)])

    def action_choose_theme(self, name: str) -> None:
        """Use this theme, and remember it."""
        if name not in self._themes:
            return
        self._use_theme(name)
        self.overview.query_one(Header).say(f"theme {PALETTES[name].title}")
        self._engine.remember("theme", name)

    def _use_theme(self, name: str) -> None:
        """Draw everything in the colours of a theme."""
        self.theme = name
        for screen in self.screen_stack:
            if isinstance(screen, Overview | HelpScreen):
                screen.inks = self._inks()

    def action_command_palette(self) -> None:
        """Show the palette, unless it is there."""
        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def action_help(self) -> None:
        """Show the help, unless it is there."""
        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self._settings.keymap, self._inks(), self.overview.now.panel))

    def action_interrupt(self) -> None:
        """Leave as on SIGINT."""
        self._end(130)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What the palette offers: the commands that do something now, every window, every theme."""

        def run(action: str) -> Callable[[], Any]:
            return lambda: self.run_action(action, default_namespace=self.overview)

        for command in COMMANDS:
            if command.is_in_palette and self._can_run(command):
                yield SystemCommand(command.title, command.tooltip, partial(self._run_command, command))
        is_alone = self.overview.now.is_alone
        for title, action in () if is_alone else window_titles():
            yield SystemCommand(title, "look at this window", run(action))
        for title, action in () if is_alone else view_titles():
            yield SystemCommand(title, "show this ranking in its table", run(action))
        for name in self._themes:
            yield SystemCommand(
                f"Theme {PALETTES[name].title}", "use these colours", run(f"app.choose_theme('{name}')")
            )
