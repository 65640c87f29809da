"""The axes of a chart: round tops, figures that line up, moments that a person can read."""

from __future__ import annotations

import math

from glance.domain import units
from glance.widgets.drawing import fit_right

GUTTER = 6
"""Cells of the labels at the left of a chart."""
EARLY = 2
"""Cells of the gutter that the first label of the clock may use."""
TICKS_SECONDS = (5, 10, 15, 30, 60, 120, 180, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
AXIS_UNITS = ((1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k"), (0.0, 1.0, ""))
"""From which top on the figures of the axis have a unit: factor and name."""
CELLS_A_TICK = 14


def nice_top(value: float) -> float:
    """A round figure at or above a value, for the top of an axis: 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    for step in (1, 1.5, 2, 3, 4, 5, 6, 8, 10):
        if value <= step * power * 1.0001:
            return step * power
    return 10 * power


def axis_label(row: int, height: int, top: float) -> str:
    """The figure at the left of a row: the ends of the axis, its middle, and in a high chart its quarters."""
    parts = 4 if height >= 12 else 2 if height >= 5 else 1
    for part in range(parts + 1):
        if row == round((height - 1) * (1 - part / parts)):
            return fit_right(axis_figures(top, parts)[part], GUTTER - 1)
    return " " * (GUTTER - 1)


def axis_figures(top: float, parts: int) -> list[str]:
    """The figures of an axis from zero up: one unit, and as many decimals on all as they need and there is room."""
    if top < 0.01:
        return [units.rate(top * part / parts) for part in range(parts + 1)]
    factor, unit = next((factor, unit) for least, factor, unit in AXIS_UNITS if top >= least)
    values = [top * part / parts / factor for part in range(parts + 1)]
    figures: list[str] = []
    for decimals in range(4):
        candidate = [f"{value:,.{decimals}f}{unit if value else ''}" for value in values]
        if figures and max(len(figure) for figure in candidate) >= GUTTER:
            break
        figures = candidate
        if all(math.isclose(value, round(value, decimals), rel_tol=1e-6) for value in values):
            break
    return figures


def tick_seconds(seconds: float, room: int) -> int:
    """How far apart the labels are."""
    most = max(1, room // CELLS_A_TICK)
    for candidate in TICKS_SECONDS:
        if seconds / candidate <= most:
            return candidate
    return 86400 * math.ceil(seconds / 86400 / most)


def ticks(start: float, seconds: float, room: int) -> list[float]:
    """The moments that are labelled: whole minutes, hours or days of the local time."""
    apart = tick_seconds(seconds, room)
    offset = units.day_offset(start)
    first = math.ceil((start + offset) / apart) * apart - offset
    return [first + index * apart for index in range(int((start + seconds - first) // apart) + 1)]


def clock_line(start: float, seconds: float, room: int, marks: dict[int, str] | None = None) -> str:
    """The labels of a time axis, around marks that stand in it already; `EARLY` cells longer than the axis.

    Args:
        start: the moment at its left end.
        seconds: from there to its right end.
        room: cells of the axis.
        marks: signs by cell of the axis.
    """
    text = [" "] * (EARLY + room)
    for x, mark in (marks or {}).items():
        text[EARLY + x] = mark
    if seconds <= 0 or room < 2:
        return "".join(text)
    apart = tick_seconds(seconds, room)
    for at in ticks(start, seconds, room):
        label = units.tick(at, apart)
        x = EARLY + round((at - start) / seconds * (room - 1)) - len(label) // 2
        around = "".join(text[max(0, x - 1) : x + len(label) + 1])
        if x >= 0 and x + len(label) <= len(text) and not around.strip():
            text[x : x + len(label)] = label
    return "".join(text)
