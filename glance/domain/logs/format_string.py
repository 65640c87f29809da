"""Format strings of servers and tools, once they are taken apart: put together as a LogFormat."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from glance.domain.logs.field import Field, Item
from glance.domain.logs.format import LogFormat
from glance.domain.logs.timestamp import MomentParser, TemplateMoment, any_moment, epoch_moment
from glance.errors import FormatError

_CLF_SHAPE = rb"[0-9]{1,2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?+(?: [+-][0-9]{4})?+"
_LONG_FORMS = {"%T": "%H:%M:%S", "%F": "%Y-%m-%d", "%D": "%m/%d/%y", "%R": "%H:%M", "%e": "%d", "%h": "%b", "%%": "%%"}
_DIRECTIVES = {
    "Y": rb"[0-9]{4}",
    "y": rb"[0-9]{2}",
    "m": rb"[0-9]{1,2}",
    "d": rb"[ 0-9]?[0-9]",
    "H": rb"[0-9]{1,2}",
    "I": rb"[0-9]{1,2}",
    "M": rb"[0-9]{2}",
    "S": rb"[0-9]{2}",
    "f": rb"[0-9]{1,6}",
    "j": rb"[0-9]{1,3}",
    "b": rb"[A-Za-z]{3,9}",
    "B": rb"[A-Za-z]{3,9}",
    "a": rb"[A-Za-z]{3,9}",
    "A": rb"[A-Za-z]{3,9}",
    "p": rb"[APap][Mm]",
    "z": rb"(?:[+-][0-9]{2}:?[0-9]{2}|Z)",
    "Z": rb"[A-Z]{3,5}",
    "s": rb"[0-9]{9,10}(?:\.[0-9]{1,9})?",
    "%": b"%",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a format string: a literal, a field, or a piece of the time."""

    column: int
    """Where it stands in the string, counted from 0."""
    literal: bytes = b""
    field: str = ""
    """Name of a Field; empty for a literal."""
    rank: int = 0
    """Of several parts for one field the lowest is taken."""
    unit_seconds: float = 1.0
    template: str = ""
    """Of a time: its `strptime` template; empty for a time that is written in one of the usual ways."""
    shape: bytes | None = None


def mistake(kind: str, text: str, column: int, why: str, hint: str = "") -> FormatError:
    """The error for a mistake in a format string."""
    shown = text if len(text) <= 120 else text[:117] + "…"
    return FormatError(f"this {kind} cannot be read: {shown}", f"column {column + 1}: {why}", hint)


def assemble(kind: str, text: str, parts: Sequence[Part]) -> LogFormat:
    """A LogFormat from the parts of a format string.

    Args:
        kind: what the screen calls it.
        text: the string, for messages.
        parts: in the order of the string.

    Raises:
        FormatError: two fields touch, or there is no time, or no request in it.
    """
    parts = _with_one_time(parts)
    parts = _best_only(parts)
    times = [part for part in parts if part.field == "time"]
    if not times:
        raise mistake(kind, text, len(text), "no field tells the time", "add the time of the request to the format")
    if not any(part.field in ("request", "method", "status", "target") for part in parts):
        raise mistake(kind, text, len(text), "no field tells the request or its status")
    moment, shape = _time_of(kind, text, times[0])
    items: list[Item] = []
    for part in parts:
        for item in _items(part, shape):
            if isinstance(item, bytes) and items and isinstance(items[-1], bytes):
                items[-1] += item
            elif isinstance(item, Field) and items and isinstance(items[-1], Field):
                why = f"`{items[-1].name}` and `{item.name}` touch: nothing tells where one ends"
                raise mistake(kind, text, part.column, why, "put a space or a sign between them")
            else:
                items.append(item)
    return LogFormat("custom", _settled(items), moment=moment, words=kind)


def _with_one_time(parts: Sequence[Part]) -> list[Part]:
    """Date and clock, and the literal between them, as one time."""
    out: list[Part] = []
    for part in parts:
        before = out[-1] if out else None
        if part.template and before is not None and before.template:
            out[-1] = replace(before, template=before.template + part.template)
        elif part.template and before is not None and not before.field and len(out) > 1 and out[-2].template:
            between = out.pop().literal.decode("latin-1").replace("%", "%%")
            out[-1] = replace(out[-1], template=out[-1].template + between + part.template)
        else:
            out.append(part)
    return out


def _best_only(parts: Sequence[Part]) -> list[Part]:
    """Of several parts for one field the best; the others are stepped over."""
    best: dict[str, Part] = {}
    for part in parts:
        if part.field and (part.field not in best or part.rank < best[part.field].rank):
            best[part.field] = part
    if "request" in best:
        for name in ("method", "target", "protocol"):
            best.pop(name, None)
    return [
        part if not part.field or best.get(part.field) is part else replace(part, field="skip", template="")
        for part in parts
    ]


def _time_of(kind: str, text: str, part: Part) -> tuple[MomentParser, bytes | None]:
    """How the time is read, and its shape."""
    if not part.template:
        return any_moment, part.shape
    template = re.sub(r"%[TFDReh%]", lambda found: _LONG_FORMS[found[0]], part.template)
    shape = b""
    for found in re.finditer(r"%(.)|([^%]+)", template):
        if found[2] is not None:
            shape += re.escape(found[2].encode())
        elif found[1] in _DIRECTIVES:
            shape += _DIRECTIVES[found[1]]
        else:
            raise mistake(kind, text, part.column, f"`%{found[1]}` is no part of a date that can be read")
    if template.startswith("%s"):
        return epoch_moment, _DIRECTIVES["s"]
    if "%d" not in template and "%j" not in template:
        raise mistake(kind, text, part.column, "the time has no date beside it", "let the date stand next to the time")
    usual = template.removesuffix(" %z").removesuffix("%z")
    is_usual = usual in ("%d/%b/%Y:%H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d\t%H:%M:%S")
    return any_moment if is_usual else TemplateMoment(template), shape


def _items(part: Part, time_shape: bytes | None) -> list[Item]:
    if not part.field:
        return [part.literal]
    if part.field == "time":
        return [Field("time", time_shape)]
    return [Field(part.field, part.shape, part.unit_seconds)]


def _settled(items: Sequence[Item]) -> list[Item]:
    """Unquoted requests in their parts; times with their shape where nothing else bounds them."""
    out: list[Item] = []
    for index, item in enumerate(items):
        follower = items[index + 1] if index + 1 < len(items) else b""
        following = follower if isinstance(follower, bytes) else b""
        if isinstance(item, Field) and item.name == "request" and not following.startswith(b'"'):
            out += [Field("method"), b" ", Field("target"), b" ", Field("protocol")]
        elif isinstance(item, Field) and item.name == "time" and following[:1] in (b"]", b'"'):
            out.append(Field("time"))
        elif isinstance(item, Field) and item.name == "time" and item.shape is None and following.startswith(b" "):
            out.append(Field("time", _CLF_SHAPE + rb"|[^ \n]*+"))
        else:
            out.append(item)
    return out
