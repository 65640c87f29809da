"""Keeps the newest bytes of a stream, so that raw lines can be shown that cannot be read again."""

from __future__ import annotations

import logging
import os
import tempfile

logger = logging.getLogger(__name__)

SPOOL_BYTES = 64 << 20


class Spool:
    """A ring of bytes in a private temporary file that has no name.

    The file is readable by its owner only and is gone with the process, however that ends.
    """

    def __init__(self, capacity: int = SPOOL_BYTES, directory: str | None = None) -> None:
        """Keep up to `capacity` bytes, in the directory for temporary files unless another is given."""
        self.capacity = capacity
        self.end = 0
        """Bytes that came in, over all."""
        self._fd = -1
        self._directory = directory
        self._broken_at = 0

    @property
    def start(self) -> int:
        """Offset of the oldest byte that is kept."""
        return max(0, self.end - self.capacity, self._broken_at)

    @property
    def dropped_bytes(self) -> int:
        """Bytes that are not kept any more."""
        return self.start

    def append(self, data: bytes) -> None:
        """Keep these bytes, in the place of the oldest.

        A full disk is not a reason to stop reading: what could not be kept counts as dropped.
        """
        kept = memoryview(data)[-self.capacity :]
        begin = self.end + len(data) - len(kept)
        self.end += len(data)
        try:
            if self._fd < 0:
                self._open()
            while kept:
                place = begin % self.capacity
                written = os.pwrite(self._fd, kept[: self.capacity - place], place)
                begin += written
                kept = kept[written:]
        except OSError as error:
            if not self._broken_at:
                logger.warning("lines of a pipe cannot be kept for reading back: %s", error)
            self._broken_at = self.end

    def read(self, offset: int, length: int) -> bytes | None:
        """Bytes that were appended before, or None when they are not all kept any more."""
        if offset < self.start or offset + length > self.end:
            return None
        place = offset % self.capacity
        first = os.pread(self._fd, min(length, self.capacity - place), place)
        return first + os.pread(self._fd, length - len(first), 0) if len(first) < length else first

    def close(self) -> None:
        """Give the space back."""
        if self._fd >= 0:
            os.close(self._fd)
        self._fd = -1
        self._broken_at = self.end

    def _open(self) -> None:
        """Make the file; it loses its name at once."""
        with tempfile.TemporaryFile(dir=self._directory, buffering=0, prefix="glance-") as file:
            self._fd = os.dup(file.fileno())
