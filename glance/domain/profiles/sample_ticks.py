"""The samples of a profile by whole microseconds: the cells of a heat map and the tree below it are cut by the same."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.tables import Ints
from glance.domain.profiles.timed import Floats, TimedSamples

MICRO = 1_000_000
NANOS_A_TICK = 1000
EXACT_TO = 4.0e6
"""Seconds up to which a float tells nanoseconds apart."""
LATEST = 9.0e12
"""Seconds up to which microseconds fit into 64 bits."""


@dataclass(frozen=True, slots=True, eq=False)
class SampleTicks:
    """Samples with the microsecond of each.

    A time is rounded once; then there are whole numbers only. So what a cell counts and what a tree of the
    same stretch is made of are the same samples, wherever they are cut.
    """

    timed: TimedSamples
    ticks: Ints
    """Ascending."""

    @classmethod
    def of(cls, timed: TimedSamples) -> SampleTicks:
        """Round the times.

        Raises:
            ProfileError: they lie beyond all clocks.
        """
        if len(timed) and max(abs(timed.start), abs(timed.end)) > LATEST:
            raise ProfileError("the times of its samples are those of no clock")
        return cls(timed, _ticks(timed.times))

    def __len__(self) -> int:
        """How many samples there are."""
        return len(self.ticks)

    @property
    def first_second(self) -> int:
        """The second of the first sample; 0 where there is none."""
        return int(self.ticks[0]) // MICRO if len(self.ticks) else 0

    @property
    def last_second(self) -> int:
        """The second of the last sample, wherever in the file it stood."""
        return int(self.ticks[-1]) // MICRO if len(self.ticks) else 0

    def chosen(self, start_us: int, end_us: int) -> slice:
        """The samples from a microsecond on, and before another."""
        low, high = np.searchsorted(self.ticks, (start_us, end_us), side="left").tolist()
        return slice(low, max(low, high))

    def count(self, start_us: int, end_us: int) -> int:
        """How many samples that are."""
        chosen = self.chosen(start_us, end_us)
        return int(chosen.stop - chosen.start)

    def cells(self, second: int, seconds: int, parts: int) -> Ints:
        """Samples by part of the second, the last part on top, and by second.

        Args:
            second: the first one.
            seconds: how many columns.
            parts: into how many rows a second is cut; a divisor of a million.
        """
        chosen = self.chosen(second * MICRO, (second + seconds) * MICRO)
        places = (self.ticks[chosen] - second * MICRO) // (MICRO // parts)
        counts = np.bincount(places, minlength=seconds * parts).astype(np.int64)
        return np.asarray(counts.reshape(seconds, parts).T[::-1])

    def profile(self, start_us: int, end_us: int) -> Profile:
        """The samples of a stretch as a profile.

        Raises:
            ProfileError: a sum does not fit into 64 bits.
        """
        found = self.timed.part(self.chosen(start_us, end_us))
        return replace(
            found,
            time_nanos=start_us * NANOS_A_TICK if self.timed.is_wall_clock else 0,
            duration_nanos=min(max(0, end_us - start_us) * NANOS_A_TICK, 1 << 62),
        )


def _ticks(times: Floats) -> Ints:
    """Whole microseconds: down from nanoseconds where a float has them, else the nearest.

    What was written as 0.58 is no float; without the rounding it would fall into the part of the second before.
    """
    if not len(times) or max(abs(float(times[0])), abs(float(times[-1]))) <= EXACT_TO:
        return np.asarray(np.rint(times * 1e9).astype(np.int64) // NANOS_A_TICK)
    return np.asarray(np.rint(times * 1e6).astype(np.int64))
