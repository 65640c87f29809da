"""A value with its unit, as alerts and metrics have them."""

from __future__ import annotations

from rich.style import Style

from glance.domain import units
from glance.widgets.inks import Inks

FIGURE_WIDTH = 7
"""Cells of the widest figure: `1,204/s`."""
SECONDS = frozenset({"s", "seconds"})
BYTES = frozenset({"bytes", "B"})
SHARES = frozenset({"share", "ratio", "%"})
RATES = frozenset({"/s", "rate"})


def figure(value: float | None, unit: str) -> str:
    """A value in at most seven cells: `240ms`, `18.4MB`, `8.1%`, `1,204/s`, `12.4`."""
    if value is None:
        return units.NOTHING
    if unit in SECONDS:
        return units.duration(value)
    if unit in BYTES:
        return units.size(value)
    if unit in SHARES:
        return units.share(value)
    if unit in RATES:
        return f"{units.rate(value)}/s"
    return units.count(round(value)) if float(value).is_integer() and value >= 0 else units.rate(value)


def ink_of(unit: str, inks: Inks) -> Style:
    """The colour of what is measured: latency, bytes, requests; of what is none of them that of figures."""
    if unit in SECONDS:
        return inks.latency
    if unit in BYTES:
        return inks.volume
    return inks.traffic if unit in RATES else inks.text
