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

    def all(self, *more: str) -> dict[str, str]:
        """Every short text, and those of these names whatever their length.

        Raises:
            StoreError: the database cannot be read.
        """
        query = "SELECT key, value FROM remembered WHERE length(value) <= ?"
        try:
            found = [*self._connection.execute(query, (MOST_CHARACTERS,))]
            for key in more:
                found += self._connection.execute("SELECT key, value FROM remembered WHERE key = ?", (key,))
        except apsw.Error as error:
            raise StoreError("cannot read what was remembered", str(error)) from error
        return {str(key): str(value) for key, value in found}

    def keep(self, key: str, value: str, *, most: int = MOST_CHARACTERS) -> None:
        """Remember a text under a name, in place of what was there.

        Args:
            key: the name.
            value: the text.
            most: characters of it that are kept.

        Raises:
            StoreError: the database cannot be written.
        """
        try:
            with self._connection:
                self._connection.execute(
                    "INSERT INTO remembered VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                    (key, value[:most]),
                )
        except apsw.Error as error:
            raise StoreError("cannot remember", str(error)) from error

    def forget_others(self, key: str, prefix: str, most: int) -> None:
        """Forget every name with this prefix but one, when there are more than so many.

        Raises:
            StoreError: the database cannot be written.
        """
        others = "substr(key, 1, ?) = ? AND key != ?"
        told = (len(prefix), prefix, key)
        try:
            with self._connection:
                count = self._connection.execute(f"SELECT count(*) FROM remembered WHERE {others}", told).get  # noqa: S608 - no text of a user
                if count >= most:
                    self._connection.execute(f"DELETE FROM remembered WHERE {others}", told)  # noqa: S608
        except apsw.Error as error:
            raise StoreError("cannot forget", str(error)) from error

    def close(self) -> None:
        """Close the database."""
        self._connection.close()
