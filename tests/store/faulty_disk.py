"""A disk that fails: a layer below SQLite that refuses the Nth write, sync or truncation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import apsw

NAME = "faulty"


class FaultyDisk(apsw.VFS):
    """Counts writes, syncs and truncations of every file, and fails from one of them on, or just there."""

    def __init__(self) -> None:
        super().__init__(NAME, base="unix", makedefault=True)
        self.done = 0
        self.fail_at = 0
        self.is_lasting = False
        self.error: Callable[[str], Exception] = apsw.FullError
        self.failed = 0
        self.kinds: tuple[str, ...] = ("write", "sync", "truncate")

    def xOpen(self, name, flags):  # noqa: N802 - the name that apsw calls
        return _FaultyFile(self, name, flags)

    def count(self, kind: str) -> None:
        """Fail, if it is this operation's turn."""
        if kind not in self.kinds:
            return
        self.done += 1
        if self.fail_at and (self.done >= self.fail_at if self.is_lasting else self.done == self.fail_at):
            self.failed += 1
            raise self.error(f"injected at {kind} {self.done}")

    def heal(self) -> None:
        """Fail no more."""
        self.fail_at = 0


class _FaultyFile(apsw.VFSFile):
    def __init__(self, disk, name, flags):
        super().__init__("unix", name, flags)
        self.disk = disk

    def xWrite(self, data, offset):  # noqa: N802
        self.disk.count("write")
        super().xWrite(data, offset)

    def xSync(self, flags):  # noqa: N802
        self.disk.count("sync")
        super().xSync(flags)

    def xTruncate(self, size):  # noqa: N802
        self.disk.count("truncate")
        super().xTruncate(size)


@contextmanager
def faulty_disk() -> Iterator[FaultyDisk]:
    """Every database opened within is on it."""
    disk = FaultyDisk()
    try:
        yield disk
    finally:
        disk.unregister()
