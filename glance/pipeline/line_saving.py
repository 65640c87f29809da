"""Writes the lines of a list into a new file, as they stand in their logs."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from glance.browser import NOT_HERE, is_browser
from glance.domain import units
from glance.pipeline.line_index import LineIndex, Place
from glance.sources.regular_file import reason_in_words

CHUNK_ROWS = 1000
MOST_NAMES = 100


class LineSaving:
    """One file of lines."""

    def __init__(self, index: LineIndex, raw: Callable[[Place], bytes], folder: Path, now: float) -> None:
        """Write nothing yet.

        Args:
            index: the list.
            raw: the whole line of a place.
            folder: where the file will be.
            now: epoch seconds, for its name.
        """
        self._index = index
        self._raw = raw
        self._folder = folder
        self._now = now
        self.words = "saving the lines …"
        """How it stands."""

    async def run(self, told: Callable[[], None]) -> None:
        """Write all of them, the oldest first."""
        if is_browser():
            self.words = NOT_HERE
            told()
            return
        many = self._index.total
        try:
            path, fd = self._create()
            with os.fdopen(fd, "wb") as file:
                try:
                    is_whole = await self._write(file)
                except (OSError, asyncio.CancelledError):
                    path.unlink(missing_ok=True)
                    raise
        except OSError as error:
            self.words = f"the lines cannot be saved in {self._folder}: {reason_in_words(error)}"
        else:
            self.words = f"saved {units.counted(many, 'line')} as {path}"
            if not is_whole:
                path.unlink(missing_ok=True)
                self.words = "nothing was saved: memory was made room in meanwhile; try again"
        told()

    async def _write(self, file: BinaryIO) -> bool:
        """Write the lines; False when the list was made useless meanwhile."""
        for first in range(self._index.total - CHUNK_ROWS, -CHUNK_ROWS, -CHUNK_ROWS):
            if self._index.is_stale:
                return False
            rows = self._index.rows(max(0, first), CHUNK_ROWS + min(0, first))
            file.write(b"".join(self._raw(place) + b"\n" for place in reversed(rows)))
            await asyncio.sleep(0)
        return True

    def _create(self) -> tuple[Path, int]:
        """A new file that its owner alone can read; never one that was there."""
        stamp = datetime.fromtimestamp(self._now).astimezone().strftime("%Y%m%d-%H%M%S")
        for number in range(1, MOST_NAMES + 1):
            path = self._folder / f"glance-lines-{stamp}{f'-{number}' if number > 1 else ''}.log"
            try:
                return path, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            except FileExistsError:
                continue
        raise FileExistsError(17, os.strerror(17))
