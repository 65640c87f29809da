"""Brings a database to the present schema, a numbered step at a time, each whole or not at all."""

from __future__ import annotations

from pathlib import Path

import apsw

from glance.errors import StoreError
from glance.store.alert_schema import SCHEMA_ALERTS
from glance.store.crash import crash_here
from glance.store.failure import failure
from glance.store.history_schema import SCHEMA_HISTORY
from glance.store.metric_schema import SCHEMA_METRICS
from glance.store.profile_schema import SCHEMA_PROFILES
from glance.store.transaction import writing

STEPS: tuple[tuple[str, ...], ...] = (
    SCHEMA_HISTORY,
    SCHEMA_ALERTS,
    SCHEMA_METRICS,
    SCHEMA_PROFILES,
)
"""What leads from each version of the schema to the next, single statements. A step that was released never changes."""

APPLICATION_ID = 0x676C6E63
"""`glnc`: tells our databases from those of others."""


def version_of(connection: apsw.Connection) -> int:
    """The version of the schema that is in a database."""
    return int(connection.pragma("user_version"))


def is_current(connection: apsw.Connection, path: Path) -> bool:
    """The database has the schema of this glance; False when it has an older one, or none.

    Raises:
        StoreError: it is of a newer glance, or of another program.
    """
    try:
        version = version_of(connection)
        application = int(connection.pragma("application_id"))
        tables = {str(name) for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    except apsw.Error as error:
        raise failure(f"cannot read {path}", path, error) from error
    if application not in (0, APPLICATION_ID) or (not application and tables - {"remembered"}):
        raise StoreError(f"{path} is the database of another program", "", "name another one with --db")
    if version > len(STEPS):
        raise StoreError(
            f"{path} was written by a newer glance",
            f"its schema is {version}, this glance knows {len(STEPS)}",
            "update glance, or name another database with --db",
        )
    return version == len(STEPS)


def migrate(connection: apsw.Connection, path: Path) -> None:
    """Take all steps that are missing. Only the writer may.

    Raises:
        StoreError: one failed; the steps before it are done, and it is not.
    """
    if is_current(connection, path):
        return
    if version_of(connection) == 0:
        _give_room_back(connection)
    while (version := version_of(connection)) < len(STEPS):
        with writing(connection, path, f"cannot bring {path} to the present schema", "migration"):
            crash_here("migration-begun")
            for statement in STEPS[version]:
                connection.execute(statement)
                crash_here("migration-step-written")
            connection.pragma("application_id", APPLICATION_ID)
            connection.pragma("user_version", version + 1)


def _give_room_back(connection: apsw.Connection) -> None:
    """Let the file become shorter when buckets are let go. Nearly nothing is in it yet, so this is quick."""
    try:
        connection.pragma("auto_vacuum", 2)
        connection.execute("VACUUM")
    except apsw.Error:
        return  # another process reads: the room is used again, and the file just stays as long as it was
