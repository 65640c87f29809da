"""What a person has chosen on a page of stacks, and the stacks in the order that it wants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from glance.domain.stack_board import StackRow

StackPart = Literal["rows", "stack"]
StackSort = Literal["growth", "now", "wait", "objects", "name"]

GOROUTINE_SORTS: tuple[StackSort, ...] = ("growth", "now", "wait", "name")
MEMORY_SORTS: tuple[StackSort, ...] = ("growth", "now", "objects", "name")

_ORDERS: dict[StackSort, Callable[[StackRow], tuple[int, ...]]] = {
    "growth": lambda row: (-row.growth, -row.now),
    "now": lambda row: (-row.now, -row.growth),
    "wait": lambda row: (-_waited(row), -row.now),
    "objects": lambda row: (row.objects[0] - row.objects[1], -row.growth),
    "name": lambda _: (),
}


@dataclass(frozen=True, slots=True)
class StackState:
    """All of it, but for the row with the cursor."""

    part: StackPart = "rows"
    """What has the keys."""
    frame: int | None = None
    """The call with the cursor; None is the one that the stack is named after."""
    sort: StackSort = "growth"
    search: str = ""
    typed: str = ""
    is_typing: bool = False
    said: str = ""
    """What is to be said once, in words of ours."""


def _waited(row: StackRow) -> int:
    """Minutes; those of whom nobody knows wait less than any other."""
    minutes = row.doing.longest_minutes if row.doing is not None else None
    return -1 if minutes is None else minutes


def ordered(rows: Sequence[StackRow], state: StackState) -> tuple[StackRow, ...]:
    """Those that are searched, in their order."""
    text = (state.typed if state.is_typing else state.search).casefold()
    found = [row for row in rows if not text or text in haystack(row)]
    order = _ORDERS[state.sort]
    return tuple(sorted(found, key=lambda row: (order(row), row.frame.name, row.key)))


def haystack(row: StackRow) -> str:
    """What is searched of a stack."""
    parts = [f"{frame.name} {frame.file}" for frame in row.frames]
    if row.doing is not None:
        parts += [state for state, _ in row.doing.states]
        parts += [frame.name for frame, _ in row.doing.creators]
    return "\n".join(parts).casefold()


def frame_at(row: StackRow, state: StackState) -> int:
    """The call with the cursor."""
    return row.place if state.frame is None else max(0, min(state.frame, len(row.frames) - 1))
