"""What a screen does for its page of lines: asks for rows, copies, opens an editor."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess

from textual import on, work
from textual.app import SuspendNotSupported
from textual.geometry import Size

from glance.domain.raw_line import LinesWish
from glance.messages import CopyRequested, EditRequested, LinesRequested, SourceRequested
from glance.pipeline.line_editor import editor_command, line_number
from glance.screens.drill_down import DrillDown
from glance.widgets.header import Header
from glance.widgets.line_page import LinePage

NO_EDITOR = "there is nothing to open it with: set EDITOR, or install less"


class LineViewer(DrillDown, inherit_bindings=False):
    """A screen with a page of lines."""

    @property
    def line_page(self) -> LinePage:
        """That page."""
        return self.query_one(LinePage)

    def lines_wish(self, size: Size) -> LinesWish:
        """What its page wants on a screen of this size."""
        self.line_page.fit(size)
        return self.line_page.wish

    def action_filter_text(self) -> None:
        """Type the filter: the keys are not for the page meanwhile."""
        super().action_filter_text()
        self.line_page.is_passing = self.is_filter_typed

    def end_filter(self, *, keep: bool) -> None:
        """Give the keys back to the page, unless there is a mistake."""
        super().end_filter(keep=keep)
        self.line_page.is_passing = self.is_filter_typed

    @on(LinesRequested)
    def ask_for_lines(self, message: LinesRequested) -> None:
        """Tell the collector which rows are wanted, while the page is open."""
        if self.view.lines is not None:
            self.look(lines=message.wish)

    @on(CopyRequested)
    def copy(self, message: CopyRequested) -> None:
        """Copy a text by OSC 52: the terminal has the clipboard, even over ssh."""
        self.app.copy_to_clipboard(message.text)

    @on(EditRequested)
    def edit(self, message: EditRequested) -> None:
        """Open an editor at a line."""
        self._edit(message.path, message.offset)

    @work(group="edit", exclusive=True)
    async def _edit(self, path: str, offset: int) -> None:
        """Find the line's number, then give the terminal away until the editor ends."""
        try:
            number = await asyncio.to_thread(line_number, path, offset)
        except OSError:
            self.line_page.say("the file of this line cannot be opened")
            return
        command = editor_command(os.environ, path, number)
        if command is None:
            self.line_page.say(NO_EDITOR)
            return
        self.line_page.say(self._run_alone(command))

    @on(SourceRequested)
    def open_source(self, message: SourceRequested) -> None:
        """Open an editor at a line of a source."""
        command = editor_command(os.environ, message.path, message.number)
        said = NO_EDITOR if command is None else self._run_alone(command)
        if said:
            self.query_one(Header).say(said)

    def _run_alone(self, command: list[str]) -> str:
        """Run something that takes the terminal; what to say when it does not."""
        try:
            with self.app.suspend():
                before = signal.signal(signal.SIGINT, _leave)
                try:
                    subprocess.run(command, check=False)  # noqa: S603 - what the person has set, and no shell
                finally:
                    signal.signal(signal.SIGINT, before)
        except SuspendNotSupported:
            return "an editor cannot be opened here"
        except OSError:
            return "the editor cannot be started: see EDITOR"
        return ""


def _leave(*_: object) -> None:
    """An interrupt is for the editor."""
