"""What a row of the page of errors is filtered by: exactly the requests that it counts."""

from __future__ import annotations

from glance.domain.error_board import ErrorBoard, ErrorName, ErrorRow
from glance.domain.logs.chip import chip_of, chips_of
from glance.widgets.error_names import Part

NOISE = "noise=scanner"


def error_chips(board: ErrorBoard, row: ErrorRow, part: Part, name: ErrorName | None, text: str) -> str:
    """The chips of a status, and of one of its routes, paths or clients; those that the filter has are left out.

    Args:
        board: what the page shows.
        row: the status.
        part: the list that `name` is of.
        name: None for the status alone.
        text: the filter that is on.

    Raises:
        FilterError: it cannot be filtered by.
    """
    kinds = {other.kind for other in board.rows if other.status == row.status}
    chips = [f"status={row.status}"]
    if row.kind == "probe":
        chips.append(NOISE)
    elif "probe" in kinds:
        chips.append(f"-{NOISE}")
    if row.kind == "storm" and part != "clients":
        chips.append(f"({_anyone(board)})")
    elif row.kind == "error" and "storm" in kinds:
        chips.append(f"-({_anyone(board)})")
    if name is not None and part == "targets":
        chips.append(chip_of("paths" if row.are_paths else "routes", name.raw))
    elif name is not None:
        chips.append(chip_of("clients", name.raw))
    wanted = chips_of(" ".join(chips))
    there = chips_of(text)
    return " ".join(chip for chip in wanted if chip not in there)


def _anyone(board: ErrorBoard) -> str:
    """Asks for any of the clients that make storms."""
    return " | ".join(chip_of("clients", client) for client in board.stormers)
