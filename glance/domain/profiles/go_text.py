"""Read what Go's endpoints print with `?debug=1`: heap, goroutine and other counts, mutex and block.

The figures are the ones of `go tool pprof`, which reads the same text; names and labels, which it does
not, are taken from the remarks.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from glance.domain.profiles.go_addresses import AddressStacks, addresses_of
from glance.domain.profiles.limits import LIMITS, Limits
from glance.domain.profiles.parts import LabelSet, ValueType
from glance.domain.profiles.plain_text import lines_of
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.stack_maker import StackMaker

COUNT_START = re.compile(r"(\S+) profile: total [0-9]+")
COUNT = re.compile(r"([0-9]{1,19}) @((?: 0x[0-9a-f]+)*)")
HEAP_START = re.compile(
    r"heap profile: *([0-9]{1,19}): *([0-9]{1,19}) *"
    r"\[ *([0-9]{1,19}): *([0-9]{1,19}) *\] *@ *([a-z0-9_]*)/?([0-9]{0,19})"
)
HEAP = re.compile(r"(-?[0-9]{1,19}): *(-?[0-9]{1,19}) *\[ *([0-9]{1,19}): *([0-9]{1,19}) *\] @((?:\s+0x[0-9a-f]+)*)\s*")
CONTENTION_STARTS = ("--- contentionz ", "--- mutex:", "--- contention:")
CONTENTION = re.compile(r"\s*([0-9]{1,19}) +([0-9]{1,19}) @((?: 0x[0-9a-f]+)*)\s*")
MEMORY_MAPS = ("--- Memory map: ---", "MAPPED_LIBRARIES:")
NumberedLines = Iterator[tuple[int, str]]
EVERYTHING = ("heap_v2", "heapz_v2", "heap")
"""Samplers whose figures stand for more than they say."""
OBJECTS = (ValueType("objects", "count"), ValueType("space", "bytes"))
ALLOCATIONS = (
    ValueType("alloc_objects", "count"), ValueType("alloc_space", "bytes"),
    ValueType("inuse_objects", "count"), ValueType("inuse_space", "bytes"),
)  # fmt: skip


def is_go_text(text: str) -> bool:
    """It begins like one of these."""
    line = first_line(text)
    return line.startswith((*CONTENTION_STARTS, "heap profile:")) or COUNT_START.fullmatch(line) is not None


def first_line(text: str) -> str:
    """The first line that is no remark."""
    for line in text[:4096].split("\n"):
        if line.strip() and not line.startswith("#"):
            return line.rstrip("\r")
    return ""


def read_go_text(data: bytes, *, limits: Limits = LIMITS) -> Profile:
    """A profile from what `?debug=1` prints.

    Raises:
        ProfileError: it is none, or a line of it cannot be understood.
    """
    lines = enumerate(lines_of(data, limits), 1)
    start = next((line for _, line in lines if line.strip() and not line.startswith("#")), "")
    if start.startswith("heap profile:"):
        return HeapText(start, limits).profile(lines)
    if start.startswith(CONTENTION_STARTS):
        return ContentionText(limits).profile(lines)
    match = COUNT_START.fullmatch(start)
    if match is None:
        raise ProfileError("unrecognized profile format")
    return CountText(match[1], limits).profile(lines)


class GoText:
    """Records of a stack each, with remarks below them."""

    def __init__(self, maker: StackMaker) -> None:
        """Begin with nothing."""
        self.maker = maker
        self.stacks = AddressStacks(maker)
        self.record: tuple[list[int], list[int]] | None = None

    def read(self, lines: NumberedLines) -> None:
        """All records.

        Raises:
            ProfileError: a line is not understood.
        """
        for number, line in lines:
            if line.startswith("#"):
                self.stacks.remark(line)
            elif not line or line.isspace():
                continue
            elif line.startswith("---") or line.strip() in MEMORY_MAPS:
                break
            else:
                self.finish()
                self.record = self.parsed(line, number)
        self.finish()

    def parsed(self, line: str, number: int) -> tuple[list[int], list[int]] | None:
        """Values and addresses of a line; None for one that has none."""
        raise NotImplementedError

    def finish(self) -> None:
        """All remarks of a record have been read."""
        if self.record is not None:
            values, addresses = self.record
            self.maker.add(self.stacks.stack(addresses), *values)
        self.stacks.symbols.clear()
        self.record = None


class CountText(GoText):
    """Goroutines, threads created, and profiles of one's own."""

    def __init__(self, kind: str, limits: Limits) -> None:
        """Begin with what is counted."""
        super().__init__(StackMaker([ValueType(kind, "count")], limits))

    def profile(self, lines: NumberedLines) -> Profile:
        """The whole of it."""
        self.read(lines)
        return self.maker.profile(period_type=self.maker.types[0], period=1)

    def parsed(self, line: str, number: int) -> tuple[list[int], list[int]]:
        """A count and its addresses."""
        match = COUNT.fullmatch(line)
        if match is None:
            raise malformed(number)
        return [int(match[1])], addresses_of(match[2])


class HeapText(GoText):
    """What is allocated, and what was."""

    def __init__(self, start: str, limits: Limits) -> None:
        """Begin with the first line."""
        match = HEAP_START.match(start)
        if match is None or match[5] not in {*EVERYTHING, "heapprofile", "growth", "growthz", "fragmentationz"}:
            raise ProfileError("unrecognized profile format")
        self.has_allocations = match[3] not in {match[1], "0"} or match[4] not in {match[2], "0"}
        self.is_sampled = match[5] in EVERYTHING
        period = int(match[6] or 0)
        self.period = (period // 2 if match[5] == "heap" else period) if self.is_sampled else 1
        super().__init__(StackMaker(ALLOCATIONS if self.has_allocations else OBJECTS, limits))

    def profile(self, lines: NumberedLines) -> Profile:
        """The whole of it."""
        self.read(lines)
        return self.maker.profile(period_type=ValueType("space", "bytes"), period=self.period)

    def parsed(self, line: str, number: int) -> tuple[list[int], list[int]]:
        """Objects and bytes and addresses; the size of an object is a label."""
        match = HEAP.fullmatch(line.strip())
        if match is None:
            raise malformed(number)
        pairs = [(int(match[3]), int(match[4]))] if self.has_allocations else []
        pairs.append((int(match[1]), int(match[2])))
        values: list[int] = []
        size = 0
        for count, space in pairs:
            if count == 0 and space != 0:
                raise malformed(number)
            if count:
                size = abs(space) // abs(count) * (1 if (space < 0) == (count < 0) else -1)
            values += self.scaled(count, space)
        self.stacks.label_set = LabelSet(numbers={"bytes": (size,)}) if size else self.stacks.label_set
        return values, addresses_of(match[5])

    def scaled(self, count: int, space: int) -> tuple[int, int]:
        """What a sample stands for: the rarer its size is sampled, the more."""
        if not count or not space:
            return (0, 0) if self.is_sampled else (count, space)
        if not self.is_sampled or self.period <= 1:
            return count, space
        chance = 1 - math.exp(-max(0.0, space / count) / self.period)  # as pprof rounds it, for equal figures
        if not chance:
            return count, space
        scale = 1 / chance
        return int(count * scale), int(space * scale)


class ContentionText(GoText):
    """Waiting for locks: mutex and block."""

    def __init__(self, limits: Limits) -> None:
        """Begin without settings."""
        super().__init__(StackMaker((ValueType("contentions", "count"), ValueType("delay", "nanoseconds")), limits))
        self.period, self.cycles_a_second, self.duration = 1, 0, 0

    def profile(self, lines: NumberedLines) -> Profile:
        """The whole of it."""
        self.read(lines)
        return self.maker.profile(
            period_type=ValueType("contentions", "count"), period=self.period, duration_nanos=self.duration
        )

    def parsed(self, line: str, number: int) -> tuple[list[int], list[int]] | None:
        """A setting, or contentions and cycles and addresses."""
        match = CONTENTION.fullmatch(line)
        if match is None:
            self.setting(line, number)
            return None
        delay, count = int(match[1]), int(match[2])
        if self.period > 0:
            count *= self.period
            if self.cycles_a_second > 0:
                delay = int(delay * self.period / (self.cycles_a_second / 1e9))
        return [count, delay], addresses_of(match[3])

    def setting(self, line: str, number: int) -> None:
        """`cycles/second=2596121972`."""
        name, _, value = (part.strip() for part in line.partition("="))
        if name in {"format", "resolution"}:
            raise ProfileError("this profile of Java is from before profile.proto", "take it with a newer agent")
        if not value.isascii() or not value.isdigit() or len(value) > len(str(1 << 63)):
            raise malformed(number)
        if name == "cycles/second":
            self.cycles_a_second = int(value)
        elif name == "sampling period":
            self.period = int(value)
        elif name == "ms since reset":
            self.duration = int(value) * 1_000_000
        elif name != "discarded samples":
            raise malformed(number)


def malformed(number: int) -> ProfileError:
    """A line is not what it should be."""
    return ProfileError(f"malformed profile format: line {number:,}")
