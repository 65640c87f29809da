"""Lengths of time in a rule: `90s`, `5m`, `1h30m`, and back to the shortest form."""

from __future__ import annotations

import re
from decimal import Decimal

_SECONDS = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdw]?)")


def seconds_of(text: str) -> float:
    """Seconds of a length of time.

    Raises:
        ValueError: it is none.
    """
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(f"{text!r} is no length of time")
    if len(parts) > 1 and not all(unit for _, unit in parts):
        raise ValueError(f"every part of {text!r} needs a unit")
    return sum(float(number) * _SECONDS[unit] for number, unit in parts)


def span_text(seconds: float) -> str:
    """The shortest form that reads back as the same: `2m`, `90s`, `1h30m`."""
    if seconds != int(seconds):
        return f"{plain(seconds)}s"
    if seconds < 120 and seconds % 60:
        return f"{int(seconds)}s"
    left, parts = int(seconds), []
    for unit in ("d", "h", "m", "s"):
        size = int(_SECONDS[unit])
        if left >= size:
            parts.append(f"{left // size}{unit}")
            left %= size
    return "".join(parts) if len(parts) < 3 and parts else f"{int(seconds)}s"


def plain(value: float) -> str:
    """Every digit that it takes to read the number back, and no exponent."""
    text = format(Decimal(repr(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
