"""Apache `LogFormat` strings: `%h %l %u %t \\"%r\\" %>s %b`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from glance.domain.logs.duration import MICROSECOND, MILLISECOND, SECOND
from glance.domain.logs.format import LogFormat
from glance.domain.logs.format_string import Part, assemble, mistake

KIND = "Apache LogFormat"
_DIRECTIVES: dict[str, tuple[str, int]] = {
    "h": ("client", 1),
    "a": ("client", 0),
    "l": ("ident", 0),
    "u": ("user", 0),
    "r": ("request", 0),
    "m": ("method", 0),
    "U": ("target", 0),
    "H": ("protocol", 0),
    "s": ("status", 0),
    "b": ("size", 0),
    "B": ("size", 0),
    "O": ("size", 1),
    "v": ("host", 1),
    "V": ("host", 2),
}
_HEADERS = {
    "referer": ("referrer", 0),
    "user-agent": ("agent", 0),
    "host": ("host", 0),
    "x-forwarded-for": ("client", 2),
}
_VARIABLES = {"BALANCER_WORKER_NAME": "upstream"}
_EPOCHS = {"sec", "msec", "usec"}
_UNITS = {"s": SECOND, "ms": MILLISECOND, "us": MICROSECOND, "": SECOND}
_TOKEN = re.compile(
    r"%(?P<mark>[<>]?[!0-9,]*|[!0-9,]*[<>]?)(?:\{(?P<name>[^}]*)\}(?P<verb>\^[A-Za-z]{2}|[A-Za-z])|(?P<plain>[A-Za-z%]))"
    r"|(?P<bad>%)|(?P<text>(?:\\.|[^%\\])+)",
    re.S,
)
_ESCAPES = {"\\t": "\t", "\\n": "", '\\"': '"', "\\'": "'", "\\\\": "\\"}


def parse_apache(text: str) -> LogFormat:
    """The format of an Apache `LogFormat` string.

    Raises:
        FormatError: it cannot be read.
    """
    return assemble(KIND, text, list(_parts(text)))


def _parts(text: str) -> Iterator[Part]:
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None or found["bad"]:
            hint = "a directive is `%h`, `%>s` or `%{Name}i`; a plain percent sign is `%%`"
            raise mistake(KIND, text, position, "a `%` without a directive", hint)
        position = found.end()
        if found["text"]:
            literal = re.sub(r"\\.", lambda escape: _ESCAPES.get(escape[0], escape[0][1:]), found["text"])
            yield Part(found.start(), literal=literal.encode())
        elif text.startswith("%q", position) and found["plain"] == "U":
            position += 2
            yield Part(found.start(), field="target")
        else:
            yield from _directive(found, text)


def _directive(found: re.Match[str], text: str) -> Iterator[Part]:
    column = found.start()
    if found["plain"] == "%":
        yield Part(column, literal=b"%")
    elif found["plain"] == "t":
        yield Part(column, literal=b"[")
        yield Part(column, field="time")
        yield Part(column, literal=b"]")
    elif found["plain"] == "D":
        yield Part(column, field="latency", unit_seconds=MICROSECOND)
    elif found["plain"] == "T":
        yield Part(column, field="latency", rank=1)
    elif found["plain"]:
        field, rank = _DIRECTIVES.get(found["plain"], ("skip", 0))
        shape = b"(?:-|[0-9]{3})" if field == "status" else None
        yield Part(column, field=field, rank=rank, shape=shape)
    else:
        yield _named(found, text)


def _named(found: re.Match[str], text: str) -> Part:
    column, name, verb = found.start(), found["name"], found["verb"]
    if verb == "i":
        field, rank = _HEADERS.get(name.lower(), ("skip", 0))
        return Part(column, field=field, rank=rank)
    if verb == "e" and name in _VARIABLES:
        return Part(column, field=_VARIABLES[name])
    if verb == "a":
        return Part(column, field="client", rank=3)
    if verb == "T":
        if name not in _UNITS:
            raise mistake(KIND, text, column, f"`{name}` is no unit of %T", "it is s, ms or us")
        return Part(column, field="latency", unit_seconds=_UNITS[name])
    if verb == "t":
        return _time(column, name)
    return Part(column, field="skip")


def _time(column: int, name: str) -> Part:
    name = name.removeprefix("begin:").removeprefix("end:")
    if name in _EPOCHS:
        return Part(column, field="time", rank=1, shape=rb"[0-9]{9,19}")
    if name == "msec_frac":
        return Part(column, field="time", template="%f")
    if name == "usec_frac":
        return Part(column, field="time", template="%f")
    return Part(column, field="time", template=name) if name else Part(column, field="time", shape=rb"[^\]\n]*+")
