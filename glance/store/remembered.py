"""What the screen remembers between runs: theme, window, order of tables."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import apsw

from glance.errors import StoreError
from glance.store.database import open_database

_SCHEMA = "CREATE TABLE IF NOT EXISTS remembered (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID"
MOST_CHARACTERS = 10_000


class Remembered:
    """Small named texts that outlive the process."""

    def __init__(self, connection: apsw.Connection) -> None:
        """Use an open database."""
        self._connection = connection

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the database at `path`.

        Raises:
            StoreError: it cannot be used.
        """
        connection = open_database(path)
        try:
            connection.execute(_SCHEMA)
        except apsw.Error as error:
            connection.close()
            raise StoreError(f"cannot use {path}", str(error), "move it away to begin anew") from error
        return cls(connection)

    def all(self) -> dict[str, str]:
        """Everything that is remembered.

        Raises:
            StoreError: the database cannot be read.
        """
        try:
            return {
                str(key): str(value) for key, value in self._connection.execute("SELECT key, value FROM remembered")
            }
        except apsw.Error as error:
            raise StoreError("cannot read what was remembered", str(error)) from error

    def keep(self, key: str, value: str) -> None:
        """Remember a text under a name, in place of what was there.

        Raises:
            StoreError: the database cannot be written.
        """
        try:
            with self._connection:
                self._connection.execute(
                    "INSERT INTO remembered VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                    (key, value[:MOST_CHARACTERS]),
                )
        except apsw.Error as error:
            raise StoreError("cannot remember", str(error)) from error

    def close(self) -> None:
        """Close the database."""
        self._connection.close()
