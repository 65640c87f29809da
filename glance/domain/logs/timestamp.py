"""The moments that access logs write, as milliseconds since the epoch.

Every parser takes bytes and returns None for what is not a moment, so that a malformed line
stays data. They run once per distinct value of a bucket, not once a line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

MomentParser = Callable[[bytes], int | None]

_MONTHS = {
    name: index + 1
    for index, name in enumerate(
        (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec")
    )
}
_CLF = re.compile(
    rb"([0-9]{1,2})/([A-Z][a-z]{2})/([0-9]{4}):([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?"
    rb"(?: ?([+-])([0-9]{2}):?([0-9]{2})|Z)?"
)
_ISO = re.compile(
    rb"([0-9]{4})-([0-9]{2})-([0-9]{2})[T \t]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:[.,]([0-9]{1,9}))?"
    rb"(?: ?([+-])([0-9]{2}):?([0-9]{2})|Z)?"
)
_EPOCH = re.compile(rb"([0-9]{9,10})(?:\.([0-9]{1,9}))?")
_EPOCH_MILLISECONDS = re.compile(rb"[0-9]{12,13}")
_EPOCH_FINE = re.compile(rb"[0-9]{15,19}")
_DAYS: dict[tuple[int, int, int], int] = {}
_MOST_DAYS = 4096
_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
_YEARS = range(1970, 9999)
"""Years that can be shown in every zone; what lies outside is the zero time of some language, or damage."""


def _day_ms(year: int, month: int, day: int) -> int | None:
    """Milliseconds since the epoch at the start of a day, None when there is no such day, or none that can be shown."""
    key = (year, month, day)
    found = _DAYS.get(key)
    if found is None:
        if year not in _YEARS:
            return None
        try:
            found = (date(year, month, day).toordinal() - _EPOCH_ORDINAL) * 86_400_000
        except ValueError:
            return None
        if len(_DAYS) >= _MOST_DAYS:
            _DAYS.clear()
        _DAYS[key] = found
    return found


def _moment(day_ms: int | None, clock: tuple[bytes, bytes, bytes], rest: tuple[bytes | None, ...]) -> int | None:
    """The moment from a day, a clock and (fraction, sign, zone hours, zone minutes)."""
    if day_ms is None:
        return None
    hour, minute, second = int(clock[0]), int(clock[1]), int(clock[2])
    if hour > 23 or minute > 59 or second > 60:
        return None
    fraction, sign, zone_hours, zone_minutes = rest
    at = day_ms + hour * 3_600_000 + minute * 60_000 + min(second, 59) * 1000
    if fraction:
        at += int(fraction[:3].ljust(3, b"0"))
    if sign:
        hours, minutes = int(zone_hours or b"0"), int(zone_minutes or b"0")
        if hours > 14 or minutes > 59:
            return None
        zone = hours * 3_600_000 + minutes * 60_000
        at += zone if sign == b"-" else -zone
    return at


def clf_moment(text: bytes) -> int | None:
    """`17/May/2015:10:05:03 +0000`; without a zone it is taken for UTC. `:60` folds to `:59`."""
    found = _CLF.fullmatch(text)
    if found is None:
        return None
    day, month, year, hour, minute, second, *rest = found.groups()
    return _moment(_day_ms(int(year), _MONTHS.get(month, 0), int(day)), (hour, minute, second), tuple(rest))


def iso_moment(text: bytes) -> int | None:
    """ISO 8601 / RFC 3339, `T` or a space between; without a zone it is taken for UTC."""
    found = _ISO.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, *rest = found.groups()
    return _moment(_day_ms(int(year), int(month), int(day)), (hour, minute, second), tuple(rest))


def epoch_moment(text: bytes) -> int | None:
    """Seconds since the epoch with or without a fraction, or whole milli-, micro- or nanoseconds."""
    found = _EPOCH.fullmatch(text)
    if found is not None:
        return int(found[1]) * 1000 + int((found[2] or b"")[:3].ljust(3, b"0"))
    if _EPOCH_MILLISECONDS.fullmatch(text):
        return int(text)
    if _EPOCH_FINE.fullmatch(text):
        return int(text[:13])
    return None


def any_moment(text: bytes) -> int | None:
    """Whichever of the known ways this is."""
    for parser in (clf_moment, iso_moment, epoch_moment):
        found = parser(text)
        if found is not None:
            return found
    return None


_CTIME = re.compile(rb"[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ 0-9][0-9]) ([0-9]{2}):([0-9]{2}):([0-9]{2}) ([0-9]{4})")


def ctime_moment(text: bytes) -> int | None:
    """`Sun Mar 13 22:49:12 2016`, taken for UTC."""
    found = _CTIME.fullmatch(text)
    if found is None:
        return None
    month, day, hour, minute, second, year = found.groups()
    days = _day_ms(int(year), _MONTHS.get(month, 0), int(day))
    return _moment(days, (hour, minute, second), (None, None, None, None))


@dataclass(frozen=True, slots=True)
class TemplateMoment:
    """Reads moments by a `strptime` template, for formats that a person describes; no zone means UTC."""

    template: str

    def __call__(self, text: bytes) -> int | None:
        """Milliseconds since the epoch, None when the text does not fit."""
        if b"\n" in text:  # a blank of the template would take it
            return None
        try:
            found = datetime.strptime(text.decode("latin-1"), self.template)  # noqa: DTZ007 - the zone is set below
            if found.year not in _YEARS:
                return None
            if found.tzinfo is None:
                found = found.replace(tzinfo=UTC)
            return round(found.timestamp() * 1000)
        except (ValueError, OverflowError):
            return None
