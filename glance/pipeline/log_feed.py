"""One log on its way in: its source, the format that was found, and what was counted of it."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from glance.domain.log_line import LogLine
from glance.domain.logs.bucket import LogBucket
from glance.domain.safe_text import decode
from glance.domain.scene import SourceStatus
from glance.errors import FormatError
from glance.ingest.detect import AUTO, Detection
from glance.ingest.parse import parse
from glance.ingest.reader import LineReader
from glance.pipeline.past_lines import EVER, newest_records
from glance.pipeline.understanding import misfit_of, refusal, understand
from glance.sources.chunk import Chunk
from glance.sources.source import Source

SAMPLE_BYTES = 320 << 10
"""Looked at to detect a format."""

KEPT_LINES = 400
"""Newest raw lines kept for the screen."""

KEPT_BUCKETS = 8
"""Newest buckets out of history that are kept for the screen."""

KEPT_UNREAD = 20
_LINE_BYTES = 4096
_LOOK_AGAIN_LINES = 10_000
_MOST_READERS = 64
"""Formats of one log that are tried on each line."""
_LATEST_BYTES = 256 << 10


@dataclass(slots=True)
class LogFeed:
    """The lines of one source, and what they turned out to be."""

    source: Source
    wanted_format: str = AUTO
    detection: Detection | None = None
    readers: tuple[LineReader, ...] = ()
    lines: int = 0
    unparsed: int = 0
    stored_lines: int = 0
    """What history had of it when reading began, or has where another glance writes it."""
    stored_unparsed: int = 0
    stored_format: str = ""
    """What its lines were understood as then."""
    stored_end: int = 0
    """Where reading of the file stood then."""
    backfill_bytes: int = 0
    """All that stands before the place where following began."""
    pending_bytes: int = 0
    """What of it is still unread."""
    newest: deque[bytes] = field(default_factory=lambda: deque(maxlen=KEPT_LINES))
    unread: deque[bytes] = field(default_factory=lambda: deque(maxlen=KEPT_UNREAD))
    note: str = ""
    is_filling: bool = False
    """What was written while nobody read is read first, by a back-fill, forward."""
    is_followed: bool = False
    """Another glance reads it: its records come out of that one's history."""
    recent: deque[LogBucket] = field(default_factory=lambda: deque(maxlen=KEPT_BUCKETS))
    """The newest that came out of history: what that one reads, or what was read before this one began."""
    is_read: bool = False
    """Read to its end, and nobody waits for more."""
    _shown: tuple[LogLine, ...] = ()
    _shown_for: tuple[object, ...] = ()
    _look_again_at: int = 0
    """Not before there are so many lines: a look at noise finds nothing, and is work."""

    @property
    def path(self) -> str:
        """The path the person named."""
        return self.source.path

    @property
    def name(self) -> str:
        """The log's name in history: its absolute path, the same wherever glance was started."""
        return source_name(self.path)

    @property
    def refusal(self) -> str:
        """Why none of its lines can be read, in a sentence; empty when some can, or when there are none."""
        if self.readers or not self.lines:
            return ""
        found = self.detection
        why = self.note or (found and (misfit_of(found) or found.reason))
        return f"{os.path.basename(self.path) or self.path} cannot be read: {why}" if why else ""

    def understand(self, sample: bytes, head: bytes = b"") -> None:
        """Find the format from a sample of whole lines.

        Args:
            sample: lines, the newest there are.
            head: the beginning of the file, where a header may stand.
        """
        self.detection = understand(sample, path=self.path, head=head, wanted=self.wanted_format)
        self.readers = self.detection.readers

    @property
    def has_ended(self) -> bool:
        """Nothing more can come: an archive, or a pipe whose writer is gone, that was read to its end."""
        return self.is_read or self.source.status.condition == "ended"

    def time_of(self, line: bytes) -> float | None:
        """When a line happened, None when it does not say."""
        for reader in self.readers:
            record = reader.read_line(line.rstrip(b"\r\n"))
            if record is not None:
                return record.at_ms / 1000
        return None

    def take(self, chunk: Chunk) -> list[LogBucket]:
        """The buckets of a chunk that was read live."""
        data = chunk.data if not chunk.is_partial else chunk.data + b"\n"
        if not self.readers and data.strip():
            self._look_at(data)
        buckets = self._parse(chunk, data)
        if self.readers and self.lines >= self._look_again_at and self._is_lost(buckets) and self._look_at(data):
            buckets = self._parse(chunk, data)
        self.count(buckets)
        self.remember(data)
        return buckets

    def _look_at(self, data: bytes) -> bool:
        """Look for formats in lines that none of the readers reads; True when there are some. Those before stay."""
        before, known = self.readers, self.detection
        try:
            self.understand(data[-SAMPLE_BYTES:])
        except FormatError as error:
            self.note = f"{error.what}: {error.why}"
        if not before:
            self.note = "" if self.readers else self.note  # it said why there were none
            return bool(self.readers)
        fresh = [reader for reader in self.readers if reader not in before]
        if not fresh:
            self.detection = known
            self._look_again_at = self.lines + _LOOK_AGAIN_LINES
        self.readers = (*fresh, *before)[:_MOST_READERS]
        return bool(fresh)

    def _parse(self, chunk: Chunk, data: bytes) -> list[LogBucket]:
        return parse(data, self.readers, source=self.name, generation=chunk.generation.number, offset=chunk.offset)

    @staticmethod
    def _is_lost(buckets: Sequence[LogBucket]) -> bool:
        """Most lines are of another format than before: it was changed while running."""
        unparsed = sum(bucket.unparsed for bucket in buckets)
        return unparsed >= 20 and unparsed > sum(bucket.records for bucket in buckets)

    def count(self, buckets: Sequence[LogBucket]) -> None:
        """Count what is in buckets of this log."""
        for bucket in buckets:
            self.lines += bucket.lines
            self.unparsed += bucket.unparsed
            self.unread.extend(line.text for line in bucket.unread)

    def remember(self, data: bytes) -> None:
        """Keep the newest lines for the screen."""
        self.newest.extend(newest_lines(data))

    def remember_older(self, data: bytes) -> None:
        """Lines that stand before those that are kept, while there is room."""
        room = KEPT_LINES - len(self.newest)
        if room > 0:
            self.newest.extendleft(reversed(newest_lines(data)[-room:]))

    def take_news(self, bucket: LogBucket) -> None:
        """A bucket that another glance has read."""
        self.recent.append(bucket)

    def take_stored(self, bucket: LogBucket) -> None:
        """A bucket that was read before this glance began; they come newest first."""
        if sum(known.records for known in self.recent) < KEPT_LINES and len(self.recent) < KEPT_BUCKETS:
            self.recent.appendleft(bucket)

    def log_lines(self, most: int) -> tuple[LogLine, ...]:
        """The newest lines with what they say, newest last."""
        if self.is_followed:
            return newest_records(self.recent, EVER, most)
        question = (self.lines, len(self.newest), most, self.readers, len(self.recent))
        if question != self._shown_for:
            name = os.path.basename(self.path) or self.path
            lines = list(self.newest)[-most:] if most else []
            older = newest_records(self.recent, EVER, most - len(lines)) if len(lines) < most else ()
            self._shown = (*older, *(self._log_line(line, name) for line in lines))
            self._shown_for = question
        return self._shown

    def unread_lines(self) -> tuple[LogLine, ...]:
        """Some lines that no format reads."""
        name = os.path.basename(self.path) or self.path
        return tuple(LogLine(decode(line), name) for line in self.unread)

    def _log_line(self, line: bytes, name: str) -> LogLine:
        text = decode(line)
        for reader in self.readers:
            record = reader.read_line(line)
            if record is not None:
                return LogLine(
                    text=text,
                    source=name,
                    at=record.at_ms / 1000,
                    client=decode(record.client),
                    method=decode(record.method),
                    target=decode(record.path),
                    status=int(record.status) if record.status.isdigit() else None,
                    size=record.size if record.size >= 0 else None,
                    seconds=record.seconds if record.seconds >= 0 else None,
                )
        return LogLine(text, name)

    def status(self) -> SourceStatus:
        """How it is doing."""
        read = self.source.status
        found = self.detection
        note = "" if self.is_followed else self.note or read.note
        if found is not None and not self.readers:
            note = refusal(found)
        return SourceStatus(
            name=os.path.basename(self.path) or self.path,
            path=self.path,
            condition="following" if self.is_followed else "reading" if self.pending_bytes else read.condition,
            format=found.words if found is not None else self.stored_format,
            sampled=found.sampled if found is not None else 0,
            matched=found.matched if found is not None else 0,
            lines=self.lines + self.stored_lines + read.long_lines_total,
            unparsed=self.unparsed + self.stored_unparsed + read.long_lines_total,
            size_bytes=max(read.size_bytes, self.backfill_bytes),
            pending_bytes=self.pending_bytes,
            lag_bytes=read.lag_bytes,
            note=note,
        )


def source_name(path: str) -> str:
    """The name of a log in history: its absolute path; `-` is a pipe."""
    return path if path == "-" else os.path.abspath(path)


def newest_of(feeds: Sequence[LogFeed], most: int) -> tuple[LogLine, ...]:
    """The newest lines of all logs by time, newest last."""
    if len(feeds) == 1:
        return feeds[0].log_lines(most)
    lines = [line for feed in feeds for line in feed.log_lines(most)]
    lines.sort(key=lambda line: line.at or 0.0)
    return tuple(lines[-most:])


def newest_lines(data: bytes) -> list[bytes]:
    """The last lines of some data, shortened, without their line ends."""
    tail = data[-_LATEST_BYTES:]
    lines = tail.rstrip(b"\r\n").rsplit(b"\n", KEPT_LINES)
    if len(lines) > KEPT_LINES or len(tail) < len(data):
        lines = lines[1:]
    return [line.rstrip(b"\r")[:_LINE_BYTES] for line in lines if line.strip()]
