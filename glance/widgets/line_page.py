"""The page of lines: a list of any length, of which only what is seen is here."""

from __future__ import annotations

from dataclasses import replace

from textual import events, on
from textual.geometry import Size

from glance.commands.every import LINE_COMMANDS, ROW_COMMANDS, bindings
from glance.domain import units
from glance.domain.raw_line import LineRows, LinesWish, RawLine
from glance.domain.safe_text import safe_text
from glance.domain.scene import Scene
from glance.messages import CopyRequested, EditRequested, LinesRequested, SituationChanged
from glance.widgets.drawing import Picture
from glance.widgets.line_list import LineState, lines_page, row_height, row_room
from glance.widgets.panel import Panel
from glance.widgets.progress import empty_words

MOST_SEARCH = 200
MOST_ROWS = 500


class LinePage(Panel, can_focus=True):
    """Raw lines, newest first. On the first row it follows; on any other it stands still."""

    NAME = "raw"
    BINDINGS = bindings((*ROW_COMMANDS, *LINE_COMMANDS))

    def __init__(self, search_keys: frozenset[str]) -> None:
        """Begin with the newest line.

        Args:
            search_keys: what begins a search; bound keys are not heard while one is typed.
        """
        super().__init__()
        self.search_keys = search_keys
        self._state = LineState()
        self._wish = LinesWish()
        self.is_passing = False
        """A filter is typed: the keys are not for this page."""
        self._saves = 0
        self._seek = 0
        """The way to the next hit, once there is one: 1 to older lines, -1 to newer ones."""

    # What is shown ------------------------------------------------------------------------------

    @property
    def wish(self) -> LinesWish:
        """What the collector shall answer."""
        return self._wish

    @property
    def is_typing(self) -> bool:
        """A search is typed."""
        return self._state.is_typing

    @property
    def is_reading(self) -> bool:
        """No scene tells of lines yet, and no key is text."""
        return not (self.is_typing or self.is_passing) and self.scene.view.lines is None

    @property
    def search(self) -> str:
        """What is searched for."""
        return self._state.search

    @property
    def has_lines(self) -> bool:
        """There is a line to do something with."""
        return self._line is not None

    @property
    def _line(self) -> RawLine | None:
        return self._state.line(self._state.cursor)

    def draw(self, size: Size) -> Picture:
        """The page of now."""
        self._keep_in_view(size)
        return lines_page(self.scene, self._state, size, self.inks)

    def part(self, scene: Scene) -> object:
        """The rows, and what is said where there are none."""
        words = "" if scene.raw.total else empty_words(scene)
        is_standing = scene.view.end is not None or scene.view.is_paused
        return (scene.raw, words, scene.is_live, is_standing, scene.has_latency, len(scene.sources))

    def watch_scene(self, old: Scene, new: Scene) -> None:
        """Take the rows that are an answer to what is wanted now."""
        if new.raw.wish.is_still == self._wish.is_still and new.view.lines is not None:
            self._take(new.raw)
        super().watch_scene(old, new)

    def _take(self, rows: LineRows) -> None:
        """New rows: the cursor stays on its line."""
        state, had_lines = self._state, self.has_lines
        shift = 0
        if state.rows.wish.is_still != rows.wish.is_still and state.cursor and (line := self._line) is not None:
            same = [number for number, one in enumerate(rows.lines, rows.first) if one == line]
            shift = same[0] - state.cursor if same else 0
        said = rows.saved if rows.saved and rows.save == self._saves and rows.saved != state.rows.saved else state.said
        last = max(0, rows.total - 1)
        self._state = replace(
            state,
            rows=rows,
            said=said,
            cursor=max(0, min(state.cursor + shift, last)),
            top=max(0, min(state.top + shift, last)),
        )
        if had_lines != self.has_lines:
            self.post_message(SituationChanged())
        if self._seek and rows.search.text == state.search:
            self._to_hit(self._seek)

    def hide(self) -> None:
        """Leave the screen; the next time it begins anew."""
        if self.display:
            self._state, self._wish = LineState(), LinesWish(save=self._saves)
        super().hide()

    def to_top(self) -> None:
        """Show the newest lines: they are of another time now."""
        self._change(cursor=0, top=0, is_open=False)

    def _change(self, **changes: object) -> None:
        """Show another state, and ask for what it needs."""
        state = replace(self._state, **changes)  # type: ignore[arg-type]
        is_still = bool(state.cursor or state.top or state.is_open or state.search or state.is_typing)
        self._state = replace(state, is_still=is_still)
        self._keep_in_view(self.size)
        self._ask()
        self.redraw()

    def _keep_in_view(self, size: Size) -> None:
        """Scroll no more than the cursor needs; a row may be several lines high."""
        state = self._state
        room = row_room(size, state)
        top = max(0, min(state.top, state.cursor))
        if not state.is_whole:
            top = max(top, state.cursor - room + 1)
        else:
            used, row = 0, state.cursor
            while row >= top and used < room:
                used += row_height(state, row, size.width - 2, self.inks)
                row -= 1
            top = max(top, row + 1 if used <= room else min(row + 2, state.cursor))
        if top != state.top:
            self._state = replace(state, top=top)

    def _ask(self) -> None:
        """Ask for rows, some pages around those that are seen, when the wish is another."""
        state, wish = self._state, self._wish
        room = max(10, row_room(self.size, state))
        first, end = max(0, state.top - room), state.top + 2 * room
        is_covered = wish.first <= first and (end <= wish.first + wish.count or wish.first + wish.count >= MOST_ROWS)
        if not is_covered or state.is_still != wish.is_still:
            first = max(0, state.top - 2 * room) if state.is_still else 0
            wish = replace(wish, first=first, count=min(MOST_ROWS, 5 * room), is_still=state.is_still)
        wish = replace(wish, search=state.search, save=self._saves)
        if wish != self._wish:
            self._wish = wish
            self.post_message(LinesRequested(wish))

    def fit(self, size: Size) -> None:
        """Want as many rows as a page of this size may need at first."""
        self._wish = replace(self._wish, count=min(MOST_ROWS, max(self._wish.count, 3 * size.height)))

    # What a person can do -----------------------------------------------------------------------

    def action_move(self, rows: int) -> None:
        """Move the cursor; from the newest line on it stands still."""
        self._go(self._state.cursor + rows)

    def action_move_page(self, pages: int) -> None:
        """Move the cursor by what is visible."""
        self._go(self._state.cursor + pages * row_room(self.size, self._state))

    def action_move_to(self, row: int) -> None:
        """Go to the newest line, or to the oldest with -1."""
        self._go(row if row >= 0 else self._state.rows.total)

    def _go(self, row: int) -> None:
        """Put the cursor on a row."""
        self._seek = 0
        cursor = max(0, min(row, self._state.rows.total - 1))
        self._change(cursor=cursor, said="", top=0 if cursor == 0 else self._state.top)

    def action_open(self) -> None:
        """Show all that is known of the line."""
        if self.has_lines:
            self._change(is_open=True, said="")

    def action_whole(self) -> None:
        """Show lines whole, or in columns."""
        self._change(is_whole=not self._state.is_whole)

    def action_copy(self) -> None:
        """Copy the line."""
        line = self._line
        if line is None:
            return
        text = safe_text(line.text, len(line.text))
        self.post_message(CopyRequested(text))
        whole = len(line.text.encode(errors="surrogateescape")) >= line.size_bytes
        self.say(f"copied the {'line' if whole else 'beginning of the line'}, {units.size(len(text.encode()))}")

    def action_edit(self) -> None:
        """Open the line's file there."""
        line = self._line
        if line is not None and line.file:
            self.post_message(EditRequested(line.file, line.offset))
        elif line is not None:
            self.say("no plain file has this line any more")

    def action_save(self) -> None:
        """Save all lines of the list."""
        if self.has_lines:
            self._saves += 1
            self._change(said="saving …")

    def say(self, words: str) -> None:
        """Tell something in the last line, until the cursor moves."""
        self._change(said=words)

    def step_back(self) -> bool:
        """Undo one step; False when there is none but leaving."""
        state = self._state
        if state.is_typing or (state.search and not state.is_open):
            self.end_search(keep=False)
        elif state.is_open:
            self._change(is_open=False)
        elif state.said:
            self._change(said="")
        else:
            return False
        return True

    # Search -------------------------------------------------------------------------------------

    def action_search(self) -> None:
        """Type a search."""
        self._change(is_typing=True, is_open=False, said="")
        self.post_message(SituationChanged())

    def end_search(self, keep: bool) -> None:
        """Go back to the rows, with the search or without it."""
        search = self._state.search if keep else ""
        self._seek = 1 if keep and search else 0
        self._change(is_typing=False, search=search)
        if self._seek:
            self._to_hit(0)
        self.post_message(SituationChanged())

    def action_hit(self, step: int) -> None:
        """Go to the next older hit, or with -1 to the next newer one."""
        if self._state.search:
            self._to_hit(step)

    def _to_hit(self, step: int) -> None:
        """Go to a hit; with 0 stay on it when it is one. Wait when none is known yet."""
        state, search = self._state, self._state.rows.search
        rows = search.rows if search.text == state.search else ()
        if step >= 0:
            row = next((one for one in rows if one > state.cursor or (step == 0 and one == state.cursor)), None)
        else:
            row = next((one for one in reversed(rows) if one < state.cursor), None)
        if row is not None:
            self._seek = 0
            self._change(cursor=row, said="")
        elif search.text == state.search and search.share >= 1:
            self._seek = 0
            if rows:
                self.say(f"no {'older' if step >= 0 else 'newer'} match of {safe_text(state.search)}")
        else:
            self._seek = step or 1

    @on(events.Key)
    def type_search(self, event: events.Key) -> None:
        """Take every key that is text while a search is typed."""
        state = self._state
        if not state.is_typing:
            if event.key in self.search_keys and not self.is_passing:
                event.stop()
                event.prevent_default()
                self.action_search()
            return
        if event.key == "backspace":
            self._change(search=state.search[:-1])
        elif event.key == "ctrl+u":
            self._change(search="")
        elif event.key in ("enter", "escape"):
            self.end_search(keep=event.key == "enter")
        elif event.is_printable and event.character:
            self._change(search=(state.search + event.character)[:MOST_SEARCH])
        else:
            return
        event.stop()
        event.prevent_default()

    @on(events.Paste)
    def paste_search(self, event: events.Paste) -> None:
        """Take pasted text into the search, its first line."""
        if self._state.is_typing:
            event.stop()
            text = (event.text.splitlines() or [""])[0]
            self._change(search=(self._state.search + text)[:MOST_SEARCH])

    # Mouse --------------------------------------------------------------------------------------

    def click_on(self, x: int, y: int) -> None:
        """Choose the row under a click."""
        if self._state.is_open or not 1 <= y <= row_room(self.size, self._state):
            return
        line, row = 1, self._state.top
        while row < self._state.rows.total:
            line += row_height(self._state, row, self.size.width - 2, self.inks)
            if y < line:
                self._go(row)
                return
            row += 1

    @on(events.MouseScrollDown)
    def wheel_down(self, event: events.MouseScrollDown) -> None:
        """Go to older lines with the wheel."""
        event.stop()
        self.action_move(3)

    @on(events.MouseScrollUp)
    def wheel_up(self, event: events.MouseScrollUp) -> None:
        """Go to newer lines with the wheel."""
        event.stop()
        self.action_move(-3)
