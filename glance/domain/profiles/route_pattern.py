"""Routes as programs name them, and routes as the log shows them, in one form that can be compared.

`GET /users/{id}`, `/users/:id`, `/users/<int:id>` and what the log has as `/users/{id}` are all `/users/{}`.
`{path...}`, `*path` and `<path:name>` at the end stand for everything below, and so does a `/` at the end of
more than `/` itself, as Go's own router has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from glance.domain.logs.route import route

ANY, REST = "{}", "**"
_METHOD = re.compile(r"^[A-Z]{3,10}\s+")
_REST = re.compile(r"^(?:\*\w*|\*\*|\{\w*(?:\.\.\.|:\.[*+])\}|\{\*\w+\}|<path:\w+>|\[\.\.\.\w+\])$")
_WHOLE = re.compile(r"^(?::\w+\??|<[^<>]+>|\{[^{}]*\}|\[[^\[\]]*\]|\(.*\))$")
_INNER = re.compile(r"\{[^{}]*\}|<[^<>]+>")


@dataclass(frozen=True)
class RoutePattern:
    """A route in its normal form."""

    segments: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> RoutePattern:
        """The normal form of a route, or of a path.

        Args:
            text: may begin with a method and a host, and end with a query.
        """
        plain = _METHOD.sub("", text.strip())
        plain = plain[max(0, plain.find("/")) :].partition("?")[0]
        plain = route(plain.encode("utf-8", "surrogateescape")).decode("utf-8", "surrogateescape")
        return cls(tuple(map(_segment, plain.removeprefix("/").split("/"))))

    @property
    def text(self) -> str:
        """As it is compared."""
        return "/" + "/".join(self.segments)

    @cached_property
    def weight(self) -> tuple[int, int]:
        """The more it has of words of its own, and the longer it is, the surer it is meant."""
        return sum(each not in {ANY, REST, ""} for each in self.segments), len(self.segments)

    def covers(self, other: RoutePattern) -> bool:
        """Whether requests of another route are its own."""
        own = self.segments
        if len(own) > 1 and own[-1] in {REST, ""}:
            own = own[:-1]
            return len(other.segments) > len(own) and _fits(own, other.segments[: len(own)])
        if own == (REST,):
            return True
        return len(own) == len(other.segments) and _fits(own, other.segments)


def _segment(text: str) -> str:
    """What stands between two slashes, without the names of what varies."""
    if _REST.match(text):
        return REST
    return ANY if _WHOLE.match(text) else _INNER.sub(ANY, text)


def _fits(own: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Segment by segment."""
    return all(one == other or (one == ANY and other) for one, other in zip(own, others, strict=True))
