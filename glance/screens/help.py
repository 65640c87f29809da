"""Every key and what the figures mean, made from the table of commands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.reactive import reactive
from textual.screen import Screen
from textual.strip import Strip

from glance.commands.command import Command
from glance.commands.every import ALL_COMMANDS, PANELS, groups_for, keys_of
from glance.screens.frugal import FrugalCompositor
from glance.themes import DEFAULT_THEME
from glance.widgets.drawing import Line, Picture, fit_left, words
from glance.widgets.frame import Frame, framed
from glance.widgets.inks import Inks, inks_of
from glance.widgets.panel import Panel

MEANINGS = (
    ("▲ ▼", "against the average of the window, from its first request on; shares in percentage points (pt)"),
    ("▲", "below the chart: an alert was triggered there"),
    ("◇ ×", "below the chart: a log was rotated there; something could not be counted"),
    (
        "change",
        "against another window, of what orders the table; grey: mere chance; new: not there then; gone: no more",
    ),
    ("4xx", "the client's mistakes: 400 to 499; never counted with 5xx"),
    ("5xx", "the server's failures: 500 to 599"),
    ("p95", "95 of 100 requests were at most as slow; within 1 % of the exact value"),
    ("cpu/req", "processor time of one request, where polled profiles say which route their samples are of"),
    ("section", "what stands before the second / of a path: /pages/create belongs to /pages"),
    ("route", "a path with its ids left open: /users/{id}; paths as they are with the key of raw"),
    ("kind", "what an agent says of itself: person, crawler, tool, monitor; unknown where it says nothing"),
    ("lag", "age of the newest request that was read"),
    ("unparsed", "lines that no format reads; they are counted and nothing else"),
    ("~", "approximate: part of the window is known from roll-ups only"),
    ("PAST", "the window ends in the past; its figures are those of then, averages over all of it"),
    ("● ◐ ○ !", "history: kept here, kept by another glance, not kept, cannot be kept for now"),
    ("gap", "what was gone before it could be counted; the page of sources tells more"),
    ("◔ pending", "the condition of an alert holds, and has to hold some more before it fires"),
)
MOUSE = (
    "The mouse works too: click a row, a heading, a key, a digit or a word in a border, a filter, its ✕, ‹ › in the "
    "header; drawing over the chart selects an interval; a double click on a row filters by it, elsewhere it zooms."
)
KEY_WIDTH = 14
TWO_COLUMNS_FROM = 112


def help_lines(width: int, keymap: Mapping[str, str], inks: Inks, panel: str = "") -> list[Strip]:
    """The text, in two columns where it is wide; the keys of the page that is looked at come first."""
    groups = groups_for(panel)
    if width < TWO_COLUMNS_FROM:
        return [*_keys(groups, width, keymap, inks), *_meanings(width, inks)]
    half = width // 2
    left = _keys(groups[:-1], half, keymap, inks)
    right = _keys(groups[-1:], width - half, keymap, inks) + _meanings(width - half, inks)
    many = max(len(left), len(right))
    left += [Strip.blank(half, inks.ground)] * (many - len(left))
    right += [Strip.blank(width - half, inks.ground)] * (many - len(right))
    return [Strip.join([one, other]) for one, other in zip(left, right, strict=True)]


def _keys(groups: Sequence[str], width: int, keymap: Mapping[str, str], inks: Inks) -> list[Strip]:
    """The keys by group."""
    strips: list[Strip] = []
    digits = _digits(keymap)
    for group in groups:
        strips.append(Line(width, inks.ground).skip(2).put(group, inks.text).strip())
        for command in ALL_COMMANDS:
            if (command.id,) == digits[:1] and command.group == group:
                strips += _entry(f"1 … {len(PANELS)}", "go to the panel with that number", width, inks)
            elif command.group == group and command.id not in digits:
                strips += _key(command, width, keymap, inks)
        strips.append(Strip.blank(width, inks.ground))
    return strips


def _digits(keymap: Mapping[str, str]) -> tuple[str, ...]:
    """The commands that go to a panel by its number; none of them when a person chose another key for one."""
    digits = tuple(f"panel.{name}" for name in PANELS)
    return () if any(one in keymap for one in digits) else digits


def _key(command: Command, width: int, keymap: Mapping[str, str], inks: Inks) -> list[Strip]:
    """One command: its keys and what it does."""
    return _entry(" ".join(keys_of(command, keymap)), command.tooltip, width, inks)


def _entry(name: str, text: str, width: int, inks: Inks) -> list[Strip]:
    """A name with a text that may take several lines."""
    strips = []
    for index, one in enumerate(words(text, max(10, width - KEY_WIDTH - 6))):
        line = Line(width, inks.ground)
        line.skip(4).put(fit_left(name if index == 0 else "", KEY_WIDTH), inks.focus).put(one, inks.label)
        strips.append(line.strip())
    return strips


def _meanings(width: int, inks: Inks) -> list[Strip]:
    """What the figures mean, and the mouse."""
    strips = [Line(width, inks.ground).skip(2).put("figures", inks.text).strip()]
    for name, text in MEANINGS:
        strips += _entry(name, text, width, inks)
    strips.append(Strip.blank(width, inks.ground))
    strips.append(Line(width, inks.ground).skip(2).put("mouse", inks.text).strip())
    for one in words(MOUSE, max(10, width - 6)):
        strips.append(Line(width, inks.ground).skip(4).put(one, inks.label).strip())
    return strips


class HelpText(Panel, can_focus=True):
    """The text of the help, scrolled by keys and wheel."""

    NAME = "help"

    top: reactive[int] = reactive(0, repaint=False, init=False)

    def __init__(self, keymap: Mapping[str, str], panel: str) -> None:
        """Know the keys that the person has chosen, and where the person is."""
        super().__init__()
        self._keymap = keymap
        self._panel = panel

    def draw(self, size: Size) -> Picture:
        """The lines from the upper edge on."""
        inside = Size(size.width - 2, size.height - 2)
        lines = help_lines(inside.width, self._keymap, self.inks, self._panel)
        self.set_reactive(HelpText.top, max(0, min(self.top, len(lines) - inside.height)))
        shown = lines[self.top : self.top + inside.height]
        more = len(lines) - self.top - len(shown)
        below = [("esc closes", self.inks.focus, "screen.close")]
        if more > 0 or self.top:
            below.insert(0, (f"↑ ↓ scroll, {more} more" if more > 0 else "↑ ↓ scroll", self.inks.label, ""))
        return framed(size, Frame((), True, (), tuple(below), "help"), shown, (), self.inks)

    def watch_top(self) -> None:
        """Scroll."""
        self.redraw()

    @on(events.MouseScrollDown)
    def wheel_down(self) -> None:
        """Scroll down with the wheel."""
        self.top += 2

    @on(events.MouseScrollUp)
    def wheel_up(self) -> None:
        """Scroll up with the wheel."""
        self.top -= 2


class HelpScreen(Screen[None], inherit_bindings=False):
    """The help on the whole screen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1,q,enter", "close", "close", show=False),
        Binding("down,j", "scroll_by(1)", show=False),
        Binding("up,k", "scroll_by(-1)", show=False),
        Binding("pagedown,space", "scroll_by(10)", show=False),
        Binding("pageup", "scroll_by(-10)", show=False),
        Binding("home,g", "scroll_by(-9999)", show=False),
        Binding("end,G", "scroll_by(9999)", show=False),
    ]

    inks: reactive[Inks] = reactive(inks_of(DEFAULT_THEME), repaint=False, init=False)

    def __init__(self, keymap: Mapping[str, str], inks: Inks, panel: str = "") -> None:
        """Show these keys in these colours, those of this panel first."""
        super().__init__()
        self._compositor = FrugalCompositor()
        self._keymap = keymap
        self._panel = panel
        self.set_reactive(HelpScreen.inks, inks)

    def compose(self) -> ComposeResult:
        """The text alone."""
        yield HelpText(self._keymap, self._panel).data_bind(HelpScreen.inks)

    def action_scroll_by(self, lines: int) -> None:
        """Scroll the text."""
        self.query_one(HelpText).top += lines

    def action_close(self) -> None:
        """Go back to the dashboard."""
        self.dismiss()
