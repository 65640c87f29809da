"""What the value of a metric is counted in, and how it is read in a rule and shown to a person."""

from __future__ import annotations

import math
import re
from typing import Literal

from glance.domain import units
from glance.domain.alerts.duration import plain
from glance.domain.metrics.metric import Metric

Kind = Literal["number", "rate", "share", "seconds", "bytes"]

_UNITS: dict[Kind, dict[str, float]] = {
    "number": {"": 1.0},
    "rate": {"": 1.0, "/s": 1.0, "/m": 1 / 60},
    "share": {"": 1.0, "%": 0.01},
    "seconds": {"": 1.0, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0},
    "bytes": {"": 1.0, "b": 1.0, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12},
}
_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)([a-zµ/%]*)", re.I)
_KINDS: dict[str, Kind] = {"": "number", "/s": "rate", "share": "share", "s": "seconds", "bytes": "bytes"}


def kind_of(metric: Metric) -> Kind:
    """What the metric's value is counted in."""
    return _KINDS[metric.unit]


def read(text: str, kind: Kind) -> float:
    """A value as a rule writes it: `500ms`, `5%`, `10`.

    Raises:
        ValueError: it is none; the message says what it can be.
    """
    found = _NUMBER.fullmatch(text)
    names = _UNITS[kind]
    if found is None:
        raise ValueError(f"expected a number{_examples(kind)}, not {text!r}")
    number, unit = found[1], found[2].lower()
    if unit not in names:
        allowed = ", ".join(name for name in names if name)
        raise ValueError(
            f"unknown unit {found[2]!r}; it can be {allowed}" if allowed else f"{text!r} can have no unit here"
        )
    return _tidy(float(number) * names[unit])


def _tidy(value: float) -> float:
    """Without the error that a unit's factor brought: 5 % of 1 is 0.05, and 500 ms are 0.5 s."""
    return float(f"{value:.15g}")


def _examples(kind: Kind) -> str:
    return {"seconds": " such as 500ms", "bytes": " such as 10mb", "share": " such as 5%"}.get(kind, "")


def text_of(value: float, kind: Kind) -> str:
    """The normal form: reads back as the same value."""
    if kind == "share":
        percent = _tidy(value * 100)
        return f"{plain(percent)}%" if read(f"{plain(percent)}%", kind) == value else plain(value)
    if kind == "seconds" and 0 < abs(value) < 1:
        text = f"{plain(_tidy(value * 1000))}ms"
        return text if read(text, kind) == value else f"{plain(value)}s"
    if kind == "seconds":
        return f"{plain(value)}s"
    if kind == "bytes":
        for unit in ("tb", "gb", "mb", "kb"):
            text = f"{plain(_tidy(value / _UNITS['bytes'][unit]))}{unit}"
            if abs(value) >= _UNITS["bytes"][unit] and read(text, kind) == value:
                return text
    return plain(value)


def shown(value: float | None, kind: Kind) -> str:
    """The value for a person: `1.24s`, `5.2%`, `12.4/s`."""
    if value is None or math.isnan(value):
        return units.NOTHING
    if kind == "seconds":
        return units.duration(value)
    if kind == "share":
        return units.share(value)
    if kind == "bytes":
        return units.size(value)
    if kind == "rate":
        return f"{units.rate(value)}/s"
    return units.count(int(value)) if value == int(value) else f"{value:.4g}"
