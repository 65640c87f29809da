"""Holds the samples that know when they were taken: answers their heat map, and gives the profile of a part of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glance.domain.heat_board import PARTS, SECOND_MS
from glance.domain.sample_board import MICRO, SampleBoard, SampleSpan, SampleWish

if TYPE_CHECKING:
    from glance.domain.joint import Joint
    from glance.domain.profiles.profile import Profile
    from glance.domain.profiles.sample_ticks import SampleTicks
    from glance.domain.profiles.timed import TimedSamples

NO_TIMES = "The samples of this profile do not tell when they were taken."


@dataclass(slots=True)
class _Held:
    timed: TimedSamples
    ticks: SampleTicks | None = None
    """Made when somebody looks."""


class SampleDesk:
    """Samples by the name of their profile. In the collector's thread; `profile` in any."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._held: dict[str, _Held] = {}
        self._answer: SampleBoard | None = None

    def hold(self, name: str, timed: TimedSamples | None) -> None:
        """Hold the samples of a profile, in place of those of its namesake."""
        self.drop(name)
        if timed is not None:
            self._held[name] = _Held(timed)

    def drop(self, name: str) -> None:
        """Hold those of this name no longer."""
        self._held.pop(name, None)
        self._answer = None

    def __contains__(self, name: object) -> bool:
        """There are samples with times under this name."""
        return name in self._held

    def profile(self, span: SampleSpan) -> Profile | None:
        """Exactly the samples of a stretch of time; None where nobody knows their times.

        Raises:
            ProfileError: their times, or the sum of their values, are beyond all measure.
        """
        ticks = self._ticks(span.profile)
        return ticks.profile(span.start_us, span.end_us) if ticks is not None else None

    def span_within(self, name: str, joint: Joint | None) -> SampleSpan | None:
        """The stretch of a log that was pointed at, where it reaches into the time of a profile by the same clock.

        Raises:
            ProfileError: its times are beyond all measure.
        """
        interval = joint.interval if joint is not None else None
        if interval is None or not math.isfinite(interval.start + interval.end):
            return None
        ticks = self._ticks(name)
        if ticks is None or not ticks.timed.is_wall_clock or not len(ticks):
            return None
        span = SampleSpan(name, round(interval.start * MICRO), round(interval.end * MICRO))
        is_there = span.start_us <= int(ticks.ticks[-1]) and int(ticks.ticks[0]) < span.end_us
        return span if is_there else None

    def answer(self, wish: SampleWish) -> SampleBoard:
        """The map that is wanted."""
        if self._answer is None or self._answer.wish != wish:
            self._answer = self._board(wish)
        return self._answer

    def forget(self) -> None:
        """Nobody looks: keep no map."""
        self._answer = None

    def _board(self, wish: SampleWish) -> SampleBoard:
        from glance.domain.profiles.profile_error import ProfileError

        try:
            ticks = self._ticks(wish.profile)
        except ProfileError as error:
            return SampleBoard(wish, why=f"There is no map: {error.why}.")
        if ticks is None or not len(ticks):
            return SampleBoard(wish, why=NO_TIMES if ticks is None else "There are no samples.")
        return board_of(ticks, wish)

    def _ticks(self, name: str) -> SampleTicks | None:
        held = self._held.get(name)
        if held is None:
            return None
        if held.ticks is None:
            from glance.domain.profiles.sample_ticks import SampleTicks  # numpy: only where there is a profile

            held.ticks = SampleTicks.of(held.timed)
        return held.ticks


def board_of(ticks: SampleTicks, wish: SampleWish) -> SampleBoard:
    """The seconds that are shown: those from the wanted one on, or the last ones.

    Args:
        ticks: at least one sample.
        wish: what fits.
    """
    first, last = ticks.first_second, ticks.last_second
    seconds = min(max(1, wish.columns), last - first + 1)
    latest = last + 1 - seconds
    start = latest if wish.start is None else max(first, min(wish.start, latest))
    parts = wish.rows if wish.rows in PARTS else PARTS[0]
    cells = ticks.cells(start, seconds, parts)
    return SampleBoard(
        wish,
        start_ms=start * SECOND_MS,
        bounds=tuple(part / parts for part in range(parts, -1, -1)),
        hits=tuple(tuple(row) for row in cells.tolist()),
        total=len(ticks),
        first_ms=int(ticks.ticks[0]) // SECOND_MS,
        last_ms=int(ticks.ticks[-1]) // SECOND_MS,
        window_start_ms=first * SECOND_MS,
        window_end_ms=(last + 1) * SECOND_MS,
        is_wall_clock=ticks.timed.is_wall_clock,
    )
