"""How a spread of latencies looks: an area over a logarithmic axis, and the same in one line of a table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.geometry import Size

from glance.domain import units
from glance.domain.latency_board import LatencyRow, Spread
from glance.widgets.drawing import SPARKS, Line, sparkline
from glance.widgets.inks import Inks, shades
from glance.widgets.sheet import Sheet

FINE = 1000
"""In how many parts a cell of a spread is cut where it falls into several columns."""
LABELS_APART = 2


@dataclass(frozen=True, slots=True)
class LogAxis:
    """A logarithmic axis: where it begins and ends, in seconds."""

    start: float
    end: float

    def at(self, seconds: float, width: int) -> int:
        """The column of a latency, 0 to `width` - 1."""
        part = math.log(max(seconds, self.start) / self.start) / math.log(self.end / self.start)
        return max(0, min(width - 1, int(part * width)))


def axis_of(spreads: Sequence[Spread]) -> LogAxis | None:
    """The axis on which all of these have room; None where nothing was measured."""
    known = [spread for spread in spreads if spread.counts]
    if not known:
        return None
    ends = [spread.start * spread.growth ** len(spread.counts) for spread in known]
    return LogAxis(min(spread.start for spread in known), max(ends))


def columns_of(spread: Spread, axis: LogAxis, width: int) -> list[float]:
    """How much falls into each column; what a cell has is shared by the columns that it covers."""
    found = [0.0] * width
    if not spread.counts:
        return found
    per_cell = math.log(spread.growth) / math.log(axis.end / axis.start) * width
    first = math.log(spread.start / axis.start) / math.log(axis.end / axis.start) * width
    for cell, count in enumerate(spread.counts):
        begin, end = first + cell * per_cell, first + (cell + 1) * per_cell
        for column in range(max(0, int(begin)), min(width, math.ceil(end - 1e-9))):
            found[column] += count * max(0.0, min(end, column + 1) - max(begin, column)) / per_cell
    return found


def small_spread(spread: Spread, axis: LogAxis, width: int) -> str:
    """A spread in one line of blocks."""
    return sparkline([round(FINE * value) for value in columns_of(spread, axis, width)], width)


def spread_sheet(row: LatencyRow, axis: LogAxis, size: Size, inks: Inks) -> Sheet:
    """The spread of a row as an area, its percentiles above it and the axis below."""
    sheet = Sheet(size)
    width, height = size.width - 1, size.height - 2
    if height < 1:
        return sheet.fill(inks)
    sheet.add(Line(size.width, inks.ground).put(_marks(row, axis, width), inks.latency))
    values = columns_of(row.spread, axis, width)
    most = max(values, default=0.0)
    ramp = shades(inks.latency)
    for line in range(height):
        floor = 8 * (height - 1 - line)
        text = "".join(_block(value, most, floor, 8 * height) for value in values)
        ink = ramp[(height - 1 - line) * len(ramp) // height]
        sheet.add(Line(size.width, inks.ground).put(text, ink))
    sheet.add(Line(size.width, inks.ground).put(_labels(axis, width), inks.label))
    return sheet.fill(inks)


def _block(value: float, most: float, floor: int, levels: int) -> str:
    """One cell of the area; something is never nothing."""
    level = max(1, round(value / most * levels)) if value > 0 and most > 0 else 0
    eighths = level - floor
    return " " if eighths <= 0 else SPARKS[min(8, eighths) - 1]


def _marks(row: LatencyRow, axis: LogAxis, width: int) -> str:
    """The percentiles at their columns; those that have no room are left out, the median last.

    The name stands at the right of its mark or at the left, that of the median rather at the left.
    """
    text = [" "] * width
    for name, seconds in (("p50", row.p50), ("p99", row.p99), ("p95", row.p95), ("p90", row.p90)):
        if seconds is None:
            continue
        at = axis.at(seconds, width)
        sides = [(f"▾{name}", at), (f"{name}▾", at - len(name))]
        for label, begin in reversed(sides) if name == "p50" else sides:
            around = "".join(text[max(0, begin - 1) : begin + len(label) + 1])
            if begin >= 0 and begin + len(label) <= width and not around.strip():
                text[begin : begin + len(label)] = label
                break
    return "".join(text)


def _labels(axis: LogAxis, width: int) -> str:
    """The powers of ten below the area, and twos and fives where there are few of them."""
    text = [" "] * width
    first, last = math.floor(math.log10(axis.start)), math.ceil(math.log10(axis.end))
    for factors in ((1,), (2, 5)):
        for power in range(first, last + 1):
            for factor in factors:
                _label(text, factor * 10.0**power, axis)
    return "".join(text)


def _label(text: list[str], seconds: float, axis: LogAxis) -> None:
    """Put a label on the axis, where there is room for it."""
    if not axis.start <= seconds <= axis.end:
        return
    label = short(seconds)
    begin = max(0, min(len(text) - cell_len(label), axis.at(seconds, len(text)) - cell_len(label) // 2))
    around = "".join(text[max(0, begin - LABELS_APART) : begin + len(label) + LABELS_APART])
    if not around.strip():
        text[begin : begin + len(label)] = label


def short(seconds: float) -> str:
    """A round latency without needless digits: `1ms`, `20ms`, `5s`."""
    for factor, unit in ((1e-6, "µs"), (1e-3, "ms"), (1.0, "s")):
        if seconds < factor * 999.5 and seconds < 60:
            return f"{seconds / factor:.0f}{unit}"
    return units.duration(seconds)
