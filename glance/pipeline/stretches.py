"""Cuts a file at line ends into stretches that workers read."""

from __future__ import annotations

import os
from collections.abc import Iterator

LONGEST_LINE = 1 << 20
"""A longer line is counted and not read."""

_SEEK_BYTES = 64 << 10


def stretches_of(fd: int, size: int, length: int) -> Iterator[tuple[int, int]]:
    """Cut a file at line ends into stretches of about `length` bytes, first to last.

    A stretch longer than `length + LONGEST_LINE` is one line that is too long to be read.
    """
    start = 0
    while start < size:
        end = _line_end(fd, start, min(size, start + length), size)
        if end - start > length + LONGEST_LINE:
            begin = _last_line_start(fd, start, min(size, start + length))
            if begin > start:
                end = begin
        yield start, end
        start = end


def _last_line_start(fd: int, start: int, near: int) -> int:
    """After the last line end before `near`, `start` when there is none."""
    while near > start:
        begin = max(start, near - _SEEK_BYTES)
        cut = os.pread(fd, near - begin, begin).rfind(b"\n")
        if cut >= 0:
            return begin + cut + 1
        near = begin
    return start


def _line_end(fd: int, start: int, near: int, size: int) -> int:
    """The end of a line near `near`: a little before it if it can be, else after it."""
    if near >= size:
        return size
    begin = max(start, near - _SEEK_BYTES)
    cut = os.pread(fd, near - begin, begin).rfind(b"\n")
    if cut >= 0:
        return begin + cut + 1
    while near < size:
        data = os.pread(fd, _SEEK_BYTES, near)
        cut = data.find(b"\n")
        if cut >= 0:
            return near + cut + 1
        if not data:
            break
        near += len(data)
    return size
