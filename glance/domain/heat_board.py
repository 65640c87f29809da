"""What the page of heat maps asks, and what it is answered: a grid of counts over time.

Two maps share it. The latency map has steps of the window as columns and latencies as rows, on a logarithmic
axis. The sub-second map (FlameScope's layout) has whole seconds as columns and parts of the second as rows, the
end of the second on top, so that time runs up each column and then to the right.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from glance.domain.page import PageAnswer, PageWish

HeatKind = Literal["latency", "second"]
HeatChoice = Literal["all", "errors", "fine"]
"""Which requests count: all, those answered with 4xx or 5xx, or the others."""

HeatMeasure = Literal["requests", "errors", "p99", "max"]
"""What colours a cell of the sub-second map."""

CHOICES: tuple[HeatChoice, ...] = ("all", "errors", "fine")
MEASURES: tuple[HeatMeasure, ...] = ("requests", "errors", "p99", "max")
PARTS = (10, 25, 50)
"""Into how many rows a second is cut."""

SECOND_MS = 1000


@dataclass(frozen=True, slots=True)
class HeatWish(PageWish):
    """A map that fits."""

    kind: HeatKind = "latency"
    columns: int = 60
    """At most."""
    rows: int = 20
    """At most, of latencies; exactly, of parts of a second."""
    choice: HeatChoice = "all"
    """Of the latency map."""
    measure: HeatMeasure = "requests"
    """Of the sub-second map."""
    start: int | None = None
    """The first second of the sub-second map, since the epoch; None is as late as there are requests."""


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A place in a map."""

    column: int
    row: int
    """From the top."""


@dataclass(frozen=True, slots=True)
class HeatBoard(PageAnswer):
    """A map."""

    start_ms: int = 0
    """Where the first column begins, epoch milliseconds."""
    step_ms: int = SECOND_MS
    """From one column to the next."""
    bounds: tuple[float, ...] = ()
    """What parts the rows, from the top, one more than there are rows; seconds. Each row has its lower bound."""
    hits: tuple[tuple[int, ...], ...] = ()
    """Requests by row, from the top, and column."""
    values: tuple[tuple[float | None, ...], ...] = ()
    """What colours each cell, where it is not the number of requests; None where there is nothing."""
    total: int = 0
    """Requests within the window that the map is about, shown or not."""
    left_out: int = 0
    """Requests within the window that have no place in it: without a latency, or with whole seconds only."""
    first_ms: int | None = None
    """Time of the oldest request that has a place."""
    last_ms: int | None = None
    """Time of the newest one."""
    window_start_ms: int = 0
    window_end_ms: int = 0

    @property
    def columns(self) -> int:
        """Their number."""
        return len(self.hits[0]) if self.hits else 0

    @property
    def rows(self) -> int:
        """Their number."""
        return len(self.hits)

    @property
    def kind(self) -> HeatKind:
        """Which map it is."""
        return self.wish.kind if isinstance(self.wish, HeatWish) else "latency"

    def value(self, cell: HeatCell) -> float | None:
        """What colours a cell; None for nothing."""
        if self.values:
            return self.values[cell.row][cell.column]
        return self.hits[cell.row][cell.column] or None

    def top(self) -> float:
        """The greatest value."""
        known = [value for row in self.values or self.hits for value in row if value is not None]
        return max(known, default=0)

    def peak(self) -> HeatCell | None:
        """The cell with the greatest value, the newest of several; None where the map is empty."""
        best: tuple[float, HeatCell] | None = None
        for row, values in enumerate(self.values or self.hits):
            greatest = max((value for value in values if value is not None), default=0)
            if greatest > 0 and (best is None or greatest >= best[0]):
                column = max(at for at, value in enumerate(values) if value == greatest)
                if best is None or greatest > best[0] or column > best[1].column:
                    best = (greatest, HeatCell(column, row))
        return best[1] if best is not None else None

    def cell_at(self, at_ms: int, level: float) -> HeatCell:
        """The cell of a moment and a height, or the nearest one."""
        column = max(0, min((at_ms - self.start_ms) // self.step_ms, self.columns - 1))
        row = next((row for row in range(self.rows) if level >= self.bounds[row + 1]), self.rows - 1)
        return HeatCell(column, row)

    def level(self, row: int) -> float:
        """A height that lies in a row, whatever other rows there are: the middle between its bounds."""
        upper, lower = self.bounds[row], self.bounds[row + 1]
        if self.kind == "second" or lower <= 0 or upper == math.inf:
            return lower
        return math.sqrt(upper * lower)

    def times(self, column: int) -> tuple[int, int]:
        """When a column begins and ends, within the window; epoch milliseconds."""
        start = self.start_ms + column * self.step_ms
        return max(start, self.window_start_ms), min(start + self.step_ms, self.window_end_ms)
