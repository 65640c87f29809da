"""The terminal as it was before the program, so that a failure leaves it that way."""

from __future__ import annotations

import os
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


def is_piped() -> bool:
    """Standard input is something else that can be read; not so where it is closed."""
    return sys.stdin is not None and not sys.stdin.isatty()


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
