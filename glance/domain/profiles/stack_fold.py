"""Recursion folded: of calls that repeat, one after the other, each is kept once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from glance.domain.profiles.call_tree import Frames
from glance.domain.profiles.pieces import add_at, repeated, zeros
from glance.domain.profiles.tables import Ints, starts_of

LONGEST = 6
"""So many functions may call each other in a ring that is seen as one."""


def without_recursion(frames: Frames) -> Frames:
    """Stacks in which `a a a b` is `a b`, and `a b a b c` is `a b c`."""
    for period in range(1, LONGEST + 1):
        frames = _without(frames, period)
    return frames


def _without(frames: Frames, period: int) -> Frames:
    """Stacks without repeats of that many frames in a row."""
    rows, starts = frames.frames, frames.starts
    if len(rows) <= period:
        return frames
    owners = repeated(np.arange(len(starts) - 1, dtype=np.int64), np.diff(starts))
    same = (rows[:-period] == rows[period:]) & (owners[:-period] == owners[period:])
    edges = np.flatnonzero(np.diff(same.astype(np.int8), prepend=0, append=0))
    begins, ends = edges[::2], edges[1::2]
    lengths = (ends - begins) // period * period
    if not lengths.any():
        return frames
    marks = zeros(len(rows) + 1)
    add_at(marks, begins, 1)
    add_at(marks, begins + lengths, -1)
    kept = np.cumsum(marks[:-1]) == 0
    counts: Ints = np.bincount(owners[kept], minlength=len(starts) - 1).astype(np.int64)
    return replace(frames, starts=starts_of(counts), frames=rows[kept])
