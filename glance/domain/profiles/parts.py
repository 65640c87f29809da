"""What a profile is made of, one object each: the words of profile.proto."""

from __future__ import annotations

from collections.abc import Mapping as Dictionary
from dataclasses import dataclass, field
from types import MappingProxyType

NO_STRINGS: Dictionary[str, tuple[str, ...]] = MappingProxyType({})
NO_NUMBERS: Dictionary[str, tuple[int, ...]] = MappingProxyType({})


def text_of(raw: bytes) -> str:
    """The text of a string as it was read.

    Bytes that are not UTF-8 become lone surrogates, which `raw_of` turns into the same bytes again;
    `safe_text()` must have seen a text before it is printed, as everywhere.
    """
    return raw.decode("utf-8", "surrogateescape")


def raw_of(text: str) -> bytes:
    """The bytes of a text; the inverse of `text_of`. Surrogates that never were bytes become `?`."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class ValueType:
    """What a value of a sample counts: `cpu` in `nanoseconds`."""

    type: str = ""
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.type}/{self.unit}"


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the program. `start_line` is 0 where nobody knows it."""

    name: str
    system_name: str = ""
    filename: str = ""
    start_line: int = 0
    id: int = 0
    """The number it has in its profile; 0 for one that was just made."""


@dataclass(frozen=True, slots=True)
class Line:
    """One place in the source. The function is None only in a damaged profile."""

    function: Function | None
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Mapping:
    """A piece of a file in the address space of the program."""

    start: int = 0
    limit: int = 0
    offset: int = 0
    file: str = ""
    build_id: str = ""
    has_functions: bool = False
    has_filenames: bool = False
    has_line_numbers: bool = False
    has_inline_frames: bool = False
    id: int = 0


@dataclass(frozen=True, slots=True)
class Location:
    """One address of the program.

    Several lines where the compiler inlined calls: `lines[0]` is the innermost callee, the last one
    the function that is really there. None where the address has no symbol.
    """

    mapping: Mapping | None = None
    address: int = 0
    lines: tuple[Line, ...] = ()
    is_folded: bool = False
    id: int = 0


@dataclass(frozen=True, slots=True)
class LabelSet:
    """The labels of samples, shared by all that have the same ones.

    A key may have several values, in order. `units` has a key only where some value of it has a unit,
    and then as many as there are values.
    """

    labels: Dictionary[str, tuple[str, ...]] = field(default_factory=lambda: NO_STRINGS)
    numbers: Dictionary[str, tuple[int, ...]] = field(default_factory=lambda: NO_NUMBERS)
    units: Dictionary[str, tuple[str, ...]] = field(default_factory=lambda: NO_STRINGS)

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for equal label sets, whatever the order their keys came in."""
        return (
            tuple(sorted(self.labels.items())),
            tuple((key, values, self.units.get(key, ())) for key, values in sorted(self.numbers.items())),
        )


NO_LABELS = LabelSet()


@dataclass(frozen=True, slots=True)
class Sample:
    """A stack, and what was counted there."""

    locations: tuple[Location, ...]
    """The leaf first."""
    values: tuple[int, ...]
    """One for each sample type of the profile."""
    label_set: LabelSet = NO_LABELS

    @property
    def labels(self) -> Dictionary[str, tuple[str, ...]]:
        """Labels that are text."""
        return self.label_set.labels

    @property
    def numbers(self) -> Dictionary[str, tuple[int, ...]]:
        """Labels that are numbers."""
        return self.label_set.numbers

    @property
    def units(self) -> Dictionary[str, tuple[str, ...]]:
        """Units of the numbers, where they have some."""
        return self.label_set.units
