"""Whether an action of the screen does something now, by the commands that have it."""

from __future__ import annotations

from glance.commands.command import Situation
from glance.commands.every import COMMANDS, makes_sense


def valid_action(action: str, parameters: tuple[object, ...], now: Situation) -> bool:
    """Some command with this action makes sense, or none has it; without a log, with just these parameters.

    Args:
        action: of the screen, by its name.
        parameters: what it is called with.
        now: what decides.
    """
    owners = [one for one in COMMANDS if one.action.partition("(")[0] == f"screen.{action}"]
    if now.is_alone and parameters:
        whole = f"screen.{action}({', '.join(map(repr, parameters))})"
        owners = [one for one in owners if one.action == whole] or owners
    return not owners or any(makes_sense(one, now) for one in owners)
