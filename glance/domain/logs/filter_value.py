"""Makes the term of a filter out of a field, an operator and a value."""

from __future__ import annotations

import re
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import numpy as np

from glance.domain.logs.duration import SECOND, text_seconds
from glance.domain.logs.filter_address import address_of, network_test
from glance.domain.logs.filter_field import CLIENT, FIELDS, LATENCY, METHOD, SECTION, SIZE, STATUS, TIME
from glance.domain.logs.filter_lexer import quoted
from glance.domain.logs.filter_mistake import Mistake
from glance.domain.logs.filter_pattern import compile_pattern
from glance.domain.logs.filter_term import COMPARES, LatencyTerm, SizeTerm, Term, TextTerm
from glance.domain.logs.filter_time import time_term
from glance.domain.logs.filter_view import ValueTest
from glance.domain.logs.histogram import bins_of
from glance.domain.logs.record import section

MISSING = "-"
"""How a log says that it says nothing."""

MOST_SIZE = (1 << 63) - 1
MOST_LISTED = 200
"""Values between commas."""

_SIZE = re.compile(r"([0-9]{1,18}(?:\.[0-9]{1,9})?)(b|[kmgt]b?|[kmgt]ib)?")
_SIZE_UNITS = {"b": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12}
_BINARY_UNITS = {"kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40}
_LATENCY = re.compile(r"[0-9][0-9.a-zµμ]*")
_WHOLE_STATUS = re.compile(r"-?[0-9]{1,9}")
_STATUS_BYTES = re.compile(rb"-?[0-9]{1,9}")
_STATUS_CLASS = re.compile(r"[0-9][0-9xX][0-9xX]")


def make_term(field: str, operator: str, value: str, *, is_quoted: bool) -> Term:
    """The term with this field, operator (without `!`) and value.

    Raises:
        Mistake: the value cannot be asked for; `at` counts from its beginning.
    """
    kind = FIELDS[field]
    if kind == SIZE:
        return _size_term(field, operator, value.lower())
    if kind == LATENCY:
        return _latency_term(field, operator, value.lower())
    if kind == TIME:
        sign = "=" if operator == ":" else operator
        return time_term(f"{field}{sign}{quoted(value, sign)}", sign, value)
    is_list = kind in (STATUS, CLIENT, METHOD) and not is_quoted
    value, holds = _text_test(kind, operator, value, is_list=is_list)
    sign = ":" if kind == STATUS and operator == "=" and "x" in value else operator
    is_free = is_list or kind not in (STATUS, CLIENT, METHOD) or "," not in value
    words = f"{field}{sign}{quoted(value, sign, is_free=is_free)}"
    if kind == SECTION:
        return TextTerm(words, "path", _of_section(holds))
    return TextTerm(words, field, holds)


def _of_section(holds: ValueTest) -> ValueTest:
    """A test of sections, made with paths."""
    return lambda path: holds(section(path))


def _text_test(kind: str, operator: str, value: str, *, is_list: bool) -> tuple[str, ValueTest]:
    """The value in its normal form, and the test of a text."""
    if operator == "~":
        if not value:
            raise Mistake("an empty expression matches everything", hint="write what to look for")
        return value, compile_pattern(value).holds
    if operator == "=" and value in (MISSING, ""):
        return MISSING, lambda text: not text
    if kind == STATUS and operator not in ("=", ":"):
        return _status_order(operator, value)
    if not is_list or "," not in value:
        return _one(kind, operator, value)
    parts = value.split(",")
    if len(parts) > MOST_LISTED:
        raise Mistake(f"a list has at most {MOST_LISTED} values")
    made, at = [], 0
    for part in parts:
        try:
            made.append(_one(kind, operator, part))
        except Mistake as mistake:
            raise Mistake(mistake.why, at + mistake.at, mistake.hint) from mistake
        at += len(part) + 1
    tests = [holds for _, holds in made]
    return ",".join(text for text, _ in made), lambda text: any(holds(text) for holds in tests)


def _one(kind: str, operator: str, value: str) -> tuple[str, ValueTest]:
    """One value of a list, or the only one."""
    if not value:
        raise Mistake("a text to look for must stand here", hint='= "" asks for records that say nothing')
    if kind == STATUS:
        return _status(value)
    if kind == CLIENT and (found := _client(value)):
        return found
    raw = value.encode("utf-8", "surrogateescape")
    if kind == METHOD:
        raw = raw.upper()  # of ASCII letters only, as all that is compared
        value = raw.decode("utf-8", "surrogateescape")
    if operator == "=":
        return (value, lambda text: text.upper() == raw) if kind == METHOD else (value, lambda text: text == raw)
    low = raw.lower()
    return value, lambda text: low in text.lower()


def _client(value: str) -> tuple[str, ValueTest] | None:
    """The test of an address or a network; None when the value is neither."""
    if "/" in value:
        return network_test(value)
    wanted = address_of(value.encode("utf-8", "surrogateescape"))
    return (value, lambda text: address_of(text) == wanted) if wanted is not None else None


def _status(value: str) -> tuple[str, ValueTest]:
    """The test of one status, or of all that begin alike: `404`, `5xx`, `50x`."""
    if _WHOLE_STATUS.fullmatch(value):
        raw = value.encode()
        return value, lambda text: text == raw
    if _STATUS_CLASS.fullmatch(value):
        known = value.lower().rstrip("x").encode()
        if "x" not in known.decode():
            return value.lower(), lambda text: len(text) == 3 and text.isdigit() and text.startswith(known)
    raise Mistake("this is no status", hint="write a number, or 5xx for all that begin with 5")


def _status_order(operator: str, value: str) -> tuple[str, ValueTest]:
    """The test of a status against a number; what is no number is neither more nor less."""
    if not _WHOLE_STATUS.fullmatch(value):
        raise Mistake("a status is compared with a number", hint="write status>=500, or status:5xx")
    compare, bound = COMPARES[operator], int(value)
    return value, lambda text: _STATUS_BYTES.fullmatch(text) is not None and bool(compare(int(text), bound))


def _size_term(field: str, operator: str, value: str) -> SizeTerm:
    """A question about bytes: `1mb` is 1,000,000 of them, `1mib` 1,048,576."""
    sign = "=" if operator == ":" else operator
    words = f"{field}{sign}{value}"
    if value == MISSING and sign == "=":
        return SizeTerm(words, COMPARES["="], 0, is_missing=True)
    found = _SIZE.fullmatch(value)
    if found is None:
        raise Mistake("this is no size", hint="write a number of bytes, or 10kb, 1.5mb, 2gb, 1mib")
    unit = found[2] or "b"
    bound = Decimal(found[1]) * (_BINARY_UNITS[unit] if unit in _BINARY_UNITS else _SIZE_UNITS[unit[0]])
    whole = int(bound.to_integral_value(ROUND_CEILING if sign in (">=", "<") else ROUND_FLOOR))
    if sign == "=" and bound != whole:
        raise Mistake("no request sends a part of a byte", hint="use < or >")
    return SizeTerm(words, COMPARES[sign], min(whole, MOST_SIZE))


def _latency_term(field: str, operator: str, value: str) -> LatencyTerm:
    """A question about time taken: seconds, or with a unit."""
    sign = "=" if operator == ":" else operator
    words = f"{field}{sign}{value}"
    if value == MISSING and sign == "=":
        return LatencyTerm(words, COMPARES["="], 0, is_missing=True)
    seconds = text_seconds(value, SECOND) if _LATENCY.fullmatch(value) else -1.0
    if seconds < 0:
        raise Mistake("this is no duration", hint="write seconds, or a unit: 0.5, 500ms, 2m")
    return LatencyTerm(words, COMPARES[sign], int(bins_of(np.array([seconds]))[0]))
