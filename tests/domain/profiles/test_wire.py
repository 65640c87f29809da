"""Messages read side by side give what messages read one by one give, damage included."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.profiles import messages, wire
from glance.domain.profiles.wire import PADDING, Buffer, Walk, numbers_in, varint, varints
from tests.domain.profiles.wire_form import content, number, packed

WIRES = {1: (0,), 2: (0, 2), 3: (2,)}

fields = st.one_of(
    st.builds(number, st.integers(1, 5), st.integers(0, (1 << 64) - 1)),
    st.builds(number, st.integers(1, 5), st.integers(0, 200)),
    st.builds(content, st.integers(1, 5), st.binary(max_size=4)),
    st.builds(lambda rest: b"\x49" + rest, st.binary(min_size=8, max_size=8)),
    st.builds(lambda rest: b"\x4d" + rest, st.binary(min_size=4, max_size=4)),
    st.binary(max_size=12),
)
written = st.lists(st.lists(fields, max_size=5).map(b"".join), max_size=12)


def walked(parts: list[bytes]) -> tuple[list[list[tuple[int, ...]]], list[int]]:
    """The fields of each message, and the faults."""
    ends = np.cumsum([len(part) for part in parts], dtype=np.int64)
    walk = Walk(Buffer(b"".join(parts) + PADDING), ends - [len(part) for part in parts], ends, WIRES, 1000)
    found: list[list[tuple[int, ...]]] = [[] for _ in parts]
    for each in walk.fields():
        for row, kind, value, start, end in zip(*(column.tolist() for column in each), strict=True):
            found[row].append((kind, value if kind in WIRES else 0, start, end))  # nobody uses the others
    return found, walk.faults.tolist()


@given(written)
def test_side_by_side_is_as_one_by_one(parts):
    one_by_one = walked(parts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wire, "FEW", 0)
        side_by_side = walked(parts)
        patch.setattr(wire, "LONG", 2)
        patch.setattr(wire, "SOME", 3)
        changing = walked(parts)

    assert side_by_side == one_by_one
    assert changing == one_by_one


@given(st.lists(st.lists(st.one_of(st.integers(0, 300), st.integers(0, (1 << 64) - 1)), max_size=5), max_size=6))
def test_packed_numbers(ranges):
    raw = [packed(1, *values)[2:] if len(values) < 12 else b"" for values in ranges]
    ends = np.cumsum([len(part) for part in raw], dtype=np.int64)

    found, counts, broken = numbers_in(Buffer(b"".join(raw) + PADDING), ends - [len(part) for part in raw], ends)

    assert found.tolist() == [value for values in ranges for value in values]
    assert counts.tolist() == [len(values) for values in ranges]
    assert not broken.any()


@given(st.lists(st.binary(max_size=24), max_size=6))
def test_any_bytes_as_packed_numbers(raw):
    def one(part: bytes) -> tuple[list[int], bool]:
        values, at = [], 0
        while at < len(part):
            value, at = varint(part + b"\x80" * 16, at)
            values.append(value)
        return values, at > len(part)

    lengths = np.array([len(part) for part in raw], dtype=np.int64)
    ends = np.cumsum(lengths, dtype=np.int64)

    found, counts, broken = numbers_in(Buffer(b"".join(raw) + PADDING), ends - lengths, ends)

    places = np.cumsum([0, *counts.tolist()]).tolist()
    for row, part in enumerate(raw):
        values, is_broken = one(part)
        assert bool(broken[row]) == is_broken
        if not is_broken:
            assert found[places[row] : places[row + 1]].tolist() == values


@given(st.lists(st.binary(min_size=1, max_size=12), min_size=1, max_size=9))
def test_numbers_at_many_places(parts):
    data = b"".join(parts) + PADDING
    at = np.array(sorted({0, *np.cumsum([len(part) for part in parts])[:-1].tolist()}), dtype=np.int64)

    values, after = varints(np.frombuffer(data, dtype=np.uint8), at)

    expected = [varint(data, place) for place in at.tolist()]
    for value, end, (wanted, wanted_end) in zip(values.tolist(), after.tolist(), expected, strict=True):
        assert end == wanted_end
        assert end == wire.NO_END or value == wanted


@settings(max_examples=30)
@given(st.lists(st.integers(0, 30), max_size=20), st.integers(1, 40))
def test_portions_leave_nothing_out(lengths, size):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(messages, "PORTION", size)
        parts = messages.portions(np.array(lengths, dtype=np.int64))

    assert [at for part in parts for at in range(part.start, part.stop)] == list(range(len(lengths)))
    assert parts
