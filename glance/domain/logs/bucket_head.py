"""What is known of a stored bucket without reading its columns, and which part of history is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of history."""

    sources: tuple[str, ...] = ()
    """Paths; empty is all."""
    groups: tuple[str, ...] = ()
    """Empty is all."""
    start_ms: int | None = None
    end_ms: int | None = None
    """Records within [start, end)."""


class Cut(NamedTuple):
    """A place within a bucket where a commit ended."""

    offset: int
    """Bytes of the generation before it."""
    records: int
    """Records of the bucket before it."""
    lines: int
    """Lines of the bucket before it."""
    unparsed: int
    """Lines before it that no format reads."""


@dataclass(frozen=True, slots=True, eq=False)
class BucketHead:
    """A stored bucket without its columns."""

    id: int
    """Its row. A small bucket that follows another one is merged into that one's row."""
    seq: int
    """Grows with every row that is new or changed."""
    source: str
    group: str
    generation: int
    offset: int
    length: int
    lines: int
    records: int
    unparsed: int
    first_ms: int
    last_ms: int
    """Times of its oldest and newest record; 0 when it has none."""
    slowest_seconds: float
    status_classes: int
    """Bit n is set when it holds a status of class n (5 for 5xx); bit 0 for one that is no number."""
    is_sealed: bool
    """Nothing is merged into it any more."""
    size_bytes: int
    """Of its columns, compressed."""
    minutes: NDArray[np.int64]
    """Minutes since the epoch in which something happened, ascending."""
    minute_counts: NDArray[np.int64]
    """For each of them hits without error, client errors, server errors, bytes."""
    cuts: tuple[Cut, ...]
    """Where commits ended within it, the newest ones; its end is the last."""

    @property
    def end(self) -> int:
        """After its last byte in the generation."""
        return self.offset + self.length


@dataclass(frozen=True, slots=True)
class StoredSource:
    """A log of which history knows."""

    path: str
    group: str
    format: str
    lines: int
    records: int
    unparsed: int
    first_ms: int | None
    last_ms: int | None
    """Times of the oldest and newest record ever stored; None when there is none."""
    seen_at: float
    """When something of it was last written, epoch seconds."""
