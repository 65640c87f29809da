"""Which life of a file's bytes a line belongs to.

A path is only a name: rotation, truncation and deletion put new bytes under an old one. A
*generation* is one life of bytes: it begins at byte 0, only grows, and ends when the file is
truncated, rewritten or gone. A line is named exactly by its generation and its offset in it.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from dataclasses import dataclass

_FS_IOC_GETVERSION = 0x80087601
"""Linux: asks for a number that a file system changes each time it hands out an inode again."""

_NUMBER_BITS = 62
"""A number is never given twice, by whatever process: it names the generation in the database too."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One life of a file's bytes."""

    path: str
    """The path that was named; the bytes may have another name by now."""
    device: int
    inode: int
    number: int
    """Its name for ever, in buckets and in the database; drawn by lot, never 0."""
    inode_version: int | None = None
    """Tells two files with one inode number apart, where the file system can."""

    @property
    def identity(self) -> tuple[int, int]:
        """What the file system calls the file: two paths with one identity are one file."""
        return (self.device, self.inode)


@dataclass(frozen=True, slots=True)
class Place:
    """How far a generation has been read: all that is needed to go on from there."""

    generation: Generation
    offset: int
    """Of the first byte that has not been handed out; always the start of a line, unless in one to skip."""
    window: bytes
    """The bytes before the offset, at most `WINDOW_BYTES`: the proof that nothing was rewritten."""
    is_skipping: bool = False
    """The offset lies within a line that was too long; the rest of it is to be skipped."""

    def fits(self, fd: int) -> bool:
        """Whether this open file still holds the bytes that were read up to here."""
        status = os.fstat(fd)
        if (status.st_dev, status.st_ino) != self.generation.identity or status.st_size < self.offset:
            return False
        if _inode_version(fd) != self.generation.inode_version:
            return False
        return os.pread(fd, len(self.window), self.offset - len(self.window)) == self.window


def new_generation(path: str, fd: int) -> Generation:
    """A life of bytes that begins now, of the file that is open here."""
    status = os.fstat(fd)
    return Generation(path, status.st_dev, status.st_ino, new_number(), _inode_version(fd))


def stream_generation(path: str) -> Generation:
    """The life of a stream that has no file: a pipe, or what comes out of an archive."""
    return Generation(path, 0, 0, new_number())


def new_number() -> int:
    """A number for a generation."""
    return secrets.randbits(_NUMBER_BITS) or 1


def _inode_version(fd: int) -> int | None:
    """How often this inode number was handed out, or None where that is not told."""
    try:
        answer = fcntl.ioctl(fd, _FS_IOC_GETVERSION, bytes(8))
    except OSError:
        return None
    return int.from_bytes(answer[:4], "little")
