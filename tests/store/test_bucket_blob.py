"""A bucket as one string of bytes, and back; damage and what was made to hurt is an error and nothing else."""

from __future__ import annotations

import json
import random
import struct
import sys
from dataclasses import replace

import numpy as np
import pytest

from glance.domain.logs.bucket import LogBucket, TextColumn, TimeColumn
from glance.store import bucket_blob
from glance.store.bucket_blob import of_blob, to_blob
from glance.store.column_codec import DamagedError
from tests.domain.logs.brute import bucket_of, make_records, records_of

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


@pytest.fixture
def bucket() -> LogBucket:
    """A bucket of some records."""
    return bucket_of(make_records(300, 3), generation=2**64 - 1, source="/var/log/a\udcff.log")


def test_there_and_back(bucket: LogBucket) -> None:
    found = of_blob(to_blob(bucket))

    assert records_of(found) == records_of(bucket)
    assert (found.source, found.generation) == (bucket.source, bucket.generation)


def test_any_damage_is_told(bucket: LogBucket) -> None:
    data, rng = to_blob(bucket), random.Random(4)
    for _ in range(400):
        broken = bytearray(data)
        for _ in range(rng.randrange(1, 4)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        try:
            of_blob(bytes(broken))
        except DamagedError:
            continue
    for length in range(0, len(data), 37):
        with pytest.raises(DamagedError):
            of_blob(data[:length])


@pytest.mark.parametrize(
    "change",
    [
        {"times": TimeColumn(2**60, 1000, np.zeros(300, np.uint8))},
        {"times": TimeColumn(0, 7, np.zeros(300, np.uint8))},
        {"latencies": np.full(300, 65535, np.uint16)},
        {"sizes": np.full(300, -5, np.int32)},
        {"lines": -1},
        {"texts": {}},
    ],
)
def test_what_no_log_says_is_refused(bucket: LogBucket, change: dict[str, object]) -> None:
    if "texts" in change:
        wrong = TextColumn(np.full(300, 9, np.uint8), (b"a", b"b"))
        change = {"texts": bucket.texts | {"client": wrong}}
    with pytest.raises(DamagedError):
        of_blob(to_blob(replace(bucket, **change)))  # type: ignore[arg-type]


def test_a_bomb_is_not_unpacked(bucket: LogBucket, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket_blob, "MOST_UNPACKED", 1 << 20)
    data = to_blob(bucket)
    magic, length = struct.unpack_from("<4sI", data)
    header = json.loads(data[8 : 8 + length])
    bomb = zstd.compress(bytes(50 << 20))
    header["parts"].append(["user", len(bomb)])
    words = json.dumps(header).encode()

    with pytest.raises(DamagedError, match="unpacks to more"):
        of_blob(struct.pack("<4sI", magic, len(words)) + words + data[8 + length :] + bomb)
