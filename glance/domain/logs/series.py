"""A LogSeries: the buckets of all sources within a bound of memory, newest kept longest."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from glance.domain.logs.agent_kind import agent_kind, crawler_name
from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.dictionary import Derived, Dictionary
from glance.domain.logs.held import HeldBucket, hold, merge_held
from glance.domain.logs.record import TEXT_FIELDS
from glance.domain.logs.rollup import RollUp
from glance.domain.logs.route import BUILT_IN, Routes
from glance.domain.logs.subnet import subnet

SEALED_RECORDS = 32_768
"""A bucket of this many records is merged no further."""

DEFAULT_MEMORY_BYTES = 256 << 20

_DICTIONARY_SHARE = 0.5
"""Of the memory, for the largest dictionary."""

_ROOM_SHARE = 0.9
"""Of the memory, what is taken at most after something was let go."""


class LogSeries:
    """Buckets of all sources. What falls out of memory is reduced to a roll-up, oldest first."""

    def __init__(
        self,
        memory_bytes: int = DEFAULT_MEMORY_BYTES,
        on_evict: Callable[[HeldBucket], None] | None = None,
        *,
        keeps_numbers: bool = False,
        routes: Routes = BUILT_IN,
    ) -> None:
        """Start empty.

        Args:
            memory_bytes: bound for columns and dictionaries together.
            on_evict: told of each bucket that is let go.
            keeps_numbers: never number the dictionaries anew, so that counts by number stay true.
            routes: by which rules paths become routes.
        """
        self.memory_bytes = memory_bytes
        self._keeps_numbers = keeps_numbers
        self.routes = routes
        self.dictionaries = self._new_dictionaries()
        self.derived = self._new_derived()
        """Rankings that follow from a field, worked out once a value, and not before they are asked for."""
        self.sealed: list[HeldBucket] = []
        self.open: list[HeldBucket] = []
        """Small buckets that still grow by merging."""
        self.rollup = RollUp()
        self.records = 0
        """Records held in full."""
        self.version = 0
        """Changes with every change of the content."""
        self.epoch = 0
        """Changes when the dictionaries are numbered anew."""
        self.first_ms: int | None = None
        """Time of the oldest record ever added."""
        self.last_ms: int | None = None
        self._columns_bytes = 0
        self.has_latency = False
        """Some record held a latency."""
        self._on_evict = on_evict

    def _new_dictionaries(self) -> dict[str, Dictionary]:
        limit = self.memory_bytes if self._keeps_numbers else int(self.memory_bytes * _DICTIONARY_SHARE)
        return {name: Dictionary(limit) for name in TEXT_FIELDS}

    def _new_derived(self) -> dict[str, Derived]:
        path, agent, client = (self.dictionaries[name] for name in ("path", "agent", "client"))
        return {
            "sections": Derived(path),
            "routes": Derived(path, many=self.routes.all_of),
            "kinds": Derived(agent, agent_kind),
            "crawlers": Derived(agent, crawler_name),
            "networks": Derived(client, subnet),
        }

    @property
    def sections(self) -> Derived:
        """Sections, which follow from paths."""
        return self.derived["sections"]

    @property
    def buckets(self) -> list[HeldBucket]:
        """Everything held, sealed first."""
        return self.sealed + self.open

    @property
    def size_bytes(self) -> int:
        """Memory of columns and dictionaries."""
        return self._columns_bytes + sum(each.size_bytes for each in self.dictionaries.values())

    @property
    def is_approximate(self) -> bool:
        """A dictionary overflowed: some names are counted together."""
        return any(each.is_full for each in self.dictionaries.values())

    @property
    def first_at(self) -> float | None:
        """The oldest moment of which anything is known, if by the minute only; epoch seconds."""
        moments = [] if self.first_ms is None else [self.first_ms / 1000]
        if self.rollup.start is not None:
            moments.append(self.rollup.start * 60.0)
        return min(moments, default=None)

    def holds(self, start: float) -> bool:
        """Whether every record from this moment on, of those that were added, is held in full; epoch seconds."""
        return not self.rollup.records or start >= self.rollup.end * 60

    def add(self, bucket: LogBucket) -> HeldBucket | None:
        """Hold a bucket; None when it has no record."""
        if not bucket.records:
            return None
        if self._wants_room():
            self._evict()  # before: the numbers of what is returned are true until the next bucket comes
        held = hold(bucket, self.dictionaries)
        self._columns_bytes += held.size_bytes
        self.records += held.records
        self.version += 1
        self.has_latency = self.has_latency or held.latencies is not None
        self.first_ms = held.first_ms if self.first_ms is None else min(self.first_ms, held.first_ms)
        self.last_ms = held.last_ms if self.last_ms is None else max(self.last_ms, held.last_ms)
        if held.records >= SEALED_RECORDS:
            self.sealed.append(held)
        else:
            self._merge_open(held)
        return held

    def take(self, held: HeldBucket, *, grows: bool = False) -> None:
        """Hold a bucket whose values are numbered by these dictionaries already; one that does not fit is only counted.

        Unlike with `add`, what is there stays.

        Args:
            held: the bucket; it may be empty where more of its log follows.
            grows: more of its log follows soon, to be merged with it.
        """
        if not held.records:
            if grows and self._open_before(held) is not None:
                self._merge_open(held)
            return
        self.version += 1
        self.has_latency = self.has_latency or held.latencies is not None
        self.first_ms = held.first_ms if self.first_ms is None else min(self.first_ms, held.first_ms)
        self.last_ms = held.last_ms if self.last_ms is None else max(self.last_ms, held.last_ms)
        if self.size_bytes + held.size_bytes > self.memory_bytes:
            self.rollup.add(held, self.dictionaries["status"].values)
            return
        self._columns_bytes += held.size_bytes
        self.records += held.records
        if grows and held.records < SEALED_RECORDS:
            self._merge_open(held)
        else:
            self.sealed.append(held)

    def _merge_open(self, held: HeldBucket) -> None:
        """Merge like a binary counter: each record is copied about log2(sealed size) times."""
        at = self._open_before(held)
        while at is not None and self.open[at].records <= 2 * held.records:
            left = self.open.pop(at)
            merged = merge_held(left, held)
            self._columns_bytes += merged.size_bytes - left.size_bytes - held.size_bytes
            held = merged
            at = self._open_before(held)
        if held.records >= SEALED_RECORDS:
            self.sealed.append(held)
        else:
            self.open.append(held)
        if len(self.open) > 64:
            self.sealed.append(self.open.pop(0))

    def _open_before(self, held: HeldBucket) -> int | None:
        for index in range(len(self.open) - 1, -1, -1):
            if self.open[index].is_followed_by(held):
                return index
        return None

    def _evict(self) -> None:
        """Let the oldest sealed buckets go, an eighth at a time, until there is room again."""
        self.sealed.sort(key=lambda bucket: bucket.last_ms)
        while self._wants_room(_ROOM_SHARE) and self.sealed:
            for _ in range(max(1, len(self.sealed) // 8)):
                self._let_go(self.sealed.pop(0))
            if self._has_long_dictionary(_ROOM_SHARE):
                self._compact()

    def _let_go(self, bucket: HeldBucket) -> None:
        """Reduce a bucket to its part of the roll-up."""
        self._columns_bytes -= bucket.size_bytes
        self.records -= bucket.records
        self.rollup.add(bucket, self.dictionaries["status"].values)
        if self._on_evict is not None:
            self._on_evict(bucket)

    def _wants_room(self, share: float = 1.0) -> bool:
        """More than this share of the memory is taken, or a dictionary is nearly full."""
        return self.size_bytes > self.memory_bytes * share or self._has_long_dictionary(share)

    def _has_long_dictionary(self, share: float) -> bool:
        """A dictionary, which could be made shorter, is near its limit."""
        bound = self.memory_bytes * _DICTIONARY_SHARE * 0.9 * share
        return not self._keeps_numbers and any(each.size_bytes > bound for each in self.dictionaries.values())

    def _compact(self) -> None:
        """Forget the values that no held bucket has, and number the rest anew."""
        moves = {}
        for name, dictionary in self.dictionaries.items():
            used = np.zeros(len(dictionary), np.bool_)
            for bucket in self.buckets:
                used[bucket.texts[name].keys] = True
            self.dictionaries[name], moves[name] = dictionary.compacted(used)
        self.derived = self._new_derived()
        self.sealed = [bucket.renumbered(moves) for bucket in self.sealed]
        self.open = [bucket.renumbered(moves) for bucket in self.open]
        self.epoch += 1
