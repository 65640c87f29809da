"""What the values of keyed logs (JSON, logfmt, LTSV, CSV) say, whatever their type."""

from __future__ import annotations

import re

from glance.domain.logs.duration import bounded, text_seconds
from glance.domain.logs.format import split_head
from glance.domain.logs.timestamp import any_moment
from glance.domain.logs.upstream import upstream as answering

LARGEST_SIZE = 10**18
_STATUS = re.compile(rb"[0-9]{1,3}")
_METHOD = re.compile(rb"[A-Za-z][A-Za-z_-]{0,31}")
_WITH_PORT = re.compile(rb"(?:([0-9]{1,3}(?:\.[0-9]{1,3}){3})|\[([0-9A-Fa-f:.]{2,45})\])(?::[0-9]{1,5})?")
_REQUEST = re.compile(rb"(.*?)(?: ([A-Z]{2,10}/[0-9.]{1,5}))?", re.S)
_DIGITS = re.compile(r"[0-9]{1,18}")


def text(value: object) -> bytes:
    """A value as text; empty where it says nothing."""
    if type(value) is str and value.isascii():  # nearly always
        return b"" if value == "-" else value.encode()
    if isinstance(value, bytes):
        return b"" if value == b"-" else value
    if isinstance(value, str):
        return b"" if value == "-" else encoded(value)
    if isinstance(value, int):
        return b"%d" % value
    if isinstance(value, float):
        return b"%d" % int(value) if value.is_integer() and abs(value) < LARGEST_SIZE else repr(value).encode()
    if isinstance(value, list | tuple):
        return text(value[0]) if value else b""
    return b""


def encoded(value: str) -> bytes:
    """A text as UTF-8; bytes that were none come back as they stood."""
    try:
        return value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-8", "surrogateescape" if _is_escaped(value) else "replace")


def _is_escaped(value: str) -> bool:
    return all("\udc80" <= sign <= "\udcff" for sign in value if "\ud800" <= sign <= "\udfff")


def client(value: object) -> bytes:
    """A client without its port."""
    if type(value) is str and ":" not in value and value.isascii():  # nearly always
        return b"" if value == "-" else value.encode() if value[:1] != "[" else _without_port(value.encode())
    return _without_port(text(value))


def _without_port(said: bytes) -> bytes:
    if b":" not in said and not said.startswith(b"["):
        return said
    found = _WITH_PORT.fullmatch(said)
    return said if found is None else found[1] or found[2]


def status(value: object) -> bytes:
    """A status; empty where the value is none."""
    said = text(value)
    return said if _STATUS.fullmatch(said) else b""


def method(value: object) -> bytes:
    """A method; empty where the value is none."""
    said = text(value)
    return said if _METHOD.fullmatch(said) else b""


def target(value: object) -> bytes:
    """A path, its query left out."""
    if isinstance(value, str):
        return text(value.partition("?")[0])
    if isinstance(value, list | tuple):
        return target(value[0]) if value else b""
    return text(value.partition(b"?")[0] if isinstance(value, bytes) else value)


def upstream(value: object) -> bytes:
    """The server that answered, of several that were asked the last."""
    return answering(text(value))


def request(value: object) -> tuple[bytes, bytes, bytes]:
    """Method, path and protocol of a request line; empty where it is none."""
    found = _REQUEST.fullmatch(text(value))
    assert found is not None
    return *split_head(found[1]), found[2] or b""


def size(value: object) -> int:
    """A number of bytes; -1 where the value is none."""
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if isinstance(value, str):
        value = int(value) if _DIGITS.fullmatch(value) else -1
    if isinstance(value, float):
        value = int(value) if value.is_integer() else -1
    return value if isinstance(value, int) and 0 <= value < LARGEST_SIZE else -1


def seconds(value: object, unit_seconds: float) -> float:
    """A latency; -1 where the value is none."""
    if isinstance(value, bytes):
        value = value.decode("latin-1")
    if isinstance(value, str):
        return text_seconds(value, unit_seconds)
    return bounded(value * unit_seconds) if isinstance(value, int | float) and -1e18 < value < 1e18 else -1.0


def moment(value: object) -> int | None:
    """Milliseconds since the epoch; None where the value is no moment."""
    if isinstance(value, float):
        return (
            round(value * 1e6) // 1000 if 1e8 <= value < 1e10 else moment(int(value)) if 1e11 <= value < 1e19 else None
        )
    if isinstance(value, int):
        return any_moment(b"%d" % value)
    said = text(value)
    return any_moment(said[1:-1] if said[:1] == b"[" and said[-1:] == b"]" else said)
