"""The one table of what a person can do: keys, footer, help and palette are all made from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from textual.binding import Binding, BindingType
from textual.keys import REPLACED_KEYS, key_to_character

from glance.domain.window import WINDOWS

TABLES = ("sections", "paths", "clients")
PANELS = ("traffic", *TABLES, "status", "alerts", "lines")
"""The panels in the order of their digits, from 1."""
PAGES = ("metrics", "sources", "raw")
"""Panels that are only ever shown on the whole screen."""


@dataclass(frozen=True, slots=True)
class Situation:
    """What decides which commands make sense now."""

    panel: str = ""
    """Name of the panel that has the keys."""
    is_zoomed: bool = False
    is_typing: bool = False
    """A search is being typed."""
    has_search: bool = False
    """The panel shows only names that match a search."""
    is_paused: bool = False
    is_past: bool = False
    """The window ends in the past, because the person went there."""
    can_open: bool = False
    """The page has a row that can be zoomed."""
    can_filter: bool = False
    """The panel has rows of which one can be filtered by."""
    has_filter: bool = False
    """Only what matches a filter is shown."""
    has_other_filter: bool = False
    """There was another filter before."""

    @property
    def is_table(self) -> bool:
        """The keys go to a table of names."""
        return self.panel in TABLES

    @property
    def can_go_back(self) -> bool:
        """There is something that `esc` would undo."""
        return self.is_zoomed or self.is_typing or self.has_search or self.has_filter


def _always(_: Situation) -> bool:
    """Valid in every situation."""
    return True


def _free(now: Situation) -> bool:
    """Valid while nothing is typed."""
    return not now.is_typing


def _free_in_the_past(now: Situation) -> bool:
    """Valid while nothing is typed and the window is not live."""
    return not now.is_typing and now.is_past


@dataclass(frozen=True, slots=True)
class Command:
    """Something a person can do, by key, by click, or from the palette."""

    id: str
    keys: str
    """Default keys as Textual names them, with commas."""
    action: str
    label: str
    """One or two words, for the footer."""
    tooltip: str
    """What it does, for help and palette."""
    group: str
    is_valid: Callable[[Situation], bool] = _always
    is_in_footer: bool = True
    is_in_palette: bool = True
    is_of_app: bool = False
    """Bound on the application, so that it works on every page."""
    rank: int = 5
    """When the footer is too narrow, greater ranks go first."""

    @property
    def title(self) -> str:
        """What the palette calls it: `Panel paths`, `Window longer`, `Pause`."""
        return self.id.replace(".", " ").capitalize()


def _on_lines(now: Situation) -> bool:
    """Valid on the page of lines while nothing is typed."""
    return now.panel == "raw" and not now.is_typing


LINE_COMMANDS: tuple[Command, ...] = (
    Command("line.open", "enter", "focused.open", "details", "show all that is known of the line, decoded", "lines",
            _on_lines, rank=2),
    Command("line.search", "slash", "focused.search", "search", "find a text in the raw lines", "lines",
            _on_lines, rank=3),
    Command("line.older_hit", "n", "focused.hit(1)", "next", "go to the next older hit of the search", "lines",
            lambda now: _on_lines(now) and now.has_search, rank=3),
    Command("line.newer_hit", "N", "focused.hit(-1)", "previous", "go to the next newer hit of the search", "lines",
            lambda now: _on_lines(now) and now.has_search, rank=4),
    Command("line.whole", "w", "focused.whole", "whole", "show lines whole as they stand, or in columns", "lines",
            _on_lines, rank=4),
    Command("line.copy", "y", "focused.copy", "copy", "copy the line to the clipboard, by OSC 52", "lines",
            _on_lines, rank=4),
    Command("line.edit", "e", "focused.edit", "edit", "open the log at the line in $VISUAL, $EDITOR or less", "lines",
            _on_lines, rank=5),
    Command("line.save", "s", "focused.save", "save", "save all lines of the list in a new file", "lines",
            _on_lines, rank=5),
)  # fmt: skip
"""What is done with the line that has the cursor; bound on the page of lines, where they go before all others."""

# One command a paragraph: id, keys, action, label, what it does, group, when it makes sense.
COMMANDS: tuple[Command, ...] = (
    Command("typing.keep", "enter", "screen.keep_search", "keep", "keep what was typed", "typing",
            lambda now: now.is_typing, is_in_palette=False, rank=1),
    Command("filter.row", "enter", "screen.filter_row", "filter",
            "show only what belongs to the row: one path, section, client or status", "filter",
            lambda now: now.can_filter and not now.is_typing, rank=2),
    Command("filter.text", "f,colon", "screen.filter_text", "filter text",
            "type a filter, such as status>=500 path:/api; tab completes", "filter", _free, rank=4),
    Command("filter.negate", "exclamation_mark", "screen.negate_filter", "negate",
            "turn the last filter into its opposite", "filter",
            lambda now: now.has_filter and not now.is_typing, rank=3),
    Command("filter.drop", "backspace", "screen.drop_filter", "drop filter", "drop the last filter", "filter",
            lambda now: now.has_filter and not now.is_typing, rank=3),
    Command("filter.other", "minus", "screen.other_filter", "other filter",
            "go back and forth between this filter and the one before", "filter",
            lambda now: now.has_other_filter and not now.is_typing, rank=5),
    Command("zoom", "z", "screen.zoom", "zoom", "show the panel on the whole screen", "panels",
            lambda now: bool(now.panel) and not now.is_typing and not now.is_zoomed, rank=3),
    Command("open", "enter", "screen.zoom", "open",
            "show the row of a page, or a panel without rows, on the whole screen", "panels",
            lambda now: bool(now.panel) and not now.is_typing and not now.can_filter and now.panel != "raw"
            and (not now.is_zoomed or now.can_open), rank=2),
    Command("back", "escape", "screen.back", "back",
            "go back one step: leave a search, then the zoom, then the last filter", "panels",
            lambda now: now.can_go_back, is_in_palette=False, rank=1),
    Command("search", "slash", "screen.search", "search", "show only names that contain a text", "tables",
            lambda now: now.is_table and not now.is_typing, rank=3),
    Command("sort", "s", "screen.sort", "sort", "order the table by hits, errors, bytes, p95 or name", "tables",
            lambda now: now.is_table and not now.is_typing, rank=3),
    Command("window.shorter", "less_than_sign,comma", "screen.window(-1)", "shorter", "look at a shorter window",
            "time", _free, rank=5),
    Command("window.longer", "greater_than_sign,full_stop", "screen.window(1)", "longer",
            "look at a longer window; after the longest comes the shortest", "time", _free, rank=5),
    Command("window.next", "w", "screen.window(1)", "longer", "the same, but on the page of lines", "time",
            lambda now: not now.is_typing and now.panel != "raw", is_in_footer=False, is_in_palette=False),
    Command("time.earlier", "left", "screen.travel(-0.5)", "earlier", "go back in time by half of the window", "time",
            _free, rank=4),
    Command("time.later", "right", "screen.travel(0.5)", "later",
            "come forward by half of the window, up to now", "time", _free_in_the_past, rank=3),
    Command("time.window_earlier", "shift+left", "screen.travel(-1)", "window earlier",
            "go back in time by a whole window", "time", _free, is_in_footer=False),
    Command("time.window_later", "shift+right", "screen.travel(1)", "window later",
            "come forward by a whole window, up to now", "time", _free_in_the_past, is_in_footer=False),
    Command("time.oldest", "home", "screen.oldest", "oldest", "go to the oldest that is known",
            "time", _free, is_in_footer=False),
    Command("time.live", "end", "screen.live", "live", "come back to now", "time", _free_in_the_past, rank=1),
    Command("pause", "space", "screen.pause", "pause", "let the picture stand still; reading goes on", "time",
            _free, rank=3),
    Command("panel.next", "tab", "screen.next_panel(1)", "next panel", "go to the next panel", "panels",
            _free, is_in_palette=False, rank=8),
    Command("panel.previous", "shift+tab", "screen.next_panel(-1)", "previous panel", "go to the previous panel",
            "panels", _free, is_in_footer=False, is_in_palette=False),
    *(
        Command(f"panel.{name}", str(number), f"screen.panel('{name}')", name, f"go to the panel of {name}", "panels",
                _free, is_in_footer=False)
        for number, name in enumerate(PANELS, start=1)
    ),
    *LINE_COMMANDS,
    Command("page.lines", "l", "screen.page('raw')", "lines",
            "open the page of raw lines of the window, newest first", "panels",
            lambda now: not now.is_typing and now.panel != "raw", rank=4),
    Command("page.metrics", "m", "screen.page('metrics')", "metrics",
            "open the page of metrics, each with its chart", "panels",
            lambda now: not now.is_typing and now.panel != "metrics", rank=6),
    Command("page.sources", "i", "screen.page('sources')", "sources",
            "open the page that tells how logs and history are doing", "panels",
            lambda now: not now.is_typing and now.panel != "sources", rank=7),
    Command("bell", "b", "screen.bell", "bell", "ring when an alert begins to fire, or stay silent", "program",
            _free, is_in_footer=False),
    Command("theme", "t", "app.next_theme", "theme", "change the colours", "program", _free, is_of_app=True, rank=7),
    Command("palette", "ctrl+p", "app.command_palette", "palette", "find any command by its name", "program",
            is_in_palette=False, is_of_app=True, rank=7),
    Command("help", "question_mark,f1", "app.help", "help", "show every key and what the figures mean", "program",
            _free, is_of_app=True, rank=0),
    Command("quit", "q", "app.quit", "quit", "leave; the terminal is left as it was", "program",
            _free, is_of_app=True, rank=0),
    Command("interrupt", "ctrl+c", "app.interrupt", "interrupt", "leave at once, with exit code 130", "program",
            is_in_footer=False, is_in_palette=False, is_of_app=True),
    Command("suspend", "ctrl+z", "app.suspend_process", "suspend", "go to the shell; fg comes back", "program",
            is_in_footer=False, is_in_palette=False, is_of_app=True),
)  # fmt: skip

ROW_COMMANDS: tuple[Command, ...] = (
    Command("row.up", "up,k", "move(-1)", "up", "the row above", "tables", is_in_footer=False),
    Command("row.down", "down,j", "move(1)", "down", "the row below", "tables", is_in_footer=False),
    Command("row.page_up", "pageup", "move_page(-1)", "page up", "a page of rows up", "tables", is_in_footer=False),
    Command(
        "row.page_down", "pagedown", "move_page(1)", "page down", "a page of rows down", "tables", is_in_footer=False
    ),
    Command("row.first", "g", "move_to(0)", "first", "the first row", "tables", is_in_footer=False),
    Command("row.last", "G", "move_to(-1)", "last", "the last row", "tables", is_in_footer=False),
)
"""What moves through the rows of a table, a list or a page. `home` and `end` move through time, wherever one is."""

GROUPS = ("filter", "time", "panels", "tables", "lines", "program")

KEY_NAMES = {
    "less_than_sign": "<", "greater_than_sign": ">", "comma": ",", "full_stop": ".", "slash": "/",
    "question_mark": "?", "escape": "esc", "pageup": "pgup", "pagedown": "pgdn", "up": "↑", "down": "↓",
    "left": "←", "right": "→", "shift+left": "shift+←", "shift+right": "shift+→",
}  # fmt: skip


def bindings(commands: tuple[Command, ...]) -> list[BindingType]:
    """The commands as Textual binds them; the first of the keys is the one to show."""
    return [
        Binding(command.keys, command.action, command.label, id=command.id, tooltip=command.tooltip, show=False)
        for command in commands
        if command.id != "typing.keep"
    ]


def raw_keys(command_id: str, keymap: Mapping[str, str]) -> frozenset[str]:
    """The keys of a command as Textual names them, remapped ones included."""
    keys = keymap.get(command_id) or next(command.keys for command in COMMANDS if command.id == command_id)
    return frozenset(key.strip() for key in keys.split(","))


def keys_of(command: Command, keymap: Mapping[str, str]) -> list[str]:
    """The keys of a command as people call them, remapped ones included."""
    keys = keymap.get(command.id, command.keys)
    return [_name_of(key) for key in (part.strip() for part in keys.split(",")) if key]


def _name_of(key: str) -> str:
    """What people call a key: `right_square_bracket` is `]`; `space`, and `plus`, which joins keys, stay words."""
    if key in KEY_NAMES:
        return KEY_NAMES[key]
    modifiers, plus, name = key.rpartition("+")
    character = key_to_character(REPLACED_KEYS.get(name, name)) if len(name) > 1 and name != "plus" else None
    is_visible = character is not None and character.isprintable() and not character.isspace()
    return f"{modifiers}{plus}{character}" if is_visible else key


def footer_commands(now: Situation) -> list[Command]:
    """The commands that the footer shows: those that do something now."""
    return [command for command in COMMANDS if command.is_in_footer and command.is_valid(now)]


def window_titles() -> list[tuple[str, str]]:
    """For the palette: what choosing each window is called, and its action."""
    return [(f"Window {choice.name}", f"screen.choose_window('{choice.name}')") for choice in WINDOWS]
