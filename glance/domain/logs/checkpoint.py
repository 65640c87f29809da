"""A Checkpoint: what is kept of one life of a file's bytes, so that another process goes on where this one stood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

GenerationState = Literal["active", "retired", "ignored"]
"""`active`: has the name, or is still held. `retired`: read to its end and let go, kept so that a copy or a
compressed successor is known again. `ignored`: was there before anybody wanted it; its bytes count as done."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far one generation was counted: bytes [low, offset). Commits in one transaction with their buckets."""

    source: str
    """The log: absolute path that was named, the same in every generation of it."""
    generation: int
    """Number of the generation, unique for ever: that of the buckets of its lines."""
    path: str
    """Name under which its bytes were last seen."""
    device: int
    inode: int
    inode_version: int | None
    """Tells two files with one inode number apart, where the file system can."""
    low: int
    """First byte that was counted. What stands before was not wanted, or is still to be read."""
    offset: int
    """After the last byte that was counted: the start of a line, unless in one to skip."""
    head: bytes
    """The first bytes of the generation, at most `HEAD_BYTES`; grows with it."""
    window: bytes
    """The bytes before `offset`, at most `WINDOW_BYTES`: the proof that nothing was rewritten."""
    size: int
    """Bytes of the file when it was last looked at."""
    modified_ns: int
    state: GenerationState = "active"
    is_skipping: bool = False
    """The offset lies within a line that was too long; the rest of it is to be skipped."""


HEAD_BYTES = 1024
WINDOW_BYTES = 256
"""Bytes before the offset that must still be there for the bytes after it to be the same life."""
