"""Protocol buffers written by hand, in any order, packed or not, and wrong where a test wants it."""

from __future__ import annotations

from glance.domain.profiles.proto_writer import varint


def number(field: int, value: int) -> bytes:
    """A field with a number."""
    return varint(field << 3) + varint(value)


def content(field: int, raw: bytes) -> bytes:
    """A field with bytes."""
    return varint(field << 3 | 2) + varint(len(raw)) + raw


def packed(field: int, *values: int) -> bytes:
    """A field with packed numbers."""
    return content(field, b"".join(map(varint, values)))


def strings(*texts: str) -> bytes:
    """A string table."""
    return b"".join(content(6, text.encode()) for text in texts)


STRINGS = strings("", "samples", "count", "main", "main.go", "route", "/slow", "bytes")
TYPE = content(1, number(1, 1) + number(2, 2))
FUNCTION = content(5, number(1, 1) + number(2, 3) + number(4, 4) + number(5, 9))
LOCATION = content(4, number(1, 1) + number(3, 0x1000) + content(4, number(1, 1) + number(2, 10)))
SAMPLE = content(2, number(1, 1) + number(2, 5))
WHOLE = TYPE + SAMPLE + LOCATION + FUNCTION + STRINGS
"""One sample of 5 in `main`."""
