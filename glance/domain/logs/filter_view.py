"""What a filter sees of a bucket: its columns, and which of its text values pass a test.

A text test is made once for each distinct value of a bucket's dictionary, never for a line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.bucket import LogBucket, TimeColumn
from glance.domain.logs.dictionary import Dictionary, Keys
from glance.domain.logs.held import HeldColumn

Mask = bool | NDArray[np.bool_]
"""Which records are chosen: all, none, or one truth a record."""

ValueTest = Callable[[bytes], bool]


class Columns(Protocol):
    """The columns that are no text; of a bucket, or of one that a series holds."""

    @property
    def times(self) -> TimeColumn:
        """When each record happened."""

    @property
    def sizes(self) -> NDArray[np.int64] | NDArray[np.int32]:
        """Bytes sent, -1 where the line says nothing."""

    @property
    def latencies(self) -> NDArray[np.uint16] | None:
        """Bins of latency, None when no record has one."""


class Numbered(Columns, Protocol):
    """All columns, those of text numbered by dictionaries that others share."""

    @property
    def texts(self) -> Mapping[str, HeldColumn]:
        """The columns of text, by field."""


class View(Protocol):
    """A bucket that answers a filter's questions."""

    @property
    def columns(self) -> Columns:
        """Its columns that are no text."""

    def ask(self, field: str, holds: ValueTest, name: str) -> Mask:
        """The records whose text in this field passes the test; `name` tells tests apart."""


class BucketView:
    """A bucket by itself, with its own dictionary."""

    def __init__(self, bucket: LogBucket) -> None:
        """Look at this bucket."""
        self._bucket = bucket

    @property
    def columns(self) -> Columns:
        """Its columns that are no text."""
        return self._bucket

    def ask(self, field: str, holds: ValueTest, name: str) -> Mask:
        """The records whose text in this field passes the test."""
        column = self._bucket.texts[field]
        truths = np.fromiter(map(holds, column.values), np.bool_, len(column.values))
        return _spread(truths, column.ids)


class Answers:
    """What tests said of the values of dictionaries, for as long as these live."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._known: WeakKeyDictionary[Dictionary, dict[str, NDArray[np.int8]]] = WeakKeyDictionary()

    def of(self, dictionary: Dictionary, keys: Keys, holds: ValueTest, name: str) -> NDArray[np.bool_]:
        """Whether the values with these numbers pass the test; each is tested once."""
        tests = self._known.setdefault(dictionary, {})
        known = tests.get(name)
        if known is None or len(known) < len(dictionary):
            missing = max(len(dictionary), 64) * 5 // 4 - (0 if known is None else len(known))
            fresh: NDArray[np.int8] = np.full(missing, -1, np.int8)
            known = tests[name] = fresh if known is None else np.concatenate([known, fresh])
        answers = known[keys]
        untested = keys[answers < 0]
        if len(untested):
            values = dictionary.values
            known[untested] = np.fromiter((holds(values[key]) for key in untested.tolist()), np.int8, len(untested))
            answers = known[keys]
        return answers.astype(np.bool_)


class HeldView:
    """A bucket of a series, with the dictionaries it shares."""

    def __init__(self, bucket: Numbered, dictionaries: Mapping[str, Dictionary], answers: Answers) -> None:
        """Look at this bucket, remembering what was asked before."""
        self._bucket = bucket
        self._dictionaries = dictionaries
        self._answers = answers

    @property
    def columns(self) -> Columns:
        """Its columns that are no text."""
        return self._bucket

    def ask(self, field: str, holds: ValueTest, name: str) -> Mask:
        """The records whose text in this field passes the test."""
        column = self._bucket.texts[field]
        return _spread(self._answers.of(self._dictionaries[field], column.keys, holds, name), column.ids)


def _spread(truths: NDArray[np.bool_], ids: NDArray[np.unsignedinteger]) -> Mask:
    """The truth of each record, from that of each value."""
    if truths.all():
        return True
    return truths[ids] if truths.any() else False
