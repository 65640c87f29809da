"""What a selection in a heat map is filtered by: exactly the records of the selected cells."""

from __future__ import annotations

import math

from glance.domain.heat_board import SECOND_MS, HeatBoard, HeatCell
from glance.domain.logs.filter_time import stretch_text

_UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "us"))


def heat_chip(board: HeatBoard, one: HeatCell, other: HeatCell) -> str:
    """The chips of a selection between two cells.

    In the latency map that is a rectangle; in the sub-second map all the time from one cell to the other.
    """
    if board.kind == "second":
        start_ms, end_ms = second_span(board, one, other)
        return f"time={stretch_text(start_ms, end_ms)}"
    left, right = sorted((one.column, other.column))
    upper, lower = sorted((one.row, other.row))
    start_ms, end_ms = board.times(left)[0], board.times(right)[1]
    chips = [f"time={stretch_text(start_ms, end_ms)}"]
    least, most = board.bounds[lower + 1], board.bounds[upper]
    if least > 0:
        chips.append(f"latency>={latency_text(least)}")
    if most < math.inf:
        chips.append(f"latency<{latency_text(most)}")
    return " ".join(chips)


def second_span(board: HeatBoard, one: HeatCell, other: HeatCell) -> tuple[int, int]:
    """When a selection of the sub-second map begins and ends, within the window; epoch milliseconds."""
    first, last = sorted(_rank(board, cell) for cell in (one, other))
    part_ms = SECOND_MS // board.rows
    start_ms, end_ms = board.start_ms + first * part_ms, board.start_ms + (last + 1) * part_ms
    return max(start_ms, board.window_start_ms), min(end_ms, board.window_end_ms)


def _rank(board: HeatBoard, cell: HeatCell) -> int:
    """The place of a cell in the order of time."""
    return cell.column * board.rows + board.rows - 1 - cell.row


def selected(board: HeatBoard, one: HeatCell, other: HeatCell, cell: HeatCell) -> bool:
    """Whether a cell lies in the selection between two."""
    if board.kind == "second":
        first, last = sorted((_rank(board, one), _rank(board, other)))
        return first <= _rank(board, cell) <= last
    left, right = sorted((one.column, other.column))
    upper, lower = sorted((one.row, other.row))
    return left <= cell.column <= right and upper <= cell.row <= lower


def latency_text(seconds: float) -> str:
    """A bound of a row, as a filter reads it: `21.5ms`."""
    factor, unit = next((pair for pair in _UNITS if seconds >= pair[0] * 0.9995), _UNITS[-1])
    figure = f"{seconds / factor:.3g}" if seconds / factor < 1000 else f"{seconds / factor:.0f}"
    return figure + unit
