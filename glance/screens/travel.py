"""Where a window of the past ends, when it is moved: pure."""

from __future__ import annotations

import math

from glance.domain.comparison import Against, other_window
from glance.domain.interval import Interval
from glance.domain.scene import Scene
from glance.domain.view import View
from glance.domain.window import LONGEST_SECONDS, WINDOWS, is_own, nice_step, window_at, window_choice

WITHIN = 0.001
"""Seconds before the end of a window: a moment that it contains. What is asked for is such a moment."""


def window_seconds(view: View) -> float | None:
    """Length of the window that is looked at; None for that of everything."""
    return window_choice(view.window).seconds


def moved(view: View, scene: Scene, windows: float) -> float | None:
    """The end of the window when it is moved by so many of its lengths; None is live.

    Args:
        view: what is looked at.
        scene: the newest answer.
        windows: negative goes back in time.
    """
    seconds = window_seconds(view)
    if seconds is None or not scene.at:
        return view.end
    current = scene.window.end - WITHIN if view.end is None else view.end
    end = current + windows * seconds
    if windows > 0:
        return None if view.end is None or end >= newest(scene) else end
    limit = _first_end(view, scene)
    if limit is None:
        return end
    return view.end if current <= limit else max(end, limit)


def oldest(view: View, scene: Scene) -> float | None:
    """The end of the window that begins with the oldest moment known; None when that is the live one."""
    limit = _first_end(view, scene)
    return None if limit is None or limit >= newest(scene) else limit


def _first_end(view: View, scene: Scene) -> float | None:
    """Where a window ends whose first step has the oldest moment known; None when nobody knows."""
    first = scene.history.first_at
    seconds = window_seconds(view)
    if first is None or seconds is None or not scene.at:
        return None
    step = window_at(window_choice(view.window), first, first)
    return step.end - step.step_seconds + seconds - WITHIN


def newest(scene: Scene) -> float:
    """The newest moment that can be shown; lines that are dated ahead do not count."""
    known = scene.history.last_at
    return scene.at if known is None else min(scene.at, known)


def next_window(view: View, scene: Scene, step: int) -> tuple[str, float | None]:
    """The name and the end of the next shorter or longer window; after the longest comes the shortest.

    A window of its own is left for the nearest one around its middle; others keep their end.
    """
    names = [choice.name for choice in WINDOWS]
    seconds = window_seconds(view)
    if not is_own(view.window) or seconds is None:
        return names[(names.index(view.window) + step) % len(names)], view.end
    shorter = [choice for choice in WINDOWS if choice.seconds is not None and choice.seconds < seconds]
    longer = [choice for choice in WINDOWS if choice.seconds is None or choice.seconds > seconds]
    found = (shorter[-1] if shorter else WINDOWS[0]) if step < 0 else longer[0]
    if view.end is None or found.seconds is None:
        return found.name, view.end if found.seconds is not None else None
    end = view.end + (found.seconds - seconds) / 2
    return found.name, None if end >= newest(scene) else end


def around(scene: Scene, factor: float) -> Interval | None:
    """The stretch around the middle of the window that is so many times as long; None when there is none."""
    window = scene.window
    seconds = window.seconds * factor
    if seconds > LONGEST_SECONDS or seconds < 1:
        return None
    step = window.step_seconds if factor < 1 else nice_step(seconds)
    if seconds < 2 * step:
        step = 1
    middle = (window.start + window.end) / 2
    start = math.floor((middle - seconds / 2) / step) * step
    return Interval(start, start + max(1, round(seconds / step)) * step)


def is_known(scene: Scene, against: Against) -> bool:
    """Whether anything is known of the window to compare with."""
    other = other_window(scene.window, against)
    first = scene.history.first_at
    return first is None or other.end - max(other.start, first) >= other.step_seconds
