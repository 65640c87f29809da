"""`glance suspect`: which functions of one's own stand out in profiles, why, and where."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from glance.cli.options import with_settings
from glance.cli.profile_options import ProfileCommand, Request, with_fetching
from glance.config import Settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glance.domain.profiles.profile import Profile
    from glance.domain.profiles.route_cost import RouteCosts

FORMS = ("text", "json", "markdown")
MOST_ROUTES = 100_000
"""Of a log; more of them are counted together."""


@click.command(cls=ProfileCommand)
@click.option("--base", "bases", metavar="SOURCE", multiple=True, help="Compare with this profile; repeatable.")
@click.option("--log", "logs", metavar="LOG", multiple=True, type=click.Path(),
              help="Count its requests: what does one of each route cost? Repeatable.")  # fmt: skip
@click.option("--source-root", "--source-path", "source_root", metavar="DIRS", default="",
              help="Where source files are, parted by :.")  # fmt: skip
@click.option("--map", "maps", metavar="OLD=NEW", multiple=True, help="Look for sources elsewhere; repeatable.")
@click.option("--target", metavar="NAME", default="", help="Of snapshots, only profiles of this program.")
@click.option("--top", metavar="N", type=click.IntRange(0), default=20, show_default=True,
              help="Suspects at most; 0 for all.")  # fmt: skip
@click.option("--output", "-o", type=click.Choice(FORMS), default="text", show_default=True, help="Form of the answer.")
@with_fetching
@with_settings("format", "memory")
def suspect(
    settings: Settings,
    request: Request,
    *,
    bases: tuple[str, ...],
    logs: tuple[str, ...],
    source_root: str,
    maps: tuple[str, ...],
    target: str,
    top: int,
    output: str,
) -> None:
    """Name functions that stand out in profiles, why, and where.

    Profiles of one program, of any kinds, or a snapshot: CPU profiles are merged, several of memory show what grows.
    A fault is hardly ever wanted, a hint may be as it should be; docs/suspects.md has the rules.

    \b
    glance suspect cpu.pb.gz mutex.pb.gz
    glance suspect heap1.pb.gz heap2.pb.gz heap3.pb.gz
    glance suspect --base before.pb.gz --source-root ~/src/app cpu.pb.gz
    glance suspect --log access.log cpu.pb.gz
    glance suspect incident.glance
    """
    from glance.cli import suspect_output  # numpy behind it all: not for --help
    from glance.cli.suspect_sources import is_snapshot, separate
    from glance.domain.profiles.suspect_search import find_suspects
    from glance.pipeline.suspecting import LocalCode
    from glance.sources.source_code import mapped

    code = LocalCode(source_root, mapped(maps))
    profiles = separate(request.sources, request, target)
    found = find_suspects(profiles, separate(bases, request, target) if bases else ())
    kept = [source for source in request.sources if is_snapshot(source)]
    costs, notes = routes_of(profiles, logs, kept, settings) if logs or kept else (None, ())
    shown = found.suspects[:top] if top else found.suspects
    passages = [code.find(one.function, one.file, one.line) for one in shown]
    answer = suspect_output.Told(found, shown, passages, costs, (*found.notes, *notes))
    lines = suspect_output.WRITERS[output](answer)
    click.echo("".join(f"{line}\n" for line in lines), nl=False)


def routes_of(
    profiles: Sequence[Profile], logs: Sequence[str], kept: Sequence[str], settings: Settings
) -> tuple[RouteCosts | None, tuple[str, ...]]:
    """What a request of each route costs, and what is to be said about that.

    Args:
        profiles: of any kinds.
        logs: whose requests are counted.
        kept: snapshots, whose records are counted where no log is named.
        settings: how logs are read.

    Raises:
        GlanceError: there is no profile of time, or no log can be read.
    """
    from glance.cli.question import Question, read_logs  # the engine of logs: only where there are some
    from glance.cli.suspect_sources import hits_of, kept_summary
    from glance.domain.profiles.route_cost import route_costs
    from glance.domain.profiles.suspect_search import TIME, by_type, kind_of, merged
    from glance.errors import UsageError
    from glance.pipeline.suspecting import times_of

    groups = by_type([one for one in profiles if kind_of(one) == TIME])
    if not groups:
        if logs:
            raise UsageError("--log needs a CPU profile", "no profile of these tells about time", "leave --log out")
        return None, ()
    timed = groups[0]  # of several ways to count time, the first that was named
    during = times_of(timed)
    if logs:
        summaries = [read_logs(logs, settings, Question(where=during, top=MOST_ROUTES)).summary]
    else:
        summaries = [kept_summary(Path(path), during, MOST_ROUTES) for path in kept]
    costs = route_costs(merged(timed), hits_of(summaries))
    if not logs and not costs.key:
        return None, ()
    notes = [note for summary in summaries for note in summary.notes]
    if during is None:
        notes.append("the profile does not tell when it was taken: all of the log is counted")
    elif not any(summary.hits for summary in summaries):
        notes.append("the log has no request of the time of the profile: do their clocks agree?")
    if not costs.key:
        notes.append('no sample has a label of a route, as pprof.Labels("route", …) sets it')
    return costs, tuple(notes)
