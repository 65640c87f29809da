"""How far the reading of a backlog is: a bar on standard error, only where a person can see it.

A short reading shows nothing, and does not even import what would draw it.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from glance.domain import units

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

QUIET_SECONDS = 0.4
"""A reading that ends sooner shows no bar."""
REFRESH_SECONDS = 0.1


class ReadingBar:
    """The bar, as a context manager; it leaves nothing behind."""

    def __init__(
        self,
        total_bytes: int | None,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare a bar.

        Args:
            total_bytes: what there is to read; None where nobody knows, as from a pipe.
            stream: where to draw; standard error unless given.
            clock: seconds that only grow.
        """
        self._total_bytes = total_bytes
        self._stream = sys.stderr if stream is None else stream
        self._clock = clock
        self._began = clock()
        self._shown_at = self._began + QUIET_SECONDS - REFRESH_SECONDS
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self.is_visible = self._stream is not None and self._stream.isatty() and os.environ.get("TERM") != "dumb"
        """Whether anybody could see it."""

    def show(self, read_bytes: int, lines: int) -> None:
        """Say how far it is; cheap to call for every piece that was read."""
        now = self._clock()
        if not self.is_visible or now < self._shown_at + REFRESH_SECONDS:
            return
        self._shown_at = now
        progress, task = self._opened()
        figures = reading_figures(read_bytes, self._total_bytes, lines, now - self._began)
        progress.update(task, completed=read_bytes, figures=figures)
        progress.refresh()

    def close(self) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

    def __enter__(self) -> Self:
        """The bar itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take it away, whatever happened."""
        self.close()

    def _opened(self) -> tuple[Progress, TaskID]:
        """The bar on the screen, and its only task."""
        if self._progress is None or self._task is None:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn

            columns = (TextColumn("reading"), BarColumn(), TextColumn("{task.fields[figures]}", markup=False))
            console = Console(file=self._stream, no_color=True if os.environ.get("NO_COLOR") else None)
            self._progress = Progress(*columns, console=console, transient=True, auto_refresh=False)
            self._task = self._progress.add_task("reading", total=self._total_bytes, figures="")
            self._progress.start()
        return self._progress, self._task


def reading_figures(read_bytes: int, total_bytes: int | None, lines: int, seconds: float) -> str:
    """How far, how fast and how long yet: `12.4MB of 187MB  1.20M lines/s  4s left`."""
    speed = f"{units.rate(lines / seconds)} lines/s" if seconds > 0 else ""
    if total_bytes is None:
        return f"{units.size(read_bytes)}  {speed}".rstrip()
    parts = [f"{units.size(read_bytes)} of {units.size(total_bytes)}", speed]
    if 0 < read_bytes <= total_bytes:
        left = seconds * (total_bytes - read_bytes) / read_bytes
        parts.append(f"{units.age(left)} left")
    return "  ".join(part for part in parts if part)
