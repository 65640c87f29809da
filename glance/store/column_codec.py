"""Columns as compressed bytes, and back, exactly. Pure: worker processes use it without a database.

Numbers are taken apart into planes (all lowest bytes, then all second ones …), which makes the high
ones compress to nothing; times are differences to the one before. Texts are kept once each.
"""

from __future__ import annotations

import struct
import sys
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.bucket import Ids, TextColumn, TimeColumn, UnreadLine, constant

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LEVEL = 3
"""Of zstd. Level 1 takes 15 % less time and 4 % more room, level 9 thrice the time and 5 % less room (measured)."""

_KINDS = {"u": (np.uint8, np.uint16, np.uint32, np.uint64), "i": (np.int8, np.int16, np.int32, np.int64)}
_RAW, _CONSTANT = 0, 1
_NUMBERS = struct.Struct("<BcBI")
"""How it is packed, signed or not, log2 of the bytes of a number, how many."""
_TIMES = struct.Struct("<qi")
_SPLIT, _LENGTHS = 0, 1
_VALUES = struct.Struct("<BI")
_UNREAD = struct.Struct("<QI")

Bounds = tuple[NDArray[np.intp], NDArray[np.intp]]

_own = threading.local()


class DamagedError(ValueError):
    """The bytes are no column."""


def squeeze(data: bytes) -> bytes:
    """Compressed bytes, with a checksum."""
    compressor = getattr(_own, "compressor", None)
    if compressor is None:  # costs more than compressing a small column
        options: dict[int, int] = {
            zstd.CompressionParameter.compression_level: LEVEL,
            zstd.CompressionParameter.checksum_flag: 1,
        }
        compressor = _own.compressor = zstd.ZstdCompressor(options=options)
    return bytes(compressor.compress(data, compressor.FLUSH_FRAME))


def unsqueeze(data: bytes) -> bytes:
    """The bytes again.

    Raises:
        DamagedError: they were changed since.
    """
    try:
        return bytes(zstd.decompress(data))
    except zstd.ZstdError as error:
        raise DamagedError(str(error)) from error


def pack_numbers(numbers: NDArray[Any]) -> bytes:
    """Integers of any width as bytes that compress well."""
    kind, count = numbers.dtype.kind.encode(), len(numbers)
    log_width = numbers.dtype.itemsize.bit_length() - 1
    if count and (numbers.strides[0] == 0 or not (numbers != numbers[0]).any()):
        return _NUMBERS.pack(_CONSTANT, kind, log_width, count) + numbers[:1].astype(_little(numbers)).tobytes()
    little = np.ascontiguousarray(numbers, _little(numbers))
    planes = little.view(np.uint8).reshape(count, numbers.dtype.itemsize).T
    return _NUMBERS.pack(_RAW, kind, log_width, count) + planes.tobytes()


def unpack_numbers(data: bytes, at: int = 0) -> tuple[NDArray[Any], int]:
    """The integers, and where the next thing begins.

    Raises:
        DamagedError: there are none.
    """
    try:
        how, kind, log_width, count = _NUMBERS.unpack_from(data, at)
        dtype = np.dtype(_KINDS[kind.decode()][log_width])
    except (struct.error, KeyError, IndexError, UnicodeDecodeError) as error:
        raise DamagedError(str(error)) from error
    at += _NUMBERS.size
    end = at + dtype.itemsize * (1 if how == _CONSTANT else count)
    if end > len(data):
        raise DamagedError("numbers are missing")
    if how == _CONSTANT:
        one = np.frombuffer(data, dtype.newbyteorder("<"), 1, at).astype(dtype)
        return np.broadcast_to(one[0], (count,)), end
    planes = np.frombuffer(data, np.uint8, end - at, at).reshape(dtype.itemsize, count)
    if dtype.itemsize == 1:
        return planes[0].view(dtype), end
    together: NDArray[np.uint8] = np.empty((count, dtype.itemsize), np.uint8)
    for place, plane in enumerate(planes):
        together[:, place] = plane
    return together.view(dtype.newbyteorder("<")).reshape(count).astype(dtype, copy=False), end


def _little(numbers: NDArray[Any]) -> np.dtype[Any]:
    return numbers.dtype.newbyteorder("<")


def encode_numbers(numbers: NDArray[Any]) -> bytes:
    """Integers, compressed."""
    return squeeze(pack_numbers(numbers))


def decode_numbers(data: bytes) -> NDArray[Any]:
    """The integers again; those that are all the same may not be written to."""
    return unpack_numbers(unsqueeze(data))[0]


def encode_times(times: TimeColumn) -> bytes:
    """A column of times, compressed: each as its difference to the one before."""
    head = _TIMES.pack(times.base_ms, times.step_ms)
    deltas = times.deltas
    if not len(deltas):
        return squeeze(head + pack_numbers(deltas))
    signed = np.dtype(_KINDS["i"][deltas.dtype.itemsize.bit_length() - 1])
    steps = np.diff(deltas, prepend=deltas.dtype.type(0)).view(signed)  # wraps around, and back again
    folded = ((steps << 1) ^ (steps >> (8 * signed.itemsize - 1))).view(deltas.dtype)
    return squeeze(head + pack_numbers(folded))


def decode_times(data: bytes) -> TimeColumn:
    """The times again."""
    plain = unsqueeze(data)
    if len(plain) < _TIMES.size:
        raise DamagedError("times are missing")
    base_ms, step_ms = _TIMES.unpack_from(plain)
    folded, _ = unpack_numbers(plain, _TIMES.size)
    steps = (folded >> 1) ^ (0 - (folded & 1)).astype(folded.dtype)
    deltas = np.cumsum(steps, dtype=folded.dtype)
    return TimeColumn(base_ms, step_ms, deltas)


def encode_text(column: TextColumn) -> bytes:
    """A column of text, compressed: the ids, and each value once."""
    return squeeze(pack_numbers(column.ids) + pack_values(column.values))


def decode_text(data: bytes) -> TextColumn:
    """The column again."""
    plain = unsqueeze(data)
    ids, at = unpack_numbers(plain)
    values = unpack_values(plain, at)
    if len(values) == 1:
        return TextColumn(constant(len(ids)), values)
    return TextColumn(_checked(ids, len(values)), values)


class PackedText:
    """A column of text of which the ids are at hand, and the values are still packed."""

    def __init__(self, data: bytes) -> None:
        """Unpack the ids.

        Raises:
            DamagedError: of this and all that follows: the bytes are no column.
        """
        self._plain = unsqueeze(data)
        ids, self._at = unpack_numbers(self._plain)
        if len(self._plain) < self._at + _VALUES.size:
            raise DamagedError("values are missing")
        self._how, self.count = _VALUES.unpack_from(self._plain, self._at)
        """How many values there are."""
        self.ids: Ids = constant(len(ids)) if self.count == 1 else _checked(ids, self.count)
        self._bounds: Bounds | None = None

    def values(self) -> tuple[bytes, ...]:
        """All values."""
        return unpack_values(self._plain, self._at)

    def some(self, places: NDArray[np.intp]) -> list[bytes]:
        """The values at some places."""
        bounds = self.bounds()
        if bounds is None:
            values = self.values()
            return [values[place] for place in places.tolist()]
        pairs = zip(bounds[0][places].tolist(), bounds[1][places].tolist(), strict=True)
        return [self._plain[start:end] for start, end in pairs]

    def bounds(self) -> Bounds | None:
        """Where each value begins and ends in `plain`, and holds no zero byte; None where they may hold some."""
        if self._how != _SPLIT:
            return None
        if self._bounds is None:
            at = self._at + _VALUES.size
            ends = np.flatnonzero(np.frombuffer(self._plain, np.uint8, offset=at) == 0) + at
            if len(ends) != self.count - 1:
                raise DamagedError("values are missing")
            self._bounds = np.concatenate([[at], ends + 1]), np.concatenate([ends, [len(self._plain)]])
        return self._bounds

    @property
    def plain(self) -> bytes:
        """What `bounds` is about."""
        return self._plain


def _checked(ids: Ids, count: int) -> Ids:
    if len(ids) and int(ids.max()) >= count:
        raise DamagedError("an id has no value")
    return ids


def pack_values(values: Sequence[bytes]) -> bytes:
    """Texts, whatever bytes are in them, to the end of what they are packed into."""
    joined = b"\0".join(values)
    if values and joined.count(0) == len(values) - 1:
        return _VALUES.pack(_SPLIT, len(values)) + joined
    lengths = np.fromiter(map(len, values), np.uint32, len(values))
    return _VALUES.pack(_LENGTHS, len(values)) + pack_numbers(lengths) + b"".join(values)


def unpack_values(data: bytes, at: int) -> tuple[bytes, ...]:
    """The texts again.

    Raises:
        DamagedError: there are none.
    """
    if len(data) < at + _VALUES.size:
        raise DamagedError("values are missing")
    how, count = _VALUES.unpack_from(data, at)
    at += _VALUES.size
    if how == _SPLIT:
        values = tuple(data[at:].split(b"\0"))
    else:
        lengths, at = unpack_numbers(data, at)
        ends = (at + np.cumsum(lengths, dtype=np.int64)).tolist()
        values = tuple(data[start:end] for start, end in zip([at, *ends], ends, strict=False))
        if ends and ends[-1] != len(data):
            raise DamagedError("values are cut off")
    if len(values) != count:
        raise DamagedError("values are missing")
    return values


def encode_unread(lines: Sequence[UnreadLine]) -> bytes:
    """Lines that no format reads, compressed."""
    return squeeze(b"".join(_UNREAD.pack(line.ordinal, len(line.text)) + line.text for line in lines))


def decode_unread(data: bytes) -> tuple[UnreadLine, ...]:
    """The lines again."""
    plain, at, lines = unsqueeze(data), 0, []
    while at < len(plain):
        if at + _UNREAD.size > len(plain):
            raise DamagedError("a line is cut off")
        ordinal, length = _UNREAD.unpack_from(plain, at)
        at += _UNREAD.size + length
        lines.append(UnreadLine(ordinal, plain[at - length : at]))
    return tuple(lines)
