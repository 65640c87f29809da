"""The line that plotext draws through a row of figures, as heights that an area can be made of.

plotext is imported on first use (it takes as long as a whole first paint), has one global figure,
and spends its time in Python once per point, so that only what it does best is asked of it: one
line on a bare canvas, in braille, whose dots are read back as levels. The area is painted in blocks
of eighths, which every terminal and font has.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

LEFT_DOTS = (0x01, 0x02, 0x04, 0x40)
"""Bits of a braille cell's left column, from the top."""
RIGHT_DOTS = (0x08, 0x10, 0x20, 0x80)
BRAILLE = 0x2800

_canvas: list[Any] = []
"""plotext's figure and the marker to draw with, once they are there."""


def is_loaded() -> bool:
    """A chart can be drawn without waiting for an import."""
    return bool(_canvas)


def load() -> None:
    """Import plotext and prepare its figure; takes long, so call it from a thread after the first paint."""
    if _canvas:
        return
    import plotext

    plotext.terminal.limit(False, False)
    figure = plotext.figure
    figure.clear()
    figure.axes(False)
    figure.canvas("default")
    figure.legend(False)
    for axis in (0, 1):
        figure.ruler(axis).ticks([], [])
    _canvas.extend((figure, plotext.marker("braille")))


def heights(values: Sequence[float], width: int, levels: int, top: float) -> list[int]:
    """The line through the values as plotext draws it: its level in each column, 0 to `levels` − 1.

    Args:
        values: equally spaced, from the left edge to the right.
        width: columns.
        levels: steps of height; a multiple of four, at least eight.
        top: the value at the highest level.
    """
    if len(values) < 2 or width < 4:
        return [0] * max(0, width)
    load()
    figure, marker = _canvas
    height, cells = levels // 4, (width + 1) // 2
    figure.clear.data()
    figure.plot_size(cells, height)
    figure.ruler(0).lim(*_limits((len(values) - 1) * (2 * cells - 1) / (width - 1), cells, 0.5 / 2))
    figure.ruler(1).lim(*_limits(top, height, 0.5 / 4))
    signal = figure.signal(range(len(values)), [min(value, top) for value in values], marker=marker)
    figure.draw(signal.lines(True))
    return _contour(figure.build().string(colorless=True).split("\n"), cells, height)[:width]


def levels_of(values: Sequence[float], width: int, levels: int, top: float) -> list[int]:
    """About the same as `heights`, without drawing: for what lies within the area, whose edge nobody follows.

    In each column the line is as high as it gets within half a column to both sides.
    """
    if len(values) < 2 or width < 4:
        return [0] * max(0, width)
    last, most = len(values) - 1, levels - 1
    step = last / (width - 1)
    between = [_on_line(values, min(last, max(0.0, (column - 0.5) * step))) for column in range(width + 1)]
    found = []
    for column in range(width):
        first = math.ceil(max(0.0, (column - 0.5) * step))
        inside = values[first : math.floor((column + 0.5) * step) + 1]
        found.append(min(most, round(max(between[column], between[column + 1], *inside) / top * most)))
    return found


def _on_line(values: Sequence[float], place: float) -> float:
    """The height of the line through the values at a place between two of them."""
    index = int(place)
    rest = place - index
    return values[index] + (values[index + 1] - values[index]) * rest if rest else values[index]


def _limits(top: float, cells: int, inset: float) -> tuple[float, float]:
    """The limits of an axis that put 0 and `top` in the middle of the outermost dots.

    plotext puts a limit in the middle of the outermost cell, which would lose half a cell at either end.

    Args:
        top: the greatest value.
        cells: length of the axis.
        inset: how far the middle of the outermost dot is from the edge, in cells.
    """
    span = top * (cells - 1) / (cells - 2 * inset)
    low = (0.5 - inset) * span / (cells - 1)
    return low, low + span


def _contour(lines: Sequence[str], width: int, height: int) -> list[int]:
    """The highest dot of each column of dots in a canvas of braille."""
    found = [0] * (2 * width)
    seen = [False] * (2 * width)
    for row, text in enumerate(lines[:height]):
        base = 4 * (height - row) - 1
        for x, character in enumerate(text[:width]):
            dots = ord(character) - BRAILLE
            if not 0 < dots < 256:
                continue
            for side, bits in ((2 * x, LEFT_DOTS), (2 * x + 1, RIGHT_DOTS)):
                if seen[side]:
                    continue
                for depth, bit in enumerate(bits):
                    if dots & bit:
                        found[side], seen[side] = base - depth, True
                        break
    return found
