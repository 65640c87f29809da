"""The right to write a history: one process at a time, by a lock that ends with the process."""

from __future__ import annotations

import fcntl
import os
import weakref
from pathlib import Path

from glance.errors import HistoryBusyError
from glance.store.failure import failure

_MOST_NOTE = 64


def lock_path(database: Path) -> Path:
    """The file beside a database that its writer holds."""
    return database.with_name(database.name + ".lock")


_held: weakref.WeakSet[WriterLock] = weakref.WeakSet()


class WriterLock:
    """Held as long as this object is open.

    The file also notes how far the writer came, so that the next one can tell when the end of the
    database is gone, and whether its writer ended well.
    """

    def __init__(self, database: Path) -> None:
        """Take it.

        Raises:
            HistoryBusyError: another process holds it.
            StoreError: the file cannot be made.
        """
        self.database = database
        self._path = lock_path(database)
        self._fd = self._take()
        _held.add(self)
        self.is_clean, self.seq = self._read()
        """What the writer before noted: it ended well, after row `seq`; -1 when there was none."""

    def _take(self) -> int:
        try:
            fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise failure(f"cannot lock {self.database}", self.database, error) from error
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = _noted(fd)[2:3]
            os.close(fd)
            who = f"process {holder[0].decode('ascii', 'replace')}" if holder else ""
            hint = "it can be read meanwhile; stop that one to write here"
            raise HistoryBusyError(f"another glance writes {self.database}", who, hint) from error
        except OSError as error:
            os.close(fd)
            raise failure(f"cannot lock {self.database}", self.database, error) from error
        return fd

    @property
    def is_lost(self) -> bool:
        """Somebody deleted or replaced the file, so that another process could take a lock too."""
        try:
            ours, there = os.fstat(self._fd), os.stat(self._path, follow_symlinks=False)
        except OSError:
            return True
        return (ours.st_dev, ours.st_ino) != (there.st_dev, there.st_ino)

    def renew(self) -> None:
        """Take it again after the file was deleted.

        Raises:
            HistoryBusyError: another process was quicker.
            StoreError: the file cannot be made.
        """
        fresh = self._take()
        os.close(self._fd)
        self._fd = fresh

    def note(self, seq: int, *, is_clean: bool = False) -> None:
        """Note how far the database reaches. Costs microseconds: nothing is synced."""
        text = f"{'closed' if is_clean else 'open'} {seq} {os.getpid()}".ljust(_MOST_NOTE - 1) + "\n"
        try:
            os.pwrite(self._fd, text.encode(), 0)
        except OSError:  # a full disk: the note is a comfort, the lock holds without it
            return

    def _read(self) -> tuple[bool, int]:
        words = _noted(self._fd)
        if len(words) < 2 or not words[1].isdigit():
            return True, -1
        return words[0] == b"closed", int(words[1])

    def close(self) -> None:
        """Let go."""
        _held.discard(self)
        os.close(self._fd)

    def close_in_child(self) -> None:
        """A process that was forked must not go on holding it when this one is gone."""
        os.close(self._fd)
        self._fd = -1


def _noted(fd: int) -> list[bytes]:
    """The words of the file."""
    try:
        return os.pread(fd, _MOST_NOTE, 0).split()
    except OSError:
        return []


def _let_go_in_child() -> None:
    for lock in list(_held):
        lock.close_in_child()
    _held.clear()


os.register_at_fork(after_in_child=_let_go_in_child)
