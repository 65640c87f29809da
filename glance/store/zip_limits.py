"""Opens a zip that anybody may have made: held against limits before anything of it is unpacked."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from glance.domain.snapshot import is_member_name

END = struct.Struct("<4s4H2LH")
"""The end of a zip: mark, disks, counts, size and place of the directory, length of the comment."""
_END_MARK = b"PK\x05\x06"
_LARGE_MARK = b"PK\x06\x07"
_LARGE_BYTES = 20
_IS_ENCRYPTED = 0x1
_KINDS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_HEADER_BYTES = 30


class ZipError(ValueError):
    """It is no zip, or none that is unpacked."""


@dataclass(frozen=True, slots=True)
class ZipLimits:
    """Beyond any of these a file is not read."""

    packed_bytes: int = 1 << 30
    unpacked_bytes: int = 4 << 30
    member_bytes: int = 1 << 30
    members: int = 8192
    directory_bytes: int = 2 << 20
    ratio: int = 250
    """Unpacked to packed, of a member that unpacks to more than `ratio_from_bytes`."""
    ratio_from_bytes: int = 8 << 20


ZIP_LIMITS = ZipLimits()


def checked(path: Path, limits: ZipLimits) -> tuple[zipfile.ZipFile, BinaryIO]:
    """An open zip that keeps to the limits, and the file that is to be closed with it.

    Raises:
        ZipError: it does not, or is no zip.
        OSError: it cannot be read.
    """
    file = open_file(path)
    try:
        return within(file, limits), file
    except BaseException:
        file.close()
        raise


def within(file: BinaryIO, limits: ZipLimits = ZIP_LIMITS) -> zipfile.ZipFile:
    """The zip that an open file is, where it keeps to the limits.

    Raises:
        ZipError: it does not, or is no zip.
        OSError: it cannot be read.
    """
    size = os.fstat(file.fileno()).st_size
    _check_size(size, limits)
    file.seek(max(0, size - END.size - _LARGE_BYTES))
    _check_end(file.read(), size, limits)
    try:
        packed = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, struct.error, OverflowError, NotImplementedError) as error:
        raise ZipError("it is damaged, or cut off") from error
    _check_members(packed.infolist(), packed.start_dir, limits)
    return packed


def open_file(path: Path) -> BinaryIO:
    """Open a regular file; a pipe would block.

    Raises:
        ZipError: it is another kind.
        OSError: it cannot be opened.
    """
    file = os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC), "rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise ZipError("it is no regular file")
    return file


def _check_size(size: int, limits: ZipLimits) -> None:
    if size > limits.packed_bytes:
        raise ZipError(f"it has {size:,} bytes, more than the {limits.packed_bytes:,} that are read")


def _check_end(tail: bytes, size: int, limits: ZipLimits) -> None:
    """Hold the last bytes against the limits: what stands there decides how much is read of the directory."""
    if len(tail) < END.size or not tail[-END.size :].startswith(_END_MARK):
        raise ZipError("it is no zip file, or cut off")
    _, disk, first, here, count, length, place, comment = END.unpack(tail[-END.size :])
    is_large = tail[: -END.size].startswith(_LARGE_MARK)
    if is_large or disk or first or here != count or comment or place + length + END.size != size:
        raise ZipError("it is a zip of another kind than snapshots are")
    if count > limits.members or length > limits.directory_bytes:
        raise ZipError(f"it has {count:,} members, more than the {limits.members:,} that are read")


def is_dense(member: zipfile.ZipInfo, limits: ZipLimits = ZIP_LIMITS) -> bool:
    """It unpacks to so much more than it has that it may be a bomb."""
    return member.file_size > max(limits.ratio_from_bytes, member.compress_size * limits.ratio)


def _check_members(members: list[zipfile.ZipInfo], end: int, limits: ZipLimits) -> None:
    """Hold what the directory says against the limits.

    Members that overlap, so that a few bytes unpack to as much as one likes, are found by their places.
    """
    total, seen = 0, set()
    for one in members:
        if not is_member_name(one.filename) or one.filename in seen:
            raise ZipError(f"it has a member with a name that is not allowed: {one.filename[:80]!r}")
        seen.add(one.filename)
        if one.flag_bits & _IS_ENCRYPTED or one.compress_type not in _KINDS:
            raise ZipError(f"{one.filename} is packed in another way than snapshots are")
        total += one.file_size
        if one.file_size > limits.member_bytes or total > limits.unpacked_bytes:
            raise ZipError(f"it unpacks to more than {limits.unpacked_bytes:,} bytes")
        if is_dense(one, limits):
            raise ZipError(f"{one.filename} unpacks to more than {limits.ratio} times its size")
    begin = end
    for one in sorted(members, key=lambda each: -each.header_offset):
        if one.header_offset < 0 or one.header_offset + _HEADER_BYTES + one.compress_size > begin:
            raise ZipError("it has members that overlap")
        begin = one.header_offset
