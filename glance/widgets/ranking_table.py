"""A table of the names with the most hits, the cursor kept by name, with a search."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from textual import events, on
from textual.geometry import Size

from glance.commands.every import ROW_COMMANDS, VIEWS, bindings, keys_of_id, raw_keys
from glance.domain.scene import Scene
from glance.domain.view import RankingName, SortKey
from glance.messages import SearchRequested, SituationChanged, SortRequested
from glance.widgets.drawing import Picture
from glance.widgets.panel import Panel
from glance.widgets.ranking_drawing import TableState, nothing_words, row_room, rows_then, sort_of, table_picture
from glance.widgets.view_switch import ViewSwitch

MOST_SEARCH = 200
"""Characters of a search."""

NO_KEYMAP: Mapping[str, str] = MappingProxyType({})
SORTS: tuple[SortKey, ...] = ("hits", "errors", "bytes", "p95", "cpu", "name")


class RankingTable(Panel, can_focus=True):
    """The top sections, paths or clients, or what else its box can rank."""

    BINDINGS = bindings(ROW_COMMANDS)
    HAS_CHIPS = True

    def __init__(
        self,
        name: str,
        most_rows: int = 0,
        keymap: Mapping[str, str] = NO_KEYMAP,
    ) -> None:
        """Show one ranking.

        Args:
            name: of the panel; one of `commands.TABLES`.
            most_rows: sections on the overview; 0 for as many as fit.
            keymap: the keys that the person has chosen.
        """
        super().__init__()
        self.id = name
        self.views = VIEWS[name]
        self.is_raw = False
        """Paths are shown as they are, and not as routes."""
        self._view = self.views[0]
        self.search = ""
        self.is_typing = False
        self.cursor: str | None = None
        self.is_moved = False
        self.is_passing = False
        """A filter is typed: the keys are not for this table."""
        self.top = 0
        self._index = 0
        self._most_rows = most_rows
        self.take_keys(keymap)

    def take_keys(self, keymap: Mapping[str, str]) -> None:
        """Have these keys.

        Those of the search are taken here and not by a binding of the screen, which would come after what is typed
        right behind them. What is typed behind those that begin a filter is no search.
        """
        self._search_keys, self._filter_keys = raw_keys("search", keymap), raw_keys("filter.text", keymap)
        self.view_key = keys_of_id("view.next", keymap)
        self.redraw()

    @property
    def available(self) -> tuple[RankingName, ...]:
        """What it can rank of this log, in their order; there is always one."""
        return tuple(view for view in self.views if view not in self.scene.absent) or self.views[:1]

    @property
    def view(self) -> RankingName:
        """Which of its views it shows: the chosen one, unless the log has nothing of that."""
        return self._view if self._view in self.available else self.available[0]

    @property
    def ranking(self) -> RankingName:
        """What it ranks."""
        return self._ranking_of(self.view)

    def _ranking_of(self, view: RankingName) -> RankingName:
        """What it ranks in a view: of paths, their routes."""
        return "routes" if view == "paths" and not self.is_raw else view

    @property
    def title(self) -> str:
        """What stands in the border: its own name, or that of another view."""
        return self.view if self.view != self.views[0] else self.id or ""

    def choose(self, view: RankingName, *, is_raw: bool) -> bool:
        """Show another view; True where that changes what it ranks."""
        before = self.ranking
        if (view, is_raw) == (self._view, self.is_raw):
            return False
        searched = self.search
        if searched or self.is_typing:
            self.end_search(keep=False)
        self._view, self.is_raw = view, is_raw
        self.to_top()
        return self.ranking != before

    @property
    def following(self) -> RankingName:
        """The view after this one."""
        names = self.available
        return names[(names.index(self.view) + 1) % len(names)]

    @property
    def switch(self) -> ViewSwitch:
        """Its views, for the border."""
        return ViewSwitch(tuple(map(self._ranking_of, self.available)), self.ranking, self.view_key)

    @property
    def state(self) -> TableState:
        """What the person did, for the drawing."""
        most = 0 if self.is_zoomed or self.search or self.ranking != "sections" else self._most_rows
        return TableState(self.cursor, self.top, self.search, self.is_typing, self.has_focus, most, self.switch)

    def draw(self, size: Size) -> Picture:
        """The table of now."""
        self._keep_in_view(row_room(size, self.state))
        return table_picture(self.scene, self.ranking, size, self.inks, self.tabs, state=self.state)

    def part(self, scene: Scene) -> object:
        """This ranking, and how it is shown."""
        ranking = scene.ranking(self.ranking)
        words = "" if ranking.rows else nothing_words(scene, self.ranking)
        then = rows_then(scene, ranking)
        return (ranking, scene.has_latency, sort_of(scene, self.ranking), words, scene.absent, then)

    def watch_scene(self, old: Scene, new: Scene) -> None:
        """Find the selected name in the new rows before drawing them."""
        if self._question(old) != self._question(new):
            self.cursor = None  # moved before the answer came: it was a place, not a name, that was meant
        self._follow(new)
        super().watch_scene(old, new)

    def watch_has_focus(self, has_focus: bool) -> None:
        """Select a row when the keys come here."""
        if has_focus:
            self._follow(self.scene)
        super().watch_has_focus(has_focus)

    def to_top(self) -> None:
        """Show the first rows of another order, search or window; the cursor stays on the first until it is moved."""
        self.is_moved = False
        self._follow(self.scene)
        self.redraw()

    def _question(self, scene: Scene) -> object:
        """What the rows of a scene answer."""
        view = scene.view
        search = dict(view.searches).get(self.ranking, "")
        return (view.window, view.filter, view.compare, sort_of(scene, self.ranking), search)

    def _follow(self, scene: Scene) -> None:
        """Keep a cursor that was moved by hand on its name; where that is gone, on its place. Else it is on top."""
        rows = scene.ranking(self.ranking).rows
        if not self.is_moved:
            self._index = self.top = 0
            self.cursor = rows[0].name if rows else None
            return
        for index, row in enumerate(rows):
            if row.name == self.cursor:
                self._index = index
                return
        self._index = max(0, min(self._index, len(rows) - 1))
        self.cursor = rows[self._index].name if rows else None

    def _keep_in_view(self, room: int) -> None:
        """Scroll no more than the cursor needs."""
        many = len(self.scene.ranking(self.ranking).rows)
        if self.has_focus and room:
            self.top = max(self._index - room + 1, min(self.top, self._index))
        self.top = max(0, min(self.top, many - room))

    def select(self, index: int) -> None:
        """Put the cursor on a row, by hand."""
        rows = self.scene.ranking(self.ranking).rows
        if rows:
            self.is_moved = True
            self._index = max(0, min(index, len(rows) - 1))
            self.cursor = rows[self._index].name
            self.redraw()

    def action_move(self, rows: int) -> None:
        """Move the cursor."""
        self.select(self._index + rows)

    def action_move_page(self, pages: int) -> None:
        """Move the cursor by what is visible."""
        self.select(self._index + pages * max(1, row_room(self.size, self.state)))

    def action_move_to(self, index: int) -> None:
        """Go to the first row, or to the last with -1."""
        self.select(index if index >= 0 else len(self.scene.ranking(self.ranking).rows))

    def action_sort_by(self, key: SortKey) -> None:
        """Order by a column that was clicked; a second click on that of the changes turns it around."""
        if key == "risers" and sort_of(self.scene, self.ranking) == key:
            key = "fallers"
        self.post_message(SortRequested(self.ranking, key))

    def chip(self) -> str:
        """The selected name."""
        from glance.domain.logs.chip import chip_of  # numpy: not before the first frame

        rows = self.scene.ranking(self.ranking).rows
        if not self._index < len(rows):
            return ""
        row = rows[self._index]
        return chip_of(self.ranking, row.raw or row.name.encode())

    def is_row(self, y: int) -> bool:
        """A name stands at a line of the panel."""
        room = row_room(self.size, self.state)
        return 2 <= y < 2 + min(room, len(self.scene.ranking(self.ranking).rows) - self.top)

    def click_on(self, x: int, y: int) -> None:
        """Select the row under a click."""
        if 2 <= y < 2 + row_room(self.size, self.state):
            self.select(self.top + y - 2)

    @on(events.MouseScrollDown)
    def wheel_down(self, event: events.MouseScrollDown) -> None:
        """Move down with the wheel."""
        self._wheel(event, 1)

    @on(events.MouseScrollUp)
    def wheel_up(self, event: events.MouseScrollUp) -> None:
        """Move up with the wheel."""
        self._wheel(event, -1)

    def _wheel(self, event: events.MouseEvent, direction: Literal[-1, 1]) -> None:
        """Take the keys and move."""
        event.stop()
        if not self.has_focus:
            self.focus()
        self.action_move(direction)

    def start_search(self) -> None:
        """Let the person type."""
        self.is_typing = True
        self._situation_changed()

    def end_search(self, keep: bool) -> None:
        """Go back to the rows, with the search or without it."""
        self.is_typing = False
        if not keep:
            self._search_for("")
        self._situation_changed()

    @on(events.Key)
    def type_search(self, event: events.Key) -> None:
        """Take every key that is text while a search is typed."""
        if not self.is_typing:
            self.is_passing = self.is_passing or event.key in self._filter_keys
            if event.key in self._search_keys and not self.is_passing:
                event.stop()
                self.start_search()
            return
        if event.key == "backspace":
            self._search_for(self.search[:-1])
        elif event.key == "ctrl+u":
            self._search_for("")
        elif event.key == "enter":
            self.end_search(keep=True)
        elif event.key == "escape":
            self.end_search(keep=False)
        elif event.is_printable and event.character:
            self._search_for(self.search + event.character)
        else:
            return
        event.stop()
        event.prevent_default()

    @on(events.Paste)
    def paste_search(self, event: events.Paste) -> None:
        """Take pasted text into the search, its first line."""
        if self.is_typing:
            event.stop()
            self._search_for(self.search + (event.text.splitlines() or [""])[0])

    def _search_for(self, text: str) -> None:
        """Ask for the names that contain the text."""
        text = text[:MOST_SEARCH]
        if text != self.search:
            self.search = text
            self.post_message(SearchRequested(self.ranking, text))
            self.to_top()

    def _situation_changed(self) -> None:
        """Other keys are valid now."""
        self.post_message(SituationChanged())
        self.redraw()
