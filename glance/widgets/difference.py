"""Which cells of a picture changed, so that only they are sent to the terminal."""

from __future__ import annotations

from rich.cells import get_character_cell_size
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from glance.widgets.drawing import Picture

GAP = 10
"""Unchanged cells that are cheaper to send again than to jump over."""

Cell = tuple[str, Style | None]


def changed_regions(old: Picture, new: Picture) -> list[Region]:
    """The regions in which two pictures of the same size differ, each one line high."""
    regions = []
    for y, (before, after) in enumerate(zip(old.strips, new.strips, strict=True)):
        if before is after or before == after:
            continue
        regions += [Region(start, y, end - start, 1) for start, end in changed_ranges(before, after)]
    return regions


def changed_ranges(before: Strip, after: Strip) -> list[tuple[int, int]]:
    """The ranges of cells in which two strips differ; none begins or ends within a wide character."""
    old, new = _cells(before), _cells(after)
    if len(old) != len(new):
        return [(0, max(len(old), len(new)))]
    ranges: list[tuple[int, int]] = []
    for x, (was, now) in enumerate(zip(old, new, strict=True)):
        if was == now:
            continue
        start, end = _whole(old, new, x)
        if ranges and start - ranges[-1][1] <= GAP:
            ranges[-1] = (ranges[-1][0], end)
        else:
            ranges.append((start, end))
    return ranges


def _whole(old: list[Cell], new: list[Cell], x: int) -> tuple[int, int]:
    """The cell at `x` with the other halves of the characters that were and are there."""
    start, end = x, x + 1
    while start > 0 and (not old[start][0] or not new[start][0]):
        start -= 1
    while end < len(new) and (not old[end][0] or not new[end][0]):
        end += 1
    return start, end


def _cells(strip: Strip) -> list[Cell]:
    """One entry per cell; the second half of a wide character is empty, combining marks go with their base."""
    cells: list[Cell] = []
    for text, style, _ in strip:
        if text.isascii():
            cells += [(character, style) for character in text]
            continue
        for character in text:
            size = get_character_cell_size(character)
            if size == 0 and cells:
                at = next((back for back in range(len(cells) - 1, -1, -1) if cells[back][0]), 0)
                cells[at] = (cells[at][0] + character, cells[at][1])
                continue
            cells.append((character, style))
            cells += [("", style)] * (size - 1)
    return cells
