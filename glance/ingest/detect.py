"""Finds out in which format a log is written, from a sample of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glance.ingest.builder import BucketBuilder
from glance.ingest.reader import LineReader

if TYPE_CHECKING:
    from glance.domain.logs.nearest import Nearest
    from glance.ingest.survey import Found

AUTO = "auto"
"""What `--format` calls looking at the log."""

_MOST_LINES = 1000
"""Lines that are counted."""
_MOST_SURVEYED = 240
"""Lines that are tried with every format, spread over the sample."""
_LONGEST_LINE = 16_384
_HEAD_LINES = 200
_MAGIC = (
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
    b"PK\x03\x04",
    b"\x7fELF",
    b"\x89PNG",
    b"SQLite format 3",
    b"%PDF",
    b"\xff\xd8\xff",
    b"\xff\xfe",
    b"\xfe\xff",
)
_CONTROL = bytes(range(1, 9)) + bytes(range(14, 27)) + bytes(range(28, 32)) + b"\x0b\x7f"
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Detection:
    """What a look at a log has found."""

    readers: tuple[LineReader, ...] = ()
    """Readers to try, the likeliest first; none when the log cannot be read."""
    words: str = ""
    """What the screen calls the format."""
    sampled: int = 0
    """Lines that were looked at: neither blank nor directives."""
    matched: int = 0
    """Those of them that the readers read."""
    nearest: Nearest | None = None
    """When nothing is read: the nearest format, and where a line stops to fit it."""
    is_binary: bool = False
    reason: str = ""
    """Why there are no readers."""


def detect(sample: bytes, *, path: str = "", head: bytes = b"", declared: Sequence[LineReader] = ()) -> Detection:
    """Find the format of a log.

    Args:
        sample: some of its bytes, best from the end and whole lines; more than 1,000 lines bring nothing.
        path: its name, for messages.
        head: its beginning, where formats have their header; may be left out when `sample` begins there.
        declared: formats that the server's configuration declares; tried before the known ones.
    """
    if is_binary(head or sample) or is_binary(sample):
        return Detection(is_binary=True, reason="it is a binary file, not a text log")
    lines = _lines(sample, _MOST_LINES)
    if not lines:
        return Detection(reason="it has no lines yet")
    heads = _lines(head or sample, _HEAD_LINES)
    shown = lines[:: max(1, len(lines) // _MOST_SURVEYED)]
    if not declared and all(line.startswith(b"{") for line in (*heads, *shown)):
        found_here = _json_alone(shown, lines)
        if found_here is not None:
            return found_here
    from glance.ingest.survey import survey, with_relatives  # all formats: not for what is JSON alone

    found: Found = []
    unread = list(shown)
    for reader in declared:
        left = [line for line in unread if reader.read_line(line) is None]
        if len(left) < len(unread):
            found.append((reader, len(unread) - len(left)))
            unread = left
    if unread:
        part, unread = survey(unread, heads)
        found += part
    readers = with_relatives(found)
    if not readers:
        return _refused(lines, unread, path)
    found_here = _confirmed(readers, lines)
    return found_here if found_here.matched else _refused(lines, lines, path)


def _json_alone(shown: Sequence[bytes], lines: Sequence[bytes]) -> Detection | None:
    """What is found in a log of JSON lines; None when some of them are in no layout of JSON.

    To import all the other formats would take longer than to try these.
    """
    from glance.ingest.json_survey import survey_json  # msgspec: only for logs with JSON in them

    found, unread = survey_json(shown)
    if unread or not found:
        return None
    readers = tuple(reader for reader, _ in sorted(found, key=lambda pair: -pair[1]))
    if len(readers) == 1 and len(shown) == len(lines):
        return Detection(readers, readers[0].words, len(lines), len(lines))
    return _confirmed(readers, lines)


def chosen(text: str, sample: bytes, *, head: bytes = b"") -> Detection:
    """How a log is read when a person says in which format it is.

    Args:
        text: a name, a format string, or `auto`.
        sample: some of the log's bytes.
        head: its beginning, where formats have their header.

    Raises:
        FormatError: there is no such name, or the format string has a mistake.
    """
    if text.strip().lower() == AUTO:
        return detect(sample, head=head)
    readers = named(text, sample, head=head)
    lines = _lines(sample, _MOST_LINES)
    if not lines:
        return Detection(readers, readers[0].words)
    found = _confirmed(readers, lines)
    if found.matched:
        return found
    from glance.domain.logs.nearest import nearest  # only on the way to an error
    from glance.ingest.pattern import PatternReader

    layouts = [reader.layout for reader in readers if isinstance(reader, PatternReader)]
    reason = f"none of its lines is in the format that was named, {readers[0].words}"
    return Detection(words=readers[0].words, sampled=len(lines), nearest=nearest(layouts, lines[0], 0), reason=reason)


def named(text: str, sample: bytes = b"", *, head: bytes = b"") -> tuple[LineReader, ...]:
    """The readers that a name or a format string asks for; for `auto` those that read the sample.

    Args:
        text: a name, a format string, or `auto`.
        sample: some of the log's bytes: what the name leaves open (columns, keys, units) is found there.
        head: its beginning, where formats have their header.

    Raises:
        FormatError: there is no such name, or the format string has a mistake.
    """
    if text.strip().lower() == AUTO:
        return detect(sample, head=head).readers
    from glance.ingest.named import readers_named  # format strings and all: only when one is named

    return readers_named(text, detect(sample, head=head).readers if sample else ())


def is_binary(data: bytes) -> bool:
    """These bytes are no text. NULs alone do not say so: a log that was truncated while written begins with them."""
    start = data[:8192]
    if start.startswith(_MAGIC):
        return True
    text = start.replace(b"\0", b"")
    if len(start) >= 64 and not text:
        return False
    zeros = len(start) - len(start.strip(b"\0")) if start else 0
    inner = len(start) - len(text) - zeros
    odd = len(text) - len(text.translate(None, _CONTROL))
    return odd * 10 > len(text) or inner * 5 > len(start)


def _lines(data: bytes, most: int) -> list[bytes]:
    """The first lines of a sample as the readers get them, blank ones left out."""
    lines: list[bytes] = []
    position = 0
    while position < len(data) and len(lines) < most:
        end = data.find(b"\n", position)
        end = len(data) if end < 0 else end
        line = data[position : min(end, position + _LONGEST_LINE)]
        position = end + 1
        line = line.removesuffix(b"\r").lstrip(b"\0").removeprefix(_BOM)
        if line and not line.isspace():
            lines.append(line)
    return lines


def _confirmed(readers: tuple[LineReader, ...], lines: Sequence[bytes]) -> Detection:
    """Count what each reader reads of the sample, and order them by that."""
    if readers[0].session(BucketBuilder("", 0, 0)).read_piece(b"\n".join(lines) + b"\n"):  # a fifth of the time
        return Detection(readers, readers[0].words, len(lines), len(lines))
    counts = [0] * len(readers)
    order = list(range(len(readers)))
    sampled = 0
    for line in lines:
        for index in order:
            if readers[index].read_line(line) is not None:
                counts[index] += 1
                break
        else:
            if any(reader.is_directive(line) for reader in readers):
                continue
        sampled += 1
    ranked = sorted(order, key=lambda index: -counts[index])
    first = readers[ranked[0]]
    return Detection(tuple(readers[index] for index in ranked), first.words, sampled, sum(counts))


def _refused(lines: Sequence[bytes], unread: Sequence[bytes], path: str) -> Detection:
    """Why nothing reads the log, and which format comes nearest."""
    line = next(iter(unread), lines[0])
    reason = "none of its lines is in a known access log format"
    if line.lstrip().startswith(b"{"):
        return Detection(sampled=len(lines), reason="its JSON lines have no time, or neither a status nor a method")
    if "error" in path.rsplit("/", 1)[-1].lower():
        reason = "by its name it is an error log; the access log is another file"
    from glance.domain.logs.catalogue import named_formats  # only on the way to an error
    from glance.domain.logs.family import MEMBERS
    from glance.domain.logs.nearest import nearest

    layouts = [*(member.layout() for member in MEMBERS), *(named.layout for named in named_formats())]
    return Detection(sampled=len(lines), nearest=nearest(layouts, line), reason=reason)
