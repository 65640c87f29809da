"""What the pages of goroutines and of growing memory share: stacks with a cursor, calls of the chosen one, source."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import ClassVar

from textual import events, on
from textual.geometry import Size

from glance.commands.every import ROW_COMMANDS, bindings
from glance.commands.stack import STACK_COMMANDS
from glance.domain.page import PageTable
from glance.domain.scene import Scene
from glance.domain.stack_board import StackBoard, StackRow, StackWish
from glance.messages import CopyRequested, SituationChanged, SourceRequested
from glance.widgets.drawing import Picture, clean
from glance.widgets.page import Page
from glance.widgets.panel import Panel
from glance.widgets.stack_details import first_frame, told_lines
from glance.widgets.stack_drawing import StackSight, stack_page
from glance.widgets.stack_export import COLUMNS, exported, target_of
from glance.widgets.stack_plan import HEADS, StackPlan, stack_plan
from glance.widgets.stack_state import (
    GOROUTINE_SORTS,
    StackSort,
    StackState,
    frame_at,
    ordered,
)
from glance.widgets.typed_text import pressed_text

MOST_SEARCH = 200
NOT_HERE = "the source of this call is not on this machine"


class StackPage(Page):
    """What both pages do."""

    BINDINGS = bindings((*STACK_COMMANDS, *ROW_COMMANDS))
    IS_MEMORY: ClassVar[bool] = False
    OTHER: ClassVar[str] = ""
    SORTS: ClassVar[tuple[StackSort, ...]] = GOROUTINE_SORTS

    def __init__(self, wish: StackWish) -> None:
        """Begin with what grew most."""
        super().__init__()
        self.state = StackState()
        self._wish = wish
        self._sorted: tuple[object, tuple[StackRow, ...]] = (None, ())

    # What is shown ------------------------------------------------------------------------------

    @property
    def wish(self) -> StackWish:
        """Whose stacks."""
        return self._wish

    @property
    def is_typing(self) -> bool:
        """A search is typed."""
        return self.state.is_typing

    @property
    def search(self) -> str:
        """What was searched."""
        return self.state.search

    @property
    def can_open(self) -> bool:
        """There is a stack with the cursor."""
        return self.row is not None

    def board(self, scene: Scene) -> StackBoard | None:
        """What a scene says to this page."""
        answer = self.answer(scene)
        return answer if isinstance(answer, StackBoard) else None

    def rows(self, scene: Scene) -> tuple[StackRow, ...]:
        """The stacks in their order."""
        board, state = self.board(scene), self.state
        if board is None:
            return ()
        key = (board.rows, state.sort, state.search, state.typed, state.is_typing)
        if self._sorted[0] is None or any(one is not other for one, other in zip(self._sorted[0], key, strict=True)):  # type: ignore[call-overload]
            self._sorted = (key, ordered(board.rows, state))
        return self._sorted[1]

    @property
    def row(self) -> StackRow | None:
        """The chosen stack."""
        rows = self.rows(self.scene)
        return rows[min(self.index, len(rows) - 1)] if rows else None

    def names(self, scene: Scene) -> Sequence[Hashable]:
        """Every stack by its calls."""
        return [row.key for row in self.rows(scene)]

    def part(self, scene: Scene) -> object:
        """The answer, and what is said where there is none."""
        board = self.board(scene)
        told = scene.targets if board is None or not board.rows else ()
        return (board, told, scene.view.window)

    @property
    def _plan(self) -> StackPlan:
        return stack_plan(Size(max(1, self.size.width - 2), max(1, self.size.height - 2)))

    @property
    def row_room(self) -> int:
        """How many rows fit."""
        return self._plan.row_room

    def draw(self, size: Size) -> Picture:
        """The page of now."""
        self.follow(self.scene)
        self.keep_in_view()
        sight = StackSight(
            self.scene, self.board(self.scene), self.rows(self.scene), self.index, self.top, self.state,
            self.IS_MEMORY, self.has_focus,
        )  # fmt: skip
        return stack_page(sight, size, self.inks)

    def watch_scene(self, old: Scene, new: Scene) -> None:
        """Show what is new, and ask for the source of what has the cursor."""
        key = self.cursor
        super().watch_scene(old, new)
        if self.cursor != key:
            self._change(frame=None, part="rows")
        self._see_source()

    def _change(self, **changes: object) -> None:
        """Choose something else."""
        was = (self.state.is_typing, bool(self.state.search))
        self.state = replace(self.state, **{"said": "", **changes})  # type: ignore[arg-type]
        if was != (self.state.is_typing, bool(self.state.search)):
            self.post_message(SituationChanged())
        self.redraw()

    def _want(self, **changes: object) -> None:
        wish = replace(self._wish, **changes)  # type: ignore[arg-type]
        if wish != self._wish:
            self._wish = wish
            self.ask()

    def _see_source(self) -> None:
        """Ask for the code of the call with the cursor: it is shown, or may be edited."""
        row = self.row
        if row is not None and self.display:
            frame = row.frames[frame_at(row, self.state)]
            self._want(source=(frame.file, frame.line))

    # Moving -------------------------------------------------------------------------------------

    def select(self, index: int) -> None:
        """Put the cursor on a stack."""
        super().select(index)
        self._change(frame=None, part="rows")
        self._see_source()

    def action_move(self, rows: int) -> None:
        """A row, or a call, down or up."""
        row = self.row
        if self.state.part == "rows" or row is None:
            super().action_move(rows)
            return
        at = max(0, min(frame_at(row, self.state) + rows, len(row.frames) - 1))
        self._change(frame=at)
        self._see_source()

    def action_move_page(self, pages: int) -> None:
        """What is visible, down or up."""
        room = self.row_room if self.state.part == "rows" else max(1, self._plan.stack.height - 4)
        self.action_move(pages * room)

    def action_move_to(self, index: int) -> None:
        """To the first, or to the last with -1."""
        self.action_move(-(1 << 40) if index == 0 else 1 << 40)

    def row_at(self, y: int) -> int | None:
        """The stack at a line of the page."""
        index = self.top + y - 1 - HEADS
        is_there = 0 <= y - 1 - HEADS < self.row_room and index < len(self.rows(self.scene))
        return index if is_there else None

    def click_on(self, x: int, y: int) -> None:
        """Put the cursor where a click went: on a stack, or on a call."""
        plan, row = self._plan, self.row
        if y - 1 < plan.rows.height and x - 1 < plan.rows.width:
            index = self.row_at(y)
            if index is not None:
                self.select(index)
            return
        board = self.board(self.scene)
        if row is None or board is None:
            return
        above = told_lines(row, plan.stack, self.inks)
        line = y - 1 - (0 if plan.is_beside else plan.rows.height) - above
        room = plan.stack.height - above
        left = x - 1 - (plan.rows.width + 1 if plan.is_beside else 0)
        at = first_frame(len(row.frames), frame_at(row, self.state), room) + line
        if 0 <= line < room and 0 <= left < plan.stack.width and at < len(row.frames):
            self._change(part="stack", frame=at)
            self._see_source()

    # What a person can do -----------------------------------------------------------------------

    def action_open(self) -> None:
        """Go to the calls; there, open the source of the one with the cursor."""
        if self.state.part == "stack":
            self.action_edit()
        elif self.row is not None:
            self._change(part="stack")

    def open_row(self) -> None:
        """As enter."""
        self.action_open()

    def action_edit(self) -> None:
        """Open the source of the call with the cursor."""
        board, row = self.board(self.scene), self.row
        if board is None or row is None:
            return
        frame, source = row.frames[frame_at(row, self.state)], board.source
        if source is None or not source.path or (source.file, source.line) != (frame.file, frame.line):
            self._change(said=NOT_HERE)
        else:
            self.post_message(SourceRequested(source.path, max(1, source.line)))

    def action_sort(self) -> None:
        """Order stacks by something else."""
        sort = self.SORTS[(self.SORTS.index(self.state.sort) + 1) % len(self.SORTS)]
        self._index, self.top = 0, 0
        self.cursor = None
        self._change(sort=sort, frame=None, part="rows")
        self.select(0)

    async def action_other(self) -> None:
        """Go on to the other page."""
        await self.run_action(f"screen.page('{self.OTHER}')")

    def action_target(self, step: int) -> None:
        """Show the stacks of another program."""
        board = self.board(self.scene)
        targets = board.targets if board is not None else ()
        if board is None or len(targets) < 2:
            self._change(said="there is no other program")
            return
        at = targets.index(board.program) if board.program in targets else 0
        self._want(program=targets[(at + step) % len(targets)])
        self._change(frame=None, part="rows")

    def action_copy(self) -> None:
        """Copy the whole stack."""
        row = self.row
        if row is not None:
            calls = [f"{frame.name}\t{frame.file}:{frame.line}" for frame in row.frames]
            self.post_message(CopyRequested("\n".join(clean(call.replace("\t", " "), 4096) for call in calls)))
            self._change(said="copied the stack")

    def step_back(self) -> bool:
        """From what is typed, from the calls, from a search."""
        if self.state.is_typing:
            self._change(is_typing=False, typed="")
        elif self.state.part == "stack":
            self._change(part="rows", frame=None)
            self._see_source()
        elif self.state.search:
            self._change(search="", typed="")
        else:
            return False
        return True

    def opened_from(self, panel: Panel | None) -> None:
        """Show the stacks of the program that is looked at."""
        if isinstance(panel, StackPage):
            target = panel.wish.program
        else:
            target = target_of(getattr(panel, "shown_name", ""), self.scene)
        self._wish = replace(self._wish, program=target or self._wish.program)

    # Search -------------------------------------------------------------------------------------

    def action_search(self) -> None:
        """Type what to find."""
        self._change(is_typing=True, typed=self.state.search, part="rows", frame=None)

    @on(events.Key)
    def type_search(self, event: events.Key) -> None:
        """Take every key that means something to a search while one is typed."""
        if not self.state.is_typing or self.is_passing:
            return
        if event.key == "enter":
            self._change(is_typing=False, search=self.state.typed)
        else:
            typed = pressed_text(self.state.typed, event.key, event.character, MOST_SEARCH)
            if typed is None:
                return
            self._change(typed=typed)
        self.select(0)
        event.stop()
        event.prevent_default()

    @property
    def table(self) -> PageTable | None:
        """The stacks with every figure."""
        rows = self.rows(self.scene)
        if not rows:
            return None
        return PageTable(COLUMNS, [exported(row) for row in rows])
