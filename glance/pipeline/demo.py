"""The demo's log: made-up traffic, written into a private temporary directory while somebody watches.

The directory is readable by its owner only and goes away with the program. The file is renamed
away when it has grown large, as a real log is, so that a demo left open does not fill the disk.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Self

from glance.domain.logs.traffic import TrafficMaker
from glance.pipeline.clock import Clock, SystemClock

TICK_SECONDS = 0.1
"""How often new lines are written."""
MOST_CATCH_UP_SECONDS = 60.0
"""After a pause (a suspended machine) only this much of it is made up."""
MOST_STEP_BACK_SECONDS = 2.0
"""A clock that jumps back further than this is believed."""
ROTATE_BYTES = 64 << 20
"""The log is renamed to `access.log.1` beyond this size."""
LOG_NAME = "access.log"

Listener = Callable[[list[bytes]], object]
"""Is told of lines as they are written."""


class DemoLog:
    """A log that grows by itself.

    Use it as a context manager: the directory is removed at the end, and also when the program
    ends without reaching it.
    """

    def __init__(
        self,
        traffic: TrafficMaker,
        clock: Clock | None = None,
        rotate_bytes: int = ROTATE_BYTES,
    ) -> None:
        """Make the directory (0700) and the empty log (0600).

        Args:
            traffic: what makes the lines.
            clock: the machine's, unless another is given.
            rotate_bytes: size beyond which the log is renamed away.
        """
        self._traffic = traffic
        self._clock = clock or SystemClock()
        self._rotate_bytes = rotate_bytes
        self._directory = Path(tempfile.mkdtemp(prefix="glance-demo-"))
        self._remove = weakref.finalize(self, shutil.rmtree, self._directory, ignore_errors=True)
        self._written_until = self._clock.now()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._listener: Listener | None = None
        self.failure: OSError | None = None
        """Why the writing stopped by itself, for example a full disk."""
        self._file = open_private(self.path)

    @property
    def directory(self) -> Path:
        """Where the log is, and what else goes away with it."""
        return self._directory

    @property
    def path(self) -> Path:
        """The log."""
        return self._directory / LOG_NAME

    def prefill(self, seconds: float) -> None:
        """Write the traffic of that many seconds before now."""
        self._written_until = self._clock.now()
        self._append(self._traffic.lines(self._written_until - seconds, self._written_until))

    def write_until(self, at: float) -> None:
        """Write the traffic since the last call, up to that moment."""
        start = max(self._written_until, at - MOST_CATCH_UP_SECONDS)
        if at < self._written_until - MOST_STEP_BACK_SECONDS:
            start = at
        if at < start:
            return
        self._written_until = at
        lines = self._traffic.lines(start, at)
        self._append(lines)
        if self._listener is not None:
            self._listener(lines)

    def start(self, listener: Listener | None = None) -> None:
        """Go on writing, in a thread of its own, until `close`.

        Args:
            listener: is told of what is written from now on.
        """
        self._listener = listener
        self._thread = threading.Thread(target=self._follow, name="demo-traffic", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop writing and remove the directory."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._file.close()
        self._remove()

    def __enter__(self) -> Self:
        """The log itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop and remove."""
        self.close()

    def _follow(self) -> None:
        """Write at each tick; a disk that refuses ends the writing, not the program."""
        while not self._stop.wait(TICK_SECONDS):
            try:
                self.write_until(self._clock.now())
            except OSError as error:
                self.failure = error
                return

    def _append(self, lines: list[bytes]) -> None:
        """Add whole lines to the log, and rotate it when it has grown large."""
        if not lines:
            return
        self._file.write(b"".join(lines))
        if self._file.tell() > self._rotate_bytes:
            self._rotate()

    def _rotate(self) -> None:
        """Rename the log away and begin a new one, as logrotate does."""
        self._file.close()
        with contextlib.suppress(FileNotFoundError):
            os.replace(self.path, self.path.with_name(f"{LOG_NAME}.1"))
        self._file = open_private(self.path)


def open_private(path: Path) -> FileIO:
    """A new file, for appending without a buffer, that its owner alone can read."""
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600), "ab", buffering=0)
