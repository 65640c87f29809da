"""The terms of a filter: one question about one field of a record.

Each answers twice, for one record and for all records of a bucket, with the same result.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from glance.domain.logs.filter_view import Mask, ValueTest, View
from glance.domain.logs.histogram import bins_of
from glance.domain.logs.record import LogRecord
from glance.domain.logs.scanner import is_noise, is_probe
from glance.domain.logs.status import CLIENT_ERROR, error_class

Compare = Callable[[Any, Any], Any]

COMPARES: dict[str, Compare] = {
    "=": operator.eq,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}

ALWAYS_EITHER = (True, True)
"""A stretch of time says nothing of the answer."""


class Term(Protocol):
    """One question."""

    @property
    def words(self) -> str:
        """As it is written, in normal form."""

    def test(self, record: LogRecord) -> bool:
        """The answer for one record."""

    def mask(self, view: View) -> Mask:
        """The answers for a bucket."""

    def outlook(self, first_ms: int, last_ms: int) -> tuple[bool, bool]:
        """Whether a record within these times can be chosen, and whether it can be left out."""


@dataclass(frozen=True, slots=True)
class TextTerm:
    """A question about a text."""

    words: str
    column: str
    """The field of a record."""
    holds: ValueTest = field(compare=False)

    def test(self, record: LogRecord) -> bool:
        """The answer for one record."""
        return self.holds(getattr(record, self.column))

    def mask(self, view: View) -> Mask:
        """The answers for a bucket: each distinct text is tested once."""
        return view.ask(self.column, self.holds, self.words)

    def outlook(self, first_ms: int, last_ms: int) -> tuple[bool, bool]:
        """Times say nothing of texts."""
        return ALWAYS_EITHER


@dataclass(frozen=True, slots=True)
class NoiseTerm:
    """Asks for what is noise of scanners: probe paths that were answered with 4xx."""

    words: str

    def test(self, record: LogRecord) -> bool:
        """The answer for one record."""
        return is_noise(record.path, record.status)

    def mask(self, view: View) -> Mask:
        """The answers for a bucket: each distinct status and path is tested once."""
        refused = view.ask("status", _is_refused, "status 4xx")
        if refused is False:
            return False
        probes = view.ask("path", is_probe, "path probe")
        if isinstance(refused, bool) or isinstance(probes, bool):
            return probes if refused is True else refused if probes is True else False
        return refused & probes

    def outlook(self, first_ms: int, last_ms: int) -> tuple[bool, bool]:
        """Times say nothing of noise."""
        return ALWAYS_EITHER


def _is_refused(status: bytes) -> bool:
    return error_class(status) == CLIENT_ERROR


@dataclass(frozen=True, slots=True)
class SizeTerm:
    """A question about the bytes sent; `-` is neither more nor less than anything."""

    words: str
    compare: Compare = field(compare=False)
    bound: int
    is_missing: bool = False
    """Asks for records that tell no size."""

    def test(self, record: LogRecord) -> bool:
        """The answer for one record."""
        if self.is_missing:
            return record.size < 0
        return record.size >= 0 and bool(self.compare(record.size, self.bound))

    def mask(self, view: View) -> Mask:
        """The answers for a bucket."""
        sizes = view.columns.sizes
        if self.is_missing:
            return np.asarray(sizes < 0)
        return np.asarray((sizes >= 0) & self.compare(sizes, self.bound))

    def outlook(self, first_ms: int, last_ms: int) -> tuple[bool, bool]:
        """Times say nothing of sizes."""
        return ALWAYS_EITHER


@dataclass(frozen=True, slots=True)
class LatencyTerm:
    """A question about how long a request took.

    Latencies are kept in bins of 2 %, so those nearer than that to the bound count as equal to it;
    the answer for one record goes by the same bins.
    """

    words: str
    compare: Compare = field(compare=False)
    bound: int
    """A bin of the histogram."""
    is_missing: bool = False
    """Asks for records that tell no latency."""

    def test(self, record: LogRecord) -> bool:
        """The answer for one record."""
        found = int(bins_of(np.array([record.seconds]))[0])
        return found == 0 if self.is_missing else found > 0 and bool(self.compare(found, self.bound))

    def mask(self, view: View) -> Mask:
        """The answers for a bucket."""
        bins = view.columns.latencies
        if bins is None:
            return self.is_missing
        if self.is_missing:
            return np.asarray(bins == 0)
        return np.asarray((bins > 0) & self.compare(bins, self.bound))

    def outlook(self, first_ms: int, last_ms: int) -> tuple[bool, bool]:
        """Times say nothing of latencies."""
        return ALWAYS_EITHER
