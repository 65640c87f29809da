"""Tells profiles from logs among the files that were named: by the first bytes of each, and never by its name.

Reports begin with this, so a log of a usual kind is known for one at once, and nothing is imported for it.
"""

from __future__ import annotations

import os
import re
import stat
import zlib
from collections.abc import Sequence

from glance.errors import SourceError
from glance.sources.regular_file import open_regular

BEGINNING = 4096
MOST = 64 << 10
"""Bytes that are looked at where the first ones do not tell."""
GZIP = b"\x1f\x8b"
LOG = re.compile(rb'HTTP/[0-9.]+"|"(?:GET|POST|HEAD|PUT|OPTIONS|DELETE|PATCH) |^#(?:Fields|Software|Version):', re.M)
"""What is in an access log and in no profile."""
DOCUMENT = re.compile(rb'"(?:\$schema|profiles|shared|frames|nodes|timeDeltas|hitCount|traceEvents)"')
"""What profiles have that are JSON; other JSON is taken for a log."""
STACK = re.compile(rb"[^;\s][^;]*(?:;[^;\s][^;]*)+ [0-9]+(?:\.[0-9]+)?")
MOST_STACKS = 0.8
"""Of the lines of folded stacks, that have at least two frames: else they may as well be lines of some log."""
LEAST_FIELDS = 3
BINARY = bytes((*range(9), *range(14, 27)))
"""Signs that no text has."""


def parted(paths: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Logs, and profiles, in the order in which they were named."""
    profiles = tuple(path for path in paths if path != "-" and is_profile(path))
    return tuple(path for path in paths if path not in profiles), profiles


def is_profile(path: str) -> bool:
    """Whether a file is a profile; False for everything that is not there, no file, or not to be read."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # a pipe that is opened and closed has lost its writer
            return False
        start = beginning(path, BEGINNING)
    except (OSError, ValueError, SourceError):
        return False
    if not start or LOG.search(start):
        return False
    if is_message(start):
        return True
    if start.lstrip()[:1] == b"{" and not DOCUMENT.search(start):
        return False
    return is_profile_and_no_log(path)


def is_message(start: bytes) -> bool:
    """Whether it begins as profile.proto does: binary, and its first fields have numbers that it knows."""
    if len(start[:64].translate(None, BINARY)) == len(start[:64]):
        return False
    at = 0
    for count in range(LEAST_FIELDS):
        if at >= len(start):
            return count > 0
        number, kind = start[at] >> 3, start[at] & 7
        value, at = varint(start, at + 1)
        if number not in FIELDS.get(kind, ()) or value < 0:
            return False
        at += value if kind == TEXT else 0
    return True


NUMBER, TEXT = 0, 2
FIELDS = {NUMBER: (7, 8, 9, 10, 12, 13, 14, 15), TEXT: (1, 2, 3, 4, 5, 6, 11, 13)}
"""Numbers of the fields of profile.proto that hold a number, and of those that hold bytes."""


def varint(data: bytes, at: int) -> tuple[int, int]:
    """A number, and where it ends; -1 where there is none."""
    value = 0
    for place in range(10):
        if at + place >= len(data):
            break
        value |= (data[at + place] & 127) << 7 * place
        if data[at + place] < 128:
            return value, at + place + 1
    return -1, at


def beginning(path: str, most: int) -> bytes:
    """The first bytes of a file, unpacked where it is packed with gzip; nothing where that cannot be.

    Raises:
        OSError: it cannot be read.
        SourceError: it is no file.
    """
    with open(open_regular(path), "rb", buffering=0) as file:
        start = file.read(most)
    if not start.startswith(GZIP):
        return start
    try:
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(start, most)
    except zlib.error:
        return b""


def is_profile_and_no_log(path: str) -> bool:
    """Whether some format of profiles fits, and none of logs."""
    from glance.domain.profiles.any_profile import (  # all formats behind it
        any_json_reading,
        folded_reading,
        reader_of,
    )
    from glance.domain.profiles.profile_error import ProfileError
    from glance.ingest.detect import detect

    start = beginning(path, MOST)
    try:
        read = reader_of(start)
    except ProfileError:
        return False
    if read is None or (read is any_json_reading and not DOCUMENT.search(start)):
        return False
    if read is folded_reading and not are_stacks(start):
        return False
    found = detect(start, path=path)
    return not found.readers or found.matched * 2 < found.sampled


def are_stacks(start: bytes) -> bool:
    """Whether nearly all lines are stacks of several frames, with their counts."""
    lines = [line for line in start.split(b"\n")[:200] if line.strip() and not line.startswith(b"#")]
    lines = lines[:-1] if len(start) == MOST else lines
    found = sum(STACK.fullmatch(line.rstrip()) is not None for line in lines)
    return found > 0 and found >= MOST_STACKS * len(lines)
