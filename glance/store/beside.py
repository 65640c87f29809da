"""Opens a database beside whoever writes its history: for tables that any process may write a little to."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Self

import apsw

from glance.errors import StoreError
from glance.store.database import open_database, open_to_read
from glance.store.failure import failure
from glance.store.migrations import is_current, migrate
from glance.store.writer_lock import WriterLock


class TableBeside:
    """A group of tables of an open database, used by one thread at a time. Subclasses name the tables."""

    KNOWN_BY: ClassVar[str]
    """The table that tells whether anything of the group was ever kept."""
    SCHEMA: ClassVar[Sequence[str]]

    def __init__(self, connection: apsw.Connection, path: Path) -> None:
        """Use an open database of the present schema."""
        self._connection = connection
        self.path = path

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a database to write beside whoever writes history, made where it is missing.

        Raises:
            StoreError: it cannot be used.
        """
        return cls(open_beside(path), path)

    @classmethod
    def open_to_read(cls, path: Path) -> Self | None:
        """Open a database to look; None when there is none, or nothing of the group was ever kept in it.

        Raises:
            StoreError: it cannot be used.
        """
        connection = open_known(path, cls.KNOWN_BY)
        return None if connection is None else cls(connection, path)

    @classmethod
    def in_memory(cls) -> Self:
        """Tables that are gone when the process ends."""
        connection = apsw.Connection(":memory:")
        for statement in cls.SCHEMA:
            connection.execute(statement)
        return cls(connection, Path(":memory:"))

    def close(self) -> None:
        """Close the database."""
        self._connection.close(True)


def open_beside(path: Path) -> apsw.Connection:
    """A database to write, made where it is missing.

    Raises:
        StoreError: it cannot be used.
    """
    connection = open_database(path)
    try:
        if not is_current(connection, path):
            _bring_up(connection, path)
    except StoreError:
        connection.close(True)
        raise
    return connection


def open_known(path: Path, table: str) -> apsw.Connection | None:
    """A database to look at; None when there is none, or it never had this table.

    Raises:
        StoreError: it cannot be used.
    """
    if not path.exists():
        return None
    connection = open_to_read(path)
    try:
        is_current(connection, path)
        known = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (table,)).fetchall()
    except (StoreError, apsw.Error) as error:
        connection.close(True)
        raise error if isinstance(error, StoreError) else failure(f"cannot read {path}", path, error) from error
    if known:
        return connection
    connection.close(True)
    return None


def _bring_up(connection: apsw.Connection, path: Path) -> None:
    """Make the tables, which only the writer of history may; when another one holds the lock, it made them just now."""
    lock = WriterLock(path)
    try:
        migrate(connection, path)
    finally:
        lock.close()
