"""Makes the term of a filter out of a field, an operator and a value."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import numpy as np

from glance.domain.logs.agent_kind import KINDS, agent_kind, crawler_name
from glance.domain.logs.duration import SECOND, text_seconds
from glance.domain.logs.filter_address import address_of, network_test
from glance.domain.logs.filter_field import (
    CLIENT,
    CRAWLER,
    FIELDS,
    KIND,
    LATENCY,
    METHOD,
    NOISE,
    ROUTE,
    SECTION,
    SIZE,
    STATUS,
    TIME,
)
from glance.domain.logs.filter_lexer import quoted
from glance.domain.logs.filter_mistake import Mistake
from glance.domain.logs.filter_pattern import compile_pattern
from glance.domain.logs.filter_term import COMPARES, LatencyTerm, NoiseTerm, SizeTerm, Term, TextTerm
from glance.domain.logs.filter_time import time_term
from glance.domain.logs.filter_view import ValueTest
from glance.domain.logs.histogram import bins_of
from glance.domain.logs.record import section
from glance.domain.logs.route import BUILT_IN, Routes
from glance.domain.logs.scanner import SCANNER

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


def make_term(field: str, operator: str, value: str, *, is_quoted: bool, routes: Routes = BUILT_IN) -> Term:
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
    if kind == KIND:
        return _kind_term(field, value)
    if kind == NOISE:
        return _noise_term(field, value)
    is_list = kind in (STATUS, CLIENT, METHOD) and not is_quoted
    value, holds = _text_test(kind, operator, value, is_list=is_list)
    sign = ":" if kind == STATUS and operator == "=" and "x" in value else operator
    is_free = is_list or kind not in (STATUS, CLIENT, METHOD) or "," not in value
    words = f"{field}{sign}{quoted(value, sign, is_free=is_free)}"
    if kind in (SECTION, ROUTE):
        return TextTerm(words, "path", _of(section if kind == SECTION else routes.of, holds))
    if kind == CRAWLER:
        return TextTerm(words, "agent", _of(crawler_name, holds))
    return TextTerm(words, field, holds)


def _of(rule: Callable[[bytes], bytes], holds: ValueTest) -> ValueTest:
    """A test of what follows from a value: of sections, made with paths."""
    return lambda value: holds(rule(value))


def _kind_term(field: str, value: str) -> TextTerm:
    """A question about the kind of client, or one of several kinds."""
    wanted = [kind.encode() for kind in value.lower().split(",")]
    if unknown := [kind for kind in wanted if kind not in KINDS]:
        known = ", ".join(kind.decode() for kind in KINDS)
        raise Mistake(f"there is no kind of client {unknown[0].decode()!r}", hint=f"the kinds are {known}")
    chosen = frozenset(wanted)
    words = ",".join(kind.decode() for kind in KINDS if kind in chosen)
    return TextTerm(f"{field}={words}", "agent", lambda agent: agent_kind(agent) in chosen)


def _noise_term(field: str, value: str) -> NoiseTerm:
    """A question about noise, of which there is one sort."""
    if value.lower() != SCANNER.decode():
        raise Mistake("there is no such noise", hint="write noise=scanner, or -noise=scanner to leave it out")
    return NoiseTerm(f"{field}={SCANNER.decode()}")


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
    hint = "write a number, or 5xx for all that begin with 5"
    if value[:1] in ("<", ">", "=", "!"):
        hint = f"without the colon it compares: status{value}"
    raise Mistake("this is no status", hint=hint)


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
