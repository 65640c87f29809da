"""The line under the header that says what is filtered by: a chip for each thing that must hold."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rich.cells import cell_len
from rich.style import Style
from textual.geometry import Size
from textual.reactive import reactive

from glance.domain import units
from glance.domain.scene import Scene
from glance.widgets.drawing import Line, Picture, clean, fit_left, fit_path
from glance.widgets.inks import Inks, soft
from glance.widgets.panel import Panel
from glance.widgets.progress import sifting_words

MOST_CHIP = 48
"""Cells of one chip's text."""
LEAST_CHIP = 12
ROOMY = 60
"""Cells from which on there is room for more than chips and a count."""
_STATUS = re.compile(r"status[:=]([1-5])")


@dataclass(frozen=True, slots=True)
class Trail:
    """The chips that are on, the oldest first."""

    text: str = ""
    """All of them, as a filter is written."""
    chips: tuple[str, ...] = ()
    """Each as a person reads it."""
    is_typed: bool = False
    """Another one is typed, and shown meanwhile."""


def matched_words(scene: Scene, text: str) -> str:
    """How many of how many, once the scene answers this filter: `1,234 of 56,789  2.2%`."""
    if scene.view.filter != text or scene.matched is None:
        return "counting …"
    if scene.sifting is not None:
        return f"{units.exact(scene.matched)} so far · {sifting_words(scene)}"
    about = "~" if scene.totals.is_approximate else ""
    of = max(scene.matched_of, scene.matched)
    share = f"  {units.share(scene.matched / of)}" if scene.matched else ""
    return f"{about}{units.exact(scene.matched)} of {units.exact(of)}{share}"


def count_ink(scene: Scene, text: str, inks: Inks) -> Style:
    """The colour of how many match: nothing is worth a look, what is not known yet is not."""
    if scene.view.filter != text or scene.matched is None:
        return inks.label
    return inks.client_error if not scene.matched else inks.text


def filter_line_picture(scene: Scene, trail: Trail, size: Size, inks: Inks) -> Picture:
    """The chips, the last ones whole where there is no room for all, and the count at the right."""
    line = Line(size.width, inks.ground)
    count = "" if trail.is_typed else matched_words(scene, trail.text)
    if size.width >= ROOMY:
        line.skip(1).put("filter", inks.focus, "screen.filter_text").skip(1)
    else:
        count = count.partition("  ")[0]
    first, widths = _fitting(trail.chips, line.room - cell_len(count) - 2)
    if first:
        line.skip(1).put(f"+{first}", inks.label, "screen.filter_text")
    for index in range(first, len(trail.chips)):
        _put_chip(line, trail.chips[index], widths[index - first], index, inks)
    line.goto(size.width - cell_len(count) - 1)
    line.put(count, count_ink(scene, trail.text, inks))
    return Picture(size, (line.strip(),) * size.height, tuple(line.spots))


def _fitting(chips: tuple[str, ...], room: int) -> tuple[int, list[int]]:
    """The first chip that is shown, and how wide the texts of these are: the last chips say most."""
    for first in range(len(chips)):
        shown = chips[first:]
        left = room - (4 if first else 0)
        widths = [min(MOST_CHIP, cell_len(clean(chip))) for chip in shown]
        while sum(widths) + 5 * len(shown) > left and max(widths) > LEAST_CHIP:
            widths[widths.index(max(widths))] -= 1
        if sum(widths) + 5 * len(shown) <= left:
            return first, widths
    return max(0, len(chips) - 1), [max(4, room - 9)]


def _put_chip(line: Line, chip: str, width: int, index: int, inks: Inks) -> None:
    """One chip: a click on its text drops those behind it, one on its cross drops it alone."""
    text = clean(chip)
    ink = chip_ink(text, inks) + inks.bar
    head, value = _cut(text)
    is_path = "/" in value and cell_len(head) + 4 < width
    text = head + fit_path(value, width - cell_len(head)).rstrip() if is_path else fit_left(text, width)
    line.skip(1).put(" ", ink).put(text, ink, f"screen.drop_after({index})")
    line.put(" ✕ ", soft(inks.label) + inks.bar, f"screen.drop_filter({index})")


def _cut(chip: str) -> tuple[str, str]:
    """Field with operator, and value of a chip."""
    found = re.match(r"-?\(?[a-z]+[=:~<>]+", chip)
    return (found[0], chip[found.end() :]) if found else ("", chip)


def chip_ink(text: str, inks: Inks) -> Style:
    """The colour of what a chip asks for: that of its status, else that of text."""
    found = _STATUS.match(text)
    return inks.status(int(found[1]) * 100) if found else inks.text


class FilterLine(Panel, can_focus=False):
    """What is filtered by."""

    NAME = "filter-line"

    trail: reactive[Trail] = reactive(Trail(), repaint=False, init=False)

    def draw(self, size: Size) -> Picture:
        """The chips of now."""
        return filter_line_picture(self.scene, self.trail, size, self.inks)

    def part(self, scene: Scene) -> object:
        """How many match."""
        return (matched_words(scene, self.trail.text), scene.matched)

    def watch_trail(self) -> None:
        """Show other chips."""
        self.redraw()
