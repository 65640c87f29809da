"""How requests were answered: a bar for each class of status, with its share and its most frequent codes."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip

from glance.domain import units
from glance.domain.scene import Scene
from glance.widgets.change_drawing import CHANGE_WIDTH, count_change
from glance.widgets.drawing import Line, Picture, bar, fit_right
from glance.widgets.frame import Frame, Tab, framed
from glance.widgets.inks import Inks, soft
from glance.widgets.listing import Listing
from glance.widgets.progress import empty_words

CLASSES = (2, 3, 4, 5, 1)
LOW_BARS = str.maketrans("█▌", "▄▖")
"""A bar of half the height."""
BARS = frozenset("█▌▄▖▏▎▍▋▊▉")
LEAST_COMPARED = 34
"""Cells from which on there is room for changes beside a bar."""
Change = tuple[str, Style] | None
CODE_WIDTH = 10
"""Cells of a code with its count: `404 8,412 `."""


def status_lines(scene: Scene, size: Size, inks: Inks, cursor: int | None = None) -> list[Strip]:
    """A line for each class, with its top codes in it, or below it as far as there is room."""
    hits = scene.totals.hits
    if not hits:
        line = Line(size.width, inks.ground)
        return [line.skip(1).put(empty_words(scene), inks.label).strip()]
    rows = status_rows(scene, size.height)
    has_codes = any(row >= 100 for row in rows)
    counts = dict(scene.totals.statuses)
    strips = []
    for row in rows:
        change = status_change(scene, row, inks) if size.width >= LEAST_COMPARED else None
        if row >= 100:
            strip = _code_line(row, counts[row], hits, size.width, inks, change=change)
        else:
            strip = _class_line(row, _codes(scene, row), hits, size.width, inks, change=change, codes_below=has_codes)
        strips.append(_selected(strip, size.width, inks) if row == cursor else strip)
    return strips


def status_change(scene: Scene, row: int, inks: Inks) -> Change:
    """How far a class, by its digit, or a code is from what it was; None while nothing is compared.

    More errors are bad; of other answers more is neither good nor bad.
    """
    comparison = scene.comparison
    if comparison is None or not comparison.is_ready or comparison.statuses is None:
        return None
    now, then = (
        sum(hits for code, hits in statuses if row in (code, code // 100))
        for statuses in (scene.totals.statuses, comparison.statuses)
    )
    status = row if row >= 100 else 100 * row
    return count_change(now, then, comparison.scale, inks.status(status) if status >= 400 else inks.text, inks)


def status_rows(scene: Scene, height: int) -> tuple[int, ...]:
    """What stands on each line: the digit of a class, or a code."""
    if not scene.totals.hits:
        return ()
    groups = [(digit, _codes(scene, digit)) for digit in CLASSES]
    groups = [(digit, codes) for digit, codes in groups if codes or digit != 1]
    empty = [group for group in groups if not group[1]]
    for group in empty[: max(0, len(groups) - height)]:
        groups.remove(group)
    below = _below(groups, height - len(groups))
    rows: list[int] = []
    for digit, codes in groups:
        rows += [digit, *(code for code, _ in codes if code in below)]
    return tuple(rows)


def _selected(strip: Strip, width: int, inks: Inks) -> Strip:
    """A line with the cursor on it; a bar, which would vanish where that is inverse, is left as it is there."""
    segments: list[Segment] = []
    parts = list(strip.crop(1))
    at = next((at for at, part in enumerate(parts) if BARS & set(part.text)), len(parts))
    if inks.is_plain and at < len(parts):  # it is as light as what is inverse, so all from the gap before it on is left
        parts, kept = parts[: at - 1], parts[at - 1 :]
    else:
        kept = []
    for text, style, _ in parts:
        bare = text.rstrip() if inks.is_ansi and BARS & set(text) else ""
        segments.append(Segment(bare, style))
        segments.append(Segment(text[len(bare) :], inks.selected(style or inks.ground)))
    segments = [segment for segment in (*segments, *kept) if segment.text]
    return Strip([Segment("▌", inks.selected(inks.focus)), *segments], width)


def _below(groups: list[tuple[int, list[tuple[int, int]]]], room: int) -> set[int]:
    """The codes that get a line: the first of each class, then the second of each, while there is room."""
    if room < len([codes for _, codes in groups if codes]):
        return set()
    deepest = max(len(codes) for _, codes in groups)
    order = [codes[rank][0] for rank in range(deepest) for _, codes in groups if rank < len(codes)]
    return set(order[:room])


def _codes(scene: Scene, digit: int) -> list[tuple[int, int]]:
    """The codes of a class, most frequent first."""
    codes = [(code, count) for code, count in scene.totals.statuses if code // 100 == digit]
    return sorted(codes, key=lambda item: (-item[1], item[0]))


def _put_change(line: Line, change: Change) -> None:
    """A change in a column of its own."""
    if change is not None:
        line.put(fit_right(change[0], CHANGE_WIDTH), change[1]).skip(2)


def _class_line(
    digit: int, codes: list[tuple[int, int]], hits: int, width: int, inks: Inks, *, change: Change, codes_below: bool
) -> Strip:
    """Name, share, bar and top codes of a class."""
    count = sum(one for _, one in codes)
    ink = inks.status(digit * 100) if count else inks.label
    line = Line(width, inks.ground)
    line.skip(1).put(f"{digit}xx", ink).skip(1)
    line.put(fit_right(units.share(count / hits), units.SHARE_WIDTH), inks.text if count else inks.label).skip(1)
    line.put(fit_right(units.count(count), units.COUNT_WIDTH), inks.label).skip(2)
    _put_change(line, change)
    listed = 0 if codes_below else min(len(codes), max(0, (line.room - 8) // CODE_WIDTH), 4)
    room = line.room - 1 if codes_below else line.room - 1 - CODE_WIDTH * max(0, min(4, (line.room - 8) // CODE_WIDTH))
    draw = half_bar if codes_below else bar
    line.put(draw(count / hits, max(4, room)), ink)
    for code, one in codes[:listed]:
        line.skip(1).put(str(code), ink).skip(1).put(units.count(one).ljust(units.COUNT_WIDTH), inks.label)
    return line.strip()


def half_bar(value: float, width: int) -> str:
    """A bar in halves of a cell, the finest of which there is a low one: classes and their codes on one scale."""
    halves = round(max(0.0, min(1.0, value)) * width * 2)
    full, rest = divmod(max(1, halves) if value > 0 else 0, 2)
    return ("█" * full + "▌" * rest).ljust(width)


def _code_line(code: int, count: int, hits: int, width: int, inks: Inks, *, change: Change) -> Strip:
    """One code on a line of its own."""
    line = Line(width, inks.ground)
    line.skip(1).put(str(code), inks.label).skip(1)
    line.put(fit_right(units.share(count / hits), units.SHARE_WIDTH), inks.label).skip(1)
    line.put(fit_right(units.count(count), units.COUNT_WIDTH), inks.text).skip(2)
    _put_change(line, change)
    return line.put(half_bar(count / hits, max(4, line.room - 1)).translate(LOW_BARS), soft(inks.status(code))).strip()


def status_picture(
    scene: Scene, size: Size, inks: Inks, tabs: tuple[Tab, ...], is_focused: bool, *, cursor: int | None = None
) -> Picture:
    """The whole panel of the status mix."""
    lines = status_lines(scene, Size(size.width - 2, size.height - 2), inks, cursor if is_focused else None)
    return framed(size, Frame(tabs, is_focused), lines, (), inks)


class StatusMix(Listing):
    """Shares of the status classes."""

    NAME = "status"
    HAS_CHIPS = True

    def __init__(self) -> None:
        """Start on the worst that happens."""
        super().__init__()
        self._is_moved = False

    def names(self, scene: Scene) -> Sequence[Hashable]:
        """Classes and codes, as they stand on the lines."""
        return status_rows(scene, self.size.height - 2)

    def follow(self, scene: Scene) -> None:
        """Keep a cursor that was moved on its name; else it stands on the worst class that there is."""
        if not self._is_moved:
            bad = [digit for digit in (5, 4) if _codes(scene, digit)]
            self.cursor = bad[0] if bad else next(iter(self.names(scene)), None)
            self._index = 1  # of no meaning until it is moved, but not the top
        super().follow(scene)

    def select(self, index: int) -> None:
        """Put the cursor on a row, by hand."""
        self.follow(self.scene)
        self._is_moved = True
        super().select(index)

    def action_move(self, rows: int) -> None:
        """Move the cursor."""
        self.follow(self.scene)
        super().action_move(rows)

    def row_at(self, y: int) -> int | None:
        """The row at a line of the panel."""
        return y - 1 if 0 < y <= len(self.names(self.scene)) else None

    def is_row(self, y: int) -> bool:
        """A class or a code stands at a line of the panel."""
        return self.row_at(y) is not None

    def chip(self) -> str:
        """The class or the code with the cursor."""
        self.follow(self.scene)
        if not isinstance(self.cursor, int):
            return ""
        return f"status={self.cursor}" if self.cursor >= 100 else f"status:{self.cursor}xx"

    def draw(self, size: Size) -> Picture:
        """The mix of now."""
        self.follow(self.scene)
        cursor = self.cursor if isinstance(self.cursor, int) else None
        return status_picture(self.scene, size, self.inks, self.tabs, self.has_focus, cursor=cursor)

    def part(self, scene: Scene) -> object:
        """The counts of each status, and what they were."""
        compared = None if scene.comparison is None else (scene.comparison.statuses, scene.comparison.scale)
        words = "" if scene.totals.hits else empty_words(scene)
        return (scene.totals.hits, scene.totals.statuses, words, compared)
