"""Draws where the dashboard is asked for: on standard output."""

from __future__ import annotations

import sys
from typing import Any

from textual.app import App
from textual.drivers.linux_driver import LinuxDriver


class OutputDriver(LinuxDriver):
    """Textual draws on standard error, and `glance access.log 2>errors` would show nothing."""

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        """Draw on standard output."""
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._file = sys.__stdout__
