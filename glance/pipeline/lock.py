"""One instance: a lock that the kernel lets go of when its process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from glance.errors import ConfigError
from glance.pipeline.process import started_ticks

_MOST_NOTE = 64
_FLAGS = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock, as far as that can be told."""

    pid: int
    """0 when it cannot: the note is missing, or the process of that number is another one."""


class InstanceLock:
    """A lock that is held as long as this object is open."""

    def __init__(self, fd: int) -> None:
        """Keep this descriptor, on which the lock is."""
        self._fd = fd

    @classmethod
    def take(cls, path: Path) -> Self | None:
        """Take the lock; None when another process holds it.

        Raises:
            ConfigError: the file is not ours to use.
        """
        _make_private(path.parent)
        while True:
            fd = _open(path, os.O_CREAT)
            if not _lock(fd, fcntl.LOCK_EX):
                os.close(fd)
                return None
            if _is_still(fd, path):  # else somebody removed it meanwhile, and others lock the new one
                break
            os.close(fd)
        os.ftruncate(fd, 0)
        os.pwrite(fd, f"{os.getpid()} {started_ticks(os.getpid())}\n".encode(), 0)
        return cls(fd)

    def release(self) -> None:
        """Let go. The file stays: removing it would let two processes lock two files of one name."""
        os.close(self._fd)


def holder_of(path: Path) -> Holder | None:
    """Who holds the lock; None when nobody does.

    The number in the file is believed only of a process that began when the file says so.

    Raises:
        ConfigError: the file is not ours to use.
    """
    try:
        fd = _open(path, 0)
    except FileNotFoundError:
        return None
    try:
        if _lock(fd, fcntl.LOCK_SH):
            return None
        words = os.pread(fd, _MOST_NOTE, 0).split()
    finally:
        os.close(fd)
    if len(words) != 2 or not all(word.isdigit() for word in words):
        return Holder(0)
    pid = int(words[0])
    return Holder(pid if started_ticks(pid) == int(words[1]) else 0)


def _open(path: Path, flags: int) -> int:
    """Open a file that only we can have made; never through a symbolic link."""
    try:
        fd = os.open(path, _FLAGS | flags, 0o600)
    except FileNotFoundError:
        if not flags:
            raise
        raise _unusable(path, "its folder is gone") from None
    except OSError as error:
        why = "it is a symbolic link" if path.is_symlink() else error.strerror or str(error)
        raise _unusable(path, why) from error
    found = os.fstat(fd)
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_nlink > 1:
        os.close(fd)
        raise _unusable(path, "it is no regular file of our own")
    return fd


def _lock(fd: int, how: int) -> bool:
    try:
        fcntl.flock(fd, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_still(fd: int, path: Path) -> bool:
    """The file behind a descriptor is the one of that name."""
    try:
        there = os.stat(path, follow_symlinks=False)
    except FileNotFoundError:
        return False
    ours = os.fstat(fd)
    return (ours.st_dev, ours.st_ino) == (there.st_dev, there.st_ino)


def _make_private(folder: Path) -> None:
    """Make the folder where it is missing, and see that nobody else can put files into it.

    Raises:
        ConfigError: it is somebody else's, or cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.stat()
        if found.st_uid == os.geteuid() and found.st_mode & 0o077:
            folder.chmod(0o700)
    except OSError as error:
        raise _unusable(folder, error.strerror or str(error)) from error
    if found.st_uid != os.geteuid():
        raise _unusable(folder, "it belongs to somebody else")


def _unusable(path: Path, why: str) -> ConfigError:
    return ConfigError(f"cannot use {path}", why, "remove it, or choose another folder with XDG_STATE_HOME")
