"""Tells how a file is compressed, by its first bytes and not by its name; imports none of what unpacks it."""

from __future__ import annotations

_MAGIC = (
    (b"\x1f\x8b\x08", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
)
MAGIC_BYTES = 6
"""How many first bytes `archive_kind` wants to see."""


def archive_kind(head: bytes) -> str | None:
    """How a file that begins so is compressed, None when it is not."""
    return next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)
