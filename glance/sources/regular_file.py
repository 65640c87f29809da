"""Opens what is a log and refuses what is not: a FIFO would block, a device might act."""

from __future__ import annotations

import errno
import os
import stat
from typing import Protocol, cast

from glance.errors import SourceError


class OpenFile(Protocol):
    """The part of an unbuffered aiofiles file that is used."""

    async def seek(self, offset: int) -> int:
        """Move to a byte."""

    async def read(self, size: int) -> bytes:
        """Read up to `size` bytes."""

    async def close(self) -> None:
        """Close it."""

    def fileno(self) -> int:
        """The file descriptor."""


def open_regular(path: str, flags: int = os.O_RDONLY) -> int:
    """Open a regular file, and nothing else: a FIFO or a terminal would block, a device might act.

    Raises:
        SourceError: it is something else.
        OSError: it cannot be opened.
    """
    fd = os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    mode = os.fstat(fd).st_mode
    if stat.S_ISREG(mode):
        return fd
    os.close(fd)
    raise not_regular(path, mode)


def not_regular(path: str, mode: int) -> SourceError:
    """The error that says what stands at a path instead of a log."""
    hint = "name a file, or pipe the lines: COMMAND | glance -"
    if stat.S_ISDIR(mode):
        return SourceError(f"{path} cannot be read as a log", "it is a directory", "name a file in it")
    for is_kind, kind in (
        (stat.S_ISFIFO, "a named pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a block device"),
    ):
        if is_kind(mode):
            return SourceError(f"{path} cannot be read as a log", f"it is {kind}", hint)
    return SourceError(f"{path} cannot be read as a log", "it is not a regular file", hint)


async def open_file(path: str) -> OpenFile:
    """A regular file, opened for reading in large pieces.

    Raises:
        SourceError: it is not a regular file.
        OSError: it cannot be opened.
    """
    import aiofiles  # with asyncio behind it: a report does without both

    return cast("OpenFile", await aiofiles.open(path, "rb", buffering=0, opener=open_regular))


def reason_in_words(error: OSError) -> str:
    """What the operating system says, for a person."""
    if error.errno in (errno.EACCES, errno.EPERM):
        return "permission denied"
    if error.errno == errno.ELOOP:
        return "symbolic links go round in a circle"
    return (error.strerror or str(error)).lower()
