"""Writes a file so that under its name there is all of it or nothing, whatever ends the process or the machine.

The bytes go to a hidden file beside it, which is synced, renamed, and the folder is synced too: without that
last step a machine that loses power may have forgotten the name.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

PART_SUFFIX = ".part"


def write_whole(path: Path, write: Callable[[BinaryIO], None], *, replaces: bool = False) -> int:
    """Write a file that its owner alone can read; returns its size.

    Args:
        path: its name in the end.
        write: writes what is in it.
        replaces: there may be one of this name, which it replaces.

    Raises:
        FileExistsError: there is one already.
        OSError: it cannot be written; nothing is left of it.
    """
    part, fd = _opened(path)
    try:
        with os.fdopen(fd, "w+b") as file:
            write(file)
            file.flush()
            os.fsync(fd)
            size = os.fstat(fd).st_size
            _name(part, path, replaces=replaces)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
    return size


def _opened(path: Path) -> tuple[Path, int]:
    """A hidden file of our own, locked, so that `remove_parts` knows that somebody writes it."""
    while True:
        part = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PART_SUFFIX}")
        fd = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        fcntl.flock(fd, fcntl.LOCK_EX)
        if os.fstat(fd).st_nlink:
            return part, fd
        os.close(fd)  # another one removed it before it was locked


def _name(part: Path, path: Path, *, replaces: bool) -> None:
    if not replaces and os.path.lexists(path):
        raise FileExistsError(17, os.strerror(17), str(path))
    os.rename(part, path)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def remove_parts(folder: Path, names: str = "*") -> int:
    """Remove what processes that were killed left half-written; returns how many files.

    Args:
        folder: where.
        names: what they were to be called: a pattern, for a folder that is not ours alone.
    """
    removed = 0
    for part in folder.glob(f".{names}.{'[0-9a-f]' * 8}{PART_SUFFIX}"):
        try:
            fd = os.open(part, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        except OSError:
            continue
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            part.unlink(missing_ok=True)
            removed += 1
        except OSError:
            continue  # somebody writes it just now
        finally:
            os.close(fd)
    return removed
