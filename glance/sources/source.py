"""What every source of log lines can do, whatever is behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from glance.domain.logs.checkpoint import Checkpoint
from glance.domain.logs.gap import Gap
from glance.domain.scene import SourceCondition
from glance.sources.chunk import POLL_BYTES, Chunk
from glance.sources.generation import Generation


@dataclass(frozen=True, slots=True)
class ReadStatus:
    """How reading a source goes."""

    condition: SourceCondition
    note: str = ""
    """Anything a person should know, in words: `was rotated`, `permission denied`."""
    size_bytes: int = 0
    offset: int = 0
    """How far the present generation has been handed out."""
    lag_bytes: int = 0
    """Written, but not yet handed out; a line without its newline counts here."""
    rotations_total: int = 0
    truncations_total: int = 0
    long_lines_total: int = 0
    """Lines skipped because they were too long."""
    skipped_bytes: int = 0
    """Bytes of those lines."""
    hole_bytes: int = 0
    """Bytes that were never written (NUL) and stood before a line."""
    lost_bytes: int = 0
    """Bytes known to have been written that were gone before they could be read."""
    dropped_bytes: int = 0
    """Bytes that were handed out and cannot be read back, since the spool of a pipe has an end."""


class Source(Protocol):
    """An endless (or ending) row of lines: a tailed path, a pipe, an archive."""

    @property
    def path(self) -> str:
        """The path the person named."""

    @property
    def status(self) -> ReadStatus:
        """How reading goes."""

    @property
    def is_at_end(self) -> bool:
        """Whether the last poll left nothing that could have been read; if not, poll again at once."""

    @property
    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """How far everything was read that changed since it was last acknowledged.

        Exactly what the last poll and those before have handed out: commit it together with that.
        """

    @property
    def known(self) -> tuple[Checkpoint, ...]:
        """Every generation that is remembered, with the file where it was seen last."""

    def acknowledge(self, recorded: Sequence[Checkpoint]) -> None:
        """These checkpoints are on record, or somebody else will see to it."""

    def take_gaps(self) -> list[Gap]:
        """What could not be handed out, since the last call."""

    async def poll(self, most_bytes: int = POLL_BYTES) -> list[Chunk]:
        """Whole lines that can be read now, out of about the next `most_bytes`; maybe none."""

    async def finish(self) -> list[Chunk]:
        """The last lines that wait for their newline, flagged partial, when nobody will follow any more."""

    def read_back(self, generation: Generation, offset: int, length: int) -> bytes | None:
        """Bytes that were handed out before, or None when they are gone."""

    async def close(self) -> None:
        """Let go of everything that is held open."""
