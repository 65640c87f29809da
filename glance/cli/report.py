"""`glance report`: the numbers of logs, without a dashboard."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

import click

from glance.cli.options import chosen_paths, logs_argument, with_settings
from glance.cli.progress import ReadingBar
from glance.cli.terminal import is_piped
from glance.config import Settings, parse_duration
from glance.domain.logs.figures import Span
from glance.domain.safe_text import safe_text
from glance.errors import FormatError, GlanceError, SourceError, UsageError

if TYPE_CHECKING:
    from glance.domain.logs.summary import Summary
    from glance.pipeline.report import Report
    from glance.sources.selection import Selection

ColorSystem = Literal["standard", "256", "truecolor"]
OUTPUTS = ("text", "json", "csv", "markdown")
MOST_LISTED = 8
"""Logs that a note names one by one."""


@click.command()
@with_settings("format", "file", "memory")
@click.option(
    "--output", "-o", type=click.Choice(OUTPUTS), default="text", show_default=True, help="Form of the report."
)
@click.option(
    "--top",
    metavar="N",
    type=click.IntRange(1, 1_000_000),
    default=20,
    show_default=True,
    help="Rows of each top list.",
)
@click.option("--since", metavar="TIME", help="Leave out what is older: ISO 8601, or a duration before now.")
@click.option("--until", metavar="TIME", help="Leave out what is not older: ISO 8601, or a duration before now.")
@logs_argument
def report(
    settings: Settings, paths: tuple[str, ...], *, output: str, top: int, since: str | None, until: str | None
) -> int:
    """Print the numbers of logs, without a dashboard.

    \b
    glance report /var/log/nginx/access.log
    glance report --output json --since 1h access.log access.log.1.gz
    zcat old.gz | glance report -
    """
    span = Span(moment(since), moment(until))
    if since is not None and until is not None and (span.start or 0) > (span.end or 0):
        raise UsageError("there is nothing between --since and --until", f"{since} is later than {until}", "swap them")
    chosen = chosen_paths(paths, settings)
    if not chosen and is_piped():
        chosen = ("-",)
    if not chosen:
        from glance.cli.watch import usual_logs  # only when nothing was named

        chosen = usual_logs("there is no log to report on", "glance report /var/log/nginx/access.log")
    return print_report(chosen, settings, output=output, top=top, span=span)


def print_report(
    paths: Sequence[str],
    settings: Settings,
    *,
    output: str = "text",
    top: int = 20,
    span: Span | None = None,
) -> int:
    """Read the logs and print what they say.

    Returns:
        The exit code: 0, or that of a log which was named by itself and could not be read.

    Raises:
        SourceError: no log can be read; one among others that can be is told of in the notes.
        FormatError: no log is understood.
    """
    from glance.pipeline.report import Report, ReportOptions  # numpy and the engine: not for --help

    selection = selected(paths)
    options = ReportOptions(settings.format, top, span or Span(), settings.memory_mb << 20)
    found = [source.path for source in selection.sources]
    with ReadingBar(total_bytes(found)) as bar:
        made = Report(options, bar.show)
        failures = read_all(made, found)
    if found and len(failures) == len(found):
        raise next(iter(failures.values()))
    for error in (*selection.refused, *failures.values()):
        tell_aside(made, error)
    if selection.left_out:
        made.note(f"left out: {listed(selection.left_out)}; name them to read them too")
    write(rendered(made.summary(), output))
    missed = [*selection.missed, *(error for path, error in failures.items() if path in paths)]
    return missed[0].exit_code if missed else 0


def selected(paths: Sequence[str]) -> Selection:
    """The logs behind paths, globs and directories, each once.

    Raises:
        SourceError: there is none that can be read.
    """
    from glance.sources.selection import select  # not for --help

    selection = select(paths)
    if not selection.sources and selection.refused:
        raise selection.refused[0]
    return selection


def read_all(report: Report, paths: Sequence[str]) -> dict[str, GlanceError]:
    """Read these logs; returns why some could not be."""
    failures: dict[str, GlanceError] = {}
    for path in paths:
        try:
            report.read(path)
        except (SourceError, FormatError) as error:
            failures[path] = error
    return failures


def tell_aside(report: Report, error: GlanceError) -> None:
    """Say of one log among others that it could not be read: in the report, and at once."""
    text = f"{error.what}: {error.why}" if error.why else error.what
    report.note(text)
    click.echo(f"glance: {safe_text(text)}", err=True)


def listed(paths: Sequence[str]) -> str:
    """The first of these, and how many more there are."""
    names = ", ".join(paths[:MOST_LISTED])
    return names if len(paths) <= MOST_LISTED else f"{names} and {len(paths) - MOST_LISTED} more"


def total_bytes(paths: Sequence[str]) -> int | None:
    """How much there is to read, None when nobody knows."""
    try:
        return sum(os.stat(path).st_size for path in paths)
    except OSError:
        return None


def rendered(summary: Summary, output: str) -> bytes:
    """The report in one of its forms."""
    if output == "json":
        from glance.cli import report_json

        return report_json.render(summary)
    if output == "csv":
        from glance.cli import report_csv

        return report_csv.render(summary).encode()
    if output == "markdown":
        from glance.cli import report_markdown

        return report_markdown.render(summary).encode()
    from glance.cli import report_text

    width = min(shutil.get_terminal_size((100, 24)).columns, 140)
    return report_text.render(summary, width=width, color_system=color_system()).encode()


def color_system() -> ColorSystem | None:
    """Colours that standard output can show."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR") or os.environ.get("TERM") in (None, "", "dumb"):
        return None
    if os.environ.get("COLORTERM") in ("truecolor", "24bit"):
        return "truecolor"
    return "256" if "256" in os.environ.get("TERM", "") else "standard"


def write(text: bytes) -> None:
    """Write to standard output; a terminal that cannot show UTF-8 gets marks instead."""
    encoding = (sys.stdout.encoding or "utf-8").lower()
    if sys.stdout.isatty() and "utf" not in encoding:
        text = text.decode().encode(encoding, errors="replace")
    sys.stdout.flush()
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


def moment(text: str | None) -> float | None:
    """Epoch seconds of `--since` or `--until`.

    Raises:
        UsageError: it is no moment.
    """
    if text is None:
        return None
    try:
        return datetime.now(UTC).timestamp() - parse_duration(text)
    except ValueError:
        pass
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(
            f"{text!r} is no moment", "expected ISO 8601 or a duration", "for example 2026-11-22T14:00, or 90m"
        ) from error
    return (found if found.tzinfo is not None else found.astimezone()).timestamp()
