"""Pieces that pictures are made of: lines of styled text, frames, sparklines, bars.

Everything is pure. Text that came from outside goes through `clean` here, and only here, on its way
to the screen; lengths are cells of the terminal, not characters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, get_character_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from glance.domain.safe_text import safe_text
from glance.widgets.inks import Inks

SPARKS = "▁▂▃▄▅▆▇█"
LOW_SPARKS = SPARKS[:7]
"""Without the full block, so that sparklines above each other do not run together."""
EIGHTHS = " ▏▎▍▌▋▊▉"
ELLIPSIS = "…"
NOT_UNDERLINED = Style(underline=False)
LOOSE_ENDS = " ,;:·=–—-("
"""What a sentence does not end with where it is cut."""
FILLED = 0.6
"""How much of the room a sentence fills that is cut at a better place."""
SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a picture that can be clicked."""

    y: int
    start: int
    end: int
    action: str
    """What Textual shall run; always ours, never data."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a widget shows: one strip a line, every cell painted."""

    size: Size
    strips: tuple[Strip, ...]
    spots: tuple[Spot, ...] = ()

    def spot_at(self, x: int, y: int) -> Spot | None:
        """The place that a click there hits."""
        for spot in self.spots:
            if spot.y == y and spot.start <= x < spot.end:
                return spot
        return None


class Line:
    """One line being drawn, from left to right, never longer than its width."""

    __slots__ = ("_ground", "_segments", "spots", "width", "x", "y")

    def __init__(self, width: int, ground: Style, y: int = 0) -> None:
        """Start an empty line.

        Args:
            width: cells it will have.
            ground: style of what is not drawn on.
            y: its place in the picture, for clicks.
        """
        self.width = width
        self.x = 0
        self.y = y
        self.spots: list[Spot] = []
        self._ground = ground
        self._segments: list[Segment] = []

    @property
    def room(self) -> int:
        """Cells that are left."""
        return self.width - self.x

    def put(self, text: str, style: Style, action: str = "") -> Line:
        """Draw text of ours; what does not fit is cut. With an action it can be clicked."""
        if self.room <= 0 or not text:
            return self
        length = len(text) if text.isascii() else cell_len(text)
        if length > self.room:
            text = fit_left(text, self.room)
            length = self.room
        bare = text.strip() if style.underline else text
        if 0 < len(bare) < len(text):  # a line below blanks would look like something
            at = text.index(bare)
            plain = style + NOT_UNDERLINED
            parts = (text[:at], plain), (bare, style), (text[at + len(bare) :], plain)
            self._segments += [Segment(part, ink) for part, ink in parts if part]
        else:
            self._segments.append(Segment(text, style))
        if action:
            self.spots.append(Spot(self.y, self.x, self.x + length, action))
        self.x += length
        return self

    def skip(self, cells: int) -> Line:
        """Leave cells empty."""
        return self.put(" " * min(cells, self.room), self._ground)

    def goto(self, x: int) -> Line:
        """Leave everything empty up to a column."""
        return self.skip(x - self.x) if x > self.x else self

    def strip(self) -> Strip:
        """The finished line, filled to its width."""
        self.goto(self.width)
        return Strip(self._segments, self.width)


def clean(text: str, most: int = 512) -> str:
    """Text from outside as it may be shown: the one gate, before any measuring or cutting.

    Variation selectors go too: terminals disagree on the width they give to a character.
    """
    return safe_text(text, most).replace("\ufe0f", "")


def fit_left(text: str, width: int) -> str:
    """Text in exactly `width` cells, aligned left; what is too long loses its right side."""
    length = cell_len(text)
    if length <= width:
        return text + " " * (width - length)
    if width <= 0:
        return ""
    cells = 0
    for index, character in enumerate(text):
        size = get_character_cell_size(character)
        if cells + size > width - 1:
            return text[:index] + ELLIPSIS + " " * (width - 1 - cells)
        cells += size
    return text


def fit_words(text: str, width: int) -> str:
    """A sentence in at most `width` cells: what is too long ends behind a clause or a word, where one fills most."""
    if cell_len(text) <= width:
        return text
    cut = fit_left(text, width).rstrip().removesuffix(ELLIPSIS)
    ends = [cut[: cut.rfind(mark)] for mark in (", ", " · ", " ") if mark in cut]
    if text[len(cut) : len(cut) + 1] == " ":
        ends.append(cut)
    for kept in (end.rstrip(LOOSE_ENDS) for end in ends):
        if cell_len(kept) >= FILLED * width:
            return kept + ELLIPSIS
    return fit_left(text, width).rstrip()


def fit_path(text: str, width: int) -> str:
    """Text in exactly `width` cells, aligned left; what is too long loses its left side, at a `/` if it can."""
    if cell_len(text) <= width:
        return fit_left(text, width)
    if width <= 0:
        return ""
    tail = _tail(text, width - 1)
    slash = tail.find("/")
    if 0 < slash <= len(tail) // 3:
        tail = tail[slash:]
    return fit_left(ELLIPSIS + tail, width)


def _tail(text: str, width: int) -> str:
    """The last characters that fit in `width` cells."""
    cells = 0
    for index in range(len(text) - 1, -1, -1):
        cells += get_character_cell_size(text[index])
        if cells > width:
            return text[index + 1 :].lstrip("\u0300\u0301")
    return text


def fit_right(text: str, width: int) -> str:
    """Text of ours in exactly `width` cells, aligned right."""
    length = cell_len(text)
    return " " * (width - length) + text if length <= width else fit_left(text, width)


def resample(values: Sequence[int], width: int) -> list[int]:
    """The values in `width` columns: the greatest of those that fall together, repeated where there are few."""
    many = len(values)
    if not many or width <= 0:
        return []
    out = []
    for column in range(width):
        start = column * many // width
        end = max(start + 1, (column + 1) * many // width)
        out.append(max(values[start:end]))
    return out


def sparkline(values: Sequence[int], width: int, top: int = 0) -> str:
    """A line of blocks, oldest left, scaled to `top` or the greatest value; nothing is blank."""
    columns = resample(values, width)
    most = max(top, *columns) if columns else 0
    if most <= 0:
        return " " * width
    glyphs = [" " if value <= 0 else LOW_SPARKS[min(6, value * 7 // most)] for value in columns]
    return "".join(glyphs).rjust(width)


def bar(value: float, width: int) -> str:
    """A bar for a part of a whole, 0 to 1, in eighths of a cell; something is never nothing."""
    eighths = round(max(0.0, min(1.0, value)) * width * 8)
    if value > 0:
        eighths = max(1, eighths)
    full, rest = divmod(eighths, 8)
    return ("█" * full + (EIGHTHS[rest] if rest else "")).ljust(width)


def blank(size: Size, inks: Inks) -> Picture:
    """A picture of nothing."""
    strip = Strip.blank(size.width, inks.ground)
    return Picture(size, (strip,) * size.height)


def words(text: str, width: int) -> list[str]:
    """Text of several lines, broken between words; a word longer than a line is cut."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        candidate = f"{line} {word}" if line else word
        if cell_len(candidate) <= width or not line:
            line = candidate
        else:
            lines.append(line)
            line = word
    if line:
        lines.append(line)
    return [one if cell_len(one) <= width else fit_left(one, width) for one in lines]
