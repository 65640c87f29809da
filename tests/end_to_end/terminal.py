"""A terminal for programs under test: it shows, types, resizes, stalls, hangs up, and remembers every byte."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.end_to_end.screen import Screen

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 25.0
"""How long something may take on a busy machine before a test calls it missing."""

LOOK_SECONDS = 0.02
"""How often a state is looked at that announces itself in no other way."""

ANSWERS = {b"\x1b[?2026$p": b"\x1b[?2026;2$y", b"\x1b[?2048$p": b"\x1b[?2048;0$y", b"\x1b[c": b"\x1b[?62;22c"}
"""What a program asks a terminal, and what this one answers."""

FRAME_BEGINS, FRAME_ENDS = b"\x1b[?2026h", b"\x1b[?2026l"
"""Between these a terminal draws nothing: what it shows is always a whole frame."""

_TAKE_TERMINAL = (
    "import fcntl, os, sys, termios; terminal = int(sys.argv[1]); fcntl.ioctl(terminal, termios.TIOCSCTTY, 0); "
    "os.set_inheritable(terminal, False); os.execvp(sys.argv[2], sys.argv[2:])"
)
"""Makes a terminal the controlling one of a new session, and becomes the program; no fork of a process with threads."""

_QUESTION = re.compile(b"|".join(re.escape(question) for question in ANSWERS))

KEYS = {
    "enter": b"\r",
    "esc": b"\x1b",
    "tab": b"\t",
    "up": b"\x1b[A",
    "down": b"\x1b[B",
    "backspace": b"\x7f",
    "ctrl+c": b"\x03",
    "ctrl+p": b"\x10",
    "ctrl+z": b"\x1a",
}


def environment(**changes: str | None) -> dict[str, str]:
    """The environment of a program under test: that of the test, with `None` taking a variable away."""
    found = {name: value for name, value in os.environ.items() if name not in ("COLORTERM", "TERM_PROGRAM")}
    inherited = os.environ.get("PYTHONPATH", "")
    found |= {
        "PYTHONPATH": os.pathsep.join(part for part in (inherited, str(ROOT)) if part),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
    }
    found |= {name: value for name, value in changes.items() if value is not None}
    return {name: value for name, value in found.items() if changes.get(name, "") is not None}


def until(is_true: Callable[[], Any], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Return as soon as something is true; fail when it never is."""
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, f"waited {seconds:g} s for: {what}"
        time.sleep(LOOK_SECONDS)


class Terminal:
    """A program in a terminal of its own, as a context manager; what still runs at the end is killed."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        size: tuple[int, int] = (120, 40),
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        stdin: int | None = None,
        stdout: int | None = None,
        stderr: int | None = None,
    ) -> None:
        """Start the program.

        Args:
            command: what to run.
            size: columns and lines.
            env: its environment; default is `environment()`.
            cwd: where it runs.
            stdin: what it reads instead of the keyboard.
            stdout: where its output goes instead of the screen.
            stderr: where its errors go instead of the screen.
        """
        self.columns, self.lines = size
        self.raw = bytearray()
        self._fed = 0
        self._answered = 0
        self._news = threading.Condition()
        self._reading = threading.Event()
        self._reading.set()
        self._is_over = False
        self._master, self._slave = pty.openpty()
        os.set_blocking(self._master, False)
        self.modes_before = termios.tcgetattr(self._slave)
        self._screen = Screen(*size)
        self._set_size()
        slave = self._slave
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _TAKE_TERMINAL, str(slave), *command],
            env=dict(environment() if env is None else env),
            cwd=cwd,
            stdin=slave if stdin is None else stdin,
            stdout=slave if stdout is None else stdout,
            stderr=slave if stderr is None else stderr,
            start_new_session=True,
            pass_fds=(slave,),
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        """The terminal."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Kill what still runs and take the terminal away; on a failure show what was on it."""
        if error is not None and self._master >= 0:
            shown = "\n".join(line.rstrip() for line in self.text.rstrip().splitlines())
            print(f"--- screen, {len(self.raw)} bytes\n{shown}\n--- raw end: {bytes(self.raw[-300:])!r}")
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._stop_reading()
        for fd in (self._master, self._slave):
            if fd >= 0:
                os.close(fd)

    # What the program shows -----------------------------------------------------------------------

    def _read(self) -> None:
        """Take what the program writes, and answer its questions; runs in a thread."""
        while True:
            self._reading.wait()
            is_over = self._is_over
            try:
                ready = select.select([self._master], [], [], 0 if is_over else LOOK_SECONDS)[0]
                data = os.read(self._master, 1 << 16) if ready and self._reading.is_set() else b""
            except BlockingIOError:
                continue
            except (OSError, ValueError) as error:
                if isinstance(error, OSError) and error.errno not in (errno.EIO, errno.EBADF):
                    raise
                return
            if data:
                with self._news:
                    self.raw += data
                    self._news.notify_all()
                self._answer()
            elif is_over and not ready:
                return

    def _answer(self) -> None:
        """Answer questions that have come in whole."""
        for found in _QUESTION.finditer(self.raw, self._answered):
            self._answered = found.end()
            self.write(ANSWERS[found.group()])

    @property
    def text(self) -> str:
        """What stands on the screen."""
        self._feed()
        return self._screen.text

    def _feed(self) -> None:
        """Draw what has come since, but no frame of which the rest is still to come."""
        data = bytes(self.raw[self._fed :])
        begins = data.rfind(FRAME_BEGINS)
        if begins > data.rfind(FRAME_ENDS) and not self._is_over:
            data = data[:begins]
        self._fed += len(data)
        self._screen.feed(data)

    def shows(self, wanted: str | Callable[[str], Any], seconds: float = PATIENCE_SECONDS) -> str:
        """Wait until the screen has a text, or fulfils a condition; returns the screen."""
        deadline = time.monotonic() + seconds
        is_there = (lambda text: wanted in text) if isinstance(wanted, str) else wanted
        while True:
            with self._news:
                seen = len(self.raw)
            text = self.text
            if is_there(text):
                return text
            left = deadline - time.monotonic()
            assert left > 0, f"the screen never showed {wanted!r}"
            assert self.process.poll() is None or self._drained() != seen, f"ended with {self.process.returncode}"
            with self._news:
                self._news.wait_for(lambda: len(self.raw) > seen, min(left, 0.25))  # noqa: B023 - waited for here

    def _drained(self) -> int:
        """Read what an ended program left; how much there is in all."""
        self._stop_reading()
        return len(self.raw)

    # What a person does ---------------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        """Send bytes as the terminal does."""
        while data:
            select.select([], [self._master], [], PATIENCE_SECONDS)
            data = data[os.write(self._master, data) :]

    def press(self, *keys: str) -> None:
        """Press keys by name, or type a text."""
        for key in keys:
            self.write(KEYS.get(key, key.encode()))

    def click(self, text: str) -> None:
        """Click on the first cell of a text that is on the screen."""
        for y, line in enumerate(self.text.splitlines()):
            if text in line:
                x = line.index(text)
                self.write(f"\x1b[<0;{x + 1};{y + 1}M\x1b[<0;{x + 1};{y + 1}m".encode())
                return
        raise AssertionError(f"there is no {text!r} to click on")

    def resize(self, columns: int, lines: int) -> None:
        """Give the window another size."""
        self._feed()
        self.columns, self.lines = columns, lines
        self._screen.resize(columns, lines)
        self._set_size()

    def _set_size(self) -> None:
        """Tell the system, which tells the program."""
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", self.lines, self.columns, 0, 0))

    def stall(self) -> None:
        """Read no more, as a terminal does after ^S or behind a dead connection."""
        self._reading.clear()

    def is_full(self) -> bool:
        """Whether the program cannot write anything more, since nobody reads."""
        return not select.select([], [self._slave], [], 0)[1]

    def go_on(self) -> None:
        """Read again."""
        self._reading.set()

    def hang_up(self) -> None:
        """Go away."""
        self._feed()
        self._stop_reading()
        os.close(self._master)
        self._master = -1

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the program."""
        self.process.send_signal(number)

    def is_stopped(self) -> bool:
        """Whether the program is suspended."""
        found = os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WNOHANG | os.WNOWAIT)
        return found is not None

    # How it ends ----------------------------------------------------------------------------------

    def ends(self, seconds: float = PATIENCE_SECONDS) -> int:
        """Wait for the end; the exit code as a shell gives it."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {seconds:g} s") from None
        self._stop_reading()
        return code if code >= 0 else 128 - code

    def _stop_reading(self) -> None:
        """Read what is left, then no more."""
        self._is_over = True
        self._reading.set()
        self._reader.join()

    def modes(self) -> list[Any]:
        """The line settings as they are now."""
        return termios.tcgetattr(self._slave)

    def is_restored(self) -> bool:
        """Whether the terminal is as it was: line settings, screen, mouse, keyboard, paste, wrap, cursor."""
        return not self.left_on() and self.modes() == self.modes_before

    def left_on(self) -> list[str]:
        """Modes that were switched on and not off, or the other way for cursor and line wrap."""
        wrong = []
        for mode in (1049, 1000, 1002, 1003, 1004, 1006, 1015, 1016, 2004, 2026, 2048, 25, 7):
            changes = re.findall(rb"\x1b\[\?%d([hl])" % mode, self.raw)
            if changes and (changes[-1] == b"h") != (mode in (25, 7)):
                wrong.append(f"?{mode}{changes[-1].decode()}")
        if self.raw.count(b"\x1b[<u") < len(re.findall(rb"\x1b\[>\d+u", self.raw)):
            wrong.append("keyboard")
        return wrong


def glance(*arguments: str | Path, **options: Any) -> Terminal:
    """Glance in a terminal; options as those of `Terminal`."""
    return Terminal([sys.executable, "-m", "glance", *map(str, arguments)], **options)


def run(
    *arguments: str | Path, env: Mapping[str, str] | None = None, **options: Any
) -> subprocess.CompletedProcess[bytes]:
    """Glance without a terminal, to its end."""
    options = {"stdin": subprocess.DEVNULL, "timeout": PATIENCE_SECONDS, **options}
    return subprocess.run(
        [sys.executable, "-m", "glance", *map(str, arguments)],
        env=dict(environment() if env is None else env),
        capture_output=True,
        check=False,
        start_new_session=True,
        **options,
    )


def children_of(pid: int) -> set[int]:
    """The processes that a process started and that still run."""
    found = set()
    with contextlib.suppress(FileNotFoundError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                found |= {int(child) for child in (task / "children").read_text().split()}
    return found


def is_running(pid: int) -> bool:
    """Whether there is such a process and it is no zombie."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state not in "ZX"
