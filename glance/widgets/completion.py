"""What may stand where the caret of a filter is: names of fields, and values that are on the screen. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from glance.domain.scene import Scene
from glance.domain.view import RankingName

MOST = 12
"""Candidates at most."""

FIELD_HEADS = (
    "status:", "path:", "section=", "client:", "method=", "latency>", "size>", "agent:", "referrer:", "user=", "host=",
    "upstream:", "protocol:", "time>=", "route=", "kind=", "crawler=",
)  # fmt: skip
"""Fields with the operator that is meant most often."""

METHODS = ("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH")
LATENCIES = ("100ms", "500ms", "1s", "5s")
SIZES = ("10kb", "100kb", "1mb", "10mb")
KINDS = ("person", "crawler", "tool", "monitor", "unknown")
RANKED: dict[str, RankingName] = {
    "path": "paths", "section": "sections", "client": "clients", "route": "routes", "host": "hosts",
    "upstream": "upstreams", "referrer": "referrers", "agent": "agents", "crawler": "crawlers",
}  # fmt: skip
"""Fields of which values are known: always, or while a table shows them."""

_WORD = re.compile(r"[^\s()|]*$")
_TERM = re.compile(r"([a-z_]+)(!=|!~|!:|>=|<=|=|~|>|<|:)(.*)", re.S | re.I)


@dataclass(frozen=True, slots=True)
class Completion:
    """What a part of the text can become."""

    start: int
    """Where the part begins; it ends at the caret."""
    candidates: tuple[str, ...] = ()
    is_field: bool = False
    """They are names of fields."""


def completion(text: str, caret: int, scene: Scene) -> Completion:
    """What the word before the caret can become.

    Args:
        text: the filter.
        caret: characters before it.
        scene: knows values.
    """
    found = _WORD.search(text[:caret])
    word = found[0] if found else ""
    bare = word.lstrip("-!")
    start = caret - len(bare)
    term = _TERM.match(bare)
    if term is None:
        low = bare.lower()
        heads = tuple(head for head in FIELD_HEADS if head.startswith(low))
        return Completion(start, heads[:MOST], is_field=bool(heads))
    field, operator, part = term[1].lower(), term[2], term[3]
    values = [value for value in _values(field, operator, scene) if _suits(value, part, operator)]
    return Completion(caret - len(part), tuple(values[:MOST]))


def _values(field: str, operator: str, scene: Scene) -> tuple[str, ...]:
    """Values of a field that are known, the most frequent first, each as it must be written."""
    if field == "status":
        codes = sorted(scene.totals.statuses, key=lambda item: -item[1])
        classes = tuple(f"{digit}xx" for digit in "54321") if operator in (":", "=", "!:", "!=") else ()
        return (*classes, *(str(code) for code, _ in codes))
    known = {"method": METHODS, "kind": KINDS, "latency": LATENCIES, "size": SIZES, "bytes": SIZES}.get(field)
    if known is not None:
        return known
    ranking = RANKED.get(field)
    return tuple(_written(row.name) for row in scene.ranking(ranking).rows if not row.raw) if ranking else ()


def _written(name: str) -> str:
    """A name as a value of a filter."""
    if re.search(r'[\s"\'\\|(),]', name):
        return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return name


def _suits(value: str, part: str, operator: str) -> bool:
    """The value goes on from what was typed, or, where a part of it is asked for, contains it."""
    low, typed = value.lower(), part.lower().lstrip('"')
    if value == part:
        return False
    return low.lstrip('"').startswith(typed) or (operator in (":", "!:") and typed in low)
