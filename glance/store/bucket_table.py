"""The stored buckets. Small ones that follow each other are merged like the digits of a binary counter."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import apsw

from glance.domain.logs.bucket import LogBucket, merge
from glance.domain.logs.bucket_head import BucketHead, Cut, Wanted
from glance.domain.logs.bucket_part import part
from glance.domain.logs.series import SEALED_RECORDS
from glance.errors import StoreError
from glance.store.bucket_codec import EncodedBucket, decode, encode
from glance.store.bucket_row import MOST_CUTS, SELECT, Row, columns_of, delete_row, encoded_of, head_of, write_row
from glance.store.column_codec import DamagedError
from glance.store.failure import damaged
from glance.store.source_table import choice, packed, signed
from glance.store.transaction import reading

SEALED_BYTES = 4 << 20
"""A bucket that takes so much is merged no further, however few lines it has."""

MOST_OPEN = 64
"""Small buckets of one generation; the oldest ones beyond that stay small."""

_MOST_GENERATIONS = 64
"""Whose open buckets stay decoded in memory."""


@dataclass(slots=True)
class _Open:
    """A row that still grows, decoded."""

    number: int
    """Its row; 0 while it has none."""
    bucket: LogBucket
    cuts: list[Cut]

    @property
    def end(self) -> int:
        return self.bucket.offset + self.bucket.length


class BucketTable:
    """Writes and reads buckets of an open history."""

    def __init__(self, connection: apsw.Connection, path: Path) -> None:
        """Use an open database."""
        self._connection = connection
        self._path = path
        self._open: OrderedDict[tuple[int, int], list[_Open]] = OrderedDict()
        self._seq: int | None = None

    # ------------------------------------------------------------------------------------- writing

    def forget(self) -> None:
        """Forget what is known without asking: a transaction failed, or rows were deleted."""
        self._open.clear()
        self._seq = None

    def next_seq(self) -> int:
        """The number of the next row; `keep_seq` writes how far it came."""
        self._seq = self.last_seq() + 1
        return self._seq

    def last_seq(self) -> int:
        """The highest number that was given."""
        if self._seq is None:
            ((seq,),) = self._connection.execute("SELECT value FROM state WHERE name = 'seq'")
            self._seq = int(seq)
        return self._seq

    def keep_seq(self) -> None:
        """Write the highest number that was given."""
        self._connection.execute("UPDATE state SET value = ? WHERE name = 'seq'", (self.last_seq(),))

    def add(self, source: int, bucket: LogBucket, now: float) -> None:
        """Write a bucket, merged with the small ones that it follows."""
        held = _Open(0, bucket, [_end(bucket)])
        if bucket.lines >= SEALED_RECORDS:
            self._write(source, held, encode(bucket), now, is_open=False)
            return
        opened = self._opened(source, bucket)
        at = _before(opened, held)
        while at is not None and opened[at].bucket.lines <= 2 * held.bucket.lines:
            if held.number:
                delete_row(self._connection, held.number)
            held = _merged(opened.pop(at), held)
            at = _before(opened, held)
        encoded = encode(held.bucket)
        is_open = held.bucket.lines < SEALED_RECORDS and encoded.size_bytes < SEALED_BYTES
        self._write(source, held, encoded, now, is_open=is_open)
        if is_open:
            opened.append(held)
        if len(opened) > MOST_OPEN:
            self._connection.execute("UPDATE bucket SET is_open = 0 WHERE id = ?", (opened.pop(0).number,))

    def add_encoded(self, source: int, bucket: EncodedBucket, now: float) -> None:
        """Write a bucket whose columns were encoded elsewhere; a small one is merged like any other."""
        if bucket.lines < SEALED_RECORDS:
            self.add(source, self._decoded(bucket), now)
            return
        seq = self.next_seq()
        kept_at = _kept_at(bucket, now)
        write_row(self._connection, source, bucket, [_end(bucket)], number=seq, seq=seq, is_open=False, kept_at=kept_at)

    def _write(self, source: int, held: _Open, encoded: EncodedBucket, now: float, *, is_open: bool) -> None:
        seq = self.next_seq()
        held.number = held.number or seq
        write_row(
            self._connection,
            source,
            encoded,
            held.cuts,
            number=held.number,
            seq=seq,
            is_open=is_open,
            kept_at=_kept_at(encoded, now),
        )

    def _opened(self, source: int, bucket: LogBucket) -> list[_Open]:
        """The rows of the bucket's generation that still grow."""
        key = (source, bucket.generation)
        known = self._open.get(key)
        if known is None:
            rows = self._connection.execute(
                SELECT + "WHERE generation = ? AND source_id = ? AND is_open ORDER BY bucket.id",
                (signed(bucket.generation), source),
            ).fetchall()
            known = self._open[key] = [self._reopened(row) for row in rows]
            while len(self._open) > _MOST_GENERATIONS:
                self._open.popitem(last=False)
        self._open.move_to_end(key)
        return known

    def _reopened(self, row: Row) -> _Open:
        head = self._head(row)
        return _Open(head.id, self._decoded(encoded_of(row, columns_of(self._connection, head.id))), list(head.cuts))

    # ------------------------------------------------------------------------------------- reading

    def heads(self, wanted: Wanted) -> list[BucketHead]:
        """The rows that reach into what is wanted, newest first."""
        return [self._head(row) for row in self._rows(wanted)]

    def news(self, since: int) -> list[BucketHead]:
        """The rows that are new or changed after the one with this number, in that order."""
        rows = self._connection.execute(SELECT + "WHERE seq > ? ORDER BY seq", (since,)).fetchall()
        return [self._head(row) for row in rows]

    def bucket(self, head: BucketHead) -> LogBucket:
        """The bucket that a head tells of, exactly, even when more was merged into its row since.

        Raises:
            StoreError: it is not there any more (passing), or damaged.
        """
        row = self._row_of(head)
        if row is None:
            raise _gone(self._path)
        now = self._head(row)
        bucket = self._decoded(encoded_of(row, columns_of(self._connection, now.id)))
        if now.seq == head.seq:
            return bucket
        start = next((cut for cut in (Cut(now.offset, 0, 0, 0), *now.cuts) if cut.offset == head.offset), None)
        if start is None or head.end > now.end:
            raise _gone(self._path)
        end = (head.end, start.records + head.records, start.lines + head.lines, start.unparsed + head.unparsed)
        return part(bucket, start, Cut(*end))

    def stored(self, head: BucketHead) -> EncodedBucket | None:
        """The bucket as it is stored; None when its row is not what the head tells of any more."""
        rows = self._connection.execute(SELECT + "WHERE bucket.id = ? AND seq = ?", (head.id, head.seq)).fetchall()
        return encoded_of(rows[0], columns_of(self._connection, head.id)) if rows else None

    def _row_of(self, head: BucketHead) -> Row | None:
        rows = self._connection.execute(SELECT + "WHERE bucket.id = ?", (head.id,)).fetchall()
        if not rows:  # merged into the row before it
            rows = self._connection.execute(
                SELECT + "WHERE generation = ? AND offset <= ? AND source.path = ? ORDER BY offset DESC LIMIT 1",
                (signed(head.generation), head.offset, packed(head.source)),
            ).fetchall()
        return rows[0] if rows else None

    def stream(self, wanted: Wanted) -> Iterator[LogBucket]:
        """All buckets that reach into what is wanted, newest first; no transaction is held meanwhile."""
        with reading(self._connection, self._path):
            rows = self._rows(wanted)
            heads = [self._head(row) for row in rows]
            growing = {
                head.id: encoded_of(row, columns_of(self._connection, head.id))
                for row, head in zip(rows, heads, strict=True)
                if not head.is_sealed
            }
        for head, row in zip(heads, rows, strict=True):
            stored = growing.pop(head.id, None)
            if stored is None:
                with reading(self._connection, self._path):
                    stored = encoded_of(row, columns_of(self._connection, head.id))
            if stored.columns:  # else it was let go meanwhile
                yield self._decoded(stored)

    def _rows(self, wanted: Wanted) -> list[Row]:
        condition, values = choice(wanted)
        bounds: list[int] = []
        if wanted.start_ms is not None:
            condition += " AND bucket.last_ms >= ?"
            bounds.append(wanted.start_ms)
        if wanted.end_ms is not None:
            condition += " AND bucket.first_ms < ?"
            bounds.append(wanted.end_ms)
        if bounds:
            condition += " AND bucket.records > 0"
        return self._connection.execute(
            SELECT + f"WHERE {condition} ORDER BY bucket.last_ms DESC, bucket.id DESC", (*values, *bounds)
        ).fetchall()

    def _head(self, row: Row) -> BucketHead:
        try:
            return head_of(row)
        except DamagedError as error:
            raise damaged(self._path, str(error)) from error

    def _decoded(self, stored: EncodedBucket) -> LogBucket:
        try:
            return decode(stored)
        except DamagedError as error:
            raise damaged(self._path, str(error)) from error


def _before(opened: list[_Open], held: _Open) -> int | None:
    """The open row that ends where this one begins."""
    for index in range(len(opened) - 1, -1, -1):
        if opened[index].end == held.bucket.offset:
            return index
    return None


def _merged(left: _Open, right: _Open) -> _Open:
    before = left.bucket
    moved = [
        Cut(cut.offset, cut.records + before.records, cut.lines + before.lines, cut.unparsed + before.unparsed)
        for cut in right.cuts
    ]
    return _Open(left.number, merge(before, right.bucket), [*left.cuts, *moved][-MOST_CUTS:])


def _end(bucket: LogBucket | EncodedBucket) -> Cut:
    return Cut(bucket.offset + bucket.length, bucket.records, bucket.lines, bucket.unparsed)


def _kept_at(bucket: EncodedBucket, now: float) -> int:
    """What the age of a bucket is counted from: its newest record or its writing, what is later."""
    return max(bucket.last_ms, int(now * 1000))


def _gone(path: Path) -> StoreError:
    return StoreError(f"a bucket of {path} changed while it was looked for", is_passing=True)
