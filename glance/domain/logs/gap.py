"""A Gap: what could not be counted, bounded, with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

GapReason = Literal[
    "rotated_away", "truncated", "hole", "line_too_long", "unreadable", "archive_damaged", "overflow", "bad_time"
]
"""`rotated_away`: the file was gone before it was read to its end. `truncated`: so were the bytes. `hole`: NUL bytes
that were never written. `line_too_long`: a line over the limit was skipped. `unreadable`: the file fails to be read.
`archive_damaged`: a compressed log ends too early. `overflow`: more came than could be kept. `bad_time`: counted, but
with the time of reading, since its own makes no sense."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Bytes or lines of one log that were not counted."""

    source: str
    """The log: absolute path that was named."""
    generation: int
    """Number of the generation; 0 when it was never seen."""
    at: float
    """When it was noticed, epoch seconds."""
    reason: GapReason
    offset: int = -1
    """Where in the generation it begins; -1 when nobody knows."""
    bytes: int = 0
    """At least so many."""
    lines: int = 0
    """Where lines can be told."""
