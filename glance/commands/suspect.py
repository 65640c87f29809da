"""What can be done on the page of suspects, where these commands go before all others."""

from __future__ import annotations

from glance.commands.command import Command, Situation


def _on_suspects(now: Situation) -> bool:
    """Valid on the page of suspects while nothing is typed, and there is one."""
    return now.panel == "suspects" and now.can_open and not now.is_typing


def _on_page(now: Situation) -> bool:
    """Valid there also where nothing is suspicious."""
    return now.panel == "suspects" and not now.is_typing


SUSPECT_COMMANDS: tuple[Command, ...] = (
    Command("suspect.open", "enter", "focused.open", "source",
            "show the source of the suspect: what each line of its function counts for", "suspects", _on_suspects,
            rank=2),
    Command("suspect.flame", "p", "focused.flame", "flame graph",
            "show the suspect in the flame graph of the same time and route", "suspects", _on_page, rank=2),
    Command("suspect.edit", "e", "focused.edit", "edit", "open the line in $VISUAL, $EDITOR or less", "suspects",
            _on_suspects, rank=3),
    Command("suspect.copy", "y", "focused.copy", "copy", "copy the suspect with its numbers and its place, by OSC 52",
            "suspects", _on_suspects, rank=4),
)  # fmt: skip
"""What is done with a suspect."""
