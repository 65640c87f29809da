"""Buckets: merging is associative and loses nothing."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.logs.bucket import LogBucket, merge
from tests.domain.logs.brute import bucket_of, make_records, records_of


def cut(count: int, seed: int, cuts: list[int]) -> list[LogBucket]:
    """Records cut at some places into buckets that follow each other."""
    records = make_records(count, seed)
    places = sorted({0, count, *(place % (count + 1) for place in cuts)})
    return [bucket_of(records[start:end], offset=10 * start) for start, end in pairwise(places)]


@settings(max_examples=60)
@given(st.integers(1, 80), st.integers(0, 1000), st.lists(st.integers(0, 80), max_size=4))
def test_any_cut_merges_to_the_same_bucket(count: int, seed: int, cuts: list[int]) -> None:
    """Left to right, right to left, or never cut: the same records in the same order."""
    whole = bucket_of(make_records(count, seed))
    pieces = cut(count, seed, cuts)
    left = pieces[0]
    for piece in pieces[1:]:
        left = merge(left, piece)
    right = pieces[-1]
    for piece in reversed(pieces[:-1]):
        right = merge(piece, right)

    assert records_of(left) == records_of(whole) == records_of(right)
    assert (left.offset, left.length, left.lines) == (whole.offset, whole.length, whole.lines)
    assert left.slowest_seconds == whole.slowest_seconds


def test_strangers_do_not_merge() -> None:
    """Stretches that do not follow each other are not one."""
    first = bucket_of(make_records(3, 1))
    with pytest.raises(ValueError, match="follow"):
        merge(first, bucket_of(make_records(3, 1), offset=999))
    with pytest.raises(ValueError, match="follow"):
        merge(first, bucket_of(make_records(3, 1), offset=30, generation=2))


def test_columns_are_as_narrow_as_they_can_be() -> None:
    """Ids of few values take one byte, whole seconds are kept as seconds."""
    bucket = bucket_of([record._replace(at_ms=record.at_ms // 1000 * 1000) for record in make_records(50, 3)])

    assert {column.ids.dtype.itemsize for column in bucket.texts.values()} == {1}
    assert bucket.times.step_ms == 1000
    assert bucket.times.deltas.dtype.itemsize == 2
