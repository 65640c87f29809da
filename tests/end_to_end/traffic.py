"""Ordinary lines of an access log, and somebody who writes them."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self


def request(at: float, path: str = "/", status: int = 200, size: int = 512) -> bytes:
    """A line of the combined format."""
    when = time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(at))
    return f'203.0.113.7 - - [{when}] "GET {path} HTTP/1.1" {status} {size} "-" "curl/8"\n'.encode()


def numbered(first: int, count: int, at: float | None = None) -> bytes:
    """Lines that can be told apart."""
    at = time.time() if at is None else at
    return b"".join(request(at, f"/n/{number}") for number in range(first, first + count))


def append(path: Path, data: bytes) -> None:
    """Write at the end of a file, as a server does."""
    with path.open("ab") as file:
        file.write(data)


class Writer:
    """Writes requests of now at a steady pace, in a thread, from enter to exit."""

    def __init__(self, path: Path, per_second: int) -> None:
        """Write nothing yet."""
        self.path = path
        self.written = 0
        self._per_second = per_second
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._write, daemon=True)

    def _write(self) -> None:
        """Keep the pace, whatever the machine does."""
        began = time.monotonic()
        while not self._stop.wait(0.05):
            due = int((time.monotonic() - began) * self._per_second) - self.written
            append(self.path, numbered(self.written, due))
            self.written += due

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End."""
        self._stop.set()
        self._thread.join()
