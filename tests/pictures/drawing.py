"""A terminal's screen as an SVG picture: text as text, frames and blocks as shapes.

Shapes meet without gaps whatever font the reader has, and the picture is sharp at every size.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape
from itertools import groupby
from typing import TypeVar

import pyte
from pyte.screens import Char

Key = TypeVar("Key")

CELL_WIDTH, CELL_HEIGHT = 8.4, 18.0
FONT_SIZE = 14
BASELINE = 13.2
MARGIN = 12
RADIUS = 8

FONTS = "ui-monospace,'SF Mono','Cascadia Mono','DejaVu Sans Mono',Menlo,Consolas,'Liberation Mono',monospace"

LEFT, RIGHT, UP, DOWN = 1, 2, 4, 8
LINES = {
    "─": LEFT | RIGHT, "│": UP | DOWN, "╭": RIGHT | DOWN, "╮": LEFT | DOWN, "╰": RIGHT | UP, "╯": LEFT | UP,
    "┌": RIGHT | DOWN, "┐": LEFT | DOWN, "└": RIGHT | UP, "┘": LEFT | UP, "├": UP | DOWN | RIGHT,
    "┤": UP | DOWN | LEFT, "┬": LEFT | RIGHT | DOWN, "┴": LEFT | RIGHT | UP, "┼": LEFT | RIGHT | UP | DOWN,
}  # fmt: skip
"""Frame signs by the arms that they have."""
ROUND = "╭╮╰╯"

BLOCKS = {chr(0x2580 + eighths): (0.0, 1 - eighths / 8, 1.0, eighths / 8) for eighths in range(1, 9)}
BLOCKS |= {chr(0x2590 - eighths): (0.0, 0.0, eighths / 8, 1.0) for eighths in range(1, 8)}
BLOCKS |= {"▀": (0.0, 0.0, 1.0, 0.5), "▐": (0.5, 0.0, 0.5, 1.0), "▔": (0.0, 0.0, 1.0, 0.125), "■": (0.1, 0.3, 0.8, 0.4)}
"""Block signs by the part of the cell that they fill: left, top, width, height."""

BRAILLE_DOTS = ((0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3))
"""Column and row of each dot of a braille sign, by its bit."""


@dataclass(slots=True)
class Shapes:
    """What is drawn in each colour: filled areas, and lines."""

    areas: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    lines: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def area(self, colour: str, left: float, top: float, width: float, height: float) -> None:
        """A filled rectangle."""
        self.areas[colour].append(f"M{short(left)} {short(top)}h{short(width)}v{short(height)}h{short(-width)}z")

    def svg(self) -> Iterator[str]:
        """All of them, a path for each colour."""
        for colour, parts in self.areas.items():
            yield f'<path fill="{colour}" shape-rendering="crispEdges" d="{"".join(parts)}"/>'
        for colour, parts in self.lines.items():
            yield f'<path fill="none" stroke="{colour}" d="{"".join(parts)}"/>'


@dataclass(frozen=True, slots=True)
class Cell:
    """One place of the screen."""

    text: str
    ink: str
    ground: str
    is_bold: bool


def picture(screen: pyte.Screen, title: str) -> str:
    """The screen as a picture; `title` is read out to those who cannot see it."""
    rows = [cells_of(screen, number) for number in range(screen.lines)]
    ground = Counter(cell.ground for row in rows for cell in row).most_common(1)[0][0]
    width = screen.columns * CELL_WIDTH + 2 * MARGIN
    height = screen.lines * CELL_HEIGHT + 2 * MARGIN
    grounds, shapes = Shapes(), Shapes()
    texts: list[str] = []
    for number, row in enumerate(rows):
        draw_grounds(grounds, row, number, ground)
        draw_shapes(shapes, row, number)
        texts += text_runs(row, number)
    size = f'viewBox="0 0 {short(width)} {short(height)}" width="{short(width)}" height="{short(height)}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">',
            f"<title>{escape(title)}</title>",
            f'<rect width="100%" height="100%" rx="{RADIUS}" fill="{ground}"/>',
            f'<g transform="translate({MARGIN} {MARGIN})">',
            *grounds.svg(),
            *shapes.svg(),
            f'<g font-family="{FONTS}" font-size="{FONT_SIZE}" style="white-space:pre">',
            *texts,
            "</g></g></svg>\n",
        ]
    )


def cells_of(screen: pyte.Screen, number: int) -> list[Cell]:
    """The cells of a row."""
    row = screen.buffer[number]
    return [cell_of(row[column]) for column in range(screen.columns)]


def cell_of(char: Char) -> Cell:
    """A cell with its true colours."""
    ink, ground = colour(char.fg, "#d8d8d8"), colour(char.bg, "#121212")
    if char.reverse:
        ink, ground = ground, ink
    return Cell(char.data, ink, ground, char.bold)


def colour(name: str, default: str) -> str:
    """A colour as SVG writes it; the program asks for full colours, so names are rare."""
    is_hex = len(name) == 6 and all(digit in "0123456789abcdefABCDEF" for digit in name)
    return f"#{name}" if is_hex else default


def draw_grounds(shapes: Shapes, row: list[Cell], number: int, ground: str) -> None:
    """Backgrounds other than the picture's own."""
    for colour_, first, cells in stretches(row, lambda cell: cell.ground):
        if colour_ != ground:
            shapes.area(colour_, first * CELL_WIDTH, number * CELL_HEIGHT, len(cells) * CELL_WIDTH, CELL_HEIGHT)


def draw_shapes(shapes: Shapes, row: list[Cell], number: int) -> None:
    """Frames, blocks and braille dots; equal neighbours are drawn as one."""
    top = number * CELL_HEIGHT
    for (text, ink), first, cells in stretches(row, lambda cell: (cell.text, cell.ink)):
        if text in BLOCKS:
            left_part, top_part, width, height = BLOCKS[text]
            is_wide = width == 1.0
            for place in (first,) if is_wide else range(first, first + len(cells)):
                shapes.area(
                    ink,
                    (place + left_part) * CELL_WIDTH,
                    top + top_part * CELL_HEIGHT,
                    (len(cells) if is_wide else width) * CELL_WIDTH,
                    height * CELL_HEIGHT,
                )
        elif text == "─":
            middle = short(top + CELL_HEIGHT / 2)
            shapes.lines[ink].append(f"M{short(first * CELL_WIDTH)} {middle}h{short(len(cells) * CELL_WIDTH)}")
        elif text in LINES:
            for place in range(first, first + len(cells)):
                shapes.lines[ink] += arms(text, place * CELL_WIDTH, top)
        elif text and 0x2800 < ord(text[0]) < 0x2900:
            for place in range(first, first + len(cells)):
                draw_braille(shapes, ink, ord(text[0]) - 0x2800, place * CELL_WIDTH, top)


def arms(text: str, left: float, top: float) -> Iterator[str]:
    """The lines of a frame sign."""
    middle, centre = left + CELL_WIDTH / 2, top + CELL_HEIGHT / 2
    ends = {
        LEFT: (left, centre), RIGHT: (left + CELL_WIDTH, centre), UP: (middle, top), DOWN: (middle, top + CELL_HEIGHT),
    }  # fmt: skip
    mine = [ends[arm] for arm in ends if LINES[text] & arm]
    if text in ROUND:
        (x1, y1), (x2, y2) = mine
        yield f"M{short(x1)} {short(y1)}Q{short(middle)} {short(centre)} {short(x2)} {short(y2)}"
        return
    for x, y in mine:
        yield f"M{short(middle)} {short(centre)}L{short(x)} {short(y)}"


def draw_braille(shapes: Shapes, ink: str, bits: int, left: float, top: float) -> None:
    """The dots of a braille sign."""
    for bit, (column, row) in enumerate(BRAILLE_DOTS):
        if bits >> bit & 1:
            shapes.area(ink, left + (column + 0.25) * CELL_WIDTH / 2, top + (row + 0.25) * CELL_HEIGHT / 4, 2.1, 2.3)


def text_runs(row: list[Cell], number: int) -> Iterator[str]:
    """The words of a row. Each run is set to its width, so that columns stand whatever the font is."""
    baseline = short(number * CELL_HEIGHT + BASELINE)
    for (ink, is_bold, kind), first, cells in stretches(row, kind_of):
        if kind != "text":
            continue
        for start, text in words_of("".join(cell.text for cell in cells)):
            weight = ' font-weight="bold"' if is_bold else ""
            x, width = short((first + start) * CELL_WIDTH), short(len(text) * CELL_WIDTH)
            yield f'<text x="{x}" y="{baseline}" fill="{ink}"{weight} textLength="{width}">{escape(text)}</text>'


def kind_of(cell: Cell) -> tuple[str, bool, str]:
    """What makes neighbours one run of text; signs beyond Latin stand alone, for fonts give them any width."""
    is_shape = cell.text in BLOCKS or cell.text in LINES or "\u2800" <= cell.text[:1] < "\u2900"
    return cell.ink, cell.is_bold, "shape" if is_shape else "text"


def words_of(text: str) -> Iterator[tuple[int, str]]:
    """Runs without more than one blank in them, each with its place."""
    place = 0
    for part in text.split("  "):
        word = part.strip(" ")
        if word:
            yield place + part.index(word), word
        place += len(part) + 2


def stretches(row: list[Cell], key: Callable[[Cell], Key]) -> Iterator[tuple[Key, int, list[Cell]]]:
    """Neighbours with the same key, with the column of the first."""
    first = 0
    for value, group in groupby(row, key):
        cells = list(group)
        yield value, first, cells
        first += len(cells)


def short(number: float) -> str:
    """A number with no more than two digits behind the point."""
    return f"{number:.2f}".rstrip("0").rstrip(".")
