"""What the page of suspects asks for and shows: functions of one's own that stand out while something happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from glance.domain.flame_board import SourceView
from glance.domain.joint import WHOLE, Joint
from glance.domain.page import PageAnswer, PageWish

Standing = Literal["waiting", "nothing", "empty", "clean", "found"]
"""`waiting`: it is still counted. `nothing`: there are no profiles. `empty`: they have no samples of this time or
route. `clean`: nothing stands out."""


class SuspectKey(NamedTuple):
    """What makes a suspect this one and no other, also in the next answer."""

    target: str
    rule: str
    function: str
    kind: str


@dataclass(frozen=True, slots=True)
class SuspectWish(PageWish):
    """What the open page wants to know."""

    joint: Joint = WHOLE
    source: SuspectKey | None = None
    """The suspect whose source is to be seen."""


@dataclass(frozen=True, slots=True)
class SuspectRow:
    """One suspect, with its reason and its numbers."""

    key: SuspectKey
    profile: str
    """Under which name the page of profiles has the samples."""
    subject: str
    """`regexp.Compile under main.handleSlow`."""
    amount: str
    """`250ms of 800ms CPU`."""
    share: float
    words: str
    """What the rule says: `compiles anew what could be kept`."""
    is_fault: bool
    value: int
    total: int
    unit: str
    file: str = ""
    line: int = 0
    detail: str = ""
    is_in_request: bool = False
    before: float | None = None
    """Its share in the time before; None where there is nothing to compare with, 0 where it is new."""

    @property
    def function(self) -> str:
        """Whose line it is."""
        return self.key.function

    @property
    def place(self) -> str:
        """`main.go:66`."""
        return f"{self.file}:{self.line}" if self.line else self.file


@dataclass(frozen=True, slots=True)
class SuspectBoard(PageAnswer):
    """What the page shows."""

    standing: Standing = "waiting"
    rows: tuple[SuspectRow, ...] = ()
    """The gravest first."""
    looked: str = ""
    """What was looked at: `2.52s CPU, 412 goroutines in 5 polls`."""
    span: tuple[float, float] | None = None
    """Of which time; None where that is not known."""
    quiet: tuple[float, float] | None = None
    """The time that it is compared with; None where there is nothing of it."""
    notes: tuple[str, ...] = ()
    """What the reader ought to know."""
    is_working: bool = False
    """Newer ones are counted."""
    source: SourceView | None = None
    mistake: str = ""
    """Why nothing can be said."""

    @property
    def is_coming(self) -> bool:
        """They are counted for the first time."""
        return self.is_working and self.standing == "waiting"
