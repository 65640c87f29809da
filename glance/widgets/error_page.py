"""The page of errors: statuses, and the routes, clients and lines behind the chosen one."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import cast

from textual.geometry import Size

from glance.commands.every import ROW_COMMANDS, bindings
from glance.commands.page import ERROR_COMMANDS
from glance.domain import units
from glance.domain.error_board import ErrorBoard, ErrorKind, ErrorRow, ErrorWish
from glance.domain.page import PageTable
from glance.domain.scene import Scene
from glance.widgets.drawing import Picture
from glance.widgets.error_chip import error_chips
from glance.widgets.error_drawing import error_page, shown_rows, status_view, status_width
from glance.widgets.error_names import PARTS, ErrorState, Part, names_of
from glance.widgets.page import Page
from glance.widgets.progress import empty_words

MOST_NAMES = 30
MOST_LINES = 30


class ErrorPage(Page):
    """Three lists; `tab` goes from one to the next."""

    NAME = "errors"
    HAS_CHIPS = True
    BINDINGS = bindings((*ROW_COMMANDS, *ERROR_COMMANDS))

    def __init__(self) -> None:
        """Begin with the statuses."""
        super().__init__()
        self.state = ErrorState()
        self._wish = ErrorWish()

    # What is shown ------------------------------------------------------------------------------

    @property
    def wish(self) -> ErrorWish:
        """As many names and lines as there is room for."""
        return self._wish

    def fit(self, size: Size) -> None:
        """Want what a page of this size can show."""
        many = max(4, min(MOST_NAMES, size.height // 2))
        self._wish = ErrorWish(many, max(4, min(MOST_LINES, size.height // 2)))

    def board(self, scene: Scene) -> ErrorBoard | None:
        """What a scene says to this page."""
        answer = self.answer(scene)
        return answer if isinstance(answer, ErrorBoard) else None

    def rows(self, scene: Scene) -> tuple[ErrorRow, ...]:
        """The statuses that can have the cursor."""
        return shown_rows(self.board(scene), hides_noise=self.state.hides_noise)

    def row(self, scene: Scene) -> ErrorRow | None:
        """The chosen status."""
        rows = self.rows(scene)
        return next((row for row in rows if row.key == self.state.row), rows[0] if rows else None)

    def names(self, scene: Scene) -> Sequence[Hashable]:
        """What the list with the cursor has."""
        if self.state.part == "statuses":
            return [row.key for row in self.rows(scene)]
        row = self.row(scene)
        return [name.raw for name in names_of(row, self.state.part)] if row is not None else []

    def follow(self, scene: Scene) -> None:
        """Keep the cursor on its name, in the list that has it; where that list is gone, go back to the statuses."""
        if self.board(scene) is None:
            return
        if self.state.part != "statuses" and all(row.key != self.state.row for row in self.rows(scene)):
            self._change(part="statuses", name=None)
        super().follow(scene)
        self._remember()

    def _remember(self) -> None:
        """Know what the cursor is on."""
        if self.state.part == "statuses":
            self._change(row=cast("tuple[ErrorKind, str] | None", self.cursor), name=None)
        else:
            self._change(name=cast("bytes | None", self.cursor))

    def _change(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]

    def select(self, index: int) -> None:
        """Put the cursor on a row of the list that has it."""
        names = self.names(self.scene)
        if names:
            self._index = max(0, min(index, len(names) - 1))
            self.cursor = names[self._index]
            self._remember()
            self.redraw()

    def draw(self, size: Size) -> Picture:
        """The page of now."""
        self.follow(self.scene)
        board = self.board(self.scene)
        if board is not None:
            self._change(top=status_view(board, self.state, Size(size.width - 2, size.height - 2)).top)
        return error_page(self.scene, board, self.state, size, self.inks)

    def part(self, scene: Scene) -> object:
        """The answer, and what is said where there is none."""
        board = self.board(scene)
        words = "" if board is not None and board.requests else empty_words(scene)
        return (board, words, scene.view.window, scene.has_latency, len(scene.sources))

    def row_at(self, y: int) -> int | None:
        """The status at a line of the page."""
        board = self.board(self.scene)
        if board is None or not board.rows:
            return None
        return status_view(board, self.state, Size(self.size.width - 2, self.size.height - 2)).at(y - 1)

    @property
    def table(self) -> PageTable | None:
        """The statuses, with every figure."""
        board = self.board(self.scene)
        if board is None or not board.rows:
            return None
        columns = ("status", "kind", "hits", "share", "clients", "routes", "first", "last")
        rows = [
            (row.status, row.kind, row.hits, round(row.share, 6), row.client_count, row.target_count,
             units.iso(row.first_at), units.iso(row.last_at))
            for row in self.rows(self.scene)
        ]  # fmt: skip
        return PageTable(columns, rows)

    # What a person can do -----------------------------------------------------------------------

    def click_on(self, x: int, y: int) -> None:
        """Select the status under a click; names are spots."""
        row = self.row_at(y) if self._is_of_statuses(x) else None
        if row is not None:
            self.action_part("statuses")
            self.select(row)

    def is_row(self, y: int) -> bool:
        """A status stands at a line of the page."""
        return self.row_at(y) is not None

    def _is_of_statuses(self, x: int) -> bool:
        """The statuses are at this column."""
        return x <= status_width(self.size.width - 2)

    def action_part(self, part: Part) -> None:
        """Give the cursor to a list."""
        row = self.row(self.scene)
        if part != "statuses" and (row is None or not names_of(row, part)):
            return
        self._change(part=part, name=None)
        names = self.names(self.scene)
        self._index = names.index(self.state.row) if part == "statuses" and self.state.row in names else 0
        self.cursor = names[self._index] if names else None
        self._remember()
        self.redraw()

    def action_next_part(self, step: int) -> None:
        """Go to the next list that has something."""
        row = self.row(self.scene)
        parts = [part for part in PARTS if part == "statuses" or (row is not None and names_of(row, part))]
        at = parts.index(self.state.part) if self.state.part in parts else 0
        self.action_part(parts[(at + step) % len(parts)])

    async def action_name(self, part: Part, index: int) -> None:
        """Put the cursor on a name that was clicked; where it is there already, filter by it."""
        if (self.state.part, self.index) == (part, index):
            await self.run_action("screen.filter_row")
            return
        self.action_part(part)
        self.select(index)

    def action_noise(self) -> None:
        """Hide the noise of scanners, or show it."""
        row = self.row(self.scene)
        is_gone = row is not None and row.is_noise and not self.state.hides_noise
        self._change(hides_noise=not self.state.hides_noise)
        if is_gone:
            self._change(part="statuses", row=None)
            self._index = 0
        self.redraw()

    def step_back(self) -> bool:
        """From a list go back to the statuses."""
        if self.state.part == "statuses":
            return False
        self.action_part("statuses")
        return True

    def chip(self) -> str:
        """The status with the cursor, and the name.

        Raises:
            FilterError: it cannot be filtered by.
        """
        board, row = self.board(self.scene), self.row(self.scene)
        if board is None or row is None:
            return ""
        names = names_of(row, self.state.part)
        name = next((name for name in names if name.raw == self.state.name), None)
        return error_chips(board, row, self.state.part, name, self.scene.view.filter)
