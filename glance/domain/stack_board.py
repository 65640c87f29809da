"""What the pages of goroutines and of growing memory ask, and are answered: stacks over the polls of a window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from glance.domain.page import PageAnswer, PageWish

StackStanding = Literal["one", "same", "chance", "more", "rising", "less"]
"""How a stack grew. `one`: there is but one profile. `chance`: so little that it may be that. `rising`: steadily,
and enough to be suspected."""

FILES = "files"
"""What profiles of files are called, where targets have names."""


@dataclass(frozen=True, slots=True)
class StackWish(PageWish):
    """What either page wants."""

    program: str = ""
    """Whose stacks; empty is the first that has some."""
    source: tuple[str, int] = ("", 0)
    """File and line of the code to be seen."""
    is_by_function: bool = False
    """One row for each own function, instead of one for each stack."""


@dataclass(frozen=True, slots=True)
class GoroutineWish(StackWish):
    """What the page of goroutines wants."""

    asks: int = 0
    """How often a person wanted the program to be asked for states and waiting times."""


@dataclass(frozen=True, slots=True)
class GrowthWish(StackWish):
    """What the page of growing memory wants."""


@dataclass(frozen=True, slots=True)
class StackFrame:
    """One call of a stack."""

    name: str
    file: str = ""
    line: int = 0
    is_own: bool = False
    """It is of the program itself, not of a library or of Go."""


@dataclass(frozen=True, slots=True)
class Doing:
    """What the goroutines of one stack do."""

    states: tuple[tuple[str, int], ...] = ()
    """Each with how many, the most first."""
    is_told: bool = False
    """The program was asked; else it is read from the stack."""
    longest_minutes: int | None = None
    """Of the one that waits longest, in whole minutes as Go says it; None where it was not asked."""
    median_minutes: float | None = None
    locked: int = 0
    """How many are locked to a thread."""
    creators: tuple[tuple[StackFrame, int], ...] = ()
    """Where they were started, each with how many, the most first."""
    ended: tuple[int, int] | None = None
    """Of those that were there when it was asked first, how many have ended, and how many there were."""


@dataclass(frozen=True, slots=True)
class StackRow:
    """One stack, and what there was of it at each moment."""

    key: str
    """The same for the same stack in later answers."""
    frames: tuple[StackFrame, ...]
    """The leaf first; at least one."""
    place: int
    """Which of them it is named after: the innermost of the program itself; without one of those another."""
    values: tuple[int, ...]
    """Goroutines, or bytes in use, at each moment, the oldest first."""
    standing: StackStanding
    words: str
    """How it grew."""
    per_minute: float | None = None
    """What is added in a minute, by a straight line; None for one moment."""
    objects: tuple[int, int] = (0, 0)
    """Objects in use at first and now."""
    doing: Doing | None = None

    @property
    def now(self) -> int:
        """The newest value."""
        return self.values[-1]

    @property
    def growth(self) -> int:
        """What was added since the first moment."""
        return self.values[-1] - self.values[0]

    @property
    def frame(self) -> StackFrame:
        """The one that it is named after."""
        return self.frames[self.place]


@dataclass(frozen=True, slots=True)
class AskedStates:
    """What came of asking a program for the states of its goroutines."""

    condition: Literal["asking", "told", "many", "failed"]
    """`many`: it was not asked, for there are too many."""
    at: float = 0.0
    """When, epoch seconds."""
    goroutines: int = 0
    size_bytes: int = 0
    seconds: float = 0.0
    """How long the answer took."""
    words: str = ""
    """Why there is none."""


@dataclass(frozen=True, slots=True)
class StackSource:
    """Lines of code around one of a stack."""

    file: str
    """As the profile has it."""
    line: int
    path: str = ""
    """Where it was found; empty where it was not."""
    first: int = 1
    """The number of the first of the lines."""
    lines: tuple[str, ...] = ()
    words: str = ""
    """Why there are none."""


@dataclass(frozen=True, slots=True, eq=False)
class StackBoard(PageAnswer):
    """What either page shows. Equal only to itself: it is large."""

    program: str = ""
    """Whose stacks."""
    targets: tuple[str, ...] = ()
    """Those that have some."""
    rows: tuple[StackRow, ...] = ()
    """Those that matter by any order, unordered."""
    stacks: int = 0
    """How many there are in all."""
    moments: tuple[float, ...] = ()
    """When, epoch seconds; 0 where nobody knows."""
    totals: tuple[int, ...] = ()
    """Of everything, at each moment."""
    polls: int = 0
    """Of the window, whether or not all were looked at."""
    ends: tuple[int, int] = (0, 0)
    """Numbers of the first and the newest poll that were looked at; equal where there are no two."""
    since: float | None = None
    """When the program was started anew; what was before is left out."""
    asked: AskedStates | None = None
    source: StackSource | None = None
    is_working: bool = False
    can_ask: bool = False
    """The target can be asked for states now."""
    mistake: str = ""
    """Why it cannot be told."""
    is_first: bool = False
    """It is the first answer to this wish."""
    is_frozen: bool = False
    """They are of a snapshot, whatever its window."""

    __eq__ = object.__eq__  # that of any answer compares the wish alone
    __hash__ = object.__hash__

    @property
    def is_awaited(self) -> bool:
        """A person asked for it since the picture stands still; nothing newer."""
        return self.is_first

    @property
    def is_coming(self) -> bool:
        """They are told apart for the first time."""
        return self.is_working and not self.moments
