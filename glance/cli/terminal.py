"""The terminal as it was before the program, so that a failure leaves it that way."""

from __future__ import annotations

import os
import select
import stat
import sys
from typing import Any, NamedTuple


class Terminal(NamedTuple):
    """The line settings of the terminal on standard input, where there is one."""

    attributes: list[Any] | None

    @classmethod
    def remembered(cls) -> Terminal:
        """The terminal as it is now."""
        return cls(_attributes())

    def restore(self) -> None:
        """Put everything back if a full-screen program was cut short; nothing otherwise.

        That it was cut short shows in line settings that differ: without it the sequences
        would move the cursor of a healthy screen.
        """
        now = _attributes()
        if self.attributes is None or now is None or now == self.attributes:
            return
        import termios

        from glance.ending import RESTORE

        if os.isatty(1):
            os.write(1, RESTORE)
        termios.tcsetattr(sys.stdin.fileno(), termios.TCSANOW, self.attributes)


def has_keyboard() -> bool:
    """Standard input is a terminal, on which a person can type."""
    return sys.stdin is not None and sys.stdin.isatty()


def has_colours() -> bool:
    """Standard output is a terminal with colours, and the person wants them."""
    is_wanted = not os.environ.get("NO_COLOR") and os.environ.get("TERM") not in (None, "", "dumb")
    return is_wanted and sys.stdout is not None and sys.stdout.isatty()


def is_piped() -> bool:
    """Standard input is something else that can be read; not so where it is closed, /dev/null, or empty at once."""
    if sys.stdin is None or sys.stdin.isatty():
        return False
    try:
        return not _is_empty(sys.stdin.fileno())
    except (OSError, ValueError):  # replaced by something that is no file
        return True


def _is_empty(fd: int) -> bool:
    """Nothing will ever be read here: as cron, CI and services have it. Nothing is waited for."""
    status = os.fstat(fd)
    if stat.S_ISCHR(status.st_mode):
        return status.st_rdev == os.stat(os.devnull).st_rdev
    if stat.S_ISREG(status.st_mode):
        return status.st_size == 0
    events = select.poll()
    events.register(fd, select.POLLIN)
    happened = sum(event for _, event in events.poll(0))
    return bool(happened & select.POLLHUP) and not happened & select.POLLIN


def _attributes() -> list[Any] | None:
    """The line settings of standard input; None where it is no terminal, or the system has none."""
    try:
        import termios
    except ImportError:
        return None
    try:
        return termios.tcgetattr(sys.stdin.fileno())
    except (termios.error, AttributeError, ValueError, OSError):  # no terminal; closed; replaced; gone
        return None
