"""Opens the user's database. Only apsw may touch the file: a second SQLite in the process drops its locks."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from urllib.parse import quote

import apsw
import apsw.bestpractice

from glance.errors import StoreError
from glance.paths import private_dir
from glance.store.failure import failure
from glance.store.file_system import is_shared

SAFE_VERSION = (3, 51, 3)
"""The first SQLite without the defect that could corrupt a database with two connections in WAL mode."""

BUSY_MILLISECONDS = 2000

_LONGEST_LOG_BYTES = 16 << 20
"""What the log of writes keeps of its length once it was copied into the database."""


def open_database(path: Path) -> apsw.Connection:
    """Open the database, made with its folder when it is missing, readable by its owner only.

    Raises:
        StoreError: it cannot be opened.
    """
    _check_version()
    try:
        private_dir(path.parent)
        _make(path)
        connection = apsw.Connection(str(path))
    except (OSError, apsw.Error) as error:
        raise _cannot_open(path, error) from error
    return _prepared(connection, path)


def open_to_read(path: Path) -> apsw.Connection:
    """Open a database that is there, to read only; also where nothing may be written.

    Raises:
        StoreError: it cannot be opened.
    """
    _check_version()
    try:
        _refuse_link(path)
        connection = apsw.Connection(_address(path), flags=_READ_FLAGS) if _is_static(path) else _shared(path)
    except (OSError, apsw.Error) as error:
        raise _cannot_open(path, error) from error
    prepared = _prepared(connection, path)
    prepared.pragma("query_only", 1)
    return prepared


def _make(path: Path) -> None:
    """Make an empty file where there is none.

    One that is there is never opened, for closing it again would drop the locks of this process.
    """
    if os.path.lexists(path):
        _refuse_link(path)
        return
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:  # another process was quicker
        _refuse_link(path)


def _refuse_link(path: Path) -> None:
    """A link in the state folder could make glance write elsewhere.

    Raises:
        OSError: it is one, or there is no file.
    """
    if stat.S_ISLNK(os.lstat(path).st_mode):
        raise OSError(errno.ELOOP, "it is a symbolic link")


_READ_FLAGS = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI


def _shared(path: Path) -> apsw.Connection:
    """Read beside a writer, which needs the file of memory that both share."""
    flags = apsw.SQLITE_OPEN_READWRITE if os.access(path, os.W_OK) else apsw.SQLITE_OPEN_READONLY
    return apsw.Connection(str(path), flags=flags)


def _is_static(path: Path) -> bool:
    """Nobody can write it here, and nothing waits to be copied into it."""
    wal = path.with_name(path.name + "-wal")
    has_news = wal.exists() and wal.stat().st_size > 0
    return not has_news and not os.access(path.parent, os.W_OK)


def _address(path: Path) -> str:
    return f"file:{quote(os.fsencode(path.absolute()))}?mode=ro&immutable=1"


def _prepared(connection: apsw.Connection, path: Path) -> apsw.Connection:
    """Set what every connection has; closes it when that fails."""
    try:
        connection.set_busy_timeout(BUSY_MILLISECONDS)
        apsw.bestpractice.connection_dqs(connection)
        if connection.readonly("main"):
            return connection
        if is_shared(path):  # the log of writes needs memory that all who open the file share
            connection.pragma("journal_mode", "truncate")
        else:
            apsw.bestpractice.connection_wal(connection)
            connection.pragma("journal_size_limit", _LONGEST_LOG_BYTES)
        connection.pragma("synchronous", "normal")  # consistent after power loss; the rest is read again from the logs
    except apsw.Error as error:
        connection.close(True)
        raise _cannot_open(path, error) from error
    return connection


def _check_version() -> None:
    version = tuple(int(part) for part in apsw.sqlite_lib_version().split("."))
    if version < SAFE_VERSION:
        raise StoreError(
            "SQLite is too old",
            f"{apsw.sqlite_lib_version()} can corrupt a database that two programs use",
            "install a newer apsw",
        )


def _cannot_open(path: Path, error: OSError | apsw.Error) -> StoreError:
    told = failure(f"cannot open {path}", path, error)
    told.hint = told.hint or "name another database with --db, or go on without one with --no-history"
    return told
