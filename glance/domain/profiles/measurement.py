"""Units of profiles, and how pprof prints what is measured in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from glance.domain.profiles.parts import ValueType
from glance.domain.profiles.profile_error import ProfileError
from glance.domain.safe_text import safe_text


@dataclass(frozen=True, slots=True)
class Dimension:
    """Units that can be turned into each other."""

    default: str
    factors: dict[str, float]
    """How many of the smallest, for each unit as it is printed."""
    aliases: dict[str, str]
    """Other ways to write them, in lower case and without a plural s."""

    def unit(self, name: str) -> str | None:
        """The unit of this name, as it is printed; None when it is not one of these."""
        name = name.lower()
        return self.aliases.get(name.removesuffix("s") if len(name) > 2 else name)


def dimension(default: str, *units: tuple[str, float, str]) -> Dimension:
    """Units with their factors and their aliases, which are parted by blanks."""
    aliases = {alias: name for name, _, others in units for alias in others.split()}
    return Dimension(default, {name: factor for name, factor, _ in units}, aliases)


DIMENSIONS = (
    dimension(
        "B",
        ("B", 1.0, "b byte"),
        ("kB", float(1 << 10), "kb kbyte kilobyte"),
        ("MB", float(1 << 20), "mb mbyte megabyte"),
        ("GB", float(1 << 30), "gb gbyte gigabyte"),
        ("TB", float(1 << 40), "tb tbyte terabyte"),
        ("PB", float(1 << 50), "pb pbyte petabyte"),
    ),
    dimension(
        "s",
        ("ns", 1.0, "ns nanosecond"),
        ("us", 1e3, "μs us microsecond"),
        ("ms", 1e6, "ms millisecond"),
        ("s", 1e9, "s sec second"),
        ("hrs", 3.6e12, "hour hr"),
    ),
    dimension(
        "GCU",
        ("n*GCU", 1e-9, "nanogcu"),
        ("u*GCU", 1e-6, "microgcu"),
        ("m*GCU", 1e-3, "milligcu"),
        ("GCU", 1.0, "gcu"),
        ("k*GCU", 1e3, "kilogcu"),
        ("M*GCU", 1e6, "megagcu"),
        ("G*GCU", 1e9, "gigagcu"),
        ("T*GCU", 1e12, "teragcu"),
        ("P*GCU", 1e15, "petagcu"),
    ),
)
PLAIN = frozenset(("count", "sample", "unit", "minimum", "auto"))
"""Units that are not printed."""
LONGEST_UNIT = 40
"""Characters of one that are printed."""


def converted(value: int, from_unit: str, to_unit: str) -> tuple[float, str]:
    """A value in another unit, and that unit as it is printed, empty when it need not be.

    `minimum` and `auto` choose the largest unit in which the value is at least 1.
    """
    if value < 0:
        number, unit = converted(-value, from_unit, to_unit)
        return -number, unit
    for each in DIMENSIONS:
        known = each.unit(from_unit)
        if known is not None:
            return converted_in(each, value * each.factors[known], to_unit)
    return float(value), "" if to_unit in PLAIN else to_unit


def converted_in(units: Dimension, smallest: float, to_unit: str) -> tuple[float, str]:
    """So many of the smallest unit in another one of the same dimension."""
    wanted = units.unit(to_unit)
    if to_unit in {"minimum", "auto"}:
        fitting = [name for name, factor in units.factors.items() if smallest / factor >= 1.0]
        wanted = max(fitting, key=units.factors.__getitem__, default=None)
    wanted = wanted or units.default
    return smallest / units.factors[wanted], wanted


def label(value: int, from_unit: str, to_unit: str = "auto") -> str:
    """A value with its unit: `1.50kB`, `10ms`, `0`. A unit that nobody knows is text from outside, and is cleaned."""
    number, unit = converted(value, from_unit, to_unit)
    text = f"{number:.2f}".removesuffix(".00")
    return "0" if text in {"0", "-0"} else text + safe_text(unit, LONGEST_UNIT)


def percentage(value: int, total: int) -> str:
    """A share of the total, without its sign, at least two digits of it: `12.35%`, ` 0.12%`, `  100%`."""
    ratio = abs(value / total) * 100 if total else 0.0
    if 99.95 <= ratio <= 100.05:
        return "  100%"
    return f"{ratio:5.2f}%" if ratio >= 1.0 else f"{general(ratio):>5}%"


def general(ratio: float) -> str:
    """Two digits that count, as Go's %.2g prints them."""
    return f"{ratio:.2g}"


def finest(types: Sequence[ValueType]) -> ValueType:
    """The one of several types that counts in the smallest unit.

    Raises:
        ProfileError: they count different things.
    """
    found = types[0]
    for each in types[1:]:
        if not is_alike(found, each):
            raise ProfileError(f"incompatible types: {found} {each}")
        if converted(1, each.unit, found.unit)[0] < 1:
            found = each
    return found


def is_alike(one: ValueType, other: ValueType) -> bool:
    """They count the same, in units that can be turned into each other."""
    if one.type.removesuffix("s") != other.type.removesuffix("s"):
        return False
    if one.unit == other.unit:
        return True
    return any(each.unit(one.unit) is not None and each.unit(other.unit) is not None for each in DIMENSIONS)
