"""Which records of each bucket of a series a filter chooses, remembered for as long as the bucket is held."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.filter import Filter
from glance.domain.logs.held import HeldBucket
from glance.domain.logs.series import LogSeries
from glance.domain.logs.tally import Selection

NONE: NDArray[np.intp] = np.zeros(0, np.intp)
"""No record."""

MOST_UNPACKED = 1 << 20
"""Numbers of records kept at hand, of the filter that is looked at."""

Kept = NDArray[np.uint8] | bool
"""A bit a record; or all of them, or none."""


class Selections:
    """What a filter chooses of the buckets of one series: of each a bit a record, for as long as it is held."""

    def __init__(self, chosen_by: Filter, series: LogSeries) -> None:
        """Select nothing yet."""
        self.filter = chosen_by
        self._series = series
        self._kept: dict[int, tuple[HeldBucket, Kept]] = {}
        self._unpacked: dict[int, NDArray[np.intp]] = {}
        self._room = MOST_UNPACKED

    def of(self, bucket: HeldBucket) -> Selection:
        """The chosen records of a bucket; None when all are."""
        unpacked = self._unpacked.get(id(bucket))
        if unpacked is not None:
            return unpacked
        known = self._kept.get(id(bucket))
        if known is not None:
            selection = _selection(known[1], bucket.records)
            self._hold(bucket, selection)
            return selection
        mask = self._mask(bucket)
        found = NONE if mask is None else np.flatnonzero(mask)
        is_whole = len(found) == bucket.records
        kept = is_whole if mask is None or is_whole or not len(found) else np.packbits(mask)
        self._kept[id(bucket)] = (bucket, kept)
        self._hold(bucket, None if is_whole else found)
        return None if is_whole else found

    def _hold(self, bucket: HeldBucket, selection: Selection) -> None:
        """Keep what every panel of one scene asks for again."""
        if selection is not None and len(selection) <= self._room:
            self._unpacked[id(bucket)] = selection
            self._room -= len(selection)

    def rest(self) -> None:
        """Keep no more than the bits, until it is asked again."""
        self._unpacked = {}
        self._room = MOST_UNPACKED

    def _mask(self, bucket: HeldBucket) -> NDArray[np.bool_] | None:
        """One truth a record; None when no record can be chosen."""
        if not self.filter.may_match(bucket.first_ms, bucket.last_ms):
            return None
        return self.filter.select_held(bucket, self._series)

    def retain(self, buckets: Iterable[HeldBucket]) -> None:
        """Forget what was chosen of all other buckets."""
        held = {id(bucket) for bucket in buckets}
        if len(self._kept) > len(held) or not held.issuperset(self._kept):
            self._kept = {key: kept for key, kept in self._kept.items() if key in held}
            self.rest()


class Others(Selections):
    """What other selections leave out."""

    def __init__(self, chosen: Selections, series: LogSeries) -> None:
        """Select what these do not."""
        super().__init__(chosen.filter, series)
        self._left_out_by = chosen

    def retain(self, buckets: Iterable[HeldBucket]) -> None:
        """Forget what was chosen of all other buckets."""
        held = list(buckets)
        super().retain(held)
        self._left_out_by.retain(held)

    def _mask(self, bucket: HeldBucket) -> NDArray[np.bool_] | None:
        chosen = self._left_out_by.of(bucket)
        if chosen is None:
            return None
        mask = np.ones(bucket.records, np.bool_)
        mask[chosen] = False
        return mask


def _selection(kept: Kept, records: int) -> Selection:
    if isinstance(kept, bool):
        return None if kept else NONE
    return np.flatnonzero(np.unpackbits(kept, count=records))


def both(one: Selection, other: Selection) -> Selection:
    """The records that both choose."""
    if one is None or other is None:
        return other if one is None else one
    return np.intersect1d(one, other, assume_unique=True)
