"""How a metric stands over one stretch of time, segment by segment; values are made only of what is asked for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from glance.domain.metrics.figure import Figures
from glance.domain.metrics.observation import Value
from glance.domain.metrics.segments import Segments

Condition = Callable[[NDArray[np.float64]], NDArray[np.bool_]]


class Standing:
    """The figures of every segment with records. Good until more is counted."""

    def __init__(self, found: Figures, segments: Segments | None) -> None:
        """Take figures by the number of the segment.

        Args:
            found: the figures.
            segments: their names; None where all is one, without a name.
        """
        self._found = found
        self._segments = segments

    @property
    def samples(self) -> int:
        """Records of all segments."""
        return int(self._found.samples.sum())

    def value(self, segment: bytes) -> Value | None:
        """The value of a segment; None where it has no records."""
        number = 0 if self._segments is None else self._segments.find(segment)
        if number is None:
            return None
        place = int(np.searchsorted(self._found.groups, number))
        if place == len(self._found.groups) or self._found.groups[place] != number:
            return None
        return self._found.at(place)

    def beyond(self, holds: Condition) -> list[tuple[float, bytes]]:
        """Value and name of the segments whose value meets a condition; those without a value do not."""
        if self._segments is None:
            return []
        with np.errstate(invalid="ignore"):
            places = np.flatnonzero(holds(self._found.values) & ~np.isnan(self._found.values))
        names, groups = self._segments.names, self._found.groups
        return [(float(self._found.values[place]), names[groups[place]]) for place in places.tolist()]
