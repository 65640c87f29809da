"""The columns of a stored bucket, each unpacked when it is asked for: a filter needs few of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.bucket import TimeColumn
from glance.store.bucket_codec import EncodedBucket, decode_slowest
from glance.store.column_codec import DamagedError, PackedText, decode_numbers, decode_times


class StoredColumns:
    """One stored bucket. Any thread can use it, one at a time."""

    def __init__(self, stored: EncodedBucket) -> None:
        """Unpack nothing yet."""
        self.stored = stored
        self._times: TimeColumn | None = None
        self._sizes: NDArray[Any] | None = None
        self._latencies: NDArray[np.uint16] | None = None
        self._texts: dict[str, PackedText] = {}

    @property
    def records(self) -> int:
        """Number of records."""
        return self.stored.records

    @property
    def times(self) -> TimeColumn:
        """When each record happened.

        Raises:
            DamagedError: of this and all that follows: the bytes are no column, or not of this bucket.
        """
        if self._times is None:
            self._times = decode_times(self._bytes("times"))
            self._check(len(self._times.deltas))
        return self._times

    @property
    def sizes(self) -> NDArray[np.int64] | NDArray[np.int32]:
        """Bytes sent, -1 where the line says nothing."""
        if self._sizes is None:
            self._sizes = decode_numbers(self._bytes("sizes"))
            self._check(len(self._sizes))
        return self._sizes

    @property
    def latencies(self) -> NDArray[np.uint16] | None:
        """Bins of latency, None when no record has one."""
        if self._latencies is None and "latencies" in self.stored.columns:
            self._latencies = decode_numbers(self._bytes("latencies"))
            self._check(len(self._latencies))
        return self._latencies

    @property
    def slowest_seconds(self) -> float:
        """Exact longest latency, -1 when there is none."""
        return decode_slowest(self.stored.slowest)

    @property
    def gaps(self) -> NDArray[np.uint32]:
        """Ordinals of the lines that are not records."""
        return decode_numbers(self._bytes("gaps")) if "gaps" in self.stored.columns else np.zeros(0, np.uint32)

    def text(self, field: str) -> PackedText | None:
        """A column of text; None when it says nothing."""
        known = self._texts.get(field)
        if known is None and field in self.stored.columns:
            known = self._texts[field] = PackedText(self.stored.columns[field])
            self._check(len(known.ids))
        return known

    def _bytes(self, name: str) -> bytes:
        try:
            return self.stored.columns[name]
        except KeyError:
            raise DamagedError("a column is missing") from None

    def _check(self, length: int) -> None:
        if length != self.records:
            raise DamagedError("columns differ in length")
