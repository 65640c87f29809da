"""Numbers for the values of stored buckets: the same value has the same number in all of them."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.dictionary import Derived, Dictionary, Keys
from glance.domain.logs.series import LogSeries
from glance.domain.logs.word_table import LONGEST, WordTable, words_of
from glance.store.column_codec import PackedText

MOST_BYTES = 64 << 20
"""Of numbers that are remembered."""

MANY = 256
"""Values of a bucket from which on they are looked up together, where most of them are short."""


class Numbering:
    """Dictionaries that the series of several questions share, and the numbers of every bucket that was looked at.

    Looking a value up costs more than anything else that is done to it, so it is done once for all questions.
    """

    def __init__(self, series: LogSeries) -> None:
        """Number as this series does, which never numbers anew."""
        self.dictionaries: dict[str, Dictionary] = series.dictionaries
        self.derived: dict[str, Derived] = series.derived
        self._known: dict[tuple[int, str], Keys] = {}
        self._tables: defaultdict[str, WordTable] = defaultdict(WordTable)
        """The numbers of short values once more, by their bytes."""
        self._lock = threading.Lock()
        self._size_bytes = 0

    def share(self, series: LogSeries) -> None:
        """Let an empty series use these dictionaries too."""
        series.dictionaries, series.derived = self.dictionaries, self.derived

    @property
    def is_full(self) -> bool:
        """Some values have no number of their own."""
        return any(each.is_full for each in self.dictionaries.values())

    def known(self, bucket: int, field: str) -> Keys | None:
        """The numbers of all values of a field of a bucket, if they are remembered."""
        return self._known.get((bucket, field))

    def keys(self, bucket: int, field: str, column: PackedText | None) -> Keys:
        """The numbers of all values of a field of a bucket.

        Args:
            bucket: a number that says which bucket it is, and in which state; below 0 nothing is remembered.
            field: a text field.
            column: its values there; None is one that says nothing.
        """
        known = self._known.get((bucket, field))
        if known is None:
            known = self._numbers(field, column) if column is not None else self._looked_up(field, (b"",))
            if bucket >= 0:
                with self._lock:
                    self._remember(bucket, field, known)
        return known

    def some(self, field: str, column: PackedText, places: NDArray[np.intp]) -> Keys:
        """The numbers of the values of a column at some places."""
        return self._numbers(field, column, places)

    def _numbers(self, field: str, column: PackedText, places: NDArray[np.intp] | None = None) -> Keys:
        """The numbers of the values at some places, or of all."""
        bounds = column.bounds() if column.count >= MANY else None
        if bounds is None:
            return self._looked_up(field, column.values() if places is None else column.some(places))
        starts, ends = bounds if places is None else (bounds[0][places], bounds[1][places])
        is_short = ends - starts <= LONGEST
        if np.count_nonzero(is_short) * 2 < len(starts):
            return self._looked_up(field, column.values() if places is None else column.some(places))
        words = words_of(column.plain, starts, ends)
        with self._lock:
            table, dictionary = self._tables[field], self.dictionaries[field]
            found = table.find(words)
            found[~is_short] = -1
            missing = np.flatnonzero(found < 0)
            if len(missing):
                found[missing] = dictionary.keys(column.some(missing if places is None else places[missing]))
                fresh = missing[is_short[missing]]
                if not dictionary.is_full:  # else several share a number
                    table.add((words[0][fresh], words[1][fresh]), found[fresh])
        return found.astype(np.uint32)

    def _looked_up(self, field: str, values: Sequence[bytes]) -> Keys:
        with self._lock:
            return self.dictionaries[field].keys(values)

    def _remember(self, bucket: int, field: str, keys: Keys) -> None:
        if self._size_bytes + keys.nbytes > MOST_BYTES:
            self._known, self._size_bytes = {}, 0
        self._known[bucket, field] = keys
        self._size_bytes += keys.nbytes
