"""The counts of a filter that chooses nearly everything: those of everything without those of what it leaves out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.held import HeldBucket
from glance.domain.logs.moving_tally import IsOver
from glance.domain.logs.ranking import RowDetails
from glance.domain.logs.selections import Others, Selections
from glance.domain.logs.window_tally import WindowTally
from glance.domain.window import Window


class Remainder(WindowTally):
    """A window tally that counts the smaller side. Exact, for counts subtract."""

    def __init__(
        self, everything: WindowTally, rankings: tuple[str, ...], window: Window, selections: Selections
    ) -> None:
        """Count nothing yet.

        Args:
            everything: the counts of all records, which are known.
            rankings: names of RANKED_FIELDS, of those that it counts.
            window: the first window.
            selections: what is chosen.
        """
        self._everything = everything
        super().__init__(everything.series, rankings, window, Others(selections, everything.series))

    def fits(self, rankings: tuple[str, ...], window: Window) -> bool:
        """What is remembered serves this question too."""
        return self._everything.fits(rankings, window) and super().fits(rankings, window)

    def update(self, window: Window, is_over: IsOver | None = None) -> None:
        """Count the window anew, from what is remembered; always all of it."""
        self._everything.update(window)
        super().update(window)
        self.total = self._everything.total.plus(self.total, -1)

    @property
    def buckets(self) -> list[HeldBucket]:
        """All that were counted."""
        return self._everything.buckets

    def details(self, name: str, keys: NDArray[np.intp], *, has_latency: bool) -> RowDetails:
        """Latency and hits over time of some rows of a ranking, in their order."""
        known = self._everything.details(name, keys, has_latency=has_latency)
        return known.plus(super().details(name, keys, has_latency=has_latency), -1)
