"""Read the CPU samples of a Go execution trace: they have times, which those of a CPU profile have not.

A trace taken while a CPU profile is running has every sample of it. Batches of other events, which are
nearly all of a trace, are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from glance.domain.profiles.limits import LIMITS, Limits
from glance.domain.profiles.parts import NO_LABELS, LabelSet, ValueType, text_of
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.stack_maker import StackMaker
from glance.domain.profiles.timed import TimedSamples

HEADER = re.compile(rb"go 1\.([0-9]{1,3}) trace\x00\x00\x00")
HEADER_BYTES = 16
FIRST_VERSION = 22
EVENT_BATCH, STACKS, STACK, STRINGS, STRING, CPU_SAMPLES, CPU_SAMPLE, FREQUENCY = range(1, 9)
EXPERIMENTAL_BATCH, SYNC, CLOCK_SNAPSHOT, END_OF_GENERATION = 49, 50, 51, 52
PERIOD = 10_000_000
"""Nanoseconds between samples: the 100 a second that Go takes; a trace does not say."""
LONGEST_NUMBER = 10
NANO = 1_000_000_000
TYPES = (ValueType("samples", "count"), ValueType("cpu", "nanoseconds"))
MOST_FRAMES = 4096


@dataclass(frozen=True, slots=True)
class TraceReading:
    """The samples of a trace."""

    timed: TimedSamples
    damages: tuple[str, ...]


@dataclass(slots=True)
class Generation:
    """A part of a trace with tables of its own."""

    strings: dict[int, bytes] = field(default_factory=dict)
    stacks: dict[int, list[tuple[int, int, int, int]]] = field(default_factory=dict)
    samples: list[tuple[int, int, int]] = field(default_factory=list)
    """Time, goroutine, stack."""
    frequency: int = 0
    snapshot: tuple[int, int] | None = None
    """A time of the trace, and the same one in nanoseconds since the epoch."""


class CutOffError(Exception):
    """The bytes end too early."""


class Bytes:
    """Reads numbers one after the other."""

    __slots__ = ("at", "data", "end", "time")

    def __init__(self, data: bytes, at: int, end: int, time: int = 0) -> None:
        """Begin at a place; times inside count from `time` on."""
        self.data, self.at, self.end, self.time = data, at, end, time

    def byte(self) -> int:
        """The next byte."""
        if self.at >= self.end:
            raise CutOffError
        self.at += 1
        return self.data[self.at - 1]

    def number(self) -> int:
        """The next number, of 7 bits a byte."""
        data, at, value, shift = self.data, self.at, 0, 0
        last = min(self.end, at + LONGEST_NUMBER)
        while at < last:
            byte = data[at]
            at += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:  # the highest bit says: more follows
                self.at = at
                return value
            shift += 7
        raise CutOffError

    def piece(self, size: int) -> bytes:
        """The next bytes."""
        if size > self.end - self.at:
            raise CutOffError
        self.at += size
        return self.data[self.at - size : self.at]


def is_go_trace(data: bytes) -> bool:
    """It begins like one."""
    return data.startswith(b"go 1.") and data[8:16].startswith(b"trace\x00\x00\x00")


def read_go_trace(data: bytes, *, limits: Limits = LIMITS) -> TraceReading:
    """The CPU samples of a trace, with the time, the goroutine and the whole stack of each.

    Raises:
        ProfileError: it is no trace, an old one, or one without samples.
    """
    match = HEADER.match(data)
    if match is None:
        raise ProfileError("bad file format: not a Go execution trace?")
    version = int(match[1])
    if version < FIRST_VERSION:
        raise ProfileError(f"a trace of Go 1.{version} is too old", f"Go 1.{FIRST_VERSION} and later are read")
    reader = TraceReader(data, limits)
    reader.read()
    return reader.reading()


class TraceReader:
    """Collects the tables and samples of all generations."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        """Begin after the header."""
        self.bytes = Bytes(data, HEADER_BYTES, len(data))
        self.limits = limits
        self.generations: dict[int, Generation] = {}
        self.damages: list[str] = []
        self.entries = 0

    def read(self) -> None:
        """All batches, as far as they are whole."""
        try:
            for generation, batch in self.batches():
                self.take(self.generations.setdefault(generation, Generation()), batch)
        except CutOffError:
            self.damages.append("the trace is cut off or damaged: what stands before that is shown")

    def batches(self) -> Iterator[tuple[int, Bytes]]:
        """Each batch that may matter, with the number of its generation."""
        reader = self.bytes
        while reader.at < reader.end:
            kind = reader.byte()
            if kind == END_OF_GENERATION:
                continue
            if kind not in {EVENT_BATCH, EXPERIMENTAL_BATCH}:
                raise CutOffError
            if kind == EXPERIMENTAL_BATCH:
                reader.byte()
            generation, _, time, size = (reader.number() for _ in range(4))
            start = reader.at
            if size > reader.end - start:
                raise CutOffError
            reader.at += size
            if kind == EVENT_BATCH and size:
                yield generation, Bytes(reader.data, start, start + size, time)

    def take(self, generation: Generation, batch: Bytes) -> None:
        """One batch."""
        kind = batch.data[batch.at]
        if kind == STRINGS:
            self.take_strings(generation, batch)
        elif kind == STACKS:
            self.take_stacks(generation, batch)
        elif kind == CPU_SAMPLES:
            self.take_samples(generation, batch)
        elif kind in {FREQUENCY, SYNC}:
            take_clocks(generation, batch)

    def entry(self, batch: Bytes, kind: int) -> bool:
        """There is another entry of this kind in the batch.

        Raises:
            ProfileError: there are too many of them.
        """
        if batch.at >= batch.end:
            return False
        if batch.byte() != kind:
            raise CutOffError
        self.entries += 1
        if self.entries > self.limits.messages:
            raise ProfileError(f"the trace has more than {self.limits.messages:,} strings, stacks and samples")
        return True

    def take_strings(self, generation: Generation, batch: Bytes) -> None:
        """Entries of the string table."""
        batch.byte()
        while self.entry(batch, STRING):
            number = batch.number()
            generation.strings[number] = batch.piece(batch.number())

    def take_stacks(self, generation: Generation, batch: Bytes) -> None:
        """Stacks: address, function, file and line of each frame, the leaf first."""
        batch.byte()
        while self.entry(batch, STACK):
            number, count = batch.number(), batch.number()
            if count > min(self.limits.depth, MOST_FRAMES):
                raise ProfileError(f"the trace has a stack of {count:,} frames")
            frames = [(batch.number(), batch.number(), batch.number(), batch.number()) for _ in range(count)]
            generation.stacks[number] = frames

    def take_samples(self, generation: Generation, batch: Bytes) -> None:
        """Samples."""
        batch.byte()
        while self.entry(batch, CPU_SAMPLE):
            time, _, _, goroutine, stack = (batch.number() for _ in range(5))
            generation.samples.append((time, goroutine, stack))

    def reading(self) -> TraceReading:
        """All samples, in order of time.

        Raises:
            ProfileError: there is none.
        """
        maker = StackMaker(TYPES, self.limits)
        times: list[float] = []
        rows: list[int] = []
        has_wall = True
        for generation in self.generations.values():
            if generation.samples and not generation.frequency:
                self.damages.append("a part of the trace has no clock: its samples are left out")
                continue
            has_wall = has_wall and (generation.snapshot is not None or not generation.samples)
            stacks: dict[tuple[int, int], int] = {}
            for time, goroutine, stack in generation.samples:
                row = stacks.get((goroutine, stack))
                if row is None:
                    row = stacks[goroutine, stack] = stack_row(maker, generation, goroutine, stack)
                maker.add(row, 1, PERIOD)
                times.append(seconds_of(generation, time))
                rows.append(row)
        if not rows:
            why = self.damages[0] if self.damages else "the trace has no CPU samples"
            raise ProfileError(why, "take the trace while a CPU profile of the same process is running")
        spread = round((max(times) - min(times)) * NANO)
        start = round(min(times) * NANO) if has_wall else 0
        profile = maker.profile(period_type=TYPES[1], period=PERIOD, duration_nanos=spread + PERIOD, time_nanos=start)
        values = [[1] * len(times), [PERIOD] * len(times)]
        return TraceReading(
            TimedSamples.of(profile, times, rows, values, is_wall_clock=has_wall), tuple(dict.fromkeys(self.damages))
        )


def take_clocks(generation: Generation, batch: Bytes) -> None:
    """How fast the clock of the trace runs, and what time it was."""
    if batch.data[batch.at] == SYNC:
        batch.byte()
    while batch.at < batch.end:
        kind = batch.byte()
        if kind == FREQUENCY:
            generation.frequency = batch.number()
        elif kind == CLOCK_SNAPSHOT:
            time, _, seconds, nanos = (batch.number() for _ in range(4))
            generation.snapshot = (batch.time + time, seconds * NANO + nanos)
        else:
            raise CutOffError


def seconds_of(generation: Generation, time: int) -> float:
    """A time of the trace in seconds; since the epoch where the trace knows that."""
    if generation.snapshot is None:
        return time / generation.frequency
    then, wall = generation.snapshot
    frequency = generation.frequency
    return (wall * frequency + (time - then) * NANO) / (frequency * NANO)  # whole numbers, rounded once


def stack_row(maker: StackMaker, generation: Generation, goroutine: int, stack: int) -> int:
    """The row of a stack; inlined calls are frames of their own in a trace."""
    frames = generation.stacks.get(stack, [])
    rows = []
    for _, name, file, line in frames:
        names = (generation.strings.get(name, b""), generation.strings.get(file, b""))
        rows.append(maker.frame(text_of(names[0]), text_of(names[1]), line))
    return maker.stack(tuple(rows), LabelSet(numbers={"goroutine": (goroutine,)}) if goroutine else NO_LABELS)
