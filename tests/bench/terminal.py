"""A program in a real pseudo-terminal: what it writes, when, and what a person would see of it."""

from __future__ import annotations

import errno
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

QUIET_SECONDS = 0.01
"""A frame is taken for complete when nothing has come for so long."""

ANSWERS = {
    b"\x1b[c": b"\x1b[?62;22c",
    b"\x1b[?2026$p": b"\x1b[?2026;2$y",
    b"\x1b[6n": b"\x1b[1;1R",
}
"""Questions that programs ask a terminal, and what a modern one answers."""

UNKNOWN_TO_PYTE = re.compile(
    rb"\x1b\[[<=>][0-9;]*[a-zA-Z]|\x1b\[\?20(?:26|48|31)[hl]|\x1b\[\?[0-9]+\$p|\x1bP.*?\x1b\\", re.S
)
UNFINISHED = re.compile(rb"\x1b(?:[\[\]P][^@-~a-zA-Z]*)?\Z")
"""A control sequence whose end is still to come."""


class Terminal:
    """Runs one program; use it as a context manager, which ends the program.

    What comes is kept with the time of its reading and drawn only when somebody looks, so that
    drawing does not hold up the program, and a time read off the screen is that of the bytes.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 160,
        rows: int = 45,
        environment: Mapping[str, str] | None = None,
        directory: Path | None = None,
    ) -> None:
        """Start the program now."""
        self.columns, self.rows = columns, rows
        self.bytes_total = 0
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._undrawn: list[tuple[float, bytes]] = []
        self._held = b""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            command,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=directory,
            env=dict(environment) if environment is not None else None,
            start_new_session=True,
            preexec_fn=take_terminal,  # noqa: PLW1509 - nothing here has threads
        )
        os.close(theirs)
        self._fd = ours

    def __enter__(self) -> Self:
        """The terminal itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the program, by force where nothing else helps."""
        for number in (None, signal.SIGTERM, signal.SIGKILL):
            if number is not None and self.process.poll() is None:
                self.process.send_signal(number)
            if self.wait_for_end(0.1 if number is None else 3.0) is not None:
                break
        os.close(self._fd)

    def read(self, seconds: float) -> bool:
        """Read what comes within that time, once; False when nothing came."""
        if not select.select([self._fd], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self._fd, 1 << 16)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            data = b""
        if not data:  # the program has closed its side
            time.sleep(min(seconds, 0.01))
            return False
        self.bytes_total += len(data)
        self._undrawn.append((time.monotonic(), data))
        for question, answer in ANSWERS.items():
            if question in data:
                self.send(answer)
        return True

    def run(self, seconds: float) -> None:
        """Let the program run, reading all it writes."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.read(left)

    def resize(self, columns: int, rows: int) -> None:
        """Make the window larger or smaller."""
        if (columns, rows) == (self.columns, self.rows):
            return
        self.draw()
        self.columns, self.rows = columns, rows
        self._screen.resize(rows, columns)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def send(self, data: bytes) -> None:
        """Type this."""
        try:
            os.write(self._fd, data)
        except OSError as error:
            if error.errno != errno.EIO:
                raise

    def wait_for(self, pattern: str, seconds: float, *, is_absent: bool = False) -> float | None:
        """Wait until the screen shows the pattern, or shows it no more.

        Returns:
            When the bytes that made it so were read, on the monotonic clock; None when time is up.
        """
        wanted = re.compile(pattern)
        if self._undrawn:
            self.draw()
        if bool(wanted.search(self.text())) != is_absent:
            return time.monotonic()
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if self.read(min(left, QUIET_SECONDS)) and self._undrawn[-1][0] - self._undrawn[0][0] < 1:
                continue
            for at in self._draw_each():
                if bool(wanted.search(self.text())) != is_absent:
                    return at
            if self.process.poll() is not None and not self.read(0.05):
                return None
        return None

    def wait_for_end(self, seconds: float) -> int | None:
        """The exit code, or None when the program still runs after that time."""
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end:
            self.read(0.02)
        return self.process.poll()

    def text(self) -> str:
        """What stands on the screen, as drawn so far."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    @property
    def screen(self) -> pyte.Screen:
        """The screen with colours, drawn up to now."""
        self.draw()
        return self._screen

    def draw(self) -> None:
        """Draw all that was read."""
        for _ in self._draw_each():
            pass

    def _draw_each(self) -> Iterator[float]:
        """Draw piece by piece; gives the time of each when it is drawn."""
        pieces, self._undrawn = self._undrawn, []
        for place, (at, data) in enumerate(pieces):
            whole = self._held + data
            cut = UNFINISHED.search(whole)
            end = cut.start() if cut else len(whole)
            self._held = whole[end:]
            self._stream.feed(UNKNOWN_TO_PYTE.sub(b"", whole[:end]))
            try:
                yield at
            except GeneratorExit:
                self._undrawn = pieces[place + 1 :] + self._undrawn
                raise


def take_terminal() -> None:
    """Make standard input the terminal that controls this session."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
