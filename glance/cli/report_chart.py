"""Bars and columns out of block characters, for a report that is plain text."""

from __future__ import annotations

from collections.abc import Sequence

EIGHTHS = " ▁▂▃▄▅▆▇█"
PARTS = " ▏▎▍▌▋▊▉█"


def fitted(values: Sequence[int], width: int) -> tuple[list[int], int, int]:
    """Values made to fill at most `width` columns.

    Returns:
        the value of each group of steps, how many steps are in a group, how many columns show one group.
    """
    if not values:
        return [], 1, 1
    steps = -(-len(values) // width)
    groups = [sum(values[at : at + steps]) for at in range(0, len(values), steps)]
    return groups, steps, max(1, width // len(groups))


def column_rows(values: Sequence[int], height: int, wide: int = 1) -> list[str]:
    """Columns of that height in rows of text, the top row first; what is not zero is seen."""
    most = max(values, default=0) or 1
    levels = [max(1, round(value / most * height * 8)) if value > 0 else 0 for value in values]
    return [
        "".join(EIGHTHS[min(8, max(0, level - row * 8))] * wide for level in levels) for row in reversed(range(height))
    ]


def bar(part: float, width: int) -> str:
    """A bar of a share between 0 and 1, as wide as it needs."""
    eighths = max(1, round(part * width * 8)) if part > 0 else 0
    full, rest = divmod(eighths, 8)
    return "█" * full + (PARTS[rest] if rest else "")
