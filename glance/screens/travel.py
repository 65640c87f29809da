"""Where a window of the past ends, when it is moved: pure."""

from __future__ import annotations

from glance.domain.scene import Scene
from glance.domain.view import View
from glance.domain.window import window_at, window_choice

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
