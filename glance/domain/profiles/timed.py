"""Samples that know when they were taken: what a sub-second heat map is drawn from, and its flame graph."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from glance.domain.profiles.call_tree import added_up
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.tables import Flags, Ints

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class TimedSamples:
    """Samples in order of time; each is a row of a profile of distinct stacks.

    A range is half-open: a sample at its start is in it, one at its end is not. What a profile of a
    range counts are exactly the samples `chosen` marks, so a tree and the cells above it always agree.
    """

    stacks: Profile
    """Each stack once; its values are not used."""
    times: Floats
    """Seconds, ascending."""
    rows: Ints
    """For each sample its row of `stacks`."""
    values: Ints
    """For each sample a number for each sample type."""
    is_wall_clock: bool = False
    """The times are since the epoch; else since some moment that only this machine knows."""

    @classmethod
    def of(
        cls, stacks: Profile, times: list[float], rows: list[int], values: list[list[int]], *, is_wall_clock: bool
    ) -> TimedSamples:
        """Put samples in order.

        Args:
            stacks: each stack once.
            times: seconds, in any order, all finite.
            rows: for each sample its row of `stacks`.
            values: one list for each sample type, with a number for each sample.
            is_wall_clock: the times are since the epoch.

        Raises:
            ProfileError: a number does not fit into 64 bits, or a time is none.
        """
        try:
            at = np.array(times, dtype=np.float64)
            table = np.array(values, dtype=np.int64).reshape(len(values), len(times)).T
        except OverflowError as error:
            raise ProfileError("a number does not fit into 64 bits") from error
        if not bool(np.isfinite(at).all()):
            raise ProfileError("the time of a sample is not a number")
        order = np.argsort(at, kind="stable")
        return cls(stacks, at[order], np.array(rows, dtype=np.int64)[order], table[order], is_wall_clock)

    def __len__(self) -> int:
        """How many samples there are."""
        return len(self.times)

    @property
    def start(self) -> float:
        """The time of the first sample; 0 where there is none."""
        return float(self.times[0]) if len(self.times) else 0.0

    @property
    def end(self) -> float:
        """The time of the last sample, wherever in the file it stood; 0 where there is none."""
        return float(self.times[-1]) if len(self.times) else 0.0

    def chosen(self, start: float, end: float) -> slice:
        """The samples of a range: at `start` or later, and before `end`."""
        low, high = np.searchsorted(self.times, (start, end), side="left").tolist()
        return slice(low, max(low, high))

    def profile(self, start: float = float("-inf"), end: float = float("inf")) -> Profile:
        """The samples of a range as a profile; all of them when nothing is said."""
        return self.part(self.chosen(start, end))

    def part(self, chosen: slice) -> Profile:
        """Some samples that follow each other as a profile.

        Raises:
            ProfileError: a sum does not fit into 64 bits.
        """
        rows, count = self.rows[chosen], len(self.stacks)
        columns = [added_up(rows, column, count) for column in self.values[chosen].T]
        try:
            values = np.array(columns, dtype=np.int64).reshape(len(columns), count).T
        except OverflowError as error:
            raise ProfileError("a sum does not fit into 64 bits") from error
        is_there = np.zeros(count, dtype=np.bool_)
        is_there[rows] = True
        return self.stacks.with_values(values).kept(is_there)

    def kept(self, samples: Flags) -> TimedSamples:
        """Only the samples that are marked."""
        return replace(self, times=self.times[samples], rows=self.rows[samples], values=self.values[samples])

    def without_stacks(self, stacks: Flags) -> TimedSamples:
        """Without the samples of the stacks that are marked, such as idle ones."""
        return self.kept(~stacks[self.rows])
