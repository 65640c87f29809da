"""What a page of its own asks of the collector, and what it is answered: the ends of a wire, frozen and plain.

Each page has its own kinds of both, in a module of its own noun: `error_board.ErrorWish` and `ErrorBoard`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageWish:
    """What an open page wants to know; its kind says which page it is."""


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """What a page shows; its kind says which page it is for."""

    wish: PageWish
    """What it answers."""
