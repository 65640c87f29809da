"""The page of suspects: functions of one's own that stand out in the time that is pointed at, and their lines."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

from textual.geometry import Size

from glance.commands.every import ROW_COMMANDS, bindings
from glance.commands.suspect import SUSPECT_COMMANDS
from glance.domain import units
from glance.domain.joint import Joint
from glance.domain.page import PageTable
from glance.domain.scene import Scene
from glance.domain.suspect_board import SuspectBoard, SuspectKey, SuspectRow, SuspectWish
from glance.messages import CopyRequested, FlameRequested, SourceRequested
from glance.widgets.drawing import Picture, clean
from glance.widgets.page import Page
from glance.widgets.suspect_drawing import HEAD_LINES, SuspectState, rows_room, suspect_page


class SuspectPage(Page):
    """A list, and below it the reason and the source of the suspect with the cursor."""

    NAME = "suspects"
    BINDINGS = bindings((*SUSPECT_COMMANDS, *ROW_COMMANDS))

    def __init__(self) -> None:
        """Point at nothing."""
        super().__init__()
        self._wish = SuspectWish()
        self._is_open = False
        self._said = ""
        self._line = 0

    # What is shown ------------------------------------------------------------------------------

    @property
    def wish(self) -> SuspectWish:
        """What it wants to know."""
        return self._wish

    @property
    def joint(self) -> Joint:
        """What it is about."""
        return self._wish.joint

    def join(self, joint: Joint) -> None:
        """Be about something: it is about to be opened."""
        if joint != self._wish.joint:
            self._wish = SuspectWish(joint)
            self.cursor, self._index, self.top = None, 0, 0
        self._is_open, self._said, self._line = False, "", 0
        self.redraw()

    def board(self, scene: Scene) -> SuspectBoard | None:
        """What a scene says to this page, of what it is about now."""
        answer = self.answer(scene)
        if not isinstance(answer, SuspectBoard) or not isinstance(answer.wish, SuspectWish):
            return None
        return answer if answer.wish.joint == self._wish.joint else None

    def names(self, scene: Scene) -> Sequence[Hashable]:
        """The suspects by what makes them so."""
        board = self.board(scene)
        return [row.key for row in board.rows] if board is not None else []

    def follow(self, scene: Scene) -> None:
        """Keep the cursor on its suspect, and ask for the source of another one."""
        if self.board(scene) is not None:
            super().follow(scene)
            self._want_source()

    def _want_source(self) -> None:
        key = self.cursor if isinstance(self.cursor, SuspectKey) else None
        if key != self._wish.source:
            self._wish = replace(self._wish, source=key)
            self._line = 0
            if self.display:  # a hidden page wants nothing
                self.ask()

    @property
    def row(self) -> SuspectRow | None:
        """The suspect with the cursor."""
        board = self.board(self.scene)
        return board.rows[min(self.index, len(board.rows) - 1)] if board is not None and board.rows else None

    @property
    def can_open(self) -> bool:
        """There is a suspect."""
        return self.row is not None

    @property
    def row_room(self) -> int:
        """How many rows fit."""
        return max(1, rows_room(self.size.height - 2, len(self.names(self.scene)), is_open=self._is_open))

    def row_at(self, y: int) -> int | None:
        """The row at a line of the page."""
        row = self.top + y - 1 - HEAD_LINES
        many = len(self.names(self.scene))
        return row if not self._is_open and self.top <= row < min(many, self.top + self.row_room) else None

    def draw(self, size: Size) -> Picture:
        """The page of now."""
        self.keep_in_view()
        state = SuspectState(self.index, self.top, self._is_open, self._said, self._line)
        return suspect_page(self.scene, self.board(self.scene), state, size, (self.inks, self.has_focus))

    def part(self, scene: Scene) -> object:
        """The answer, and what words about it are made of."""
        return (self.board(scene), scene.view.window, scene.view.interval, [one.name for one in scene.targets])

    @property
    def table(self) -> PageTable | None:
        """The suspects with all their numbers."""
        board = self.board(self.scene)
        if board is None or not board.rows:
            return None
        columns = ("function", "subject", "rule", "gravity", "reason", "value", "total", "unit", "share", "before",
                   "file", "line", "target")  # fmt: skip
        rows = [
            (one.function, one.subject, one.key.rule, "fault" if one.is_fault else "hint", clean(one.words, 200),
             one.value, one.total, one.unit, one.share, one.before, one.file, one.line or None,
             clean(one.key.target, 200))
            for one in board.rows
        ]  # fmt: skip
        return PageTable(columns, rows)

    # What a person can do -----------------------------------------------------------------------

    def select(self, index: int) -> None:
        """Put the cursor on a row."""
        self._said = ""
        super().select(index)
        self._want_source()

    def action_move(self, rows: int) -> None:
        """Move the cursor, or the source where that has the page."""
        if self._is_open:
            self._line += rows
            self.redraw()
        else:
            super().action_move(rows)

    def action_open(self) -> None:
        """Show the source on the whole page; of the first suspect as soon as there is one."""
        self._is_open, self._said, self._line = True, "", 0
        self.redraw()

    def open_row(self) -> None:
        """As enter."""
        self.action_open()

    def step_back(self) -> bool:
        """From the source back to the list."""
        if not self._is_open or self.row is None:
            return False
        self._is_open, self._said = False, ""
        self.redraw()
        return True

    def action_flame(self) -> None:
        """Show the suspect in the flame graph."""
        row = self.row
        about = ("", "", "") if row is None else (row.profile, row.function, row.key.kind)
        self.post_message(FlameRequested(*about))

    def action_edit(self) -> None:
        """Open the line in an editor."""
        row, board = self.row, self.board(self.scene)
        source = board.source if board is not None else None
        if row is None:
            return
        if source is None or not source.path or source.function != row.function:
            self._say("its source was not found on this machine")
            return
        self.post_message(SourceRequested(source.path, max(1, row.line)))

    def action_copy(self) -> None:
        """Copy the suspect in one line."""
        if (row := self.row) is not None:
            place = f", {row.place}" if row.place else ""
            text = f"{row.subject}: {row.amount} ({units.share(row.share)}), {clean(row.words, 200)}{place}"
            self.post_message(CopyRequested(clean(text, 4096)))
            self._say("copied")

    def _say(self, words: str) -> None:
        self._said = words
        self.redraw()
