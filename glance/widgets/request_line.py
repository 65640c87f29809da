"""One request in one line of a page: when, how long, with which status, for whom and what."""

from __future__ import annotations

from rich.cells import cell_len

from glance.domain import units
from glance.domain.log_line import LogLine
from glance.domain.scene import Scene
from glance.widgets.drawing import Line, clean, fit_left, fit_path, fit_right
from glance.widgets.inks import Inks, soft

CLIENT_WIDTHS = ((100, 26), (56, 15))
"""From which width of the line on the client has how many cells; below it has none."""
METHOD_WIDTH = 6
SOURCE_WIDTH = 14
SOURCE_FROM = 110
METHOD_FROM = 76
AGENT_FROM = 140
DAY = 86_400


def request_line(log: LogLine, scene: Scene, width: int, inks: Inks, agent: str = "") -> Line:
    """The line; the time has its day where the window is longer than one, and wide ones have the agent."""
    line = Line(width, inks.ground).skip(1)
    if len(scene.sources) > 1 and width >= SOURCE_FROM:
        line.put(fit_path(clean(log.source), SOURCE_WIDTH), inks.label).skip(1)
    at = log.at or 0.0
    line.put(units.moment(at) if scene.window.seconds > DAY else units.clock(at), inks.label).skip(1)
    if scene.has_latency:
        line.put(fit_right(units.duration(log.seconds), units.DURATION_WIDTH), inks.latency).skip(1)
    status = "–" if log.status is None else str(log.status)
    line.put(fit_right(status, 3), inks.status(log.status)).skip(1)
    client = next((cells for least, cells in CLIENT_WIDTHS if width >= least), 0)
    if client:
        line.put(fit_left(clean(log.client), client), inks.label).skip(1)
    if width >= METHOD_FROM:
        line.put(fit_left(clean(log.method), METHOD_WIDTH), inks.label).skip(1)
    target = clean(log.target, width * 2) or "–"
    if width >= AGENT_FROM and agent:
        line.put(_fitted(target, line.room * 45 // 100), inks.text).skip(1)
        return line.put(fit_left(clean(agent), line.room - 1), soft(inks.label))
    return line.put(_fitted(target, line.room - 1) if line.room > 1 else "", inks.text)


def fit_target(target: str, width: int) -> str:
    """A target in so many cells: a query that has no room loses its end, a path its beginning."""
    path, mark, _ = target.partition("?")
    if mark and cell_len(path) < width:
        return fit_left(target, width)
    return _fitted(path if mark else target, width)


def _fitted(target: str, width: int) -> str:
    """A target in so many cells: of one that is too long the scheme and the site go first, as of all beside it."""
    if cell_len(target) > width and "://" in target[:8]:
        _, slash, path = target.partition("://")[2].partition("/")
        target = slash + path or target
    return fit_path(target, width)
