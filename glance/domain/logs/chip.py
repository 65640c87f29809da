"""Filters by pointing: each thing that was pointed at is a chip, and the chips together are the filter.

A chip is a part of a filter's normal form that must hold beside the others, so chips and text are the same thing.
"""

from __future__ import annotations

from typing import Any

from glance.domain.logs.filter import parse_filter
from glance.domain.logs.filter_lexer import quoted
from glance.domain.logs.record import LogRecord
from glance.domain.safe_text import decode
from glance.errors import FilterError

FIELDS = {
    "sections": "section",
    "paths": "path",
    "clients": "client",
    "routes": "route",
    "networks": "client",
    "agents": "agent",
    "kinds": "kind",
    "crawlers": "crawler",
    "referrers": "referrer",
    "hosts": "host",
    "upstreams": "upstream",
    "methods": "method",
    "statuses": "status",
}
"""The field that a ranking ranks."""

_DERIVED = frozenset(("section", "route", "kind", "crawler"))
"""Fields that are no fields of a record, but follow from one."""

_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_")


def chip_of(ranking: str, name: bytes) -> str:
    """The chip that asks for one name of a ranking, whatever bytes it has.

    Raises:
        FilterError: it is too long to be asked for.
    """
    field = FIELDS[ranking]
    if field in _DERIVED:
        return parse_filter(f"{field}={quoted(_text(name), '=')}").text
    if ranking == "networks" and b"/" in name:
        return parse_filter(f"client={_text(name)}").text
    named: dict[str, Any] = {field: name}
    sample = LogRecord(0, **named)
    text = _text(name)
    is_free = "," not in text
    try:
        exact = parse_filter(f"{field}={quoted(text, '=', is_free=is_free)}")
    except FilterError:
        exact = None  # no status, or no network, as the language knows them
    if exact is not None and exact.test(sample):
        return exact.text
    pattern = "".join(chr(byte) if byte in _PLAIN else f"\\x{byte:02x}" for byte in name)
    return parse_filter(f"{field}~\\A{pattern}\\Z").text


def _text(raw: bytes) -> str:
    """Bytes as a filter's text, so that these same bytes are asked for."""
    return raw.decode("utf-8", "surrogateescape")


def shown(chip: str) -> str:
    """A chip as a person reads it: bytes that are no UTF-8 as they are shown elsewhere."""
    return decode(chip.encode("utf-8", "surrogateescape"))


def chips_of(text: str) -> tuple[str, ...]:
    """The chips of a filter.

    Raises:
        FilterError: it is no filter.
    """
    return parse_filter(text).parts


def joined(chips: tuple[str, ...]) -> str:
    """The filter that these chips are together.

    Raises:
        FilterError: they are too many.
    """
    return parse_filter(" ".join(chips)).text


def opposite(chip: str) -> str:
    """The chip, or the chips, that ask for all others."""
    return " ".join(parse_filter(f"-{chip}").parts)


def with_chip(text: str, chip: str) -> str:
    """The filter with one chip more, at the end; its opposite goes.

    Raises:
        FilterError: it is too long.
    """
    others = tuple(one for one in chips_of(text) if one not in (chip, opposite(chip)))
    return joined((*others, chip))


def without(text: str, index: int = -1) -> str:
    """The filter without one of its chips."""
    chips = list(chips_of(text))
    if not -len(chips) <= index < len(chips):
        return text
    del chips[index]
    return joined(tuple(chips))


def with_last_negated(text: str) -> str:
    """The filter with the last chip turned into its opposite."""
    chips = chips_of(text)
    return joined((*chips[:-1], opposite(chips[-1]))) if chips else text
