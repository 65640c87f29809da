"""The text of a profile that is text."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from glance.domain.profiles.limits import Limits
from glance.domain.profiles.parts import raw_of, text_of
from glance.domain.profiles.profile_error import ProfileError

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
PIECE = 1 << 20


def plain_text(data: bytes) -> str:
    """The text of bytes: UTF-8, or UTF-16 where a mark at the beginning says so.

    Bytes that are not UTF-8 stay what they are, see `parts.text_of`.
    """
    for mark, name in MARKS:
        if data.startswith(mark):
            rest = data[len(mark) :]
            return text_of(rest) if name == "utf-8" else rest.decode(name, "replace")
    return text_of(data)


def lines_of(data: bytes, limits: Limits) -> Iterator[str]:
    """Lines without their ends, whether those are LF or CR LF; never all of them in memory at once.

    Raises:
        ProfileError: there are too many of them, or one is too long.
    """
    if data.startswith((MARKS[1][0], MARKS[2][0])):
        data = raw_of(plain_text(data))
    at = len(MARKS[0][0]) if data.startswith(MARKS[0][0]) else 0
    if data.count(b"\n", at) >= limits.fields:
        raise ProfileError(f"the profile has more than {limits.fields:,} lines")
    while at < len(data):
        end = data.rfind(b"\n", at, at + PIECE)
        if end < 0:
            end = data.find(b"\n", at + PIECE)
            end = len(data) if end < 0 else end
        lines = data[at:end].split(b"\n")
        for line in lines:
            if len(line) > limits.string_bytes * 16:
                raise ProfileError(f"the profile has a line of {len(line):,} bytes")
            yield text_of(line.removesuffix(b"\r"))
        at = end + 1
