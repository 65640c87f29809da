"""What a report or a check is about: which logs or which part of history, which time, which requests."""

from __future__ import annotations

import functools
import gc
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from glance.cli import head_start
from glance.cli.options import ALONE, ENVIRONMENT_PREFIX, chosen_paths, config_file_of
from glance.cli.reading import Answer, Order, begun, read
from glance.cli.terminal import is_piped
from glance.config import Settings
from glance.errors import UsageError
from glance.ingest.collector_pause import collector_paused
from glance.paths import database_file, existing_database
from glance.setting_value import parse_moment

if TYPE_CHECKING:
    from glance.domain.logs.span import Choice
    from glance.domain.logs.summary import Summary

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, but for the logs."""

    since: float | None = None
    """Epoch seconds."""
    until: float | None = None
    where: Choice | None = None
    """A filter."""
    top: int = 20
    database: Path | None = None
    """History is asked instead of the logs."""
    sources: tuple[str, ...] = ()
    """Of history, absolute paths; empty is all."""
    groups: tuple[str, ...] = ()

    def seconds(self, summary: Summary) -> float | None:
        """How long a time the answer is about; None is from its first to its last record."""
        if self.since is not None:
            return max(0.0, (time.time() if self.until is None else self.until) - self.since)
        if self.until is not None and summary.first is not None:
            return self.until - summary.first
        return None


def with_question(function: F) -> F:
    """Give a verb the options that say what it is about, as one argument, `question`."""

    @functools.wraps(function)
    def call(
        *,
        since: str | None,
        until: str | None,
        where: str,
        database: str | None,
        sources: tuple[str, ...],
        groups: tuple[str, ...],
        **given: Any,
    ) -> Any:
        question = Question(
            moment(since),
            moment(until),
            filter_of(where, given["settings"].routes if "settings" in given else ()),
            database=_database(database, is_wanted=bool(sources or groups)),
            sources=tuple(os.path.abspath(path) if path != "-" else path for path in sources),
            groups=groups,
        )
        if since is not None and until is not None and (question.since or 0) > (question.until or 0):
            raise UsageError(
                "there is nothing between --since and --until", f"{since} is later than {until}", "swap them"
            )
        return function(question=question, **given)

    options = (
        click.option("--since", metavar="TIME", help="Leave out what is older: ISO 8601, or a duration before now."),
        click.option(
            "--until", metavar="TIME", help="Leave out what is not older: ISO 8601, or a duration before now."
        ),
        click.option(
            "--where", metavar="FILTER", default="", help="Count only such requests, as in 'status>=500 path~^/api'."
        ),
        click.option(
            "--db",
            "database",
            metavar="[PATH]",
            is_flag=False,
            flag_value="",
            type=click.Path(),
            help="Ask the history instead of the logs: your own, or that of a database.",
        ),
        click.option(
            "--source", "sources", metavar="PATH", multiple=True, help="Of history, only this log; repeatable."
        ),
        click.option(
            "--group", "groups", metavar="NAME", multiple=True, help="Of history, only this group; repeatable."
        ),
    )
    decorated: Any = call
    for option in reversed(options):
        decorated = option(decorated)
    return decorated  # type: ignore[no-any-return]


def filter_of(text: str, routes: Sequence[tuple[str, str]] = ()) -> Choice | None:
    """The filter that a text says, None for everything.

    Args:
        text: the filter.
        routes: own rules by which paths become routes.

    Raises:
        UsageError: it has a mistake.
    """
    if not text.strip():
        return None
    from glance.domain.logs.filter import parse_filter  # numpy: not for --help
    from glance.domain.logs.route import routes_of

    return parse_filter(text, routes_of(routes))


def _database(named: str | None, *, is_wanted: bool) -> Path | None:
    """The database to ask; None when it is the logs that are asked."""
    if named is None and not is_wanted:
        return None
    variable = os.environ.get(f"{ENVIRONMENT_PREFIX}_DB", "")
    return database_file(named or variable or str(config_file_of(click.get_current_context()).values.get("db", "")))


def moment(text: str | None) -> float | None:
    """Epoch seconds of `--since` or `--until`.

    Raises:
        UsageError: it is no moment.
    """
    if text is None:
        return None
    try:
        return parse_moment(text, time.time())
    except ValueError as error:
        raise UsageError(
            f"{text!r} is no moment", "expected ISO 8601 or a duration", "for example 2026-11-22T14:00, or 90m"
        ) from error


def answer(paths: tuple[str, ...], settings: Settings, question: Question, example: str) -> Answer:
    """Read what was asked for: the logs that were named or are usual, or history.

    Args:
        paths: from the command line.
        settings: what was set.
        question: what is asked.
        example: a command line that names a log, for who named none.

    Raises:
        UsageError: there is no log.
        SourceError: no log can be read; one among others that can be is told of in the notes.
        FormatError: no log is understood.
        StoreError: history cannot be read, or has nothing of it.
    """
    if question.database is not None:
        return _stored(paths, settings, question)
    chosen = chosen_paths(paths, settings)
    if not chosen and is_piped():
        chosen = ("-",)
    if not chosen:
        from glance.cli.watch import usual_logs  # only when nothing was named

        chosen = usual_logs("there is no log to report on", example)
    with collector_paused():  # it would walk through all that is imported, again and again
        found = _read(_order(chosen, settings, question))
        if click.get_current_context().meta.get(ALONE):
            gc.freeze()  # nor through what was read, in the moment that is left
    return found


def _read(order: Order) -> Answer:
    """Read the logs, in the process that was forked for that where there is one."""
    engine = head_start.begun()
    if engine is not None and (order.where is not None or any(map(head_start.comes_once, order.paths))):
        engine.dismiss()
        engine = None
    return (engine.read(order) if engine is not None else None) or read(order)


def read_logs(paths: Sequence[str], settings: Settings, question: Question) -> Answer:
    """Read the logs behind these paths.

    Raises:
        SourceError: no log can be read; one among others that can be is told of in the notes.
        FormatError: no log is understood.
    """
    return read(_order(paths, settings, question))


def nothing_read(settings: Settings, question: Question) -> Answer:
    """The answer of no log at all, where only profiles were named."""
    return Answer(begun(_order((), settings, question)).summary())


def _order(paths: Sequence[str], settings: Settings, question: Question) -> Order:
    return Order(
        tuple(paths),
        settings.format,
        question.top,
        settings.memory_mb,
        settings.routes,
        question.since,
        question.until,
        question.where,
    )


def _stored(paths: tuple[str, ...], settings: Settings, question: Question) -> Answer:
    """Ask history; logs that are named are those of which it is asked."""
    from glance.pipeline.history_report import read_history  # apsw: only here

    assert question.database is not None
    existing_database(question.database)
    made = begun(_order(paths, settings, question))
    sources = (*question.sources, *(os.path.abspath(path) if path != "-" else path for path in paths))
    read_history(made, question.database, sources, question.groups, (question.since, question.until))
    return Answer(made.summary())
