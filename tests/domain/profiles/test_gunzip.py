"""Unpacking: members, damage, and bombs."""

from __future__ import annotations

import gzip
import random
import tracemalloc
import zlib

import pytest

from glance.domain.profiles.damage import Damages
from glance.domain.profiles.gunzip import unpacked
from glance.domain.profiles.limits import Limits
from glance.domain.profiles.profile_error import ProfileError

LIMITS = Limits()
PLAIN = bytes(range(256)) * 40
PACKED = gzip.compress(PLAIN)


def strictly(data: bytes, limits: Limits = LIMITS) -> bytes:
    """Unpacked, or an error."""
    return unpacked(data, limits, Damages(is_strict=True))


def leniently(data: bytes) -> tuple[bytes, list[str]]:
    """What can be unpacked, and the damage."""
    damages = Damages(is_strict=False)
    return unpacked(data, LIMITS, damages), damages.words


def test_plain_and_packed_and_members():
    assert strictly(PLAIN) == PLAIN
    assert strictly(PACKED) == PLAIN
    assert strictly(PACKED + gzip.compress(b"") + PACKED) == PLAIN + PLAIN


DAMAGED = {
    "cut off": (PACKED[:-20], "decompressing profile: unexpected EOF"),
    "cut off in its trailer": (PACKED[:-2], "decompressing profile: unexpected EOF"),
    "only magic": (PACKED[:3], "decompressing profile: unexpected EOF"),
    "wrong checksum": (PACKED[:-8] + b"abcd" + PACKED[-4:], "decompressing profile: gzip: invalid checksum"),
    "wrong length": (PACKED[:-4] + b"abcd", "decompressing profile: gzip: invalid checksum"),
    "bytes behind it": (PACKED + b"more", "decompressing profile: gzip: invalid header"),
    "zeros behind it": (PACKED + bytes(8), "decompressing profile: gzip: invalid header"),
    "broken in the middle": (PACKED[:10] + b"\xff" * 30, "decompressing profile: flate"),
    "no such method": (b"\x1f\x8b\x07" + PACKED[3:], "decompressing profile: gzip: invalid header"),
}


@pytest.mark.parametrize(("data", "reason"), DAMAGED.values(), ids=DAMAGED)
def test_damage_is_refused_or_told(data, reason):
    with pytest.raises(ProfileError) as caught:
        strictly(data)
    assert caught.value.why.startswith(reason)

    damages = leniently(data)[1]
    assert damages[0].startswith(reason)
    assert len(damages) == 1


def test_what_is_whole_is_kept():
    assert leniently(DAMAGED["wrong checksum"][0])[0] == PLAIN
    assert leniently(DAMAGED["bytes behind it"][0])[0] == PLAIN
    assert PLAIN.startswith(leniently(DAMAGED["cut off"][0])[0])
    assert len(leniently(DAMAGED["cut off"][0])[0]) > 0


def test_all_before_a_mistake_is_kept():
    noise = random.Random(1).randbytes(200_000)
    packed = bytearray(gzip.compress(noise))
    packed[-6] ^= 1  # of the checksum

    assert leniently(bytes(packed))[0] == noise
    packed[100_000:100_100] = bytes(100)
    assert leniently(bytes(packed))[0][:90_000] == noise[:90_000]


def test_broken_bomb():
    bomb = bytearray(gzip.compress(bytes(64 << 20)))
    bomb[-6] ^= 1
    for limit in (1 << 20, 16 << 20):
        with pytest.raises(ProfileError) as caught:
            unpacked(bytes(bomb), Limits(unpacked_bytes=limit), Damages(is_strict=False))
        assert "more than" in caught.value.why


def test_bombs():
    bomb = gzip.compress(bytes(64 << 20))
    small = Limits(unpacked_bytes=4 << 20, ratio_from_bytes=1 << 20)
    tracemalloc.start()
    try:
        for data in (bomb, bomb[:-8] + b"wrong...", bomb + bomb):
            with pytest.raises(ProfileError) as caught:
                strictly(data, small)
            assert "more than" in caught.value.why
            with pytest.raises(ProfileError):
                unpacked(data, small, Damages(is_strict=False))
        assert tracemalloc.get_traced_memory()[1] < 32 << 20
    finally:
        tracemalloc.stop()


def test_ratio_counts_only_from_some_size_on():
    zeros = gzip.compress(bytes(2 << 20))

    assert len(strictly(zeros)) == 2 << 20
    with pytest.raises(ProfileError):
        strictly(zeros, Limits(ratio_from_bytes=1 << 20))


def test_many_empty_members():
    empty = gzip.compress(b"")

    assert strictly(empty * 64) == b""
    with pytest.raises(ProfileError) as caught:
        strictly(empty * 80_000)
    assert caught.value.why == "decompressing profile: more than 64 gzip members"


def test_nested_gzip_is_unpacked_once():
    assert strictly(gzip.compress(PACKED)) == PACKED


def test_large_files():
    with pytest.raises(ProfileError, match="cannot use the profile"):
        strictly(bytes(20), Limits(packed_bytes=10))
    with pytest.raises(ProfileError):
        strictly(bytes(20), Limits(unpacked_bytes=10))
    assert zlib.crc32(strictly(PACKED)) == zlib.crc32(PLAIN)
