"""Reading older lines behind the live ones, and what to say where there is nothing to show yet."""

from __future__ import annotations

import re
from dataclasses import dataclass

from glance.domain import units
from glance.domain.scene import Scene
from glance.domain.window import window_words
from glance.widgets.drawing import clean

_BY_TIME = re.compile(r"(?<![^\s(|!-])time[<>=!:]")
"""A term of a filter that chooses by the time."""


@dataclass(frozen=True, slots=True)
class BackFill:
    """How far the reading of older lines is."""

    share: float
    lines_total: int
    lines_per_second: float


def back_fill(scene: Scene) -> BackFill | None:
    """The back-fill under way; None when everything that was there has been read."""
    pending = sum(source.pending_bytes for source in scene.sources)
    size = sum(source.size_bytes for source in scene.sources if source.pending_bytes)
    if pending <= 0 or size <= 0:
        return None
    return BackFill(max(0.0, 1 - pending / size), scene.lines_total, scene.lines_per_second)


def fill_sentence(fill: BackFill) -> str:
    """How far it is, in words: `back-filling 41.0% · 2.10M lines · 310k lines/s`."""
    pace = units.count(round(fill.lines_per_second))
    return f"back-filling {units.share(fill.share)} · {units.count(fill.lines_total)} lines · {pace} lines/s"


def sifting_words(scene: Scene) -> str:
    """How far an answer has come that is not whole yet: `filtering 4.2 of 10M lines`; empty when it is whole."""
    sifting = scene.sifting
    if sifting is None:
        return ""
    done, total = units.count(sifting.done), units.count(sifting.total)
    if done[-1:] == total[-1:] and not done[-1:].isdigit():
        done = done[:-1]
    return f"{'filtering' if scene.view.filter else 'counting'} {done} of {total} lines"


def empty_words(scene: Scene) -> str:
    """Why there is nothing to see, and what would change that."""
    if not scene.at:
        return "reading …"
    fill = back_fill(scene)
    if fill is not None:
        return fill_sentence(fill)
    if scene.sifting is not None:
        return f"nothing so far, {sifting_words(scene)}"
    if scene.matched == 0 and scene.matched_of:
        if _BY_TIME.search(scene.view.filter):  # which chooses out of the window, but does not move it
            return "nothing matches in this window: > makes it longer, backspace goes back"
        return "nothing matches, backspace goes back"
    names = ", ".join(clean(source.name, 80) for source in scene.sources[:3]) or "the log"
    if not scene.lines_total and scene.view.end is None:
        return f"waiting for the first request in {names} …"
    if scene.view.end is not None:
        return _empty_past(scene)
    if scene.unparsed_total >= scene.lines_total:
        return f"none of the {units.exact(scene.lines_total)} lines in {names} could be read as a request"
    newest = ""
    if scene.lag_seconds is not None:
        newest = f"; the newest is of {units.date_minute(scene.at - scene.lag_seconds)}"
    return f"no requests in the last {window_words(scene.view.window)}{newest} — > looks further back"


def _empty_past(scene: Scene) -> str:
    """Nothing was asked for then, or nothing is known of then."""
    span = units.span(scene.window.start, scene.window.end, scene.at)
    first = scene.history.first_at
    if first is not None and scene.window.end <= first:
        return f"nothing is known of {span}; the oldest is of {units.date_minute(first)}"
    return f"no requests in {span} — ← → look around it"
