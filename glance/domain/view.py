"""What the person is looking at: the only thing that the screen tells the collector. Frozen, plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from glance.domain.comparison import Against
from glance.domain.interval import Interval
from glance.domain.page import PageWish
from glance.domain.raw_line import LinesWish
from glance.domain.snapshot_order import SnapshotOrder
from glance.domain.window import DEFAULT_WINDOW

RankingName = Literal[
    "sections",
    "routes",
    "paths",
    "clients",
    "networks",
    "agents",
    "kinds",
    "crawlers",
    "referrers",
    "hosts",
    "upstreams",
    "methods",
    "statuses",
]
SortKey = Literal["hits", "errors", "bytes", "p95", "cpu", "name", "risers", "fallers"]


@dataclass(frozen=True, slots=True)
class View:
    """What the person is looking at; the only thing that the screen tells the collector."""

    window: str = DEFAULT_WINDOW
    """Name of a `WindowChoice`."""
    rows: tuple[tuple[RankingName, int], ...] = (("sections", 12), ("paths", 12), ("clients", 12))
    """Which rankings are on screen, and how many rows of each."""
    sorts: tuple[tuple[RankingName, SortKey], ...] = ()
    """Order of a ranking where it is not by hits."""
    searches: tuple[tuple[RankingName, str], ...] = ()
    """Text that names in a ranking must contain, case folded."""
    log_lines: int = 40
    """How many of the newest lines are wanted."""
    is_paused: bool = False
    end: float | None = None
    """Moment at which a window of the past ends, epoch seconds; None follows what is live."""
    wants_metrics: bool = False
    """The page of metrics is open."""
    lines: LinesWish | None = None
    """What the page of lines wants, while it is open."""
    page: PageWish | None = None
    """What the open page wants, where it is one of `screens/pages.py`."""
    filter: str = ""
    """Which records are meant, as `domain.logs.filter` writes it; every figure and line is of these only."""
    compare: Against | None = None
    """With which other window the figures are compared."""
    interval: Interval | None = None
    """The selected part of the window."""
    order: SnapshotOrder | None = None
    """What was wanted last of snapshots; each is done once."""
    snapshot: str = ""
    """The snapshot that is looked at in place of the logs: its file; empty looks at the logs."""
