"""The fields of a line, and the exact shapes of their values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from glance.domain.logs.record import TEXT_FIELDS
from glance.domain.logs.upstream import shape_before

Kind = Literal["text", "time", "size", "latency"]

QUOTED = rb'[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+'
"""What stands between double quotes, escapes honoured; linear."""

PROTOCOL = rb"[A-Z]{2,10}/[0-9.]{1,5}"
"""What closes a request."""

_WORD = rb"(?!-(?: |\Z))[^ \[\n]++"
_NAMES = b"-|" + _WORD + b"(?: ++" + _WORD + b")*+|"
"""A user, who may have spaces in the name, but no `-` that stands alone: that is another field, of another format."""

_WHOLE = rb"(?:0*+[1-9][0-9]{0,17}+|0++)"
_NUMBER = _WHOLE + rb"(?:\.[0-9]{0,9}+)?+"

SHAPES: dict[str, bytes] = {
    "status": rb"[0-9]{3}|-",
    "size": _WHOLE + rb"|-1?",
    "latency": _NUMBER + rb"(?:(?:, ?| : )(?:" + _NUMBER + rb"|-))*+|-(?:(?:, ?| : )(?:" + _NUMBER + rb"|-))++|-1?",
}
"""Exact shapes of the fields that are not plain text. A latency may be a list, one a server that was asked."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a line.

    Names: those of TEXT_FIELDS, `request` (method, target and protocol), `target` (a path with its
    query, which is not kept), `time`, `size`, `latency`, `ident` and `skip` for what glance does not
    keep (`ident` is nearly always `-`, so it may share a token).
    """

    name: str
    shape: bytes | None = None
    """Exact regex of the value without groups, None for what the text around it implies."""
    unit_seconds: float = 1.0
    """Of a latency: how long 1 is."""
    rest: bytes = b""
    """Exact regex without groups of what belongs to the field but not to its value, as a port."""
    is_loose: bool = False
    """Of a request: quotes within it need no backslash; it ends where a protocol is closed."""

    @property
    def kind(self) -> Kind | None:
        """What is captured of it, None for nothing."""
        if self.name in TEXT_FIELDS or self.name == "ident":
            return "text"
        if self.name in ("time", "size", "latency"):
            return self.name  # type: ignore[return-value]
        return None


Item = Field | bytes
"""A field, or the literal text between two fields."""


def joined(items: Sequence[Item]) -> tuple[Item, ...]:
    """The items, literals that follow each other as one."""
    out: list[Item] = []
    for item in items:
        if isinstance(item, bytes) and out and isinstance(out[-1], bytes):
            out[-1] += item
        else:
            out.append(item)
    return tuple(out)


def shape_of(item: Field, following: bytes) -> bytes:
    """The exact regex of a field's value.

    Args:
        item: the field.
        following: the literal behind it, empty at the end of the line.
    """
    if item.shape is not None:
        return item.shape
    if item.name in SHAPES:
        return SHAPES[item.name]
    if following.startswith(b'"'):
        return QUOTED
    if item.name == "upstream" and (shape := shape_before(following)) is not None:
        return shape
    if following.startswith(b" [") and item.name in ("user", "skip"):
        return _NAMES
    if not following:
        return rb"[^\n]*+"
    return b"[^" + re.escape(following[:1]) + rb"\n]*+"
