"""The source of a suspect: its lines with what each counts for as heat, the suspected one marked."""

from __future__ import annotations

from rich.style import Style
from textual.geometry import Size

from glance.domain.flame_board import SourceRow, SourceView
from glance.domain.profiles.measurement import label
from glance.domain.suspect_board import SuspectBoard, SuspectRow
from glance.widgets.code_drawing import FAINT, indent_of, put_code
from glance.widgets.drawing import Line, bar, clean, fit_path, fit_right
from glance.widgets.inks import Inks, faded
from glance.widgets.sheet import Sheet

NUMBER = 5
VALUE = 9
HEAT = 5
LEAST_CODE = 40


def source_sheet(row: SuspectRow, board: SuspectBoard, where: tuple[Size, int], inks: Inks) -> Sheet:
    """Its place, and as many of its lines as fit.

    Args:
        row: the suspect.
        board: has the source.
        where: the room, and how far the source is scrolled.
        inks: how it looks.
    """
    size, moved = where
    sheet = Sheet(size)
    source = board.source if board.source is not None and board.source.function == row.function else None
    place = clean(source.path if source is not None and source.path else row.file, 400)
    line = Line(size.width, inks.ground).skip(2)
    if place:
        written = f"{place}:{row.line}" if row.line else place
        line.put(fit_path(written, min(len(written), size.width - 3)), inks.label)
    else:
        line.put("the profile does not tell its place", inks.label)
    sheet.add(line)
    if source is None:
        if place:
            sheet.add(Line(size.width, inks.ground).skip(2).put("looking for the source …", inks.label))
        return sheet
    if source.note:
        sheet.add(Line(size.width, inks.ground).skip(2).put(clean(source.note, 200), inks.label))
    _lines(sheet, row, source, moved, inks)
    return sheet


def first_line(row: SuspectRow, source: SourceView, room: int, moved: int) -> int:
    """The place of the line that is shown first: the suspected one stands in the middle, unless it was scrolled."""
    at = next((place for place, one in enumerate(source.rows) if one.number == row.line), 0)
    first = max(0, min(at - room // 2, len(source.rows) - room))
    return max(0, min(first + moved, len(source.rows) - room))


def _lines(sheet: Sheet, row: SuspectRow, source: SourceView, moved: int, inks: Inks) -> None:
    """Lines of the source."""
    room = max(0, sheet.size.height - len(sheet.lines))
    first = first_line(row, source, room, moved)
    indent = indent_of(source.rows)
    most = max((one.cum for one in source.rows), default=0)
    for one in source.rows[first : first + room]:
        sheet.add(_line(one, indent, (row, most, bool(source.path)), sheet.size.width, inks))


def _line(one: SourceRow, indent: int, about: tuple[SuspectRow, int, bool], width: int, inks: Inks) -> Line:
    """One line: its heat, its number, what it counts for, the code."""
    row, most, has_code = about
    is_it = one.number == row.line and row.line > 0

    def ink(style: Style) -> Style:
        return inks.selected(style) if is_it else style

    line = Line(width, ink(inks.ground))
    grave = inks.server_error if row.is_fault else inks.client_error
    line.put("▶" if is_it else " ", ink(grave if is_it else inks.ground))
    number = fit_right(str(one.number) if one.number else "?", NUMBER)
    line.put(number + " ", ink(inks.focus if is_it else faded(inks.label, FAINT)))
    if width >= NUMBER + VALUE + LEAST_CODE:
        value = label(one.cum, row.unit) if row.unit not in ("", "count") else f"{one.cum:,}"
        line.put(fit_right(value if one.cum else "", VALUE), ink(inks.text))
    if width >= NUMBER + VALUE + HEAT + LEAST_CODE:
        heat = bar(one.cum / most, HEAT) if one.cum and most else " " * HEAT
        line.skip(1).put(heat, ink(inks.client_error if one.cum * 2 < most else inks.server_error))
    line.skip(2)
    if has_code:
        put_code(line, one, indent, inks, cursor=is_it)
    return line
