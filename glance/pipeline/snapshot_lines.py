"""The raw lines around a moment, read back from where they stand: exact, bounded, or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from glance.domain import units
from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.part import part_of
from glance.domain.snapshot import RawStretch
from glance.errors import SourceError
from glance.pipeline.raw_lines import ordinals
from glance.sources.compression import MAGIC_BYTES, archive_kind
from glance.sources.regular_file import open_regular

MOST_UNPACKED_BYTES = 512 << 20
MOST_PARTS = 1500
"""Stretches of lines, each a member of the file."""
Opener = Callable[[LogBucket], int | None]
"""A descriptor of the bytes of a bucket's generation; None when they are not there."""


@dataclass(frozen=True, slots=True)
class RawPart:
    """Lines that follow each other, and what is said of them."""

    data: bytes = field(repr=False)
    stretch: RawStretch
    bucket: LogBucket = field(repr=False)
    """In whose stretch they stand."""
    first: int
    """Which line of that stretch the first one is."""


@dataclass(slots=True)
class RawGathering:
    """What was found."""

    parts: list[RawPart] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)
    """Why there are no lines of a log, or not all."""


def raw_lines(buckets: Sequence[LogBucket], span: tuple[float, float], opened: Opener, most_bytes: int) -> RawGathering:
    """The lines of a span of time, the newest where there is no room for all.

    Lines that no format reads stand between those that are records, and are kept as these are.

    Args:
        buckets: whole, as they were read.
        span: epoch seconds.
        opened: finds the bytes.
        most_bytes: of all lines.
    """
    found = RawGathering()
    left = most_bytes
    for bucket in sorted(buckets, key=lambda one: (-one.last_ms, -one.offset)):
        at_ms = bucket.times.milliseconds()
        chosen = np.flatnonzero((at_ms >= round(span[0] * 1000)) & (at_ms < round(span[1] * 1000)))
        if not len(chosen):
            continue
        if left <= 0:
            found.words[bucket.source] = _no_room(most_bytes)
            continue
        if len(found.parts) >= MOST_PARTS:
            found.words[bucket.source] = f"only the newest lines: there is room for {MOST_PARTS:,} stretches of them"
            continue
        data = _stretch(bucket, opened)
        if data is None:
            is_pipe = bucket.source == "-"
            found.words.setdefault(bucket.source, "read from a pipe" if is_pipe else "its lines are not there any more")
            continue
        part = _part(bucket, data, at_ms, chosen, left)
        if part is None or part.stretch.lines < int(np.ptp(_lines_of(bucket, chosen))) + 1:
            found.words[bucket.source] = _no_room(most_bytes)
        if part is not None:
            found.parts.append(part)
            left -= len(part.data)
    found.parts.reverse()
    return found


def _no_room(most_bytes: int) -> str:
    return f"only the newest lines are in it: there is room for {units.size(most_bytes)} of them"


def beside(chosen: LogBucket, raw: RawPart | None) -> list[LogBucket]:
    """The chosen records of a bucket, those with raw lines as a bucket that tells of exactly these lines.

    So whoever opens the snapshot finds the line of a record as glance finds it in a log.
    """
    if raw is None:
        return [chosen]
    at = ordinals(chosen.gaps, np.arange(chosen.records)) - raw.first
    within = (at >= 0) & (at < raw.stretch.lines)
    is_line = np.ones(raw.stretch.lines, np.bool_)
    is_line[at[within]] = False
    kept = replace(
        part_of(chosen, within), offset=raw.stretch.offset, length=len(raw.data), lines=raw.stretch.lines,
        unparsed=0, gaps=np.flatnonzero(is_line).astype(np.uint32),
    )  # fmt: skip
    rest = part_of(chosen, ~within)
    return [one for one in (rest, kept) if one.records]


def _lines_of(bucket: LogBucket, chosen: NDArray[np.intp]) -> NDArray[np.int64]:
    """Which lines of its stretch the first and the last of some records are."""
    return ordinals(bucket.gaps, chosen[[0, -1]])


def _stretch(bucket: LogBucket, opened: Opener) -> bytes | None:
    """The bytes of a bucket; None when they are not there, or are others by now."""
    fd = opened(bucket)
    if fd is None:
        return None
    try:
        data = os.pread(fd, bucket.length, bucket.offset)
    except OSError:
        return None
    lines = data.count(b"\n") + (not data.endswith(b"\n"))
    return data if data and lines == bucket.lines else None


def _part(
    bucket: LogBucket, data: bytes, at_ms: NDArray[np.int64], chosen: NDArray[np.intp], room: int
) -> RawPart | None:
    """The lines from the first to the last of the chosen records; the last of them, where there is no room."""
    first, last = _lines_of(bucket, chosen).tolist()
    ends = np.append(0, np.flatnonzero(np.frombuffer(data, np.uint8) == ord("\n")) + 1)
    if ends[-1] != len(data):
        ends = np.append(ends, len(data))
    end = int(ends[last + 1])
    first = max(first, int(np.searchsorted(ends, end - room, "left")))
    if first > last:
        return None
    begin = int(ends[first])
    within = chosen[ordinals(bucket.gaps, chosen) >= first]
    times = at_ms[within] if len(within) else at_ms[chosen]
    stretch = RawStretch(
        bucket.source, "", bucket.generation, bucket.offset + begin, last - first + 1,
        int(times.min()) / 1000, int(times.max()) / 1000,
    )  # fmt: skip
    return RawPart(data[begin:end], stretch, bucket, first)


class LogBytes:
    """The bytes of logs that were read by their path, unpacked where they are compressed."""

    def __init__(self) -> None:
        """Open nothing yet."""
        self._open: dict[str, int | None] = {}

    def __call__(self, bucket: LogBucket) -> int | None:
        """Where the bytes of a bucket are; None when they are not to be had, as of a pipe."""
        if bucket.source not in self._open:
            self._open[bucket.source] = _opened(bucket.source)
        return self._open[bucket.source]

    def close(self) -> None:
        """Close what was opened."""
        for fd in self._open.values():
            if fd is not None:
                os.close(fd)
        self._open.clear()


def _opened(path: str) -> int | None:
    try:
        fd = open_regular(path)
    except (OSError, SourceError):
        return None
    try:
        if archive_kind(os.pread(fd, MAGIC_BYTES, 0)) is None:
            return os.dup(fd)
        return _unpacked(path)
    except OSError:
        return None
    finally:
        os.close(fd)


def _unpacked(path: str) -> int:
    """What an archive holds, in a private file without a name."""
    import tempfile  # only for archives

    from glance.sources.unpacking import unpack

    left = MOST_UNPACKED_BYTES
    with tempfile.TemporaryFile(buffering=0, prefix="glance-") as file:
        with suppress(SourceError):  # damaged: as far as it goes
            for piece in unpack(path):
                file.write(piece[:left])
                left -= min(left, len(piece))
                if not left:
                    break
        return os.dup(file.fileno())
