"""How stacks look: rows with what there is of each and how it grew, and below or beside them the chosen one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.style import Style
from textual.geometry import Size

from glance.domain import units
from glance.domain.profiles.measurement import label
from glance.domain.scene import Scene
from glance.domain.stack_board import FILES, StackBoard, StackRow
from glance.widgets.drawing import Line, Picture, clean, fit_left, fit_right, sparkline
from glance.widgets.flame_graph import fitting
from glance.widgets.frame import Frame, framed
from glance.widgets.inks import Inks
from glance.widgets.sheet import Sheet, beside
from glance.widgets.stack_details import source_sheet, stack_sheet
from glance.widgets.stack_plan import SPARK, StackPlan, columns_for, name_room, stack_plan
from glance.widgets.stack_state import StackState, frame_at
from glance.widgets.stack_words import heading_words, nothing_lines

SORT_COLUMNS = {"now": ("now", "in use"), "growth": ("growth",), "wait": ("longest",), "objects": ("objects",)}


@dataclass(frozen=True, slots=True)
class StackSight:
    """What is drawn."""

    scene: Scene
    board: StackBoard | None
    rows: Sequence[StackRow]
    """In their order."""
    index: int
    """The row with the cursor."""
    top: int
    """The first row that is seen."""
    state: StackState
    is_memory: bool
    has_focus: bool

    @property
    def row(self) -> StackRow | None:
        """The chosen one."""
        return self.rows[self.index] if self.rows else None


def stack_page(sight: StackSight, size: Size, inks: Inks) -> Picture:
    """The whole page."""
    inside = Size(max(1, size.width - 2), max(1, size.height - 2))
    title = "memory growth" if sight.is_memory else "goroutines"
    other = "t goroutines" if sight.is_memory else "t memory growth"
    below = ((other, inks.label, "focused.other"),)
    board = sight.board
    has_no_window = board is not None and (board.program == FILES or board.is_frozen)
    notes = () if has_no_window else ((f"window {clean(sight.scene.view.window).partition('/')[0]}", inks.label),)
    frame = Frame((), sight.has_focus, notes, below, title)
    row = sight.row
    if board is None or (row is None and not board.rows):
        return framed(size, frame, nothing_lines(sight.scene, board, inside.width, inks, sight.is_memory), (), inks)
    plan = stack_plan(inside)
    rows = _rows(sight, board, plan, inks)
    if row is None:
        return framed(size, frame, rows.fill(inks).lines, rows.spots, inks)
    stack = stack_sheet(row, sight.state, plan.stack, inks)
    source = source_sheet(board, row.frames[frame_at(row, sight.state)], plan.source, inks)
    if plan.is_beside:
        right = Sheet(Size(plan.stack.width, inside.height))
        right.put_below(stack.fill(inks))
        right.put_below(source.fill(inks))
        whole = beside(rows, right, inks, has_line=True)
        return framed(size, frame, whole.lines, whole.spots, inks)
    sheet = Sheet(inside)
    sheet.put_below(rows.fill(inks))
    sheet.put_below(beside(stack, source, inks, has_line=True) if plan.source.width else stack.fill(inks))
    return framed(size, frame, sheet.lines, sheet.spots, inks)


def _rows(sight: StackSight, board: StackBoard, plan: StackPlan, inks: Inks) -> Sheet:
    """The list with its heads."""
    width = plan.rows.width
    sheet = Sheet(plan.rows)
    sheet.add(_head(sight, board, width, inks))
    columns = columns_for(width, is_memory=sight.is_memory)
    line = Line(width, inks.ground).skip(1)
    sorted_by = SORT_COLUMNS.get(sight.state.sort, ("name",))
    for name, cells in columns:
        line.put(fit_left(name, cells) if name == "state" else fit_right(name, cells),
                 inks.focus if name in sorted_by else inks.label).skip(1)  # fmt: skip
    line.skip(1).put("function", inks.focus if "name" in sorted_by else inks.label)
    sheet.add(line)
    for index in range(sight.top, min(len(sight.rows), sight.top + plan.row_room)):
        sheet.add(_row(Line(width, inks.ground), sight, board, index, inks))
    if not sight.rows:
        sheet.add(Line(width, inks.ground).skip(1).put("no stack has that in it", inks.label))
    return sheet


def _head(sight: StackSight, board: StackBoard, width: int, inks: Inks) -> Line:
    """What is typed, what is to be said once, or what is shown."""
    state = sight.state
    line = Line(width, inks.ground)
    if state.is_typing:
        line.put(" /", inks.focus).put(clean(state.typed), inks.text).put("▏", inks.focus)
        return line if state.typed else line.put(" a function, file, state, or who started them", inks.label)
    if state.said:
        return line.put(f" {state.said}", inks.focus)
    line.skip(1)
    for text, ink in heading_words(board, state, is_memory=sight.is_memory, shown=len(sight.rows), width=width - 2):
        line.put(text, getattr(inks, ink))
    return line


def _row(line: Line, sight: StackSight, board: StackBoard, index: int, inks: Inks) -> Line:
    """One stack."""
    row, is_chosen = sight.rows[index], index == sight.index
    columns = columns_for(line.width, is_memory=sight.is_memory)
    is_selected = is_chosen and sight.state.part == "rows"

    def ink(style: Style) -> Style:
        return inks.selected(style) if is_selected else style

    line.put("▌" if is_chosen else " ", ink(inks.focus if sight.state.part == "rows" else inks.label))
    for name, cells in columns:
        text, style = _cell(board, row, name, inks, is_memory=sight.is_memory)
        put = fit_left(text, cells) if name == "state" else fit_right(text, cells)
        line.put(put, ink(style)).put(" ", ink(inks.ground))
    line.put(" ", ink(inks.ground))
    room = name_room(line.width, columns)
    own = inks.text if row.frame.is_own else inks.label
    line.put(fit_left(fitting(row.frame.name, max(1, room), is_bare=False), room), ink(own))
    return line.put(" ", ink(inks.ground))


def growth_ink(row: StackRow, inks: Inks) -> Style:
    """The ink of how a stack grew."""
    return {"rising": inks.server_error, "more": inks.client_error, "less": inks.success}.get(row.standing, inks.label)


def _cell(board: StackBoard, row: StackRow, name: str, inks: Inks, *, is_memory: bool) -> tuple[str, Style]:
    """One figure of a stack."""
    amount = memory if is_memory else units.count
    if name in ("now", "in use"):
        return amount(row.now), inks.text if row.now else inks.label
    if name == "growth":
        if row.standing == "one":
            return units.NOTHING, inks.label
        sign = "+" if row.growth > 0 else "−" if row.growth else ""
        return f"{sign}{amount(abs(row.growth))}", growth_ink(row, inks)
    if name == "a minute":
        rate = row.per_minute
        return (units.NOTHING if rate is None or not round(rate) else signed(round(rate))), inks.label
    if name == "trend":
        return sparkline(row.values, SPARK), growth_ink(row, inks)
    if name == "share":
        total = board.totals[-1] if board.totals else 0
        return units.share(row.now / total if total else 0.0), inks.label
    if name == "objects":
        return units.count(row.objects[1]), inks.label
    return _of_goroutines(row, name, inks)


def _of_goroutines(row: StackRow, name: str, inks: Inks) -> tuple[str, Style]:
    """State and waiting times."""
    doing = row.doing
    if doing is None or not doing.states:
        return units.NOTHING, inks.label
    if name == "state":
        more = f" +{len(doing.states) - 1}" if len(doing.states) > 1 else ""
        return clean(doing.states[0][0], 40) + more, inks.text if doing.is_told else inks.label
    minutes = doing.longest_minutes if name == "longest" else doing.median_minutes
    return waited(minutes), inks.text if minutes else inks.label


def waited(minutes: float | None) -> str:
    """A waiting time as Go tells it: in whole minutes."""
    if minutes is None:
        return units.NOTHING
    return "<1m" if minutes < 1 else units.duration(minutes * 60).removesuffix("00s")


def memory(value: int) -> str:
    """Bytes, as profiles print them."""
    return label(value, "bytes")


def signed(value: int) -> str:
    """Bytes that were added, or given back."""
    return f"{'+' if value > 0 else '−'}{memory(abs(value))}"
