"""Profiles made to hurt: an error that names the limit, in bounded time and memory."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from glance.domain.profiles.call_tree import call_tree, function_counts
from glance.domain.profiles.limits import Limits
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.proto import read, read_leniently
from tests.domain.profiles.wire_form import FUNCTION, LOCATION, SAMPLE, STRINGS, TYPE, WHOLE, content, number, packed

SMALL = Limits(unpacked_bytes=8 << 20, messages=20_000, fields=40_000, frames=400_000, depth=5000, string_bytes=4096)
HEAD = TYPE + LOCATION + FUNCTION + STRINGS

HOSTILE = {
    "samples without anything": (HEAD + b"\x12\x00" * 300_000, "samples, locations"),
    "strings without anything": (HEAD + b"\x32\x00" * 300_000, "samples, locations"),
    "fields without end": (HEAD + content(2, number(1, 1) * 100_000), "fields"),
    "fields without end in many": (HEAD + content(2, number(1, 1) * 2000) * 300, "fields"),
    "unknown fields": (HEAD + content(4, number(9, 1) * 100_000), "fields"),
    "empty ranges": (HEAD + content(2, b"\x0a\x00" * 100_000), "fields"),
    "a deep stack": (HEAD + content(2, content(1, b"\x01" * 6000) + number(2, 5)), "6,000 frames"),
    "a very deep stack": (HEAD + content(2, content(1, b"\x01" * 4_000_000) + number(2, 5)), "5,000 frames or values"),
    "padded numbers": (
        HEAD + content(2, content(1, (b"\x81" + b"\x80" * 8 + b"\x00") * 5001) + number(2, 5)),
        "frames",
    ),
    "many frames": (HEAD + content(2, content(1, b"\x01" * 4000) + number(2, 5)) * 200, "frames"),
    "a deep inlining": (HEAD + content(4, number(1, 2) + content(4, number(1, 1)) * 6000), "6,000 lines"),
    "a long name": (WHOLE + content(6, b"x" * 5000), "string"),
    "many labels": (HEAD + content(2, number(1, 1) + number(2, 5) + content(3, b"") * 50_000), "fields"),
}


@pytest.mark.parametrize(("data", "limit"), HOSTILE.values(), ids=HOSTILE)
def test_limits_are_named_in_time(data, limit):
    tracemalloc.start()
    began = time.process_time()
    try:
        for reader in (read, read_leniently):
            with pytest.raises(ProfileError) as caught:
                reader(data, limits=SMALL)
            assert limit in caught.value.why
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 100 << 20
    assert time.process_time() - began < 8


def test_deepest_stacks_that_are_allowed_are_shown():
    depth = 60_000
    deep = content(2, packed(1, *[1] * depth) + number(2, 5))
    profile = read(TYPE + deep * 3 + SAMPLE + LOCATION + FUNCTION + STRINGS)

    tree = call_tree(profile, 0)

    assert len(tree) == depth + 1
    assert function_counts(profile, 0)[0].cum == 20


def test_nested_messages_are_not_followed():
    """Depth of nesting is that of the format; what else is nested is bytes of an unknown field."""
    nested = b""
    for _ in range(2000):
        nested = content(12, nested)

    assert len(read(WHOLE + content(20, nested) + content(4, number(1, 2) + content(7, nested)))) == 1


def test_numbers_at_the_edges():
    edges = number(9, (1 << 63) - 1) + number(10, -(1 << 63)) + number(12, -1)
    profile = read(WHOLE + edges + content(4, number(1, (1 << 64) - 1) + number(3, (1 << 64) - 1)))

    assert (profile.time_nanos, profile.duration_nanos, profile.period) == ((1 << 63) - 1, -(1 << 63), -1)
    assert (profile.locations[1].id, profile.locations[1].address) == ((1 << 64) - 1, (1 << 64) - 1)
