"""Asks in which form something is exported: one key each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.screen import ModalScreen

from glance.commands.every import INTERRUPT
from glance.domain.page import PageFile
from glance.widgets.drawing import Line, Picture, clean, fit_path
from glance.widgets.frame import Frame, framed
from glance.widgets.inks import Inks
from glance.widgets.panel import Panel

FIGURES = (
    ("j", "json", "JSON", "every figure, for programs"),
    ("c", "csv", "CSV", "the tables, for a spreadsheet"),
    ("m", "markdown", "Markdown", "for an issue or a mail"),
    ("h", "html", "HTML", "a page with charts, for a browser and paper"),
    ("s", "svg", "SVG", "a picture of the screen"),
)
"""Key, form, name and purpose, of the figures of a window."""
ROWS = (
    ("j", "json", "JSON", "the rows as objects"),
    ("c", "csv", "CSV", "the rows, for a spreadsheet"),
    ("m", "markdown", "Markdown", "the rows as a table"),
    ("h", "html", "HTML", "a page about the whole window"),
    ("s", "svg", "SVG", "a picture of the screen"),
)
"""The same where the page has a table of its own."""
OWN_KEYS = "gkrtv"
"""Of files that a page has besides, each one of these."""
PATH = "path"
"""What is chosen to have the path of the last file in the clipboard."""
WIDTH = 68


class ExportBox(Panel, can_focus=True):
    """The list of forms."""

    NAME = "export-box"

    class Chosen(Message):
        """A form was clicked."""

        def __init__(self, form: str) -> None:
            """Name it."""
            super().__init__()
            self.form = form

    def __init__(self, choices: tuple[tuple[str, str, str, str], ...], last: str, note: str) -> None:
        """Offer these.

        Args:
            choices: key, form, name and purpose.
            last: path of the file that was written last; empty for none.
            note: what a person should know before.
        """
        super().__init__()
        self._choices = choices
        self._last = last
        self._note = note

    @property
    def lines(self) -> int:
        """How many it needs."""
        return len(self._choices) + bool(self._last) + bool(self._note) + 2

    def draw(self, size: Size) -> Picture:
        """A line for each form."""
        lines: list[Line] = []

        def line() -> Line:
            lines.append(Line(size.width - 2, self.inks.ground, len(lines)))
            return lines[-1].skip(1)

        for key, form, name, purpose in self._choices:
            action = f"choose('{form}')"
            drawn = line().put(key, self.inks.focus, action).skip(2).put(f"{name:<10}", self.inks.text, action)
            drawn.skip(1).put(purpose, self.inks.label, action)
        if self._last:
            drawn = line().put("p", self.inks.focus, f"choose('{PATH}')").skip(2)
            drawn.put("copy path ", self.inks.text, f"choose('{PATH}')")
            drawn.put(fit_path(clean(self._last), min(drawn.room - 1, len(self._last))), self.inks.label)
        if self._note:
            line().put(self._note, self.inks.client_error)
        frame = Frame((), True, (), (("esc closes", self.inks.focus, "choose('')"),), "export")
        spots = [spot for drawn in lines for spot in drawn.spots]
        return framed(size, frame, [drawn.strip() for drawn in lines], spots, self.inks)

    def action_choose(self, form: str) -> None:
        """A line was clicked."""
        self.post_message(self.Chosen(form))


class ExportChooser(ModalScreen[str], inherit_bindings=False):
    """The list above the dashboard; it is dismissed with a form, `path`, or nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"choose('{form}')", show=False) for key, form, _, _ in FIGURES),
        *(Binding(key, f"own('{key}')", show=False) for key in OWN_KEYS),
        Binding("p", f"choose('{PATH}')", show=False),
        Binding("escape,q,x", "choose('')", show=False),
        INTERRUPT,
    ]
    DEFAULT_CSS = """
    ExportChooser { align: center middle; }
    """

    def __init__(
        self,
        inks: Inks,
        *,
        has_table: bool,
        last: str,
        note: str = "",
        own: Sequence[PageFile] = (),
        has_log: bool = True,
    ) -> None:
        """Ask in these colours.

        Args:
            inks: the colours.
            has_table: the page has a table of its own.
            last: path of the file that was written last; empty for none.
            note: what a person should know before.
            own: files that the page has besides.
            has_log: there is a log, and so a window of it.
        """
        super().__init__()
        self._own = {file.key: file.form for file in own}
        given = [one for one in (ROWS if has_table else FIGURES) if has_log or one[1] != "html"]
        choices = (*((file.key, file.form, file.name, file.purpose) for file in own), *given)
        self._forms = (PATH, "", *(form for _, form, _, _ in choices))
        self._box = ExportBox(choices, last, note)
        self._box.set_reactive(Panel.inks, inks)
        self._box.styles.width = WIDTH
        self._box.styles.max_width = "100%"
        self._box.styles.height = self._box.lines
        self._last = last

    def compose(self) -> ComposeResult:
        """The list alone."""
        yield self._box

    @on(ExportBox.Chosen)
    def take_click(self, message: ExportBox.Chosen) -> None:
        """A line was clicked."""
        self.action_choose(message.form)

    def action_own(self, key: str) -> None:
        """Close with a file of the page's own."""
        if key in self._own:
            self.dismiss(self._own[key])

    def action_choose(self, form: str) -> None:
        """Close with a form."""
        if form in self._forms and (form != PATH or self._last):
            self.dismiss(form)
