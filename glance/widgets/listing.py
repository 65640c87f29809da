"""A list with a cursor that stays on its row by name, whatever comes above it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from textual import events, on

from glance.commands.every import ROW_COMMANDS, bindings
from glance.domain.scene import Scene
from glance.messages import SituationChanged
from glance.widgets.panel import Panel


class Listing(Panel, can_focus=True):
    """Rows on the whole screen. Subclasses say what they are called, and how many lines they have for them."""

    BINDINGS = bindings(ROW_COMMANDS)

    def __init__(self) -> None:
        """Start at the top."""
        super().__init__()
        self.cursor: Hashable = None
        self.top = 0
        self._index = 0

    def names(self, scene: Scene) -> Sequence[Hashable]:
        """What the rows are called, in their order."""
        return ()

    @property
    def has_chip(self) -> bool:
        """There are rows, and they can be filtered by."""
        return self.HAS_CHIPS and bool(self.names(self.scene))

    @property
    def row_room(self) -> int:
        """How many rows fit."""
        return max(1, self.size.height - 2)

    def row_at(self, y: int) -> int | None:
        """The row that is drawn at a line of the panel; None where there is none."""
        return None

    @property
    def index(self) -> int:
        """The row with the cursor."""
        return self._index

    def follow(self, scene: Scene) -> None:
        """Keep the cursor on its name; where that is gone, on its place. One that nobody moved stays on top."""
        names = self.names(scene)
        if self.cursor in names and self._index:
            self._index = names.index(self.cursor)
        self._index = max(0, min(self._index, len(names) - 1))
        self.cursor = names[self._index] if names else None

    def keep_in_view(self) -> None:
        """Scroll no more than the cursor needs."""
        room = self.row_room
        self.top = max(self._index - room + 1, min(self.top, self._index))
        self.top = max(0, min(self.top, len(self.names(self.scene)) - room))

    def watch_scene(self, old: Scene, new: Scene) -> None:
        """Find the row with the cursor among the new ones before drawing them."""
        self.follow(new)
        super().watch_scene(old, new)
        if bool(self.names(old)) != bool(self.names(new)):
            self.post_message(SituationChanged())

    def select(self, index: int) -> None:
        """Put the cursor on a row."""
        names = self.names(self.scene)
        if names:
            self._index = max(0, min(index, len(names) - 1))
            self.cursor = names[self._index]
            self.redraw()

    def action_move(self, rows: int) -> None:
        """Move the cursor."""
        self.select(self._index + rows)

    def action_move_page(self, pages: int) -> None:
        """Move the cursor by what is visible."""
        self.select(self._index + pages * self.row_room)

    def action_move_to(self, index: int) -> None:
        """Go to the first row, or to the last with -1."""
        self.select(index if index >= 0 else len(self.names(self.scene)))

    def click_on(self, x: int, y: int) -> None:
        """Select the row under a click."""
        row = self.row_at(y)
        if row is not None:
            self.select(row)

    @on(events.MouseScrollDown)
    def wheel_down(self, event: events.MouseScrollDown) -> None:
        """Move down with the wheel."""
        event.stop()
        self.action_move(1)

    @on(events.MouseScrollUp)
    def wheel_up(self, event: events.MouseScrollUp) -> None:
        """Move up with the wheel."""
        event.stop()
        self.action_move(-1)
