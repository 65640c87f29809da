"""The last line: the keys that do something now."""

from __future__ import annotations

from collections.abc import Mapping

from rich.cells import cell_len
from textual.geometry import Size
from textual.reactive import reactive

from glance.commands.command import Command, Situation
from glance.commands.every import footer_commands, keys_of
from glance.domain.scene import Scene
from glance.widgets.drawing import Line, Picture
from glance.widgets.inks import Inks
from glance.widgets.panel import Panel


def key_bar_picture(now: Situation, keymap: Mapping[str, str], size: Size, inks: Inks) -> Picture:
    """Keys and what they do, as many as fit; help and quit always."""
    shown = footer_commands(now)
    while sum(_width(command, keymap) for command in shown) > size.width - 1 and len(shown) > 1:
        shown.remove(max(shown, key=lambda command: command.rank))
    line = Line(size.width, inks.ground)
    line.skip(1)
    last = shown[-1:] if shown and shown[-1].id == "quit" else []
    for command in shown[: len(shown) - len(last)]:
        _put(line, command, keymap, now, inks)
    for command in last:
        line.goto(size.width - _width(command, keymap) + 1)
        _put(line, command, keymap, now, inks)
    return Picture(size, (line.strip(),) * size.height, tuple(line.spots))


def _width(command: Command, keymap: Mapping[str, str]) -> int:
    """Cells of a key with its label and the space behind."""
    return cell_len(keys_of(command, keymap)[0]) + cell_len(command.label) + 3


def _put(line: Line, command: Command, keymap: Mapping[str, str], now: Situation, inks: Inks) -> None:
    """One key with its label; both can be clicked."""
    label = "resume" if command.id == "pause" and now.is_paused else command.label
    line.put(keys_of(command, keymap)[0], inks.focus, command.action).put(" ", inks.label, command.action)
    line.put(label, inks.label, command.action).skip(2)


class KeyBar(Panel, can_focus=False):
    """The footer."""

    NAME = "keys"

    now: reactive[Situation] = reactive(Situation(), repaint=False, init=False)

    def __init__(self, keymap: Mapping[str, str]) -> None:
        """Know the keys that the person has chosen."""
        super().__init__()
        self.keymap = keymap

    def draw(self, size: Size) -> Picture:
        """The keys of now."""
        return key_bar_picture(self.now, self.keymap, size, self.inks)

    def part(self, scene: Scene) -> object:
        """Nothing: the footer does not depend on the log."""
        return None

    def watch_now(self) -> None:
        """Show other keys."""
        self.redraw()
