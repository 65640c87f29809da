"""The alerts: newest first, a firing one as a red block with the word; on the whole screen with all that is known."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from textual.geometry import Size
from textual.strip import Strip

from glance.domain import units
from glance.domain.scene import AlertNotice, Scene
from glance.widgets.alert_drawing import alert_page, list_room, moving
from glance.widgets.alert_line import FIRING, firing_alerts, firing_block
from glance.widgets.drawing import Line, Picture, clean, words
from glance.widgets.figure import figure
from glance.widgets.frame import Frame, Tab, framed
from glance.widgets.inks import Inks
from glance.widgets.listing import Listing


def alert_lines(scene: Scene, size: Size, inks: Inks, most: int = 0) -> list[Strip]:
    """The alerts with their messages and how they went on, as many as fit whole; `most` of them, 0 for all."""
    if not scene.alerts:
        return calm_lines(scene, size, inks)
    strips: list[Strip] = []
    shown = _first(scene.alerts, most)
    for number, alert in enumerate(shown):
        notice = _notice(alert, scene.at, size.width, inks)
        is_last = number == len(shown) - 1
        if strips and len(strips) + len(notice) + (not is_last) > size.height:
            more = f"and {len(shown) - number} more"
            strips.append(Line(size.width, inks.ground).skip(3).put(more, inks.label).strip())
            break
        strips += notice
    return strips[: size.height]


def _first(alerts: Sequence[AlertNotice], most: int) -> list[AlertNotice]:
    """What happens now before what is over: all that fires and waits, then so many of the others, 0 for all."""
    now = [alert for alert in alerts if alert.is_firing]
    now += [alert for alert in alerts if alert.state == "pending"]
    over = [alert for alert in alerts if not alert.is_firing and alert.state != "pending"]
    return (now + over)[: max(most, len(now)) if most else None]


def calm_lines(scene: Scene, size: Size, inks: Inks) -> list[Strip]:
    """Nothing ever fired."""
    rule = f"all calm; an alert needs {clean(scene.alert_rule)}" if scene.alert_rule else "no alert rule is set"
    if scene.frozen is not None:
        rule = scene.frozen.alert or "no alert asked for this snapshot"
    if not scene.at:
        rule = "no alerts yet"
    lines = words(rule, size.width - 2)
    return [Line(size.width, inks.ground).skip(1).put(text, inks.label).strip() for text in lines]


def _notice(alert: AlertNotice, now: float, width: int, inks: Inks) -> list[Strip]:
    """The message, broken between words, under a line that says how it stands."""
    head = Line(width, inks.ground)
    head.skip(1)
    ink = inks.label
    if alert.is_firing:
        head.put(FIRING, inks.firing).skip(1).put(f"for {units.age(now - alert.triggered_at)}", inks.text)
        ink = inks.text
    elif alert.state == "pending":
        head.put("◔ pending", inks.focus).skip(1).put(f"for {waited(alert, now)}", inks.text)
        ink = inks.text
    else:
        head.put("✓", inks.success).skip(1).put(f"recovered {_over(alert)}", inks.label)
    highest = f"highest {figure(alert.highest, alert.unit)}"
    if alert.state != "pending" and head.room >= len(highest) + 3:
        head.skip(2).put(highest, inks.label)
    for word in (["flapping"] if alert.is_flapping else []) + (["no new data"] if alert.is_stale else []):
        if head.room >= len(word) + 3:
            head.skip(2).put(word, inks.client_error)
    body = [Line(width, inks.ground).skip(3).put(text, ink).strip() for text in words(clean(alert.message), width - 4)]
    return [head.strip(), *body]


def waited(alert: AlertNotice, now: float) -> str:
    """How long the condition holds, of how long it must."""
    passed = units.age(now - alert.triggered_at)
    return f"{passed} of {units.age(alert.pending_seconds)}" if alert.pending_seconds else passed


def _over(alert: AlertNotice) -> str:
    """When it was over, and after how long."""
    if alert.recovered_at is None:
        return ""
    return f"at {units.clock(alert.recovered_at)} after {units.age(alert.recovered_at - alert.triggered_at)}"


def alert_picture(
    scene: Scene, size: Size, inks: Inks, tabs: tuple[Tab, ...], is_focused: bool, *, most: int = 0
) -> Picture:
    """The whole panel of alerts."""
    lines = alert_lines(scene, Size(size.width - 2, size.height - 2), inks, most)
    firing = len(firing_alerts(scene))
    notes = ((firing_block(max(2, firing)) if firing > 1 else " 1 FIRING ", inks.firing),) if firing else ()
    if scene.alerts and not firing:
        waiting = sum(alert.state == "pending" for alert in scene.alerts)
        notes = ((f"{waiting} pending", inks.focus),) if waiting else (("all calm", inks.success),)
    return framed(size, Frame(tabs, is_focused, notes), lines, (), inks)


class AlertPane(Listing):
    """What fired, and when it recovered."""

    NAME = "alerts"

    def __init__(self, most: int = 0) -> None:
        """Show `most` alerts on the overview, 0 for all."""
        super().__init__()
        self._most = most

    def names(self, scene: Scene) -> Sequence[Hashable]:
        """The alerts, each by its rule and when it began."""
        return [alert.key for alert in scene.alerts]

    @property
    def row_room(self) -> int:
        """How many alerts the list of the page shows."""
        return list_room(self.scene, self.size)

    def row_at(self, y: int) -> int | None:
        """The alert at a line of the page."""
        row = self.top + y - 2
        return row if self.is_zoomed and 2 <= y < 2 + self.row_room and row < len(self.scene.alerts) else None

    def draw(self, size: Size) -> Picture:
        """The alerts of now: the newest, or on the whole screen all of them."""
        if self.is_zoomed and self.scene.alerts:
            self.keep_in_view()
            return alert_page(self.scene, size, self.inks, self.tabs, top=self.top, index=self.index)
        return alert_picture(self.scene, size, self.inks, self.tabs, self.has_focus, most=self._most)

    def part(self, scene: Scene) -> object:
        """The alerts, and the time while one is firing or about to."""
        return (scene.alerts, scene.alert_rule, scene.at if moving(scene) else bool(scene.at))
