"""The common log format and its relatives: with a vhost before it, a referrer and an agent, and more behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from glance.domain.logs.field import SHAPES, Field, Item, joined
from glance.domain.logs.format import LogFormat
from glance.domain.logs.timestamp import any_moment
from glance.domain.logs.trailing import ANYTHING, ANYTHING_SHAPE, Trailing, trailings

_IDENT = Field("ident", rb"[^ \n]++")
CLIENT: tuple[Item, ...] = (Field("client", rb"[^ \n]++"), b" ", _IDENT, b" ", Field("user"), b" [")
VHOST: tuple[Item, ...] = (
    Field("host", rb"(?:\[[0-9A-Fa-f:.]++\]|[^ :\[\n]++)", rest=rb"(?::[0-9]{1,5})?+"),
    b" ",
    Field("client", rb"(?!- )[^ \n]++"),
    b" ",
    _IDENT,
    b" ",
    Field("user"),
    b" [",
)
AGENT: tuple[Item, ...] = (b' "', Field("referrer"), b'" "', Field("agent"), b'"')


@dataclass(frozen=True, slots=True)
class Member:
    """A relative of the common log format."""

    name: str
    has_vhost: bool
    has_agent: bool

    def layout(self, trailing: Trailing | None = None, *, is_loose: bool = False) -> LogFormat:
        """The format with something behind it.

        Args:
            trailing: what follows the known fields.
            is_loose: quotes within the request are not escaped.
        """
        head = VHOST if self.has_vhost else CLIENT
        request = (Field("time"), b'] "', Field("request", is_loose=is_loose), b'" ')
        size, behind = Field("size"), trailing.items if trailing else ()
        if trailing is ANYTHING and not self.has_agent:
            size, behind = Field("size", SHAPES["size"], rest=ANYTHING_SHAPE), ()
        body = (Field("status"), b" ", size, *(AGENT if self.has_agent else ()))
        items = [*head, *request, *body, *behind]
        words = f"{self.name} + {trailing.words}" if trailing and trailing.words else self.name
        return LogFormat(self.name, joined(items), moment=any_moment, words=words)


MEMBERS = (
    Member("combined", has_vhost=False, has_agent=True),
    Member("common", has_vhost=False, has_agent=False),
    Member("vhost_combined", has_vhost=True, has_agent=True),
    Member("vhost_common", has_vhost=True, has_agent=False),
)


@cache
def open_layouts() -> tuple[tuple[Member, LogFormat], ...]:
    """Each relative with whatever behind it: reads lines that the exact ones of a log do not."""
    return tuple((member, member.layout(ANYTHING)) for member in MEMBERS)


@cache
def loose_layouts() -> tuple[LogFormat, ...]:
    """Each relative, its request with quotes that are not escaped."""
    return tuple(member.layout(ANYTHING, is_loose=True) for member in MEMBERS)


def rest_of(layout: LogFormat, line: bytes) -> bytes | None:
    """What stands behind the known fields of a line; None when the line is no relative of this kind."""
    found = layout.exact.fullmatch(line)
    if found is None:
        return None
    time = next(index for index, group in enumerate(layout.groups, 1) if group.kind == "time")
    return None if layout.moment(found[time]) is None else line[found.end(len(layout.groups)) :]


def members_in(lines: Sequence[bytes]) -> list[tuple[LogFormat, int]]:
    """The relatives that a sample is written in, each with what follows, the most frequent first."""
    rests: dict[Member, list[bytes]] = {member: [] for member in MEMBERS}
    for line in lines:
        for member, layout in open_layouts():
            rest = rest_of(layout, line)
            if rest is not None:
                rests[member].append(rest.removeprefix(b'"') if member.has_agent else rest)
                break
    found = [(member.layout(trailing), count) for member in MEMBERS for trailing, count in trailings(rests[member])]
    return sorted(found, key=lambda pair: -pair[1])
