"""A flame graph, row by row: what it draws is remembered, so that a key draws only the rows that it changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rich.cells import cell_len
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from glance.domain.profiles.flame_cells import NOBODY, Run, Seam, cells_of
from glance.domain.profiles.flame_change import change_words, steps_of
from glance.domain.profiles.flame_layout import CHAIN, EIGHTHS, FRAME, REST, FlameLayout, FlameZoom, lay_out
from glance.domain.profiles.flame_tree import FlameTree
from glance.domain.profiles.frame_label import is_cut_left, label_forms
from glance.widgets import drawing
from glance.widgets.drawing import ELLIPSIS, clean, fit_left
from glance.widgets.frame_inks import Shade, change_ground, frame_ink, ground_of, plain_ink, rest_ground, selected_ink
from glance.widgets.inks import Inks

if TYPE_CHECKING:
    import numpy.typing as npt

LEAST_LABEL = 4
"""Cells of a frame from which on something is written in it."""


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """What is marked in a graph, wherever it is drawn."""

    inks: Inks
    block: int = -1
    """The block with the cursor."""
    name: int = -1
    """The row of the name that is selected; its other frames stand out a little."""
    hits: npt.NDArray[np.bool_] | None = None
    """Of each name: a search found it. None is no search."""


class FlameGraph:
    """One tree, laid out for one zoom and width."""

    def __init__(self, tree: FlameTree, zoom: FlameZoom, cells: int, *, is_chain_open: bool = False) -> None:
        """Lay it out."""
        self.tree = tree
        node = tree.nearest_of(zoom.path)
        below = zoom.below if len(tree.path(node)) == len(zoom.path) else 0
        if below and not any(int(tree.totals[child]) < below for child in tree.children(node)):
            below = 0
        self.layout: FlameLayout = lay_out(tree, node, cells, below=below, is_chain_open=is_chain_open)
        self.steps = steps_of(tree) if tree.is_difference else None
        self._strips: dict[tuple[int, int, int], Strip] = {}
        self._drawn_with: tuple[object, ...] = ()
        self._labels: dict[tuple[int, int], str] = {}
        self._cells: dict[int, list[Run | Seam]] = {}
        """Of the rows that were drawn, by their first block."""
        self._inked: dict[tuple[int, int, bool, bool, bool, bool], Style] = {}

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.layout)

    def strip(self, row: int, marks: Marks) -> Strip:
        """A row as it is drawn."""
        drawn_with = (marks.inks, id(marks.hits))
        if drawn_with != self._drawn_with:
            self._strips.clear()
            self._inked.clear()
            self._drawn_with = drawn_with
        blocks = self.layout.row(row)
        name = marks.name
        if name >= 0:
            nodes = self.layout.nodes[blocks.start : blocks.stop]
            if not bool((self.tree.frames[nodes] == name).any()):
                name = -1
        key = (row, marks.block if marks.block in blocks else -1, name)
        strip = self._strips.get(key)
        if strip is None:
            draw = self._plain_row if marks.inks.is_ansi else self._row
            strip = self._strips[key] = draw(blocks, marks)
        return strip

    # With shades --------------------------------------------------------------------------------

    def _row(self, blocks: range, marks: Marks) -> Strip:
        """A row in eighths of a cell."""
        layout, inks = self.layout, marks.inks
        cells = self._cells.get(blocks.start)
        if cells is None:
            part = slice(blocks.start, blocks.stop)
            lefts, rights = layout.lefts[part].tolist(), layout.rights[part].tolist()
            cells = self._cells[blocks.start] = cells_of(blocks, lefts, rights, layout.cells)
        styles = self._styles(blocks, marks)
        segments: list[Segment] = []
        labelled: set[int] = set()
        lead = 0
        for cell in cells:
            if isinstance(cell, Seam):
                left = inks.ground if cell.left == NOBODY else styles[cell.left]
                right = inks.ground if cell.right == NOBODY else styles[cell.right]
                segments.append(
                    Segment(drawing.EIGHTHS[cell.eighths], Style(color=left.bgcolor, bgcolor=right.bgcolor))
                )
                lead = EIGHTHS - cell.eighths
                continue
            style = inks.ground if cell.block == NOBODY else styles[cell.block]
            text = ""
            if cell.block != NOBODY and cell.block not in labelled:
                labelled.add(cell.block)
                text = self.label(cell.block, cell.width, is_led=lead >= EIGHTHS // 2)
            segments.append(Segment(text.ljust(cell.width) if text.isascii() else fit_left(text, cell.width), style))
            lead = 0
        return Strip(segments, layout.cells)

    def _styles(self, blocks: range, marks: Marks) -> dict[int, Style]:
        """The style of each block of a row."""
        found: dict[int, Style] = {}
        if not len(blocks):
            return found
        layout, frames = self.layout, self.tree.frames
        part = slice(blocks.start, blocks.stop)
        nodes, kinds = layout.nodes[part].tolist(), layout.kinds[part].tolist()
        for number, (block, node, kind) in enumerate(
            zip(blocks, nodes, kinds, strict=True), layout.row_of(blocks.start)
        ):
            if block == marks.block:
                found[block] = selected_ink(marks.inks)
                continue
            name = int(frames[node]) if kind == FRAME else -1
            is_hit = name >= 0 and marks.hits is not None and bool(marks.hits[name])
            is_dimmed = marks.hits is not None and not is_hit
            step = int(self.steps[node]) if self.steps is not None and name >= 0 else 0
            is_namesake = name >= 0 and name == marks.name and not is_dimmed
            key = (name, step, number % 2 > 0, is_dimmed, is_hit, is_namesake)
            style = self._inked.get(key)
            if style is None:
                shade = Shade(number % 2 > 0, is_dimmed, is_hit, is_namesake)
                style = self._inked[key] = frame_ink(marks.inks, self._ground(name, step, marks.inks.theme), shade)
            found[block] = style
        return found

    def _ground(self, name: int, step: int, theme: str) -> ColorTriplet:
        """The ground of a block: by its change, or by whose code it is."""
        if name < 0:
            return rest_ground(theme)
        return ground_of(theme, self.tree.colours[name]) if self.steps is None else change_ground(theme, step)

    # Without --------------------------------------------------------------------------------------

    def _plain_row(self, blocks: range, marks: Marks) -> Strip:
        """A row of boxes, whole cells: `|name  |other|`."""
        layout, tree, inks = self.layout, self.tree, marks.inks
        segments: list[Segment] = []
        at = 0
        for block in blocks:
            left, right = (int(edges[block]) // EIGHTHS for edges in (layout.lefts, layout.rights))
            left, right = max(left, at), min(right, layout.cells)
            if right <= left:
                continue
            if left > at:
                segments.append(Segment(" " * (left - at), inks.ground))
            node, is_frame = int(layout.nodes[block]), int(layout.kinds[block]) == FRAME
            name = int(tree.frames[node])
            is_hit = is_frame and marks.hits is not None and bool(marks.hits[name])
            shade = Shade(False, marks.hits is not None and not is_hit, is_hit, is_frame and name == marks.name)
            change = int(self.steps[node]) if self.steps is not None and is_frame else 0
            style = plain_ink(inks, tree.colours[name] if is_frame else None, change, shade)
            if block == marks.block:
                style = selected_ink(inks)
            end = "|" if right == layout.cells and right - left > 2 else ""
            room = right - left - 1 - len(end)
            segments.append(Segment("|", style if block == marks.block else inks.frame))
            if room > 0:
                segments.append(Segment(fit_left(self.label(block, room, is_led=True), room), style))
            if end:
                segments.append(Segment(end, style if block == marks.block else inks.frame))
            at = right
        if segments and at < layout.cells:
            segments.append(Segment("|", inks.frame))
            at += 1
        segments.append(Segment(" " * (layout.cells - at), inks.ground))
        return Strip(segments, layout.cells)

    # Labels ---------------------------------------------------------------------------------------

    def label(self, block: int, cells: int, *, is_led: bool) -> str:
        """What is written in a block: the longest form of its name that fits.

        Args:
            block: which.
            cells: room.
            is_led: something of it already stands left of this room, so that there need not be a blank.
        """
        layout = self.layout
        kind = int(layout.kinds[block])
        if kind != FRAME:
            return self._many(block, cells)
        if cells < LEAST_LABEL:
            return ""
        node = int(layout.nodes[block])
        lead = "" if is_led else " "
        room = cells - len(lead)
        key = (int(self.tree.frames[node]), room)
        text = self._labels.get(key)
        if text is None:
            text = self._labels[key] = fitting(self.tree.names[key[0]], room)
        if self.tree.is_difference:
            words = change_words(self.tree, node)
            if words and cell_len(text.rstrip()) + len(words) + 2 <= room:
                text = f"{text.rstrip()}  {words}"
        return lead + text

    def _many(self, block: int, cells: int) -> str:
        """What is written in a block of several frames."""
        layout = self.layout
        count = int(layout.counts[block])
        short = f"{ELLIPSIS}{count}"
        if int(layout.kinds[block]) == CHAIN:
            first = int(layout.nodes[block])
            name = clean(label_forms(self.tree.name(first))[-1])
            words = f" {ELLIPSIS} {count} frames, from {name}"
            return next((text for text in (words, f" {ELLIPSIS} {count} frames", short) if cell_len(text) <= cells), "")
        words = f" {ELLIPSIS}{count} small ones"
        is_zoomed = layout.below and block == 0
        options = (words, short) if is_zoomed or cells > 24 else (short,)
        return next((text for text in options if cell_len(text) <= cells), ELLIPSIS if cells == 1 else "")

    def is_many(self, block: int) -> bool:
        """A block stands for several frames."""
        return int(self.layout.kinds[block]) in (REST, CHAIN)


def fitting(name: str, room: int, *, is_bare: bool = True) -> str:
    """The longest form of a name that fits; else the shortest, without the side of it that says least.

    Args:
        name: of a function.
        room: cells.
        is_bare: a method may stand without what it belongs to: in a graph it stands below its callers.
    """
    forms = [clean(form) for form in label_forms(name)]
    if not is_bare and len(forms) > 2:
        forms = forms[:2]
    for form in forms:
        if cell_len(form) <= room:
            return form
    if room < LEAST_LABEL - 1:
        return ""
    least = forms[-1]
    is_left = is_cut_left(least) and (not is_bare or "/" in least)
    return cut_left(least, room) if is_left else fit_left(least, room)


def cut_left(text: str, room: int) -> str:
    """The end of a text that fits."""
    if cell_len(text) <= room:
        return text
    cells, at = 0, len(text)
    while at > 0 and cells + cell_len(text[at - 1]) <= room - 1:
        at -= 1
        cells += cell_len(text[at])
    return ELLIPSIS + text[at:]
