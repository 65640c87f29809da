"""Read what `perf script` prints: events with stacks, and when they happened."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from glance.domain.profiles.limits import LIMITS, Limits
from glance.domain.profiles.parts import LabelSet, ValueType
from glance.domain.profiles.perf_names import PLAIN, NameStyle, frame_names
from glance.domain.profiles.plain_text import lines_of
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.stack_maker import StackMaker
from glance.domain.profiles.timed import TimedSamples

WHO = re.compile(r"\s([0-9]++)/*+([0-9]++)?+\s", re.ASCII)
NAMELESS_PROCESS = re.compile(r"\s*([0-9]++)(?:/([0-9]++))?+\s++(?:\[[0-9]++\]\s++)?+[0-9]++\.[0-9]++:", re.ASCII)
TIME = re.compile(r"\s([0-9]{1,15})\.([0-9]{1,9}):")
STACK_LINE = re.compile(r"\s*+(\w+)\s*(.+)", re.ASCII | re.DOTALL)
IN_NANOSECONDS = ("cpu-clock", "task-clock")
SHORTEST_PERIOD_LINE = 2


@dataclass(frozen=True, slots=True)
class PerfChoice:
    """What is read, and how it is written."""

    event: str = ""
    """Only this one; nothing means the first one that there is."""
    has_pid: bool = False
    """The frame of the process has its id."""
    has_tid: bool = False
    """It also has the id of the thread."""
    names: NameStyle = PLAIN
    drops_unfinished: bool = False
    """A last stack without an empty line after it is left out, as the usual script does."""


@dataclass(frozen=True, slots=True)
class PerfReading:
    """What was printed."""

    profile: Profile
    timed: TimedSamples | None
    """None where not every sample has a time."""
    damages: tuple[str, ...]


@dataclass(slots=True)
class Event:
    """One event, while its stack is read."""

    process: str
    is_java: bool
    label_set: LabelSet
    at: float | None
    period: int


def read_perf_script(data: bytes, *, choice: PerfChoice | None = None, limits: Limits = LIMITS) -> PerfReading:
    """Events as samples; the frame nearest the root is the process.

    Each sample counts as one, and as its period where perf printed it.

    Raises:
        ProfileError: there is no event in it, or it is too large.
    """
    reader = PerfReader(choice or PerfChoice(), limits)
    for line in lines_of(data, limits):
        reader.take(line)
    return reader.reading()


class PerfReader:
    """Takes line after line."""

    def __init__(self, choice: PerfChoice, limits: Limits) -> None:
        """Begin with nothing."""
        self.choice, self.limits = choice, limits
        self.maker = StackMaker((ValueType("samples", "count"), ValueType("events", "count")), limits)
        self.wanted = choice.event
        self.event: Event | None = None
        self.stack: list[int] = []
        self.times: list[float | None] = []
        self.rows: list[int] = []
        self.periods: list[int] = []
        self.locations: dict[tuple[str, bool], tuple[int, ...]] = {}
        self.labels: dict[tuple[str, str], LabelSet] = {}
        self.has_periods = False
        self.others: dict[str, int] = {}
        self.bad = 0

    def take(self, line: str) -> None:
        """One more line."""
        if not line:
            self.finish()
        elif line.startswith("#") or (self.event is not None and line[0].isspace() and self.take_frame(line)):
            return
        elif not self.take_event(line) and not self.take_frame(line):
            self.bad += 1

    def take_event(self, line: str) -> bool:
        """A line that begins an event; false when it is none."""
        nameless = NAMELESS_PROCESS.match(line)
        if nameless is not None:  # perf was asked not to print the name, and prints `:pid` where it knows none
            process, first, second = f":{nameless[1]}", nameless[1], nameless[2]
        else:
            who = None if line[0].isspace() else WHO.search(line, 1)
            if who is None:
                return False
            process, first, second = line[: who.start()].rstrip(), who[1], who[2]
        pid, tid = (first, second) if second else ("?", first)
        self.finish()
        name, period = event_of(line)
        if name:
            self.wanted = self.wanted or name
            if name != self.wanted:
                self.others[name] = self.others.get(name, 0) + 1
                return True
        self.has_periods = self.has_periods or period > 0
        time = TIME.search(line)
        at = float(f"{time[1]}.{time[2]}") if time else None
        self.event = Event(
            self.process_frame(process, pid, tid),
            process.startswith("java"),
            self.label_set(pid, tid),
            at,
            period or 1,
        )
        self.stack.clear()
        return True

    def process_frame(self, process: str, pid: str, tid: str) -> str:
        """The name of the frame of a process."""
        if self.choice.has_tid:
            process = f"{process}-{pid}/{tid}"
        elif self.choice.has_pid:
            process = f"{process}-{pid}"
        return process.replace(" ", "_")

    def label_set(self, pid: str, tid: str) -> LabelSet:
        """The ids of a process and a thread as labels."""
        found = self.labels.get((pid, tid))
        if found is None:
            labels = {"tid": (tid,)} if pid == "?" else {"pid": (pid,), "tid": (tid,)}
            found = self.labels[pid, tid] = LabelSet(labels)
        return found

    def take_frame(self, line: str) -> bool:
        """A line of a stack; false when it is none."""
        if self.event is None:
            return is_frame(line)  # of an event that is left out
        key = (line, self.event.is_java)
        locations = self.locations.get(key)
        if locations is None:
            parts = frame_parts(line)
            if parts is None:
                return False
            address, raw, module = parts
            names = frame_names(raw, module, address, is_java=self.event.is_java, style=self.choice.names)
            locations = tuple([self.maker.frame(name, module=module) for name in reversed(names)])
            if len(self.locations) < self.limits.messages:
                self.locations[key] = locations
        self.stack += locations
        return True

    def finish(self) -> None:
        """The stack of an event is complete."""
        event = self.event
        if event is None:
            return
        self.event = None
        self.stack.append(self.maker.frame(event.process))
        row = self.maker.stack(tuple(self.stack), event.label_set)
        self.maker.add(row, 1, event.period)
        self.times.append(event.at)
        self.rows.append(row)
        self.periods.append(event.period)

    def reading(self) -> PerfReading:
        """All that was read.

        Raises:
            ProfileError: there was no event.
        """
        if self.choice.drops_unfinished:
            self.event = None
        self.finish()
        damages = []
        if self.bad:
            damages.append(
                f"{self.bad:,} {'line is' if self.bad == 1 else 'lines are'} neither event nor frame: left out"
            )
        for name, count in self.others.items():
            words = "sample of {} is" if count == 1 else "samples of {} are"
            damages.append(f"{count:,} {words.format(name)} left out: only those of {self.wanted} are shown")
        if not self.rows and damages:
            raise ProfileError("there is no event of perf in it", "print events with `perf script`")
        event = self.wanted.partition(":")[0]
        unit = "nanoseconds" if event in IN_NANOSECONDS else "count"
        types = [ValueType("samples", "count"), ValueType(event or "events", unit)]
        columns = 2 if self.has_periods else 1
        self.maker.types = tuple(types[:columns])
        self.maker.values = [row[:columns] for row in self.maker.values]
        profile = self.maker.profile(duration_nanos=self.duration())
        return PerfReading(profile, self.timed(profile, columns), tuple(damages))

    def duration(self) -> int:
        """From the first event to the last one."""
        times = [at for at in self.times if at is not None]
        return round((max(times) - min(times)) * 1e9) if times else 0

    def timed(self, profile: Profile, columns: int) -> TimedSamples | None:
        """The samples with their times, when all have one."""
        times = [at for at in self.times if at is not None]
        if len(times) < len(self.times) or not times:
            return None
        values = [[1] * len(times), self.periods][:columns]
        return TimedSamples.of(profile, times, self.rows, values, is_wall_clock=False)


def event_of(line: str) -> tuple[str, int]:
    """The name of the event of a line and its period; nothing and 0 where they are not there.

    `… 94564.109216:     100 cycles:`, with or without the number.
    """
    line = line.rstrip()
    if not line.endswith(":"):
        return "", 0
    parts = line[:-1].rsplit(None, 1)
    if len(parts) < SHORTEST_PERIOD_LINE:
        return "", 0
    before, name = parts[0].rstrip(), parts[1]
    rest = before.rstrip("0123456789")
    period = before[len(rest) :]
    if not rest.rstrip().endswith(":"):
        return "", 0
    return name, int(period[-19:]) if period else 0


def frame_parts(line: str) -> tuple[str, str, str] | None:
    """Address, symbol and file of a line of a stack; None when it is none."""
    close = line.rfind(")")
    if close < 0:
        return None
    opened = line.rfind(" (", 0, close)
    match = STACK_LINE.fullmatch(line, 0, opened) if opened > 0 else None
    return (match[1], match[2], line[opened + 2 : close]) if match else None


def is_frame(line: str) -> bool:
    """It is a line of a stack."""
    return frame_parts(line) is not None


def is_perf_script(text: str) -> bool:
    """It begins like what perf prints: an event, and below it a stack."""
    lines = [line for line in text.split("\n")[:400] if line.strip() and not line.startswith("#")]
    for line, after in pairwise([*lines, ""]):
        is_event = not line[0].isspace() and WHO.search(line, 1) is not None
        is_event = is_event or NAMELESS_PROCESS.match(line) is not None
        if is_event and (event_of(line)[0] or TIME.search(line) or (after[:1].isspace() and is_frame(after))):
            return True
    return False
