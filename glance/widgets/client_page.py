"""The page of clients: who asks how much, by address or by network, and who is suspicious."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace

from textual.geometry import Size

from glance.commands.every import ROW_COMMANDS, bindings
from glance.commands.page import ADDRESS_COMMANDS
from glance.domain import units
from glance.domain.client_board import GROUPINGS, SORTS, ClientBoard, ClientRow, ClientWish
from glance.domain.page import PageTable
from glance.domain.safe_text import decode
from glance.domain.scene import Scene
from glance.errors import GlanceError
from glance.messages import ChoiceMade, CopyRequested
from glance.widgets.client_drawing import ClientState, client_picture, row_room
from glance.widgets.drawing import Picture, clean
from glance.widgets.page import Page

ROWS_STEP = 50
"""So many rows more are wanted at a time, as one scrolls."""
MOST_ROWS = 500
NAMED_STEP = 20
"""Names are looked up for so many rows more at a time."""
CHOICE = "reverse_names"
"""Under which it is remembered whether names are looked up."""


class ClientPage(Page):
    """Clients, most hits first."""

    NAME = "addresses"
    HAS_CHIPS = True
    BINDINGS = bindings((*ROW_COMMANDS, *ADDRESS_COMMANDS))

    def __init__(self) -> None:
        """Begin with addresses by hits."""
        super().__init__()
        self._wish = ClientWish(rows=ROWS_STEP)
        self._state = ClientState()

    # What is shown ------------------------------------------------------------------------------

    @property
    def wish(self) -> ClientWish:
        """The rows that are wanted."""
        return self._wish

    def recall(self, known: Mapping[str, str]) -> None:
        """Look up names, unless that was switched off."""
        self._state = replace(self._state, has_names=known.get(CHOICE) != "off")

    def board(self, scene: Scene) -> ClientBoard | None:
        """The rows of a scene; None while they are worked out."""
        board = self.answer(scene)
        if not isinstance(board, ClientBoard) or not isinstance(board.wish, ClientWish):
            return None
        return board if board.wish.grouping == self._wish.grouping else None

    def names(self, scene: Scene) -> Sequence[Hashable]:
        """The clients as they stand in the log."""
        board = self.board(scene)
        return [row.raw for row in board.rows] if board is not None else ()

    @property
    def row(self) -> ClientRow | None:
        """The one with the cursor."""
        board = self.board(self.scene)
        return board.rows[min(self.index, len(board.rows) - 1)] if board is not None and board.rows else None

    @property
    def _inside(self) -> Size:
        return Size(self.size.width - 2, self.size.height - 2)

    @property
    def row_room(self) -> int:
        """How many rows fit."""
        return row_room(self._inside, self._state)

    def row_at(self, y: int) -> int | None:
        """The row that is drawn at a line of the page."""
        row = self.top + y - 2
        return row if y >= 2 and y < 2 + self.row_room and row < len(self.names(self.scene)) else None

    def is_row(self, y: int) -> bool:
        """A double click on it filters."""
        return self.row_at(y) is not None

    def draw(self, size: Size) -> Picture:
        """The page of now."""
        self.keep_in_view()
        state = replace(self._state, cursor=self.index, top=self.top)
        return client_picture(self.scene, self.board(self.scene), state, size, self.inks)

    def part(self, scene: Scene) -> object:
        """The rows, and what is said where there are none."""
        return (scene.page, scene.view.window, bool(scene.at), scene.view.end, scene.lines_total > 0)

    def fit(self, size: Size) -> None:
        """Want names of the rows that are seen on a screen of this size."""
        self._wish = replace(self._wish, rows=self._rows(size.height), named=self._named(size.height))

    def _rows(self, room: int) -> int:
        """How many rows are wanted: a page more than is seen."""
        return min(MOST_ROWS, -(-(self.top + 2 * room) // ROWS_STEP) * ROWS_STEP)

    def _named(self, room: int) -> int:
        """Of how many rows names are wanted."""
        if not self._state.has_names or self._wish.grouping != "address":
            return 0
        return min(MOST_ROWS, -(-(self.top + room) // NAMED_STEP) * NAMED_STEP)

    def _want(self, **changes: object) -> None:
        """Want something else, where it is."""
        before = self._wish
        self._wish = replace(self._wish, **changes)  # type: ignore[arg-type]
        room = max(1, self.size.height)
        self._wish = replace(self._wish, rows=self._rows(room), named=self._named(room))
        if self._wish != before:
            self.ask()

    def select(self, index: int) -> None:
        """Put the cursor on a row: what was said is of another one."""
        self._state = replace(self._state, said="", deny=None, denials=())
        super().select(index)
        self.keep_in_view()
        room = max(1, self.size.height)
        if self._named(room) > self._wish.named or self._rows(room) > self._wish.rows:
            self._want()

    def _change(self, **changes: object) -> None:
        """Show another state."""
        self._state = replace(self._state, **changes)  # type: ignore[arg-type]
        self.redraw()

    # What a person can do -----------------------------------------------------------------------

    def chip(self) -> str:
        """The client or the network."""
        from glance.domain.logs.chip import chip_of  # numpy: not before it is needed

        row = self.row
        if row is None:
            return ""
        return chip_of("clients" if self._wish.grouping == "address" else "networks", row.raw)

    def action_group(self) -> None:
        """Group by network, or not."""
        grouping = GROUPINGS[(GROUPINGS.index(self._wish.grouping) + 1) % len(GROUPINGS)]
        self._state = replace(self._state, said="", deny=None, denials=())
        self.top = 0
        self._want(grouping=grouping)
        self.select(0)
        self.redraw()

    def action_sort(self) -> None:
        """Order by the next figure."""
        self._want(sort=SORTS[(SORTS.index(self._wish.sort) + 1) % len(SORTS)])
        self.select(0)

    def action_names(self) -> None:
        """Look up names, or do not; remembered."""
        has_names = not self._state.has_names
        said = "names of addresses are looked up in reverse DNS" if has_names else "no names are looked up"
        self._change(has_names=has_names, said=said)
        self.post_message(ChoiceMade(CHOICE, "on" if has_names else "off"))
        self._want()

    def action_deny(self) -> None:
        """Show the lines that shut the client out; once more, mark the next one."""
        row = self.row
        if row is None:
            return
        if self._state.deny is not None and self._state.denials:
            self._change(deny=(self._state.deny + 1) % len(self._state.denials), said="")
            return
        from glance.domain.logs.subnet import deny_lines

        try:
            denials = tuple((line.tool, line.text) for line in deny_lines(decode(row.raw)))
            self._change(deny=0, denials=denials, said="")
        except GlanceError as error:
            self._change(deny=0, denials=(), said=f"{error.what}: {error.why}")

    def action_copy(self) -> None:
        """Copy the line that is marked, or the address."""
        row, state = self.row, self._state
        if row is None:
            return
        is_line = state.deny is not None and bool(state.denials)
        text = state.denials[state.deny or 0][1] if is_line else clean(decode(row.raw))
        self.post_message(CopyRequested(text))
        self._change(said=f"copied: {text}")

    def step_back(self) -> bool:
        """Close the lines that shut out."""
        if self._state.deny is None and not self._state.said:
            return False
        self._change(deny=None, denials=(), said="")
        return True

    @property
    def table(self) -> PageTable | None:
        """The rows, for an export."""
        board = self.board(self.scene)
        if board is None or not board.rows:
            return None
        columns = ("client", "name", "hits", "rate", "client_errors", "server_errors", "paths", "bytes", "addresses",
                   "kind", "crawler", "first", "last", "suspicious")  # fmt: skip
        return PageTable(
            columns,
            [
                (row.raw, row.name, row.hits, round(row.rate, 6), row.client_errors, row.server_errors, row.paths,
                 row.sent, row.addresses, row.kind, row.crawler, units.iso(row.first_at), units.iso(row.last_at),
                 "; ".join(row.reasons))
                for row in board.rows
            ],
        )  # fmt: skip
