"""Opens a snapshot in the dashboard, without logs behind it."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from pathlib import Path

from glance.cli.snapshot_show import show_one
from glance.cli.watch import ESCAPE_MILLISECONDS, config_watch, freezing, has_screen, screen_settings
from glance.config import Settings
from glance.domain.view import View
from glance.paths import database_file
from glance.store.snapshot_file import SnapshotFile


def open_one(path: str, settings: Settings) -> int:
    """Show a snapshot like live logs until the person leaves; print what it has where there is no screen.

    Args:
        path: the file.
        settings: what was set.

    Returns:
        The exit code.

    Raises:
        StoreError: it is none, or cannot be read.
    """
    if not has_screen():
        return show_one(Path(path), None, 20, "text")
    with SnapshotFile.open(Path(path)) as file:
        manifest = file.manifest
    os.environ.setdefault("ESCDELAY", ESCAPE_MILLISECONDS)
    from glance.app import Glance  # textual: only for the screen
    from glance.pipeline.engine import Engine, remembered

    database = database_file(settings.db)
    names = tuple(os.path.basename(log.path) for log in manifest.logs)
    screen = screen_settings(settings, names or (manifest.id,), remembered(database), frozenset())
    screen = replace(screen, frozen=(manifest.start, manifest.end), has_hint=False)
    freeze = freezing(settings, is_alone=True)
    engine = Engine(partial(freeze, path), None, View(window=screen.window), freeze=freezing(settings))
    app = Glance(engine, screen, config_watch(screen))
    app.run()
    if engine.failure is not None:
        raise engine.failure
    return app.return_code or 0
