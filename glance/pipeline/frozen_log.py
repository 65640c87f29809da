"""The logs of a snapshot, as if they were read: a source that hands out nothing, and gives back the lines it kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from glance.domain.logs.checkpoint import Checkpoint
from glance.domain.logs.gap import Gap
from glance.domain.snapshot import LogPart, RawStretch
from glance.pipeline.log_feed import LogFeed
from glance.sources.chunk import POLL_BYTES, Chunk
from glance.sources.generation import Generation
from glance.sources.source import ReadStatus


@dataclass(frozen=True, slots=True)
class KeptLines:
    """Lines that follow each other in one generation."""

    generation: int
    offset: int
    data: bytes


class FrozenSource:
    """A log that ended."""

    is_at_end = True
    checkpoints: tuple[Checkpoint, ...] = ()
    known: tuple[Checkpoint, ...] = ()

    def __init__(self, path: str, kept: Iterable[KeptLines]) -> None:
        """Give back these lines."""
        self.path = path
        self._kept = list(kept)
        self.status = ReadStatus("ended", size_bytes=sum(len(one.data) for one in self._kept))

    def acknowledge(self, recorded: Sequence[Checkpoint]) -> None:
        """There is nothing to acknowledge."""

    def take_gaps(self) -> list[Gap]:
        """None."""
        return []

    async def poll(self, most_bytes: int = POLL_BYTES) -> list[Chunk]:
        """Nothing comes any more."""
        del most_bytes
        return []

    async def finish(self) -> list[Chunk]:
        """Nothing waits for its end."""
        return []

    def read_back(self, generation: Generation, offset: int, length: int) -> bytes | None:
        """Bytes that were kept; None where they were not, all of them."""
        for one in self._kept:
            at = offset - one.offset
            if one.generation == generation.number and at >= 0 and at + length <= len(one.data):
                return one.data[at : at + length]
        return None

    async def close(self) -> None:
        """Nothing is held open."""


class FrozenFeed(LogFeed):
    """Its records were read when the snapshot was taken; what its note says is about lines."""

    __slots__ = ()

    @property
    def refusal(self) -> str:
        """None: whatever is missing, nothing was refused."""
        return ""


def frozen_feeds(logs: Sequence[LogPart], kept: Mapping[str, Sequence[tuple[RawStretch, bytes]]]) -> list[LogFeed]:
    """The logs of a snapshot.

    Args:
        logs: what its manifest says of them.
        kept: their lines, by the path of the log.
    """
    feeds: list[LogFeed] = []
    for log in logs:
        feed = FrozenFeed(FrozenSource(log.path, _joined(kept.get(log.path, ()))), stored_format=log.format)
        feed.lines, feed.note, feed.is_read = log.records, log.words, True
        feeds.append(feed)
    return feeds


def _joined(parts: Sequence[tuple[RawStretch, bytes]]) -> list[KeptLines]:
    """Stretches, those that follow each other as one: so do the buckets that tell of them."""
    found: list[KeptLines] = []
    for stretch, data in sorted(parts, key=lambda one: (one[0].generation, one[0].offset)):
        last = found[-1] if found else None
        is_next = last is not None and last.generation == stretch.generation
        if last is not None and is_next and last.offset + len(last.data) == stretch.offset:
            found[-1] = KeptLines(last.generation, last.offset, last.data + data)
        else:
            found.append(KeptLines(stretch.generation, stretch.offset, data))
    return found
