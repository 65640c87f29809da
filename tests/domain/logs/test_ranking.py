"""Which names come first: the same as by sorting all of them, and cheap when a crowd comes once each."""

from __future__ import annotations

import time

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from glance.domain.logs.ranking import first_named, top_keys

NAMES = [b"%d" % (number * 7919 % 100_003) for number in range(300)]


@given(st.lists(st.integers(-2, 4), max_size=300), st.integers(0, 40))
def test_the_first_are_those_of_a_sort(scores: list[int], count: int) -> None:
    hits = np.array(scores, np.int64)
    wanted = sorted((key for key in range(len(hits)) if hits[key] > 0), key=lambda key: (-hits[key], NAMES[key]))
    assert top_keys(hits, NAMES, count).tolist() == wanted[:count]


@given(st.lists(st.integers(0, 2), max_size=300), st.integers(0, 40))
def test_the_first_by_name_are_those_of_a_sort(scores: list[int], count: int) -> None:
    hits = np.array(scores, np.int64)
    wanted = sorted((key for key in range(len(hits)) if hits[key]), key=NAMES.__getitem__)
    assert first_named(hits, NAMES, count) == wanted[:count]


def test_a_crowd_that_came_once_each_is_not_sorted() -> None:
    """As in an attack from very many addresses: half a second for each list, and nothing else would be done."""
    crowd = [b"/%08x" % (number * 2_654_435_761 % (1 << 32)) for number in range(300_000)]
    hits = np.ones(len(crowd), np.int64)
    hits[::1000] = 2
    began = time.thread_time()
    found = top_keys(hits, crowd, 400).tolist()
    assert time.thread_time() - began < 0.3
    assert {int(hits[key]) for key in found[:300]} == {2}
    assert found[300:] == first_named(hits == 1, crowd, 100)
