"""What the page of snapshots asks, and what it is answered."""

from __future__ import annotations

from dataclasses import dataclass

from glance.domain.page import PageAnswer, PageWish


@dataclass(frozen=True, slots=True)
class SnapshotWish(PageWish):
    """The list of snapshots, and two of them compared."""

    before: str = ""
    """The id of one that another is compared with; empty compares none."""
    after: str = ""


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """One snapshot of the list. All text in it is foreign: it passes the gate on its way into a widget."""

    id: str
    path: str
    size_bytes: int
    trouble: str = ""
    """Why it cannot be read; then there is nothing else."""
    made_at: float = 0.0
    start: float = 0.0
    end: float = 0.0
    is_of_alert: bool = False
    alert: str = ""
    note: str = ""
    filter: str = ""
    records: int = 0
    lines: int = 0
    profiles: int = 0
    build: str = ""
    """The build that ran, shortened; empty where nobody knows."""
    details: tuple[tuple[str, str], ...] = ()
    """What is in it: a name, and words."""


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A figure of both."""

    name: str
    before: str
    after: str
    change: str
    is_more: bool = False
    is_less: bool = False


@dataclass(frozen=True, slots=True)
class RouteRow:
    """A route in both."""

    name: str
    before: str
    """Requests."""
    after: str
    change: str
    errors: str
    """The change of the share of errors, in points; empty where there is none."""
    p95_before: str
    p95_after: str
    is_more: bool = False


@dataclass(frozen=True, slots=True)
class FunctionRow:
    """A function whose share of a profile changed."""

    name: str
    flat: str
    """The change of its own share, in points."""
    cum: str
    """That of what it calls, too."""
    word: str
    """`new`, `gone`, `grew` or `shrank`."""
    is_more: bool = False


@dataclass(frozen=True, slots=True)
class ProfileRows:
    """What changed in a profile that both have."""

    title: str
    words: str = ""
    """Why there are no rows, or what to know of them."""
    rows: tuple[FunctionRow, ...] = ()


@dataclass(frozen=True, slots=True)
class SnapshotDiff:
    """Two snapshots beside each other."""

    before: str
    after: str
    figures: tuple[FigureRow, ...] = ()
    profiles: tuple[ProfileRows, ...] = ()
    routes: tuple[RouteRow, ...] = ()
    """Those whose requests changed most, as a rate."""
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class SnapshotBoard(PageAnswer):
    """What the page shows."""

    rows: tuple[SnapshotRow, ...] = ()
    """Newest first."""
    folder: str = ""
    is_reading: bool = False
    """It was not looked at yet."""
    trouble: str = ""
    """Why the folder cannot be read."""
    size_bytes: int = 0
    """Of all."""
    most_bytes: int = 0
    """Room for all."""
    diff: SnapshotDiff | None = None
    is_comparing: bool = False
    serial: int = 0

    @property
    def is_awaited(self) -> bool:
        """Its rows tell of a folder, not of the moment at which the picture stands still."""
        return True

    @property
    def is_coming(self) -> bool:
        """The folder is looked at for the first time."""
        return self.is_reading
