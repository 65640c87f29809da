"""The history: every bucket that was ever read, and how far, in one file."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

import apsw

from glance.domain.logs.bucket import LogBucket
from glance.domain.logs.bucket_head import BucketHead, Cut, StoredSource, Wanted
from glance.domain.logs.rollup_row import RollUpRow
from glance.errors import HistoryBusyError, StoreError
from glance.store.batch import Batch
from glance.store.bucket_codec import EncodedBucket
from glance.store.crash import crash_here
from glance.store.database import open_database, open_to_read
from glance.store.migrations import is_current, migrate
from glance.store.reader import HistoryReader
from glance.store.retention import Retention, Retired
from glance.store.soundness import check, loss
from glance.store.transaction import reading, writing
from glance.store.writer_lock import WriterLock

__all__ = [
    "Batch",
    "BucketHead",
    "Cut",
    "History",
    "HistoryBusyError",
    "Retired",
    "RollUpRow",
    "StoredSource",
    "Wanted",
]

LONGEST_WAL_BYTES = 64 << 20
"""When the log of writes is longer, it is copied into the database at once, if no reader is in the way."""

_LOOKS, _LOOK_SECONDS = 40, 0.05


class History(HistoryReader):
    """An open history. One thread at a time may use it; another one opens it once more."""

    def __init__(
        self, connection: apsw.Connection, path: Path, lock: WriterLock | None, clock: Callable[[], float]
    ) -> None:
        """Use an open database; `open` makes one of these."""
        super().__init__(connection, path)
        self.warning = ""
        """What a person should know of the state in which it was found; empty when all is well."""
        self._lock = lock
        self._clock = clock
        self._identity = _identity(path)

    @classmethod
    def open(cls, path: Path, *, writes: bool = True, clock: Callable[[], float] = time.time) -> Self:
        """Open a history, to be made when it is missing and is to be written.

        Args:
            path: the file.
            writes: take the role of the writer, of whom there is one at a time.
            clock: seconds since the epoch.

        Raises:
            HistoryBusyError: another process writes it.
            StoreError: it cannot be used, and why.
        """
        return cls._open_to_write(path, clock) if writes else cls._open_to_read(path, clock)

    @classmethod
    def _open_to_write(cls, path: Path, clock: Callable[[], float]) -> Self:
        connection = open_database(path)
        lock = None
        try:
            lock = WriterLock(path)
            if not lock.is_clean:
                check(connection, path)
            migrate(connection, path)
            history = cls(connection, path, lock, clock)
            history._begin(lock)
        except StoreError:
            _close(connection)
            if lock is not None:
                lock.close()
            raise
        return history

    def _begin(self, lock: WriterLock) -> None:
        with reading(self.connection, self.path):
            seq = self._buckets.last_seq()
        self.warning = loss(lock, self.path, seq)
        lock.note(seq)

    @classmethod
    def _open_to_read(cls, path: Path, clock: Callable[[], float]) -> Self:
        if not path.exists():
            raise StoreError(f"there is no history at {path}", "", "glance collect LOG makes one")
        connection = open_to_read(path)
        try:
            if not is_current(connection, path):
                cls._bring_up_to_date(path, clock)
        except StoreError:
            _close(connection)
            raise
        return cls(connection, path, None, clock)

    @classmethod
    def _bring_up_to_date(cls, path: Path, clock: Callable[[], float]) -> None:
        """Be the writer for a moment; or wait for one that is just making the tables."""
        try:
            cls._open_to_write(path, clock).close()
        except HistoryBusyError:
            connection = open_to_read(path)
            try:
                for _ in range(_LOOKS):
                    if is_current(connection, path):
                        return
                    time.sleep(_LOOK_SECONDS)
            finally:
                _close(connection)
            raise

    @property
    def is_writer(self) -> bool:
        """This process is the one that writes."""
        return self._lock is not None

    @property
    def is_moved(self) -> bool:
        """The file was deleted or replaced: what is written now, nobody will find."""
        return _identity(self.path) != self._identity

    @property
    def wal_bytes(self) -> int:
        """Length of the log of writes beside the database."""
        try:
            return os.stat(f"{self.path}-wal").st_size
        except OSError:
            return 0

    def close(self) -> None:
        """Let go of it."""
        if self._lock is not None:
            seq = -1
            if not self.is_moved:
                self.copy_wal()
                with suppress(apsw.Error):  # it cannot be read any more: the next writer looks what there is
                    seq = self._buckets.last_seq()
            _close(self.connection)
            if seq >= 0:
                self._lock.note(seq, is_clean=True)
            self._lock.close()
            self._lock = None
        else:
            _close(self.connection)

    # ------------------------------------------------------------------------------------- writing

    def register(self, source: str, *, group: str = "", format: str = "") -> None:  # noqa: A002 - the word of the field
        """Make or update the row of a source; what is empty stays as it was.

        Raises:
            StoreError: it cannot be written.
        """
        with self._writing("cannot keep a source"):
            self._sources.register(source, group, format, self._clock())

    def commit(self, batch: Batch) -> None:
        """Write all of a batch, or nothing.

        Raises:
            StoreError: nothing was written. `is_passing` says that it may work later.
        """
        with self._writing(f"cannot write {self.path}", "commit"):
            crash_here("commit-begun")
            self._commit_buckets(batch)
            crash_here("commit-buckets-written")
            self._commit_checkpoints(batch)
            if batch.gaps:
                self._sources.keep_gaps(batch.gaps, self._clock())
            self._buckets.keep_seq()
            crash_here("commit-checkpoints-written")
        assert self._lock is not None
        self._lock.note(self._buckets.last_seq())
        if self.wal_bytes > LONGEST_WAL_BYTES:
            self.copy_wal()

    def _commit_buckets(self, batch: Batch) -> None:
        now = self._clock()
        parts: list[LogBucket | EncodedBucket] = [*batch.buckets, *batch.encoded]
        parts.sort(key=lambda part: (part.source, part.generation, part.offset))
        for part in parts:
            if not part.length and not part.lines:
                continue
            source = self._sources.number(part.source, now)
            if isinstance(part, LogBucket):
                self._buckets.add(source, part, now)
            else:
                self._buckets.add_encoded(source, part, now)
            self._sources.count(source, part, now)

    def _commit_checkpoints(self, batch: Batch) -> None:
        now = self._clock()
        for checkpoint in batch.checkpoints:
            self._sources.keep_checkpoint(checkpoint, self._buckets.next_seq(), now)
        for source in {each.source for each in batch.checkpoints if each.state != "active"}:
            self._sources.drop_retired(self._sources.number(source, now))

    @contextmanager
    def _writing(self, what: str, crash_point: str = "") -> Iterator[None]:
        if self._lock is None:
            raise StoreError(what, "it was opened to be read")
        if self.is_moved:
            raise StoreError(what, f"{self.path} was moved, replaced or deleted", "start glance anew to write it again")
        if self._lock.is_lost:
            self._lock.renew()
        try:
            with writing(self.connection, self.path, what, crash_point):
                yield
        except BaseException:
            self._sources.forget()
            self._buckets.forget()
            raise

    def retain(self, now: float, *, most_bytes: int, most_age_seconds: float) -> Retired:
        """Let the oldest buckets go, beyond the bounds; what they count stays as roll-ups.

        Args:
            now: seconds since the epoch.
            most_bytes: room for everything in the database.
            most_age_seconds: since a bucket's newest record, or its writing, what is later.

        Raises:
            StoreError: nothing was let go.
        """
        retention = Retention(self.connection, self.path)
        with self._writing(f"cannot make room in {self.path}", "retain"):
            retired = retention.run(now, most_bytes, most_age_seconds)
        self._buckets.forget()
        if retired.buckets and not retired.is_more:
            retention.give_room_back()
            self.copy_wal()
        return retired

    def copy_wal(self) -> None:
        """Copy the log of writes into the database, and empty it, unless somebody is reading."""
        crash_here("checkpoint-before-truncate")
        try:
            self.connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        except apsw.Error:
            return  # busy, or full: it stays, and is copied another time


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _close(connection: apsw.Connection) -> None:
    """Close, whatever state it is in."""
    try:
        connection.close()
    except apsw.Error:
        connection.close(True)
