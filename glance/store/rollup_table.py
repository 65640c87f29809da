"""Roll-ups: what is kept of buckets that were let go. Each width holds everything, the finer ones for less long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import apsw
import numpy as np
from numpy.typing import NDArray

from glance.domain.logs.bucket import LogBucket, narrow
from glance.domain.logs.bucket_head import Wanted
from glance.domain.logs.frequent import NOTHING, Frequent
from glance.domain.logs.rollup_row import CLASSES, HOUR, RANKED, WIDTHS, RollUpRow, rankings, rolled_up
from glance.store.column_codec import pack_numbers, pack_values, squeeze, unpack_numbers, unpack_values, unsqueeze
from glance.store.source_table import choice

KEPT_SECONDS = {10: 7 * 86_400, 60: 90 * 86_400, 3600: 366 * 86_400}
"""How far before the newest of them roll-ups of each width are kept."""

_HITS = ", ".join(f"hits{place}" for place in range(CLASSES))
_ADD = ", ".join(f"{name} = {name} + excluded.{name}" for name in (*_HITS.split(", "), "bytes"))
_UPSERT = (
    f"INSERT INTO roll_up (width, source_id, start, {_HITS}, bytes, latency) "  # noqa: S608 - our own names only
    f"VALUES ({', '.join('?' * (5 + CLASSES))}) "
    f"ON CONFLICT (width, source_id, start) DO UPDATE SET {_ADD}, latency = excluded.latency"
)


class RollUpTable:
    """Writes and reads roll-ups of an open history."""

    def __init__(self, connection: apsw.Connection) -> None:
        """Use an open database."""
        self._connection = connection

    # ------------------------------------------------------------------------------------- writing

    def add(self, source: int, bucket: LogBucket) -> None:
        """Add the counts of a bucket of this source."""
        for width in WIDTHS:
            edge = self.edge(width)
            for row in rolled_up(bucket, width):
                if row.start >= edge:
                    self._add_row(source, row)
        edge = self.edge(HOUR)
        for (start, name), found in rankings(bucket).items():
            if start >= edge:
                self._add_ranking(source, start, RANKED.index(name), found)

    def _add_row(self, source: int, row: RollUpRow) -> None:
        key = (row.width_seconds, source, row.start)
        latency = dict(row.latency)
        if latency:
            known = self._connection.execute(
                "SELECT latency FROM roll_up WHERE width = ? AND source_id = ? AND start = ?", key
            ).fetchall()
            for place, count in (_unpacked(cast("bytes", known[0][0])) if known else {}).items():
                latency[place] = latency.get(place, 0) + count
        packed = _packed(latency) if latency else None
        # without latency the one that is there stays
        statement = _UPSERT if packed is not None else _UPSERT.replace("excluded.latency", "latency")
        self._connection.execute(statement, (*key, *row.hits, row.bytes, packed or b""))

    def _add_ranking(self, source: int, start: int, field: int, found: Frequent) -> None:
        key = (start, source, field)
        known = self._connection.execute(
            "SELECT data FROM roll_up_ranking WHERE start = ? AND source_id = ? AND field = ?", key
        ).fetchall()
        if known:
            found = _frequent(cast("bytes", known[0][0])).plus(found)
        self._connection.execute("INSERT OR REPLACE INTO roll_up_ranking VALUES (?, ?, ?, ?)", (*key, _data(found)))

    def edge(self, width: int) -> int:
        """From when on roll-ups of this width are kept, epoch seconds; the start of an hour."""
        rows = self._connection.execute("SELECT value FROM state WHERE name = ?", (f"edge_{width}",)).fetchall()
        return cast("int", rows[0][0]) if rows else -(1 << 62)

    def forget_old(self, newest: int) -> None:
        """Forget what is too old, seen from the newest roll-up."""
        for width, kept in KEPT_SECONDS.items():
            self._forget_before(width, (newest - kept) // HOUR * HOUR)

    def shrink(self) -> None:
        """Forget the oldest tenth of what is kept: it takes too much room."""
        for width in WIDTHS:
            ((first, last),) = self._connection.execute(
                "SELECT min(start), max(start) FROM roll_up WHERE width = ?", (width,)
            )
            if first is not None:
                self._forget_before(width, (cast("int", first) + (last - first) // 10) // HOUR * HOUR + HOUR)

    def _forget_before(self, width: int, edge: int) -> None:
        if edge <= self.edge(width):
            return
        self._connection.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (f"edge_{width}", edge))
        self._connection.execute("DELETE FROM roll_up WHERE width = ? AND start < ?", (width, edge))
        if width == HOUR:
            self._connection.execute("DELETE FROM roll_up_ranking WHERE start < ?", (edge,))

    # ------------------------------------------------------------------------------------- reading

    def rows(self, wanted: Wanted, width_seconds: int) -> list[RollUpRow]:
        """The counts of all wanted sources together, oldest first.

        Where rows of this width are kept no more, wider ones stand; each says how wide it is.
        """
        out: dict[int, RollUpRow] = {}
        until = 1 << 62
        finest = max((width for width in WIDTHS if width <= width_seconds), default=WIDTHS[0])
        for width in (width for width in WIDTHS if width >= finest):
            edge = self.edge(width)
            for row in self._read(wanted, width, edge, until):
                shown = max(width, width_seconds)
                start = row.start // shown * shown
                fresh = RollUpRow(start, shown, row.hits, row.bytes, row.latency)
                out[start] = out[start].plus(fresh) if start in out else fresh
            until = edge
        return [out[start] for start in sorted(out)]

    def _read(self, wanted: Wanted, width: int, start: int, end: int) -> list[RollUpRow]:
        if wanted.start_ms is not None:
            start = max(start, wanted.start_ms // 1000 // width * width)
        if wanted.end_ms is not None:
            end = min(end, -(-wanted.end_ms // 1000))
        condition, values = choice(wanted)
        rows = self._connection.execute(
            f"SELECT start, {_HITS}, roll_up.bytes, latency FROM roll_up "  # noqa: S608 - our own names only
            f"JOIN source ON source.id = source_id WHERE width = ? AND start >= ? AND start < ? AND {condition}",
            (width, start, end, *values),
        )
        return [_row(width, row) for row in rows]

    def ranking(self, wanted: Wanted, name: str) -> Frequent:
        """The most frequent values of a field in all hours that reach into the span."""
        condition, values = choice(wanted)
        start = -(1 << 62) if wanted.start_ms is None else wanted.start_ms // 1000 // HOUR * HOUR
        end = 1 << 62 if wanted.end_ms is None else -(-wanted.end_ms // 1000)
        rows = self._connection.execute(
            "SELECT data FROM roll_up_ranking JOIN source ON source.id = source_id "  # noqa: S608 - our own names only
            f"WHERE start >= ? AND start < ? AND field = ? AND {condition}",
            (start, end, RANKED.index(name), *values),
        )
        found = NOTHING
        for (data,) in rows:
            found = found.plus(_frequent(cast("bytes", data)))
        return found


def _row(width: int, row: tuple[Any, ...]) -> RollUpRow:
    start, *hits, size, latency = row
    return RollUpRow(start, width, tuple(hits), size, _unpacked(latency))


def _packed(latency: Mapping[int, int]) -> bytes:
    """Bins, and the counts in as few bytes as they need."""
    bins: NDArray[np.uint16] = np.array(sorted(latency), np.uint16)
    counts: NDArray[np.int64] = np.array([latency[key] for key in bins.tolist()], np.int64)
    return pack_numbers(bins) + pack_numbers(narrow(counts, int(counts.max())))


def _unpacked(data: bytes) -> dict[int, int]:
    if not data:
        return {}
    bins, at = unpack_numbers(data)
    counts, _ = unpack_numbers(data, at)
    return dict(zip(bins.tolist(), counts.tolist(), strict=True))


def _data(found: Frequent) -> bytes:
    numbers: NDArray[np.int64] = np.array([found.total, found.error, *found.hits.values()], np.int64)
    return squeeze(pack_numbers(numbers) + pack_values(tuple(found.hits)))


def _frequent(data: bytes) -> Frequent:
    plain = unsqueeze(data)
    numbers, at = unpack_numbers(plain)
    total, error, *hits = numbers.tolist()
    return Frequent(dict(zip(unpack_values(plain, at), hits, strict=True)), total, error)
