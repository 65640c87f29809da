"""Stacks as rows of a file, and whose stacks a profile means."""

from __future__ import annotations

from glance.domain.profiles.poll import KINDS
from glance.domain.scene import Scene
from glance.domain.stack_board import FILES, StackRow

COLUMNS = ("function", "file", "line", "now", "first", "growth", "per_minute", "standing", "states", "longest")


def target_of(name: str, scene: Scene) -> str:
    """Whose profile has this name, if it was polled; else it is of a file."""
    names = [target.name for target in scene.targets]
    target, _, kind = name.rpartition(" ")
    polled = next((one for one in names if name.startswith(f"{one} ")), target if kind in KINDS else "")
    return polled or (FILES if name else "")


def exported(row: StackRow) -> tuple[int | float | str | bytes | None, ...]:
    """A stack as it is written into a file."""
    doing, frame = row.doing, row.frame
    states = ", ".join(f"{many} {state}" for state, many in doing.states) if doing is not None else ""
    minutes = doing.longest_minutes if doing is not None else None
    return (
        frame.name, frame.file, frame.line, row.now, row.values[0], row.growth, row.per_minute, row.standing, states,
        minutes,
    )  # fmt: skip
