"""The alert file: a line for each transition, appended, in the form that fluffy writes."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from glance.domain.alerts.event import AlertEvent
from glance.domain.safe_text import safe_text
from glance.outputs.output import DeliveryError

_TAIL_BYTES = 64 << 10


class AlertFile:
    """Opened anew for every line, so that a file which was rotated away is left alone."""

    is_damped = False

    def __init__(self, path: Path) -> None:
        """Append to the file at `path`, made with its first line."""
        self._path = path
        self.name = f"file {safe_text(str(path), 200)}"

    def send(self, event: AlertEvent, *, is_repeated: bool) -> None:
        """Append the event's line, in one write.

        Raises:
            DeliveryError: it cannot be written.
        """
        line = safe_text(event.line).encode() + b"\n"
        try:
            fd = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK, 0o640)
            try:
                self._append(fd, line, is_repeated=is_repeated)
            finally:
                os.close(fd)
        except OSError as error:
            raise DeliveryError(f"cannot write {self._path}: {error.strerror or error}") from error

    @staticmethod
    def _append(fd: int, line: bytes, *, is_repeated: bool) -> None:
        """The line after whatever is there; not again where it stands already."""
        status = os.fstat(fd)
        begin = max(0, status.st_size - _TAIL_BYTES)
        tail = os.pread(fd, _TAIL_BYTES, begin) if stat.S_ISREG(status.st_mode) else b""
        if is_repeated and (tail.startswith(line) or b"\n" + line in tail):
            return
        if tail and not tail.endswith(b"\n"):  # a write that a full disk cut short
            line = b"\n" + line
        while line:
            line = line[os.write(fd, line) :]
