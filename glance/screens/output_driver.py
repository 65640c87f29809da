"""Draws where the dashboard is asked for, on standard output, and in the size that the terminal has now."""

from __future__ import annotations

import signal
import sys
from types import FrameType
from typing import Any

from textual import events
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.geometry import Size


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
