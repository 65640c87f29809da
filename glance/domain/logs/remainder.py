"""The counts of a filter that chooses nearly everything: those of everything without those of what it leaves out."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.held import HeldBucket
from glance.domain.logs.moving_tally import IsOver
from glance.domain.logs.ranking import RowDetails
from glance.domain.logs.selections import Others, Selections
from glance.domain.logs.tally import Tally
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
        """Count the window anew, from what is remembered.

        Until all is counted that is left out, more is counted than there is: what was not looked at counts as chosen.
        """
        self._everything.update(window)
        super().update(window, is_over)
        self._total = self._added_up()  # now, for what it is taken from moves on by itself

    @property
    def hits(self) -> int:
        """Records counted, without adding up all else."""
        return self._everything.hits - super().hits

    def _added_up(self) -> Tally:
        return self._everything.total.plus(super()._added_up(), -1)

    @property
    def buckets(self) -> list[HeldBucket]:
        """All that were counted."""
        return self._everything.buckets

    def details(self, name: str, keys: NDArray[np.intp], *, has_latency: bool) -> RowDetails:
        """Latency and hits over time of some rows of a ranking, in their order."""
        known = self._everything.details(name, keys, has_latency=has_latency)
        return known.plus(super().details(name, keys, has_latency=has_latency), -1)

    def known_details(self, name: str, keys: NDArray[np.intp], *, has_latency: bool) -> RowDetails:
        """The same while not all is counted: of those rows that were looked at all along."""
        known = self._everything.known_details(name, keys, has_latency=has_latency)
        return known.plus(super().known_details(name, keys, has_latency=has_latency), -1)

    def track(self, wanted: Mapping[str, NDArray[np.intp]], *, has_latency: bool) -> None:
        """Count what `details` will be asked for, of several rankings at once."""
        self._everything.track(wanted, has_latency=has_latency)
        super().track(wanted, has_latency=has_latency)
