"""What a metric is for one period and one segment."""

from __future__ import annotations

from typing import NamedTuple


class Value(NamedTuple):
    """A figure, and how many records it is of."""

    value: float | None
    """None where there is none."""
    samples: int


class Observation(NamedTuple):
    """The value of a metric for one period and one segment."""

    start: int
    """When the period begins, epoch seconds."""
    segment: bytes
    """Empty where the metric has no segments."""
    value: float | None
    samples: int
    """Records that it is of."""
