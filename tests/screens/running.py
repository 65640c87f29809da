"""A running dashboard without a terminal, and the hands of a person."""

from __future__ import annotations

import asyncio
import unicodedata
from contextlib import asynccontextmanager
from dataclasses import replace

from textual import events
from textual.keys import REPLACED_KEYS, _character_to_key, _get_unicode_name_from_key

from glance.app import Glance, ScreenSettings
from glance.domain.view import View
from glance.widgets import chart_canvas
from tests.scenes import AT, scene_at


class QuietEngine:
    """Publishes only what a test hands it."""

    def __init__(self):
        self.views: list[View] = []
        self.remembered: list[tuple[str, str]] = []
        self.is_started = False
        self.stops = 0

    def start(self, publish):
        self.is_started = True
        self.publish = publish

    def look(self, view):
        self.views.append(view)

    def stop(self):
        self.stops += 1

    def remember(self, key, value):
        self.remembered.append((key, value))


def character_of(key):
    """The sign that a key types; None where it types none."""
    try:
        return unicodedata.lookup(_get_unicode_name_from_key(REPLACED_KEYS.get(key, key)))
    except KeyError:
        return key if len(key) == 1 else None


class Stage:
    """A running dashboard with its engine and hands."""

    def __init__(self, app, engine, pilot):
        self.app, self.engine, self.pilot = app, engine, pilot

    async def press(self, *keys):
        """Press keys, each as soon as everything is done that the one before it began.

        The pilot waits after each for a time in which the machine has little to do, which is long where it has much.
        """
        for key in keys:
            name = _character_to_key(key) if len(key) == 1 and not key.isalnum() else key
            self.app._driver.send_message(events.Key(name, character_of(name)).set_sender(self.app))
            await self.settle()
            while self.app._keys.has_more:  # noqa: ASYNC110 - it means a row, and waits for rows that a test holds back
                await asyncio.sleep(0.02)

    async def publish(self, at=AT, **changes):
        self.engine.publish(replace(scene_at(at, self.engine.views[-1]), **changes))
        await self.settle()

    async def settle(self):
        """Until the loop has nothing to do but to wait."""
        loop = asyncio.get_running_loop()
        for _ in range(2):
            await self.pilot._wait_for_screen()
            while loop._ready:  # noqa: ASYNC110 - there is no event for it
                await asyncio.sleep(0)
            self.app.screen._on_timer_update()

    @property
    def overview(self):
        return self.app.overview

    def text(self, name):
        panel = self.overview.panel(name)
        return "\n".join(panel.render_line(y).text for y in range(panel.size.height))

    @property
    def screen_text(self):
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())

    @property
    def focused(self):
        return self.overview.focused.id


@asynccontextmanager
async def stage(size=(160, 45), **settings):
    chart_canvas.load()
    engine = QuietEngine()
    settings.setdefault("is_raw", True)  # a row of a path is a chip of a path; test_tables has the routes
    app = Glance(engine, ScreenSettings(sources=("access.log",), **settings))
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Stage(app, engine, pilot)
