"""The page on which a Go program lists its profiles, with how much is in each: a cheap first question."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

MOST_BYTES = 256 << 10

_ROW = re.compile(
    r"""<td[^>]*>\s*(\d{1,18})\s*(?:</td>)?\s*<td[^>]*>\s*<a\s+href=["']?([^"'>\s?]+)[^>]*>([^<]{1,80})</a>""", re.I
)
"""A count and a link: `<tr><td>4</td><td><a href='heap?debug=1'>heap</a>`, before Go 1.11 without `</td>`."""

_LINK = re.compile(r"""<a\s+href=["']?([\w.-]+)\?(?:debug|seconds)=\d+""", re.I)
"""Only a link: other servers list no counts."""

ALWAYS = ("profile", "trace", "cmdline", "symbol")
"""What is served though Go before 1.11 does not list it."""


@dataclass(frozen=True, slots=True)
class PprofIndex:
    """What a target offers."""

    counts: tuple[tuple[str, int], ...]
    """(profile, how many records it holds), in the order of the page."""

    @property
    def names(self) -> frozenset[str]:
        """The profiles that can be asked for."""
        return frozenset(name for name, _ in self.counts)

    def count(self, name: str) -> int | None:
        """How much is in a profile; None where that is not known."""
        return dict(self.counts).get(name)


def index_of(page: bytes) -> PprofIndex | None:
    """What the page lists; None when it is another page."""
    text = page[:MOST_BYTES].decode("utf-8", "replace")
    counts = {unescape(link).rpartition("/")[2]: int(count) for count, link, _ in _ROW.findall(text)}
    for link in _LINK.findall(text):
        counts.setdefault(link, 0)
    if not counts or not counts.keys() & {"heap", "allocs", "goroutine", "profile", "block", "mutex", "threadcreate"}:
        return None
    if "goroutine" in counts:  # it is Go's own page
        for name in ALWAYS:
            counts.setdefault(name, 0)
    return PprofIndex(tuple(counts.items()))
