"""The page of growing memory: stacks by what they have in use, and how much more that is than before."""

from __future__ import annotations

from glance.domain.stack_board import GrowthWish
from glance.messages import GrowthRequested
from glance.widgets.stack_page import StackPage
from glance.widgets.stack_state import MEMORY_SORTS


class GrowthPage(StackPage):
    """Stacks by the memory that they have in use."""

    NAME = "growth"
    IS_MEMORY = True
    OTHER = "goroutines"
    SORTS = MEMORY_SORTS

    def __init__(self) -> None:
        """Begin with stacks."""
        super().__init__(GrowthWish())

    def action_difference(self) -> None:
        """See what grew as a flame graph."""
        board, row = self.board(self.scene), self.row
        if board is None or row is None or board.ends[0] == board.ends[1]:
            self._change(said="there are no two polls to compare; files are compared by c on the page of profiles")
        else:
            name = f"{board.program} allocs"
            self.post_message(GrowthRequested(name, board.ends, "inuse_space", row.frame.name))

    def action_by_function(self) -> None:
        """One row for each own function, or for each stack."""
        self._want(is_by_function=not self._wish.is_by_function)
        self._change(said="by function" if self._wish.is_by_function else "by stack")
