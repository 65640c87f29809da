"""The page that shows when the samples of a profile were taken: what is selected there becomes a flame graph."""

from __future__ import annotations

from dataclasses import replace

from textual.geometry import Size

from glance.commands.every import bindings
from glance.commands.page import SAMPLE_COMMANDS
from glance.domain.heat_chip import second_span
from glance.domain.sample_board import SampleBoard, SampleSpan, SampleWish
from glance.domain.scene import Scene
from glance.messages import SpanRequested
from glance.widgets.drawing import Picture
from glance.widgets.heat_drawing import HeatState
from glance.widgets.heat_page import HeatPage
from glance.widgets.heat_picture import hits_within
from glance.widgets.sample_picture import sample_picture

MICROS_A_MILLI = 1000


class SamplePage(HeatPage):
    """The map of the samples of one profile."""

    NAME = "samples"
    HAS_CHIPS = False
    BINDINGS = bindings(SAMPLE_COMMANDS)

    def __init__(self) -> None:
        """Begin with no profile."""
        super().__init__()
        self._wish: SampleWish = SampleWish()

    def show_profile(self, name: str) -> None:
        """Show the samples of another profile; of the same one as it was left."""
        if name != self._wish.profile:
            self._spot = self._anchor = None
            self._wish = replace(self._wish, profile=name, start=None)

    @property
    def board(self) -> SampleBoard | None:
        """The map of now; None while it is worked out."""
        board = self.answer(self.scene)
        wish = board.wish if board is not None else None
        is_mine = isinstance(wish, SampleWish) and wish.profile == self._wish.profile
        return board if is_mine and isinstance(board, SampleBoard) else None

    def draw(self, size: Size) -> Picture:
        """The page of now."""
        board = self.board
        state = self.state(board) if board is not None else HeatState()
        return sample_picture(board, self._wish, state, size, (self.inks, self.has_focus))

    def part(self, scene: Scene) -> object:
        """The map."""
        return scene.page

    @property
    def can_open(self) -> bool:
        """There is something to select."""
        return self._has_map(self.scene)

    @property
    def has_chip(self) -> bool:
        """No log is filtered here."""
        return False

    def is_row(self, y: int) -> bool:
        """A double click opens the flame graph."""
        return False

    def select(self, index: int) -> None:
        """Another filter of the log changes nothing here."""

    def open_row(self) -> None:
        """As enter."""
        self.action_flame()

    def action_flame(self) -> None:
        """Show the flame graph of exactly what is selected, or of the cell with the cursor."""
        board = self.board
        state = self.state(board) if board is not None else HeatState()
        if board is None or state.cursor is None:
            return
        one, other = state.anchor or state.cursor, state.cursor
        if hits_within(board, one, other):
            start_ms, end_ms = second_span(board, one, other)
            span = SampleSpan(self._wish.profile, start_ms * MICROS_A_MILLI, end_ms * MICROS_A_MILLI)
            self.post_message(SpanRequested(span))

    async def action_switch(self) -> None:  # type: ignore[override]
        """Go to the maps of the log, as everywhere else."""
        await self.run_action("screen.page('heat')")

    def action_next_shown(self) -> None:
        """There is one thing to count only."""

    def step_back(self) -> bool:
        """Give up the selection, then the cursor, then go back to the flame graph."""
        if not super().step_back():
            self.post_message(SpanRequested(None))
        return True
