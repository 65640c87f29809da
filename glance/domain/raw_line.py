"""Lines of logs as a screen shows them, and what the page of lines asks for: frozen, plain values.

Rows are counted from the newest line of the window, which is row 0. While the page follows, the newest is whatever
came last; while it stands still, rows keep their numbers, whatever comes.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from glance.domain.log_line import LogLine

MOST_BYTES = 16 << 10
"""Of one line that reach the screen; a longer one says how long it is."""


@dataclass(frozen=True, slots=True)
class LinesWish:
    """Which lines the open page wants."""

    first: int = 0
    """The row where it begins."""
    count: int = 60
    is_still: bool = False
    """Rows keep their numbers; otherwise the newest lines are followed."""
    search: str = ""
    """Text that is looked for in every line, case folded; empty for none."""
    save: int = 0
    """How often the person asked to save the lines: one more saves them once more."""


@dataclass(frozen=True, slots=True)
class RawLine:
    """A line as it stands in its log, and what was understood of it."""

    text: str
    """Without its line end; its beginning where it is very long."""
    size_bytes: int
    """Of the whole line."""
    log: LogLine
    fields: tuple[tuple[str, str], ...] = ()
    """Every column of the record: name and text."""
    path: str = ""
    """The log."""
    file: str = ""
    """Where the line stands now, to be opened there; empty where no plain file has it."""
    offset: int = 0
    """Where it begins in that file."""
    is_rebuilt: bool = False
    """The log does not have it any more: made of the record, as the combined format would say it."""


@dataclass(frozen=True, slots=True)
class LineSearch:
    """How a search stands."""

    text: str = ""
    hits: int = 0
    """Lines that contain it, of those that were searched."""
    share: float = 0.0
    """Of the lines, that were searched, newest first; 1 when it is done."""
    rows: tuple[int, ...] = field(default=(), compare=False)
    """The rows of the hits, newest first, as many as are kept."""


@dataclass(frozen=True, slots=True)
class LineRows:
    """The answer: some rows of the list."""

    wish: LinesWish = field(default_factory=LinesWish)
    total: int = 0
    """Rows of the whole list."""
    first: int = 0
    """The row where `lines` begin."""
    lines: tuple[RawLine, ...] = ()
    newer: int = 0
    """Lines that came since the list stands still."""
    search: LineSearch = field(default_factory=LineSearch)
    saved: str = ""
    """What became of the last wish to save, in words."""
    save: int = 0
    """Which wish that was."""
