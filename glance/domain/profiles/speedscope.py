"""Read speedscope's JSON: sampled and evented profiles, several in a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from glance.domain.profiles.any_reading import NamedProfile
from glance.domain.profiles.json_text import json_object, list_in, number, object_in, row_in, text_in
from glance.domain.profiles.limits import LIMITS, Limits
from glance.domain.profiles.parts import ValueType
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.stack_maker import StackMaker

SCHEMA = "speedscope.app/file-format-schema.json"
NANOS = {"seconds": 1_000_000_000, "milliseconds": 1_000_000, "microseconds": 1000, "nanoseconds": 1}
MOST_PROFILES = 10_000


@dataclass(frozen=True, slots=True)
class SpeedscopeReading:
    """The profiles of a file."""

    profiles: tuple[NamedProfile, ...]
    """At least one."""
    active: int
    """The one that is shown first."""


@dataclass(frozen=True, slots=True)
class Event:
    """A frame is opened or closed."""

    is_open: bool
    frame: int
    at: int


def read_speedscope(data: bytes, *, limits: Limits = LIMITS) -> SpeedscopeReading:
    """All profiles of a file.

    Raises:
        ProfileError: it is no file of speedscope, or one of its profiles is not valid; `why` says which rule it broke.
    """
    return speedscope_profiles(json_object(data, limits), limits)


def speedscope_profiles(whole: dict[str, Any], limits: Limits) -> SpeedscopeReading:
    """All profiles of the object that a file is.

    Raises:
        ProfileError: one of them is not valid.
    """
    frames = [checked(frame, "a frame") for frame in list_in(object_in(whole, "shared"), "frames")]
    found = [checked(profile, "a profile") for profile in list_in(whole, "profiles")]
    if not found:
        raise ProfileError("there is no profile in it")
    if len(found) > MOST_PROFILES:
        raise ProfileError(f"there are more than {MOST_PROFILES:,} profiles in it")
    active = whole.get("activeProfileIndex")
    named = tuple(
        NamedProfile(text_in(each, "name") or f"profile {at}", read_one(each, frames, limits))
        for at, each in enumerate(found, 1)
    )
    is_index = isinstance(active, int) and not isinstance(active, bool) and 0 <= active < len(named)
    return SpeedscopeReading(named, active if is_index else 0)  # type: ignore[arg-type]


def checked(found: object, what: str) -> dict[str, Any]:
    """An object.

    Raises:
        ProfileError: it is something else.
    """
    if not isinstance(found, dict):
        raise ProfileError(f"{what} is no object")
    return found


def read_one(found: dict[str, Any], frames: list[dict[str, Any]], limits: Limits) -> Profile:
    """One profile.

    Raises:
        ProfileError: it is not valid.
    """
    kind, unit = text_in(found, "type"), text_in(found, "unit") or "none"
    if unit not in {*NANOS, "bytes", "none"}:
        raise ProfileError(f'"{unit[:40]}" is no unit', f"units are none, bytes, {', '.join(NANOS)}")
    if kind == "sampled":
        return SampledReader(unit, frames, limits).profile(found)
    if kind == "evented":
        return EventedReader(unit, frames, limits).profile(found)
    raise ProfileError(f'"{kind[:40]}" is no type of profile', "types are sampled and evented")


class SpeedscopeReader:
    """What both kinds share: frames and weights."""

    def __init__(self, unit: str, frames: list[dict[str, Any]], limits: Limits) -> None:
        """Begin with the frames of the file."""
        self.scale = NANOS.get(unit, 1)
        if unit in NANOS:
            self.type = ValueType("time", "nanoseconds")
        else:
            self.type = ValueType("space", "bytes") if unit == "bytes" else ValueType("samples", "count")
        self.limits = limits
        self.maker = StackMaker([self.type], limits)
        self.frames = frames
        self.locations: dict[int, int] = {}

    def location(self, frame: object) -> int:
        """The row of a frame, by its place in the list of frames.

        Raises:
            ProfileError: there is no such frame.
        """
        if isinstance(frame, bool) or not isinstance(frame, int) or not 0 <= frame < len(self.frames):
            raise ProfileError(f"there is no frame {str(frame)[:20]}: the file has {len(self.frames):,}")
        row = self.locations.get(frame)
        if row is None:
            each = self.frames[frame]
            row = self.maker.frame(
                text_in(each, "name"), text_in(each, "file"), row_in(each, "line"), row_in(each, "col")
            )
            self.locations[frame] = row
        return row

    def weight(self, found: object) -> int:
        """A weight in the unit of the profile: times in nanoseconds, the rest whole."""
        value = number(found, "a weight")
        return value * self.scale if isinstance(value, int) else round(value * self.scale)

    def finished(self, found: dict[str, Any]) -> Profile:
        """The profile, once all is counted."""
        start, end = found.get("startValue"), found.get("endValue")
        is_timed = self.type.type == "time" and start is not None and end is not None
        duration = self.weight(end) - self.weight(start) if is_timed else 0
        return self.maker.profile(duration_nanos=max(0, duration))


class SampledReader(SpeedscopeReader):
    """A list of stacks, with a weight for each."""

    def profile(self, found: dict[str, Any]) -> Profile:
        """The profile.

        Raises:
            ProfileError: there are not as many weights as samples, or a frame is not there.
        """
        samples, weights = list_in(found, "samples"), list_in(found, "weights")
        if len(samples) != len(weights):
            raise ProfileError(f"it has {len(samples):,} samples and {len(weights):,} weights")
        for sample, weight in zip(samples, weights, strict=True):
            if not isinstance(sample, list):
                raise ProfileError("a sample is no list")
            stack = tuple([self.location(frame) for frame in reversed(sample)])
            self.maker.add(self.maker.stack(stack), self.weight(weight))
        return self.finished(found)


class EventedReader(SpeedscopeReader):
    """Frames that are opened and closed. What is open is a node of a tree, so that deep stacks cost nothing."""

    def __init__(self, unit: str, frames: list[dict[str, Any]], limits: Limits) -> None:
        """Begin with nothing open."""
        super().__init__(unit, frames, limits)
        self.nodes: dict[tuple[int, int], int] = {}
        self.parents: list[int] = [0]
        self.spent: dict[int, int] = {}
        self.open: list[tuple[int, int]] = [(-1, 0)]
        """Frames that are open, each with its node; the first one is none."""

    def profile(self, found: dict[str, Any]) -> Profile:
        """The profile.

        Raises:
            ProfileError: events are out of order, frames are closed that are not open, or some stay open.
        """
        events = list(self.events(list_in(found, "events")))
        for event, after in pairwise([*events, None]):
            if event is None:
                break
            self.apply(event)
            spent = after.at - event.at if after is not None else 0
            if spent < 0:
                raise ProfileError("events are out of order: one happens before the one that stands before it")
            if spent and len(self.open) > 1:
                node = self.open[-1][1]
                self.spent[node] = self.spent.get(node, 0) + spent
        if len(self.open) > 1:
            name = text_in(self.frames[self.open[-1][0]], "name")[:60]
            raise ProfileError(f'{len(self.open) - 1:,} frames are never closed, "{name}" is one of them')
        locations = [0, *(location for _, location in self.nodes)]
        for node, spent in self.spent.items():
            self.maker.add(self.maker.stack(tuple(self.path(node, locations))), spent)
        return self.finished(found)

    def path(self, node: int, locations: list[int]) -> Iterator[int]:
        """Locations from a node to the root."""
        while node:
            yield locations[node]
            node = self.parents[node]

    def apply(self, event: Event) -> None:
        """Open or close a frame."""
        frame, node = self.open[-1]
        if event.is_open:
            if len(self.open) > self.limits.depth:
                raise ProfileError(f"the profile has a stack of more than {self.limits.depth:,} frames")
            new = self.nodes.setdefault((node, self.location(event.frame)), len(self.parents))
            if new == len(self.parents):
                self.parents.append(node)
            self.open.append((event.frame, new))
            return
        if frame != event.frame:
            self.location(event.frame)
            name = text_in(self.frames[event.frame], "name")[:60]
            raise ProfileError(f'"{name}" is closed, but is not the innermost open frame')
        self.open.pop()

    def events(self, found: list[Any]) -> Iterator[Event]:
        """Events, as they are."""
        for each in found:
            event = checked(each, "an event")
            kind, frame = event.get("type"), event.get("frame")
            if kind not in {"O", "C"}:
                raise ProfileError("an event opens nothing and closes nothing")
            if isinstance(frame, bool) or not isinstance(frame, int):
                raise ProfileError(f"there is no frame {str(frame)[:20]}: the file has {len(self.frames):,}")
            yield Event(kind == "O", frame, self.weight(event.get("at")))
