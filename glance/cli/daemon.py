"""`glance daemon`: the engine with no screen, in the background or under a supervisor."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from glance.cli.options import chosen_paths, inherited, logs_argument, with_settings
from glance.cli.verb_group import VerbGroup
from glance.config import Settings
from glance.domain.safe_text import safe_text
from glance.errors import ConfigError, GlanceError, UsageError
from glance.paths import daemon_file

if TYPE_CHECKING:
    from glance.pipeline.control import Reply
    from glance.pipeline.daemon_plan import DaemonPlan

F = TypeVar("F", bound=Callable[..., Any])

NOT_RUNNING = 3
SILENT = 4
"""Exit codes of `status`, as init scripts have them."""

WORDS = "glance.daemon.words"
"""Where the words behind `start` and `run` are kept as they were typed."""

READING = (
    *("format", "from", "file", "alertwindow", "alert_threshold", "db", "history", "memory", "pprof_targets"),
    *("snapshots", "snapshot_mb", "snapshot_count", "snapshot_cooldown", "snapshot_seconds"),
)
WRITING = ("report_path", "report_time", "report_top", "alert_path", "listen", "listen_token", "log_path")


class Verbatim(click.Command):
    """Remembers its words, so that the same can be asked of another process, or again later."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep them."""
        ctx.meta[WORDS] = tuple(args)
        return super().parse_args(ctx, args)


def with_plan(function: F) -> F:
    """Give a verb everything that a daemon can be told, as `settings` and `paths`."""
    decorated: Any = with_settings(*READING, *WRITING)(logs_argument(function))
    return decorated  # type: ignore[no-any-return]


@click.group(cls=VerbGroup)
def daemon() -> None:
    """Read logs in the background: history, alerts and reports with no screen.

    \b
    glance daemon start /var/log/nginx/access.log
    glance daemon start --report-path /tmp/report.log --report-time 10 /var/log/nginx/access.log
    glance daemon start --config config.yml
    glance daemon status
    glance daemon stop
    """


@daemon.command(cls=Verbatim)
@click.option("--timeout", metavar="SECONDS", type=click.FloatRange(0.1), default=30.0, help="How long to wait for it.")
@with_plan
@click.pass_context
def start(ctx: click.Context, settings: Settings, paths: tuple[str, ...], *, timeout: float) -> int:
    """Start it in the background, wait until it is up, and say so.

    \b
    glance daemon start /var/log/nginx/access.log
    """
    from glance.cli.daemon_start import launch  # subprocess and sockets: not for --help

    plan = plan_of(settings, paths, config_of(ctx))
    if "-" in plan.paths:
        raise UsageError(
            "a daemon has no standard input", "- was named", "name a file, or pipe into: glance daemon run -"
        )
    words = list(ctx.meta[WORDS])
    if not paths and not settings.file:  # what was found is read also when something else is found next time
        words += ["--", *plan.paths]
    return launch(words, config_of(ctx), log_of(settings), timeout)


@daemon.command()
@click.option(
    "--output", "-o", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Form of the answer."
)
def status(output: str) -> int:
    """Say whether it runs, and how it is. Exit code 0 when it runs, 3 when not, 4 when it does not answer.

    \b
    glance daemon status
    glance daemon status -o json
    """
    from glance.cli import daemon_text  # not for --help

    reply, pid = find()
    if reply is None:
        if output == "json":
            click.echo(json.dumps({"is_running": bool(pid), "pid": pid or None}))
        else:
            click.echo(f"glance is starting, ending or stuck: pid {pid}" if pid else "glance is not running")
        return SILENT if pid else NOT_RUNNING
    values = {"is_running": True, **reply.values, "pid": reply.pid}
    click.echo(json.dumps(values, indent=2) if output == "json" else daemon_text.render(values))
    return 0


@daemon.command()
@click.option("--timeout", metavar="SECONDS", type=click.FloatRange(0.1), default=30.0, help="How long to wait for it.")
@click.option("--kill", is_flag=True, help="End it by force when it does not end in that time.")
def stop(timeout: float, *, kill: bool) -> int:
    """Tell it to end, wait until it has, and say so. Nothing that was read is lost.

    \b
    glance daemon stop
    """
    from glance.cli.daemon_stop import end  # not for --help

    return end(timeout, kill=kill)


@daemon.command()
@click.option("--follow", "-f", is_flag=True, help="Wait for more, until ctrl+c.")
@click.option(
    "--lines", "-n", metavar="N", type=click.IntRange(0), default=100, show_default=True, help="How many to begin with."
)
@with_settings("log_path")
def logs(settings: Settings, lines: int, *, follow: bool) -> int:
    """Print what the daemon says of its work.

    \b
    glance daemon logs
    glance daemon logs -f
    """
    from glance.cli.daemon_logs import print_log  # not for --help

    reply = None if settings.log_path else find()[0]
    path = log_of(settings) if reply is None else Path(reply.values["log"])
    if path == Path():
        raise GlanceError(
            "its log is not in a file", "it writes to standard error", "see where its supervisor keeps that"
        )
    return print_log(path, lines, follow=follow)


@daemon.command(cls=Verbatim)
@click.option("--detached", is_flag=True, hidden=True, help="Standard error is its log file.")
@with_plan
@click.pass_context
def run(ctx: click.Context, settings: Settings, paths: tuple[str, ...], *, detached: bool) -> int:
    """Do the work here, for systemd, Docker and the like. SIGHUP reads the settings anew, SIGTERM ends it.

    \b
    glance daemon run /var/log/nginx/access.log
    """
    from glance.cli.daemon_run import work  # the engine: not for --help

    config = config_of(ctx)
    words = ctx.meta[WORDS]
    return work(
        plan_of(settings, paths, config),
        lambda: reread(words, config),
        log=str(log_of(settings)) if detached else "",
    )


@daemon.command()
@click.option("--user", "is_user", is_flag=True, help="For your own services, not for those of the machine.")
@with_plan
@click.pass_context
def unit(ctx: click.Context, settings: Settings, paths: tuple[str, ...], *, is_user: bool) -> None:
    """Print a unit file for systemd.

    \b
    glance daemon unit /var/log/nginx/access.log | sudo tee /etc/systemd/system/glance.service
    glance daemon unit --user ~/logs/access.log > ~/.config/systemd/user/glance.service
    """
    from glance.cli.daemon_unit import unit_file  # not for --help

    plan = plan_of(settings, paths, config_of(ctx))
    click.echo(unit_file(plan.paths, config_of(ctx), settings, is_user=is_user), nl=False)


@click.command(cls=Verbatim)
@click.option("--detached", is_flag=True, hidden=True)
@with_plan
@click.pass_context
def _plan(ctx: click.Context, /, settings: Settings, paths: tuple[str, ...], **_none: Any) -> DaemonPlan:
    """What `run` is told, without running."""
    return plan_of(settings, paths, config_of(ctx))


def plan_of(settings: Settings, paths: tuple[str, ...], config: str) -> DaemonPlan:
    """What a daemon is told to do, found to be possible.

    Raises:
        GlanceError: it is not.
    """
    from glance.cli.watch import check_format, usual_logs  # the engine: not for --help
    from glance.pipeline.daemon_plan import DaemonPlan, found

    hint = "glance daemon start /var/log/nginx/access.log"
    chosen = chosen_paths(paths, settings) or usual_logs("there is no log to read", hint)
    check_format(settings.format)
    if settings.listen:
        from glance.cli.serving import check_listen  # only where somebody may ask

        check_listen(settings)
    absolute = tuple(path if path == "-" else os.path.abspath(os.path.expanduser(path)) for path in chosen)
    found(absolute)
    return DaemonPlan(absolute, settings, config)


def reread(words: tuple[str, ...], config: str) -> DaemonPlan:
    """The plan of the same words, with environment and file as they are now.

    Raises:
        GlanceError: it is broken.
    """
    from glance.cli.root import root  # it has imported this module

    try:
        with root.make_context("glance", [*(["--config", config] if config else []), "daemon"]) as outer:
            ctx = _plan.make_context("run", list(words), parent=outer, **inherited(outer))
            with ctx:
                plan: DaemonPlan = _plan.invoke(ctx)
                return plan
    except click.ClickException as error:
        raise ConfigError("the settings cannot be used", error.format_message()) from error


def config_of(ctx: click.Context) -> str:
    """The file of settings that was named; empty when none was."""
    named = ctx.find_root().params.get("config")
    return os.path.abspath(named) if named else ""


def log_of(settings: Settings) -> Path:
    """Where a daemon in the background writes its log."""
    return Path(os.path.abspath(settings.log_path)) if settings.log_path else daemon_file("log")


def find() -> tuple[Reply | None, int]:
    """What the daemon that runs says; None, and its process or 0, when it says nothing."""
    from glance.pipeline.control import ask
    from glance.pipeline.lock import holder_of

    try:
        reply = ask(daemon_file("sock"), "status")
    except GlanceError as error:
        click.echo(f"glance: {safe_text(error.what)}: {safe_text(error.why)}", err=True)
        reply = None
    if reply is not None:
        return reply, reply.pid
    holder = holder_of(daemon_file("lock"))
    return None, -1 if holder is not None and not holder.pid else holder.pid if holder is not None else 0
