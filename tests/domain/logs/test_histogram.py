"""Latency bins: at most 1 % off, and quantiles by nearest rank."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from glance.domain.logs.histogram import ACCURACY, BINS, bin_seconds, bins_of, quantiles, row_quantiles


@given(st.lists(st.floats(1e-6, 6 * 3600), min_size=1, max_size=200))
def test_every_latency_is_told_within_one_percent(latencies: list[float]) -> None:
    """The bin's value differs from the latency by at most 1 %."""
    exact = np.array(latencies)

    told = bin_seconds()[bins_of(exact)]

    assert (np.abs(told - exact) <= exact * (ACCURACY + 1e-9)).all()


@given(st.lists(st.floats(1e-6, 6 * 3600), min_size=1, max_size=300), st.sampled_from([0.5, 0.9, 0.95, 0.99, 1.0]))
def test_quantiles_are_within_one_percent_of_nearest_rank(latencies: list[float], share: float) -> None:
    """A quantile is that of the sorted latencies, within 1 %."""
    exact = sorted(latencies)[max(1, int(np.ceil(share * len(latencies)))) - 1]
    counts = np.bincount(bins_of(np.array(latencies)), minlength=BINS)

    (told,) = quantiles(counts, (share,))
    (row,) = row_quantiles(counts.reshape(1, -1), (share,))

    assert told == pytest.approx(exact, rel=ACCURACY + 1e-9)
    assert told == row[0]


def test_none_and_zero_have_bins_of_their_own() -> None:
    """No latency is not a latency of zero."""
    assert bins_of(np.array([-1.0, np.nan, 0.0, 1e-9])).tolist() == [0, 0, 1, 1]


def test_no_latency_has_no_quantile() -> None:
    """Nothing timed, nothing told."""
    assert quantiles(np.bincount([0, 0, 0], minlength=BINS), (0.5, 0.99)) == (None, None)


def test_extremes_are_clipped() -> None:
    """What is longer than the longest is told as the longest."""
    assert int(bins_of(np.array([1e12]))[0]) == BINS - 1
