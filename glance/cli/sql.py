"""`glance sql`: ask logs or history with SQL."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING

import click

from glance.cli.options import chosen_paths, with_settings
from glance.cli.question import Question, with_question
from glance.cli.reading import read_selected
from glance.cli.terminal import is_piped
from glance.config import Settings
from glance.domain.safe_text import safe_text
from glance.errors import GlanceError, QueryError, UsageError
from glance.paths import existing_database

if TYPE_CHECKING:
    from glance.domain.logs.relation import Relation
    from glance.pipeline.querying import QueriedLogs
    from glance.store.duck import DuckQuery
    from glance.store.log_query import LogQuery

FORMS = ("text", "json", "csv", "markdown")
ENGINES = ("sqlite", "duckdb")
LEAST_HEAP_MB = 64
EXAMPLE = "glance sql access.log 'SELECT path, count(*) FROM log GROUP BY path'"

_QUERY = re.compile(
    r"(?:\s|--[^\n]*\n|/\*.*?\*/|\()*(?:select|with|values|explain|pragma|from)(?=[\s(*'\"]|$)", re.I | re.S
)


class SqlCommand(click.Command):
    """The command, in which a query behind `--db` is the query, and not the path of a database."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Tell `--db` that there is no path."""
        told = ["--db=" if word == "--db" and is_query(after) else word for word, after in zip_longest(args, args[1:])]
        return super().parse_args(ctx, told)


@click.command(cls=SqlCommand)
@with_settings("format", "file", "memory")
@click.option("--output", "-o", type=click.Choice(FORMS), default="text", show_default=True, help="Form of the answer.")
@click.option(
    "--rows",
    metavar="N",
    type=click.IntRange(0),
    default=1000,
    show_default=True,
    help="Rows of a text or markdown table at most; 0 is all.",
)
@click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="sqlite",
    show_default=True,
    help="Who answers; duckdb comes with the extra [sql].",
)
@with_question
@click.argument("words", nargs=-1, metavar="[PATH|GLOB|DIR|-]... QUERY", type=click.Path(allow_dash=True))
def sql(settings: Settings, words: tuple[str, ...], *, output: str, rows: int, engine: str, question: Question) -> int:
    """Ask logs or history with SQL.

    \b
    The table is `log`, one row a record:
      epoch (seconds since 1970)  time (UTC, as 2026-11-22 14:00:00)
      client  user  method  path  route  section  protocol  status
      size (bytes)  seconds  referrer  agent  kind  crawler  host  upstream  source
    \b
    What a line does not tell is NULL. It is only ever read.
    \b
    glance sql access.log 'SELECT path, count(*) AS hits FROM log GROUP BY path ORDER BY hits DESC LIMIT 10'
    glance sql access.log 'SELECT section, percentile(seconds, 95) FROM log GROUP BY section'
    glance sql --db --since 7d 'SELECT client, sum(size) FROM log WHERE status >= 500 GROUP BY client'
    glance sql -o csv 'access.log*' 'SELECT time, path, status FROM log' > log.csv
    """
    from glance.cli import sql_output  # rich behind it: not for --help

    paths, query = taken_apart(words)
    began = time.monotonic()
    logs, missed = _read(paths, settings, question)
    read = time.monotonic()
    with _opened(engine, logs.relation, settings.memory_mb) as asked, ended_by_keyboard(asked):
        found = asked.run(query)
        written = sql_output.write(found, output, rows, sys.stdout.buffer)
    _tell(logs, written, (read - began, time.monotonic() - read))
    return missed[0].exit_code if missed else 0


def is_query(text: str | None) -> bool:
    """It begins as SQL that reads does, and is no file."""
    return text is not None and _QUERY.match(text) is not None and not os.path.exists(text)


def taken_apart(words: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """The logs, and the query: the last word, or the one that can be nothing else.

    Raises:
        UsageError: there is no query.
    """
    at = next((at for at, word in enumerate(words) if is_query(word)), len(words) - 1)
    if not words or (not is_query(words[at]) and os.path.exists(words[at])):
        raise UsageError("there is no query", "it is the last word, in quotes", EXAMPLE)
    return (*words[:at], *words[at + 1 :]), words[at]


def _read(paths: tuple[str, ...], settings: Settings, question: Question) -> tuple[QueriedLogs, Sequence[GlanceError]]:
    """Read what is asked; returns it, and why logs that were named by themselves could not be read."""
    from glance.cli.progress import ReadingBar  # not for --help
    from glance.domain.logs.route import routes_of
    from glance.domain.logs.span import Span
    from glance.pipeline.querying import QueriedLogs
    from glance.pipeline.report import ReportOptions

    span = Span(question.since, question.until)
    options = ReportOptions(
        settings.format,
        span=span,
        memory_bytes=settings.memory_mb << 20,
        where=question.where,
        routes=routes_of(settings.routes),
    )
    if question.database is not None:
        with ReadingBar(None) as bar:
            logs = QueriedLogs(options, bar.show)
            _read_stored(logs, paths, question)
        return logs, []
    chosen = chosen_paths(paths, settings)
    if not chosen and is_piped():
        chosen = ("-",)
    if not chosen:
        from glance.cli.watch import usual_logs  # only when nothing was named

        chosen = usual_logs("there is no log to ask", EXAMPLE)
    return read_selected(chosen, partial(QueriedLogs, options))


def _read_stored(logs: QueriedLogs, paths: tuple[str, ...], question: Question) -> None:
    from glance.pipeline.history_report import read_history  # the store: only here

    assert question.database is not None
    existing_database(question.database)
    sources = (*question.sources, *(os.path.abspath(path) if path != "-" else path for path in paths))
    read_history(logs, question.database, sources, question.groups, (question.since, question.until))


@contextmanager
def _opened(engine: str, relation: Relation, memory_mb: int) -> Iterator[LogQuery | DuckQuery]:
    """What answers, within a bound of memory."""
    if engine == "duckdb":
        from glance.store.duck import DuckQuery  # an extra

        with closing(DuckQuery(relation, memory_mb=max(memory_mb, LEAST_HEAP_MB))) as duck:
            yield duck
        return
    from glance.store.log_query import LogQuery, bound_memory  # apsw: only here

    before = bound_memory(max(memory_mb, LEAST_HEAP_MB) << 20)
    try:
        with closing(LogQuery(relation)) as asked:
            yield asked
    finally:
        bound_memory(before)


@contextmanager
def ended_by_keyboard(asked: LogQuery | DuckQuery) -> Iterator[None]:
    """Let ctrl+c end a query at once, but not by an exception amid the callbacks of what answers it.

    Raises:
        KeyboardInterrupt: it was pressed.
    """
    pressed = False

    def end(*_signal: object) -> None:
        nonlocal pressed
        pressed = True
        asked.stop()
        if not asked.is_busy:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, end)
    try:
        yield
    except QueryError:
        if pressed:
            raise KeyboardInterrupt from None
        raise
    finally:
        signal.signal(signal.SIGINT, before)


def _tell(logs: QueriedLogs, written: tuple[int, bool], seconds: tuple[float, float]) -> None:
    """Say on standard error what was asked and answered."""
    rows, is_all = written
    for note in logs.notes:
        click.echo(f"glance: {safe_text(note)}", err=True)
    if not is_all:
        click.echo(f"glance: the first {rows:,} rows; --rows 0, or -o csv or json, give all", err=True)
    count = f"{rows:,} row{'s' if rows != 1 else ''}"
    reading, asking = (f"{each:.2f} s" for each in seconds)
    click.echo(f"{count} in {asking}, of {logs.relation.records:,} records, read in {reading}", err=True)
