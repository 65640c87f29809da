"""A real terminal for tests: a program in a pty, its bytes and its end."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Mapping
from typing import Self

DEADLINE_SECONDS = 30.0
LEFT = {b"1049": b"l", b"25": b"h", b"1000": b"l", b"1003": b"l", b"1006": b"l", b"2004": b"l"}
"""How the modes must be at the end."""


class Terminal:
    """A program that runs in a terminal of its own until the test lets go of it."""

    def __init__(
        self, command: list[str], size: tuple[int, int] = (100, 30), environment: Mapping[str, str] | None = None
    ) -> None:
        self.raw = bytearray()
        self.code: int | None = None
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            inherited = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
            plain = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
            # The environment is given whole: readline puts its idea of the size into that of the process.
            os.execve(command[0], command, {**inherited, **plain, **(environment or {})})

    @classmethod
    def python(cls, *arguments: str, **options: object) -> Terminal:
        """This interpreter with these arguments."""
        return cls([sys.executable, *arguments], **options)  # type: ignore[arg-type]

    def read(self, seconds: float = 0.05) -> bool:
        """Take what there is; False when nothing came."""
        ready, _, _ = select.select([self.fd], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self.fd, 1 << 16)
        except OSError:
            data = b""
        self.raw += data
        return bool(data)

    def until(self, pattern: bytes, start: int = 0) -> int:
        """Read until the pattern is in what came from `start` on; where it ends."""
        limit = time.monotonic() + DEADLINE_SECONDS
        while time.monotonic() < limit:
            found = re.compile(pattern).search(self.raw, start)
            if found:
                return found.end()
            self.read()
        raise AssertionError(f"no {pattern!r} in {bytes(self.raw[-300:])!r}")

    def write(self, data: bytes) -> None:
        """Press keys."""
        os.write(self.fd, data)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        os.kill(self.pid, number)

    def stopped(self) -> None:
        """Wait until the program stands still, as after ctrl+z in a shell."""
        limit = time.monotonic() + DEADLINE_SECONDS
        while time.monotonic() < limit:
            pid, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED)
            if pid and os.WIFSTOPPED(status):
                return
            self.read(0.02)
        raise AssertionError("it did not stop")

    def wait(self, reads: bool = True) -> int:
        """The exit code, negative for a signal; reads on unless told otherwise."""
        limit = time.monotonic() + DEADLINE_SECONDS
        while time.monotonic() < limit:
            if reads:
                self.read(0.02)
            else:
                select.select([], [], [], 0.02)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
                while reads and self.read(0.02):
                    pass
                return self.code
        raise AssertionError("it did not end")

    def modes_left(self) -> list[bytes]:
        """The modes of the terminal that are not as they were."""
        last = dict(re.findall(rb"\x1b\[\?(\d+)([hl])", bytes(self.raw)))
        return [mode for mode, how in LEFT.items() if last.get(mode, how) != how]

    def close(self) -> None:
        """Let go of the terminal, and end the program if it is still there."""
        if self.code is None:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self.code = -9
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    def hang_up(self) -> None:
        """Take the terminal away."""
        os.close(self.fd)
        self.fd = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
