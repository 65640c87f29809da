"""A running dashboard without a terminal, and the hands of a person."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace

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


class Stage:
    """A running dashboard with its engine and hands."""

    def __init__(self, app, engine, pilot):
        self.app, self.engine, self.pilot = app, engine, pilot

    async def press(self, *keys):
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def publish(self, at=AT, **changes):
        self.engine.publish(replace(scene_at(at, self.engine.views[-1]), **changes))
        await self.pilot.pause()

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
