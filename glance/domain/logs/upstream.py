"""The upstream of a request: the server behind the one that writes the log, as each of them writes it."""

from __future__ import annotations

import re
from collections.abc import Sequence

_SERVER = rb"(?:(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|\[[0-9A-Fa-f:.]{2,45}\]):[0-9]{1,5}|unix:/[^ ,\"\n]++)"
SERVERS = _SERVER + rb"(?:(?:, ?| : )(?:" + _SERVER + rb"|-))*+"
"""Exact regex without groups of addresses that nobody can take for anything else: with a port, or of a socket."""

_SERVERS = re.compile(SERVERS)
_BETWEEN = re.compile(rb", | : ")
_AFTER_COMMA, _AFTER_COLON = rb"(?<=,) [^ \n]++", rb" : [^ \n]++"


def upstream(said: bytes) -> bytes:
    """The server that answered; empty where the line names none.

    nginx lists the servers that it asked one after the other, those of one group with commas and groups
    with colons between: the last of them answered. Squid names how it chose before whom: `HIER_NONE/-` is nobody.
    A path is no server: Traefik writes one where it answers by itself.
    """
    if b", " in said or b" : " in said:
        named = [part for part in _BETWEEN.split(said) if part.strip() not in (b"", b"-")]
        return named[-1].strip() if named else b""
    return b"" if said == b"-" or said.endswith(b"/-") or said.startswith(b"/") else said


def shape_before(following: bytes) -> bytes | None:
    """The exact regex of an upstream that stands before this literal; None where it is that of any text.

    It never ends with a comma: whether a list goes on is then told by itself, whatever stands behind it.
    """
    if not following.startswith(b" "):
        return None
    more = _AFTER_COMMA if following.startswith(b" : ") else b"(?:" + _AFTER_COMMA + b"|" + _AFTER_COLON + b")"
    return rb"[^ \n]++" + b"(?:" + more + b")*+(?<!,)"


def are_servers(values: Sequence[bytes]) -> bool:
    """All of them that say something are addresses of servers, and some do."""
    told = [value for value in values if value not in (b"", b"-")]
    return bool(told) and all(_SERVERS.fullmatch(value) for value in told)
