"""How requests were answered: a bar for each class of status, with its share and its most frequent codes."""

from __future__ import annotations

from textual.geometry import Size
from textual.strip import Strip

from glance.domain import units
from glance.domain.scene import Scene
from glance.widgets.drawing import Line, Picture, bar, fit_right
from glance.widgets.frame import Frame, Tab, framed
from glance.widgets.inks import Inks, soft
from glance.widgets.panel import Panel
from glance.widgets.progress import empty_words

CLASSES = (2, 3, 4, 5, 1)
LOW_BARS = str.maketrans("█▌", "▄▖")
"""A bar of half the height."""
CODE_WIDTH = 10
"""Cells of a code with its count: `404 8,412 `."""


def status_lines(scene: Scene, size: Size, inks: Inks) -> list[Strip]:
    """A line for each class, with its top codes in it, or below it as far as there is room."""
    hits = scene.totals.hits
    if not hits:
        line = Line(size.width, inks.ground)
        return [line.skip(1).put(empty_words(scene), inks.label).strip()]
    groups = [(digit, _codes(scene, digit)) for digit in CLASSES]
    groups = [(digit, codes) for digit, codes in groups if codes or digit != 1]
    below = _below(groups, size.height - len(groups))
    strips = []
    for digit, codes in groups:
        strips.append(_class_line(digit, codes, hits, size.width, inks, codes_below=bool(below)))
        strips += [_code_line(code, count, hits, size.width, inks) for code, count in codes if code in below]
    return strips


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


def _class_line(
    digit: int, codes: list[tuple[int, int]], hits: int, width: int, inks: Inks, *, codes_below: bool
) -> Strip:
    """Name, share, bar and top codes of a class."""
    count = sum(one for _, one in codes)
    ink = inks.status(digit * 100) if count else inks.label
    line = Line(width, inks.ground)
    line.skip(1).put(f"{digit}xx", ink).skip(1)
    line.put(fit_right(units.share(count / hits), units.SHARE_WIDTH), inks.text if count else inks.label).skip(1)
    line.put(fit_right(units.count(count), units.COUNT_WIDTH), inks.label).skip(2)
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


def _code_line(code: int, count: int, hits: int, width: int, inks: Inks) -> Strip:
    """One code on a line of its own."""
    line = Line(width, inks.ground)
    line.skip(1).put(str(code), inks.label).skip(1)
    line.put(fit_right(units.share(count / hits), units.SHARE_WIDTH), inks.label).skip(1)
    line.put(fit_right(units.count(count), units.COUNT_WIDTH), inks.text).skip(2)
    return line.put(half_bar(count / hits, max(4, line.room - 1)).translate(LOW_BARS), soft(inks.status(code))).strip()


def status_picture(scene: Scene, size: Size, inks: Inks, tabs: tuple[Tab, ...], is_focused: bool) -> Picture:
    """The whole panel of the status mix."""
    lines = status_lines(scene, Size(size.width - 2, size.height - 2), inks)
    return framed(size, Frame(tabs, is_focused), lines, (), inks)


class StatusMix(Panel, can_focus=True):
    """Shares of the status classes."""

    NAME = "status"

    def draw(self, size: Size) -> Picture:
        """The mix of now."""
        return status_picture(self.scene, size, self.inks, self.tabs, self.has_focus)

    def part(self, scene: Scene) -> object:
        """The counts of each status."""
        return (scene.totals.hits, scene.totals.statuses, "" if scene.totals.hits else empty_words(scene))
