"""A sheet: lines that are drawn below each other, with what can be clicked; sheets stand below or beside each other."""

from __future__ import annotations

from dataclasses import dataclass, field

from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip

from glance.widgets.drawing import Line, Spot
from glance.widgets.inks import Inks


@dataclass(slots=True)
class Sheet:
    """Some lines of one width."""

    size: Size
    lines: list[Strip] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)

    def add(self, line: Line) -> None:
        """One more line."""
        self.spots += [Spot(len(self.lines), spot.start, spot.end, spot.action) for spot in line.spots]
        self.lines.append(line.strip())

    def put_below(self, other: Sheet) -> None:
        """Another sheet, below what is there."""
        moved = len(self.lines)
        self.spots += [Spot(spot.y + moved, spot.start, spot.end, spot.action) for spot in other.spots]
        self.lines += other.lines

    def fill(self, inks: Inks) -> Sheet:
        """Empty lines up to its height; what is beyond it goes."""
        self.lines += [Strip.blank(self.size.width, inks.ground)] * (self.size.height - len(self.lines))
        del self.lines[self.size.height :]
        return self


def rule(line: Line, inks: Inks, keep: int = 0) -> Line:
    """A thin line behind a title, up to so many cells before the end."""
    cells = line.room - keep - 2
    return line.skip(1).put("─" * cells, inks.frame).skip(1) if cells > 1 else line.skip(cells + 2)


def beside(left: Sheet, right: Sheet, inks: Inks, *, has_line: bool) -> Sheet:
    """Two sheets of one height side by side, with a line between them or without."""
    start, height = left.size.width + 1, left.size.height
    gap = Strip([Segment("│" if has_line else " ", inks.frame if has_line else inks.ground)], 1)
    lines = [
        Strip.join([one, gap, other]) for one, other in zip(left.fill(inks).lines, right.fill(inks).lines, strict=True)
    ]
    moved = [Spot(spot.y, spot.start + start, spot.end + start, spot.action) for spot in right.spots]
    return Sheet(Size(start + right.size.width, height), lines, left.spots + moved)
