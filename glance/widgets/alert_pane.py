"""The alerts: newest first, a firing one as a red block with the word."""

from __future__ import annotations

from textual.geometry import Size
from textual.strip import Strip

from glance.domain import units
from glance.domain.scene import AlertNotice, Scene
from glance.widgets.drawing import Line, Picture, clean, words
from glance.widgets.frame import Frame, Tab, framed
from glance.widgets.inks import Inks
from glance.widgets.panel import Panel

FIRING = " FIRING "


def alert_lines(scene: Scene, size: Size, inks: Inks, most: int = 0) -> list[Strip]:
    """The alerts with their messages and how they went on, as many as fit whole; `most` of them, 0 for all."""
    if not scene.alerts:
        return _calm(scene, size, inks)
    strips: list[Strip] = []
    for alert in scene.alerts[: most or None]:
        notice = _notice(alert, scene.at, size.width, inks)
        if strips and len(strips) + len(notice) > size.height:
            break
        strips += notice
    return strips[: size.height]


def _calm(scene: Scene, size: Size, inks: Inks) -> list[Strip]:
    """Nothing ever fired."""
    rule = f"all calm; an alert needs {clean(scene.alert_rule)}" if scene.alert_rule else "no alert rule is set"
    if not scene.at:
        rule = "no alerts yet"
    lines = words(rule, size.width - 2)
    return [Line(size.width, inks.ground).skip(1).put(text, inks.label).strip() for text in lines]


def _notice(alert: AlertNotice, now: float, width: int, inks: Inks) -> list[Strip]:
    """The message, broken between words, under a line that says how it stands."""
    head = Line(width, inks.ground)
    if alert.recovered_at is None:
        head.skip(1).put(FIRING, inks.firing).skip(1)
        head.put(f"for {units.age(now - alert.triggered_at)}", inks.text)
    else:
        lasted = units.age(alert.recovered_at - alert.triggered_at)
        head.skip(1).put("✓", inks.success).skip(1)
        head.put(f"recovered at {units.clock(alert.recovered_at)} after {lasted}", inks.label)
    highest = f"highest {units.rate(alert.highest)}"
    if head.room >= len(highest) + 3:
        head.skip(2).put(highest, inks.label)
    ink = inks.text if alert.recovered_at is None else inks.label
    body = [Line(width, inks.ground).skip(3).put(text, ink).strip() for text in words(clean(alert.message), width - 4)]
    return [head.strip(), *body]


def alert_picture(
    scene: Scene, size: Size, inks: Inks, tabs: tuple[Tab, ...], is_focused: bool, *, most: int = 0
) -> Picture:
    """The whole panel of alerts."""
    lines = alert_lines(scene, Size(size.width - 2, size.height - 2), inks, most)
    firing = sum(alert.recovered_at is None for alert in scene.alerts)
    notes = ((f" {firing} FIRING ", inks.firing),) if firing else ()
    if scene.alerts and not firing:
        notes = (("all calm", inks.success),)
    return framed(size, Frame(tabs, is_focused, notes), lines, (), inks)


class AlertPane(Panel, can_focus=True):
    """What fired, and when it recovered."""

    NAME = "alerts"

    def __init__(self, most: int = 0) -> None:
        """Show `most` alerts on the overview, 0 for all."""
        super().__init__()
        self._most = most

    def draw(self, size: Size) -> Picture:
        """The alerts of now."""
        most = 0 if self.is_zoomed else self._most
        return alert_picture(self.scene, size, self.inks, self.tabs, self.has_focus, most=most)

    def part(self, scene: Scene) -> object:
        """The alerts, and the time while one is firing."""
        is_firing = any(alert.recovered_at is None for alert in scene.alerts)
        return (scene.alerts, scene.alert_rule, scene.at if is_firing else bool(scene.at))


class AlertLine(Panel, can_focus=False):
    """The state of the alerts in one line, where there is no room for the pane."""

    NAME = "alert-line"

    def draw(self, size: Size) -> Picture:
        """The newest alert, or that all is calm."""
        line = Line(size.width, self.inks.ground)
        action = "screen.panel('alerts')"
        firing = [alert for alert in self.scene.alerts if alert.recovered_at is None]
        if firing:
            age = units.age(self.scene.at - firing[0].triggered_at)
            line.skip(1).put(FIRING, self.inks.firing, action).skip(1).put(age, self.inks.text, action).skip(1)
            line.put(clean(firing[0].message), self.inks.text, action)
        elif self.scene.alert_rule:
            line.skip(1).put(f"all calm; an alert needs {clean(self.scene.alert_rule)}", self.inks.label, action)
        return Picture(size, (line.strip(),) * size.height, tuple(line.spots))

    def part(self, scene: Scene) -> object:
        """The alerts, and the time while one is firing."""
        is_firing = any(alert.recovered_at is None for alert in scene.alerts)
        return (scene.alerts, scene.alert_rule, scene.at if is_firing else bool(scene.at))
