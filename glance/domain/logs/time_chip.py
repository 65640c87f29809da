"""Filters by a part of the time axis: one chip, which is negated and dropped as one."""

from __future__ import annotations

import re

from glance.domain.logs.chip import chips_of, joined
from glance.domain.logs.filter_time import stretch_text

_INTERVAL = re.compile(r"time(?:>=|<|=)[0-9]{4}-.*")
"""A chip of an interval, and none of a time of day."""


def interval_chip(start: float, end: float) -> str:
    """What asks for the records within [start, end), epoch seconds, exact to a millisecond."""
    return f"time={stretch_text(round(start * 1000), round(end * 1000))}"


def with_interval(text: str, start: float, end: float) -> str:
    """The filter narrowed to an interval, in place of the one that it was narrowed to before.

    Raises:
        FilterError: it is too long.
    """
    others = tuple(chip for chip in chips_of(text) if not _INTERVAL.fullmatch(chip))
    return joined((*others, interval_chip(start, end)))
