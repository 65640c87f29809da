"""What a page of profiles was opened for, in words: which time, which route, which alert, and the quiet time before."""

from __future__ import annotations

from glance.domain import units
from glance.domain.joint import Joint
from glance.domain.scene import Scene
from glance.widgets.drawing import clean

DAY = 86400


def time_words(span: tuple[float, float], now: float) -> str:
    """A stretch of time, its day only where that is another: `14:02–14:05`."""
    start, end = span
    if end < now - DAY / 2 or start > now + DAY / 2:
        return units.span(start, end, now)
    first, last = units.clock(start), units.clock(end)
    if first.endswith(":00") and last.endswith(":00"):
        first, last = first[:-3], last[:-3]
    return f"{first}–{last}"


def when_words(joint: Joint, scene: Scene, span: tuple[float, float] | None) -> str:
    """Which time was pointed at.

    Args:
        joint: what was.
        scene: the window that is looked at.
        span: the time as it was found; None where that is not known yet.
    """
    if joint.interval is not None:
        return time_words((joint.interval.start, joint.interval.end), scene.at)
    if scene.view.interval is not None:
        return time_words((scene.view.interval.start, scene.view.interval.end), scene.at)
    if scene.view.end is None:
        return "all there is" if scene.view.window == "all" else f"the last {scene.view.window.partition('/')[0]}"
    return time_words(span or (scene.window.start, scene.window.end), scene.at)


def joint_words(joint: Joint, scene: Scene, span: tuple[float, float] | None) -> str:
    """Time, route and alert: `14:02–14:05 · route /slow`."""
    parts = [when_words(joint, scene, span)]
    if joint.route:
        parts.append(f"route {clean(joint.route, 80)}")
    if joint.alert:
        parts.append(f"alert {clean(joint.alert, 40)}")
    return " · ".join(parts)
