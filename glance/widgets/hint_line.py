"""What to press first, in one line above the keys, the first time that somebody sees the dashboard."""

from __future__ import annotations

from collections.abc import Mapping

from rich.cells import cell_len
from textual.geometry import Size

from glance.commands.every import keys_of_id
from glance.domain.scene import Scene
from glance.widgets.drawing import Line, Picture
from glance.widgets.inks import Inks
from glance.widgets.panel import Panel

HINTS = (
    ("filter.row", "only what belongs to the row"),
    ("back", "back"),
    ("page.lines", "its raw lines"),
    ("help", "every key"),
    ("view.next", "another table"),
    ("time.earlier", "earlier"),
)
"""Commands that one cannot guess, the most useful first."""


def hint_picture(keymap: Mapping[str, str], size: Size, inks: Inks) -> Picture:
    """The hints that fit."""
    line = Line(size.width, inks.ground)
    line.skip(1).put("new here?", inks.past).skip(2)
    for command, words in HINTS:
        key = keys_of_id(command, keymap)
        if key and cell_len(key) + len(words) + 1 <= line.room - 1:
            line.put(key, inks.focus).skip(1).put(words, inks.label).skip(2)
    return Picture(size, (line.strip(),) * size.height, tuple(line.spots))


class HintLine(Panel, can_focus=False):
    """The hints."""

    NAME = "hint"

    def __init__(self, keymap: Mapping[str, str]) -> None:
        """Know the keys that the person has chosen."""
        super().__init__()
        self.keymap = keymap

    def draw(self, size: Size) -> Picture:
        """The hints of now."""
        return hint_picture(self.keymap, size, self.inks)

    def part(self, scene: Scene) -> object:
        """Nothing: they do not depend on the log."""
        return None
