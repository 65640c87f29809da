"""The page of profiles: a flame graph, and beside it the same functions as tables and as source."""

from __future__ import annotations

from dataclasses import replace

from textual import events, on

from glance.commands.every import ROW_COMMANDS, bindings
from glance.commands.flame import FLAME_COMMANDS
from glance.widgets import flame_moves as moves
from glance.widgets.code_drawing import first_shown
from glance.widgets.flame_drawing import crumbs_of, graph_rows
from glance.widgets.flame_state import FlameState
from glance.widgets.flame_tables import Room, call_at, note_strips
from glance.widgets.source_opener import SourceOpener
from glance.widgets.typed_text import pressed_text

MOST_SEARCH = 200


class FlamePage(SourceOpener):
    """Moves through what is shown."""

    NAME = "profile"
    BINDINGS = bindings((*FLAME_COMMANDS, *ROW_COMMANDS))

    # The cursor ---------------------------------------------------------------------------------

    def _move(self, state: FlameState) -> None:
        """Take another state."""
        self._set(**{name: getattr(state, name) for name in moves.MOVED})

    def action_move(self, rows: int) -> None:
        """A row down or up, in what has the keys."""
        if self._state.part == "source":
            self._scroll(rows)
        elif self._sight is not None:
            self._move(moves.moved(self._sight, self._state, rows, self._cells))

    def _scroll(self, lines: int) -> None:
        """Lines of the source down or up."""
        source = self._answer.source if self._answer is not None else None
        if source is not None:
            size = self._plan.inside("source")
            notes = note_strips(source, Room(*size, self.inks, has_keys=True))
            room = max(1, size.height - len(notes))
            first = first_shown(source.rows, self._state.line, room)
            self._set(line=first_shown(source.rows, first + lines, room))

    def action_move_page(self, pages: int) -> None:
        """What is visible, down or up."""
        room = max(1, self._plan.inside(self._state.part).height - 1)
        for _ in range(room if self._state.part == "flame" else 1):
            self.action_move(pages if self._state.part == "flame" else pages * room)

    def action_move_to(self, index: int) -> None:
        """To the first row, or to the last with -1."""
        if self._sight is None:
            return
        if self._state.part == "flame":
            self._move(moves.to_end(self._sight, self._state, self._cells, is_first=index == 0))
        else:
            self.action_move(-(1 << 40) if index == 0 else 1 << 40)

    def select(self, index: int) -> None:
        """Rows of other pages: not here."""

    def action_beside(self, step: int) -> None:
        """The frame to the left or right on the same row."""
        if self._sight is not None and self._state.part == "flame":
            self._move(moves.beside(self._sight, self._state, step, self._cells))

    def action_hit(self, step: int) -> None:
        """The next or previous frame that the search found."""
        if self._sight is not None and self._state.search:
            self._move(moves.to_hit(self._sight, self._state, step))

    def action_zoom(self) -> None:
        """Give the frame the whole width, open a block of several, or go to the function of a row."""
        if self.is_empty:
            self.action_last_samples()
        elif self._sight is not None:
            self._move(moves.zoomed(self._sight, self._state, self._cells))

    def open_row(self) -> None:
        """As enter, unless it was a click on the polls."""
        if not self.is_brushed:
            self.action_zoom()

    def step_back(self) -> bool:
        """Undo one step: what is typed, the search, the function around, the zoom."""
        state = self._state
        if state.is_typing:
            self._set(is_typing=False, typed="")
        elif state.zooms:
            self._set(zooms=state.zooms[:-1], is_chain_open=False)
        elif state.search:
            self._set(search="", typed="")
        elif self._wish.focus:
            self._want(focus="")
            self._set(focus="", is_above=False)
        elif self.drop_polls():
            return True
        elif self._wish.base or self._wish.label[0] or self._wish.group:
            self._want(base="", label=("", ""), group="")
        elif state.part != "flame":
            self._set(part="flame")
        elif self._has_span:
            self.action_samples()
        elif self._is_alone:
            self.app.exit()
        else:
            return False
        return True

    # Search -------------------------------------------------------------------------------------

    def action_search(self) -> None:
        """Type what to find."""
        if self._sight is not None:
            self._set(is_typing=True, typed="")

    @on(events.Key)
    def type_search(self, event: events.Key) -> None:
        """Take every key that means something to a search while one is typed."""
        if not self._state.is_typing or self.is_passing:
            return
        if event.key == "enter":
            self._set(is_typing=False, search=self._state.typed)
            if self._state.search:
                self.action_hit(0)
        else:
            typed = pressed_text(self._state.typed, event.key, event.character, MOST_SEARCH)
            if typed is None:
                return
            self._set(typed=typed)
        event.stop()
        event.prevent_default()

    # The mouse ----------------------------------------------------------------------------------

    def click_on(self, x: int, y: int) -> None:
        """Put the cursor where a click went."""
        sight, where = self._sight, self._plan
        part = where.part_at(x, y)
        if sight is None or part is None:
            return
        place = where.places[part]
        line, cell = y - place.y - 1, x - place.x - 1
        if part == "flame":
            crumbs = crumbs_of(sight, self._state, place.height - 2)
            rows = graph_rows(sight, self._state, place.width - 2)
            at = self._state.top + line - crumbs
            if line < crumbs:
                self.step_back()
            elif 0 <= at < len(rows):
                before = self._state
                self._move(moves.at_cell(sight, replace(before, part=part), rows[at], cell))
                if (before.part, before.chosen, before.kind) == (part, self._state.chosen, self._state.kind):
                    self.action_zoom()  # it had the cursor already
        elif part == "top":
            self._move(moves.to_row(sight, replace(self._state, part=part), self._state.first + line - 1))
        elif part == "calls":
            selected = sight.function(self._state, self._cells)
            call = call_at(sight, self._state, selected, line, place.height - 2)
            self._set(part=part, other=part, call=max(0, call))
        else:
            self._set(part=part, other=part)

    @on(events.MouseScrollDown)
    def wheel_down(self, event: events.MouseScrollDown) -> None:
        """Move down with the wheel, in what is under the mouse."""
        self._turn_wheel(event, 1)

    @on(events.MouseScrollUp)
    def wheel_up(self, event: events.MouseScrollUp) -> None:
        """Move up with the wheel, in what is under the mouse."""
        self._turn_wheel(event, -1)

    def _turn_wheel(self, event: events.MouseEvent, rows: int) -> None:
        event.stop()
        event.prevent_default()  # of any list: it would move once more
        part = self._plan.part_at(event.x, event.y)
        if part is not None and part != self._state.part:
            self.action_show(part)
        if event.y >= self._plan.polls:
            self.action_move(rows)
