"""`glance snapshot take`: reads logs or history, fetches profiles, and keeps them."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from glance.cli.options import ENVIRONMENT_PREFIX, chosen_paths, config_file_of
from glance.cli.profile_sources import say
from glance.cli.question import Question
from glance.cli.reading import read_selected
from glance.cli.terminal import is_piped
from glance.config import Settings
from glance.domain import units
from glance.domain.logs.route import routes_of
from glance.domain.logs.span import Span
from glance.domain.safe_text import safe_text
from glance.domain.snapshot import MOST_NOTE, Allowance, Manifest
from glance.domain.snapshot_words import failure_words
from glance.errors import GlanceError, UsageError
from glance.paths import database_file, existing_database
from glance.pipeline.poll_setup import access_of, chosen_targets
from glance.pipeline.report import ReportOptions
from glance.pipeline.snapshooting import Wish, profiles_of, taken
from glance.pipeline.snapshot_logs import MomentLogs
from glance.setting_value import parse_seconds
from glance.store.snapshot_file import SUFFIX, write_snapshot
from glance.store.snapshot_shelf import SnapshotShelf, shelf_beside

DAY_SECONDS = 86_400.0
EXAMPLE = "glance snapshot take /var/log/nginx/access.log"


def take_one(settings: Settings, paths: tuple[str, ...], question: Question, wanted: dict[str, Any]) -> int:
    """Take a snapshot and say where it is; returns the exit code.

    Raises:
        GlanceError: there is nothing to keep, or it cannot be kept.
    """
    if len(wanted["note"]) > MOST_NOTE:
        raise UsageError("the note is too long", f"at most {MOST_NOTE:,} characters are kept")
    wish = _wish(settings, wanted)
    length, around = (_seconds(name, wanted[name]) for name in ("length", "around"))
    wish = replace(wish, around_seconds=around)
    database = question.database or _usual_database()
    own = _own(wanted, database)
    profiles = profiles_of(wish, database, time.time, _progress(wish))
    question = _dated(question, length)
    options = ReportOptions(
        settings.format, 20, Span(question.since, question.until), settings.memory_mb << 20, question.where,
        routes_of(settings.routes),
    )  # fmt: skip
    logs, missed = _read(paths, settings, question, options, (length, around), has_profiles=bool(wish.targets))
    found = taken(logs, options, wish, time.time(), profiles=profiles, history=question.database)
    gone: tuple[str, ...] = ()
    if isinstance(own, Path):
        manifest, path = write_snapshot(own, found.manifest, found.contents), own
    else:
        room = wanted["keep_mb"] or settings.snapshot_mb
        allowance = Allowance(room << 20, wanted["keep_days"] * DAY_SECONDS, settings.snapshot_count)
        shelved, gone = own.add(found.manifest, found.contents, now=time.time(), allowance=allowance)
        assert shelved.manifest is not None
        manifest, path = shelved.manifest, shelved.path
    _tell(manifest, path, gone, wanted["output"])
    return missed[0].exit_code if missed else 0


def _own(wanted: dict[str, Any], database: Path) -> SnapshotShelf | Path:
    """Where it is to lie: the shelf, or a file elsewhere.

    Raises:
        UsageError: the file would not be known again as a snapshot.
    """
    if wanted["to"] is None:
        return SnapshotShelf(Path(wanted["shelf"]) if wanted["shelf"] else shelf_beside(database))
    path = Path(wanted["to"])
    if path.suffix != SUFFIX:
        raise UsageError(f"{path} is no name of a snapshot", f"it ends in {SUFFIX}", f"--to {path}{SUFFIX}")
    return path


def _usual_database() -> Path:
    variable = os.environ.get(f"{ENVIRONMENT_PREFIX}_DB", "")
    return database_file(variable or str(config_file_of(click.get_current_context()).values.get("db", "")))


def _wish(settings: Settings, wanted: dict[str, Any]) -> Wish:
    where = click.get_current_context().params.get("where") or ""
    access = access_of(settings.pprof)
    return Wish(
        note=wanted["note"],
        filter=where,
        most_raw_bytes=wanted["lines_mb"] << 20,
        targets=chosen_targets(settings),
        access=replace(access, token=wanted["token"] or access.token),
        cpu_seconds=wanted["seconds"],
    )


def _seconds(name: str, text: str) -> float:
    try:
        return parse_seconds(text)
    except ValueError as error:
        raise UsageError(f"--{name} {text} is no time", str(error), f"--{name} 10m") from error


def _dated(question: Question, length: float) -> Question:
    """Of history, a window that ends with now unless another was named."""
    if question.database is None:
        return question
    until = question.until if question.until is not None else time.time()
    since = question.since if question.since is not None else until - length
    return replace(question, since=since, until=until)


def _progress(wish: Wish) -> Callable[[int], None] | None:
    """What is shown while profiles are fetched."""
    if not wish.targets:
        return None
    names = ", ".join(safe_text(target.name) for target in wish.targets)
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        say(f"taking profiles for {wish.cpu_seconds} s: {names}")
        return None

    def show(passed: int) -> None:
        words = f"taking profiles, {min(passed, wish.cpu_seconds)} of {wish.cpu_seconds} s: {names}"
        sys.stderr.write(f"\r\x1b[K{words[:79]}{'' if passed < wish.cpu_seconds else chr(13) + chr(27) + '[K'}")
        sys.stderr.flush()

    return show


def _read(
    paths: tuple[str, ...], settings: Settings, question: Question, options: ReportOptions,
    lengths: tuple[float, float], *, has_profiles: bool,
) -> tuple[MomentLogs, Sequence[GlanceError]]:  # fmt: skip
    """Read what is asked; returns it, and why logs that were named by themselves could not be read."""
    length, around = lengths
    if question.database is not None:
        from glance.pipeline.history_report import read_history  # apsw: only here

        existing_database(question.database)
        logs = MomentLogs(options, length_seconds=length, around_seconds=around)
        sources = (*question.sources, *(os.path.abspath(path) if path != "-" else path for path in paths))
        assert question.since is not None
        assert question.until is not None
        span = (question.since - around, question.until + around)
        read_history(logs, question.database, sources, question.groups, span)
        return logs, []
    chosen = chosen_paths(paths, settings) or (("-",) if is_piped() and not has_profiles else ())
    if not chosen and has_profiles:
        return MomentLogs(options, length_seconds=length, around_seconds=around), []
    if not chosen:
        from glance.cli.watch import usual_logs  # only when nothing was named

        chosen = usual_logs("there is no log to take a snapshot of", EXAMPLE)
    return read_selected(
        chosen, lambda show: MomentLogs(options, length_seconds=length, around_seconds=around, on_progress=show)
    )


def _tell(manifest: Manifest, path: Path, gone: Sequence[str], output: str) -> None:
    """Say what was taken, and what did not work."""
    for words in failure_words(manifest):
        say(safe_text(f"missing: {words}", 400))
    for number in gone:
        say(f"let go for room: {number}")
    size = path.stat().st_size
    if output == "json":
        document = {"path": str(path), "size_bytes": size, "let_go": list(gone), "manifest": manifest.as_document()}
        click.echo(json.dumps(document, indent=2))
        return
    lines = sum(log.lines for log in manifest.logs)
    told = [
        units.counted(manifest.records, "record"),
        units.counted(lines, "line"),
        units.counted(len(manifest.profiles), "profile"),
        units.size(size),
    ]
    click.echo(manifest.id)
    say(f"{', '.join(told)}: {safe_text(str(path))}")
