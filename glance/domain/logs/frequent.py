"""The most frequent values of a stream in bounded room, with a bound of what is missing; two of them merge.

This is the Misra–Gries summary as Agarwal, Cormode, Huang, Phillips, Wei and Yi merge it ("Mergeable
summaries", PODS 2012): what is told of a value is never too much, and too little by at most `error`,
which is never more than a (k+1)-th of all that was counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

DEFAULT_KEPT = 128
"""Values kept: of each the count is then at most 1/129 of all hits too low."""

LONGEST_VALUE = 1024
"""Bytes of a value; longer ones are cut, and counted together when they begin alike."""


@dataclass(frozen=True, slots=True)
class Frequent:
    """The most frequent values of one field."""

    hits: Mapping[bytes, int]
    """Of each value at least so many, and at most `error` more."""
    total: int
    """Everything that was counted."""
    error: int = 0
    """A value that is not told of had at most so many."""

    def plus(self, other: Frequent, kept: int = DEFAULT_KEPT) -> Frequent:
        """Both together."""
        hits = dict(self.hits)
        for value, count in other.hits.items():
            hits[value] = hits.get(value, 0) + count
        return _reduced(hits, self.total + other.total, self.error + other.error, kept)


NOTHING = Frequent({}, 0)


def frequent(counts: Mapping[bytes, int], kept: int = DEFAULT_KEPT) -> Frequent:
    """The summary of exact counts."""
    hits: dict[bytes, int] = {}
    for value, count in counts.items():
        short = value[:LONGEST_VALUE]
        hits[short] = hits.get(short, 0) + count
    return _reduced(hits, sum(counts.values()), 0, kept)


def _reduced(hits: dict[bytes, int], total: int, error: int, kept: int) -> Frequent:
    if len(hits) > kept:
        bar = sorted(hits.values(), reverse=True)[kept]
        hits = {value: count - bar for value, count in hits.items() if count > bar}
        error += bar
    return Frequent(hits, total, error)
