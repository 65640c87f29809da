"""`glance alerts`: rules, what fired, and what would have."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from glance.cli.options import with_settings
from glance.cli.verb_group import VerbGroup
from glance.config import Settings
from glance.domain.safe_text import safe_text
from glance.errors import UsageError
from glance.paths import database_file

if TYPE_CHECKING:
    from glance.domain.alerts.rule import AlertRule
    from glance.pipeline.alert_listing import AlertListing
    from glance.store.alert_table import AlertTable

OUTPUTS = ("table", "json")
MOST_EVENTS = 100

output_option = click.option(
    "--output", "-o", type=click.Choice(OUTPUTS), default="table", show_default=True, help="Form of the answer."
)


@click.group(cls=VerbGroup)
def alerts() -> None:
    """List, make and test alerts, and see what fired.

    A rule is a metric, a limit and a window. Alerts are watched by the dashboard and the daemon.

    \b
    glance alerts list
    glance alerts create slow-api 'p99(latency) > 500ms over 5m for 1m where path~^/api'
    glance alerts test 'ratio(status>=500) > 5% over 5m' /var/log/nginx/access.log
    glance alerts observe
    """


@alerts.command(name="list")
@with_settings("db", "alertwindow", "alert_threshold")
@output_option
def list_(settings: Settings, *, output: str) -> None:
    """List every rule, how it stands, and when it fired last.

    \b
    glance alerts list
    """
    from glance.cli import alerts_output  # the store: not for --help

    click.echo(alerts_output.listed(_listing(settings), output))


@alerts.command()
@click.argument("name")
@with_settings("db")
@output_option
def get(settings: Settings, name: str, *, output: str) -> None:
    """Print what one alert signalled, newest first, with its evidence.

    \b
    glance alerts get traffic
    """
    from glance.cli import alerts_output  # the store: not for --help

    listing = _listing(settings)
    _known(listing, name)
    click.echo(alerts_output.signals(name, listing.events(name, MOST_EVENTS), output))


@alerts.command()
@click.argument("name")
@with_settings("db", "alertwindow", "alert_threshold")
@output_option
def meta(settings: Settings, name: str, *, output: str) -> None:
    """Print how one alert is defined.

    \b
    glance alerts meta traffic
    """
    from glance.cli import alerts_output  # the store: not for --help

    listing = _listing(settings)
    _known(listing, name)
    click.echo(alerts_output.definition(listing, name, output))


@alerts.command()
@click.argument("name")
@click.argument("rule", required=False)
@click.option("--replace", is_flag=True, help="Put it in the place of the rule that has this name.")
@with_settings("db")
def create(settings: Settings, name: str, rule: str | None, *, replace: bool) -> None:
    """Make a rule; one that glance brings along is switched on again by its name alone.

    \b
    glance alerts create slow-api 'p99(latency) > 500ms over 5m for 1m where path~^/api'
    glance alerts create busy 'rate > 10 over 2m'
    glance alerts create errors 'ratio(status>=500) > 5% over 5m min 20 by section'
    """
    from glance.domain.alerts.rule_text import parse_rule, rule_text  # numpy behind it: not for --help
    from glance.domain.alerts.wording import words_of

    listing = _listing(settings)
    text = None if rule is None else rule_text(parse_rule(name, rule))
    if text is None and not listing.is_built_in(name):
        raise UsageError(
            f"alert {name} needs a rule", "glance brings none along by that name", "glance alerts create --help"
        )
    if text is not None and listing.is_known(name) and not replace:
        raise UsageError(f"there is an alert {name} already", "", "another name, or --replace")
    table = _table(settings)
    try:
        if text is None:
            table.forget(name)
        else:
            table.define(name, text, time.time())
    finally:
        table.close()
    if text is None:
        click.echo(f"Switched on alert {name}")
        return
    click.echo(f"Created alert {name}: {safe_text(text)}")
    click.echo(f"  {safe_text(words_of(parse_rule(name, text)))}")


@alerts.command()
@click.argument("name")
@with_settings("db")
def delete(settings: Settings, name: str) -> None:
    """Delete a rule; one that glance brings along is switched off. What it signalled is kept.

    \b
    glance alerts create busy 'rate > 10 over 2m'
    glance alerts delete busy
    """
    listing = _listing(settings)
    if not listing.is_known(name):
        raise _unknown(listing, name)
    table = _table(settings)
    try:
        if listing.is_built_in(name):
            table.define(name, None, time.time())
        else:
            table.forget(name)
    finally:
        table.close()
    click.echo(f"Switched off alert {name}" if listing.is_built_in(name) else f"Deleted alert {name}")


@alerts.command()
@click.argument("rule")
@click.argument("paths", nargs=-1, required=True, metavar="LOG...")
@with_settings("format", "db", "alertwindow", "alert_threshold")
@output_option
def test(settings: Settings, rule: str, paths: tuple[str, ...], *, output: str) -> int:
    """Read a log and print when a rule, or the alert of that name, would have fired. Oldest log first.

    \b
    glance alerts test 'rate > 10 over 2m' /var/log/nginx/access.log
    glance alerts test server-errors access.log.1 access.log
    """
    from glance.cli.alerts_replay import replay  # the engine: not for --help

    return replay(_rule(settings, rule), paths, settings.format, output)


@alerts.command()
@click.option(
    "--refresh", "-r", metavar="S", type=click.FloatRange(0.1, 86_400), default=10.0, show_default=True,
    help="Seconds between two looks.",
)  # fmt: skip
@click.option("--count", "-n", metavar="N", type=click.IntRange(1), help="Looks; without it until ctrl+c.")
@with_settings("db", "alertwindow", "alert_threshold")
@output_option
def observe(settings: Settings, *, refresh: float, count: int | None, output: str) -> None:
    """Print again and again which alerts ring.

    \b
    glance alerts observe
    glance alerts observe --refresh 2 --count 1
    """
    from glance.cli import alerts_output  # the store: not for --help

    looks = 0
    while True:
        click.echo(alerts_output.observed(_listing(settings), time.time(), output))
        looks += 1
        if looks == count:
            return
        time.sleep(refresh)


def _listing(settings: Settings) -> AlertListing:
    """Everything that is known of alerts."""
    from glance.pipeline.alert_listing import read_listing  # the store: not for --help

    return read_listing(settings)


def _table(settings: Settings) -> AlertTable:
    """The database, to write."""
    from glance.store.alert_table import AlertTable  # apsw: not for --help

    return AlertTable.open(database_file(settings.db))


def _known(listing: AlertListing, name: str) -> None:
    """Raises: UsageError when there is no such alert, and never was."""
    if not listing.is_known(name) and not listing.events(name, 1):
        raise _unknown(listing, name)


def _unknown(listing: AlertListing, name: str) -> UsageError:
    """There is no alert of that name."""
    names = ", ".join(listing.names) or "none"
    return UsageError(f"Alert({safe_text(name)}) has not been found", f"there are: {names}", "glance alerts list")


def _rule(settings: Settings, text: str) -> AlertRule:
    """The rule of that name, or of that text."""
    from glance.domain.alerts.rule_text import parse_rule  # numpy behind it: not for --help

    listing = _listing(settings)
    known = listing.rule(text)
    return known if known is not None else parse_rule("test", text)
