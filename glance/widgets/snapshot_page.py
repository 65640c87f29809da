"""The page of snapshots: what is kept, opened like live, noted, compared, deleted."""

from __future__ import annotations

import os
from collections.abc import Hashable, Sequence
from dataclasses import replace

from textual import events, on
from textual.geometry import Size

from glance.commands.every import ROW_COMMANDS, bindings
from glance.commands.snapshot import SNAPSHOT_COMMANDS
from glance.domain import units
from glance.domain.page import PageTable
from glance.domain.scene import Scene
from glance.domain.snapshot_board import SnapshotBoard, SnapshotRow, SnapshotWish
from glance.messages import SituationChanged, SnapshotChosen, SnapshotOrdered
from glance.widgets.drawing import Picture, clean
from glance.widgets.page import Page
from glance.widgets.snapshot_drawing import SnapshotState, details, diff_lines, row_room, snapshot_picture
from glance.widgets.typed_text import pressed_text

SORTS = ("time", "size", "why")
MOST_TYPED = 500


class SnapshotPage(Page):
    """Snapshots, newest first."""

    NAME = "snapshots"
    BINDINGS = bindings((*SNAPSHOT_COMMANDS, *ROW_COMMANDS))

    def __init__(self) -> None:
        """Begin with the list."""
        super().__init__()
        self._wish = SnapshotWish()
        self._state = SnapshotState()

    # What is shown ------------------------------------------------------------------------------

    @property
    def wish(self) -> SnapshotWish:
        """The list, and two that are compared."""
        return self._wish

    def board(self, scene: Scene) -> SnapshotBoard | None:
        """What a scene says to this page."""
        answer = self.answer(scene)
        return answer if isinstance(answer, SnapshotBoard) else None

    def rows(self, scene: Scene) -> list[SnapshotRow]:
        """Those that the search leaves, in their order."""
        board, state = self.board(scene), self._state
        if board is None:
            return []
        wanted = (state.typed if state.typing == "search" else state.search).casefold()
        found = [row for row in board.rows if not wanted or wanted in _words(row)]
        if state.sort == "size":
            found.sort(key=lambda row: -row.size_bytes)
        elif state.sort == "why":
            found.sort(key=lambda row: (not row.is_of_alert, row.alert, -row.made_at))
        return found

    def names(self, scene: Scene) -> Sequence[Hashable]:
        """The ids."""
        return [row.id for row in self.rows(scene)]

    @property
    def row(self) -> SnapshotRow | None:
        """The one with the cursor."""
        rows = self.rows(self.scene)
        return rows[min(self.index, len(rows) - 1)] if rows else None

    @property
    def _inside(self) -> Size:
        return Size(max(1, self.size.width - 2), max(1, self.size.height - 2))

    @property
    def row_room(self) -> int:
        """How many rows fit."""
        return row_room(self._inside)

    @property
    def _is_list(self) -> bool:
        return not (self._state.is_diff or self._state.has_details)

    def row_at(self, y: int) -> int | None:
        """The row that is drawn at a line of the page."""
        row = self.top + y - 2
        is_one = self._is_list and 2 <= y < 2 + self.row_room and row < len(self.names(self.scene))
        return row if is_one else None

    def draw(self, size: Size) -> Picture:
        """The page of now."""
        self.keep_in_view()
        state = replace(self._state, cursor=self.index, top=self.top)
        return snapshot_picture(self.board(self.scene), self.rows(self.scene), state, size, self.inks)

    def part(self, scene: Scene) -> object:
        """The list, and what is compared."""
        board = self.board(scene)
        return None if board is None else (board.serial, board.wish, board.is_comparing, board.diff is None)

    def _change(self, **changes: object) -> None:
        """Show another state."""
        self._state = replace(self._state, **changes)  # type: ignore[arg-type]
        self.redraw()
        self.post_message(SituationChanged())

    @property
    def can_open(self) -> bool:
        """There is a snapshot with the cursor."""
        return self.row is not None

    @property
    def is_typing(self) -> bool:
        """A note or a search is typed."""
        return bool(self._state.typing)

    @property
    def search(self) -> str:
        """What was searched."""
        return self._state.search

    # Moving -------------------------------------------------------------------------------------

    def select(self, index: int) -> None:
        """Put the cursor on a row; nothing is to be deleted then."""
        self._state = replace(self._state, doomed="")
        super().select(index)

    def action_move(self, rows: int) -> None:
        """Move the cursor, or scroll."""
        if self._is_list:
            super().action_move(rows)
            return
        row, width = self.row, self._inside.width
        board = self.board(self.scene)
        long = diff_lines(board, self._state, width, self.inks) if self._state.is_diff else []
        if not long and row is not None:
            long = details(row, width, self.inks)
        most = max(0, len(long) - self._inside.height)
        self._change(scroll=max(0, min(most, self._state.scroll + rows)))

    def action_move_page(self, pages: int) -> None:
        """Move by what is visible."""
        self.action_move(pages * (self.row_room if self._is_list else self._inside.height))

    def action_move_to(self, index: int) -> None:
        """Go to the first row, or to the last with -1."""
        if self._is_list:
            super().action_move_to(index)
        else:
            self.action_move(-(1 << 20) if index >= 0 else 1 << 20)

    def step_back(self) -> bool:
        """Undo one step: what is typed, what is to be deleted, the details, the search, the mark."""
        state = self._state
        if state.typing:
            self._change(typing="", typed="")
        elif state.doomed:
            self._change(doomed="")
        elif state.is_diff:
            self._change(is_diff=False, scroll=0)
            self._want(SnapshotWish())
        elif state.has_details:
            self._change(has_details=False, scroll=0)
        elif state.search:
            self._change(search="")
        elif state.marked:
            self._change(marked="")
        else:
            return False
        return True

    def _want(self, wish: SnapshotWish) -> None:
        if wish != self._wish:
            self._wish = wish
            self.ask()

    # What a person can do -----------------------------------------------------------------------

    def action_open(self) -> None:
        """Look at it as at live logs."""
        row = self.row
        if row is not None and not row.trouble and not self._state.is_diff:
            self.post_message(SnapshotChosen(row.path, row.start, row.end))

    def open_row(self) -> None:
        """Show all that is in it."""
        self.action_details()

    def action_details(self) -> None:
        """Show all that is in it, or the list."""
        if not self._state.is_diff:
            self._change(has_details=not self._state.has_details, scroll=0, doomed="")

    def action_note(self) -> None:
        """Type a note."""
        row = self.row
        if row is not None and not row.trouble:
            self._change(typing="note", typed=clean(row.note.replace("\n", " "), MOST_TYPED), doomed="")

    def action_search(self) -> None:
        """Type what the words of a snapshot have."""
        self._change(typing="search", typed="", doomed="", is_diff=False, has_details=False)

    def action_sort(self) -> None:
        """Order the rows by something else."""
        self._change(sort=SORTS[(SORTS.index(self._state.sort) + 1) % len(SORTS)], doomed="")
        self.select(0)

    def action_mark(self) -> None:
        """Mark it, or no longer."""
        row = self.row
        if row is not None and not row.trouble:
            self._change(marked="" if self._state.marked == row.id else row.id, doomed="")

    def action_compare(self) -> None:
        """Compare it with the marked one, the older one before; without a mark, with the one before it."""
        row, rows = self.row, sorted(self.rows(self.scene), key=lambda one: one.start)
        if row is None or row.trouble:
            return
        others = [one for one in rows if not one.trouble and one.id != row.id]
        other = next((one for one in others if one.id == self._state.marked), None)
        if other is None:
            other = next((one for one in reversed(others) if one.start <= row.start), None)
        if other is None:
            self.action_mark()
            return
        before, after = sorted((row, other), key=lambda one: (one.start, one.made_at))
        self._change(is_diff=True, scroll=0, doomed="", has_details=False)
        self._want(SnapshotWish(before.id, after.id))

    def action_export(self) -> None:
        """Write it into the directory that glance was started in."""
        row = self.row
        if row is not None and not row.trouble:
            self.post_message(SnapshotOrdered("export", row.id, os.getcwd()))

    def action_remove(self) -> None:
        """Delete it, when the key is pressed again."""
        row = self.row
        if row is None or not self._is_list:
            return
        if self._state.doomed == row.id:
            self._change(doomed="")
            self.post_message(SnapshotOrdered("remove", row.id))
        else:
            self._change(doomed=row.id)

    @on(events.Key)
    def take_key(self, event: events.Key) -> None:
        """Take every key that means something to a text while one is typed."""
        if not self.is_typing or self.is_passing:
            return
        state = self._state
        if event.key == "enter":
            if state.typing == "search":
                self._change(typing="", search=state.typed, typed="")
            elif self.row is not None:
                self.post_message(SnapshotOrdered("note", self.row.id, state.typed.strip()))
                self._change(typing="", typed="")
        else:
            typed = pressed_text(state.typed, event.key, event.character, MOST_TYPED)
            if typed is None:
                return
            self._change(typed=typed)
            self.follow(self.scene)
        event.stop()
        event.prevent_default()

    @property
    def table(self) -> PageTable | None:
        """The rows, for an export."""
        rows = self.rows(self.scene)
        columns = ("id", "taken", "start", "end", "requests", "lines", "profiles", "bytes", "alert", "note", "build")
        return PageTable(
            columns,
            [
                (row.id, units.iso(row.made_at), units.iso(row.start), units.iso(row.end), row.records, row.lines,
                 row.profiles, row.size_bytes, clean(row.alert, 2000), clean(row.note, 2000), clean(row.build))
                for row in rows
            ],
        ) if rows else None  # fmt: skip


def _words(row: SnapshotRow) -> str:
    """All that can be searched."""
    told = " ".join(text for _, text in row.details)
    return f"{row.id} {clean(row.note, 2000)} {row.alert} {row.filter} {row.build} {told}".casefold()
