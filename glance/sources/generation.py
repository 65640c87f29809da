"""Which life of a file's bytes a line belongs to.

A path is only a name: rotation, truncation and deletion put new bytes under an old one. A
*generation* is one life of bytes: it begins at byte 0, only grows, and ends when the file is
truncated, rewritten or gone. A line is named exactly by its generation and its offset in it. The
bytes of a generation may be copied or compressed: they stay the same generation.
"""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass

from glance.domain.logs.checkpoint import HEAD_BYTES, WINDOW_BYTES

_FS_IOC_GETVERSION = 0x80087601
"""Linux: asks for a number that a file system changes each time it hands out an inode again."""

_NUMBER_BITS = 62
"""A number is never given twice, by whatever process: it names the generation in the database too."""

Identity = tuple[int, int]
"""Device and inode."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One life of a file's bytes, and the file that holds them."""

    path: str
    """The path that was named; the bytes may have another name by now."""
    device: int
    inode: int
    number: int
    """Its name for ever, in buckets and in the database; drawn by lot, never 0."""
    inode_version: int | None = None
    """Tells two files with one inode number apart, where the file system can."""

    @property
    def identity(self) -> Identity:
        """What the file system calls the file: two paths with one identity are one file."""
        return (self.device, self.inode)


def generation_of(path: str, fd: int, number: int = 0) -> Generation:
    """The generation of this number whose bytes the file that is open here holds; a new one for 0."""
    status = os.fstat(fd)
    return Generation(path, status.st_dev, status.st_ino, number or new_number(), inode_version(fd))


def proof_at(fd: int, offset: int) -> tuple[bytes, bytes]:
    """The first bytes of a file before `offset`, and the last ones: by these it is known again."""
    window = min(offset, WINDOW_BYTES)
    return os.pread(fd, min(offset, HEAD_BYTES), 0), os.pread(fd, window, offset - window)


def stream_generation(path: str, number: int = 0) -> Generation:
    """The life of a stream that has no file: a pipe, or what comes out of an archive; a new one for 0."""
    return Generation(path, 0, 0, number or new_number())


def new_number() -> int:
    """A number for a generation."""
    return int.from_bytes(os.urandom(8), "little") >> (64 - _NUMBER_BITS) or 1


def inode_version(fd: int) -> int | None:
    """How often this inode number was handed out, or None where that is not told."""
    try:
        answer = fcntl.ioctl(fd, _FS_IOC_GETVERSION, bytes(8))
    except OSError:
        return None
    return int.from_bytes(answer[:4], "little")
