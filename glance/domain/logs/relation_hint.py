"""A test of one column of the relation `log`, made once for each distinct value.

It is a hint: SQL tests again what passes, so that one may let too much pass, never too little.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.filter_pattern import compile_pattern

Cell = str | int | float | None
Matcher = Callable[[Cell], bool]
Operator = Literal["=", "!=", "<", "<=", ">", ">=", "in", "like", "glob", "regexp", "null", "not null"]

COMPARES: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
PATTERNS = ("like", "glob", "regexp")

MOST_EXACT = 1 << 53
"""Whole numbers up to it are exact as floats too."""

_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,15})?")
_RANGES = {"<": (0, 1), "<=": (0, 1), ">": (1, 0), ">=": (1, 0)}
"""For each comparison which bound, first or last, passes when any does, and which when all do."""


@dataclass(frozen=True, slots=True)
class RelationHint:
    """One test."""

    column: int
    operator: Operator
    value: object
    """A number, a text, a set of them for `in`; None for `null` and `not null`."""
    matcher: Matcher

    def outlook(self, first: Cell, last: Cell) -> bool | None:
        """Whether all (True) or none (False) of what lies from first to last passes; None where it may be some."""
        if self.operator in ("null", "not null"):
            return self.operator == "not null"
        if self.operator == "=":
            return None if _is_within(self.value, first, last) else False
        if self.operator == "in":
            assert isinstance(self.value, frozenset)
            return None if any(_is_within(each, first, last) for each in self.value) else False
        if self.operator not in _RANGES:
            return None
        any_at, all_at = _RANGES[self.operator]
        bounds = (first, last)
        if not self.matcher(bounds[any_at]):
            return False
        return True if self.matcher(bounds[all_at]) else None

    def mask(self, numbers: NDArray[np.int64] | NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which of these numbers pass."""
        if self.operator in ("null", "not null"):
            return np.full(len(numbers), self.operator == "not null")
        if self.operator == "in":
            assert isinstance(self.value, frozenset)
            return np.isin(numbers, np.array(list(self.value), np.float64))
        return np.asarray(COMPARES[self.operator](numbers, self.value))


def relation_hint(column: int, operator: Operator, value: object, *, is_text: bool) -> RelationHint | None:
    """The test that SQL asks for; None where what SQL makes of it is for SQL alone to know.

    Args:
        column: number of the column.
        operator: what is asked.
        value: what is asked for; a set of values for `in`.
        is_text: the column holds text, else numbers.

    Raises:
        Mistake: a regular expression is none, or could take too long.
    """
    if operator == "null":
        return RelationHint(column, operator, None, lambda cell: cell is None)
    if operator == "not null":
        return RelationHint(column, operator, None, lambda cell: cell is not None)
    if operator in PATTERNS:
        holds = _holds(operator, value) if is_text else None
        return None if holds is None else RelationHint(column, operator, value, holds)
    if operator == "in":
        return _membership(column, value, is_text=is_text)
    known = _known(value, is_text=is_text)
    if known is None:
        return None
    compare = COMPARES[operator]
    return RelationHint(column, operator, known, lambda cell: cell is not None and compare(cell, known))


def _membership(column: int, value: object, *, is_text: bool) -> RelationHint | None:
    if not isinstance(value, set | frozenset | tuple | list):
        return None
    known = [_known(each, is_text=is_text) for each in value if each is not None]  # nothing is equal to NULL
    if any(each is None for each in known):
        return None
    members = frozenset(known)
    return RelationHint(column, "in", members, members.__contains__)


def _known(value: object, *, is_text: bool) -> str | int | float | None:
    """A value as SQL compares it with the column; None where that is not certain."""
    if is_text:
        return value if isinstance(value, str) else None
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = float(value)
    return value if isinstance(value, int | float) and abs(value) <= MOST_EXACT else None


def _is_within(value: Any, first: Any, last: Any) -> bool:
    return bool(first <= value <= last)


def _holds(kind: Operator, pattern: object) -> Matcher | None:
    """What a pattern says of a text."""
    if not isinstance(pattern, str) or "\0" in pattern:
        return None
    if kind == "regexp":
        finds = compile_pattern(pattern).holds
        return lambda cell: cell is not None and finds(str(cell).encode())
    if kind == "glob" and "[" in pattern:
        return None
    fits = _expression(kind, pattern).fullmatch
    # for LIKE a text ends at NUL
    return lambda cell: cell is not None and ("\0" in str(cell) or fits(str(cell)) is not None)


def _expression(kind: Operator, pattern: str) -> re.Pattern[str]:
    """The regular expression of a pattern, in linear time: what may stand between ends at the first place that fits."""
    many, one = ("%", "_") if kind == "like" else ("*", "?")
    parts = [
        "".join("." if sign == one else re.escape(sign) for sign in part)
        for part in re.split(f"{re.escape(many)}+", pattern)
    ]
    flags = re.DOTALL | re.ASCII | (re.IGNORECASE if kind == "like" else re.NOFLAG)
    if len(parts) == 1:
        return re.compile(parts[0], flags)
    first, *middle, last = parts
    skips = "".join(f"(?>.*?{part})" for part in middle if part)
    return re.compile(f"{first}{skips}.*{last}", flags)
