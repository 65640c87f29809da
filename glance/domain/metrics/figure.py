"""From sums to figures: averages, deviations, quantiles, shares of each group of cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.histogram import BINS
from glance.domain.metrics.cells import Cells, Keys
from glance.domain.metrics.distinct import Grouping
from glance.domain.metrics.metric import PERCENTILES, Metric
from glance.domain.metrics.observation import Value
from glance.domain.metrics.question import BYTE, SECONDS

BIN_BITS = 11
"""Bits of a key that hold a bin."""
assert 1 << BIN_BITS >= BINS


@dataclass(frozen=True, slots=True)
class Figures:
    """A figure for each group."""

    groups: Keys
    """In order, those with records."""
    values: NDArray[np.float64]
    """NaN where there is none."""
    samples: NDArray[np.int64]

    def at(self, place: int) -> Value:
        """That of one group."""
        value = float(self.values[place])
        return Value(None if np.isnan(value) else value, int(self.samples[place]))


def figures(metric: Metric, cells: Cells | None, group_of: Grouping, seconds: int) -> Figures:
    """The metric's figure for each group of cells.

    Args:
        metric: what is asked.
        cells: by key, for a quantile by bin in its lower bits too.
        group_of: tells of keys in which group each is counted.
        seconds: length of a group in time, for rates.
    """
    if cells is None:
        return Figures(np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.int64))
    if metric.statistic in PERCENTILES:
        share = PERCENTILES[metric.statistic]
        return _quantiles(cells, group_of, share, 1 / BYTE if metric.property == "bytes" else 1.0)
    found = cells.with_keys(group_of(cells.keys))
    return Figures(found.keys, _values(metric.statistic, found, seconds), found.columns["count"].astype(np.int64))


def _values(statistic: str, cells: Cells, seconds: int) -> NDArray[np.float64]:
    columns = {name: column.astype(np.float64) for name, column in cells.columns.items()}
    counts = columns["count"]
    if statistic == "rate":
        return np.asarray(counts / max(1, seconds))
    if statistic == "ratio":
        return np.asarray(columns["match"] / counts)
    if statistic == "sum":
        return columns["sum"]
    if statistic == "avg":
        return np.asarray(columns["sum"] / counts)
    if statistic in ("min", "max"):
        return columns["least" if statistic == "min" else "most"]
    if statistic in ("variance", "stddev"):
        spread = np.where(counts > 1, columns["square"] / np.maximum(counts - 1, 1), np.nan)
        return np.asarray(spread if statistic == "variance" else np.sqrt(spread))
    return counts


def _quantiles(cells: Cells, group_of: Grouping, share: float, scale: float) -> Figures:
    """The nearest rank of each group's histogram, all at once: cells are in order of group and bin."""
    keys = group_of(cells.keys >> BIN_BITS) << BIN_BITS | cells.keys & ((1 << BIN_BITS) - 1)
    found = cells.with_keys(keys)
    counts = found.columns["count"].astype(np.int64)
    groups, starts = np.unique(found.keys >> BIN_BITS, return_index=True)
    cumulated = np.cumsum(counts)
    before = np.append(0, cumulated)[starts]
    samples = np.diff(np.append(before, cumulated[-1]))
    ranks = np.maximum(1, np.ceil(share * samples - 1e-9)).astype(np.int64)
    places = np.searchsorted(cumulated, before + ranks)
    bins = found.keys[places] & ((1 << BIN_BITS) - 1)
    return Figures(groups, SECONDS[bins] * scale, samples)
