"""What a table can rank, in its lower border: words of which one is chosen, each to be clicked."""

from __future__ import annotations

from dataclasses import dataclass

from glance.domain.view import RankingName
from glance.widgets.drawing import ELLIPSIS, Line
from glance.widgets.inks import Inks

GAP = " · "


@dataclass(frozen=True, slots=True)
class ViewSwitch:
    """The rankings of one table."""

    names: tuple[RankingName, ...] = ()
    shown: RankingName = "paths"
    key: str = ""
    """The key that goes to the next one."""


NO_SWITCH = ViewSwitch()


def put_switch(line: Line, switch: ViewSwitch, room: int, inks: Inks) -> None:
    """Draw the words that fit: all of them, else those from the chosen one on."""
    if len(switch.names) < 2:
        return
    room -= 2 + (len(switch.key) + 1 if switch.key else 0)
    names = list(switch.names)
    while names and _width(names, is_cut=len(names) < len(switch.names)) > room:
        names.pop(0 if names[0] != switch.shown and switch.shown in names else -1)
    if not names or (len(names) == 1 and not switch.key):
        return
    line.put(" ", inks.ground)
    if switch.key:
        line.put(switch.key, inks.focus, "screen.next_view").put(" ", inks.ground)
    for index, name in enumerate(names):
        line.put(GAP if index else "", inks.frame)
        line.put(name, inks.text if name == switch.shown else inks.label, f"screen.ranking('{name}')")
    if len(names) < len(switch.names):
        line.put(f"{GAP}{ELLIPSIS}", inks.frame)
    line.put(" ", inks.ground)


def _width(names: list[RankingName], *, is_cut: bool) -> int:
    """Cells of the words, with what parts them."""
    return sum(map(len, names)) + len(GAP) * (len(names) - 1) + (len(GAP) + 1 if is_cut else 0)
