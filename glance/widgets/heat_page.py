"""The page of heat maps: latency over time, and what happened within each second."""

from __future__ import annotations

from dataclasses import dataclass, replace

from textual import events, on
from textual.geometry import NULL_SIZE, Size

from glance.commands.every import ROW_COMMANDS, bindings
from glance.commands.page import HEAT_COMMANDS
from glance.domain import units
from glance.domain.heat_board import CHOICES, MEASURES, PARTS, SECOND_MS, HeatBoard, HeatCell, HeatWish
from glance.domain.page import PageTable
from glance.domain.scene import Scene
from glance.messages import SituationChanged
from glance.widgets.drawing import Picture
from glance.widgets.heat_drawing import GUTTER, HeatState, column_at, grid_size, map_size, places, row_room
from glance.widgets.heat_picture import Shown, heat_picture
from glance.widgets.page import Page

AROUND = 4
"""Lines of the screen that are never those of a page: header and keys, and the page's own borders."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in time, whatever the map shows."""

    at_ms: int
    level: float
    """Latency, or part of the second; seconds."""


class HeatPage(Page):
    """Where requests are many, or slow: a cursor reads a cell, a selection is what is filtered by."""

    NAME = "heat"
    HAS_CHIPS = True
    BINDINGS = bindings((*ROW_COMMANDS, *HEAT_COMMANDS))

    def __init__(self) -> None:
        """Begin with latencies, and the cursor on the peak."""
        super().__init__()
        self._wish = HeatWish()
        self._spot: Spot | None = None
        self._anchor: Spot | None = None
        self._parts = 0
        """Rows of a second; 0 is as many as fit."""
        self._fitted = NULL_SIZE

    # What is shown ------------------------------------------------------------------------------

    @property
    def wish(self) -> HeatWish:
        """The map that fits."""
        return self._wish

    @property
    def board(self) -> HeatBoard | None:
        """The map of now; None while it is worked out."""
        board = self.answer(self.scene)
        return board if isinstance(board, HeatBoard) and board.kind == self._wish.kind else None

    @property
    def is_reading(self) -> bool:
        """The map of the kind that is wanted is worked out, and no key is text."""
        return not (self.is_typing or self.is_passing) and self.board is None

    def state(self, board: HeatBoard) -> HeatState:
        """Where the cursor is: on the peak until somebody moves it."""
        if not board.hits:
            return HeatState()
        if self._spot is None:
            return HeatState(board.peak())
        cursor = board.cell_at(self._spot.at_ms, self._spot.level)
        anchor = None if self._anchor is None else board.cell_at(self._anchor.at_ms, self._anchor.level)
        return HeatState(cursor, is_peak=False, anchor=anchor)

    def draw(self, size: Size) -> Picture:
        """The page of now."""
        board = self.board
        state = self.state(board) if board is not None else HeatState()
        return heat_picture(self.scene, Shown(board, self._wish, state), size, self.inks)

    def part(self, scene: Scene) -> object:
        """The map, and what is said where there is none."""
        return (scene.page, scene.view.window, bool(scene.at), scene.view.end, scene.lines_total > 0)

    def fit(self, size: Size) -> None:
        """Want a map for a page on a screen of this size."""
        self._fit(Size(size.width - 2, size.height - AROUND))

    def _fit(self, inside: Size) -> None:
        """Want as many columns and rows as there are places."""
        self._fitted = inside
        room = row_room(inside, self.inks)
        fitting = [parts for parts in PARTS if parts <= room]
        parts = self._parts if self._parts in fitting else max(fitting, default=PARTS[0])
        rows = room if self._wish.kind == "latency" else parts
        self._wish = replace(self._wish, columns=map_size(inside).width, rows=rows)

    @on(events.Resize)
    def fit_place(self, event: events.Resize) -> None:
        """Lines above the page leave it less room than was thought."""
        inside = Size(event.size.width - 2, event.size.height - 2)
        if inside != self._fitted and self.display:
            self._want()

    def _want(self, **changes: object) -> None:
        """Want another map."""
        before = self._wish
        self._wish = replace(self._wish, **changes)  # type: ignore[arg-type]
        if self.size.width:
            self._fit(Size(self.size.width - 2, self.size.height - 2))
        if self._wish != before:
            self.ask()
        self.redraw()

    def watch_inks(self) -> None:
        """Other colours may have room for other rows."""
        super().watch_inks()
        if self.display:
            self._want()

    # Cursor and selection -----------------------------------------------------------------------

    def action_cursor(self, columns: int, rows: int) -> None:
        """Move the cursor: to the right, and down."""
        board = self.board
        if board is None or not board.hits:
            return
        cell = self.state(board).cursor or HeatCell(board.columns - 1, board.rows - 1)
        row = max(0, min(cell.row + rows, board.rows - 1))
        at_ms = board.start_ms + (cell.column + columns) * board.step_ms
        if board.kind == "latency":
            at_ms = max(board.start_ms, min(at_ms, board.start_ms + (board.columns - 1) * board.step_ms))
        elif board.first_ms is not None and board.last_ms is not None:
            at_ms = max(board.first_ms // SECOND_MS * SECOND_MS, min(at_ms, board.last_ms // SECOND_MS * SECOND_MS))
        self._put(board, Spot(at_ms, board.level(row)))

    def action_move(self, rows: int) -> None:
        """Move the cursor up or down."""
        self.action_cursor(0, rows)

    def action_move_page(self, pages: int) -> None:
        """Move the cursor through time by half of the map."""
        board = self.board
        if board is not None:
            self.action_cursor(pages * max(1, board.columns // 2), 0)

    def action_move_to(self, index: int) -> None:
        """Go to the oldest column, or to the newest with -1."""
        self.action_cursor(-(1 << 32) if index >= 0 else 1 << 32, 0)

    def _put(self, board: HeatBoard, spot: Spot) -> None:
        """Put the cursor somewhere, and show that place; a map with a cursor on it stands still."""
        self._spot = spot
        if board.kind == "second":
            start = board.start_ms // SECOND_MS
            second = spot.at_ms // SECOND_MS
            if not start <= second < start + board.columns:
                start = second - board.columns // 2
            self._want(start=start)
        else:
            self.redraw()

    def action_mark(self) -> None:
        """Begin a selection where the cursor is, or end it."""
        board = self.board
        cursor = self.state(board).cursor if board is not None else None
        if board is None or cursor is None:
            return
        spot = self._spot or self._spot_of(board, cursor)
        self._anchor = None if self._anchor is not None else spot
        self._put(board, spot)

    def _spot_of(self, board: HeatBoard, cell: HeatCell) -> Spot:
        """The place of a cell in time."""
        return Spot(board.start_ms + cell.column * board.step_ms, board.level(cell.row))

    def step_back(self) -> bool:
        """Give up the selection, then the cursor."""
        if self._anchor is not None:
            self._anchor = None
            self.redraw()
        elif self._spot is not None:
            self._spot = None
            self._want(start=None)
        else:
            return False
        return True

    def select(self, index: int) -> None:
        """The map is of another time or of other requests now: follow it."""
        self._spot = self._anchor = None
        self._want(start=None)

    def watch_scene(self, old: Scene, new: Scene) -> None:
        """Draw what is new; other keys make sense where there is a map."""
        super().watch_scene(old, new)
        if self._has_map(old) != self._has_map(new):
            self.post_message(SituationChanged())

    def _has_map(self, scene: Scene) -> bool:
        """Something can be selected."""
        board = self.answer(scene)
        return isinstance(board, HeatBoard) and board.kind == self._wish.kind and bool(board.hits)

    @property
    def has_chip(self) -> bool:
        """There is a map, of which a part can be filtered by."""
        return self._has_map(self.scene)

    def chip(self) -> str:
        """The time, and the latencies, of what is selected, or of the cell with the cursor."""
        from glance.domain.heat_chip import heat_chip  # numpy: not before it is needed

        board = self.board
        state = self.state(board) if board is not None else HeatState()
        if board is None or state.cursor is None:
            return ""
        return heat_chip(board, state.anchor or state.cursor, state.cursor)

    # What a person can do besides ---------------------------------------------------------------

    def action_switch(self) -> None:
        """Go from one map to the other; the cursor stays at its time."""
        kind = "second" if self._wish.kind == "latency" else "latency"
        self._spot = self._anchor = None
        self._want(kind=kind, start=None)
        self.post_message(SituationChanged())

    def action_next_shown(self) -> None:
        """Count other requests, or colour by something else."""
        if self._wish.kind == "latency":
            self._want(choice=CHOICES[(CHOICES.index(self._wish.choice) + 1) % len(CHOICES)])
        else:
            measures = MEASURES if self.scene.has_latency else MEASURES[:2]
            place = measures.index(self._wish.measure) if self._wish.measure in measures else -1
            self._want(measure=measures[(place + 1) % len(measures)])

    def action_next_parts(self) -> None:
        """Cut a second into more rows, or fewer."""
        room = row_room(Size(self.size.width - 2, self.size.height - 2), self.inks)
        fitting = [parts for parts in PARTS if parts <= room]
        if self._wish.kind == "second" and fitting:
            place = fitting.index(self._wish.rows) if self._wish.rows in fitting else -1
            self._parts = fitting[(place + 1) % len(fitting)]
            self._want()

    @property
    def table(self) -> PageTable | None:
        """Every cell with something in it, for an export."""
        board = self.board
        if board is None or not board.hits:
            return None
        rows = [
            (
                units.iso((board.start_ms + column * board.step_ms) / 1000),
                board.bounds[row + 1],
                board.bounds[row],
                hits,
            )
            for row, cells in enumerate(board.hits)
            for column, hits in enumerate(cells)
            if hits
        ]
        level = "latency" if board.kind == "latency" else "second"
        return PageTable(("start", f"{level}_from", f"{level}_to", "hits"), sorted(rows))

    # Mouse --------------------------------------------------------------------------------------

    def is_row(self, y: int) -> bool:
        """A double click on the map filters."""
        board = self.board
        return board is not None and bool(board.hits) and 1 <= y <= map_size(self._inside).height

    @property
    def _inside(self) -> Size:
        return Size(self.size.width - 2, self.size.height - 2)

    def _cell_under(self, board: HeatBoard, x: int, y: int) -> HeatCell | None:
        """The cell at a place of the page."""
        size = grid_size(board, self._inside)
        room = row_room(self._inside, self.inks)
        each = room // size.height
        rows = places(board.rows, room)
        if not (0 < y <= size.height and 0 <= x - 1 - GUTTER < size.width) or not rows:
            return None
        row = max(rows[(y - 1) * each : y * each])
        return HeatCell(column_at(x - 1 - GUTTER, board.columns, size.width), row) if row >= 0 else None

    @on(events.MouseDown)
    def begin_drag(self, event: events.MouseDown) -> None:
        """Put the cursor under the mouse; what is dragged from here is selected."""
        board = self.board
        cell = self._cell_under(board, event.x, event.y) if board is not None and board.hits else None
        if board is None or cell is None or event.button != 1:
            return
        self._anchor = None
        self.capture_mouse()
        self._put(board, self._spot_of(board, cell))

    @on(events.MouseMove)
    def drag(self, event: events.MouseMove) -> None:
        """Select from where the button went down to here."""
        board = self.board
        if board is None or self.app.mouse_captured is not self or self._spot is None:
            return
        cell = self._cell_under(board, event.x, event.y)
        if cell is None or cell == self.state(board).cursor:
            return
        if self._anchor is None:
            self._anchor = self._spot
        self._put(board, self._spot_of(board, cell))

    @on(events.MouseUp)
    def end_drag(self) -> None:
        """The selection stands."""
        self.release_mouse()

    @on(events.MouseScrollDown)
    def wheel_down(self, event: events.MouseScrollDown) -> None:
        """Go back in time with the wheel."""
        event.stop()
        self.action_cursor(-2, 0)

    @on(events.MouseScrollUp)
    def wheel_up(self, event: events.MouseScrollUp) -> None:
        """Come forward with the wheel."""
        event.stop()
        self.action_cursor(2, 0)
