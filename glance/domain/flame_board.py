"""What the page of profiles asks and is answered. Columns of a tree are arrays, which are never written to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from glance.domain.code_span import CodeSpan
from glance.domain.joint import Joint
from glance.domain.page import PageAnswer, PageWish
from glance.domain.sample_board import SampleSpan

if TYPE_CHECKING:
    from glance.domain.profiles.flame_counts import NameCounts
    from glance.domain.profiles.flame_tree import FlameTree
    from glance.domain.profiles.poll_line import PollLine
    from glance.domain.profiles.profile import Profile

Standing = Literal["reading", "ready", "failed"]


@dataclass(frozen=True, slots=True)
class FlameWish(PageWish):
    """What is to be drawn."""

    name: str = ""
    """Of the profile; empty is the newest."""
    base: str = ""
    """Of the profile that it is compared with; empty is none."""
    value: str = ""
    """The type of the value; empty is what the profile shows first."""
    is_up: bool = False
    """From the leaves up, instead of from the first callers down."""
    focus: str = ""
    """The function that callers and callees are shown of, around it."""
    group: str = ""
    """The label by which stacks are grouped."""
    label: tuple[str, str] = ("", "")
    """Only samples with this value of a label; an empty key is all."""
    is_folded: bool = True
    """Recursion is folded."""
    is_normalized: bool = True
    """Two profiles are compared as if they were of the same size."""
    source: str = ""
    """The function whose source is to be seen; empty is none."""
    joint: Joint | None = None
    """What was pointed at when the page was opened; None where it was not opened so."""
    span: SampleSpan | None = None
    """Only the samples of this time, of a profile that has it."""
    polls: tuple[int, ...] = ()
    """Of a profile that came by polling, these polls alone; empty is all of the window."""
    base_polls: tuple[int, ...] = ()
    """The polls of the same target and kind that they are compared with; empty is none."""


@dataclass(frozen=True, slots=True)
class ProfileNote:
    """One profile that there is, or will be."""

    name: str
    standing: Standing = "ready"
    at: float = 0.0
    """When it was taken, epoch seconds; 0 where nobody knows."""
    seconds: float = 0.0
    """How long that took."""
    samples: int = 0
    done: float = 0.0
    """How much of it is read, 0 to 1."""
    note: str = ""
    """What is done with it now, what is wrong with it, or why it cannot be shown."""
    has_times: bool = False
    """Each of its samples knows when it was taken."""


@dataclass(frozen=True, slots=True, eq=False)
class FlamePicture:
    """What is drawn. Equal only to itself: it is large."""

    wish: FlameWish
    """What it was made for."""
    name: str
    base: str
    tree: FlameTree
    callers: FlameTree | None
    """Where it is around a function: who calls it."""
    value: tuple[str, str]
    """Type and unit."""
    values: tuple[tuple[str, str], ...]
    """Those that there are."""
    labels: tuple[str, ...]
    """The keys of labels that samples have."""
    total: int
    """Of the profile, whatever is drawn of it."""
    base_total: int = 0
    factor: float = 1.0
    """What the new profile was multiplied by to be of the size of its base."""
    at: float = 0.0
    seconds: float = 0.0
    label_values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Of each label the values that there are, as far as they are few."""
    profile: Profile | None = None
    """What the tree was made of, to be written into files; of a difference with the base in it."""
    route: tuple[str, str] = ("", "")
    """The label and its value that chose the samples of a route; an empty label is none, an empty value no sample."""
    counts: NameCounts | None = None
    """What each function counts for in the whole tree, where somebody has counted that already."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One line of a source, and what it counts for."""

    number: int
    text: str
    flat: int = 0
    cum: int = 0
    spans: tuple[CodeSpan, ...] = ()
    """What the parts of the text are; none where the language is not known."""


@dataclass(frozen=True, slots=True, eq=False)
class SourceView:
    """The source of a function, as far as it is on this machine."""

    function: str
    file: str
    """As the profile has it."""
    path: str = ""
    """Where it was found; empty where it was not."""
    rows: tuple[SourceRow, ...] = ()
    """All lines around the function; without the file only those that count for something."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class FlameAnswer(PageAnswer):
    """What the page shows."""

    profiles: tuple[ProfileNote, ...] = ()
    """The newest last."""
    picture: FlamePicture | None = None
    """The last that was made; it may be of another wish, while this one is worked on."""
    is_working: bool = False
    source: SourceView | None = None
    mistake: str = ""
    """Why there is no picture."""

    polled: tuple[float, float] | None = None
    """The time of which the picture's polls are; None where it is of none."""
    quiet: tuple[float, float] | None = None
    """The time before it that is compared with, or would be; None where nothing is known of it."""
    has_quiet: bool = True
    """There are polls of that time, as far as it is known."""

    is_first: bool = False
    """The picture is the first one for this wish, whatever source is looked at beside it."""
    line: PollLine | None = None
    """The polls that the profile is made of; None where it did not come by polling."""

    @property
    def is_awaited(self) -> bool:
        """A person asked for it since the picture stands still: another value, another tree; nothing newer."""
        return self.is_first

    @property
    def is_coming(self) -> bool:
        """The first picture is drawn."""
        return self.is_working and self.picture is None
