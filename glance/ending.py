"""How the program ends when it is told to from outside: terminal restored, exit code 128 + signal.

Textual leaves raw mode, alternate screen and mouse reporting on when a signal ends the process, and
blocks its loop when the terminal stops reading. So signals are taken here, in handlers that run even
while the loop is blocked: they ask the application to end, and when it cannot, end the process.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import termios
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

PATIENCE_SECONDS = 2.0
"""How long the application has to end by itself."""

RESTORE = (
    b"\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?2004l\x1b[?1004l\x1b[<u\x1b[?7h\x1b[?1049l\x1b[?25h\x1b[0m"
)
"""What undoes everything that Textual switches on."""

SIGNALS = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGINT)
HANGUP_CODE = 128 + signal.SIGHUP


class Ending:
    """Listens for signals and for the terminal going away, from `begin` to `done`."""

    def __init__(self, ask: Callable[[int], None]) -> None:
        """Remember whom to ask.

        Args:
            ask: tells the application to end with an exit code; must be callable from any thread.
        """
        self._ask = ask
        self._is_done = threading.Event()
        self._before: dict[signal.Signals, Any] = {}
        self._terminal = sys.__stdin__.fileno() if sys.__stdin__ is not None and sys.__stdin__.isatty() else None
        self._modes: list[Any] | None = None
        self._code: int | None = None
        self._can_end = False

    def begin(self) -> None:
        """Take the signals, and watch for the terminal going away; only the main thread can.

        From here on the terminal may be in another mode, so that no signal may simply end the process.
        """
        self._before = {number: signal.signal(number, self._handle) for number in SIGNALS}
        if self._terminal is not None:
            self._modes = termios.tcgetattr(self._terminal)
            threading.Thread(target=self._watch_terminal, name="glance-hangup", daemon=True).start()

    def listen(self) -> None:
        """Take the signals again, after asyncio and Textual have taken theirs."""
        for number in SIGNALS:
            signal.signal(number, self._handle)

    def ready(self) -> None:
        """The application stands and can end in order; it is asked now for what came while it was built."""
        self._can_end = True
        if self._code is not None:
            self._ask(self._code)

    def done(self) -> None:
        """The application has ended: give the signals back.

        An application that was ended while it was starting leaves the terminal half set up.
        """
        self._is_done.set()
        if self._code is not None and self._terminal is not None and self._modes is not None:
            self._restore(self._terminal, self._modes)
        for number, handler in self._before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        """A signal came."""
        self._end(128 + number)

    def _end(self, code: int) -> None:
        """Ask for the end once, and see to it that it comes."""
        if self._code is not None or self._is_done.is_set():
            return
        self._code = code
        threading.Thread(target=self._insist, args=(code,), name="glance-ending", daemon=True).start()
        if self._can_end:
            self._ask(code)

    def _watch_terminal(self) -> None:
        """Wait, without any work, until the terminal is gone."""
        assert self._terminal is not None
        poll = select.poll()
        poll.register(self._terminal, 0)
        poll.poll()
        self._end(HANGUP_CODE)

    def _insist(self, code: int) -> None:
        """End the process when the application did not: its loop waits for a terminal that does not read."""
        if self._is_done.wait(PATIENCE_SECONDS):
            return
        if self._terminal is not None and self._modes is not None:
            self._restore(self._terminal, self._modes)
        os._exit(code)

    @staticmethod
    def _restore(terminal: int, modes: list[Any]) -> None:
        """Put the terminal back as it was, as far as it still listens."""
        try:
            termios.tcflush(terminal, termios.TCOFLUSH)
            termios.tcsetattr(terminal, termios.TCSANOW, modes)
            os.set_blocking(terminal, False)
            os.write(terminal, RESTORE)
            os.set_blocking(terminal, True)
        except (OSError, termios.error):
            return
