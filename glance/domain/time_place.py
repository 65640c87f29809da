"""A place on the time axis as a person writes it: `14:02`, `yesterday 9:00`, `-2h`, `14:00..14:30`, `2026-11-22`.

A text without a zone is meant in the zone of this machine, as every time on the screen is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from glance.domain.logs.filter_mistake import Mistake
from glance.domain.logs.filter_time import DAY_MS, TimeTerm, time_term
from glance.domain.window import LONGEST_SECONDS, nice_step

EXAMPLES = "14:02   2026-11-22   yesterday 9:00   -2h   14:00..14:30"
WHOLE_SECONDS = 3600.0
"""What is written no more exactly than an hour is a stretch to be looked at, not a moment within one."""

_AGO = re.compile(r"-?([0-9]{1,6})(s|m|h|d|w)(?: ago)?")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_WORD = re.compile(r"(today|yesterday)(?: (.+))?")
_CLOCK = re.compile(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,3})?)?(?:\.\.[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)?")

_HOUR = re.compile(r"^([0-9]{4}-[0-9]{2}-[0-9]{2}[t ])(?=[0-9]:)")
"""Behind a date an hour may be written as on a clock."""


@dataclass(frozen=True, slots=True)
class TimePlace:
    """Where to look."""

    start: float
    """Epoch seconds."""
    end: float
    is_moment: bool
    """It is to be seen within a window as long as before; otherwise it is the window."""


def parse_place(text: str, now: float) -> TimePlace:
    """The place that is meant: of a time of day the last one that has been.

    Args:
        text: what was written.
        now: epoch seconds.

    Raises:
        Mistake: it is none, with what to write.
    """
    text = " ".join(text.lower().split())
    if not text:
        raise Mistake("where to?", hint=EXAMPLES)
    if text == "now":
        return TimePlace(now, now, is_moment=True)
    if ago := _AGO.fullmatch(text):
        at = now - int(ago[1]) * _UNITS[ago[2]]
        if at < 0:
            raise Mistake("nothing is as old as that", hint=EXAMPLES)
        return TimePlace(at, at, is_moment=True)
    if word := _WORD.fullmatch(text):
        text = _on_day(now, 1 if word[1] == "yesterday" else 0, word[2] or "")
    try:
        if _CLOCK.fullmatch(text):
            return _last_time(text, now)
        text = _HOUR.sub(r"\g<1>0", text)
        term = time_term("", "=", text.upper() if text.endswith("z") else text)
    except Mistake as mistake:  # a filter has words of its own for it
        raise Mistake(mistake.why, hint=EXAMPLES) from mistake
    return _place(term, ".." in text, 0)


def _on_day(now: float, days: int, clock: str) -> str:
    """A date so many days before today, with a time of day behind it where there is one."""
    day = (datetime.fromtimestamp(now, UTC).astimezone() - timedelta(days=days)).strftime("%Y-%m-%d")
    first, between, last = clock.partition("..")
    return f"{day}T{first:0>5}{between}{last and f'{last:0>5}'}" if clock else day


def _last_time(text: str, now: float) -> TimePlace:
    """The last time at which a clock showed this."""
    today = _dated(text, now, 0)
    return today if today.start <= now else _dated(text, now, 1)


def _dated(text: str, now: float, days: int) -> TimePlace:
    """A time of day, so many days before today; a stretch over midnight ends on the next day."""
    first, between, last = text.partition("..")
    start = time_term("", "=", _on_day(now, days, first))
    if not between:
        return _place(start, False, 0)
    end = time_term("", "=", _on_day(now, days, last))
    stretch = TimeTerm("", "=", start.start_ms, end.start_ms, False, max)
    return _place(stretch, True, DAY_MS if end.start_ms <= start.start_ms else 0)


def _place(term: TimeTerm, is_stretch: bool, later_ms: int) -> TimePlace:
    """The place of what was read; `later_ms` later at its end."""
    start, end = term.start_ms / 1000, (term.end_ms + later_ms) / 1000
    if end - start > LONGEST_SECONDS:
        raise Mistake("this is longer than a window can be")
    return TimePlace(start, end, is_moment=not is_stretch and end - start < WHOLE_SECONDS)


def window_around(place: TimePlace, seconds: float) -> tuple[float, float]:
    """From where to where to look, in whole steps; a moment is in the middle of a window of so many seconds."""
    start, end = place.start, place.end
    if place.is_moment:
        start, end = start - seconds / 2, start + seconds / 2
    step = nice_step(end - start)
    return start // step * step, -(-end // step) * step
