"""When to look again.

Every loop of a source parks on a `Waker`. The interval is the truth: it finds everything, on every
file system. Hints from the operating system only make it sooner.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from watchfiles import Change, awatch

logger = logging.getLogger(__name__)


class Waker(Protocol):
    """Tells an idle loop that it is time to look for new work."""

    async def wait(self) -> None:
        """Return when it is time."""


class IntervalWaker:
    """Wakes at a steady interval, and earlier on a hint."""

    def __init__(self, seconds: float, *, rest_seconds: float = 0.02) -> None:
        """Wake every `seconds`.

        Args:
            seconds: the longest wait.
            rest_seconds: the shortest wait, so that a storm of hints cannot make a busy loop.
        """
        self.seconds = seconds
        self.rest_seconds = min(rest_seconds, seconds)
        self._hint = asyncio.Event()

    def awaken(self) -> None:
        """Hint that something happened; call it in the loop that waits."""
        self._hint.set()

    async def wait(self) -> None:
        """Return after the interval, or soon after a hint."""
        await asyncio.sleep(self.rest_seconds)
        try:
            async with asyncio.timeout(self.seconds - self.rest_seconds):
                await self._hint.wait()
        except TimeoutError:
            pass
        self._hint.clear()


class ManualWaker:
    """Wakes when a test says so."""

    def __init__(self) -> None:
        """Nobody waits yet."""
        self._parked = asyncio.Event()
        self._go = asyncio.Event()

    async def wait(self) -> None:
        """Park until the next step."""
        self._parked.set()
        await self._go.wait()
        self._go.clear()

    async def parked(self) -> None:
        """Return when the loop has gone idle."""
        await self._parked.wait()

    async def step(self) -> None:
        """Let the loop go round once: returns when it is idle again."""
        await self._parked.wait()
        self._parked.clear()
        self._go.set()
        await self._parked.wait()


async def watch_for_hints(paths: Iterable[str | os.PathLike[str]], waker: IntervalWaker, stop: asyncio.Event) -> None:
    """Awaken the waker whenever one of these files changes, appears or goes; until `stop`.

    Never a reason to fail: without hints (no watches left, a network file system, a directory that
    is not there) the interval finds everything a little later.

    Args:
        paths: files, existing or not; their directories are watched.
        waker: whom to awaken.
        stop: set it to end watching.
    """
    named = {os.path.abspath(path) for path in paths}
    wanted = named | {os.path.realpath(path) for path in named}
    directories = {directory for path in wanted if (directory := os.path.dirname(path)) and os.path.isdir(directory)}
    if not directories:
        return
    try:
        async for _ in awatch(
            *sorted(directories),
            watch_filter=lambda change, path: _concerns(change, path, wanted),
            debounce=200,
            step=100,  # many wakings a second cost more than the lines they tell of
            stop_event=stop,
            recursive=False,
            ignore_permission_denied=True,
        ):
            waker.awaken()
    except (OSError, RuntimeError) as error:
        logger.warning("no change notices for %s (%s): reading by interval", ", ".join(sorted(directories)), error)


def _concerns(change: Change, path: str, wanted: set[str]) -> bool:
    """Whether a change of `path` can mean new lines: a wanted file, or a new neighbour of one."""
    return path in wanted or (change is Change.added and Path(path).suffix != ".gz")
