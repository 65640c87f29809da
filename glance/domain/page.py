"""What a page of its own asks of the collector, and what it is answered: the ends of a wire, frozen and plain.

Each page has its own kinds of both, in a module of its own noun: `error_board.ErrorWish` and `ErrorBoard`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageWish:
    """What an open page wants to know; its kind says which page it is."""


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """What a page shows; its kind says which page it is for."""

    wish: PageWish
    """What it answers."""

    @property
    def is_awaited(self) -> bool:
        """It is shown even while the picture stands still: it is what a person has asked for since."""
        return False

    @property
    def is_coming(self) -> bool:
        """Nothing of it can be shown yet: it is worked on."""
        return False


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file that a page can write besides its table."""

    key: str
    """To choose it by; none of the others'."""
    form: str
    name: str
    purpose: str
    ending: str
    about: str
    """What it is named after."""
    make: Callable[[], bytes]
    """Makes what is in it; called in a thread."""


@dataclass(frozen=True, slots=True)
class PageTable:
    """The table that a page shows, to be written into a file."""

    columns: Sequence[str]
    rows: Sequence[tuple[int | float | str | bytes | None, ...]]
