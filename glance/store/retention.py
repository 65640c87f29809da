"""Lets the oldest buckets go, beyond a bound of room or age; what they count stays as roll-ups."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import apsw

from glance.store.bucket_codec import decode
from glance.store.bucket_row import SELECT, columns_of, delete_row, encoded_of
from glance.store.column_codec import DamagedError
from glance.store.crash import crash_here
from glance.store.metric_table import MetricKeeper
from glance.store.rollup_table import RollUpTable
from glance.store.source_table import unpacked

MOST_AT_ONCE = 16
"""Buckets let go in one transaction: half a second (measured)."""

SUSPICIOUS_SHARE = 0.5
"""Of the rows: when more would be too old at once, the clock may be wrong."""

CAREFUL_SHARE = 0.1
"""Of the rows, what is let go then, once in `CAREFUL_SECONDS`."""

CAREFUL_SECONDS = 86_400
_FEW_ROWS = 8

_SLACK = 0.02
"""Of the bound: how far below it room is made, so that it is not made anew with every bucket."""

ROLLUP_SHARE = 0.25
"""Of the bound, the room of roll-ups and all that is small."""

LEAST_ROLLUP_BYTES = 4 << 20
"""Room that they have in any case."""

_MOST_SHRINKS = 4
"""At once; each forgets a tenth."""

_FREE_SHARE = 0.1
"""Of the file, unused pages that are worth giving back."""


@dataclass(frozen=True, slots=True)
class Retired:
    """What was let go."""

    buckets: int = 0
    records: int = 0
    bytes: int = 0
    damaged: int = 0
    """Of the buckets, those that could not be read, and so are not in the roll-ups."""
    held_back: int = 0
    """Buckets that are too old, but so many at once that the clock may be wrong."""
    is_more: bool = False
    """There is more to let go: ask again."""


class Retention:
    """Decides what goes, and reduces it. The caller holds the transaction."""

    def __init__(self, connection: apsw.Connection, path: Path) -> None:
        """Use an open database."""
        self._connection = connection
        self._path = path
        self._rollups = RollUpTable(connection)
        self._metrics = MetricKeeper(connection)

    def run(self, now: float, most_bytes: int, most_age_seconds: float) -> Retired:
        """Let go of what is beyond the bounds, at most `MOST_AT_ONCE` buckets."""
        self._bound_rollups(most_bytes)
        old, held_back = self._too_old(now, most_age_seconds)
        chosen = list(dict.fromkeys(old + self._too_much(most_bytes)))
        records = size = damaged = 0
        for number in chosen[:MOST_AT_ONCE]:
            one_records, one_size, is_damaged = self._let_go(number, now)
            records, size, damaged = records + one_records, size + one_size, damaged + is_damaged
        crash_here("retain-deleted")
        newest = self._state("rolled_until")
        if newest is not None:
            self._rollups.forget_old(newest)
        count = min(len(chosen), MOST_AT_ONCE)
        return Retired(count, records, size, damaged, held_back, is_more=len(chosen) > count)

    def _bound_rollups(self, most_bytes: int) -> None:
        """Forget old roll-ups where they take the room of buckets."""
        bound = max(most_bytes * ROLLUP_SHARE, LEAST_ROLLUP_BYTES)
        ((held,),) = self._connection.execute("SELECT ifnull(sum(size_bytes), 0) FROM bucket")
        for _ in range(_MOST_SHRINKS):
            used = self._used_bytes()
            if used <= most_bytes or used - cast("int", held) <= bound:
                return
            self._rollups.shrink()

    def _too_old(self, now: float, most_age_seconds: float) -> tuple[list[int], int]:
        """Rows that are too old, oldest first, and how many are kept all the same for the clock may be wrong."""
        horizon = max(-(1 << 62), int((now - most_age_seconds) * 1000))
        found = self._numbers("SELECT id FROM bucket WHERE kept_at < ? ORDER BY kept_at, id", horizon)
        ((total,),) = self._connection.execute("SELECT count(*) FROM bucket")
        if len(found) <= _FEW_ROWS or len(found) <= cast("int", total) * SUSPICIOUS_SHARE:
            return found, 0
        careful = self._state("careful_at")
        if careful is not None and 0 <= now - careful < CAREFUL_SECONDS:
            return [], len(found)
        self._keep_state("careful_at", int(now))
        few = max(1, min(int(len(found) * CAREFUL_SHARE), MOST_AT_ONCE))
        return found[:few], len(found) - few

    def _too_much(self, most_bytes: int) -> list[int]:
        """The oldest sealed rows that must go for the rest to have room; then those that still grow."""
        excess = self._used_bytes() - most_bytes
        if excess <= 0:
            return []
        excess += int(most_bytes * _SLACK)
        chosen: list[int] = []
        rows = self._connection.execute("SELECT id, size_bytes FROM bucket ORDER BY is_open, last_ms, id")
        for number, size in rows:
            if excess <= 0 or len(chosen) > MOST_AT_ONCE:
                break
            chosen.append(cast("int", number))
            excess -= cast("int", size)
        return chosen

    def _let_go(self, number: int, now: float) -> tuple[int, int, bool]:
        """Reduce one row to roll-ups and delete it; gives its records, its bytes, and whether it was damaged."""
        (row,) = self._connection.execute(SELECT + "WHERE bucket.id = ?", (number,))
        ((source,),) = self._connection.execute("SELECT source_id FROM bucket WHERE id = ?", (number,))
        stored = encoded_of(row, columns_of(self._connection, number))
        is_damaged = False
        try:
            bucket = decode(stored)
            self._rollups.add(cast("int", source), bucket)
            self._metrics.take(bucket, unpacked(row[3]))
        except DamagedError:
            is_damaged = True  # kept for ever it would only be in the way
        crash_here("retain-rolled-up")
        if stored.records:
            newest = min(stored.last_ms // 1000, int(now))
            self._keep_state("rolled_until", max(newest, self._state("rolled_until") or newest))
        delete_row(self._connection, number)
        return stored.records, stored.size_bytes, is_damaged

    def _used_bytes(self) -> int:
        """What the database takes, pages that wait to be used again left out."""
        pages = int(self._connection.pragma("page_count")) - int(self._connection.pragma("freelist_count"))
        return pages * int(self._connection.pragma("page_size"))

    def give_room_back(self) -> None:
        """Shorten the file, when much of it is unused; not in a transaction."""
        free = int(self._connection.pragma("freelist_count"))
        if free < int(self._connection.pragma("page_count")) * _FREE_SHARE:
            return
        try:
            self._connection.execute(f"PRAGMA incremental_vacuum({free})").fetchall()  # a page at a time, till the end
        except apsw.Error:
            return  # busy, or full: the room is used again all the same

    def _numbers(self, question: str, bound: int) -> list[int]:
        return [cast("int", number) for (number,) in self._connection.execute(question, (bound,))]

    def _state(self, name: str) -> int | None:
        rows = self._connection.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchall()
        return cast("int", rows[0][0]) if rows else None

    def _keep_state(self, name: str, value: int) -> None:
        self._connection.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (name, value))
