"""The page of goroutines: their stacks, what they do, and which grow."""

from __future__ import annotations

from glance.domain.stack_board import GoroutineWish
from glance.widgets.stack_page import StackPage


class GoroutinePage(StackPage):
    """Goroutines by their stacks."""

    NAME = "goroutines"
    OTHER = "growth"

    def __init__(self) -> None:
        """Ask for nothing by key yet."""
        super().__init__(GoroutineWish())

    def action_ask_states(self) -> None:
        """Ask the program for states and waiting times."""
        board, wish = self.board(self.scene), self._wish
        if board is not None and not board.can_ask:
            self._change(said="it cannot be asked: it is not polled, or another time is looked at")
        elif isinstance(wish, GoroutineWish):
            self._want(asks=wish.asks + 1)
            self._change(said="")
