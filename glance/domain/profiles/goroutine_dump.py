"""Read what Go prints with `goroutine?debug=2`, and when a program panics: every goroutine with state and stack."""

from __future__ import annotations

import re
from dataclasses import dataclass

from glance.domain.profiles.go_addresses import unquoted
from glance.domain.profiles.goroutines import GoFrame, Goroutine, Goroutines
from glance.domain.profiles.limits import LIMITS, Limits
from glance.domain.profiles.parts import NO_LABELS, LabelSet, ValueType
from glance.domain.profiles.plain_text import lines_of
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.stack_maker import StackMaker

HEADER = re.compile(
    r"goroutine ([0-9]{1,18})(?: gp=\S+)?(?: m=\S+)?(?: mp=\S+)? \[([^\]\n]{0,400})\](?: \{(.*)\})?:\s*"
)
START = re.compile(r"^" + HEADER.pattern + r"$", re.MULTILINE)
PLACE = re.compile(r"\s+(\S.*):([0-9]{1,9})(?: .*)?")
CREATED = re.compile(r"created by (.+?)(?: in goroutine ([0-9]{1,18}))?")
LABEL = re.compile(r'(?:"((?:[^"\\]|\\.)*+)"|([^":,]++)): (?:"((?:[^"\\]|\\.)*+)"|([^",]*+))(?:, |$)')
MINUTES = re.compile(r"([0-9]{1,9}) minutes?")
LOCKED = "locked to thread"


@dataclass(frozen=True, slots=True)
class GoroutineReading:
    """What was printed."""

    goroutines: Goroutines
    profile: Profile
    damages: tuple[str, ...]


def is_goroutine_dump(text: str) -> bool:
    """There is a goroutine near its beginning."""
    return START.search(text[: 64 << 10]) is not None


def read_goroutines(data: bytes, *, limits: Limits = LIMITS) -> GoroutineReading:
    """Every goroutine, and a profile that counts them.

    Raises:
        ProfileError: there is none in it, or it is too large.
    """
    reader = DumpReader(limits)
    for line in lines_of(data, limits):
        reader.take(line)
    reader.finish()
    if not reader.found:
        raise ProfileError("there is no goroutine in it")
    damages = []
    if reader.bad:
        damages.append(f"{reader.bad:,} {'line is' if reader.bad == 1 else 'lines are'} no part of a stack: left out")
    goroutines = Goroutines(tuple(reader.found))
    return GoroutineReading(goroutines, profile_of(goroutines, limits), tuple(damages))


class DumpReader:
    """Takes line after line."""

    def __init__(self, limits: Limits) -> None:
        """Begin with nothing."""
        self.limits = limits
        self.found: list[Goroutine] = []
        self.header: re.Match[str] | None = None
        self.frames: list[GoFrame] = []
        self.created_by: GoFrame | None = None
        self.creator = 0
        self.name = ""
        self.is_creation = False
        self.has_more = False
        self.bad = 0
        self.known_frames: dict[GoFrame, GoFrame] = {}
        self.known_stacks: dict[tuple[int, ...], tuple[GoFrame, ...]] = {}
        """By the identities of their frames: of a hundred thousand goroutines most have the stack of another one."""

    def take(self, line: str) -> None:
        """One more line."""
        header = HEADER.fullmatch(line) if line.startswith("goroutine ") else None
        if header is not None:
            self.finish()
            self.header = header
        elif self.header is None:
            return  # the message of a panic, or what stands around in a log
        elif not line or line.isspace():
            self.finish()
        elif line[0].isspace():
            self.take_place(line)
        else:
            self.take_call(line)

    def take_call(self, line: str) -> None:
        """The line with the name of a call."""
        self.flush()
        created = CREATED.fullmatch(line)
        if created is not None:
            self.name, self.is_creation = created[1], True
            self.creator = int(created[2] or 0)
        elif line.startswith("...") and "elided" in line:
            self.has_more = True
        elif line.endswith(")") and "(" in line:
            self.name = line[: line.rindex("(")]
        else:
            self.bad += 1

    def take_place(self, line: str) -> None:
        """The line with file and number."""
        place = PLACE.fullmatch(line)
        if place is None or not self.name:
            self.bad += "stack unavailable" not in line
            return
        self.flush(place[1], int(place[2]))

    def flush(self, file: str = "", line: int = 0) -> None:
        """A call is complete."""
        if not self.name:
            return
        frame = GoFrame(self.name, file, line)
        frame = self.known_frames.setdefault(frame, frame)
        if self.is_creation:
            self.created_by = frame
        else:
            self.frames.append(frame)
            if len(self.frames) > self.limits.depth:
                raise ProfileError(f"a goroutine has a stack of more than {self.limits.depth:,} frames")
        self.name, self.is_creation = "", False

    def finish(self) -> None:
        """A goroutine is complete."""
        self.flush()
        if self.header is not None:
            state, *more = self.header[2].split(", ")
            minutes = [int(match[1]) for match in map(MINUTES.fullmatch, more) if match]
            self.found.append(
                Goroutine(
                    int(self.header[1]),
                    state,
                    minutes[0] if minutes else 0,
                    LOCKED in more,
                    self.known_stacks.setdefault(tuple(map(id, self.frames)), tuple(self.frames)),
                    self.created_by,
                    self.creator,
                    labels_of(self.header[3] or ""),
                    self.has_more,
                )
            )
        self.header, self.created_by, self.creator, self.has_more = None, None, 0, False
        self.frames.clear()


def labels_of(text: str) -> dict[str, str]:
    """Labels as a traceback prints them: `method: GET, route: /slow`."""
    found: dict[str, str] = {}
    at = 0
    while match := LABEL.match(text, at):
        key = match[2] if match[1] is None else unquoted(match[1])
        found[key] = match[4] if match[3] is None else unquoted(match[3])
        at = match.end()
    return found


def profile_of(goroutines: Goroutines, limits: Limits) -> Profile:
    """A profile that counts goroutines; state, wait and creator are labels beside their own."""
    kind = ValueType("goroutine", "count")
    maker = StackMaker([kind], limits)
    known: dict[int, tuple[int, ...]] = {}
    for each in goroutines.goroutines:
        rows = known.get(id(each.frames))
        if rows is None:
            rows = tuple([maker.frame(frame.name, frame.file, frame.line) for frame in each.frames])
            known[id(each.frames)] = rows
        maker.add(maker.stack(rows, label_set_of(each)), 1)
    return maker.profile(period_type=kind, period=1)


def label_set_of(each: Goroutine) -> LabelSet:
    """What is known of a goroutine, as labels."""
    labels = {key: (value,) for key, value in each.labels.items() if value}
    labels["state"] = (each.state,)
    if each.created_by is not None:
        labels["created_by"] = (each.created_by.name,)
    if each.is_locked:
        labels["locked"] = ("thread",)
    if not each.wait_minutes:
        return LabelSet(labels) if labels else NO_LABELS
    return LabelSet(labels, {"wait": (each.wait_minutes,)}, {"wait": ("minutes",)})
