"""How long requests took, as logs write it: the unit told from a name, from the text or from a sample."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

SECOND, MILLISECOND, MICROSECOND, NANOSECOND = 1.0, 1e-3, 1e-6, 1e-9

LONGEST_SECONDS = 1e9
"""More than this is no latency."""

UNIT_WORDS = {SECOND: "s", MILLISECOND: "ms", MICROSECOND: "µs", NANOSECOND: "ns"}
"""How a unit is called on screen."""

_UNITS = {
    "h": 3600.0,
    "m": 60.0,
    "s": SECOND,
    "sec": SECOND,
    "secs": SECOND,
    "seconds": SECOND,
    "ms": MILLISECOND,
    "msec": MILLISECOND,
    "msecs": MILLISECOND,
    "us": MICROSECOND,
    "µs": MICROSECOND,
    "μs": MICROSECOND,
    "micros": MICROSECOND,
    "ns": NANOSECOND,
}
_NAME_UNITS = (
    ("microseconds", MICROSECOND),
    ("milliseconds", MILLISECOND),
    ("nanoseconds", NANOSECOND),
    ("seconds", SECOND),
    ("micros", MICROSECOND),
    ("millis", MILLISECOND),
    ("milli", MILLISECOND),
    ("microsec", MICROSECOND),
    ("millisec", MILLISECOND),
    ("nanosec", NANOSECOND),
    ("msec", MILLISECOND),
    ("usec", MICROSECOND),
    ("nanos", NANOSECOND),
    ("sec", SECOND),
    ("ms", MILLISECOND),
    ("us", MICROSECOND),
    ("ns", NANOSECOND),
    ("s", SECOND),
)
_PART = re.compile(r"([0-9]{1,18}(?:\.[0-9]{0,12})?) ?([a-zµμ]+)")
_WHOLE = re.compile(r"(?:[0-9]{1,18}(?:\.[0-9]{0,12}+)? ?[a-zµμ]++ ?)++")
_PLAIN = re.compile(r"[0-9]{1,18}(?:\.[0-9]{0,18})?(?:[eE][+-]?[0-9]{1,3})?")


def bounded(seconds: float) -> float:
    """The latency, -1 when it cannot be one."""
    return seconds if 0 <= seconds < LONGEST_SECONDS else -1.0


def text_seconds(text: str, unit_seconds: float) -> float:
    """The latency that a text tells: `0.012`, `12ms`, `1m2.5s`, `0.1, 0.2 : -` (a list is added up); -1 for none."""
    text = text.strip()
    if _PLAIN.fullmatch(text):
        return bounded(float(text) * unit_seconds)
    if "," in text or ":" in text:
        told = [text_seconds(part, unit_seconds) for part in text.replace(":", ",").split(",")]
        told = [seconds for seconds in told if seconds >= 0]
        return bounded(math.fsum(told)) if told else -1.0
    if not _WHOLE.fullmatch(text):
        return -1.0
    total = 0.0
    for number, unit in _PART.findall(text):
        if unit not in _UNITS:
            return -1.0
        total += float(number) * _UNITS[unit]
    return bounded(total)


def unit_of_name(name: str) -> float | None:
    """The unit that a key's name tells: `duration_ms`, `latencyMs`, `request_time_us`; None when it tells none."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().replace("-", "_").replace(".", "_")
    last = spaced.rsplit("_", 1)[-1] if "_" in spaced else ""
    for ending, unit in _NAME_UNITS:
        if last == ending:
            return unit
    return None


def unit_of_values(values: Sequence[float], *, is_whole: bool) -> float:
    """The unit that a sample of latencies is likely written in.

    Fractions are seconds, unless they are too long for that. Whole numbers are seconds where nearly all are 0
    or 1, and micro- or nanoseconds where even the quickest answers are far from 0 or the slow ones would take
    many minutes otherwise; else milliseconds.
    """
    told = sorted(value for value in values if value >= 0)
    if not told:
        return SECOND
    middle, longest = told[len(told) // 2], told[-1]
    if not is_whole:
        return MILLISECOND if middle >= 50 or longest > 10_000 else SECOND
    if longest <= 60 and sum(value <= 1 for value in told) * 2 >= len(told):
        return SECOND
    if middle >= 2_000_000 or longest > 3e10:
        return NANOSECOND
    if longest > 600_000 or middle >= 5_000 or (told[0] >= 20 and len(told) >= 20 and middle >= 100):
        return MICROSECOND
    return MILLISECOND
