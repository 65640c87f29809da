"""How a window stands beside another one: what was then, and whether a change says anything. Plain values."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from glance.domain.window import Window

Against = Literal["before", "yesterday", "week"]
"""Which window is the other one."""
AGAINST: tuple[Against, ...] = ("before", "yesterday", "week")
AGAINST_WORDS: dict[Against, str] = {"before": "the window before", "yesterday": "yesterday", "week": "last week"}
SHORT_WORDS: dict[Against, str] = {"before": "before", "yesterday": "yesterday", "week": "last week"}
DAY_SECONDS = 86_400

Condition = Literal["counting", "known", "partly", "unknown"]
"""`counting`: the answer comes. `partly`: some of that window is not known. `unknown`: nothing of it is."""

SIGNIFICANT = 2.0
"""Standard deviations from which on two counts differ by more than chance."""
LEAST_TIMED = 20
"""Requests on either side from which on a percentile can be told to have changed."""
SAME_SHARE = 0.1
"""Less than this part of it is no change of a percentile."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of a name, or of everything, within a window."""

    hits: int = 0
    errors: int = 0
    """Of clients and servers."""
    p95: float | None = None
    """Seconds."""


NOBODY = Figures()


@dataclass(frozen=True, slots=True)
class FormerTotals:
    """Counts over the other window."""

    hits: int = 0
    bytes: int = 0
    clients: int = 0
    client_errors: int = 0
    server_errors: int = 0
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What another window was, beside the one that is looked at."""

    against: Against
    window: Window
    """The other window; its steps are as wide."""
    condition: Condition = "counting"
    scale: float = 1.0
    """By which a count of then is multiplied to stand beside one of now: as much of either need not be known."""
    known_from: float = 0.0
    known_to: float = 0.0
    """What of the other window is known, epoch seconds."""
    totals: FormerTotals = FormerTotals()
    hits: tuple[int, ...] = ()
    """Requests per step, as many as the window has."""
    statuses: tuple[tuple[int, int], ...] | None = None
    """(status, hits), by status; None where that is not known."""
    rankings: tuple[tuple[str, tuple[Figures, ...]], ...] = ()
    """By name of a ranking what each row of the scene was, in the order of the rows."""
    note: str = ""
    """Why there is nothing, or what is missing, in words."""

    @property
    def is_ready(self) -> bool:
        """There are figures to stand beside those of now."""
        return self.condition in ("known", "partly")

    def rows(self, ranking: str) -> tuple[Figures, ...]:
        """What the rows of a ranking were; nothing where that is not known."""
        return next((rows for name, rows in self.rankings if name == ranking), ())


def other_window(window: Window, against: Against) -> Window:
    """The window that this one is compared with."""
    shift = {"before": window.seconds, "yesterday": DAY_SECONDS, "week": 7 * DAY_SECONDS}[against]
    return Window(window.start - shift, window.end - shift, window.step_seconds)


def differs(now: float, then: float, scale: float = 1.0) -> bool:
    """Whether two counts differ by more than chance; that of then is multiplied by `scale`.

    Requests that come by themselves vary as a Poisson count does, whose variance is its mean.
    """
    return abs(now - then * scale) >= SIGNIFICANT * math.sqrt(now + then * scale * scale) and bool(now or then)


def has_slowed(now: float | None, then: float | None, counts: tuple[int, int]) -> bool:
    """Whether two percentiles of so many requests differ by more than chance and more than a little."""
    if not now or not then or min(counts) < LEAST_TIMED:
        return False
    return abs(now - then) > SAME_SHARE * then
