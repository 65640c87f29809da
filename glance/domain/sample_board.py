"""Samples with times as a heat map: what its page asks and is answered, and the stretch of time that was chosen."""

from __future__ import annotations

from dataclasses import dataclass

from glance.domain.heat_board import HeatBoard, HeatKind, HeatWish

MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class SampleSpan:
    """A stretch of the time of a profile: what is at its start belongs to it, what is at its end does not."""

    profile: str
    """Its name; of any other profile nothing is chosen by it."""
    start_us: int
    """Microseconds since the epoch, or since that moment which only the profile's machine knows."""
    end_us: int

    @property
    def seconds(self) -> float:
        """How long it is."""
        return (self.end_us - self.start_us) / MICRO


@dataclass(frozen=True, slots=True)
class SampleWish(HeatWish):
    """The samples of one profile within seconds."""

    kind: HeatKind = "second"
    profile: str = ""


@dataclass(frozen=True, slots=True)
class SampleBoard(HeatBoard):
    """The map of a profile; what a map of a log counts as requests are its samples here."""

    is_wall_clock: bool = True
    """Its times are since the epoch."""
    why: str = ""
    """Why there is no map, in words of ours."""
