"""`glance demo`: the dashboard on made-up live traffic, to look around without a log of one's own."""

from __future__ import annotations

import contextlib
import os
import random
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from glance.browser import is_browser
from glance.cli.options import said, with_settings
from glance.cli.terminal import has_keyboard
from glance.config import Settings
from glance.domain.logs.traffic import TrafficMaker
from glance.errors import SourceError
from glance.pipeline.demo import DemoLog

if TYPE_CHECKING:
    from glance.pipeline.demo_service import DemoService

LEAST_SECONDS = 960.0
"""Traffic written beforehand: what the default window shows, and a little more."""
MOST_SECONDS = 3660.0
"""A longer window is not filled to its end, for nobody waits for that."""
ALERT_MARGIN = 1.25
"""The alert is set that far above ordinary traffic, so that a scan raises it and nothing else does."""

POLLING = (("cpu_seconds", "3"), ("every", "10"), ("goroutine_every", "30"), ("allocs_every", "20"))
"""More often than else, so that there soon is something to see."""

RATE = click.FloatRange(0.1, 20_000)
PREFILL = click.FloatRange(0, 86_400)


@click.command()
@with_settings("window", "theme", "refresh", "alertwindow", "alert_threshold", "section_limit", "incident_limit")
@click.option("--rate", metavar="N", type=RATE, default=48, show_default=True, help="Requests per second.")
@click.option(
    "--seconds",
    metavar="N",
    type=PREFILL,
    show_default="what the window shows",
    help="Traffic to begin with; without a terminal, all there is.",
)
@click.option("--seed", metavar="N", type=int, default=1, show_default=True, help="Another number makes another site.")
@click.option(
    "--profiles/--no-profiles",
    "has_profiles",
    default=True,
    show_default=True,
    help="Run the service behind the traffic too, and show its profiles.",
)
@click.pass_context
def demo(
    ctx: click.Context, settings: Settings, rate: float, seconds: float | None, seed: int, *, has_profiles: bool
) -> int:
    """Open the dashboard on made-up live traffic.

    The traffic is written to a private temporary log, which goes away at the end. A small service
    really does the work of its requests, and its profiles are polled. Without a terminal, some
    minutes of traffic are written at once and reported on.

    \b
    glance demo
    glance demo --rate 200 --window 5m
    glance demo --no-profiles
    """
    opened_at = time.time()
    traffic = TrafficMaker(random.Random(seed), opened_at, rate)
    if ctx.get_parameter_source("alert_threshold") is ParameterSource.DEFAULT:
        settings = replace(settings, alert_threshold=ordinary_threshold(traffic, opened_at))
    with prepared_log(traffic, prefill_seconds(settings) if seconds is None else seconds) as log:
        if not has_terminal():
            return report_on(log, settings)
        return watch(log, settings, said(ctx), has_profiles=has_profiles)


def prepared_log(traffic: TrafficMaker, seconds: float) -> DemoLog:
    """A log with that much traffic in it.

    Raises:
        SourceError: there is no place for it.
    """
    log: DemoLog | None = None
    try:
        log = DemoLog(traffic)
        log.prefill(seconds)
    except OSError as error:
        if log is not None:
            log.close()
        raise cannot_write(error) from error
    return log


def report_on(log: DemoLog, settings: Settings) -> int:
    """Print the figures of what was written."""
    from glance.cli.report import print_report  # the dashboard does not need it

    return print_report((str(log.path),), settings)


def watch(log: DemoLog, settings: Settings, given: frozenset[str], *, has_profiles: bool = True) -> int:
    """Write on while the dashboard shows it."""
    from glance.cli.watch import open_dashboard  # a report does not need it

    settings = replace(settings, history=False)  # made-up traffic is not kept
    with contextlib.ExitStack() as stack:
        if has_profiles and not is_browser():  # there nobody polls
            service = stack.enter_context(started_service(log))
            settings = replace(settings, pprof_targets=(f"demo={service.url}",), pprof=POLLING)
            log.start(service.take)
            stack.callback(log.close)  # before the service
        else:
            log.start()
        code = open_dashboard((str(log.path),), settings, given)
    if log.failure is not None:
        raise cannot_write(log.failure)
    return code


def started_service(log: DemoLog) -> DemoService:
    """The service that does the work of the log's requests.

    Raises:
        SourceError: it cannot be started.
    """
    from glance.pipeline.demo_service import DemoService  # a report does not need it

    try:
        return DemoService(log.directory)
    except OSError as error:
        raise SourceError(
            "cannot start the demo's service", error.strerror or str(error), "glance demo --no-profiles"
        ) from error


def cannot_write(error: OSError) -> SourceError:
    """What to say when the temporary log cannot be written."""
    return SourceError(
        "cannot write the demo's log",
        error.strerror or str(error),
        "free some space in the temporary directory, or set TMPDIR to another one",
    )


def prefill_seconds(settings: Settings) -> float:
    """How much traffic the window wants to see at once."""
    wanted = settings.window_choice.seconds
    return LEAST_SECONDS if wanted is None else min(MOST_SECONDS, max(LEAST_SECONDS, wanted + 60))


def ordinary_threshold(traffic: TrafficMaker, at: float) -> float:
    """Requests per second that ordinary traffic of this hour stays below."""
    minutes = [traffic.expected_rate(at + 60 * minute) for minute in range(-10, 30)]
    return round(ALERT_MARGIN * sum(minutes) / len(minutes), 1)


def has_terminal() -> bool:
    """Whether there is a terminal to draw on and to read keys from."""
    return has_keyboard() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
