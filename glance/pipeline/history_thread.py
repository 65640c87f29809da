"""History in a thread of its own: a database that is slow or locked stops nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self, TypeVar

from glance.store.history import History

T = TypeVar("T")


class HistoryThread:
    """An open database, and the one thread that uses it."""

    def __init__(self, history: History) -> None:
        """Take over an open database."""
        self._history = history
        self._thread = ThreadPoolExecutor(1, "history")
        self.path = history.path
        self.is_writer = history.is_writer
        self.warning = history.warning
        """What was found lost when it was opened; empty when nothing was."""

    @classmethod
    def open(cls, path: Path, *, writes: bool) -> Self:
        """Open the database at `path`.

        Raises:
            StoreError: it cannot be opened; HistoryBusyError when another process writes it.
        """
        return cls(History.open(path, writes=writes))

    async def ask(self, question: Callable[[History], T]) -> T:
        """Ask or tell the database something; one at a time, in order."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, question, self._history)

    async def close(self) -> None:
        """Finish what was begun, and let go of the database."""
        try:
            await self.ask(lambda history: history.close())
        finally:
            self._thread.shutdown()
