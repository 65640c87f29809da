"""Numbers for the values of stored buckets: the same value has the same number in all of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from glance.domain.logs.dictionary import Derived, Dictionary, Keys
from glance.domain.logs.series import LogSeries

MOST_BYTES = 64 << 20
"""Of numbers that are remembered."""


class Numbering:
    """Dictionaries that the series of several questions share, and the numbers of every bucket that was looked at.

    Looking a value up costs more than anything else that is done to it, so it is done once for all questions.
    """

    def __init__(self, series: LogSeries) -> None:
        """Number as this series does, which never numbers anew."""
        self.dictionaries: dict[str, Dictionary] = series.dictionaries
        self.derived: dict[str, Derived] = series.derived
        self._known: dict[tuple[int, str], Keys] = {}
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

    def keys(self, bucket: int, field: str, values: Callable[[], Sequence[bytes]]) -> Keys:
        """The numbers of all values of a field of a bucket.

        Args:
            bucket: a number that says which bucket it is, and in which state; below 0 nothing is remembered.
            field: a text field.
            values: tells its values there, if they have to be looked up.
        """
        known = self._known.get((bucket, field))
        if known is None:
            told = values()
            with self._lock:
                known = self.dictionaries[field].keys(told)
                if bucket >= 0:
                    self._remember(bucket, field, known)
        return known

    def some(self, field: str, values: Sequence[bytes]) -> Keys:
        """The numbers of some values."""
        with self._lock:
            return self.dictionaries[field].keys(values)

    def _remember(self, bucket: int, field: str, keys: Keys) -> None:
        if self._size_bytes + keys.nbytes > MOST_BYTES:
            self._known, self._size_bytes = {}, 0
        self._known[bucket, field] = keys
        self._size_bytes += keys.nbytes
