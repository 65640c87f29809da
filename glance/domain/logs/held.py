"""A bucket as a series holds it: text values are numbers of dictionaries shared by all its buckets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.bucket import Ids, LogBucket, TimeColumn, constant, merge_latencies, narrow, size_column
from glance.domain.logs.dictionary import Dictionary, Keys
from glance.domain.logs.record import TEXT_FIELDS


@dataclass(frozen=True, slots=True)
class HeldColumn:
    """One text field of a held bucket."""

    ids: Ids
    """Index into `keys`, one a record."""
    keys: Keys
    """Numbers in the series' dictionary, each once."""

    @property
    def size_bytes(self) -> int:
        """Memory of the arrays; a constant column takes none."""
        return self.keys.nbytes + (self.ids.nbytes if self.ids.strides[0] else 0)


@dataclass(frozen=True, slots=True)
class HeldBucket:
    """The records of one stretch of one log, within a series. Never changed, only replaced."""

    source: str
    generation: int
    offset: int
    length: int
    lines: int
    times: TimeColumn
    texts: dict[str, HeldColumn]
    sizes: NDArray[np.int64] | NDArray[np.int32]
    latencies: NDArray[np.uint16] | None
    slowest_seconds: float
    gaps: NDArray[np.uint32]
    first_ms: int
    last_ms: int

    @property
    def records(self) -> int:
        """Number of records."""
        return len(self.times.deltas)

    @property
    def size_bytes(self) -> int:
        """Memory of its arrays."""
        latencies = self.latencies.nbytes if self.latencies is not None else 0
        texts = sum(column.size_bytes for column in self.texts.values())
        return self.times.deltas.nbytes + self.sizes.nbytes + latencies + texts + self.gaps.nbytes + 2048

    def renumbered(self, moves: Mapping[str, Keys]) -> HeldBucket:
        """The same with other numbers for its values: for each field the new number of every old one."""
        texts = {name: HeldColumn(column.ids, moves[name][column.keys]) for name, column in self.texts.items()}
        return replace(self, texts=texts)

    def is_followed_by(self, other: HeldBucket) -> bool:
        """The other stretch begins where this one ends, in the same life of the same file."""
        return (self.source, self.generation) == (other.source, other.generation) and (
            self.offset + self.length == other.offset
        )


def hold(bucket: LogBucket, dictionaries: Mapping[str, Dictionary]) -> HeldBucket:
    """The bucket with its values numbered by these dictionaries."""
    return HeldBucket(
        source=bucket.source,
        generation=bucket.generation,
        offset=bucket.offset,
        length=bucket.length,
        lines=bucket.lines,
        times=bucket.times,
        texts={name: _hold_text(bucket, name, dictionaries[name]) for name in TEXT_FIELDS},
        sizes=bucket.sizes,
        latencies=bucket.latencies,
        slowest_seconds=bucket.slowest_seconds,
        gaps=bucket.gaps,
        first_ms=bucket.first_ms,
        last_ms=bucket.last_ms,
    )


def _hold_text(bucket: LogBucket, name: str, dictionary: Dictionary) -> HeldColumn:
    column = bucket.texts[name]
    ids = constant(len(column.ids)) if len(column.values) == 1 else column.ids
    keys = dictionary.keys(column.values)
    if dictionary.is_full and len(np.unique(keys)) < len(keys):
        # several values share the number of OTHER: each number may stand once only
        unique, inverse = np.unique(keys, return_inverse=True)
        return HeldColumn(narrow(inverse[ids], len(unique)), unique)
    return HeldColumn(ids, keys)


def merge_held(left: HeldBucket, right: HeldBucket) -> HeldBucket:
    """Two stretches that follow each other, as one."""
    at_ms = np.concatenate([left.times.milliseconds(), right.times.milliseconds()])
    filled = [part for part in (left, right) if part.records]
    return HeldBucket(
        source=left.source,
        generation=left.generation,
        offset=left.offset,
        length=left.length + right.length,
        lines=left.lines + right.lines,
        times=TimeColumn.of(at_ms),
        texts={name: _merge_columns(left.texts[name], right.texts[name]) for name in left.texts},
        sizes=size_column(np.concatenate([left.sizes.astype(np.int64), right.sizes.astype(np.int64)])),
        latencies=merge_latencies(left, right),
        slowest_seconds=max(left.slowest_seconds, right.slowest_seconds),
        gaps=np.concatenate([left.gaps, right.gaps + np.uint32(left.lines)]),
        first_ms=min((part.first_ms for part in filled), default=0),
        last_ms=max((part.last_ms for part in filled), default=0),
    )


def _merge_columns(left: HeldColumn, right: HeldColumn) -> HeldColumn:
    if not len(left.ids) or not len(right.ids):
        return left if len(left.ids) else right
    if len(left.keys) == len(right.keys) == 1 and left.keys[0] == right.keys[0]:
        return HeldColumn(constant(len(left.ids) + len(right.ids)), left.keys)
    keys, inverse = np.unique(np.concatenate([left.keys, right.keys]), return_inverse=True)
    moved_left, moved_right = inverse[: len(left.keys)], inverse[len(left.keys) :]
    ids = np.concatenate([moved_left[left.ids], moved_right[right.ids]])
    return HeldColumn(narrow(ids, len(keys) - 1), keys.astype(np.uint32))
