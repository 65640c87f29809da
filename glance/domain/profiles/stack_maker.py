"""Stacks of named frames become a profile: for the formats in which a frame is a name, a file and a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from glance.domain.profiles.limits import LIMITS, Limits
from glance.domain.profiles.parts import NO_LABELS, LabelSet, Mapping, ValueType, raw_of
from glance.domain.profiles.profile import NO_TYPE, Profile
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.profiles.tables import (
    FunctionTable,
    Ints,
    LocationTable,
    SampleTable,
    Tables,
    ints,
    starts_of,
    unsigned,
)


class StackMaker:
    """Collects frames and stacks; equal ones are one row. A stack with other labels is another one."""

    def __init__(self, types: Sequence[ValueType], limits: Limits = LIMITS) -> None:
        """Begin with nothing.

        Args:
            types: what the values will count.
            limits: how much it may become.
        """
        self.types, self.limits = tuple(types), limits
        self.strings: dict[bytes, int] = {b"": 0}
        self.modules: dict[str, int] = {"": 0}
        """The first one would be taken for the program, so it is none."""
        self.functions: dict[tuple[int, int, int], int] = {}
        self.locations: dict[tuple[Any, ...], int] = {}
        """By module, address and lines."""
        self.stacks: dict[tuple[tuple[int, ...], int], int] = {}
        self.label_sets: dict[tuple[object, ...], int] = {NO_LABELS.key: 0}
        self.distinct_labels: list[LabelSet] = [NO_LABELS]
        self.frames = 0
        self.inlined: dict[int, int] = {}
        """For locations of several lines, how many more than one they have."""
        self.inlined_frames = 0
        self.values: list[list[int]] = []

    def string(self, text: str) -> int:
        """The row of a text.

        Raises:
            ProfileError: it is too long.
        """
        raw = raw_of(text)
        if len(raw) > self.limits.string_bytes:
            raise ProfileError(f"the profile has a string of more than {self.limits.string_bytes:,} bytes")
        return self.strings.setdefault(raw, len(self.strings))

    def function(self, name: str, file: str = "", start_line: int = 0) -> int:
        """The row of a function."""
        key = (self.string(name), self.string(file), start_line)
        return self.functions.setdefault(key, len(self.functions))

    def frame(self, name: str, file: str = "", line: int = 0, column: int = 0, *, module: str = "") -> int:
        """The row of a location that has a name and no address."""
        return self.location(0, ((self.function(name, file), line, column),), module)

    def location(self, address: int, lines: tuple[tuple[int, int, int], ...] = (), module: str = "") -> int:
        """The row of a location.

        Args:
            address: 0 where nobody knows it.
            lines: function, line and column of each frame there, the innermost call first.
            module: the file its machine code is in, where that is known.

        Raises:
            ProfileError: there are too many of them.
        """
        key = (self.modules.setdefault(module, len(self.modules)), address, *lines)
        row = self.locations.setdefault(key, len(self.locations))
        if row >= self.limits.messages:
            raise ProfileError(f"the profile has more than {self.limits.messages:,} different frames")
        if len(lines) > 1:
            if len(lines) > self.limits.depth:
                raise ProfileError(f"a location has {len(lines):,} lines, more than the {self.limits.depth:,} allowed")
            self.inlined[row] = len(lines) - 1
        return row

    def stack(self, locations: tuple[int, ...], labels: LabelSet = NO_LABELS) -> int:
        """The row of a stack; its values are 0 until some are added.

        Args:
            locations: rows of locations, the leaf first.
            labels: its labels.

        Raises:
            ProfileError: it is too deep, or there are too many of them.
        """
        label_row = 0
        if labels is not NO_LABELS:
            label_row = self.label_sets.setdefault(labels.key, len(self.label_sets))
            if label_row == len(self.distinct_labels):
                self.distinct_labels.append(labels)
        key = (locations, label_row)
        row = self.stacks.get(key)
        if row is None:
            row = self.stacks[key] = len(self.stacks)
            self.values.append([0] * len(self.types))
            self.frames += len(locations)
            if self.inlined:
                self.inlined_frames += sum(self.inlined.get(location, 0) for location in locations)
            self.check(len(locations))
        return row

    def check(self, depth: int) -> None:
        """Nothing has grown beyond its limit.

        Raises:
            ProfileError: something has.
        """
        limits = self.limits
        if depth > limits.depth:
            raise ProfileError(f"the profile has a stack of {depth:,} frames, more than the {limits.depth:,} allowed")
        if len(self.stacks) > limits.messages:
            raise ProfileError(f"the profile has more than {limits.messages:,} different stacks")
        if self.frames + self.inlined_frames > limits.frames:
            raise ProfileError(f"the profile has more than {limits.frames:,} frames")

    def add(self, row: int, *values: int) -> None:
        """Count something at a stack: one number for each sample type."""
        counted = self.values[row]
        for column, value in enumerate(values):
            counted[column] += value

    def profile(
        self,
        *,
        time_nanos: int = 0,
        duration_nanos: int = 0,
        period_type: ValueType = NO_TYPE,
        period: int = 0,
        comments: Sequence[str] = (),
        default_sample_type: str = "",
    ) -> Profile:
        """All of it.

        Raises:
            ProfileError: a number does not fit into 64 bits.
        """
        try:
            return Profile(
                self.types,
                self.tables(),
                time_nanos=time_nanos,
                duration_nanos=duration_nanos,
                period_type=period_type,
                period=period,
                comments=tuple(comments),
                default_sample_type=default_sample_type,
            )
        except OverflowError as error:
            raise ProfileError("a number does not fit into 64 bits") from error

    def tables(self) -> Tables:
        """The columns. Frames of no module lie in a mapping of nothing, as `go tool pprof` does it for old formats."""
        rows = np.array(list(self.functions), dtype=np.int64).reshape(len(self.functions), 3)
        count = len(self.functions)
        functions = FunctionTable(
            unsigned(range(1, count + 1)), rows[:, 0], np.zeros(count, dtype=np.int64), rows[:, 1], rows[:, 2]
        )
        mappings = tuple(
            Mapping(id=number, limit=(1 << 64) - 1, file=module, has_functions=bool(self.functions))
            for number, module in enumerate(self.modules if self.locations else (), 1)
        )
        return Tables(
            tuple(self.strings), mappings, functions, self.location_table(), self.samples(), tuple(self.distinct_labels)
        )

    def location_table(self) -> LocationTable:
        """Locations and their lines as columns."""
        keys = list(self.locations)
        lines = [line for key in keys for line in key[2:]]
        places = np.array(lines, dtype=np.int64).reshape(len(lines), 3)
        return LocationTable(
            unsigned(range(1, len(keys) + 1)),
            ints([key[0] for key in keys]),
            np.array([key[1] for key in keys], dtype=np.uint64),
            np.zeros(len(keys), dtype=np.bool_),
            starts_of(ints([len(key) - 2 for key in keys])),
            places[:, 0],
            places[:, 1],
            places[:, 2],
        )

    def samples(self) -> SampleTable:
        """Stacks as columns, in the order in which they were first seen."""
        keys = list(self.stacks)
        return SampleTable(
            np.array(self.values, dtype=np.int64).reshape(len(keys), len(self.types)),
            starts_of(ints([len(stack) for stack, _ in keys])),
            self.flat_stacks(keys),
            ints([labels for _, labels in keys]),
        )

    def flat_stacks(self, keys: Sequence[tuple[tuple[int, ...], int]]) -> Ints:
        """All stacks, one behind the other."""
        flat = np.empty(self.frames, dtype=np.int64)
        at = 0
        for stack, _ in keys:
            flat[at : at + len(stack)] = stack
            at += len(stack)
        return flat
