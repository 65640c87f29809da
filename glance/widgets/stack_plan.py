"""Which part of a page of stacks stands where, and which columns its rows have."""

from __future__ import annotations

from dataclasses import dataclass

from textual.geometry import Size

from glance.domain import units

WIDE = 150
"""Cells from which on the stack stands beside the rows."""
TWO = 100
"""Cells from which on the source stands beside the stack, where that is below the rows."""
NAME_LEAST = 24
HEADS = 2
"""Lines above the rows: what is shown, and the names of the columns."""
VALUE, STATE, SPARK = 9, 15, 11

GOROUTINE_COLUMNS = (
    ("now", units.COUNT_WIDTH + 1),
    ("growth", units.COUNT_WIDTH + 2),
    ("trend", SPARK),
    ("state", STATE),
    ("longest", 7),
    ("median", 7),
)
MEMORY_COLUMNS = (
    ("in use", VALUE),
    ("growth", VALUE + 1),
    ("a minute", VALUE),
    ("trend", SPARK),
    ("share", units.SHARE_WIDTH + 1),
    ("objects", 8),
)
FIRST_TO_GO = ("median", "objects", "share", "a minute", "trend", "longest", "state")
"""What is left out where there is no room, one after the other."""


@dataclass(frozen=True, slots=True)
class StackPlan:
    """The room of each part, within the frame."""

    rows: Size
    """Of the list, its heads included."""
    stack: Size
    """Of the calls, the lines above them included."""
    source: Size
    """Of the code; without room for it nothing."""
    is_beside: bool
    """The stack stands at the right of the rows, and the source below it."""

    @property
    def row_room(self) -> int:
        """How many rows fit."""
        return max(1, self.rows.height - HEADS)


def stack_plan(inside: Size) -> StackPlan:
    """Share the room."""
    width, height = inside
    if width >= WIDE:
        left = width * 58 // 100
        right = width - left - 1
        upper = height * 55 // 100
        return StackPlan(Size(left, height), Size(right, upper), Size(right, height - upper), True)
    upper = max(HEADS + 3, min(height - 4, height * 48 // 100))
    lower = max(0, height - upper)
    if width >= TWO:
        left = width * 54 // 100
        return StackPlan(Size(width, upper), Size(left, lower), Size(width - left - 1, lower), False)
    return StackPlan(Size(width, upper), Size(width, lower), Size(0, 0), False)


def columns_for(width: int, *, is_memory: bool) -> tuple[tuple[str, int], ...]:
    """The columns that there is room for beside a name."""
    columns = list(MEMORY_COLUMNS if is_memory else GOROUTINE_COLUMNS)
    for name in FIRST_TO_GO:
        if name_room(width, columns) >= NAME_LEAST:
            break
        columns = [column for column in columns if column[0] != name]
    return tuple(columns)


def name_room(width: int, columns: list[tuple[str, int]] | tuple[tuple[str, int], ...]) -> int:
    """Cells of a name beside these columns."""
    return width - 3 - sum(cells + 1 for _, cells in columns)
