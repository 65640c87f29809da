"""Writes what a person exports into a new file, named by the log and the time; never over one that was there."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from glance.errors import GlanceError
from glance.paths import private_dir, state_dir
from glance.sources.regular_file import reason_in_words

FOLDER = "exports"
"""Of glance's own, where the working directory cannot be written."""
MOST_NAMES = 1000
MOST_NAME = 60

_UNUSUAL = re.compile(r"[^A-Za-z0-9._-]+")


def export_name(about: Sequence[str], at: float) -> str:
    """The name of a file without its ending: `glance-access.log-20261122-140231`.

    Args:
        about: names of the logs, of which any sign that is not plain becomes a dash.
        at: epoch seconds of what is exported.
    """
    names = [_UNUSUAL.sub("-", Path(name).name).strip("-.") for name in about]
    log = names[0] if len(names) == 1 else f"{len(names)}-logs" if names else ""
    stamp = datetime.fromtimestamp(at).astimezone().strftime("%Y%m%d-%H%M%S")
    return "-".join(part for part in ("glance", log[:MOST_NAME], stamp) if part)


def write_export(data: bytes, name: str, ending: str, folder: Path | None = None) -> Path:
    """Write a file that its owner alone can read; returns where it is.

    Args:
        data: what is in it.
        name: what it is called, without its ending.
        ending: without the point.
        folder: where; the working directory when it is not given. Where that cannot be written, a private folder.

    Raises:
        GlanceError: it can be written in neither.
    """
    try:
        return _written(data, name, ending, folder or Path.cwd())
    except OSError as first:
        own = state_dir() / FOLDER
        try:
            return _written(data, name, ending, private_dir(own))
        except OSError as error:
            why = f"{reason_in_words(first)}; in {own}: {reason_in_words(error)}"
            raise GlanceError("nothing was exported", why) from error


def _written(data: bytes, name: str, ending: str, folder: Path) -> Path:
    path, fd = _created(name, ending, folder)
    try:
        with os.fdopen(fd, "wb") as file:
            file.write(data)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return path


def _created(name: str, ending: str, folder: Path) -> tuple[Path, int]:
    """A new file."""
    for number in range(1, MOST_NAMES + 1):
        path = folder / f"{name}{f'-{number}' if number > 1 else ''}.{ending}"
        try:
            return path, os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except FileExistsError:
            continue
    raise FileExistsError(17, os.strerror(17))
