"""Who makes a storm of 404s: each part of the rule at its limit."""

from __future__ import annotations

import numpy as np
import pytest

from glance.domain.logs.storm import LEAST_HITS, LEAST_PATHS, stormers


def storming(clients: list[int], paths: list[int], hits: list[int]) -> list[int]:
    """The clients, as plain numbers."""
    return [int(one) for one in stormers(*(np.array(column, np.int64) for column in (clients, paths, hits)))]


@pytest.mark.parametrize(
    ("lost", "paths", "hits", "is_storm"),
    [
        (LEAST_HITS, LEAST_PATHS, LEAST_HITS, True),
        (LEAST_HITS - 1, LEAST_PATHS, LEAST_HITS, False),
        (LEAST_HITS, LEAST_PATHS - 1, LEAST_HITS, False),
        (LEAST_HITS, LEAST_PATHS, 2 * LEAST_HITS, True),
        (LEAST_HITS, LEAST_PATHS, 2 * LEAST_HITS + 1, False),
    ],
)
def test_each_limit_counts(lost: int, paths: int, hits: int, is_storm: bool) -> None:
    """At it, and just beyond."""
    assert storming([3] * lost, [number % paths for number in range(lost)], [0, 0, 0, hits]) == [3] * is_storm


def test_those_with_most_come_first_and_unknown_clients_are_no_trouble() -> None:
    """A client beyond the counts has no requests but its 404s."""
    clients, paths = [1] * 30 + [9] * 50, list(range(30)) + list(range(50))

    assert storming(clients, paths, [0, 30]) == [9, 1]
    assert storming([], [], []) == []
