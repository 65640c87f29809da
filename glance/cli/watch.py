"""`glance PATH…`: the dashboard."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import click
from click.core import ParameterSource

from glance.browser import is_browser
from glance.cli.options import chosen_paths, config_file_of, logs_argument, said, with_settings
from glance.cli.terminal import has_keyboard, is_piped
from glance.config import DEFAULTS, Settings
from glance.domain.safe_text import safe_text
from glance.domain.view import RankingName, SortKey, View
from glance.errors import GlanceError, UsageError
from glance.ingest.collector_pause import collector_paused
from glance.paths import daemon_file, database_file

if TYPE_CHECKING:
    from glance.app import Glance
    from glance.cli.live_settings import ConfigWatch
    from glance.pipeline.collector import Collector
    from glance.pipeline.engine import Engine
    from glance.pipeline.opened_snapshot import Freeze
    from glance.pipeline.poll_watch import PollWatch
    from glance.screens.overview import ScreenSettings
    from glance.themes import Palette

ESCAPE_MILLISECONDS = "25"
"""How long an escape may be the beginning of a longer key; Textual waits 100 ms, which is felt at every `esc`."""

_SORT = "sort."
_TABLE = "table."


class Unnamed(click.Command):
    """A verb that nobody needs to type: its help is that of glance itself."""

    def get_help(self, ctx: click.Context) -> str:
        """The help of glance."""
        return super().get_help(ctx) if ctx.parent is None else ctx.parent.get_help()


@click.command(cls=Unnamed)
@with_settings()
@logs_argument
@click.pass_context
def watch(ctx: click.Context, settings: Settings, paths: tuple[str, ...]) -> int:
    """Open the dashboard on logs: files, globs, directories, or - for standard input.

    When standard output is not a terminal, the report is printed instead.
    """
    check_words(paths)
    if len(paths) == 1 and paths[0].endswith(".glance"):
        from glance.cli.snapshot_open import open_one  # only for a snapshot

        return open_one(paths[0], settings)
    chosen = chosen_paths(paths, settings)
    if not chosen and is_piped():
        chosen = ("-",)
    if not chosen:
        chosen, settings = logs_of_daemon(settings)
    if not has_screen():
        from glance.cli.report import print_report  # only without a screen

        return print_report(chosen or usual_logs(), settings)
    return open_dashboard(chosen or usual_logs(), settings, said(ctx))


def check_words(paths: Sequence[str]) -> None:
    """Refuse a verb that was mistyped: it would be taken for a log, and the rest be shown without it.

    Raises:
        UsageError: a word is no file, and nearly a verb.
    """
    for path in paths:
        if path == "-" or os.path.lexists(path) or os.sep in path:
            continue
        import difflib  # only on the way to an error

        from glance.cli.root import VERBS

        near = difflib.get_close_matches(path, [name for name, verb in VERBS.items() if not verb.is_hidden], 1, 0.75)
        if near:
            raise UsageError(
                f"there is no verb {path!r}, and no file of that name", "", f"did you mean glance {near[0]}?"
            )


def logs_of_daemon(settings: Settings) -> tuple[tuple[str, ...], Settings]:
    """What a daemon of this user reads, and the settings with its database; nothing where none runs."""
    socket = daemon_file("sock")
    if not socket.exists():
        return (), settings
    from glance.pipeline.control import ask  # only where a daemon may run

    try:
        reply = ask(socket, "status")
    except GlanceError:
        return (), settings
    if reply is None:
        return (), settings
    history = reply.values.get("history") or {}
    return tuple(reply.values.get("paths", ())), replace(settings, db=settings.db or history.get("path") or "")


def has_screen() -> bool:
    """Whether there is a terminal to draw on."""
    return is_browser() or (sys.stdout.isatty() and os.environ.get("TERM") != "dumb")


NOTHING_TO_OPEN = "there is no log to open"
NAME_ONE = "name one: glance /path/to/access.log, or look around with: glance demo"


def usual_logs(nothing: str = NOTHING_TO_OPEN, hint: str = NAME_ONE) -> tuple[str, ...]:
    """The log to open when none is named: asked for when a person can answer, else the first that is found.

    Args:
        nothing: what to say when there is none.
        hint: what to do then.

    Raises:
        UsageError: there is none in the usual places.
    """
    from glance.sources.discovery import usual_places  # only when nothing was named

    places = usual_places()
    found = tuple(source.path for source in places.found)
    if not found:
        why = f"none was named, and there is none in {', '.join(places.looked_in[:5])} and the like"
        if places.forbidden:
            why = f"none was named, and {', '.join(places.forbidden)} may not be read"
        raise UsageError(nothing, why, hint)
    if not (has_keyboard() and has_screen()):
        click.echo(f"reading {safe_text(found[0])}", err=True)
        return (found[0],)
    return (chosen_of(found),)


def chosen_of(found: Sequence[str]) -> str:
    """Ask which log to open."""
    if len(found) == 1:
        click.echo(f"opening {safe_text(found[0])}", err=True)
        return found[0]
    for number, path in enumerate(found, 1):
        click.echo(f"  {number}  {safe_text(path)}", err=True)
    number = click.prompt("Which log", type=click.IntRange(1, len(found)), default=1, err=True)
    return found[number - 1]


def open_dashboard(paths: Sequence[str], settings: Settings, given: frozenset[str] = frozenset()) -> int:
    """Show the dashboard until the person leaves; returns the exit code.

    Args:
        paths: logs, globs, directories, or `-`.
        settings: what was set.
        given: settings that somebody set, so that what is remembered does not count.

    Raises:
        SourceError: a log cannot be read.
        FormatError: there is no such format.
    """
    with collector_paused():  # it would walk through all that is imported, again and again
        app, engine = dashboard_of(paths, settings, given)
    app.run()
    if engine.failure is not None:
        raise engine.failure
    return app.return_code or 0


def dashboard_of(paths: Sequence[str], settings: Settings, given: frozenset[str]) -> tuple[Glance, Engine]:
    """The dashboard, and what makes its scenes; the rest is as for `open_dashboard`."""
    os.environ.setdefault("ESCDELAY", ESCAPE_MILLISECONDS)
    from glance.app import Glance  # textual: only for the screen
    from glance.pipeline.engine import Engine, names_of, recall_key_of, remembered
    from glance.sources.discovery import discover

    named = discover(paths)
    check_format(settings.format)
    pipe = keep_pipe_and_take_keys() if "-" in paths else 0
    database = database_file(settings.db)
    recall_key = recall_key_of(paths) if settings.history else ""
    known = remembered(database, recall_key)
    screen = screen_settings(settings, names_of(paths), known, given)

    def prepare(view: View) -> Collector:
        from glance.domain.logs.route import routes_of
        from glance.pipeline.alert_setup import alerting_of
        from glance.pipeline.collector import Collector
        from glance.pipeline.collector_options import CollectorOptions
        from glance.pipeline.intake import Intake
        from glance.pipeline.keeping import Keeping, bounds_of
        from glance.pipeline.kept_polls import KeptPolls
        from glance.pipeline.metric_watch import MetricWatch
        from glance.pipeline.snapshot_plan import snapshots_of

        options = CollectorOptions(
            refresh_seconds=settings.refresh_seconds,
            memory_bytes=settings.memory_mb << 20,
            routes=routes_of(settings.routes),
            back_seconds=settings.back_seconds,
            follow=settings.follow,
        )
        intake = Intake(named, settings.format, pipe_fd=pipe, is_forward=settings.start == "start")
        keeping = Keeping.open(database if settings.history else None, bounds=bounds_of(settings))
        alerting = alerting_of(settings, keeping, database)
        metrics = MetricWatch(database)
        polling: PollWatch | None = KeptPolls(database) if settings.history else None
        if settings.pprof_targets or settings.pprof:
            from glance.pipeline.poll_setup import polling_of  # few poll anything

            polling = polling_of(settings, keeping, database) or polling
        collector = Collector(
            intake, options, view, keeping=keeping, alerting=alerting, metrics=metrics, polling=polling,
            snapshots=snapshots_of(settings, database),
        )  # fmt: skip
        collector.profiles.open(settings.profiles)
        return collector

    view = View(window=screen.window)
    if recall_key in known:
        from glance.pipeline.recalled import scene_of  # only where there is something to show at once

        screen = replace(screen, opening=scene_of(known[recall_key], view))
    keeps = None if is_browser() else database  # what a visitor chooses is not the owner's choice
    engine = Engine(prepare, keeps, view, recall_key="" if is_browser() else recall_key, freeze=freezing(settings))
    return Glance(engine, screen, config_watch(screen)), engine


def freezing(settings: Settings, *, is_alone: bool = False) -> Freeze:
    """What makes the collector of a snapshot.

    Args:
        settings: what was set.
        is_alone: there are no logs to go back to.
    """

    def freeze(path: str, view: View) -> Collector:
        from pathlib import Path

        from glance.domain.logs.route import routes_of
        from glance.pipeline.frozen_collector import FrozenCollector  # only where one is looked at
        from glance.pipeline.snapshot_plan import snapshots_of

        return FrozenCollector(
            Path(path), view, plan=snapshots_of(settings, database_file(settings.db)),
            routes=routes_of(settings.routes), memory_bytes=settings.memory_mb << 20, is_alone=is_alone,
        )  # fmt: skip

    return freeze


def config_watch(screen: ScreenSettings) -> ConfigWatch | None:
    """What notices that the file of settings was changed; nothing where none was read."""
    ctx = click.get_current_context(silent=True)
    if ctx is None:
        return None
    from glance.cli.live_settings import ConfigWatch  # textual: only for the screen

    by_hand = (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT)
    fixed = frozenset(("theme",)) if ctx.get_parameter_source("theme") in by_hand else frozenset()
    return ConfigWatch(config_file_of(ctx), screen, fixed)


def screen_settings(
    settings: Settings, names: tuple[str, ...], known: Mapping[str, str], given: frozenset[str]
) -> ScreenSettings:
    """What the screen starts with.

    Args:
        settings: what was set.
        names: of the logs.
        known: what is remembered from the last time.
        given: settings that somebody set; of the others, what is remembered counts.
    """
    from glance.cli.export_calls import export_scene, export_table
    from glance.screens.settings import Exports, ScreenSettings  # textual: only for the screen

    palettes: tuple[Palette, ...] = ()
    if settings.themes:
        from glance.own_theme import own_palette  # few have any

        palettes = tuple(map(own_palette, settings.themes))
    tables = ((key.removeprefix(_TABLE), value) for key, value in known.items() if key.startswith(_TABLE))
    sorts = ((key.removeprefix(_SORT), value) for key, value in known.items() if key.startswith(_SORT))
    return ScreenSettings(
        theme=settings.theme if "theme" in given else known.get("theme", settings.theme),
        refresh_seconds=settings.refresh_seconds,
        incident_limit=settings.incident_limit,
        section_limit=settings.section_limit if "section_limit" in given else 0,
        sources=names,
        window=settings.window if "window" in given else known.get("window", settings.window),
        sorts=tuple((cast("RankingName", name), cast("SortKey", order)) for name, order in sorts),
        tables=tuple((name, cast("RankingName", ranking)) for name, ranking in tables),
        is_raw=known.get("paths") == "raw",
        panels=settings.panels,
        panel=known.get("panel", "paths"),
        has_hint="hint" not in known,
        known={**known, "reverse_names": "on" if settings.reverse_names else "off"}
        if "reverse_names" in given
        else dict(known),
        exports=Exports(export_scene, export_table),
        last_filter=known.get("filter", ""),
        palettes=palettes,
        keymap=dict(settings.keys),
        has_bell=settings.bell if "bell" in given else known.get("bell") != "off",
    )


def check_format(wanted: str) -> None:
    """Refuse a format that does not exist, before there is a screen.

    Raises:
        FormatError: there is no such name, or the format string has a mistake.
    """
    if wanted == DEFAULTS.format:
        return
    from glance.ingest.named import format_names, readers_named  # only where a format was named

    if wanted not in format_names():  # what some of them lack stands in the log itself
        readers_named(wanted)


def keep_pipe_and_take_keys() -> int:
    """Lines come in on a pipe, keys from the terminal: put the terminal where keys are read.

    Returns:
        Where the pipe is now.

    Raises:
        UsageError: there is no terminal to read keys from.
    """
    if has_keyboard():
        raise UsageError(
            "there is nothing to read on standard input", "it is the terminal", "pipe lines in: tail -f log | glance -"
        )
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_CLOEXEC)
    except OSError as error:
        raise UsageError("there is no terminal to read keys from", error.strerror or "", "") from error
    kept = os.dup(0)
    os.dup2(terminal, 0)
    os.close(terminal)
    return kept
