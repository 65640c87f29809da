"""What is asked of an open history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import apsw

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.bucket_head import BucketHead, StoredSource, Wanted
from glance.domain.logs.checkpoint import Checkpoint
from glance.domain.logs.frequent import Frequent
from glance.domain.logs.gap import Gap
from glance.domain.logs.rollup_row import RollUpRow
from glance.store.bucket_codec import EncodedBucket
from glance.store.bucket_table import BucketTable
from glance.store.column_codec import DamagedError
from glance.store.failure import damaged
from glance.store.rollup_table import RollUpTable
from glance.store.source_table import SourceTable
from glance.store.transaction import reading


class HistoryReader:
    """The questions of a history; each is answered as of one moment."""

    def __init__(self, connection: apsw.Connection, path: Path) -> None:
        """Use an open database."""
        self.connection = connection
        self.path = path
        self._sources = SourceTable(connection)
        self._buckets = BucketTable(connection, path)

    def sources(self) -> tuple[StoredSource, ...]:
        """Every log of which something is known, by path.

        Raises:
            StoreError: it cannot be read.
        """
        with reading(self.connection, self.path):
            return self._sources.all()

    def checkpoints(self, source: str) -> tuple[Checkpoint, ...]:
        """How far each generation of a source was counted, the latest written last.

        Raises:
            StoreError: it cannot be read.
        """
        with reading(self.connection, self.path):
            return self._sources.checkpoints(source)

    def gaps(self, wanted: Wanted) -> tuple[Gap, ...]:
        """What could not be counted, oldest first.

        Raises:
            StoreError: it cannot be read.
        """
        with reading(self.connection, self.path):
            return self._sources.gaps(wanted)

    def heads(self, wanted: Wanted) -> list[BucketHead]:
        """The buckets that reach into what is wanted, newest first, without their columns.

        Raises:
            StoreError: it cannot be read.
        """
        with reading(self.connection, self.path):
            return self._buckets.heads(wanted)

    def bucket(self, head: BucketHead) -> LogBucket:
        """The records of exactly what the head tells of, even when its row grew since.

        Raises:
            StoreError: it cannot be read; passing when it is not there any more: ask for the heads anew.
        """
        with reading(self.connection, self.path):
            return self._buckets.bucket(head)

    def stored(self, heads: Sequence[BucketHead]) -> list[EncodedBucket | None]:
        """Buckets as they are stored; None for one that has changed since, which `bucket` still finds.

        Raises:
            StoreError: they cannot be read.
        """
        with reading(self.connection, self.path):
            return [self._buckets.stored(head) for head in heads]

    def buckets(self, wanted: Wanted) -> Iterator[LogBucket]:
        """Whole buckets that reach into what is wanted, newest first, one at a time.

        Raises:
            StoreError: they cannot be read.
        """
        return self._buckets.stream(wanted)

    def news(self, since: int) -> tuple[int, list[BucketHead]]:
        """What was written after the row of this number, and the number to ask with the next time.

        Raises:
            StoreError: it cannot be read.
        """
        with reading(self.connection, self.path):
            heads = self._buckets.news(since)
            return max(since, heads[-1].seq if heads else -1), heads

    def rolled_up(self, wanted: Wanted, width_seconds: int) -> list[RollUpRow]:
        """Counts by steps of time of the records that are kept no more, oldest first.

        Buckets are not in them: what is known of a span is these and the buckets together. Where steps of
        this width are kept no more, wider ones stand; each row says how wide it is.

        Raises:
            StoreError: they cannot be read.
        """
        with self._reading_rollups() as table:
            return table.rows(wanted, width_seconds)

    def ranking(self, wanted: Wanted, field: str) -> Frequent:
        """The most frequent values of a field (`rollup_row.RANKED`) among the records that are kept no more.

        Raises:
            StoreError: they cannot be read.
        """
        with self._reading_rollups() as table:
            return table.ranking(wanted, field)

    @contextmanager
    def _reading_rollups(self) -> Iterator[RollUpTable]:
        try:
            with reading(self.connection, self.path):
                yield RollUpTable(self.connection)
        except DamagedError as error:
            raise damaged(self.path, str(error)) from error
