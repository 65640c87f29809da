"""The alerts in one line: above everything what fires, and where there is no room for the pane, that all is calm."""

from __future__ import annotations

from textual.geometry import Size

from glance.domain import units
from glance.domain.scene import AlertNotice, Scene
from glance.widgets.drawing import Line, Picture, clean, fit_words
from glance.widgets.inks import Inks
from glance.widgets.panel import Panel

FIRING = " FIRING "
ACTION = "screen.panel('alerts')"


def firing_alerts(scene: Scene) -> list[AlertNotice]:
    """The alerts that fire now, newest first."""
    return [alert for alert in scene.alerts if alert.is_firing]


def firing_block(many: int) -> str:
    """The word in its block, with how many where there are more than one."""
    return FIRING if many == 1 else f" {many} FIRING "


def alert_line_picture(scene: Scene, size: Size, inks: Inks) -> Picture:
    """How many fire, and the newest of them; or what an alert would need."""
    line = Line(size.width, inks.ground)
    firing = firing_alerts(scene)
    if firing:
        age = units.age(scene.at - firing[0].triggered_at)
        line.skip(1).put(firing_block(len(firing)), inks.firing, ACTION).skip(1).put(age, inks.text, ACTION).skip(1)
        more = f"  and {len(firing) - 1} more" if len(firing) > 1 else ""
        message = clean(firing[0].message)
        line.put(fit_words(message, line.room - len(more) - 1), inks.text, ACTION)
        line.put(more, inks.label, ACTION)
    elif scene.alert_rule:
        calm = f"all calm; an alert needs {clean(scene.alert_rule)}"
        line.skip(1).put(fit_words(calm, line.room - 1), inks.label, ACTION)
    return Picture(size, (line.strip(),) * size.height, tuple(line.spots))


class AlertLine(Panel, can_focus=False):
    """The state of the alerts in one line."""

    NAME = "alert-line"

    def draw(self, size: Size) -> Picture:
        """The newest alert, or that all is calm."""
        return alert_line_picture(self.scene, size, self.inks)

    def part(self, scene: Scene) -> object:
        """The alerts, and the time while one is firing."""
        return (scene.alerts, scene.alert_rule, scene.at if firing_alerts(scene) else bool(scene.at))
