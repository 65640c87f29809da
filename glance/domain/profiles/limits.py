"""How much a profile may be: what is larger was made to hurt, or would anyway."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Beyond any of these, reading ends with an error that names it."""

    packed_bytes: int = 64 << 20
    unpacked_bytes: int = 256 << 20
    ratio: int = 250
    """Unpacked to packed; asked only of what unpacks to more than `ratio_from_bytes`."""
    ratio_from_bytes: int = 8 << 20
    members: int = 64
    """Of a gzip file; Go writes one."""
    messages: int = 3_000_000
    """Samples, locations, functions, mappings and strings together."""
    fields: int = 10_000_000
    """Of all messages together."""
    frames: int = 30_000_000
    """Of all stacks together."""
    depth: int = 65_536
    """Frames of one stack, and lines of one location."""
    string_bytes: int = 1 << 20


LIMITS = Limits()
