"""What a person wants done with snapshots, and how that goes: the ends of a wire, frozen and plain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

OrderKind = Literal["take", "note", "remove", "export"]


@dataclass(frozen=True, slots=True)
class SnapshotOrder:
    """Something to be done once."""

    number: int
    """Greater than that of every order before."""
    kind: OrderKind
    id: str = ""
    """Of the snapshot that it is about; empty for one that is to be taken."""
    text: str = ""
    """The note, or the folder that it is written to."""


@dataclass(frozen=True, slots=True)
class Errand:
    """A snapshot that is to be taken."""

    span: tuple[float, float]
    """Of the window, epoch seconds."""
    now: float
    """When it was asked for, epoch seconds."""
    filter: str = ""
    rule: str = ""
    """Of the alert that asks for it; empty is a person."""
    message: str = ""
    """What the alert says."""
    around_seconds: float = 60.0
    """Raw lines are kept so long before and after the window."""


@dataclass(frozen=True, slots=True)
class SnapshotStatus:
    """How taking, and what was ordered, goes."""

    serial: int = 0
    """Greater with everything that there is to say; 0 while nothing was."""
    words: str = ""
    """What there is to say, in words of ours; what is foreign in it went through the gate."""
    is_busy: bool = False
    """There is more to come."""
    is_bad: bool = False
    """It did not work."""


IDLE = SnapshotStatus()


@dataclass(frozen=True, slots=True)
class SnapshotSight:
    """The snapshot that is looked at in place of logs."""

    path: str
    id: str
    made_at: float = 0.0
    start: float = 0.0
    end: float = 0.0
    why: str = ""
    """Why it was taken, and what was noted; through the gate."""
    alert: str = ""
    """The alert that asked for it; through the gate."""
    is_alone: bool = False
    """There are no logs behind it to go back to."""
