"""What the page of SQL shows before there is an answer: queries to begin with, and the columns. Pure."""

from __future__ import annotations

from rich.cells import cell_len
from textual.geometry import Size
from textual.strip import Strip

from glance.domain.logs.relation_column import COLUMNS
from glance.domain.scene import Scene
from glance.widgets.drawing import Line, Spot, fit_left, fit_words
from glance.widgets.inks import Inks
from glance.widgets.sql_completion import plain

FAILING = (
    "the paths that fail most",
    "SELECT path, count(*) AS errors FROM log WHERE status >= 500 GROUP BY path ORDER BY errors DESC LIMIT 20",
)
BUSY = (
    "who asks most, and for how much",
    (
        "SELECT client, count(*) AS hits, sum(size) AS bytes, count(DISTINCT path) AS paths "
        "FROM log GROUP BY client ORDER BY hits DESC LIMIT 20"
    ),
)
SLOW = (
    "what is slow",
    (
        "SELECT section, count(*) AS hits, percentile(seconds, 50) AS p50, percentile(seconds, 95) AS p95 "
        "FROM log GROUP BY section ORDER BY p95 DESC"
    ),
)
"""In place of `BUSY` where the log tells how long requests took."""
MINUTES = (
    "what came in, minute by minute",
    (
        "SELECT substr(time, 1, 16) AS minute, count(*) AS hits, sum(status >= 500) AS errors "
        "FROM log GROUP BY minute ORDER BY minute DESC"
    ),
)
NAME_WIDTH = 10


def examples_for(scene: Scene) -> tuple[tuple[str, str], ...]:
    """Three queries to begin with: what they tell, and how they are written."""
    return (FAILING, SLOW if scene.has_latency else BUSY, MINUTES)


def beginning(scene: Scene, place: Size, first: int, inks: Inks) -> tuple[list[Strip], list[Spot]]:
    """Queries that can be taken by one key, and the columns with what they hold.

    Args:
        scene: tells which queries have something to say.
        place: where it stands.
        first: the line of the page on which it begins.
        inks: the colours.
    """
    lines: list[Line] = []

    def line() -> Line:
        lines.append(Line(place.width, inks.ground, first + len(lines)))
        return lines[-1].skip(1)

    line().put("to begin with", inks.focus).skip(2).put("a key takes one and runs it", inks.label)
    titles = max(cell_len(title) for title, _ in examples_for(scene))
    for number, (title, query) in enumerate(examples_for(scene), 1):
        action = f"focused.example({number - 1})"
        drawn = line().put(str(number), inks.focus, action).skip(2).put(fit_left(title, titles), inks.text, action)
        drawn.skip(2)
        drawn.put(fit_words(query, drawn.room - 1), inks.label, action)
    line()
    line().put("columns of log", inks.focus).skip(2).put("what a line does not tell is NULL", inks.label)
    many = 1 if place.width < 76 else 2 if place.width < 180 else 3
    height, width = -(-len(COLUMNS) // many), (place.width - 1) // many
    for row in range(height):
        drawn = line()
        for number, column in enumerate(COLUMNS[row::height]):
            drawn.goto(1 + number * width).put(fit_left(column.name, NAME_WIDTH), inks.text)
            drawn.put(fit_words(plain(column.meaning), width - NAME_WIDTH - 2), inks.label)
    return [one.strip() for one in lines], [spot for one in lines for spot in one.spots]
