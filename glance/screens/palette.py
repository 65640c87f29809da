"""The palette: any command found by its name."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.command import CommandList, CommandPalette

from glance.commands.every import INTERRUPT


class Palette(CommandPalette):
    """Textual's palette. Keys may come before its list has a place, or when the terminal has none for it."""

    BINDINGS: ClassVar[list[BindingType]] = [INTERRUPT]  # its input would copy by that key

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing can be gone through in a list without a place: Textual knows no lines of it, and would fail."""
        if action == "command_list" and not any(one.scrollable_content_region for one in self.query(CommandList)):
            return False
        return super().check_action(action, parameters)
