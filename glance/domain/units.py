"""How numbers look: the only place that turns counts, bytes, durations, shares and times into text.

Three significant figures, the unit glued to the figure, no locale; every form has a greatest width
so that columns of them line up on the right.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, tzinfo

COUNT_WIDTH = 5
"""Cells of the widest `count` or `rate`: `9,999`, `12.4k`."""
SIZE_WIDTH = 6
"""Cells of the widest `size`: `18.4MB`."""
SHARE_WIDTH = 5
"""Cells of the widest `share`: `38.1%`, `<0.1%`."""
DURATION_WIDTH = 6
"""Cells of the widest `duration`: `240ms`, `59m59s`."""

NOTHING = "–"
"""Stands where there is no figure."""

MINUTE = 60
HOUR = 3600
DAY = 86400


def three(value: float) -> str:
    """A figure below 999.5 with three significant digits: `1.20`, `12.4`, `201`."""
    if value < 9.995:
        return f"{value:.2f}"
    if value < 99.95:
        return f"{value:.1f}"
    return f"{value:.0f}"


def _scaled(value: float, names: tuple[str, ...], factor: float = 1000.0) -> str:
    """Three significant digits with the first of the unit names that keeps them below 1,000."""
    for name in names[:-1]:
        if value < 999.5:
            return three(value) + name
        value /= factor
    return (three(value) if value < 999.5 else f"{value:.0f}") + names[-1]


def exact(value: int) -> str:
    """Every digit of a count, grouped: `12,408,112`."""
    return f"{value:,}"


def count(value: int) -> str:
    """A count in at most five cells: `8,412`, `12.4k`, `1.20M`."""
    if value < 10_000:
        return f"{value:,}"
    return _scaled(value / 1000, ("k", "M", "G", "T", "P", "E"))


def counted(value: int, noun: str) -> str:
    """A number of things, every digit of it: `1 line`, `2,345 lines`."""
    return f"{exact(value)} {noun}{'' if value == 1 else 's'}"


def rate(value: float) -> str:
    """Something per second, without the unit: `0`, `0.35`, `12.4`, `1,204`, `20.1k`."""
    if value <= 0:
        return "0"
    if value < 0.005:
        return "<0.01"
    if value < 99.95:
        return three(value)
    return count(round(value))


def size(value: float) -> str:
    """Bytes in decimal units: `512B`, `18.4MB`."""
    if value < 999.5:
        return f"{value:.0f}B"
    return _scaled(value / 1000, ("kB", "MB", "GB", "TB", "PB", "EB"))


def duration(seconds: float | None) -> str:
    """A length of time with its unit: `850µs`, `240ms`, `1.20s`, `4m12s`, `2h05m`, `3d04h`."""
    if seconds is None:
        return NOTHING
    if seconds < 0.0009995:
        return f"{seconds * 1e6:.0f}µs"
    if seconds < 0.9995:
        return f"{seconds * 1e3:.0f}ms" if seconds >= 0.00995 else f"{seconds * 1e3:.1f}ms"
    if seconds < 59.95:
        return three(seconds) + "s"
    whole = round(seconds)
    if whole < HOUR:
        return f"{whole // MINUTE}m{whole % MINUTE:02}s"
    if whole < DAY:
        return f"{whole // HOUR}h{whole % HOUR // MINUTE:02}m"
    if whole < 100 * DAY:
        return f"{whole // DAY}d{whole % DAY // HOUR:02}h"
    return f"{whole // DAY:,}d"


def age(seconds: float) -> str:
    """A length of time in whole seconds or longer: `0s`, `12s`, `4m12s`."""
    return f"{max(0, math.floor(seconds))}s" if seconds < MINUTE else duration(math.floor(seconds))


def share(value: float) -> str:
    """A part of a whole, 0 to 1, with one decimal: `38.1%`; `0` and `100%` only when they are exact."""
    if value <= 0:
        return "0"
    if value >= 1:
        return "100%"
    if value < 0.0005:
        return "<0.1%"
    return f"{min(99.9, value * 100):.1f}%"


def change(now: float, before: float) -> str:
    """How far a figure is from another, with an arrow: `▲ 12%`, `▼ 3%`, `▲ ×12`, `=`; empty without a base."""
    if before <= 0 or now < 0:
        return ""
    ratio = now / before
    if ratio >= 9.995:
        return f"▲ ×{min(ratio, 999):.0f}"
    percent = round((ratio - 1) * 100)
    return _arrow(percent, f"{abs(percent)}%")


def change_of_share(now: float, before: float) -> str:
    """How far a share is from another in percentage points: `▲ 0.3pt`."""
    points = round((now - before) * 100, 1)
    return _arrow(points, f"{abs(points):.1f}pt")


def _arrow(difference: float, text: str) -> str:
    """The text behind the arrow of its direction; `=` for none."""
    if difference == 0:
        return "="
    return f"{'▲' if difference > 0 else '▼'} {text}"


def clock(at: float, zone: tzinfo | None = None) -> str:
    """The time of day: `14:02:31`; in the zone of the machine unless one is given."""
    return _moment(at, zone).strftime("%H:%M:%S")


def moment(at: float, zone: tzinfo | None = None) -> str:
    """Day and time of day: `22 Nov 12:02:31`."""
    return _moment(at, zone).strftime("%d %b %H:%M:%S")


def date_minute(at: float, zone: tzinfo | None = None) -> str:
    """Date and minute: `2015-05-20 21:05`."""
    return _moment(at, zone).strftime("%Y-%m-%d %H:%M")


def span(start: float, end: float, now: float, zone: tzinfo | None = None) -> str:
    """A stretch of time: `Sat 21 Nov 14:00–14:15`; seconds only where they matter, the year where it is another."""
    first, last = _moment(start, zone), _moment(end, zone)
    day = "%a %d %b" if last.year == _moment(now, zone).year else "%d %b %Y"
    has_seconds = bool(first.second or last.second) and end - start < HOUR
    time = "%H:%M:%S" if has_seconds else "%H:%M"
    if first.date() == last.date():
        return f"{first.strftime(f'{day} {time}')}–{last.strftime(time)}"
    if (first.hour, first.minute) == (last.hour, last.minute) == (0, 0):  # whole days: the last one is named
        return _days(first, last - timedelta(days=1), day)
    return f"{first.strftime(f'{day} {time}')} – {last.strftime(f'{day} {time}')}"


def _days(first: datetime, last: datetime, day: str) -> str:
    """One day, or from one to another."""
    if first.date() == last.date():
        return first.strftime(day)
    return f"{first.strftime(day)} – {last.strftime(day)}"


def tick(at: float, step_seconds: float, zone: tzinfo | None = None) -> str:
    """A moment on an axis whose labels are `step_seconds` apart: `14:02:30`, `14:02`, `05-20` where a day begins."""
    moment = _moment(at, zone)
    if step_seconds < MINUTE:
        return moment.strftime("%H:%M:%S")
    begins_day = moment.hour == moment.minute == 0
    return moment.strftime("%m-%d" if step_seconds >= DAY or begins_day else "%H:%M")


def day_offset(at: float, zone: tzinfo | None = None) -> float:
    """Seconds that the zone is ahead of UTC at that moment, to put ticks on whole local hours and days."""
    offset = _moment(at, zone).utcoffset()
    return offset.total_seconds() if offset else 0.0


def iso(at: float) -> str:
    """A moment in ISO 8601, UTC: `2015-05-20T21:05:15Z`."""
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def _moment(at: float, zone: tzinfo | None) -> datetime:
    """The moment in that zone; the machine's when there is none."""
    return datetime.fromtimestamp(at, UTC).astimezone(zone)
