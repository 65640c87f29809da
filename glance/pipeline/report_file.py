"""A file that reports are appended to: opened anew each time, so that rotation needs no signal."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from glance.errors import GlanceError

STANDARD_OUTPUT = "-"
_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


def append(path: str, data: bytes) -> None:
    """Append all of this, or nothing.

    Raises:
        GlanceError: it cannot be.
    """
    if path == STANDARD_OUTPUT:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        fd = open_own(path)
    except OSError as error:
        why = "it is a symbolic link" if os.path.islink(path) else error.strerror or str(error)
        raise _failed(path, why) from error
    try:
        size = os.fstat(fd).st_size
        try:
            written = 0
            while written < len(data):
                written += os.write(fd, data[written:])
        except OSError as error:
            os.ftruncate(fd, size)  # half a report is none
            raise _failed(path, error.strerror or str(error)) from error
    finally:
        os.close(fd)


def open_own(path: str) -> int:
    """Open a file to append to it; made, for us alone, where it is missing.

    Never through a symbolic link, and where everybody may make files, as in /tmp, only one that is ours.

    Raises:
        OSError: it cannot be opened.
        GlanceError: it is not a file to write to.
    """
    fd = os.open(path, _FLAGS, 0o600)
    found = os.fstat(fd)
    is_public = bool(os.stat(Path(path).parent).st_mode & stat.S_IWOTH)
    if not stat.S_ISREG(found.st_mode):
        os.close(fd)
        raise _failed(path, "it is no regular file")
    if is_public and (found.st_uid != os.geteuid() or found.st_nlink > 1):
        os.close(fd)
        raise _failed(path, "everybody may make files there, and somebody else has made this one")
    return fd


def _failed(path: str, why: str) -> GlanceError:
    return GlanceError(f"cannot write to {path}", why, "name another file, or make that one writable")
