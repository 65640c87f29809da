"""The one table of what a person can do: keys, footer, help and palette are all made from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textual.binding import Binding, BindingType
from textual.keys import REPLACED_KEYS, _character_to_key, key_to_character

from glance.commands.command import TABLES, Command, Situation
from glance.commands.flame import FLAME_COMMANDS
from glance.commands.page import ADDRESS_COMMANDS, ERROR_COMMANDS, HEAT_COMMANDS, LATENCY_COMMANDS, SAMPLE_COMMANDS
from glance.commands.snapshot import SNAPSHOT_COMMANDS
from glance.commands.sql import SQL_COMMANDS
from glance.commands.stack import STACK_COMMANDS, STACK_PAGES
from glance.commands.suspect import SUSPECT_COMMANDS
from glance.commands.time import TIME_COMMANDS
from glance.domain.view import RankingName
from glance.domain.window import WINDOWS

PANELS = ("traffic", *TABLES, "status", "alerts", "lines")
"""The panels in the order of their digits, from 1."""
VIEWS: dict[str, tuple[RankingName, ...]] = {
    "sections": ("sections", "hosts", "methods", "upstreams"),
    "paths": ("paths", "referrers"),
    "clients": ("clients", "networks", "agents", "crawlers", "kinds"),
}
"""What each table can rank, in the order in which `v` goes through it."""
PAGES = (
    "metrics", "sources", "raw", "sql", "addresses", "heat", "errors", "latency", "profile", "suspects", "samples",
    "snapshots", *STACK_PAGES,
)  # fmt: skip
"""Panels that are only ever shown on the whole screen."""


def _free(now: Situation) -> bool:
    """Valid while nothing is typed."""
    return not now.is_typing


def _free_in_the_past(now: Situation) -> bool:
    """Valid while nothing is typed and the window is not live."""
    return not now.is_typing and now.is_past


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
            lambda now: now.is_typing and now.panel != "sql", is_in_palette=False, rank=1),
    Command("typing.ask", "enter", "focused.ask", "run", "ask what was typed", "typing",
            lambda now: now.is_typing and now.panel == "sql", is_in_palette=False, rank=1),
    Command("filter.row", "enter", "screen.filter_row", "filter",
            "show only what belongs to the row: a path, client, agent, host, status, …", "filter",
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
            lambda now: now.panel not in ("", "sql", "snapshots")
            and not (now.is_typing or now.is_zoomed or now.is_on_interval), rank=3),
    Command("open", "enter", "screen.zoom", "open",
            "show the row of a page, or a panel without rows, on the whole screen", "panels",
            lambda now: now.panel not in ("", "raw", "sql", "profile", "samples", "suspects", "snapshots", *STACK_PAGES)
            and not now.is_typing and not now.can_filter and (not now.is_zoomed or now.can_open)
            and not now.is_on_interval, rank=2),
    Command("back", "escape", "screen.back", "back",
            "go back one step: leave a search, the selection, the zoom, then the last filter", "panels",
            lambda now: now.can_go_back, is_in_palette=False, rank=1),
    Command("search", "slash", "screen.search", "search", "show only names that contain a text", "tables",
            lambda now: now.is_table and not now.is_typing, rank=3),
    Command("sort", "s", "screen.sort", "sort",
            "order the table by hits, errors, bytes, p95, cpu or name; in a comparison also by risers and fallers",
            "tables", lambda now: now.is_table and not now.is_typing, rank=3),
    Command("view.next", "v", "screen.next_view", "view",
            "let the table rank something else: hosts, methods, upstreams, referrers, networks, agents, crawlers, …",
            "tables", lambda now: now.is_table and not now.is_typing, rank=5),
    Command("raw", "r", "screen.raw_paths", "raw",
            "show paths as they are, or as routes such as /users/{id}", "tables",
            lambda now: not now.is_typing and now.panel not in PAGES, rank=6),
    Command("audience", "o", "screen.audience", "people",
            "show the requests of everyone, of people only, of bots only", "filter",
            lambda now: not now.is_typing and now.panel != "profile", rank=6),
    Command("window.shorter", "less_than_sign,comma", "screen.window(-1)", "shorter", "look at a shorter window",
            "time", _free, rank=5),
    Command("window.longer", "greater_than_sign,full_stop", "screen.window(1)", "longer",
            "look at a longer window; after the longest comes the shortest", "time", _free, rank=5),
    Command("window.next", "w", "screen.window(1)", "longer", "the same, but on the page of lines", "time",
            lambda now: not now.is_typing and now.panel not in ("raw", "profile"), is_in_footer=False,
            is_in_palette=False),
    Command("time.earlier", "left", "screen.travel(-0.5)", "earlier", "go back in time by half of the window", "time",
            lambda now: not now.is_typing and now.panel not in ("heat", "sql", "profile", "samples"), rank=5),
    Command("time.later", "right", "screen.travel(0.5)", "later",
            "come forward by half of the window, up to now", "time",
            lambda now: _free_in_the_past(now) and now.panel not in ("heat", "sql", "profile", "samples"), rank=3),
    Command("time.window_earlier", "shift+left", "screen.travel(-1)", "window earlier",
            "go back in time by a whole window", "time", _free, is_in_footer=False),
    Command("time.window_later", "shift+right", "screen.travel(1)", "window later",
            "come forward by a whole window, up to now", "time", _free_in_the_past, is_in_footer=False),
    Command("time.oldest", "home", "screen.oldest", "oldest", "go to the oldest that is known",
            "time", _free, is_in_footer=False),
    Command("time.live", "end", "screen.live", "live", "come back to now", "time", _free_in_the_past, rank=1),
    *TIME_COMMANDS,
    Command("pause", "space", "screen.pause", "pause", "let the picture stand still; reading goes on", "time",
            _free, rank=3),
    Command("panel.next", "tab", "screen.next_panel(1)", "next panel", "go to the next panel", "panels",
            lambda now: not now.is_typing and now.panel not in ("errors", "profile", *STACK_PAGES),
            is_in_palette=False, rank=8),
    Command("panel.previous", "shift+tab", "screen.next_panel(-1)", "previous panel", "go to the previous panel",
            "panels", lambda now: not now.is_typing and now.panel not in ("errors", "profile", *STACK_PAGES),
            is_in_footer=False, is_in_palette=False),
    *(
        Command(f"panel.{name}", str(number), f"screen.panel('{name}')", name, f"go to the panel of {name}", "panels",
                _free, is_in_footer=False)
        for number, name in enumerate(PANELS, start=1)
    ),
    *LINE_COMMANDS,
    *SQL_COMMANDS,
    *ADDRESS_COMMANDS,
    *HEAT_COMMANDS,
    *SAMPLE_COMMANDS,
    *ERROR_COMMANDS,
    *LATENCY_COMMANDS,
    *FLAME_COMMANDS,
    *SUSPECT_COMMANDS,
    *SNAPSHOT_COMMANDS,
    *STACK_COMMANDS,
    Command("page.lines", "l", "screen.page('raw')", "lines",
            "open the page of raw lines of the window, newest first", "panels",
            lambda now: not now.is_typing and now.panel not in ("raw", "profile"), rank=4),
    Command("page.addresses", "a", "screen.page('addresses')", "clients",
            "open the page of clients: who asks how much, by address or network, and who is suspicious", "panels",
            lambda now: not now.is_typing and now.panel != "addresses", rank=6),
    Command("page.heat", "h", "screen.page('heat')", "heat map",
            "open the page of heat maps: latency over time, and what happened within seconds", "panels",
            lambda now: not now.is_typing and now.panel not in ("heat", "profile"), rank=6),
    Command("page.errors", "e", "screen.page('errors')", "errors",
            "open the page of errors: each status with its routes, clients and newest lines", "panels",
            lambda now: not now.is_typing
            and now.panel not in ("errors", "raw", "profile", "suspects", *STACK_PAGES), rank=3),
    Command("page.latency", "d", "screen.page('latency')", "latency",
            "open the page of latency: percentiles by route, path, section, vhost or upstream, and the slowest",
            "panels", lambda now: not now.is_typing and now.panel != "latency", rank=4),
    Command("page.profile", "p", "screen.page('profile')", "profile",
            "open the page of profiles: flame graph, top table, callers and callees, source", "panels",
            lambda now: not now.is_typing and now.panel not in ("profile", "suspects"), rank=7),
    Command("page.suspects", "P", "screen.page('suspects')", "suspects",
            "open the page of suspects: functions that stand out in what is selected, why, and their lines", "panels",
            lambda now: not now.is_typing and now.panel != "suspects", rank=6),
    Command("page.goroutines", "T", "screen.page('goroutines')", "goroutines",
            "open the page of goroutines: their stacks, what they do, how long they wait, which grow", "panels",
            lambda now: not now.is_typing and now.panel != "goroutines", is_in_footer=False),
    Command("page.growth", "M", "screen.page('growth')", "memory growth",
            "open the page of memory growth: the stacks whose memory in use grows from poll to poll", "panels",
            lambda now: not now.is_typing and now.panel != "growth", is_in_footer=False),
    Command("page.metrics", "m", "screen.page('metrics')", "metrics",
            "open the page of metrics, each with its chart", "panels",
            lambda now: not now.is_typing and now.panel != "metrics", rank=6),
    Command("page.sql", "semicolon", "screen.page('sql')", "sql",
            "ask the records of the window with SQL, as the table log", "panels",
            lambda now: not now.is_typing and now.panel != "sql", rank=6),
    Command("page.sources", "i", "screen.page('sources')", "sources",
            "open the page that tells how logs and history are doing", "panels",
            lambda now: not now.is_typing and now.panel not in ("sources", "profile"), rank=7),
    Command("page.snapshots", "K", "screen.page('snapshots')", "snapshots",
            "open the page of snapshots: moments kept whole, to be opened like live, noted, compared", "panels",
            lambda now: not now.is_typing and now.panel != "snapshots", rank=7),
    Command("snapshot.take", "S", "screen.snapshot", "snapshot",
            "keep what is looked at in one file: records, lines of the logs, and profiles", "program", _free, rank=6),
    Command("bell", "b", "screen.bell", "bell", "ring when an alert begins to fire, or stay silent", "program",
            lambda now: not now.is_typing and now.panel not in ("addresses", "profile", "growth"), is_in_footer=False),
    Command("theme", "t", "app.next_theme", "theme", "change the colours", "program",
            lambda now: not now.is_typing and now.panel not in ("profile", *STACK_PAGES), is_of_app=True, rank=7),
    Command("palette", "ctrl+p", "app.command_palette", "palette", "find any command by its name", "program",
            is_in_palette=False, is_of_app=True, rank=7),
    Command("export", "x", "screen.export", "export",
            "write what is on the screen into a file: JSON, CSV, Markdown, a picture or a page of HTML", "program",
            _free, rank=6),
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
ALL_COMMANDS = (*COMMANDS, *ROW_COMMANDS)

PAGE_GROUPS = (
    "lines", "sql", "addresses", "heat", "errors", "latency", "profile", "suspects", "snapshots", "goroutines",
)  # fmt: skip
SCREEN_COMMANDS = tuple(one for one in COMMANDS if not one.is_of_app and one.group not in PAGE_GROUPS)
"""Those that are bound on the screen, not on the application or on a page."""
GROUPS = ("filter", "time", "panels", "tables", *PAGE_GROUPS, "program")

_GROUPS_OF = {"raw": "lines", "samples": "heat", "growth": "goroutines"}
"""Pages whose commands have the name of another page, or of what is on it."""


def groups_for(panel: str) -> tuple[str, ...]:
    """The groups, those of the page that is looked at first."""
    first = _GROUPS_OF.get(panel, panel)
    return (first, *(group for group in GROUPS if group != first)) if first in PAGE_GROUPS else GROUPS


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
        if command.group != "typing"
    ]


INTERRUPT = Binding("ctrl+c", "app.interrupt", id="interrupt", show=False, priority=True)
"""For what stands above everything, and has the keys for itself."""


def raw_keys(command_id: str, keymap: Mapping[str, str]) -> frozenset[str]:
    """The keys of a command as Textual names them, remapped ones included."""
    keys = keymap.get(command_id) or next(one.keys for one in ALL_COMMANDS if one.id == command_id)
    return frozenset(normal_key(key.strip()) for key in keys.split(","))


def row_keys(keymap: Mapping[str, str]) -> frozenset[str]:
    """The keys that mean a row, as Textual names them: what moves to one, and what opens it or filters by it."""
    meant = [one.id for one in ALL_COMMANDS if one in ROW_COMMANDS or one.keys == "enter"]
    return _all_keys(meant, keymap)


def joining_keys(keymap: Mapping[str, str]) -> frozenset[str]:
    """The keys that leave a page for what its row leads to, as Textual names them."""
    return _all_keys(("page.lines", "page.profile", "page.suspects"), keymap)


def _all_keys(commands: Iterable[str], keymap: Mapping[str, str]) -> frozenset[str]:
    return frozenset().union(*(raw_keys(command, keymap) for command in commands))


def normal_key(key: str) -> str:
    """A key as Textual names it, where it was written as its character: `]` is `right_square_bracket`."""
    return _character_to_key(key) if len(key) == 1 else key


def keys_of(command: Command, keymap: Mapping[str, str]) -> list[str]:
    """The keys of a command as people call them, remapped ones included."""
    keys = keymap.get(command.id, command.keys)
    return [_name_of(key) for key in (part.strip() for part in keys.split(",")) if key]


def keys_of_id(command_id: str, keymap: Mapping[str, str]) -> str:
    """The first key of a command as people call it, remapped or not; empty where it has none."""
    keys = keys_of(next(command for command in COMMANDS if command.id == command_id), keymap)
    return keys[0] if keys else ""


def _name_of(key: str) -> str:
    """What people call a key: `right_square_bracket` is `]`; `space`, and `plus`, which joins keys, stay words."""
    if key in KEY_NAMES:
        return KEY_NAMES[key]
    modifiers, plus, name = key.rpartition("+")
    character = key_to_character(REPLACED_KEYS.get(name, name)) if len(name) > 1 and name != "plus" else None
    is_visible = character is not None and character.isprintable() and not character.isspace()
    return f"{modifiers}{plus}{character}" if is_visible else key


OF_LOGS = ("page.lines", "page.addresses", "page.heat", "page.errors", "page.latency", "page.metrics", "page.sql",
           "page.sources", "page.snapshots", "snapshot.take", "pause", "bell")  # fmt: skip
"""What makes no sense without a log, besides filters, the window of time and the panels."""


def makes_sense(command: Command, now: Situation) -> bool:
    """Whether a command does something now."""
    if now.is_alone and (command.group in ("filter", "time") or command.id in OF_LOGS or is_of_panel(command)):
        return False
    return command.is_valid(now)


def is_of_panel(command: Command) -> bool:
    """It goes to a panel of the overview."""
    return command.id.startswith("panel.")


def footer_commands(now: Situation) -> list[Command]:
    """The commands that the footer shows: those that do something now."""
    return [command for command in COMMANDS if command.is_in_footer and makes_sense(command, now)]


def view_titles() -> list[tuple[str, str]]:
    """For the palette: what choosing each ranking is called, and its action."""
    names = [name for views in VIEWS.values() for name in views]
    return [(f"Table {name}", f"screen.ranking('{name}')") for name in names]


def window_titles() -> list[tuple[str, str]]:
    """For the palette: what choosing each window is called, and its action."""
    return [(f"Window {choice.name}", f"screen.choose_window('{choice.name}')") for choice in WINDOWS]
