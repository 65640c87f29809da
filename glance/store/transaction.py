"""A transaction that is either written whole or not at all, and leaves the connection fit for the next."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from glance.store.crash import crash_here
from glance.store.failure import failure


@contextmanager
def writing(connection: apsw.Connection, path: Path, what: str, crash_point: str = "") -> Iterator[None]:
    """Write in one transaction, which waits for its turn when it begins and never later.

    Args:
        connection: an open database.
        path: where it lies, for the words of an error.
        what: what did not work, should it fail.
        crash_point: stem of the named places around the end of it, where tests end the process.

    Raises:
        StoreError: it failed, and nothing of it is in the database.
    """
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            if crash_point:
                crash_here(f"{crash_point}-before-commit")
            connection.execute("COMMIT")
        except BaseException:
            _roll_back(connection)
            raise
    except apsw.Error as error:
        raise failure(what, path, error) from error
    if crash_point:
        crash_here(f"{crash_point}-after-commit")


@contextmanager
def reading(connection: apsw.Connection, path: Path, what: str = "cannot read the history") -> Iterator[None]:
    """Read as of one moment; keep it short, for the log of writes grows meanwhile.

    Raises:
        StoreError: it failed.
    """
    try:
        connection.execute("BEGIN")
        try:
            yield
        finally:
            _roll_back(connection)
    except apsw.Error as error:
        raise failure(what, path, error) from error


def _roll_back(connection: apsw.Connection) -> None:
    """End the transaction; SQLite may have ended it already, or be unable to. The first error counts."""
    if not connection.in_transaction:
        return
    try:
        connection.execute("ROLLBACK")
    except apsw.Error:
        return
