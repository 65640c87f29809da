"""`glance metrics`: what users want measured, and what it was."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING, Any, TypeVar

import click

from glance.cli.options import with_settings
from glance.cli.verb_group import VerbGroup
from glance.config import Settings
from glance.domain.safe_text import safe_text
from glance.errors import UsageError
from glance.paths import database_file, database_to_ask
from glance.setting_value import parse_duration

if TYPE_CHECKING:
    from glance.domain.metrics.metric import Metric
    from glance.store.metric_table import Definition

F = TypeVar("F", bound=Callable[..., Any])

FORMS = ("table", "json", "csv")

NO_METRICS = (
    "No metrics have been added yet: `glance metrics create --default` makes the usual ones,\n"
    "`glance metrics create --help` tells how to make your own."
)


class PeriodType(click.ParamType[int]):
    """Seconds, or a duration with its unit; whole seconds."""

    name = "period"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The seconds; a usage error where it cannot be that."""
        try:
            seconds = parse_duration(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)
        if seconds < 1 or seconds != int(seconds):
            self.fail(f"expected whole seconds, such as 10, 10s or 5m, not {value!r}", param, ctx)
        return int(seconds)


def output_option(*forms: str) -> Callable[[F], F]:
    """The option that says in which form to print."""
    return click.option(
        "--output", "-o", type=click.Choice(forms), default=forms[0], show_default=True, help="Form of the answer."
    )


@click.group(cls=VerbGroup)
def metrics() -> None:
    """Define metrics, and print what they were.

    A metric is a statistic of a property for each period, of the requests that a filter chooses, by segment.
    It is computed from history, so it knows what was logged before it was made.

    \b
    glance metrics create --default
    glance metrics create -id slow_api -s p99 -p latency -pr 1m --where 'path~^/api' -seg section
    glance metrics get total_traffic
    """


@metrics.command(name="list")
@with_settings("db")
@output_option("table", "json")
def list_(settings: Settings, *, output: str) -> None:
    """List every metric.

    \b
    glance metrics list
    """
    from glance.cli import metrics_output  # numpy behind it: not for --help

    click.echo(metrics_output.listed(_definitions(settings), output) or NO_METRICS)


@metrics.command()
@click.argument("identifier", metavar="ID")
@with_settings("db")
@click.option("--since", metavar="TIME", help="Leave out what is older: ISO 8601, or a duration before now.")
@click.option("--until", metavar="TIME", help="Leave out what is not older: ISO 8601, or a duration before now.")
@click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(1, 1_000_000),
    default=100,
    show_default=True,
    help="Observations at most.",
)
@output_option(*FORMS)
def get(settings: Settings, identifier: str, *, since: str | None, until: str | None, limit: int, output: str) -> None:
    """Print the latest observations of a metric, newest first.

    \b
    glance metrics get total_traffic
    glance metrics get total_traffic --since 1h --output csv
    """
    from glance.cli import metrics_output  # numpy behind it: not for --help
    from glance.cli.question import moment
    from glance.pipeline.observing import observe

    metric = _definition(settings, identifier).metric
    start, end = moment(since), moment(until)
    if start is not None and end is not None and start > end:
        raise UsageError("there is nothing between --since and --until", f"{since} is later than {until}", "swap them")
    found = observe(database_file(settings.db), metric, now=time.time(), start=start, end=end, limit=limit)
    click.echo(metrics_output.observed(found, output), nl=False)


@metrics.command()
@click.argument("identifier", metavar="ID")
@with_settings("db")
@output_option("table", "json")
def meta(settings: Settings, identifier: str, *, output: str) -> None:
    """Print how a metric is defined.

    \b
    glance metrics meta total_traffic
    """
    from glance.cli import metrics_output  # numpy behind it: not for --help

    click.echo(metrics_output.defined(_definition(settings, identifier), output))


@metrics.command()
@with_settings("db")
@click.option("-id", "--identifier", metavar="ID", default="", help="Its name.")
@click.option(
    "-s",
    "--stat",
    metavar="STATISTIC",
    default="count",
    show_default=True,
    help="count, rate, sum, avg, min, max, stddev, variance, p50, p75, p90, p95, p99, p999, distinct or ratio.",
)
@click.option(
    "-p",
    "--prop",
    metavar="PROPERTY",
    default="*",
    show_default=True,
    help="Of what: * (requests), bytes, latency, status, client, path, section, route, user, agent, host, upstream, "
    "referrer or method; for a ratio also a filter, whose share is asked for.",
)
@click.option("-pr", "--period", type=PeriodType(), metavar="DURATION", default="60s", help="One value each. [60s]")
@click.option(
    "-seg",
    "--segment",
    "--segment-expression",
    metavar="SEGMENT",
    default="",
    help="One value for each: section, route, path, status, status_class, method, host, upstream, client, user, "
    "agent, kind, crawler or referrer.",
)
@click.option("--where", metavar="FILTER", default="", help="Only such requests, as in 'status>=500 path~^/api'.")
@click.option("--group", "groups", metavar="NAME", multiple=True, help="Only logs of this group; repeatable.")
@click.option("--source", "sources", metavar="PATH", multiple=True, help="Only this log; repeatable.")
@click.option("--default", "is_default", is_flag=True, help="Make total_traffic_per_route and total_traffic.")
@click.option("-rr", "--refresh-rate", metavar="DURATION", hidden=True, help="Without effect: observations are live.")
def create(
    settings: Settings,
    *,
    identifier: str,
    stat: str,
    prop: str,
    period: int,
    segment: str,
    where: str,
    groups: tuple[str, ...],
    sources: tuple[str, ...],
    is_default: bool,
    refresh_rate: str | None,
) -> None:
    """Make a metric, or with --default the usual ones.

    \b
    glance metrics create --default
    glance metrics create -id slow_api -s p99 -p latency -pr 1m --where 'path~^/api' -seg section
    glance metrics create -id errors -s ratio --where 'status>=500' -pr 5m
    glance metrics create -id visitors -s distinct -p client -pr 1h
    """
    from glance.domain.metrics.metric import Metric, checked  # numpy behind it: not for --help

    if refresh_rate is not None:
        click.echo("glance: --refresh-rate has no effect: every observation is computed when it is asked for", err=True)
    if is_default:
        return _create_default(settings)
    if not identifier:
        raise UsageError("a metric needs a name", "", "-id NAME, or --default for the usual metrics")
    metric = checked(
        Metric(
            identifier,
            stat.lower(),
            _property(prop),
            period,
            where,
            _segment(segment),
            tuple(os.path.abspath(path) if path != "-" else path for path in sources),
            groups,
        )
    )
    if not _made(settings, metric):
        raise UsageError(
            f"Metric({safe_text(identifier)}) exists already",
            "",
            f"another name, or `glance metrics delete {safe_text(identifier)}` first",
        )
    click.echo(f"Metric({identifier}) created successfully")
    click.echo(f"  {safe_text(metric.words)}")
    return None


@metrics.command()
@click.argument("identifier", metavar="ID")
@with_settings("db")
def delete(settings: Settings, identifier: str) -> None:
    """Forget a metric. History stays as it is.

    \b
    glance metrics delete total_traffic
    """
    from glance.store.metric_table import MetricTable  # the store: not for --help

    table = MetricTable.open_to_read(database_to_ask(settings.db))
    if table is None:
        raise _unknown(identifier)
    table.close()
    with closing(MetricTable.open(database_file(settings.db))) as writable:
        if not writable.delete(identifier):
            raise _unknown(identifier)
    click.echo(f"Metric({safe_text(identifier)}) deleted")


def _create_default(settings: Settings) -> None:
    """Make the usual metrics, those of them that are not there."""
    from glance.domain.metrics.metric import DEFAULT_METRICS  # numpy behind it: not for --help

    made = [metric for metric in DEFAULT_METRICS if _made(settings, metric)]
    if not made:
        click.echo("Default metrics set should already be created")
    for metric in made:
        click.echo(f"Created metric {metric.id}: {metric.words}")


def _made(settings: Settings, metric: Metric) -> bool:
    """Keep a metric; False when there is one of its name."""
    from glance.store.metric_table import MetricTable  # the store: not for --help

    with closing(MetricTable.open(database_file(settings.db))) as table:
        return table.create(metric, time.time())


def _property(written: str) -> str:
    """The property that is meant."""
    if written == "indent_logname":
        raise UsageError("there is no property 'indent_logname'", "no server fills it, so it is not kept", "-p user")
    return written


def _segment(written: str) -> str:
    """The segment that is meant; an expression that cuts the first part off a route is the section."""
    text = written.strip().lower()
    if "(" in text and ("request_route" in text or "path" in text):
        click.echo("glance: an expression over the route is taken as `section`", err=True)
        return "section"
    return text


def _definitions(settings: Settings) -> tuple[Definition, ...]:
    """Every metric."""
    from glance.store.metric_table import MetricTable  # the store: not for --help

    table = MetricTable.open_to_read(database_to_ask(settings.db))
    if table is None:
        return ()
    with closing(table):
        return table.definitions()


def _definition(settings: Settings, identifier: str) -> Definition:
    """The metric of this name.

    Raises:
        UsageError: there is none.
    """
    found = next((one for one in _definitions(settings) if one.metric.id == identifier), None)
    if found is None:
        raise _unknown(identifier)
    return found


def _unknown(identifier: str) -> UsageError:
    """The error that says that there is no such metric."""
    return UsageError(
        f"Metric({safe_text(identifier)}) has not been found", "", "`glance metrics list` names those that there are"
    )
