"""Draws where the dashboard is asked for, on standard output, and in the size that the terminal has now."""

from __future__ import annotations

import os
import selectors
import signal
import sys
from codecs import getincrementaldecoder
from types import FrameType
from typing import Any

from textual import constants, events
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size

from glance.screens.quick_escape import KeyParser

PIECE = 4096
LOOK_SECONDS = 0.1
"""How often it is looked whether all is over."""


class OutputDriver(LinuxDriver):
    """Textual draws on standard error, and `glance access.log 2>errors` would show nothing."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        """Draw on standard output."""
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._file = sys.__stdout__

    def start_application_mode(self) -> None:
        """Draw, and hear of every change of size."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        signal.signal(signal.SIGWINCH, self._hear_of_size)

    def run_input_thread(self) -> None:
        """Hear of keys until the end.

        As Textual does, but esc is known for one when its time is over: there it is looked for ten times a second, and
        a key that comes meanwhile is taken for a part of it.
        """
        parser = KeyParser(self._debug)
        decode = getincrementaldecoder("utf-8")("replace").decode
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                has_more = selector.select(constants.ESCAPE_DELAY if parser.is_waiting else LOOK_SECONDS)
                for message in parser.tick():
                    self.process_message(message)
                if not has_more:
                    continue
                data = os.read(self.fileno, PIECE)
                if not data:  # nobody types any more: the terminal has gone
                    return
                for message in parser.feed(text) if (text := decode(data)) else ():
                    self.process_message(message)

    def _hear_of_size(self, number: int, frame: FrameType | None) -> None:
        """The size changed; what it is now is asked in the loop.

        Textual asks in the handler, and one handler may interrupt another between asking and telling:
        the older size is then told last, and stays.
        """
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._tell_size)

    def _tell_size(self) -> None:
        if not self._in_band_window_resize:
            size = self.terminal_size
            self._app.post_message(events.Resize(size, size))

    @property
    def terminal_size(self) -> Size:
        """What the terminal says now."""
        return Size(*self._get_terminal_size())
