"""`glance collect`: read logs into history, to be asked later."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from glance.cli.options import chosen_paths, logs_argument, with_settings
from glance.cli.progress import ReadingBar
from glance.config import Settings
from glance.domain.safe_text import safe_text
from glance.domain.units import exact, size
from glance.errors import FormatError, UsageError
from glance.paths import database_file

if TYPE_CHECKING:
    from glance.domain.profiles.poll import TargetStatus
    from glance.pipeline.collecting import Collecting
    from glance.pipeline.polling import Beside

OUTPUTS = ("text", "json")


@click.command()
@with_settings("format", "file", "db", "pprof_targets")
@click.option("-s", "--source", "sources", multiple=True, metavar="PATH", help="Another way to name PATH.")
@click.option("-w", "--watch", is_flag=True, help="Wait for new lines, until it is told to end.")
@click.option("-n", "--now", "is_now", is_flag=True, help="Date every record with the moment of reading.")
@click.option("--group", metavar="NAME", default="", help="Group that the logs belong to from now on.")
@click.option(
    "--output", "-o", type=click.Choice(OUTPUTS), default="text", show_default=True, help="Form of the summary."
)
@logs_argument
def collect(
    settings: Settings,
    paths: tuple[str, ...],
    *,
    sources: tuple[str, ...],
    watch: bool,
    is_now: bool,
    group: str,
    output: str,
) -> int:
    """Read logs into history, each line once, and stop; or follow them.

    What was read before is not read again, whatever rotation did to it meanwhile.

    \b
    glance collect /var/log/nginx/access.log
    glance collect --watch --group shop /var/log/nginx/shop.access.log
    glance report --db ~/.local/state/glance/glance.db
    """
    chosen = (*paths, *sources) or chosen_paths((), settings)
    if not chosen:
        raise UsageError("there is nothing to collect", "no log was named", "glance collect /var/log/nginx/access.log")
    return asyncio.run(_collect(chosen, settings, watch=watch, is_now=is_now, group=group, output=output))


async def _collect(
    chosen: tuple[str, ...], settings: Settings, *, watch: bool, is_now: bool, group: str, output: str
) -> int:
    """Read, and tell what was read; returns the exit code."""
    from glance.cli.reading import selected, total_bytes  # numpy and the engine: not for --help
    from glance.pipeline.collecting import Collecting, CollectOptions
    from glance.pipeline.history_thread import HistoryThread
    from glance.pipeline.intake import Intake
    from glance.pipeline.keeping import Keeping, bounds_of
    from glance.pipeline.poll_setup import polling_of
    from glance.pipeline.polling import Beside
    from glance.sources.discovery import Discovery, discover

    selection = selected(chosen)
    for error in selection.refused:
        click.echo(f"glance: {safe_text(error.what)}: {safe_text(error.why)}", err=True)
    discovery = Discovery(tuple(selection.sources), discover(chosen).globs if watch else ())
    database = database_file(settings.db)
    keeping = Keeping(HistoryThread.open(database, writes=True), group=group, bounds=bounds_of(settings))
    assert keeping.recorder is not None
    intake = Intake(discovery, settings.format, is_forward=True)
    polling = polling_of(settings, keeping, database)
    total = None if watch else total_bytes([source.path for source in discovery.sources if source.path != "-"])
    with ReadingBar(total) as bar:
        collecting = Collecting(
            intake, keeping, keeping.recorder, CollectOptions(follow=watch, is_now=is_now), on_progress=bar.show
        )
        beside = Beside(polling, is_once=not watch)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, _stop, collecting, beside)
        async with beside:
            await collecting.run(on_idle=lambda: _say_waiting(collecting, bar) if watch else None)
    _tell(collecting, beside.statuses, str(database), output)
    refused = [source for source in collecting.sources() if source.is_refused]
    if refused and len(refused) == len(collecting.sources()):
        raise FormatError(f"nothing of {safe_text(refused[0].path)} can be read", refused[0].note, "--format NAME")
    if refused:
        return FormatError.exit_code
    return selection.missed[0].exit_code if selection.missed else 0


def _say_waiting(collecting: Collecting, bar: ReadingBar) -> None:
    """All that there was is read."""
    bar.close()
    for source in collecting.sources():
        click.echo(f"Waiting for changes at {safe_text(source.path)}", err=True)


def _stop(collecting: Collecting, beside: Beside) -> None:
    """End soon, in order."""
    collecting.stop()
    beside.stop()


def _tell(collecting: Collecting, targets: Sequence[TargetStatus], database: str, output: str) -> None:
    """What was read this time."""
    sources, gaps = collecting.sources(), collecting.gaps()
    if output == "json":
        told = {
            "database": database,
            "lines": sum(source.lines for source in sources),
            "unparsed": sum(source.unparsed for source in sources),
            "sources": [
                {"path": source.path, "format": source.format, "lines": source.lines, "unparsed": source.unparsed}
                for source in sources
            ],
            "gaps": [
                {"source": gap.source, "reason": gap.reason, "bytes": gap.bytes, "lines": gap.lines} for gap in gaps
            ],
            "targets": [
                {
                    "name": target.name,
                    "address": target.address,
                    "condition": target.condition,
                    "polls": {kind.kind: kind.polls for kind in target.kinds},
                    "bytes": target.bytes_total,
                    "why": target.words,
                }
                for target in targets
            ],
        }
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
        return
    for source in sources:
        name = safe_text(os.path.basename(source.path) or source.path)
        new = f"{exact(source.lines)} new {'line' if source.lines == 1 else 'lines'}"
        unread = f", {exact(source.unparsed)} not understood" if source.unparsed else ""
        words = f" ({safe_text(source.format)})" if source.format else ""
        click.echo(f"{name}{words}: {new}{unread}")
        if source.note:
            click.echo(f"  {safe_text(source.note)}")
    for gap in gaps:
        amount = f"{exact(gap.lines)} lines" if gap.lines else size(gap.bytes)
        click.echo(f"  gap: {amount} of {safe_text(gap.source)} {gap.reason}")
    for target in targets:
        polls = sum(kind.polls for kind in target.kinds)
        taken = f"{exact(polls)} {'profile' if polls == 1 else 'profiles'}, {size(target.bytes_total)}"
        click.echo(f"{safe_text(target.name)} ({safe_text(target.address)}): {taken}")
        if target.words:
            click.echo(f"  {target.condition}: {safe_text(target.words)}")
    click.echo(f"kept in {safe_text(database)}")
