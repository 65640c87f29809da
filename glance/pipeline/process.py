"""A process by a handle that cannot come to mean another one."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys
import time
from types import TracebackType
from typing import Self

_LOOK_SECONDS = 0.05


def started_ticks(pid: int) -> int:
    """When a process began, in the kernel's own count; 0 where that cannot be told."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            text = file.read()
    except OSError:
        return 0
    fields = text[text.rfind(b")") + 1 :].split()  # its name may hold spaces and brackets
    return int(fields[19]) if len(fields) > 19 else 0


class Process:
    """A process that can be signalled and waited for, even by who is not its parent. A context manager."""

    def __init__(self, pid: int) -> None:
        """Open it.

        Raises:
            ProcessLookupError: there is none of that number.
        """
        self.pid = pid
        self._fd = -1
        if sys.platform == "linux":
            self._fd = os.pidfd_open(pid)
        else:
            os.kill(pid, 0)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal; nothing happens when it has ended."""
        with contextlib.suppress(ProcessLookupError):
            if sys.platform == "linux":
                signal.pidfd_send_signal(self._fd, number)
            else:
                os.kill(self.pid, number)

    def ends(self, seconds: float) -> bool:
        """Wait until it has ended; False when it does not in that time."""
        if self._fd >= 0:
            poll = select.poll()
            poll.register(self._fd, select.POLLIN)
            return bool(poll.poll(seconds * 1000))
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                os.kill(self.pid, 0)
            except ProcessLookupError:
                return True
            time.sleep(_LOOK_SECONDS)
        return False

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the handle."""
        if self._fd >= 0:
            os.close(self._fd)
