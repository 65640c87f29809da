"""The page of SQL: a query is typed above, its answer is a table below."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

from textual import events, on
from textual.geometry import Size

from glance.commands.every import ROW_COMMANDS, bindings
from glance.commands.sql import SQL_COMMANDS
from glance.domain import units
from glance.domain.page import PageTable
from glance.domain.scene import Scene
from glance.domain.sql_board import MOST_QUERY, SqlBoard, SqlWish
from glance.messages import ChoiceMade, CopyRequested, SituationChanged
from glance.widgets.drawing import Picture
from glance.widgets.page import Page
from glance.widgets.sql_beginning import examples_for
from glance.widgets.sql_completion import sql_completion
from glance.widgets.sql_drawing import PROMPT, SqlState, editor_lines, is_running, left_of, row_room, sql_picture
from glance.widgets.sql_editor import SqlTyped, completed, inserted, moved_by_line, pressed
from glance.widgets.sql_grid import copied_text

HISTORY = "sql.history"
"""The name under which queries are remembered."""
MOST_KEPT = 50
MOST_HISTORY = 9_500
"""Characters of all queries that are remembered."""


class SqlPage(Page):
    """Takes keys as text while a query is typed; else they move through the answer."""

    NAME = "sql"
    BINDINGS = bindings((*SQL_COMMANDS, *ROW_COMMANDS))

    def __init__(self) -> None:
        """Nothing was asked."""
        super().__init__()
        self._state = SqlState()
        self._history: list[str] = []
        self._place = -1
        """Which of the queries of before is shown; -1 is what was typed."""
        self._draft = ""
        self._stop = (0, 0)
        self._is_awaited = False
        """A person waits for the answer of the newest run."""

    def recall(self, known: Mapping[str, str]) -> None:
        """Take the queries of the last time."""
        try:
            queries = json.loads(known.get(HISTORY, "[]"))
        except ValueError:
            return
        if isinstance(queries, list):
            self._history = [one[:MOST_QUERY] for one in queries if isinstance(one, str)][:MOST_KEPT]

    # What is shown ------------------------------------------------------------------------------

    @property
    def wish(self) -> SqlWish:
        """What the collector shall answer."""
        return SqlWish(self._state.asked, self._state.run, self._stop, self._state.repeats)

    @property
    def is_typing(self) -> bool:
        """A query is typed."""
        return self._state.is_typing

    @property
    def table(self) -> PageTable | None:
        """The answer."""
        result = self._state.result
        return PageTable(result.columns, result.rows) if result is not None else None

    def draw(self, size: Size) -> Picture:
        """The page of now."""
        return sql_picture(self.scene, self._state, size, self.inks, is_focused=self.has_focus)

    def part(self, scene: Scene) -> object:
        """The board, and what the table is about."""
        ticking = scene.at if is_running(self._state, scene) else 0
        return (scene.page, scene.view, scene.is_live, ticking, scene.has_latency)

    def watch_scene(self, old: Scene, new: Scene) -> None:
        """Take an answer."""
        board = new.page
        if isinstance(board, SqlBoard) and new.view.page is not None and board.running_since is None:
            self._take(board)
        super().watch_scene(old, new)

    def _take(self, board: SqlBoard) -> None:
        """What is known when no query runs."""
        state = self._state
        if board.run < state.run:
            return
        result = board.result or state.result
        if result is not state.result or board.mistake != state.mistake:
            is_same = result is not None and state.result is not None and result.columns == state.result.columns
            last = max(0, len(result.rows) - 1) if result is not None else 0
            changes = {} if is_same else {"row": 0, "column": 0, "top": 0, "left": 0, "is_open": False}
            state = replace(state, result=result, mistake=board.mistake, **changes)  # type: ignore[arg-type]
            state = replace(state, row=min(state.row, last), top=min(state.top, last))
            state = replace(state, is_open=state.is_open and bool(result and result.rows))
        if self._is_awaited:
            self._is_awaited = False
            if state.mistake is not None and state.asked == state.typed.text:
                at = state.mistake.at
                caret = at if 0 <= at <= len(state.typed.text) else state.typed.caret
                state = replace(state, typed=SqlTyped(state.typed.text, caret), is_typing=True)
        self._change(state)

    def _change(self, state: SqlState) -> None:
        """Show another state."""
        was_typing, self._state = self._state.is_typing, state
        if self.is_ready:
            room = row_room(state, self.size)
            top = max(0, state.row - room + 1, min(state.top, state.row))
            self._state = replace(state, top=top, left=left_of(state, self.size))
        self.redraw()
        if was_typing != state.is_typing:
            self.post_message(SituationChanged())

    def _set(self, **changes: object) -> None:
        self._change(replace(self._state, **changes))  # type: ignore[arg-type]

    # Typing -------------------------------------------------------------------------------------

    @on(events.Key)
    def type_query(self, event: events.Key) -> None:
        """Take every key that means something to a text while a query is typed."""
        if self._state.is_typing and not self.is_passing and self._press(event.key, event.character):
            event.stop()
            event.prevent_default()

    @on(events.Paste)
    def paste_query(self, event: events.Paste) -> None:
        """Take pasted text, with its lines."""
        if self._state.is_typing and not self.is_passing:
            event.stop()
            text = event.text.replace("\r\n", "\n").replace("\r", "\n")
            self._type(inserted(self._state.typed, "".join(map(_typeable, text))))

    def _press(self, key: str, character: str | None) -> bool:
        """Take a key; False when it means nothing here."""
        special: dict[str, Callable[[], None]] = {
            "enter": self.action_ask,
            "tab": lambda: self.action_take(self._state.typed.picked + 1),
            "shift+tab": lambda: self.action_take(self._state.typed.picked - 1),
            "up": lambda: self._go_up_or_down(-1),
            "down": lambda: self._go_up_or_down(1),
        }
        is_empty = not self._state.typed.text and self._state.result is None
        if key in special:
            special[key]()
        elif is_empty and key in ("1", "2", "3"):
            self.action_example(int(key) - 1)
        else:
            typed = pressed(self._state.typed, key, character)
            if typed is None:
                return False
            self._type(typed)
        return True

    def _type(self, typed: SqlTyped) -> None:
        """Show what was typed, and what it can become."""
        if typed.text != self._state.typed.text:
            self._place = -1
        options = sql_completion(typed.text, typed.caret, self.scene, self._history)
        self._set(typed=replace(typed, options=options), said="")

    def _go_up_or_down(self, step: int) -> None:
        """Go a line up or down; beyond the first and the last line to other queries."""
        moved = moved_by_line(self._state.typed, step, max(8, self.size.width - 3 - len(PROMPT)))
        if moved is not None:
            self._set(typed=moved)
            return
        place = self._place - step
        if not -1 <= place < len(self._history):
            return
        if self._place < 0:
            self._draft = self._state.typed.text
        text = self._draft if place < 0 else self._history[place]
        said = f"query {place + 1} of {len(self._history)}" if place >= 0 else ""
        self._set(typed=SqlTyped(text, len(text)), said=said)
        self._place = place

    def action_take(self, index: int) -> None:
        """Let the word at the caret become one of the candidates."""
        typed = completed(self._state.typed, index)
        if typed.picked >= 0:
            self._set(typed=typed, said="")
        else:
            self._type(typed)

    def action_example(self, index: int) -> None:
        """Take one of the queries to begin with, and ask it."""
        text = examples_for(self.scene)[index][1]
        self._set(typed=SqlTyped(text, len(text)))
        self.action_ask()

    def action_edit(self) -> None:
        """Type the query."""
        self._set(is_typing=True, is_open=False, said="")

    # Asking -------------------------------------------------------------------------------------

    def action_ask(self) -> None:
        """Ask what was typed, and remember it."""
        text = self._state.typed.text.strip()
        if not text:
            self._set(said="type a query first")
            return
        self._history = [text, *(one for one in self._history if one != text)][:MOST_KEPT]
        self._place = -1
        while len(kept := json.dumps(self._history)) > MOST_HISTORY and len(self._history) > 1:
            self._history.pop()
        self.post_message(ChoiceMade(HISTORY, kept))
        self._set(typed=SqlTyped(self._state.typed.text, self._state.typed.caret))
        self._ask(self._state.typed.text)

    def _ask(self, text: str) -> None:
        """Ask."""
        self._is_awaited = True
        self._set(asked=text, run=self._state.run + 1, mistake=None, said="", is_typing=False, is_open=False)
        self.ask()

    def action_again(self) -> None:
        """Ask the query of the answer once more."""
        if self._state.result is not None:
            self._ask(self._state.result.text)

    def action_stop(self) -> None:
        """End the query that runs."""
        self._stop = (self._state.run, self._stop[1] + 1)
        self._set(repeats=False)
        self.ask()

    def action_repeat(self) -> None:
        """Ask again every few seconds, or no more."""
        repeats = not self._state.repeats
        self._set(repeats=repeats, said="asked again every few seconds" if repeats else "asked no more by itself")
        self.ask()

    def step_back(self) -> bool:
        """Undo one step; False when there is none but leaving."""
        state = self._state
        if is_running(state, self.scene):
            self.action_stop()
        elif state.is_open:
            self._set(is_open=False)
        elif state.is_typing and state.result is not None:
            self._set(is_typing=False, said="")
        else:
            return False
        return True

    # The answer ---------------------------------------------------------------------------------

    def select(self, index: int) -> None:
        """Put the cursor on a row."""
        if self._state.result is not None:
            self._set(row=max(0, min(index, len(self._state.result.rows) - 1)), said="")

    def action_move(self, rows: int) -> None:
        """Move the cursor."""
        self.select(self._state.row + rows)

    def action_move_page(self, pages: int) -> None:
        """Move the cursor by what is visible."""
        self.select(self._state.row + pages * row_room(self._state, self.size))

    def action_move_to(self, index: int) -> None:
        """Go to the first row, or to the last with -1."""
        self.select(index if index >= 0 else MOST_QUERY**2)

    def action_column(self, step: int) -> None:
        """Move the cursor to another column, which comes into view."""
        result = self._state.result
        if result is not None:
            self._set(column=max(0, min(self._state.column + step, len(result.columns) - 1)), said="")

    def action_row(self) -> None:
        """Show the row by itself, or the table again."""
        result = self._state.result
        if result is not None and result.rows:
            self._set(is_open=not self._state.is_open, said="")

    def action_copy(self, is_row: bool) -> None:
        """Copy the value with the cursor, or all of its row."""
        state = self._state
        if state.result is None or not state.result.rows:
            return
        row = state.result.rows[state.row]
        text = copied_text(row if is_row else (row[state.column],))
        self.post_message(CopyRequested(text))
        self._set(said=f"copied the {'row' if is_row else 'value'}, {units.size(len(text.encode()))}")

    def click_on(self, x: int, y: int) -> None:
        """Put the caret where a click went, or the cursor on its row."""
        state = self._state
        lines = editor_lines(state, self.size.width - 2)
        first = self.size.height - 1 - row_room(state, self.size)
        if state.is_typing and 1 <= y <= len(lines) and y < first - 2:
            line = lines[y - 1]
            self._type(SqlTyped(state.typed.text, min(line.end, line.start + max(0, x - 1 - len(PROMPT)))))
        elif state.result is not None and not state.is_open and y >= first:
            self._set(is_typing=False)
            self.select(state.top + y - first)


def _typeable(sign: str) -> str:
    """A pasted character as it may stand in a query."""
    return sign if sign == "\n" or sign.isprintable() else " "
