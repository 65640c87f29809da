"""`glance check`: whether logs keep within limits, for CI and cron."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import click

from glance.cli.function_check import Conditions, check_what_there_is, sorted_conditions
from glance.cli.options import logs_argument, with_settings
from glance.cli.question import Question, answer, nothing_read, with_question
from glance.cli.reading import Answer
from glance.cli.report import named_files, profile_figures, tell_failed
from glance.config import Settings
from glance.domain.logs.expectation import parse_expectation
from glance.domain.logs.named_figures import KINDS, figures_of, in_words
from glance.domain.safe_text import safe_text
from glance.domain.units import counted
from glance.errors import UsageError

if TYPE_CHECKING:
    from glance.domain.logs.expectation import Verdict
    from glance.domain.logs.named_figures import Figures

F = TypeVar("F", bound=Callable[..., Any])

EXAMPLE = "glance check --max-error-rate 1% /var/log/nginx/access.log"
SHOWN = ("hits", "error_rate", "server_error_rate", "p50", "p99")
"""Figures in the line that says that all is well."""


class Limit(NamedTuple):
    """An option that limits one figure."""

    option: str
    figure: str
    sign: str
    """With the limit behind it, when the check fails."""
    metavar: str
    help: str

    @property
    def key(self) -> str:
        """The name of click's argument."""
        return self.option.removeprefix("--").replace("-", "_")

    def condition(self, value: str) -> str:
        """When the check fails, as an expression.

        Raises:
            UsageError: it lacks its unit, without which nobody knows what was meant.
        """
        if KINDS[self.figure] == "seconds" and value.strip()[-1:].isdigit():
            raise UsageError(f"{self.option} {value} has no unit", "it is a time", f"say {value}ms, or {value}s")
        return f"{self.figure} {self.sign} {value}"


LIMITS = (
    Limit("--max-p50", "p50", ">", "TIME", "Half of the requests take at most this, such as 50ms."),
    Limit("--max-p90", "p90", ">", "TIME", "90 % of the requests take at most this."),
    Limit("--max-p95", "p95", ">", "TIME", "95 % of the requests take at most this."),
    Limit("--max-p99", "p99", ">", "TIME", "99 % of the requests take at most this."),
    Limit("--max-latency", "max", ">", "TIME", "No request takes longer."),
    Limit("--max-error-rate", "error_rate", ">", "SHARE", "At most this share is 4xx or 5xx, such as 1%."),
    Limit("--max-client-error-rate", "client_error_rate", ">", "SHARE", "At most this share is 4xx."),
    Limit("--max-server-error-rate", "server_error_rate", ">", "SHARE", "At most this share is 5xx."),
    Limit("--max-unparsed-rate", "unparsed_rate", ">", "SHARE", "At most this share of lines is not understood."),
    Limit("--min-requests", "hits", "<", "N", "There are at least so many requests."),
    Limit("--max-requests", "hits", ">", "N", "There are at most so many requests."),
)


def with_limits(function: F) -> F:
    """Give a verb an option for each limit."""
    decorated: Any = function
    for limit in reversed(LIMITS):
        decorated = click.option(limit.option, limit.key, metavar=limit.metavar, help=limit.help)(decorated)
    return decorated  # type: ignore[no-any-return]


@click.command()
@with_limits
@click.option(
    "--fail-if",
    "conditions",
    metavar="EXPR",
    multiple=True,
    help="Fail when this is so, as in 'p99 > 200ms and hits > 100'; repeatable.",
)
@with_question
@click.option(
    "--output", "-o", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Form of the answer."
)
@click.option("--verbose", "-v", is_flag=True, help="Say so when all is well, too.")
@with_settings("format", "file", "memory")
@logs_argument
def check(
    settings: Settings,
    paths: tuple[str, ...],
    *,
    conditions: tuple[str, ...],
    question: Question,
    output: str,
    verbose: bool,
    **limits: str | None,
) -> int:
    """Exit with 0 when logs and profiles keep within limits, with 1 and the reasons when they do not.

    A limit that the log cannot tell of, such as a latency where it has none, fails. Nothing is printed
    when all is well, unless -v is given or a person looks on. See `glance report --fail-if` for EXPR.

    Profiles among the files are told from logs by what is in them. For their functions EXPR has share
    and cum_share, and, with two profiles or more of which the first is the base, growth and cum_growth.

    \b
    glance check --max-p99 200ms --max-error-rate 1% --min-requests 100 access.log
    glance check --max-server-error-rate 0.5% --where 'path~^/api' --since 5m access.log
    glance check --fail-if '5xx > 10 and rate > 2/s' -o json access.log
    glance check --fail-if 'share > 30%' --max-p99 200ms cpu.pb.gz access.log
    glance check --fail-if 'growth > 2%' before.pb.gz after.pb.gz
    """
    limited = [limit.condition(value) for limit in LIMITS if (value := limits[limit.key]) is not None]
    wanted = sorted_conditions(conditions)
    wanted = Conditions((*limited, *wanted.logs), wanted.functions)
    expectations = [parse_expectation(text) for text in wanted.logs]
    if not expectations and not wanted.functions:
        raise UsageError("there is nothing to check", "no limit was given", "for example: --max-error-rate 1%")
    logs, profiles = named_files(paths, question)
    check_what_there_is(wanted, bool(logs), profiles)
    has_logs = bool(logs) or not profiles
    found = answer(logs, settings, question, EXAMPLE) if has_logs else nothing_read(settings, question)
    figures = figures_of(found.summary, question.seconds(found.summary))
    verdicts = [expectation.judge(figures) for expectation in expectations]
    verdicts += profile_figures(profiles, wanted.functions, 1)[1]
    if output == "json":
        click.echo(_as_json(found, verdicts, figures, profiles))
    code = tell_failed(verdicts)
    if found.missed:
        return found.missed[0].exit_code
    if not code and output == "text" and (verbose or sys.stdout.isatty()):
        click.echo(_all_is_well(found, figures, profiles))
    return code


def _all_is_well(found: Answer, figures: Figures, profiles: Sequence[str]) -> str:
    """One line for a check that holds, and what a reader should know."""
    told = [f"{name} {in_words(KINDS[name], figures[name])}" for name in SHOWN if figures[name] is not None]
    told = told if found.summary.files else []
    if profiles:
        told.append(f"functions of {counted(len(profiles), 'profile')}")
    return "\n".join([f"ok: {', '.join(told)}", *(f"note: {safe_text(note)}" for note in found.summary.notes)])


def _as_json(found: Answer, verdicts: Sequence[Verdict], figures: Figures, profiles: Sequence[str]) -> str:
    """One object: whether the check holds, each condition, and every figure."""
    return json.dumps(
        {
            "passed": not any(verdict.has_failed for verdict in verdicts),
            "checks": [
                {
                    "fails_if": verdict.expression,
                    "passed": not verdict.has_failed,
                    "reason": verdict.reason,
                    "figures": dict(verdict.figures),
                }
                for verdict in verdicts
            ],
            "figures": dict(figures),
            "files": [file.path for file in found.summary.files],
            **({"profiles": list(profiles)} if profiles else {}),
            "notes": list(found.summary.notes),
        },
        indent=2,
    )
