"""The newest lines, coloured by what was understood of them; they never wrap."""

from __future__ import annotations

from textual.geometry import Size
from textual.strip import Strip

from glance.domain import units
from glance.domain.log_line import LogLine
from glance.domain.scene import Scene
from glance.widgets.drawing import Line, Picture, clean, fit_left, fit_path, fit_right
from glance.widgets.frame import Frame, Tab, framed
from glance.widgets.inks import Inks
from glance.widgets.panel import Panel
from glance.widgets.progress import empty_words

CLIENT_WIDTH = 15
METHOD_WIDTH = 6
SOURCE_WIDTH = 14
WIDE = 96
"""Cells from which on the client and the size have columns."""


def line_strips(scene: Scene, size: Size, inks: Inks) -> list[Strip]:
    """As many of the newest lines as fit, the newest at the bottom."""
    if not scene.lines:
        return [Line(size.width, inks.ground).skip(1).put(empty_words(scene), inks.label).strip()]
    shown = scene.lines[-size.height :] if size.height else ()
    has_sources = len(scene.sources) > 1
    has_latency = scene.has_latency
    return [log_strip(line, size.width, inks, has_sources=has_sources, has_latency=has_latency) for line in shown]


def log_strip(log: LogLine, width: int, inks: Inks, *, has_sources: bool, has_latency: bool) -> Strip:
    """Time, status, size, latency, client and request; a line that was not understood as it is."""
    line = Line(width, inks.ground)
    line.skip(1)
    if has_sources and width >= WIDE:
        line.put(fit_path(clean(log.source), SOURCE_WIDTH), inks.label).skip(1)
    if log.at is None or log.status is None:
        return line.put("?", inks.client_error).skip(1).put(clean(log.text, width * 2), inks.label).strip()
    line.put(units.clock(log.at), inks.label).skip(1)
    line.put(fit_right(str(log.status), 3), inks.status(log.status)).skip(1)
    if width >= WIDE:
        line.put(fit_right("" if log.size is None else units.size(log.size), units.SIZE_WIDTH), inks.volume).skip(1)
    if has_latency:
        text = "" if log.seconds is None else units.duration(log.seconds)
        line.put(fit_right(text, units.DURATION_WIDTH), inks.latency).skip(1)
    if width >= WIDE:
        line.put(fit_left(clean(log.client), CLIENT_WIDTH), inks.label).skip(1)
    line.put(fit_left(clean(log.method), METHOD_WIDTH), inks.label).skip(1)
    return line.put(clean(log.target, width * 2), inks.text).strip()


def lines_picture(scene: Scene, size: Size, inks: Inks, tabs: tuple[Tab, ...], is_focused: bool) -> Picture:
    """The whole panel of lines."""
    strips = line_strips(scene, Size(size.width - 2, size.height - 2), inks)
    notes = ((f"up to {units.clock(scene.window.end)}", inks.past),) if scene.view.end is not None else ()
    return framed(size, Frame(tabs, is_focused, notes), strips, (), inks)


class LogLines(Panel, can_focus=True):
    """The end of the log."""

    NAME = "lines"

    def draw(self, size: Size) -> Picture:
        """The lines of now."""
        return lines_picture(self.scene, size, self.inks, self.tabs, self.has_focus)

    def part(self, scene: Scene) -> object:
        """The lines, or what stands there when there are none."""
        until = None if scene.view.end is None else scene.window.end
        return (scene.lines, scene.has_latency, len(scene.sources), until, "" if scene.lines else empty_words(scene))
