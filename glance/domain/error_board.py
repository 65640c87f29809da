"""What the page of errors asks for and shows: statuses from 400 on, with who and what is behind each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from glance.domain.log_line import LogLine
from glance.domain.page import PageAnswer, PageWish

ErrorKind = Literal["error", "probe", "storm"]
"""A real error, or noise of scanners: a probe path, or one of a storm of 404s."""


@dataclass(frozen=True, slots=True)
class ErrorWish(PageWish):
    """What the open page has room for."""

    names: int = 8
    """Routes and clients of each status."""
    lines: int = 8
    """Newest lines of each status."""


@dataclass(frozen=True, slots=True)
class ErrorName:
    """A route, a path or a client with its errors of one status."""

    name: str
    raw: bytes
    """As it stands in the log."""
    hits: int
    share: float
    """Of the errors of the status, 0 to 1."""


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """One status, as real errors or as noise of one kind."""

    kind: ErrorKind
    status: str
    hits: int
    share: float
    """Of all requests of the window, 0 to 1."""
    first_at: float
    """When it was first seen within the window, epoch seconds."""
    last_at: float
    spark: tuple[int, ...]
    """Hits in equal slices of the window, oldest first."""
    targets: tuple[ErrorName, ...] = ()
    """The routes with most of it; paths, where all is of one route."""
    are_paths: bool = False
    """`targets` are paths."""
    target_count: int = 0
    """How many there are."""
    clients: tuple[ErrorName, ...] = ()
    client_count: int = 0
    lines: tuple[LogLine, ...] = ()
    """The newest ones, newest first."""
    agents: tuple[str, ...] = ()
    """Who asked for each of `lines`, as it calls itself."""

    @property
    def key(self) -> tuple[ErrorKind, str]:
        """What makes it this one and no other."""
        return (self.kind, self.status)

    @property
    def is_noise(self) -> bool:
        """It is noise of scanners."""
        return self.kind != "error"


@dataclass(frozen=True, slots=True)
class ErrorBoard(PageAnswer):
    """What the page shows."""

    rows: tuple[ErrorRow, ...] = ()
    """Real errors first, those of servers above those of clients; within these the most frequent first."""
    requests: int = 0
    """Of the window, of those that the view's filter chooses."""
    stormers: tuple[bytes, ...] = ()
    """The clients that make storms of 404s, most of them first."""

    @property
    def errors(self) -> int:
        """Hits that are real errors."""
        return sum(row.hits for row in self.rows if not row.is_noise)

    @property
    def noise(self) -> int:
        """Hits that are noise of scanners."""
        return sum(row.hits for row in self.rows if row.is_noise)
