"""Where the parts of the page of profiles stand: side by side where there is room, else one at a time."""

from __future__ import annotations

from dataclasses import dataclass

from textual.geometry import Region, Size

from glance.widgets.flame_state import FlameState, Part

SIDE_BY_SIDE = Size(100, 28)
"""From this size on there is more than one part at once."""
THREE = 150
"""From this width on there is room for three below the graph."""


@dataclass(frozen=True, slots=True)
class FlamePlan:
    """The parts that are shown, each with its frame, and the line of details."""

    places: dict[Part, Region]
    details: int
    """The line."""
    polls: int = 0
    """Lines above everything, for the polls."""

    @property
    def is_one(self) -> bool:
        """Only one part is shown at a time."""
        return len(self.places) == 1

    def inside(self, part: Part) -> Size:
        """Room within the frame of a part."""
        place = self.places[part]
        return Size(max(1, place.width - 2), max(1, place.height - 2))

    def part_at(self, x: int, y: int) -> Part | None:
        """The part at a place."""
        return next((part for part, place in self.places.items() if place.contains(x, y)), None)


def plan(size: Size, state: FlameState) -> FlamePlan:
    """Place everything."""
    polls = _poll_lines(size) if state.has_polls else 0
    if polls:
        inner = _without_polls(Size(size.width, size.height - polls), state)
        places = {part: place.translate((0, polls)) for part, place in inner.places.items()}
        return FlamePlan(places, inner.details + polls, polls)
    return _without_polls(size, state)


def _poll_lines(size: Size) -> int:
    """How many lines there are for polls: the polls, what is chosen in words, the clock."""
    return sum(size.height >= least for least in (8, 14, 26))


def _without_polls(size: Size, state: FlameState) -> FlamePlan:
    """Place the parts."""
    width, height = size
    if width < SIDE_BY_SIDE.width or height < SIDE_BY_SIDE.height:
        return FlamePlan({state.part: Region(0, 0, width, height - 1)}, height - 1)
    upper = max(14, (height - 1) * 60 // 100)
    lower = height - 1 - upper
    places: dict[Part, Region] = {"flame": Region(0, 0, width, upper)}
    parts: tuple[Part, ...] = ("top", "calls", "source") if width >= THREE else ("top", state.other)
    shares = (35, 62, 100) if len(parts) > 2 else (50, 100)
    left = 0
    for part, share in zip(parts, shares, strict=True):
        right = width * share // 100
        places[part] = Region(left, upper + 1, right - left, lower)
        left = right
    return FlamePlan(places, upper)
