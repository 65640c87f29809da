"""Looks at a database that its writer did not close: is it whole, and is its end still there?"""

from __future__ import annotations

from pathlib import Path

import apsw

from glance.store.failure import damaged, failure
from glance.store.writer_lock import WriterLock

MOST_CHECKED_BYTES = 64 << 20
"""A larger file is looked at without the columns, which have checksums of their own (0.03 s a 64 MB, measured)."""


def check(connection: apsw.Connection, path: Path) -> None:
    """Look for damage, as it is left when files of a database are copied, mixed up or deleted.

    Raises:
        StoreError: there is some, or it cannot be looked for.
    """
    try:
        size = int(connection.pragma("page_count")) * int(connection.pragma("page_size"))
        tables = [""] if size <= MOST_CHECKED_BYTES else [f"('{name}')" for name in _small_tables(connection)]
        for table in tables:
            for (told,) in connection.execute(f"PRAGMA quick_check{table}"):
                if told != "ok":
                    raise damaged(path, str(told).splitlines()[-1])
    except apsw.Error as error:
        raise failure(f"cannot read {path}", path, error) from error


def _small_tables(connection: apsw.Connection) -> list[str]:
    rows = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return [str(name) for (name,) in rows if name != "bucket_column"]


def loss(lock: WriterLock, path: Path, seq: int) -> str:
    """What to tell when the database does not reach as far as its last writer noted; else nothing."""
    if lock.seq <= seq:
        return ""
    if seq <= 0:
        return f"the history in {path} is gone, by what its last writer noted; it begins anew"
    return (
        f"the end of the history in {path} is gone, as after a power failure, or when its -wal file is deleted; "
        "what is still in the logs is read again"
    )
