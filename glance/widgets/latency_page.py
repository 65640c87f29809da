"""The page of latency: percentiles by name, the spread of the chosen one, and its slowest requests."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace

from textual.geometry import Size

from glance.commands.every import ROW_COMMANDS, bindings
from glance.commands.page import LATENCY_COMMANDS
from glance.domain.latency_board import BYS, SORTS, LatencyBoard, LatencyBy, LatencySort, LatencyWish
from glance.domain.page import PageTable
from glance.domain.scene import Scene
from glance.widgets.drawing import Picture
from glance.widgets.latency_drawing import BY_NAMES, HEAD_LINES, LatencyState, latency_page, plan
from glance.widgets.page import Page
from glance.widgets.progress import empty_words

ALL = "all"
"""What the row of all requests is called; the others are called by their bytes."""
MOST_ROWS = 100
MOST_LINES = 40


class LatencyPage(Page):
    """A table with what is known of the row that has the cursor."""

    NAME = "latency"
    HAS_CHIPS = True
    BINDINGS = bindings((*ROW_COMMANDS, *LATENCY_COMMANDS))

    def __init__(self) -> None:
        """Begin with routes, slowest first."""
        super().__init__()
        self._wish = LatencyWish()
        self._is_moved = False
        """The cursor was put where it is; until then it is on the slowest name, below the row of all requests."""
        self._unnamed: tuple[LatencyBy, ...] = ()

    # What is shown ------------------------------------------------------------------------------

    @property
    def wish(self) -> LatencyWish:
        """What it wants to know."""
        return self._wish

    def fit(self, size: Size) -> None:
        """Want what a page of this size can show."""
        lines = max(4, min(MOST_LINES, size.height - HEAD_LINES - 4))
        self._wish = replace(self._wish, rows=max(40, min(MOST_ROWS, 2 * size.height)), lines=lines)

    def board(self, scene: Scene) -> LatencyBoard | None:
        """What a scene says to this page."""
        answer = self.answer(scene)
        return answer if isinstance(answer, LatencyBoard) else None

    def names(self, scene: Scene) -> Sequence[Hashable]:
        """The rows by their names."""
        board = self.board(scene)
        return [ALL if row.raw is None else row.raw for row in board.rows] if board is not None else []

    def follow(self, scene: Scene) -> None:
        """Keep the cursor on its name, and ask for the slowest requests of another one."""
        if self.board(scene) is None:
            return
        names = self.names(scene)
        if not self._is_moved and len(names) > 1:
            self._index, self.cursor = 1, names[1]
        super().follow(scene)
        self._want_slowest()

    def _want_slowest(self) -> None:
        """Ask for the slowest requests of the row with the cursor."""
        row = self.cursor if isinstance(self.cursor, bytes) else None
        if row != self._wish.row:
            self._wish = replace(self._wish, row=row)
            if self.display:  # a hidden page wants nothing
                self.ask()

    @property
    def row_room(self) -> int:
        """How many rows fit."""
        many = len(self.names(self.scene))
        return max(1, plan(Size(self.size.width - 2, self.size.height - 2), many).rows)

    def row_at(self, y: int) -> int | None:
        """The row at a line of the page."""
        place = y - 1 - HEAD_LINES
        many = len(self.names(self.scene))
        row = self.top + place
        return row if 0 <= place < self.row_room and row < many else None

    def is_row(self, y: int) -> bool:
        """A name stands at a line of the page."""
        return self.row_at(y) is not None

    def draw(self, size: Size) -> Picture:
        """The page of now."""
        self.keep_in_view()
        state = LatencyState(self.index, self.top, self._wish, self._unnamed)
        return latency_page(self.scene, self.board(self.scene), state, size, self.inks)

    def part(self, scene: Scene) -> object:
        """The answer, and what is said where there is none."""
        board = self.board(scene)
        words = "" if board is not None and board.rows else empty_words(scene)
        return (board, words, scene.view.window, scene.has_latency, bool(scene.totals.hits), scene.absent)

    @property
    def table(self) -> PageTable | None:
        """The rows, with every figure."""
        board = self.board(self.scene)
        if board is None or not board.rows:
            return None
        rows = [
            (
                "all requests" if one.raw is None else one.raw,
                one.hits,
                one.timed,
                one.p50,
                one.p90,
                one.p95,
                one.p99,
                one.max,
            )
            for one in board.rows
        ]
        return PageTable((BY_NAMES[self._wish.by], "hits", "timed", "p50", "p90", "p95", "p99", "max"), rows)

    # What a person can do -----------------------------------------------------------------------

    def select(self, index: int) -> None:
        """Put the cursor on a row."""
        self._is_moved = True
        super().select(index)
        self._unnamed = ()
        self._want_slowest()

    def _want(self, **changes: object) -> None:
        """Ask for something else, and show its first rows."""
        self._wish, self._unnamed = replace(self._wish, row=None, **changes), ()  # type: ignore[arg-type]
        self.cursor, self._index, self.top, self._is_moved = None, 0, 0, False
        self.ask()
        self.redraw()

    def action_by(self) -> None:
        """Tell latencies apart by the next thing; what no line names is stepped over, and told of."""
        start = BYS.index(self._wish.by) + 1
        following = (*BYS[start:], *BYS[:start])
        chosen = next((by for by in following if by not in self.scene.absent), self._wish.by)
        self._want(by=chosen)
        self._say_unnamed(following[: following.index(chosen)])

    def action_by_name(self, by: LatencyBy) -> None:
        """Tell latencies apart by this, unless no line names any."""
        if by in self.scene.absent:
            self._say_unnamed((by,))
        else:
            self._want(by=by)

    def _say_unnamed(self, unnamed: tuple[LatencyBy, ...]) -> None:
        """Say what the log does not name, until something else is asked for."""
        self._unnamed = unnamed
        self.redraw()

    def action_sort(self) -> None:
        """Order the rows by the next column."""
        self.action_sort_by(SORTS[(SORTS.index(self._wish.sort) + 1) % len(SORTS)])

    def action_sort_by(self, sort: LatencySort) -> None:
        """Order the rows by this column."""
        self._want(sort=sort)

    def action_errors(self) -> None:
        """Leave errors out, or count them too."""
        self._wish = replace(self._wish, without_errors=not self._wish.without_errors)
        self.ask()
        self.redraw()

    def chip(self) -> str:
        """The row with the cursor; all requests are no choice.

        Raises:
            FilterError: it cannot be filtered by.
        """
        from glance.domain.logs.chip import chip_of  # numpy: not before the first frame

        return chip_of(self._wish.by, self.cursor) if isinstance(self.cursor, bytes) else ""
