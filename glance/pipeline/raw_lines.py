"""The raw lines of records, read back from where they stand: exact, or not at all.

A bucket says where its stretch of the log begins, how long it is, and which of its lines are no records; so the line
of a record is found by counting line ends.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.held import HeldBucket
from glance.domain.raw_line import MOST_BYTES
from glance.pipeline.raw_bytes import RawBytes

KEPT_STRETCHES = 32
"""Stretches whose line ends are remembered."""

_NEWLINE = 10
Key = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class FoundLine:
    """The line of a record, as it stands in its log."""

    raw: bytes
    """Its beginning, without its line end."""
    size_bytes: int
    """Of the whole line, without its line end."""
    offset: int
    """In its generation."""


@dataclass(frozen=True, slots=True)
class _Ends:
    """Where the lines of a stretch end, as far as it was looked at."""

    length: int
    ends: NDArray[np.int64]
    """Behind each newline, from the beginning of the stretch."""


class RawLines:
    """Finds lines, and remembers where the lines of the stretches looked at last begin."""

    def __init__(self, source: RawBytes) -> None:
        """Read from this."""
        self._bytes = source
        self._known: OrderedDict[Key, _Ends] = OrderedDict()

    def line(self, bucket: HeldBucket, record: int, most: int = MOST_BYTES) -> FoundLine | None:
        """The line of a record; None when its log does not have it any more.

        Args:
            bucket: that holds the record.
            record: its number there.
            most: bytes of the line that are wanted at most.
        """
        ends = self._ends(bucket)
        if ends is None:
            return None
        ordinal = int(ordinals(bucket.gaps, np.array([record]))[0])
        begin = int(ends[ordinal - 1]) if ordinal else 0
        length = int(ends[ordinal]) - begin
        raw = self._bytes.read(bucket.source, bucket.generation, bucket.offset + begin, min(length, most + 2))
        if raw is None:
            return None
        if length <= most + 2:
            raw = bare(raw)
            return FoundLine(raw, len(raw), bucket.offset + begin)
        tail = self._bytes.read(bucket.source, bucket.generation, bucket.offset + begin + length - 2, 2) or b""
        return FoundLine(raw[:most], length - 2 + len(bare(tail)), bucket.offset + begin)

    def stretch(self, bucket: HeldBucket) -> tuple[bytes, NDArray[np.int64]] | None:
        """All bytes of a bucket's stretch, and where its lines end; None when they are not there."""
        ends = self._ends(bucket)
        data = self._read(bucket) if ends is not None else None
        return None if ends is None or data is None else (data, ends)

    def _read(self, bucket: HeldBucket) -> bytes | None:
        return self._bytes.read(bucket.source, bucket.generation, bucket.offset, bucket.length)

    def _ends(self, bucket: HeldBucket) -> NDArray[np.int64] | None:
        """Where the lines of a bucket end; None when its bytes are not there, or are others by now."""
        key = (bucket.source, bucket.generation, bucket.offset)
        known = self._known.get(key, _Ends(0, np.zeros(0, np.int64)))
        if known.length < bucket.length:
            wanted = bucket.length - known.length
            more = self._bytes.read(bucket.source, bucket.generation, bucket.offset + known.length, wanted)
            if more is None:
                return None
            ends = np.flatnonzero(np.frombuffer(more, np.uint8) == _NEWLINE) + (known.length + 1)
            known = _Ends(bucket.length, np.concatenate([known.ends, ends]))
            if len(more) < wanted and not more.endswith(b"\n"):  # the last line never got its newline
                known = _Ends(bucket.length, np.append(known.ends, bucket.length))
        ends = known.ends[: int(np.searchsorted(known.ends, bucket.length, "right"))]
        if len(ends) != bucket.lines:
            self._known.pop(key, None)
            return None
        self._known[key] = known
        self._known.move_to_end(key)
        while len(self._known) > KEPT_STRETCHES:
            self._known.popitem(last=False)
        return ends

    def forget(self) -> None:
        """Nobody looks any more."""
        self._known.clear()


def ordinals(gaps: NDArray[np.uint32], records: NDArray[np.integer]) -> NDArray[np.int64]:
    """Which lines of a stretch some records are, when the lines of these ordinals are no records."""
    before = gaps.astype(np.int64) - np.arange(len(gaps))
    return records.astype(np.int64) + np.searchsorted(before, records, "right")


def record_of(gaps: NDArray[np.uint32], lines: NDArray[np.integer]) -> NDArray[np.int64]:
    """Which records some lines of a stretch are; -1 for those that are none."""
    records = lines.astype(np.int64) - np.searchsorted(gaps, lines, "left")
    return np.where(np.isin(lines, gaps), -1, records)


def bare(line: bytes) -> bytes:
    """A line without its line end."""
    return line.removesuffix(b"\n").removesuffix(b"\r")
