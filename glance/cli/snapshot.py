"""`glance snapshot`: moments kept whole, and what is done with them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from glance.cli.options import logs_argument, with_settings
from glance.cli.question import Question, filter_of, with_question
from glance.cli.verb_group import VerbGroup
from glance.config import Settings
from glance.paths import database_file

if TYPE_CHECKING:
    from glance.store.snapshot_shelf import SnapshotShelf

F = TypeVar("F", bound=Callable[..., Any])

OUTPUTS = ("text", "json")
REPORT_OUTPUTS = ("text", "json", "csv", "markdown", "html", "prometheus")

output_option = click.option(
    "--output", "-o", type=click.Choice(OUTPUTS), default="text", show_default=True, help="Form of the answer."
)


def with_shelf(function: F) -> F:
    """Give a verb the folder of snapshots as `shelf`, and the option that names another."""

    @functools.wraps(function)
    def call(*, shelf: str | None, settings: Settings, **given: Any) -> Any:
        from glance.store.snapshot_shelf import SnapshotShelf, shelf_beside  # the store: not for --help

        folder = Path(shelf) if shelf else shelf_beside(database_file(settings.db))
        return function(shelf=SnapshotShelf(folder), **given)

    option = click.option(
        "--shelf", metavar="DIR", type=click.Path(), help="Folder of snapshots.  [default: beside the history]"
    )
    decorated: Any = option(call)
    return with_settings("db")(decorated)  # type: ignore[no-any-return]


@click.group(cls=VerbGroup)
def snapshot() -> None:
    """Keep a moment whole: records, lines and profiles in one file.

    A snapshot has the numbers of its window, every record in it, lines of the log around it as they
    stand, and profiles of the programs behind it. It is a zip of open formats that can be mailed.

    \b
    glance snapshot take access.log
    glance snapshot take --pprof http://localhost:6060 --note 'slow since the deploy' access.log
    glance snapshot list
    glance snapshot show last
    """


@snapshot.command(short_help="Take a snapshot of logs or history, and of programs.")
@with_settings("format", "file", "memory", "pprof_targets")
@with_question
@click.option("--length", metavar="TIME", default="15m", show_default=True,
              help="How long a time is kept, where --since or --until does not say.")  # fmt: skip
@click.option("--around", metavar="TIME", default="1m", show_default=True,
              help="Raw lines are kept so long before and after it, too.")  # fmt: skip
@click.option("--lines-mb", metavar="MB", type=click.IntRange(0, 1024), default=8, show_default=True,
              help="Room for raw lines, the newest first.")  # fmt: skip
@click.option("--seconds", metavar="N", type=click.IntRange(1, 600), default=5, show_default=True,
              help="How long CPU profiles are taken.")  # fmt: skip
@click.option("--token", metavar="TEXT", default="", help="Shown to programs as a bearer token.")
@click.option("--note", metavar="TEXT", default="", help="What to remember of it.")
@click.option("--to", metavar="FILE", type=click.Path(), help="Write this file, and nothing on the shelf.")
@click.option("--shelf", metavar="DIR", type=click.Path(), help="Folder of snapshots.  [default: beside the history]")
@click.option("--keep-mb", metavar="MB", type=click.IntRange(1, 1 << 24), show_default="snapshot_mb, 1024",
              help="Room for all snapshots; the oldest go.")  # fmt: skip
@click.option("--keep-days", metavar="DAYS", type=click.IntRange(1, 36500), default=366, show_default=True,
              help="Snapshots that are older go.")  # fmt: skip
@output_option
@logs_argument
def take(settings: Settings, paths: tuple[str, ...], *, question: Question, **wanted: Any) -> int:
    """Take a snapshot of logs or history, and of programs.

    The window ends with the newest record, of history (--db) with now. Of programs CPU, heap, goroutine,
    mutex and block profiles are fetched; what was polled in the window is taken, too.

    \b
    glance snapshot take access.log
    glance snapshot take --since 10m --where 'status>=500' access.log
    glance snapshot take --db --since 2026-11-22T14:00 --until 2026-11-22T14:10
    glance snapshot take --pprof http://localhost:6060 --seconds 10 access.log
    """
    from glance.cli.snapshot_take import take_one  # numpy behind it: not for --help

    return take_one(settings, paths, question, wanted)


@snapshot.command(name="list")
@with_shelf
@output_option
def list_(shelf: SnapshotShelf, *, output: str) -> None:
    """List what is kept, the newest first.

    \b
    glance snapshot list
    """
    from glance.cli import snapshot_output  # the store: not for --help

    click.echo(snapshot_output.listed(shelf, output))


@snapshot.command(short_help="Print what a snapshot has.")
@click.argument("word", metavar="SNAPSHOT")
@with_shelf
@click.option("--where", metavar="FILTER", default="", help="Count only such requests, as in 'status>=500'.")
@click.option("--top", metavar="N", type=click.IntRange(1, 1_000_000), default=20, show_default=True,
              help="Rows of each top list.")  # fmt: skip
@click.option("--output", "-o", type=click.Choice(REPORT_OUTPUTS), default="text", show_default=True,
              help="Form of the answer.")  # fmt: skip
def show(shelf: SnapshotShelf, *, word: str, where: str, top: int, output: str) -> int:
    """Print what a snapshot has, and the report of its window.

    SNAPSHOT is an id, the beginning of one, `last`, or a file. What is damaged is left out and said.

    \b
    glance snapshot show last
    glance snapshot show -o json incident.glance
    """
    from glance.cli.snapshot_show import show_one  # numpy behind it: not for --help

    return show_one(shelf.path_of(word), filter_of(where), top, output)


@snapshot.command(name="open", short_help="Look at a snapshot like at live logs.")
@click.argument("word", metavar="SNAPSHOT")
@with_settings("db", "theme", "memory")
@click.option("--shelf", metavar="DIR", type=click.Path(), help="Folder of snapshots.  [default: beside the history]")
def open_(settings: Settings, *, word: str, shelf: str | None) -> int:
    """Look at a snapshot like at live logs: the same dashboard, the same pages.

    SNAPSHOT is an id, the beginning of one, `last`, or a file. `glance FILE.glance` does the same.

    \b
    glance snapshot open last
    """
    from glance.cli.snapshot_open import open_one  # the store: not for --help
    from glance.store.snapshot_shelf import SnapshotShelf, shelf_beside

    found = SnapshotShelf(Path(shelf) if shelf else shelf_beside(database_file(settings.db)))
    return open_one(str(found.path_of(word)), settings)


@snapshot.command(short_help="Print what changed between two snapshots.")
@click.argument("before", metavar="BEFORE")
@click.argument("after", metavar="AFTER")
@with_shelf
@click.option("--nodecount", metavar="N", type=click.IntRange(0), default=10, show_default=True,
              help="Functions of each profile at most; 0 for all.")  # fmt: skip
@output_option
def diff(shelf: SnapshotShelf, *, before: str, after: str, nodecount: int, output: str) -> None:
    """Print what changed between two snapshots: figures, and functions of profiles that both have.

    Profiles are scaled to the same total; what is no more than chance is left out.

    \b
    glance snapshot diff quiet.glance last
    """
    from glance.cli.snapshot_diff import compared  # numpy behind it: not for --help

    click.echo(compared(shelf.path_of(before), shelf.path_of(after), nodecount, output))


@snapshot.command(short_help="Write a snapshot, or what is in it, elsewhere.")
@click.argument("word", metavar="SNAPSHOT")
@with_shelf
@click.option("--to", metavar="FILE", type=click.Path(), help="Write it as this file.")
@click.option("--unpack", metavar="DIR", type=click.Path(), help="Write its members into this new folder.")
@click.option("--member", metavar="NAME", help="Print this member, such as records.jsonl.")
def export(shelf: SnapshotShelf, *, word: str, to: str | None, unpack: str | None, member: str | None) -> int:
    """Write a snapshot, or what is in it, elsewhere.

    \b
    glance snapshot export last --to incident.glance
    glance snapshot export last --unpack incident
    glance snapshot export last --member records.jsonl
    """
    from glance.cli.snapshot_export import exported  # the store: not for --help

    return exported(shelf.path_of(word), to, unpack, member)


@snapshot.command(name="import", short_help="Put snapshots from elsewhere on the shelf.")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path())
@with_shelf
def import_(shelf: SnapshotShelf, *, files: tuple[str, ...]) -> None:
    """Put snapshots from elsewhere on the shelf, where they are whole.

    \b
    glance snapshot import incident.glance
    """
    import time  # not for --help

    for file in files:
        taken, _ = shelf.take_in(Path(file), now=time.time())
        click.echo(taken.id)


@snapshot.command()
@click.argument("word", metavar="SNAPSHOT")
@click.argument("text", metavar="TEXT")
@with_shelf
def note(shelf: SnapshotShelf, *, word: str, text: str) -> None:
    """Write a note to a snapshot, in place of the one it had.

    \b
    glance snapshot note last 'the deploy of 14:02'
    """
    shelf.note(word, text)


@snapshot.command()
@click.argument("words", metavar="SNAPSHOT...", nargs=-1, required=True)
@with_shelf
def rm(shelf: SnapshotShelf, *, words: tuple[str, ...]) -> None:
    """Remove snapshots.

    \b
    glance snapshot rm 20261122T140231Z-3fa9c1
    """
    for word in words:
        click.echo(f"removed {shelf.remove(word)}")
