"""Unpack a profile, never more of it than is allowed."""

from __future__ import annotations

import zlib

from glance.domain.profiles.damage import Damages
from glance.domain.profiles.limits import Limits
from glance.domain.profiles.profile_error import ProfileError

MAGIC = b"\x1f\x8b"
GZIP = 16 + zlib.MAX_WBITS
STEP = 16 << 10


def unpacked(data: bytes, limits: Limits, damages: Damages) -> bytes:
    """The bytes inside, where it is gzip; the same bytes where not. Members that follow each other are one stream.

    Raises:
        ProfileError: it is too large, or, when strict, broken.
    """
    if len(data) > limits.packed_bytes:
        raise ProfileError(f"the file has {len(data):,} bytes, more than the {limits.packed_bytes:,} that are read")
    if not data.startswith(MAGIC):
        if len(data) > limits.unpacked_bytes:
            raise ProfileError(f"the profile has {len(data):,} bytes, more than the {limits.unpacked_bytes:,} allowed")
        return data
    pieces: list[bytes] = []
    total, members, rest = 0, 0, data
    while rest:
        if members == limits.members:
            raise ProfileError(f"decompressing profile: more than {limits.members} gzip members")
        if members and not rest.startswith(MAGIC):
            damages.note("decompressing profile: gzip: invalid header", f"{len(rest):,} bytes at its end are left out")
            break
        piece, rest, is_whole = member(rest, allowed(len(data), limits) - total, limits, damages)
        pieces.append(piece)
        total += len(piece)
        members += 1
        if not is_whole:
            break
    return b"".join(pieces)


def allowed(packed: int, limits: Limits) -> int:
    """To how many bytes so many may unpack."""
    return min(limits.unpacked_bytes, max(limits.ratio_from_bytes, packed * limits.ratio))


def member(data: bytes, room: int, limits: Limits, damages: Damages) -> tuple[bytes, bytes, bool]:
    """One member, what follows it, and whether it was whole.

    Raises:
        ProfileError: it unpacks to more than there is room for, or, when strict, it is broken.
    """
    unpacker = zlib.decompressobj(GZIP)
    try:
        piece = unpacker.decompress(data, room + 1)
    except zlib.error as error:
        damages.note(f"decompressing profile: {reason_of(error)}", "what could be unpacked before is shown")
        piece = salvaged(data, room)
        return piece, b"", False
    if len(piece) > room:
        why = f"unpacks to more than {limits.unpacked_bytes:,} bytes, or more than {limits.ratio} times its size"
        raise ProfileError(f"decompressing profile: it {why}")
    if not unpacker.eof:
        damages.note("decompressing profile: unexpected EOF", "the file is cut off, what is there of it is shown")
        return piece, b"", False
    return piece, unpacker.unused_data, True


def reason_of(error: zlib.error) -> str:
    """In Go's words where they are known."""
    words = str(error)
    if "data check" in words or "length check" in words:
        return "gzip: invalid checksum"
    if "header check" in words or "unknown compression method" in words:
        return "gzip: invalid header"
    return f"flate: corrupt input ({words.rpartition(': ')[2]})"


def salvaged(data: bytes, room: int) -> bytes:
    """All that can be unpacked before the mistake."""
    unpacker = zlib.decompressobj(GZIP)
    pieces: list[bytes] = []
    for at in range(0, len(data), STEP):
        before = unpacker.copy()
        try:
            piece = unpacker.decompress(data[at : at + STEP], room + 1)
        except zlib.error:
            pieces.append(salvaged_slowly(before, data[at : at + STEP], room))
            break
        room -= len(piece)
        if room < 0:
            raise ProfileError("decompressing profile: it is broken, and unpacks to more than is allowed")
        pieces.append(piece)
    return b"".join(pieces)


def salvaged_slowly(unpacker: zlib._Decompress, data: bytes, room: int) -> bytes:
    """Byte by byte, so that nothing before the mistake is lost."""
    pieces: list[bytes] = []
    try:
        for at in range(len(data)):
            piece = unpacker.decompress(data[at : at + 1], room + 1)
            room -= len(piece)
            if room < 0:
                break
            pieces.append(piece)
    except zlib.error:
        pass  # this is the mistake; all before it is kept
    return b"".join(pieces)
