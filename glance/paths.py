"""Where glance keeps its own files, after the XDG base directory specification."""

from __future__ import annotations

import os
from pathlib import Path

from glance.errors import StoreError

CONFIG_NAME = "config.toml"
DATABASE_NAME = "glance.db"


def config_file() -> Path:
    """The configuration that is read when none is named; it need not exist."""
    return _base("XDG_CONFIG_HOME", ".config") / CONFIG_NAME


def state_dir() -> Path:
    """Where the database and glance's own log live; made by `private_dir` when first needed."""
    return _base("XDG_STATE_HOME", ".local/state")


def daemon_file(name: str) -> Path:
    """A file by which the daemon is found: its lock, its socket, its log.

    Not below XDG_RUNTIME_DIR: that is emptied when a person logs out, which a daemon survives, and it is
    not set for cron. Two terminals of one user, and a job of that user, must find the same daemon.
    """
    return state_dir() / f"daemon.{name}"


def database_file(named: str = "") -> Path:
    """The database of history: the one that was named, else the user's own."""
    return Path(named) if named else state_dir() / DATABASE_NAME


def existing_database(path: Path) -> Path:
    """A database that is to be asked.

    Raises:
        StoreError: there is none.
    """
    if not path.exists():
        raise StoreError(
            f"there is no history in {path}",
            "the file does not exist",
            "glance keeps history while it reads: glance collect access.log; or name another with --db PATH",
        )
    return path


def database_to_ask(named: str = "") -> Path:
    """The database to be asked: one that was named must exist, the user's own may still come to be.

    Raises:
        StoreError: the one that was named does not exist.
    """
    return existing_database(Path(named)) if named else database_file()


def private_dir(path: Path) -> Path:
    """Make this directory, readable by its owner only, where it is missing.

    Raises:
        OSError: it cannot be made.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def _base(variable: str, below_home: str) -> Path:
    """The folder of glance under one XDG base; the specification says that relative ones are ignored."""
    given = os.environ.get(variable, "")
    base = Path(given) if os.path.isabs(given) else Path(os.path.expanduser("~")) / below_home
    return base / "glance"
