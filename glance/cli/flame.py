"""`glance flame FILE…`: profiles as flame graphs, without a log."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from glance.browser import is_browser
from glance.cli.options import said, with_settings
from glance.cli.watch import ESCAPE_MILLISECONDS, config_watch, has_screen, screen_settings
from glance.config import Settings
from glance.domain.view import View
from glance.errors import SourceError, UsageError
from glance.paths import database_file

if TYPE_CHECKING:
    from glance.pipeline.collector import Collector

EPILOG = """\b
Examples:
  curl -o cpu.pb.gz 'http://localhost:6060/debug/pprof/profile?seconds=5'
  glance flame cpu.pb.gz
  glance flame before.pb.gz after.pb.gz     c compares them
"""


@click.command(epilog=EPILOG)
@with_settings("theme")
@click.argument("files", nargs=-1, metavar="FILE...", required=True, type=click.Path())
@click.pass_context
def flame(ctx: click.Context, settings: Settings, files: tuple[str, ...]) -> int:
    """Look at profiles as flame graphs, without a log.

    The last one is shown first; [ and ] go to the others, c compares. What can be done is under ?.
    """
    for file in files:
        if not os.path.isfile(file):
            why = "it is a directory" if os.path.isdir(file) else "there is no such file"
            raise SourceError(f"cannot read {file}", why, "")
    if not has_screen():
        raise UsageError("a flame graph needs a terminal", "", f"without one: glance profile top {files[0]}")
    return open_profiles(files, settings, said(ctx))


def open_profiles(files: Sequence[str], settings: Settings, given: frozenset[str] = frozenset()) -> int:
    """Show the page of profiles until the person leaves.

    Args:
        files: with profiles.
        settings: what was set.
        given: settings that somebody set, so that what is remembered does not count.

    Returns:
        The exit code.
    """
    os.environ.setdefault("ESCDELAY", ESCAPE_MILLISECONDS)
    from glance.app import Glance  # textual: only for the screen
    from glance.pipeline.engine import Engine, remembered
    from glance.widgets.flame_chooser import ALONE

    database = database_file(settings.db)
    known = remembered(database, "")
    screen = screen_settings(settings, (), known, given)
    screen = replace(
        screen,
        known={**screen.known, ALONE: "on"},
        has_hint=False,
        page="profile",
        title="glance flame",
        has_bell=False,
    )

    def prepare(view: View) -> Collector:
        from glance.pipeline.collector import Collector
        from glance.pipeline.collector_options import CollectorOptions
        from glance.pipeline.intake import Intake
        from glance.sources.discovery import Discovery

        collector = Collector(Intake(Discovery(())), CollectorOptions(settings.refresh_seconds), view)
        collector.profiles.open(files)
        return collector

    engine = Engine(prepare, None if is_browser() else database, View(window=screen.window))
    app = Glance(engine, screen, config_watch(screen))
    app.run()
    if engine.failure is not None:
        raise engine.failure
    return app.return_code or 0
