"""The logs of which history knows, how far each life of their files was counted, and what was lost of them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, cast

import apsw

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.bucket_head import StoredSource, Wanted
from glance.domain.logs.checkpoint import Checkpoint
from glance.domain.logs.gap import Gap, GapReason
from glance.store.bucket_codec import EncodedBucket

MOST_RETIRED = 256
"""Generations of a source that are kept only to be known again."""

MOST_GAPS = 10_000
ONE_GAP_SECONDS = 60.0
"""Losses of one kind within this time are one gap."""

_SIGNED = 1 << 63


def packed(text: str) -> bytes:
    """Any text as bytes, a path that is no UTF-8 too."""
    return text.encode("utf-8", "surrogatepass")


def unpacked(data: object) -> str:
    """The text again."""
    return cast("bytes", data).decode("utf-8", "surrogatepass")


def signed(number: int) -> int:
    """A number of 64 bits without sign as one that SQLite takes."""
    return ((number + _SIGNED) & ((1 << 64) - 1)) - _SIGNED


def unsigned(number: int) -> int:
    """The number again."""
    return number & ((1 << 64) - 1)


def choice(wanted: Wanted, source: str = "source") -> tuple[str, list[bytes]]:
    """The condition of SQL that picks the wanted sources, and what fills its places."""
    conditions, values = ["1"], []
    for column, names in (("path", wanted.sources), ("grp", wanted.groups)):
        if names:
            conditions.append(f"{source}.{column} IN ({', '.join('?' * len(names))})")
            values += [packed(name) for name in names]
    return " AND ".join(conditions), values


class SourceTable:
    """Sources, checkpoints and gaps of an open history."""

    def __init__(self, connection: apsw.Connection) -> None:
        """Use an open database."""
        self._connection = connection
        self._ids: dict[str, int] = {}

    def forget(self) -> None:
        """Forget what is known without asking: a transaction failed."""
        self._ids.clear()

    def number(self, path: str, now: float) -> int:
        """The row of a source, made when it is new."""
        known = self._ids.get(path)
        if known is None:
            rows = self._connection.execute("SELECT id FROM source WHERE path = ?", (packed(path),)).fetchall()
            known = cast("int", rows[0][0]) if rows else self.register(path, "", "", now)
            self._ids[path] = known
        return known

    def register(self, path: str, group: str, form: str, now: float) -> int:
        """Make or update the row of a source; what is empty stays as it was."""
        rows = self._connection.execute(
            "INSERT INTO source (path, grp, format, seen_at) VALUES (?, ?, ?, ?) ON CONFLICT (path) DO UPDATE SET "
            "grp = iif(length(excluded.grp), excluded.grp, grp), "
            "format = iif(length(excluded.format), excluded.format, format), "
            "seen_at = max(seen_at, excluded.seen_at) RETURNING id",
            (packed(path), packed(group), packed(form), now),
        ).fetchall()
        return cast("int", rows[0][0])

    def count(self, number: int, bucket: LogBucket | EncodedBucket, now: float) -> None:
        """Add a bucket to the totals of a source."""
        first, last = (bucket.first_ms, bucket.last_ms) if bucket.records else (None, None)
        self._connection.execute(
            "UPDATE source SET lines = lines + ?, records = records + ?, unparsed = unparsed + ?, "
            "first_ms = min(ifnull(first_ms, ?5), ifnull(?5, first_ms)), "
            "last_ms = max(ifnull(last_ms, ?6), ifnull(?6, last_ms)), seen_at = max(seen_at, ?7) WHERE id = ?4",
            (bucket.lines, bucket.records, bucket.unparsed, number, first, last, now),
        )

    def all(self) -> tuple[StoredSource, ...]:
        """Every source, by path."""
        rows = self._connection.execute(
            "SELECT path, grp, format, lines, records, unparsed, first_ms, last_ms, seen_at FROM source ORDER BY path"
        )
        return tuple(
            StoredSource(unpacked(path), unpacked(group), unpacked(form), *rest) for path, group, form, *rest in rows
        )

    def keep_checkpoint(self, checkpoint: Checkpoint, seq: int, now: float) -> None:
        """Write how far a generation was counted, in place of what was known of it."""
        version = checkpoint.inode_version
        self._connection.execute(
            "INSERT OR REPLACE INTO checkpoint VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self.number(checkpoint.source, now),
                signed(checkpoint.generation),
                seq,
                packed(checkpoint.path),
                signed(checkpoint.device),
                signed(checkpoint.inode),
                None if version is None else signed(version),
                checkpoint.low,
                checkpoint.offset,
                checkpoint.head,
                checkpoint.window,
                checkpoint.size,
                signed(checkpoint.modified_ns),
                checkpoint.state,
                int(checkpoint.is_skipping),
            ),
        )

    def drop_retired(self, source: int) -> None:
        """Forget the generations that were let go longest ago, beyond `MOST_RETIRED`."""
        self._connection.execute(
            "DELETE FROM checkpoint WHERE source_id = ?1 AND generation IN (SELECT generation FROM checkpoint "
            "WHERE source_id = ?1 AND state <> 'active' ORDER BY seq DESC LIMIT -1 OFFSET ?2)",
            (source, MOST_RETIRED),
        )

    def checkpoints(self, path: str) -> tuple[Checkpoint, ...]:
        """What is known of every generation of a source, the latest written last."""
        rows = self._connection.execute(
            "SELECT generation, checkpoint.path, device, inode, inode_version, low, offset, head, window, size, "
            "modified_ns, state, is_skipping FROM checkpoint JOIN source ON source.id = source_id "
            "WHERE source.path = ? ORDER BY seq, generation",
            (packed(path),),
        )
        return tuple(_checkpoint(path, row) for row in rows)

    def keep_gaps(self, gaps: Iterable[Gap], now: float) -> None:
        """Write gaps; one of the same kind shortly after another is counted with it."""
        for gap in gaps:
            at = gap.at if math.isfinite(gap.at) else now
            source, generation = self.number(gap.source, now), signed(gap.generation)
            self._connection.execute(
                "UPDATE gap SET bytes = bytes + ?, lines = lines + ?, last_at = max(last_at, ?3), at = min(at, ?3) "
                "WHERE id = (SELECT id FROM gap WHERE source_id = ?4 AND generation = ?5 AND reason = ?6 "
                "AND abs(last_at - ?3) <= ?7 ORDER BY last_at DESC LIMIT 1)",
                (gap.bytes, gap.lines, at, source, generation, gap.reason, ONE_GAP_SECONDS),
            )
            if not self._connection.changes():
                self._connection.execute(
                    "INSERT INTO gap (source_id, generation, reason, at, last_at, offset, bytes, lines) "
                    "VALUES (?, ?, ?, ?4, ?4, ?5, ?6, ?7)",
                    (source, generation, gap.reason, at, gap.offset, gap.bytes, gap.lines),
                )
        self._fold_gaps()

    def _fold_gaps(self) -> None:
        """When there are too many, sum the older half up by source and reason: the totals stay true."""
        ((count,),) = self._connection.execute("SELECT count(*) FROM gap")
        if count <= MOST_GAPS:
            return
        ((cut,),) = self._connection.execute("SELECT id FROM gap ORDER BY id LIMIT 1 OFFSET ?", (MOST_GAPS // 2,))
        self._connection.execute(
            "INSERT INTO gap (source_id, generation, reason, at, last_at, offset, bytes, lines) "
            "SELECT source_id, 0, reason, min(at), min(at), -1, sum(bytes), sum(lines) FROM gap WHERE id < ? "
            "GROUP BY source_id, reason",
            (cut,),
        )
        self._connection.execute("DELETE FROM gap WHERE id < ?", (cut,))

    def gaps(self, wanted: Wanted) -> tuple[Gap, ...]:
        """The gaps of some sources that were noticed within a span of time, oldest first."""
        condition, values = choice(wanted)
        start = -math.inf if wanted.start_ms is None else wanted.start_ms / 1000
        end = math.inf if wanted.end_ms is None else wanted.end_ms / 1000
        rows = self._connection.execute(
            "SELECT source.path, generation, at, reason, offset, bytes, gap.lines "  # noqa: S608 - our own names only
            f"FROM gap JOIN source ON source.id = source_id WHERE {condition} "
            "AND last_at >= ? AND at < ? ORDER BY at, gap.id",
            (*values, start, end),
        )
        return tuple(
            Gap(unpacked(path), unsigned(generation), at, cast("GapReason", reason), offset, size, lines)
            for path, generation, at, reason, offset, size, lines in rows
        )


def _checkpoint(source: str, row: tuple[Any, ...]) -> Checkpoint:
    generation, path, device, inode, version, low, offset, head, window, size, modified_ns, state, is_skipping = row
    return Checkpoint(
        source=source,
        generation=unsigned(generation),
        path=unpacked(path),
        device=unsigned(device),
        inode=unsigned(inode),
        inode_version=None if version is None else unsigned(version),
        low=low,
        offset=offset,
        head=head,
        window=window,
        size=size,
        modified_ns=modified_ns,
        state=state,
        is_skipping=bool(is_skipping),
    )
