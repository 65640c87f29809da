"""Reads logs to their end and sums them up: the engine behind `glance report`."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.route import BUILT_IN, Routes
from glance.domain.logs.span import Choice, Span
from glance.domain.safe_text import decode
from glance.errors import FormatError, SourceError
from glance.ingest.collector_pause import collector_paused
from glance.ingest.detect import AUTO, Detection
from glance.ingest.parse import parse
from glance.ingest.reader import LineReader
from glance.ingest.stretch import Stretch, StretchGoneError, even_length
from glance.pipeline.stretches import LONGEST_LINE, stretches_of
from glance.pipeline.understanding import refusal, understand
from glance.sources.compression import MAGIC_BYTES, archive_kind
from glance.sources.regular_file import open_regular, reason_in_words

if TYPE_CHECKING:
    from glance.domain.logs.figures import Figures
    from glance.domain.logs.summary import Summary, UnparsedLine
    from glance.sources.line_cutter import LineCutter

SAMPLE_BYTES = 256 << 10
STRETCH_BYTES = 25 << 20
"""Read and parsed by one task of a worker; of shorter ones there are more, which cost more to add up (measured)."""

MOST_SAMPLES = 10
"""Lines that no format reads, shown in a report."""

_WORTH_WORKERS_BYTES = 3 << 20
_PIPE_BYTES = 4 << 20
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"

Progress = Callable[[int, int], None]
"""Told of bytes read and lines read, in all."""


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """What a report is about."""

    format: str = AUTO
    top: int = 20
    span: Span = field(default_factory=Span)
    memory_bytes: int = 256 << 20
    where: Choice | None = None
    """A filter; None is everything."""
    routes: Routes = BUILT_IN
    """By which rules paths become routes."""


@dataclass(slots=True)
class _Reading:
    """What was counted of one file."""

    path: str
    words: str = ""
    lines: int = 0
    parsed: int = 0
    unparsed: int = 0
    samples: list[UnparsedLine] = field(default_factory=list)

    def count(self, bucket: LogBucket) -> None:
        """Count a bucket, the next one of the file."""
        from glance.domain.logs.summary import UnparsedLine  # while workers read already

        for line in bucket.unread[: MOST_SAMPLES - len(self.samples)]:
            self.samples.append(UnparsedLine(self.path, self.lines + line.ordinal + 1, decode(line.text)))
        self.lines += bucket.lines
        self.parsed += bucket.records
        self.unparsed += bucket.unparsed


class Report:
    """The figures of some logs, read one after the other."""

    def __init__(self, options: ReportOptions, on_progress: Progress | None = None) -> None:
        """Read nothing yet."""
        self._options = options
        self._readings: list[_Reading] = []
        self._notes: list[str] = []
        self._on_progress = on_progress
        self._bytes = 0
        self._first_ms: int | None = None
        self._last_ms: int | None = None

    @cached_property
    def _figures(self) -> Figures:
        """What is counted; the import of it takes as long as a worker takes for its first bucket."""
        from glance.domain.logs.figures import Figures

        chosen = self._options
        return Figures(
            memory_bytes=chosen.memory_bytes,
            top=chosen.top,
            span=chosen.span,
            where=chosen.where,
            routes=chosen.routes,
        )

    def note(self, text: str) -> None:
        """Add what a reader should know."""
        self._notes.append(text)

    def read(self, path: str) -> None:
        """Read one log to its end; `-` is standard input.

        Raises:
            SourceError: it cannot be read.
            FormatError: it is no access log that glance knows.
        """
        reading = _Reading(path)
        try:
            if path == "-":
                self._read_pieces(reading, _pipe_pieces())
            else:
                self._read_path(reading, path)
        except SourceError as error:
            if not reading.lines:
                raise
            self.note(f"{path}: {error.why}; read up to there")
        self._readings.append(reading)

    def take(self, path: str, words: str, bucket: LogBucket) -> None:
        """Count a bucket that was read before; of its lines that no format reads only the number is known."""
        reading = next((each for each in self._readings if each.path == path), None)
        if reading is None:
            reading = _Reading(path, words)
            self._readings.append(reading)
        self._add(reading, [replace(bucket, unread=())], bucket.length)

    def _read_path(self, reading: _Reading, path: str) -> None:
        try:
            if stat.S_ISFIFO(os.stat(path).st_mode):
                self._read_pieces(reading, _fifo_pieces(path))
                return
            fd = open_regular(path)
        except OSError as error:
            raise cannot_read(path, error) from error
        try:
            if archive_kind(os.pread(fd, MAGIC_BYTES, 0)) is not None:
                self._read_archive(reading, path)
            else:
                self._read_file(reading, fd, path)
        except OSError as error:
            raise cannot_read(path, error) from error
        finally:
            os.close(fd)

    def _read_archive(self, reading: _Reading, path: str) -> None:
        """Read what is compressed; a damaged archive as far as it goes, which the report says."""
        from glance.sources.unpacking import unpack  # most reports do without

        self._read_pieces(reading, unpack(path))

    def _read_file(self, reading: _Reading, fd: int, path: str) -> None:
        status = os.fstat(fd)
        size = status.st_size
        if not size:
            reading.words = "empty"
            return
        head = os.pread(fd, SAMPLE_BYTES, 0)
        readers = self._understand(reading, _whole_lines(head), head)
        identity = (status.st_dev, status.st_ino)
        # By its descriptor, which forked workers share: another file may have its name by now.
        opened = f"/proc/self/fd/{fd}" if os.path.exists(f"/proc/self/fd/{fd}") else path
        stretches = self._stretches(reading, fd, Stretch(opened, path, 0, identity, 0, size))
        if size < _WORTH_WORKERS_BYTES:
            for stretch in stretches:
                data = os.pread(fd, stretch.end - stretch.start, stretch.start)
                self._add(reading, parse(data, readers, source=path, offset=stretch.start), len(data))
            return
        from glance.ingest.workers import Workers  # only for what is worth it

        try:
            with collector_paused(), Workers(readers) as workers:
                answers = workers.parse_all(stretches)
                _ = self._figures  # what counts is imported while they read
                for stretch, buckets in answers:
                    self._add(reading, buckets, stretch.end - stretch.start)
        except StretchGoneError:
            self._notes.append(f"{path}: was truncated while it was read; what was left is missing")

    def _stretches(self, reading: _Reading, fd: int, whole: Stretch) -> Iterator[Stretch]:
        """The file in stretches; lines that are too long are only counted."""
        length = STRETCH_BYTES if whole.end < _WORTH_WORKERS_BYTES else even_length(whole.end, STRETCH_BYTES)
        for start, end in stretches_of(fd, whole.end, length):
            if end - start > length + LONGEST_LINE:
                reading.lines += 1
                reading.unparsed += 1
                self._notes.append(f"{whole.source}: a line of {end - start:,} bytes was not read")
            else:
                yield replace(whole, start=start, end=end)

    def _read_pieces(self, reading: _Reading, pieces: Iterable[bytes]) -> None:
        """Read a stream: whole lines out of pieces of any size."""
        from glance.sources.generation import stream_generation  # secrets and hashes: files do without
        from glance.sources.line_cutter import LineCutter

        cutter = LineCutter(stream_generation(reading.path), LONGEST_LINE)
        readers: Sequence[LineReader] | None = None
        for data, offset in _whole_lines_of(cutter, pieces):
            if readers is None:
                readers = self._understand(reading, data[:SAMPLE_BYTES], data)
            self._add(reading, parse(data, readers, source=reading.path, offset=offset), len(data))
        reading.lines += cutter.long_lines_total
        reading.unparsed += cutter.long_lines_total
        if cutter.long_lines_total:
            self._notes.append(f"{reading.path}: lines of {cutter.skipped_bytes:,} bytes in all were not read")
        elif readers is None:
            reading.words = "empty"

    def _understand(self, reading: _Reading, sample: bytes, head: bytes) -> Sequence[LineReader]:
        """The readers for a log, from its beginning.

        Raises:
            FormatError: there are none.
        """
        found = understand(sample, path=reading.path, head=head, wanted=self._options.format)
        if not found.readers:
            raise not_understood(reading.path, found, self._words_of_auto(reading.path, sample, head))
        reading.words = found.words
        return found.readers

    def _words_of_auto(self, path: str, sample: bytes, head: bytes) -> str:
        """What a log would be read as if no format were named; empty when nothing fits, or none was named."""
        if self._options.format == AUTO:
            return ""
        found = understand(sample, path=path, head=head)
        return found.words if found.readers else ""

    def _add(self, reading: _Reading, buckets: Iterable[LogBucket], size: int) -> None:
        for bucket in buckets:
            reading.count(bucket)
            self._figures.add(bucket)
            if bucket.records:
                first, last = self._first_ms, self._last_ms
                self._first_ms = bucket.first_ms if first is None else min(first, bucket.first_ms)
                self._last_ms = bucket.last_ms if last is None else max(last, bucket.last_ms)
        self._bytes += size
        if self._on_progress is not None:
            self._on_progress(self._bytes, reading.lines + sum(each.lines for each in self._readings))

    def summary(self) -> Summary:
        """Everything that was read, summed up."""
        from glance.domain.logs.summary import FileFigures, Summary

        figures, tally = self._figures, self._figures.tally
        first, last = figures.first_ms, figures.last_ms
        return Summary(
            files=tuple(
                FileFigures(each.path, each.words, each.lines, each.parsed, each.unparsed) for each in self._readings
            ),
            lines=sum(each.lines for each in self._readings),
            parsed=sum(each.parsed for each in self._readings),
            unparsed=sum(each.unparsed for each in self._readings),
            first=None if first is None else first / 1000,
            last=None if last is None else last / 1000,
            hits=tally.hits,
            bytes=tally.bytes,
            clients=figures.distinct("clients"),
            statuses=figures.statuses(),
            methods=figures.by_name("methods"),
            protocols=figures.by_name("protocols"),
            client_errors=int(tally.classes[1]),
            server_errors=int(tally.classes[2]),
            latency=figures.latency(),
            tops=figures.top_lists(),
            series=figures.series(),
            unparsed_samples=tuple(line for each in self._readings for line in each.samples)[:MOST_SAMPLES],
            clients_are_approximate=figures.is_approximate,
            users=figures.distinct("users"),
            sizes_absent=tally.sizes_absent,
            kinds=figures.kinds() if figures.tells_agents else (),
            scanner_errors=figures.noise(),
            notes=(*self._notes, *self._outside()),
        )

    def _outside(self) -> tuple[str, ...]:
        """Where the log's records lie, when `--since` and `--until` leave none."""
        if self._figures.tally.hits or self._first_ms is None or self._last_ms is None:
            return ()
        within = "within --since and --until" if self._options.where is None else "within what was asked for"
        times = (datetime.fromtimestamp(ms // 1000, UTC).strftime(_MOMENT) for ms in (self._first_ms, self._last_ms))
        return (f"nothing lies {within}; what was read goes from {' to '.join(times)}",)


def cannot_read(path: str, error: OSError) -> SourceError:
    """The error that says why a log cannot be read."""
    hint = ""
    if isinstance(error, PermissionError):
        hint = "try sudo, or add yourself to the group that may read it (often adm)"
    elif isinstance(error, FileNotFoundError):
        hint = "check the path"
    return SourceError(f"cannot read {path}", reason_in_words(error), hint)


def not_understood(path: str, found: Detection, words_of_auto: str = "") -> FormatError:
    """The error that says why a log is not understood, and as what it would be read without `--format`."""
    hint = "say how its lines are built: --format NAME or a format string"
    if words_of_auto:
        hint = f"without --format it reads as {words_of_auto}"
    return FormatError(f"{path} cannot be understood", refusal(found), hint)


def _whole_lines_of(cutter: LineCutter, pieces: Iterable[bytes]) -> Iterator[tuple[bytes, int]]:
    """Whole lines with their offset; the last may lack its line end."""
    for piece in pieces:
        for chunk in cutter.feed(piece):
            yield chunk.data, chunk.offset
    last = cutter.finish()
    if last is not None:
        yield last.data, last.offset


def _fifo_pieces(path: str) -> Iterator[bytes]:
    """What comes in on a named pipe, such as a shell makes for `<(zcat old.gz)`, until its writers are done."""
    with open(path, "rb", buffering=0) as pipe:
        while data := pipe.read(_PIPE_BYTES):
            yield data


def _pipe_pieces() -> Iterator[bytes]:
    """What comes in on standard input."""
    while data := sys.stdin.buffer.read(_PIPE_BYTES):
        yield data


def _whole_lines(data: bytes) -> bytes:
    """Without the beginning of a line at the end, if there is a whole one before it."""
    return data[: data.rfind(b"\n") + 1] or data
