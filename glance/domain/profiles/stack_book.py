"""Numbers for stacks, the same in every profile that is looked at, so that their values can be set side by side.

Two stacks are the same when their calls are: function, file and line. Labels tell nothing apart here. What Go hides
when it prints goroutines, its own scheduler at the leaf, is no part of that: the same goroutine is the same
stack in a profile and in a dump.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from glance.domain.profiles.goroutine_state import state_of
from glance.domain.profiles.profile import Profile
from glance.domain.profiles.suspect_owner import frame_name, is_own
from glance.domain.profiles.tables import Ints
from glance.domain.stack_board import StackFrame

Stack = tuple[int, ...]
"""Numbers of frames, the leaf first."""
NO_STACK = "(no stack)"
TAKING = ("runtime/pprof.writeGoroutine", "runtime/pprof.writeRuntimeProfile", "runtime/pprof.runtime_goroutineProfile")
"""The goroutine that takes the profile is at these."""


@dataclass(frozen=True, slots=True, eq=False)
class StackCounts:
    """What one profile has of each stack."""

    numbers: Ints
    """Of the stacks, each once."""
    values: Ints
    """A row for each stack, a column for each value that was wanted."""

    def column(self, stacks: int, place: int = 0) -> Ints:
        """One value of every stack of the book."""
        found = np.zeros(stacks, dtype=np.int64)
        found[self.numbers] = self.values[:, place]
        return found


@dataclass(slots=True)
class StackBook:
    """Frames and stacks by number; it only ever grows."""

    is_of_goroutines: bool = False
    is_by_function: bool = False
    """Own functions are told apart, not stacks."""
    frames: list[StackFrame] = field(default_factory=list)
    stacks: list[Stack] = field(default_factory=list)
    wholes: list[Stack] = field(default_factory=list)
    """Of each stack all frames, with what Go hides."""
    states: list[str] = field(default_factory=list)
    """Of each stack what a goroutine does there, as far as its leaf tells."""
    _frame_numbers: dict[tuple[str, str, int], int] = field(default_factory=dict)
    _stack_numbers: dict[Stack, int] = field(default_factory=dict)

    def frame(self, name: str, file: str, line: int) -> int:
        """The number of a frame."""
        number = self._frame_numbers.setdefault((name, file, line), len(self.frames))
        if number == len(self.frames):
            named = frame_name(name, file)
            own = name != NO_STACK and is_own(named)
            self.frames.append(StackFrame(named.function or name, named.file or file, named.line or line, own))
        return number

    def stack(self, whole: Stack) -> int:
        """The number of a stack, by all of its frames; -1 for the goroutine that takes the profile."""
        key = self._key(whole)
        number = self._stack_numbers.get(key)
        if number is None:
            number = -1 if self._is_taking(key) else len(self.stacks)
            self._stack_numbers[key] = number
            if number >= 0:
                self.stacks.append(key)
                self.wholes.append(whole)
                self.states.append(state_of([self.frames[frame].name for frame in whole]))
        elif number >= 0 and self.is_of_goroutines and len(whole) > len(self.wholes[number]):
            self.wholes[number] = whole  # first seen in a dump, which hides some
            self.states[number] = state_of([self.frames[frame].name for frame in whole])
        return number

    def _key(self, whole: Stack) -> Stack:
        if self.is_of_goroutines:
            whole = tuple(frame for frame in whole if not is_hidden(self.frames[frame].name)) or whole
        if not self.is_by_function:
            return whole
        return (self._function(whole),)

    def _function(self, stack: Stack) -> int:
        """The innermost own function, else the leaf, whatever line of it."""
        frame = next((self.frames[one] for one in stack if self.frames[one].is_own), self.frames[stack[0]])
        return self.frame(frame.name, frame.file, 0)

    def _is_taking(self, key: Stack) -> bool:
        return self.is_of_goroutines and any(self.frames[frame].name.startswith(TAKING) for frame in key)

    def counts(self, profile: Profile, columns: Iterable[int]) -> StackCounts:
        """What a profile has of each stack.

        Args:
            profile: it.
            columns: of which of its values.
        """
        tables, strings = profile.tables, profile.strings
        functions = list(zip(tables.functions.names.tolist(), tables.functions.filenames.tolist(), strict=True))
        starts = tables.locations.line_starts.tolist()
        rows, lines = tables.locations.line_functions.tolist(), tables.locations.line_numbers.tolist()
        addresses = tables.locations.addresses.tolist()
        places: list[Stack] = []
        for at, address in enumerate(addresses):
            found = [
                self.frame(strings[functions[rows[line]][0]], strings[functions[rows[line]][1]], lines[line])
                for line in range(starts[at], starts[at + 1])
                if rows[line] >= 0
            ]
            places.append(tuple(found) or (self.frame(f"{address:#x}", "", 0),))
        ends, stack = tables.samples.stack_starts.tolist(), tables.samples.stack.tolist()
        nothing = (self.frame(NO_STACK, "", 0),)
        numbers: list[int] = []
        for at in range(len(profile)):
            whole = sum((places[row] for row in stack[ends[at] : ends[at + 1]]), ())
            numbers.append(self.stack(whole or nothing))
        return added(np.array(numbers, dtype=np.int64), profile.values[:, list(columns)])


def added(numbers: Ints, values: Ints) -> StackCounts:
    """Values added up by stack; those of nobody are left out."""
    values, numbers = values[numbers >= 0], numbers[numbers >= 0]
    known, places = np.unique(numbers, return_inverse=True)
    sums = np.zeros((len(known), values.shape[1]), dtype=np.int64)
    np.add.at(sums, places, values)
    return StackCounts(known, sums)


def is_hidden(name: str) -> bool:
    """A function of Go's runtime that Go leaves out when it prints a stack."""
    return name.startswith("runtime.") and not name[8:9].isupper()
