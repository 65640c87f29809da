"""What the page of latency asks for and shows: how long requests take, by what they are for, and the slowest ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from glance.domain.log_line import LogLine
from glance.domain.page import PageAnswer, PageWish

LatencyBy = Literal["routes", "paths", "sections", "hosts", "upstreams"]
LatencySort = Literal["hits", "p50", "p90", "p95", "p99", "max", "name"]

BYS: tuple[LatencyBy, ...] = ("routes", "paths", "sections", "hosts", "upstreams")
"""By what the page can tell latencies apart."""
SORTS: tuple[LatencySort, ...] = ("hits", "p50", "p90", "p95", "p99", "max", "name")
"""By what its rows can be ordered."""


@dataclass(frozen=True, slots=True)
class LatencyWish(PageWish):
    """What the open page wants to know."""

    by: LatencyBy = "routes"
    sort: LatencySort = "p95"
    rows: int = 60
    without_errors: bool = False
    """Requests that were answered with 4xx or 5xx do not count."""
    row: bytes | None = None
    """The name whose slowest requests are wanted; None is all requests."""
    lines: int = 12
    """How many of them."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How many requests took how long: cells that follow each other on a logarithmic axis."""

    start: float = 0.0
    """Where the first cell begins, seconds."""
    growth: float = 1.0
    """How many times longer the end of a cell is than its beginning."""
    counts: tuple[int, ...] = ()
    """Requests of each cell, the shortest first; empty where nothing was measured."""
    instant: int = 0
    """Requests that took no measurable time, and so are in no cell."""


@dataclass(frozen=True, slots=True)
class LatencyRow:
    """How long the requests of one name took. Percentiles are within 1 % of the exact ones."""

    name: str
    raw: bytes | None
    """As it stands in the log; None where it is all requests."""
    hits: int
    timed: int
    """Hits whose latency the log tells."""
    p50: float | None = None
    """Seconds."""
    p90: float | None = None
    p95: float | None = None
    p99: float | None = None
    max: float | None = None
    spread: Spread = Spread()


@dataclass(frozen=True, slots=True)
class LatencyBoard(PageAnswer):
    """What the page shows."""

    rows: tuple[LatencyRow, ...] = ()
    """The first one is all requests; none where there is no latency."""
    distinct: int = 0
    """How many names there are."""
    looked_at: int = 0
    """Names among which the slowest were looked for: those with most hits, and those of the slowest requests."""
    left_out: int = 0
    """Requests that do not count, for they are errors."""
    requests: int = 0
    """That count."""
    slowest: tuple[LogLine, ...] = ()
    """The slowest requests of the wanted row, slowest first."""
