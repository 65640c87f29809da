"""What the page of SQL asks and is answered."""

from __future__ import annotations

from dataclasses import dataclass

from glance.domain.page import PageAnswer, PageWish

Value = None | int | float | str | bytes

About = tuple[str, float | None, str]
"""What a table is about: name of the window, where it ends (None is now), and the filter."""

MOST_QUERY = 4000
"""Characters of a query that is typed."""


@dataclass(frozen=True, slots=True)
class SqlWish(PageWish):
    """What is asked."""

    text: str = ""
    """The query of the newest run."""
    run: int = 0
    """How many runs were wanted so far; one more runs the text."""
    stop: tuple[int, int] = (0, 0)
    """The run that shall end, and how often that was wanted so far."""
    repeats: bool = False
    """The query is asked again and again while what it is about goes on."""


@dataclass(frozen=True, slots=True)
class SqlMistake:
    """Why a query has no answer."""

    why: str
    hint: str = ""
    at: int = -1
    """The character of the query where that shows; less than 0 where nobody knows."""


@dataclass(frozen=True, slots=True, eq=False)
class SqlResult:
    """The answer of a query. Equal only to itself: it may be large."""

    text: str
    """The query."""
    columns: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    is_all: bool
    """There were no more rows than these."""
    is_cut: bool
    """Some value was too long, and is held without its end."""
    seconds: float
    records: int
    """Of the table that was asked."""
    at: float
    """When it was asked, epoch seconds."""
    about: About = ("", None, "")


@dataclass(frozen=True, slots=True)
class SqlBoard(PageAnswer):
    """What the page shows."""

    records: int | None = None
    """Rows of the table, as it is now; None while they are counted."""
    left_out: int = 0
    """Requests of the window that are known as counts only, and are not in the table."""
    run: int = 0
    """The newest run that was begun."""
    running_since: float | None = None
    """Epoch seconds; None while no query runs."""
    result: SqlResult | None = None
    """Of the last run that had one."""
    mistake: SqlMistake | None = None
    """Why the last run has none."""

    @property
    def is_awaited(self) -> bool:
        """It is: a query is asked by hand."""
        return True
