"""Read what Austin, the sampler of Python, prints: a stack, and how long or how much memory since the last one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from glance.domain.profiles.limits import LIMITS, Limits
from glance.domain.profiles.parts import LabelSet, ValueType
from glance.domain.profiles.plain_text import lines_of
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.stack_maker import StackMaker
from glance.domain.profiles.timed import TimedSamples

REMARK = re.compile(r"# ([a-z]+): (.*)")
NUMBERS = re.compile(r"-?[0-9]{1,18}(?:[, ]-?[0-9]{1,18}){0,2}")
PROCESS = re.compile(r"(?:P|Process )([0-9]{1,18})")
THREAD = re.compile(r"(?:T|Thread )([0-9a-zA-Z]{1,40}(?::[0-9a-zA-Z]{1,40})?)")
PLACE = re.compile(r"(.*):([^:]*):([0-9]{1,9})")
NAME_FIRST = re.compile(r"(.*) \(([^()]*?)(?::([0-9]{1,9}))?\)")
OLD_LINE = re.compile(r"L([0-9]{1,9})")
BINARY = b"MOJ"
MICRO = 1_000_000
PARTS = 3


@dataclass(frozen=True, slots=True)
class AustinReading:
    """What was printed."""

    profile: Profile
    timed: TimedSamples | None
    """None in a profile of memory, which has no times."""
    damages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AustinSample:
    """One line."""

    row: int
    thread: tuple[str, str]
    numbers: tuple[int, ...]


def is_austin(text: str) -> bool:
    """It begins like what Austin prints."""
    if text.startswith("# austin: "):
        return True
    for line in text[:8192].split("\n"):
        if line.startswith("#") or not line.strip():
            continue
        frames = line.split(";")
        if len(frames) > 1 and PROCESS.fullmatch(frames[0]):
            return THREAD.match(frames[1]) is not None
        return re.fullmatch("Thread (?:0x)?[0-9a-f]{1,18}", frames[0]) is not None and len(frames) > 1
    return False


def read_austin(data: bytes, *, limits: Limits = LIMITS) -> AustinReading:
    """Samples of Austin, of any version that prints text.

    A time is the sum of the times of a thread until then: when the sample began.

    Raises:
        ProfileError: no line of it is a sample, or it is too large.
    """
    reader = AustinReader(limits)
    for line in lines_of(data, limits):
        reader.take(line)
    return reader.reading()


class AustinReader:
    """Takes line after line."""

    def __init__(self, limits: Limits) -> None:
        """Begin with nothing."""
        self.maker = StackMaker([], limits)
        self.remarks: dict[str, str] = {}
        self.samples: list[AustinSample] = []
        self.frames: dict[str, int] = {}
        self.bad = 0

    def take(self, line: str) -> None:
        """One more line."""
        if line.startswith("#"):
            remark = REMARK.match(line)
            if remark is not None:
                self.remarks[remark[1]] = remark[2].strip()
        elif line and not line.isspace() and not self.take_sample(line):
            self.bad += 1

    def take_sample(self, line: str) -> bool:
        """A stack and its numbers; false when it is none."""
        parts = line.split(";")
        frames, last = parts[:-1], parts[-1].rstrip()
        at = numbers_at(last, most=1 if "austin" in self.remarks else PARTS)
        if at < 0:
            return False
        tail, numbers = last[:at], tuple(int(each) for each in re.split("[, ]", last[at + 1 :]))
        frames.append(tail)
        process, thread = "", ""
        match = PROCESS.fullmatch(frames[0])
        if match is not None:
            process = match[1]
            frames.pop(0)
        match = THREAD.fullmatch(frames[0]) if frames else None
        if match is None:
            return False
        thread = match[1]
        locations = [self.maker.frame(f"Thread {thread}")]
        if process:
            locations.insert(0, self.maker.frame(f"Process {process}"))
        locations += self.locations(frames[1:])
        labels = {"thread": (thread,)} | ({"process": (process,)} if process else {})
        row = self.maker.stack(tuple(reversed(locations)), LabelSet(labels))
        self.samples.append(AustinSample(row, (process, thread), numbers))
        return True

    def locations(self, frames: list[str]) -> list[int]:
        """Rows of frames, the root first; in old versions the line is a part of its own."""
        found: list[int] = []
        for at, frame in enumerate(frames):
            if not frame or (found and OLD_LINE.fullmatch(frame)):
                continue
            following = frames[at + 1] if at + 1 < len(frames) else ""
            line = OLD_LINE.fullmatch(following)
            key = f"{frame};{following}" if line else frame
            row = self.frames.get(key)
            if row is None:
                row = self.frames[key] = self.location(frame, int(line[1]) if line else 0)
            found.append(row)
        return found

    def location(self, frame: str, line: int) -> int:
        """The row of a frame: `file:function:line`, or `function (file)`, with the line there or after it."""
        named = NAME_FIRST.fullmatch(frame) if frame.endswith(")") else None
        if named is not None:
            return self.maker.frame(named[1], named[2], int(named[3] or line))
        place = PLACE.fullmatch(f"{frame}:{line}" if line else frame)
        if place is not None and place[2]:
            return self.maker.frame(place[2], place[1], int(place[3]))
        return self.maker.frame(frame.strip(":") or frame, "", line)

    def reading(self) -> AustinReading:
        """All that was read.

        Raises:
            ProfileError: there is no sample.
        """
        if not self.samples:
            raise ProfileError("no line of it is a sample of Austin")
        mode = self.remarks.get("mode", "wall")
        is_memory = mode.startswith("mem")
        time = ValueType("cpu" if mode.startswith("cpu") else "wall", "microseconds")
        is_full = all(len(each.numbers) == PARTS for each in self.samples)
        types = [ValueType("samples", "count"), ValueType("memory", "bytes") if is_memory and not is_full else time]
        if is_full:
            types = [types[0], time, ValueType("memory_allocated", "bytes"), ValueType("memory_released", "bytes")]
        self.maker.types = tuple(types)
        self.maker.values = [[0] * len(types) for _ in self.maker.values]
        return self.counted(types, time, is_full=is_full, has_times=is_full or not is_memory)

    def counted(self, types: list[ValueType], time: ValueType, *, is_full: bool, has_times: bool) -> AustinReading:
        """Values and times of all samples."""
        is_new = "austin" in self.remarks
        clocks: dict[tuple[str, str], int] = {}
        times: list[float] = []
        values: list[list[int]] = []
        for each in self.samples:
            row = [1, *(full_values(each.numbers, is_new=is_new) if is_full else each.numbers[:1])]
            self.maker.add(each.row, *row)
            at = clocks.get(each.thread, 0)
            times.append(at / MICRO)
            clocks[each.thread] = at + max(0, row[1])
            values.append(row)
        duration = max(clocks.values()) * 1000 if has_times else 0
        profile = self.maker.profile(duration_nanos=duration, default_sample_type=types[1].type)
        timed = None
        if has_times:
            columns = [list(column) for column in zip(*values, strict=True)]
            rows = [each.row for each in self.samples]
            timed = TimedSamples.of(profile, times, rows, columns, is_wall_clock=False)
        words = f"{self.bad:,} {'line is' if self.bad == 1 else 'lines are'} no sample: left out"
        return AustinReading(profile, timed, (words,) if self.bad else ())


def numbers_at(text: str, most: int) -> int:
    """Where the numbers at the end of a line begin, -1 where there are none. Old versions put spaces between them."""
    at = text.rfind(" ")
    if at < 0 or not NUMBERS.fullmatch(text, at + 1):
        return -1
    for _ in range(most - 1):
        before = text.rfind(" ", 0, at)
        if before < 0 or not NUMBERS.fullmatch(text, before + 1):
            return at
        at = before
    return at


def full_values(numbers: tuple[int, ...], *, is_new: bool) -> tuple[int, int, int]:
    """Time, memory gained and memory given back.

    New versions print time, whether it was idle, and the change of memory in bytes; old ones time, and
    kilobytes gained and given back.
    """
    time, second, third = numbers
    if is_new:
        return time, max(0, third), max(0, -third)
    return time, second * 1024, abs(third) * 1024
