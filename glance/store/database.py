"""Opens the user's database. Only apsw may touch the file: a second SQLite in the process drops its locks."""

from __future__ import annotations

import os
from pathlib import Path

import apsw
import apsw.bestpractice

from glance.errors import StoreError
from glance.paths import private_dir

SAFE_VERSION = (3, 51, 3)
"""The first SQLite without the defect that could corrupt a database with two connections in WAL mode."""

BUSY_MILLISECONDS = 2000


def open_database(path: Path) -> apsw.Connection:
    """Open the database, made with its folder when it is missing, readable by its owner only.

    Raises:
        StoreError: it cannot be opened.
    """
    version = tuple(int(part) for part in apsw.sqlite_lib_version().split("."))
    if version < SAFE_VERSION:
        raise StoreError(
            "SQLite is too old",
            f"{apsw.sqlite_lib_version()} can corrupt a database that two programs use",
            "install a newer apsw",
        )
    try:
        private_dir(path.parent)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
        connection = apsw.Connection(str(path))
        connection.set_busy_timeout(BUSY_MILLISECONDS)
        apsw.bestpractice.connection_wal(connection)
        apsw.bestpractice.connection_dqs(connection)
    except (OSError, apsw.Error) as error:
        raise StoreError(f"cannot open {path}", str(error), "glance goes on without remembering anything") from error
    return connection
