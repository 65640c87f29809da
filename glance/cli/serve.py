"""`glance serve`: the dashboard in a browser, and metrics and reports over HTTP."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from glance.cli.options import SHARED, chosen_paths, logs_argument, with_settings
from glance.config import DEFAULTS, FIELDS, Settings
from glance.domain.safe_text import safe_text
from glance.errors import UsageError

if TYPE_CHECKING:
    from glance.cli.serving import Access
    from glance.pipeline.daemon_plan import DaemonPlan
    from glance.service.listening import Door

HOST = "127.0.0.1"
PORT = 8000
PASSED = (
    "format", "from", "file", "window", "theme", "refresh", "alertwindow", "alert_threshold", "section_limit",
    "incident_limit", "db", "history", "memory",
)  # fmt: skip


@click.command()
@click.option(
    "--host", metavar="ADDRESS", default=HOST, show_default=True, help="Where to listen; 0.0.0.0 is everywhere."
)
@click.option(
    "--port", metavar="N", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0 is any that is free."
)
@click.option("--token", metavar="TEXT", default="", help="What must be shown; made and printed when others can ask.")
@click.option(
    "--allow-host", "hosts", metavar="NAME", multiple=True, help="A name by which a proxy is asked for it; repeatable."
)
@with_settings(*PASSED)
@logs_argument
@click.pass_context
def serve(
    ctx: click.Context,
    settings: Settings,
    paths: tuple[str, ...],
    *,
    host: str,
    port: int,
    token: str,
    hosts: tuple[str, ...],
) -> int:
    """Show the dashboard in a browser, and metrics and reports over HTTP.

    \b
    glance serve /var/log/nginx/access.log
    glance serve --port 0 /var/log/nginx/access.log
    glance serve --host 0.0.0.0 --token "$(openssl rand -hex 24)" /var/log/nginx/access.log

    \b
    /                     the dashboard; every visitor has one of its own
    /metrics              metrics for Prometheus
    /api/v1/report        the report as JSON: ?window=15m&where=status>=500&top=10
    /api/v1/openapi.json  all of this, for programs
    /healthz              whether it works

    Only this machine can ask, unless --host says otherwise; then a token is needed. It is only ever read.
    """
    from glance.cli.daemon import config_of
    from glance.cli.serving import Access, check_installed

    token = _checked(token)
    check_installed("web")
    from glance.pipeline.daemon_plan import DaemonPlan, found
    from glance.service.gate import new_token
    from glance.service.listening import Door
    from glance.service.page import static_files

    static_files()
    config = config_of(ctx)
    plan = DaemonPlan(_logs(paths, settings), settings, config)
    found(plan.paths)
    door = Door(host, port)
    is_made = not token and not door.is_loopback
    token = new_token() if is_made else token
    _tell(plan, door, token if is_made else "")
    return work(plan, door, Access(token, hosts))


def _checked(token: str) -> str:
    """A token that can be sent.

    Raises:
        UsageError: it cannot, or anybody would guess it.
    """
    from glance.setting_value import parse_token

    try:
        return parse_token(token)
    except ValueError as error:
        raise UsageError("the token cannot be used", str(error), "for example: openssl rand -hex 24") from error


def _logs(paths: tuple[str, ...], settings: Settings) -> tuple[str, ...]:
    """The logs, with their whole paths."""
    from glance.cli.watch import check_format, check_words, usual_logs  # the engine: not for --help

    check_words(paths)
    if "-" in paths:
        why = "every visitor reads the logs anew, and a pipe can be read once"
        raise UsageError("standard input cannot be served", why, "write it to a file, and serve that")
    check_format(settings.format)
    chosen = chosen_paths(paths, settings) or usual_logs("there is no log to serve", "glance serve /path/to/access.log")
    return tuple(os.path.abspath(os.path.expanduser(path)) for path in chosen)


def dashboard_words(plan: DaemonPlan) -> list[str]:
    """The command that shows the same logs, in the same way, on a screen."""
    from glance.cli.daemon_start import interpreter  # not for --help

    words = [*interpreter(), *(["--config", plan.config] if plan.config else []), "watch"]
    for shared in SHARED:
        value = getattr(plan.settings, FIELDS[shared.key])
        if shared.key not in PASSED or shared.key == "file" or value == getattr(DEFAULTS, FIELDS[shared.key]):
            continue
        long = next(name for name in shared.names if name.startswith("--"))
        on, _, off = long.partition("/")
        words.append(f"{on}={value:g}" if isinstance(value, float) else f"{on}={value}" if shared.takes_value else off)
    return [*words, "--", *plan.paths]


def _tell(plan: DaemonPlan, door: Door, made: str) -> None:
    """Say where to look, and with what."""
    names = ", ".join(safe_text(path) for path in plan.paths)
    click.echo(f"glance shows {names}")
    click.echo(f"  dashboard  {door.url}{f'?token={made}' if made else ''}")
    click.echo(f"  metrics    {door.url}metrics")
    click.echo(f"  report     {door.url}api/v1/report")
    if made:
        click.echo("  The token was made for this run. --token, or GLANCE_TOKEN, sets one that stays.")
    if not door.is_loopback:
        click.echo("  The connection is not encrypted: where others could listen in, put a proxy with TLS before it.")
    click.echo("  ctrl+c ends it.")


def work(plan: DaemonPlan, door: Door, access: Access) -> int:
    """Answer until a signal comes; returns the exit code.

    Raises:
        GlanceError: the logs cannot be read any more.
    """
    from glance.cli.serve_run import run  # the engine: not for --help

    return run(plan, door, access, dashboard_words(plan))
