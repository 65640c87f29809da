"""`glance report`: the numbers of logs or of history, without a dashboard."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import click

from glance.cli.function_check import check_what_there_is, sorted_conditions, verdicts_of
from glance.cli.options import logs_argument, with_settings
from glance.cli.question import Question, answer, nothing_read, read_logs, with_question
from glance.cli.terminal import has_colours
from glance.config import Settings
from glance.domain.safe_text import safe_text

if TYPE_CHECKING:
    from glance.domain.logs.expectation import Expectation, Verdict
    from glance.domain.logs.summary import Summary
    from glance.domain.profiles.function_figures import FunctionFigures

ColorSystem = Literal["standard", "256", "truecolor"]
EXAMPLE = "glance report /var/log/nginx/access.log"
OUTPUTS = ("text", "json", "csv", "markdown", "html", "prometheus")
FAILED = 1
"""Exit code of a check that does not hold."""


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
@with_question
@click.option(
    "--fail-if",
    "conditions",
    metavar="EXPR",
    multiple=True,
    help="Exit with 1 when this is so, as in 'error_rate > 1% or p99 > 200ms'; repeatable.",
)
@logs_argument
def report(
    settings: Settings,
    paths: tuple[str, ...],
    *,
    output: str,
    top: int,
    question: Question,
    conditions: tuple[str, ...],
) -> int:
    """Print the numbers of logs, without a dashboard.

    Profiles among the files are told from logs by what is in them, and their functions are listed.

    \b
    glance report /var/log/nginx/access.log
    glance report --output json --since 1h access.log access.log.1.gz
    glance report --output html access.log > report.html
    glance report --where 'status>=500 -agent~bot' access.log
    glance report --fail-if 'error_rate > 1%' access.log
    glance report access.log cpu.pb.gz
    glance report --db --since 7d
    zcat old.gz | glance report -
    """
    question = replace(question, top=top)
    logs, profiles = named_files(paths, question)
    wanted = sorted_conditions(conditions)
    expectations = parsed(wanted.logs)
    check_what_there_is(wanted, bool(logs), profiles)
    found = nothing_read(settings, question) if profiles and not logs else answer(logs, settings, question, EXAMPLE)
    figures, on_functions = profile_figures(profiles, wanted.functions, top)
    write(rendered(found.summary, output, figures))
    code = judged(expectations, found.summary, question) if expectations else 0
    code = tell_failed(on_functions) or code
    return found.missed[0].exit_code if found.missed else code


def named_files(paths: tuple[str, ...], question: Question) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The logs that were named, and the profiles."""
    if not paths or question.database is not None:
        return paths, ()
    from glance.pipeline.profile_files import parted  # not for --help

    return parted(paths)


def profile_figures(
    paths: Sequence[str], conditions: Sequence[str], top: int
) -> tuple[list[FunctionFigures], list[Verdict]]:
    """What profiles come to, and what becomes of conditions on their functions.

    Raises:
        GlanceError: one of them cannot be used.
    """
    if not paths:
        return [], []
    from glance.cli.report_profiles import named_figures, read_profiles  # rich and numpy: most reports have none

    read = read_profiles(paths)
    found = [named_figures(path, profile, top, words, damages) for path, profile, words, damages in read]
    return found, verdicts_of(conditions, [profile for _, profile, _, _ in read])


def parsed(conditions: Sequence[str]) -> list[Expectation]:
    """The conditions of `--fail-if`.

    Raises:
        ConditionError: one has a mistake.
    """
    if not conditions:
        return []
    from glance.domain.logs.expectation import parse_expectation  # most reports have none

    return [parse_expectation(text) for text in conditions]


def judged(expectations: Sequence[Expectation], summary: Summary, question: Question) -> int:
    """Hold the figures against what is expected; returns the exit code."""
    from glance.domain.logs.named_figures import figures_of  # most reports expect nothing

    figures = figures_of(summary, question.seconds(summary))
    return tell_failed([expectation.judge(figures) for expectation in expectations])


def print_report(paths: Sequence[str], settings: Settings, *, output: str = "text") -> int:
    """Read the logs and print what they say.

    Returns:
        The exit code: 0, or that of a log which was named by itself and could not be read.

    Raises:
        SourceError: no log can be read; one among others that can be is told of in the notes.
        FormatError: no log is understood.
    """
    found = read_logs(paths, settings, Question())
    write(rendered(found.summary, output))
    return found.missed[0].exit_code if found.missed else 0


def tell_failed(verdicts: Sequence[Verdict]) -> int:
    """Say which conditions are met or cannot be told, each with its reason; returns the exit code."""
    failed = [verdict for verdict in verdicts if verdict.has_failed]
    for verdict in failed:
        sys.stdout.flush()
        click.secho(f"glance: failed: {safe_text(verdict.expression)}: {verdict.reason}", err=True, fg="red")
    return FAILED if failed else 0


def rendered(summary: Summary, output: str, profiles: Sequence[FunctionFigures] = ()) -> bytes:
    """The report in one of its forms."""
    if profiles:
        return rendered_with(summary, output, profiles)
    if output == "json":
        from glance.cli import report_json

        return report_json.render(summary)
    if output == "csv":
        from glance.cli import report_csv

        return report_csv.render(summary).encode()
    if output == "markdown":
        from glance.cli import report_markdown

        return report_markdown.render(summary).encode()
    if output == "html":
        from glance.cli import report_html  # with it come the themes, and with them Textual

        return report_html.render(summary)
    if output == "prometheus":
        from glance import __version__
        from glance.domain.logs.summary_metrics import summary_metrics
        from glance.domain.metrics_text import metrics_text

        return metrics_text(summary_metrics(summary, __version__)).encode()
    from glance.cli import report_text

    return report_text.render(summary, width=text_width(), color_system=color_system()).encode()


def rendered_with(summary: Summary, output: str, profiles: Sequence[FunctionFigures]) -> bytes:
    """The report with a part for each profile; where no log was read there is nothing else."""
    from glance.cli import report_profiles  # most reports have none

    if output == "json":
        from glance.cli import report_json

        return report_json.render(summary, {"profiles": report_profiles.documents(profiles)})
    if output == "markdown":
        of_logs = rendered(summary, output) if summary.files else b"# Report\n"
        return of_logs + report_profiles.markdown(profiles).encode()
    if output == "html":
        from glance.cli import report_html
        from glance.cli.html_profile import profile_parts

        return report_html.render(summary, tuple(profile_parts(profiles)))
    if output != "text":
        click.echo(f"glance: {output} has no place for profiles: they are left out", err=True)
        return rendered(summary, output)
    from glance.cli import report_text

    width = text_width()
    more = tuple(report_profiles.text_lines(profiles, width))
    return report_text.render(summary, width=width, color_system=color_system(), more=more).encode()


def text_width() -> int:
    """Cells of a line."""
    import shutil  # with all that unpacks archives: only for text

    return min(shutil.get_terminal_size((100, 24)).columns, 140)


def color_system() -> ColorSystem | None:
    """Colours that standard output can show."""
    if not has_colours():
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
