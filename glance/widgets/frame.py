"""The frame around a panel: its border with the hot key, tabs and notes in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from glance.widgets.drawing import SUPERSCRIPTS, Line, Picture, Spot, fit_left
from glance.widgets.inks import Inks
from glance.widgets.view_switch import NO_SWITCH, ViewSwitch, put_switch


@dataclass(frozen=True, slots=True)
class Tab:
    """A title in a border: the hot key of a panel and its name."""

    number: int
    name: str
    """Also the argument of the action that shows it."""
    is_shown: bool = True
    title: str = ""
    """What is written, where that is not its name: the ranking that a table shows."""

    @property
    def written(self) -> str:
        """What is written."""
        return self.title or self.name

    @property
    def width(self) -> int:
        """Cells it takes, with one of space on either side."""
        return len(self.written) + 3


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands in the border of a panel."""

    tabs: tuple[Tab, ...]
    """One of them is shown; more than one where panels share a box."""
    is_focused: bool = False
    notes: tuple[tuple[str, Style], ...] = ()
    """At the right of the upper border, the most important last."""
    below: tuple[tuple[str, Style, str], ...] = ()
    """At the right of the lower border: text, style, and what a click on it does."""
    title: str = ""
    """Where there are no tabs."""
    switch: ViewSwitch = NO_SWITCH
    """At the left of the lower border: what else the panel can show."""


def framed(size: Size, frame: Frame, lines: Sequence[Strip], spots: Sequence[Spot], inks: Inks) -> Picture:
    """The lines within a frame; `lines` and `spots` are those of the inside, one cell less on every side."""
    width, height = size
    ink = inks.edge if frame.is_focused else inks.frame
    edge = Segment("│", ink)
    top, moved = _upper(width, frame, ink, inks)
    strips = [top]
    empty = Strip.blank(width - 2, inks.ground)
    for y in range(height - 2):
        inside = lines[y] if y < len(lines) else empty
        strips.append(Strip([edge, *inside, edge], width))
    moved += [Spot(spot.y + 1, spot.start + 1, spot.end + 1, spot.action) for spot in spots]
    if height > 1:
        bottom, more = _lower(width, height - 1, frame, ink, inks)
        strips.append(bottom)
        moved += more
    return Picture(size, tuple(strips[:height]), tuple(moved))


def _upper(width: int, frame: Frame, ink: Style, inks: Inks) -> tuple[Strip, list[Spot]]:
    """The upper border: titles at the left, notes at the right."""
    line = Line(width - 1, inks.ground)
    line.put("╭─", ink)
    if frame.title:
        line.put(f" {frame.title} ", inks.focus)
    is_tight = sum(tab.width for tab in frame.tabs) > line.room - 2
    for tab in frame.tabs:
        action = f"screen.panel('{tab.name}')"
        line.put(" ", ink)
        line.put(SUPERSCRIPTS[tab.number], inks.focus, action)
        if tab.is_shown or not is_tight:
            line.put(tab.written, _title_ink(tab, frame, inks), action)
        line.put(" ", ink)
    notes = list(frame.notes)
    while notes and sum(cell_len(text) + 2 for text, _ in notes) + 1 > line.room:
        notes.pop(0)
    line.put("─" * (line.room - sum(cell_len(text) + 2 for text, _ in notes) - bool(notes)), ink)
    for text, style in notes:
        line.put(" ", ink).put(text, style).put(" ", ink)
    line.put("─" * line.room, ink)
    corner = Strip([Segment("╮", ink)], 1)
    return Strip.join([line.strip(), corner]), line.spots


def _title_ink(tab: Tab, frame: Frame, inks: Inks) -> Style:
    """A title stands out when it is the one shown, and more when it has the keys."""
    if not tab.is_shown:
        return inks.label
    return inks.focus if frame.is_focused or len(frame.tabs) > 1 else inks.text


def _lower(width: int, y: int, frame: Frame, ink: Style, inks: Inks) -> tuple[Strip, list[Spot]]:
    """The lower border with its notes at the right."""
    line = Line(width, inks.ground, y)
    line.put("╰", ink)
    below = list(frame.below)
    while below and sum(cell_len(text) + 2 for text, _, _ in below) + 3 > line.room:
        if len(below) == 1:
            text, style, action = below[0]
            below = [(fit_left(text, line.room - 5).rstrip(), style, action)] if line.room > 8 else []
            break
        below.pop(0)
    taken = sum(cell_len(text) + 2 for text, _, _ in below)
    put_switch(line.put("─", ink), frame.switch, line.room - taken - 4, inks)
    line.put("─" * (line.room - 1 - taken - bool(below)), ink)
    for text, style, action in below:
        line.put(" ", ink).put(text, style, action).put(" ", ink)
    line.put("─" * (line.room - 1), ink).put("╯", ink)
    return line.strip(), line.spots
