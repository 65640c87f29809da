"""Finds places in a large log without reading it through: its last line, a moment, pieces from its end.

Everything here works with `os.pread` on an open file and never holds more than a block of it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

BLOCK_BYTES = 1 << 16
"""Bytes looked at in one go."""

_SAMPLED_LINES = 31
_BLOCKS_WITHOUT_TIME = 16


def last_line_end(fd: int, size: int) -> int:
    """Offset after the last newline before `size`; 0 when there is none."""
    return _line_start(fd, size)


def pieces_backward(fd: int, end: int, piece_bytes: int) -> Iterator[tuple[int, int]]:
    """Byte ranges of whole lines that cover `[0, end)` exactly, the newest first.

    A range is never longer than `piece_bytes`, unless it is one single line that is.

    Args:
        fd: the log.
        end: offset after a newline, as `last_line_end` gives it.
        piece_bytes: how long a range may be.
    """
    while end > 0:
        start = _next_line_start(fd, max(0, end - piece_bytes), end)
        if start >= end:
            start = _line_start(fd, end - 1)
        yield start, end
        end = start


def find_time(fd: int, size: int, when: float, time_of_line: Callable[[bytes], float | None]) -> int:
    """Offset of the first line at or after a moment, by bisection.

    Lines that tell no time are passed over. Lines a little out of order (a slow request is logged
    late with an early time), or a single one from another century, do not mislead it, since a
    place is judged by the median of some lines. Where it cannot know, it errs on the early side.

    Args:
        fd: the log.
        size: up to where to look.
        when: the moment, in epoch seconds.
        time_of_line: the time of a line without its newline, or None.

    Returns:
        The offset, `size` when every line is older.
    """
    low, high = 0, size
    while high - low > BLOCK_BYTES:
        middle = (low + high) // 2
        at = _time_near(fd, middle, high, time_of_line)
        if at is not None and at < when:
            low = middle
        else:
            high = middle
    begin = _line_start(fd, max(0, low - BLOCK_BYTES))
    stop = min(size, high + BLOCK_BYTES)
    found = _first_at_or_after(fd, begin, stop, when, time_of_line)
    if found is not None:
        return found
    return size if stop == size else _line_start(fd, high)


def _time_near(fd: int, offset: int, stop: int, time_of_line: Callable[[bytes], float | None]) -> float | None:
    """The median time of some lines after `offset`, None when none of them tells its time."""
    start = _next_line_start(fd, offset, stop)
    for _ in range(_BLOCKS_WITHOUT_TIME):
        block = os.pread(fd, min(BLOCK_BYTES, stop - start), start) if start < stop else b""
        if not block:
            return None
        lines = block.split(b"\n")[:-1]
        times = sorted(at for line in lines[:_SAMPLED_LINES] if (at := time_of_line(line)) is not None)
        if times:
            return times[len(times) // 2]
        start += block.rfind(b"\n") + 1 or len(block)
    return None


def _first_at_or_after(
    fd: int, start: int, stop: int, when: float, time_of_line: Callable[[bytes], float | None]
) -> int | None:
    """Offset of the first line of a stretch that is at or after a moment."""
    while start < stop:
        block = os.pread(fd, min(BLOCK_BYTES, stop - start), start)
        if not block:
            return None
        lines = block.split(b"\n")
        for line in lines[:-1]:
            at = time_of_line(line)
            if at is not None and at >= when:
                return start
            start += len(line) + 1
        if len(lines) == 1:  # a line longer than a block
            start += len(block)
    return None


def _line_start(fd: int, offset: int) -> int:
    """Offset after the last newline before `offset`: where the line begins that goes on there."""
    while offset > 0:
        begin = max(0, offset - BLOCK_BYTES)
        newline = os.pread(fd, offset - begin, begin).rfind(b"\n")
        if newline >= 0:
            return begin + newline + 1
        offset = begin
    return 0


def _next_line_start(fd: int, offset: int, stop: int) -> int:
    """Offset of the first line that begins at or after `offset`, at most `stop`."""
    if offset == 0:
        return 0
    position = offset - 1
    while position < stop:
        block = os.pread(fd, min(BLOCK_BYTES, stop - position), position)
        newline = block.find(b"\n")
        if newline >= 0:
            return position + newline + 1
        if not block:
            break
        position += len(block)
    return stop
