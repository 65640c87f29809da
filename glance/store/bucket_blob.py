"""A bucket as one string of bytes, and back: what travels in a snapshot. docs/snapshots.md describes it.

`GLBK`, the length of the header (four bytes, little-endian), the header as JSON, then the blobs that it names.
"""

from __future__ import annotations

import json
import struct
import sys
from typing import Any

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.histogram import BINS
from glance.store.bucket_codec import COLUMNS, FORMAT, EncodedBucket, decode, encode
from glance.store.column_codec import DamagedError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MAGIC = b"GLBK"
MOST_HEADER = 64 << 10
MOST_UNPACKED = 512 << 20
MOST_RECORDS = 1 << 20
_EARLIEST_MS, _LATEST_MS = -62_135_596_800_000, 253_402_000_000_000
"""Moments that have a date."""
_LENGTH = struct.Struct("<4sI")
_NUMBERS = (
    "generation", "offset", "length", "lines", "records", "unparsed", "first_ms", "last_ms", "status_classes", "format",
)  # fmt: skip


def to_blob(bucket: LogBucket) -> bytes:
    """The bucket as one string of bytes."""
    encoded = encode(bucket)
    parts = {"slowest": encoded.slowest, "minutes": encoded.minutes, **encoded.columns}
    header: dict[str, Any] = {"source": encoded.source}
    header |= {name: getattr(encoded, name) for name in _NUMBERS}
    header["parts"] = [[name, len(data)] for name, data in parts.items()]
    words = json.dumps(header, ensure_ascii=True).encode("ascii")
    return b"".join([_LENGTH.pack(MAGIC, len(words)), words, *parts.values()])


def of_blob(data: bytes) -> LogBucket:
    """The bucket again.

    Raises:
        DamagedError: the bytes are not what `to_blob` made.
    """
    if len(data) < _LENGTH.size:
        raise DamagedError("it is cut off")
    magic, length = _LENGTH.unpack_from(data)
    if magic != MAGIC or length > min(MOST_HEADER, len(data) - _LENGTH.size):
        raise DamagedError("it is no bucket")
    begin = _LENGTH.size + length
    try:
        header = json.loads(data[_LENGTH.size : begin])
    except (ValueError, RecursionError) as error:
        raise DamagedError("its header is none") from error
    bucket = decode(_encoded(header, data, begin))
    _check(bucket)
    return bucket


def _check(bucket: LogBucket) -> None:
    """Refuse what no log says: whoever made these bytes may be anybody."""
    counts = (bucket.offset, bucket.length, bucket.lines, bucket.unparsed, bucket.generation)
    if min(counts) < 0 or bucket.records > MOST_RECORDS or bucket.times.step_ms not in (1, 1000):
        raise DamagedError("its numbers make no sense")
    if not bucket.records:
        return
    at_ms = bucket.times.milliseconds()
    if not (_EARLIEST_MS <= int(at_ms.min()) == bucket.first_ms and int(at_ms.max()) <= _LATEST_MS):
        raise DamagedError("its times make no sense")
    if int(bucket.sizes.min()) < -1:
        raise DamagedError("its sizes make no sense")
    if bucket.latencies is not None and int(bucket.latencies.max()) >= BINS:
        raise DamagedError("its latencies make no sense")


def _encoded(header: object, data: bytes, at: int) -> EncodedBucket:
    """What a header and the bytes behind it say."""
    if not isinstance(header, dict) or not isinstance(header.get("source"), str):
        raise DamagedError("its header is none")
    numbers: dict[str, Any] = {name: header.get(name) for name in _NUMBERS}
    if not all(type(value) is int and abs(value) < 1 << 64 for value in numbers.values()):
        raise DamagedError("its header lacks a number")
    if numbers["format"] > FORMAT:
        raise DamagedError(f"format {numbers['format']} is of a newer glance")
    parts = _parts(header.get("parts"), data, at)
    return EncodedBucket(
        source=header["source"],
        slowest=parts.pop("slowest", b""),
        minutes=parts.pop("minutes", b""),
        columns={name: part for name, part in parts.items() if name in COLUMNS},
        **numbers,
    )


def _unpacked_size(part: bytes, room: int) -> int:
    """To how many bytes a column unpacks.

    Raises:
        DamagedError: to more than there is room for.
    """
    if not part:
        return 0
    try:
        unpacker = zstd.ZstdDecompressor()
        size = len(unpacker.decompress(part, max_length=room + 1))
    except zstd.ZstdError as error:
        raise DamagedError(str(error)) from error
    if size > room or not unpacker.eof or unpacker.unused_data:
        raise DamagedError(f"it unpacks to more than {MOST_UNPACKED:,} bytes, or is cut off")
    return size


def _parts(named: object, data: bytes, at: int) -> dict[str, bytes]:
    """The blobs by name."""
    if not isinstance(named, list):
        raise DamagedError("its header names no columns")
    found: dict[str, bytes] = {}
    room = MOST_UNPACKED
    for one in named:
        if not (isinstance(one, list) and len(one) == 2 and isinstance(one[0], str) and type(one[1]) is int):
            raise DamagedError("its header names no columns")
        name, length = one
        if not 0 <= length <= len(data) - at:
            raise DamagedError("it is cut off")
        part = data[at : at + length]
        if name in COLUMNS or name == "minutes":
            room -= _unpacked_size(part, room)
        found[name] = part
        at += length
    return found
