"""Questions of a filter about time: a moment, or a time of day on every day.

A text without a zone is meant in the zone of this machine, as every time on the screen is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.filter_mistake import Mistake
from glance.domain.logs.filter_term import ALWAYS_EITHER, COMPARES, Compare
from glance.domain.logs.filter_view import Mask, View
from glance.domain.logs.record import LogRecord

DAY_MS = 86_400_000
QUARTER_MS = 900_000
"""Clocks of this world are set at whole quarters of an hour."""

MOST_MS = 253_402_300_800_000
"""The year 10000, up to which times of day are told."""

_EPOCH = re.compile(r"([0-9]{9,11})(?:\.([0-9]{1,3}))?")
_DAILY = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,3}))?)?")
_MOMENT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[Tt ]([0-9]{2})(?::([0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,3}))?)?)?)?"
    r"([Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)
_EXPECTED = "write 14:00 for every day, or 2026-11-22T14:00, with Z or +02:00 behind it where needed"
_BETWEEN = ".."
_BEHIND = re.compile(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,3})?)?")
"""The end of a stretch on the day of its beginning."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?=[Tt ])")
_ZONE = re.compile(r"(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})$")


@dataclass(frozen=True, slots=True)
class TimeTerm:
    """A question about when a request was made.

    What is written names a stretch as long as it is exact, down to a millisecond: `=` asks for that stretch,
    and the other comparisons are with its beginning. `=` also takes a stretch `from..to`, without its end.
    """

    words: str
    sign: str
    """`=`, `<`, `<=`, `>` or `>=`."""
    start_ms: int
    end_ms: int
    is_daily: bool
    """Both are times of day."""
    _compare: Compare = field(compare=False)

    def test(self, record: LogRecord) -> bool:
        """The answer for one record."""
        return bool(np.all(self._truths(np.array([record.at_ms], np.int64))))

    def mask(self, view: View) -> Mask:
        """The answers for a bucket."""
        return self._truths(view.columns.times.milliseconds())

    def _truths(self, at_ms: NDArray[np.int64]) -> NDArray[np.bool_]:
        if self.is_daily:
            at_ms = times_of_day(at_ms)
        if self.sign == "=" and self.end_ms < self.start_ms:  # over midnight
            return (at_ms >= self.start_ms) | (at_ms < self.end_ms)
        if self.sign == "=":
            return (at_ms >= self.start_ms) & (at_ms < self.end_ms)
        return np.asarray(self._compare(at_ms, self.start_ms), np.bool_)

    def outlook(self, first_ms: int, last_ms: int) -> tuple[bool, bool]:
        """Whether a record within these times can be chosen, and whether it can be left out."""
        if self.is_daily:
            return ALWAYS_EITHER
        if self.sign == "=":
            return (
                last_ms >= self.start_ms and first_ms < self.end_ms,
                not self.start_ms <= first_ms <= last_ms < self.end_ms,
            )
        at_first, at_last = self._compare(first_ms, self.start_ms), self._compare(last_ms, self.start_ms)
        return bool(at_first or at_last), not (at_first and at_last)


def times_of_day(at_ms: NDArray[np.int64]) -> NDArray[np.int64]:
    """Milliseconds since local midnight, by the clock on the wall."""
    quarters, places = np.unique(at_ms // QUARTER_MS, return_inverse=True)
    offsets = np.array([_offset_ms(quarter * QUARTER_MS) for quarter in quarters.tolist()], np.int64)
    return np.asarray((at_ms + offsets[places]) % DAY_MS) if len(at_ms) else at_ms


def _offset_ms(at_ms: int) -> int:
    """How far this machine's zone is ahead of UTC at that moment; 0 where no calendar reaches."""
    if not 0 <= at_ms < MOST_MS - DAY_MS:
        return 0
    offset = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone().utcoffset()
    return round(offset.total_seconds() * 1000) if offset else 0


def time_term(words: str, sign: str, text: str) -> TimeTerm:
    """The question that this text asks.

    Raises:
        Mistake: it is no time.
    """
    if _BETWEEN in text:
        return _between(words, sign, text)
    start_ms, length_ms, is_daily = _stretch(text)
    compare = COMPARES[sign]
    return TimeTerm(words, sign, start_ms, start_ms + length_ms, is_daily, compare)


def _between(words: str, sign: str, text: str) -> TimeTerm:
    """The question for a stretch from one moment up to another."""
    first, _, last = text.partition(_BETWEEN)
    if sign != "=":
        raise Mistake("a stretch of time has no size", hint=f"write time={text}")
    start_ms, _, is_daily = _stretch(first)
    if not is_daily and _BEHIND.fullmatch(last) and (day := _DAY.match(first)):
        zone = _ZONE.search(first)
        last = f"{day[0]}T{last:0>5}{zone[0] if zone else ''}"
    end_ms, _, is_end_daily = _stretch(last)
    if is_daily != is_end_daily or start_ms == end_ms or (end_ms < start_ms and not is_daily):
        raise Mistake("this stretch of time has no length", hint="write 14:00..14:05, or 2026-11-22T14:00..14:05")
    return TimeTerm(words, sign, start_ms, end_ms, is_daily, COMPARES[sign])


def _stretch(text: str) -> tuple[int, int, bool]:
    """Begin and length of what is written, and whether it is of every day."""
    if epoch := _EPOCH.fullmatch(text):
        part_ms, length_ms = _part_ms(epoch[2])
        return int(epoch[1]) * 1000 + part_ms, length_ms, False
    if daily := _DAILY.fullmatch(text):
        return *_daily_ms(daily), True
    if moment := _MOMENT.fullmatch(text):
        return *_moment_ms(moment), False
    raise Mistake("this is no time", hint=_EXPECTED)


def _daily_ms(found: re.Match[str]) -> tuple[int, int]:
    """Begin and length of a time of day."""
    hour, minute, second = int(found[1]), int(found[2]), int(found[3] or 0)
    if hour > 23 or minute > 59 or second > 59:
        raise Mistake("no clock shows this", hint=_EXPECTED)
    part_ms, length_ms = _part_ms(found[4])
    return ((hour * 60 + minute) * 60 + second) * 1000 + part_ms, length_ms if found[3] else 60_000


def _part_ms(digits: str | None) -> tuple[int, int]:
    """Where within its second a moment begins, and how long it is: `25` behind the point is 250 ms, for 10 ms."""
    return (int(f"{digits:0<3}"), 10 ** (3 - len(digits))) if digits else (0, 1000)


def _moment_ms(found: re.Match[str]) -> tuple[int, int]:
    """Begin and length of a stretch on the calendar."""
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        zone = found[8]
        if zone and zone not in "zZ":
            sign = -1 if zone[0] == "-" else 1
            moment = moment.replace(tzinfo=timezone(sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))))
        elif not zone:
            moment = moment.replace(tzinfo=None).astimezone()
        part_ms, length_ms = _part_ms(found[7])
        start_ms = round(moment.timestamp() * 1000) + part_ms
        if not found[4]:
            return start_ms, _day_ms(moment) if not zone else DAY_MS
    except (ValueError, OverflowError, OSError) as error:
        raise Mistake("no calendar has this", hint=_EXPECTED) from error
    return start_ms, length_ms if found[6] else 60_000 if found[5] else 3_600_000


def _day_ms(midnight: datetime) -> int:
    """How long a day is on this machine: one on which its clock is set is longer or shorter than others."""
    next_one = (midnight.replace(tzinfo=None) + timedelta(days=1)).astimezone()
    return round((next_one - midnight).total_seconds() * 1000)


def stretch_text(start_ms: int, end_ms: int) -> str:
    """How a filter names the stretch [start, end) exactly; the day is written once where one says it."""
    first, last = moment_text(start_ms), moment_text(end_ms)
    is_short = first[:11] == last[:11] and first.endswith("Z") == last.endswith("Z")
    return f"{first}{_BETWEEN}{last[11:].rstrip('Z') if is_short else last}"


def moment_text(at_ms: int) -> str:
    """How a filter names this moment exactly: `2026-11-22T14:00:03.25`, in the zone of this machine.

    Where its clock shows the same time twice, or no calendar reaches, in UTC.
    """
    seconds, part_ms = divmod(at_ms, 1000)
    part = f".{part_ms:03}".rstrip("0") if part_ms else ""
    utc = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    local = utc.astimezone().replace(tzinfo=None)
    is_told = local.astimezone() == utc
    return f"{local if is_told else utc.replace(tzinfo=None):%Y-%m-%dT%H:%M:%S}{part}{'' if is_told else 'Z'}"
