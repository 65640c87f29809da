"""What chips say of time and route: which traffic is meant when somebody asks for the code behind it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from glance.domain.interval import Interval
from glance.domain.logs.filter_mistake import Mistake
from glance.domain.logs.filter_time import time_term

_TIME = re.compile(r"time(>=|<=|=|>|<)(.+)")
_ROUTE = re.compile(r'(?:route|path)="(?P<quoted>(?:[^"\\]|\\.)*)"|route=(?P<route>[^"].*)|path=(?P<path>[^",]+)')
"""One of them by its whole name; behind a comma a path would be another one."""
_ESCAPED = re.compile(r"\\(.)")


def interval_of(chips: Iterable[str], start: float, end: float) -> Interval | None:
    """The part of a window that chips of time leave; None where none of them narrows it.

    Args:
        chips: of a filter.
        start: of the window, epoch seconds.
        end: of the window.
    """
    first, last = start, end
    for chip in chips:
        found = _TIME.fullmatch(chip)
        try:
            term = time_term(chip, found[1], found[2]) if found else None
        except Mistake:
            term = None
        if term is None or term.is_daily:
            continue
        if term.sign in ("=", ">=", ">"):
            first = max(first, term.start_ms / 1000)
        if term.sign in ("<", "<="):
            last = min(last, term.start_ms / 1000)
        if term.sign == "=":
            last = min(last, term.end_ms / 1000)
    return Interval(first, last) if (first, last) != (start, end) and first < last else None


def route_of(chips: Iterable[str]) -> str:
    """The route or path that chips ask for, the last one; empty where they ask for none, or for several at once."""
    found = ""
    for chip in chips:
        if match := _ROUTE.fullmatch(chip):
            found = match["route"] or match["path"] or _ESCAPED.sub(r"\1", match["quoted"] or "")
    return found
