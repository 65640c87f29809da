"""The chosen stack: how it grew, what its goroutines do, all of its calls, and the source of one of them."""

from __future__ import annotations

from itertools import pairwise

from rich.cells import cell_len
from rich.style import Style
from textual.geometry import Size

from glance.domain import units
from glance.domain.stack_board import Doing, StackBoard, StackFrame, StackRow
from glance.widgets.drawing import Line, clean, fit_left, words
from glance.widgets.flame_graph import cut_left, fitting
from glance.widgets.inks import Inks, faded
from glance.widgets.sheet import Sheet, rule
from glance.widgets.stack_state import StackState, frame_at

NUMBER = 5
"""Width of the number of a line."""
MOST_STATES = 4


def stack_sheet(row: StackRow, state: StackState, size: Size, inks: Inks) -> Sheet:
    """How it grew, in words, and its calls, the leaf first."""
    sheet = Sheet(size)
    if size.height < 2:
        return sheet.fill(inks)
    sheet.add(_title(row, size.width, inks))
    for text, style in _told(row, inks):
        for part in words(text, size.width - 2)[: 2 if size.height > 8 else 1]:
            sheet.add(Line(size.width, inks.ground).skip(1).put(part, style))
    room = size.height - len(sheet.lines)
    chosen = frame_at(row, state)
    first = first_frame(len(row.frames), chosen, room)
    for at in range(first, min(len(row.frames), first + room)):
        sheet.add(_call(row.frames[at], size.width, inks, is_chosen=at == chosen, has_keys=state.part == "stack"))
    return sheet.fill(inks)


def first_frame(many: int, chosen: int, room: int) -> int:
    """The first call that is seen: the chosen one, and as many above as can be."""
    return max(0, min(chosen - max(0, room - 2), many - room)) if many > room else 0


def told_lines(row: StackRow, size: Size, inks: Inks) -> int:
    """Lines above the calls, the title included."""
    most = 2 if size.height > 8 else 1
    return 1 + sum(len(words(text, size.width - 2)[:most]) for text, _ in _told(row, inks))


def _title(row: StackRow, width: int, inks: Inks) -> Line:
    line = Line(width, inks.ground).skip(1).put("stack", inks.text)
    line.put(f" of {units.counted(len(row.frames), 'call')}, the leaf first", inks.label)
    return rule(line, inks, 1)


def _told(row: StackRow, inks: Inks) -> list[tuple[str, Style]]:
    """Sentences about a stack."""
    ink = {"rising": inks.server_error, "more": inks.client_error, "less": inks.success}.get(row.standing, inks.label)
    found = [(growth_words(row), ink)]
    if row.doing is not None:
        found += [(text, inks.label) for text in doing_words(row.doing)]
    return found


def growth_words(row: StackRow) -> str:
    """How it grew, and whether any of its goroutines ended."""
    ended = row.doing.ended if row.doing is not None else None
    text = clean(row.words, 400)
    if ended is not None:
        gone, known = ended
        text += f"; {'none' if not gone else f'{gone:,}'} of {known:,} ended since states were asked first"
    if row.standing == "rising" and row.doing is not None:
        has_fallen = any(later < earlier for earlier, later in pairwise(row.values))
        text += ": it grows" if has_fallen else ": it looks like a leak"
    return text


def doing_words(doing: Doing) -> list[str]:
    """States, waiting times, and who started them."""
    states = ", ".join(f"{units.exact(many)} {clean(state, 40)}" for state, many in doing.states[:MOST_STATES])
    if not doing.is_told:
        return [f"{states}, as the stack tells"] if states else []
    if doing.longest_minutes:
        states += f"; the longest waits {doing.longest_minutes:,} min, the median {doing.median_minutes:,.15g} min"
    else:
        states += "; none waits a minute yet"
    if doing.locked:
        states += f"; {units.exact(doing.locked)} locked to a thread"
    found = [states]
    for frame, many in doing.creators[:2]:
        of_them = f"{units.exact(many)} " if len(doing.creators) > 1 else ""
        found.append(f"{of_them}created by {clean(frame.name, 200)} {place(frame)}".rstrip())
    return found


def place(frame: StackFrame) -> str:
    """File and line, short."""
    if not frame.file:
        return ""
    short = "/".join(clean(frame.file).rsplit("/", 2)[-2:])
    return f"{short}:{frame.line}" if frame.line else short


def _call(frame: StackFrame, width: int, inks: Inks, *, is_chosen: bool, has_keys: bool) -> Line:
    """One call; those of the program itself stand out."""

    def ink(style: Style) -> Style:
        return inks.selected(style) if is_chosen and has_keys else style

    line = Line(width, inks.ground)
    line.put("▌" if is_chosen else " ", ink(inks.focus if has_keys else inks.label))
    line.put("● " if frame.is_own else "  ", ink(inks.client_error if frame.is_own else inks.ground))
    where = place(frame)
    room = max(8, width - 5 - min(cell_len(where), width // 2))
    own = inks.text if frame.is_own else inks.label
    line.put(fit_left(fitting(frame.name, room, is_bare=False), room), ink(own)).put(" ", ink(inks.ground))
    where = cut_left(where, max(1, line.room - 1))
    return line.put(" " * max(0, line.room - 1 - cell_len(where)) + where + " ", ink(inks.label))


def source_sheet(board: StackBoard, frame: StackFrame, size: Size, inks: Inks) -> Sheet:
    """The code around a call."""
    sheet = Sheet(size)
    if size.width < 1 or size.height < 2:
        return sheet.fill(inks)
    line = Line(size.width, inks.ground).skip(1).put("source", inks.text)
    line.put(f" {cut_left(place(frame), max(1, size.width - 12))}", inks.label)
    sheet.add(rule(line, inks, 1))
    source = board.source
    if source is None or (source.file, source.line) != (frame.file, frame.line):
        text = "looking for it …" if frame.file and frame.line else "the profile does not know its place"
        return _said(sheet, text, inks)
    if not source.lines:
        return _said(sheet, clean(source.words, 200), inks)
    room = size.height - 1
    at = source.line - source.first
    first = max(0, min(at - room // 2, len(source.lines) - room))
    texts = [clean(text.expandtabs(4), 400) for text in source.lines[first : first + room]]
    indent = min((len(text) - len(text.lstrip()) for text in texts if text.strip()), default=0)
    for row, text in enumerate(texts):
        number = source.first + first + row
        is_it = number == source.line
        line = Line(size.width, inks.ground).put("▌" if is_it else " ", inks.client_error)
        line.put(f"{number:>{NUMBER}} ", inks.focus if is_it else inks.frame)
        sheet.add(line.put(text[indent:], inks.text if is_it else faded(inks.label, 0.2)))
    return sheet.fill(inks)


def _said(sheet: Sheet, text: str, inks: Inks) -> Sheet:
    """A sentence instead of code."""
    for part in words(text, sheet.size.width - 2):
        sheet.add(Line(sheet.size.width, inks.ground).skip(1).put(part, inks.label))
    return sheet.fill(inks)
