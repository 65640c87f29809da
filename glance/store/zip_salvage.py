"""What is left of a zip whose end, and so its directory, is missing: members that are whole, by their headers."""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO

from glance.domain.snapshot import is_member_name
from glance.store.zip_limits import ZipLimits

_HEADER = struct.Struct("<4s5H3L2H")
"""Before each member: mark, version, flags, method, time, date, checksum, sizes packed and not, lengths of texts."""
_MARK = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Piece:
    """A member, as its header has it."""

    begin: int
    packed_bytes: int
    size_bytes: int
    method: int
    crc: int


def pieces_of(file: BinaryIO, limits: ZipLimits) -> dict[str, Piece]:
    """The members from the beginning on, up to where something is missing or beyond the limits."""
    found: dict[str, Piece] = {}
    at, end, total = 0, os.fstat(file.fileno()).st_size, 0
    while len(found) < limits.members and end <= limits.packed_bytes:
        file.seek(at)
        header = file.read(_HEADER.size)
        if len(header) < _HEADER.size or not header.startswith(_MARK):
            break
        _, _, flags, method, _, _, crc, packed, size, name_bytes, more_bytes = _HEADER.unpack(header)
        name = file.read(name_bytes).decode("latin-1")
        begin = at + _HEADER.size + name_bytes + more_bytes
        total += size
        is_strange = flags or method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or name in found
        if is_strange or not is_member_name(name) or begin + packed > end:
            break
        if total > limits.unpacked_bytes or size > max(limits.ratio_from_bytes, packed * limits.ratio):
            break
        found[name] = Piece(begin, packed, size, method, crc)
        at = begin + packed
    return found


def piece_data(file: BinaryIO, piece: Piece) -> bytes:
    """One member.

    Raises:
        ValueError: it is damaged.
        zlib.error: likewise.
    """
    file.seek(piece.begin)
    data = file.read(piece.packed_bytes)
    if piece.method == zipfile.ZIP_DEFLATED:
        data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, piece.size_bytes + 1)
    if len(data) != piece.size_bytes or zlib.crc32(data) != piece.crc:
        raise ValueError("its checksum is another")
    return data
