"""Says in words what SQLite complains of, and whether it may pass."""

from __future__ import annotations

import errno
from pathlib import Path

import apsw

from glance.errors import StoreError

_PASSING = (
    apsw.BusyError,
    apsw.LockedError,
    apsw.FullError,
    apsw.IOError,
    apsw.CantOpenError,
    apsw.NoMemError,
    apsw.InterruptError,
    apsw.ProtocolError,
)
_PASSING_ERRNO = (errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.EIO, errno.EINTR, errno.ENOMEM)
_DAMAGE = (apsw.CorruptError, apsw.NotADBError)


def failure(what: str, path: Path | str, error: apsw.Error | OSError) -> StoreError:
    """The error of the user for one of SQLite or the system.

    Args:
        what: what did not work.
        path: the database.
        error: what was raised.
    """
    if isinstance(error, OSError):
        return StoreError(what, str(error), _hint(path, error), is_passing=error.errno in _PASSING_ERRNO)
    return StoreError(what, _why(error), _hint(path, error), is_passing=isinstance(error, _PASSING))


def damaged(path: Path | str, why: str) -> StoreError:
    """What the database holds makes no sense."""
    return StoreError(f"{path} is damaged", why, recovery(path))


def recovery(path: Path | str) -> str:
    """What a person can do about a damaged database; nothing is ever deleted for them."""
    return f"stop glance and move it away to begin anew: mv {path} {path}.corrupt"


def _why(error: apsw.Error) -> str:
    names = {
        apsw.BusyError: "another process holds it locked",
        apsw.LockedError: "another process holds it locked",
        apsw.FullError: "the disk is full",
        apsw.ReadOnlyError: "it may not be written",
        apsw.CorruptError: "it is damaged",
        apsw.NotADBError: "it is not a database, or it is damaged",
        apsw.CantOpenError: "it, or a file beside it, cannot be opened",
    }
    for kind, words in names.items():
        if isinstance(error, kind):
            return f"{words} ({error})"
    return str(error)


def _hint(path: Path | str, error: apsw.Error | OSError) -> str:
    if isinstance(error, apsw.NotADBError):  # perhaps a log that was named by mistake
        return f"name another with --db; only if this was glance's database, {recovery(path)}"
    if isinstance(error, _DAMAGE):
        return recovery(path)
    if isinstance(error, apsw.FullError) or (isinstance(error, OSError) and error.errno == errno.ENOSPC):
        return "free some space; what was not written is read again from the logs"
    if isinstance(error, apsw.ReadOnlyError | PermissionError):
        return "name another database with --db, or go on without one with --no-history"
    return ""
