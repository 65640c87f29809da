"""Compares what two files hold."""

from __future__ import annotations

import os

from glance.errors import SourceError
from glance.sources.regular_file import open_regular

_PIECE_BYTES = 1 << 18
_FIRST_BYTES = 1 << 12


def is_beginning(fd: int, other: int) -> bool:
    """Whether all of a file, which is not empty, is what another begins with."""
    size = os.fstat(fd).st_size
    if not size or size > os.fstat(other).st_size:
        return False
    at, step = 0, _FIRST_BYTES
    while at < size:
        piece = os.pread(fd, min(step, size - at), at)
        if not piece or piece != os.pread(other, len(piece), at):
            return False
        at, step = at + len(piece), _PIECE_BYTES
    return True


def are_same_so_far(fd: int, other: int) -> bool:
    """Whether one of two files is what the other begins with."""
    return is_beginning(fd, other) or is_beginning(other, fd)


def has_same_beginning(fd: int, path: str) -> bool:
    """Whether an open file and one that can be opened are the same as far as both go."""
    try:
        other = open_regular(path)
    except (OSError, SourceError):
        return False
    try:
        return are_same_so_far(fd, other)
    finally:
        os.close(other)
