"""Reads the logs that a verb was told to read: which files there are, how far it is, and what could not be read.

Nothing of click is in it, so that the process which reads logs need not import that.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from glance.domain.safe_text import safe_text
from glance.errors import FormatError, GlanceError, SourceError

if TYPE_CHECKING:
    from glance.domain.logs.span import Choice
    from glance.domain.logs.summary import Summary
    from glance.pipeline.report import Progress, Report
    from glance.sources.selection import Selection

MOST_LISTED = 8
"""Logs that a note names one by one."""


class Order(NamedTuple):
    """What is to be reported on, and how; plain values, but for the filter."""

    paths: tuple[str, ...]
    """Files, globs and directories, as they were named."""
    format: str
    top: int
    memory_mb: int
    routes: tuple[tuple[str, str], ...] = ()
    """Own rules by which paths become routes."""
    since: float | None = None
    """Epoch seconds."""
    until: float | None = None
    where: Choice | None = None
    """A filter."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the logs say."""

    summary: Summary
    missed: tuple[GlanceError, ...] = field(default=())
    """Why logs that were named by themselves could not be read."""


Log = TypeVar("Log", bound="Report")


def read(order: Order) -> Answer:
    """Read the logs of an order.

    Raises:
        SourceError: no log can be read; one among others that can be is told of in the notes.
        FormatError: no log is understood.
    """
    made, missed = read_selected(order.paths, partial(begun, order))
    return Answer(made.summary(), missed)


def read_selected(paths: Sequence[str], begin: Callable[[Progress], Log]) -> tuple[Log, tuple[GlanceError, ...]]:
    """Read the logs behind paths, with a bar that says how far it is.

    Args:
        paths: files, globs and directories, as they were named.
        begin: makes what reads them.

    Returns:
        What has read them, and why logs that were named by themselves could not be read.

    Raises:
        SourceError: no log can be read; one among others that can be is told of in the notes.
        FormatError: no log is understood.
    """
    from glance.cli.progress import ReadingBar  # not for --help

    selection = selected(paths)
    found = [source.path for source in selection.sources]
    with ReadingBar(total_bytes(found)) as bar:
        made = begin(bar.show)
        failures = _read_all(made, found)
    if found and len(failures) == len(found):
        raise next(iter(failures.values()))
    for error in (*selection.refused, *failures.values()):
        _tell_aside(made, error)
    if selection.left_out:
        made.note(f"left out: {_listed(selection.left_out)}; name them to read them too")
    return made, (*selection.missed, *(error for path, error in failures.items() if path in paths))


def begun(order: Order, on_progress: Progress | None = None) -> Report:
    """A report that has read nothing yet."""
    from glance.domain.logs.route import routes_of
    from glance.domain.logs.span import Span  # numpy and the engine: not for --help
    from glance.pipeline.report import Report, ReportOptions

    span = Span(order.since, order.until)
    memory_bytes, routes = order.memory_mb << 20, routes_of(order.routes)
    return Report(ReportOptions(order.format, order.top, span, memory_bytes, order.where, routes), on_progress)


def selected(paths: Sequence[str]) -> Selection:
    """The logs behind paths, globs and directories, each once.

    Raises:
        SourceError: there is none that can be read.
    """
    from glance.sources.selection import select  # not for --help

    selection = select(paths)
    if not selection.sources and selection.refused:
        raise selection.refused[0]
    return selection


def _read_all(report: Report, paths: Sequence[str]) -> dict[str, GlanceError]:
    """Read these logs; returns why some could not be."""
    failures: dict[str, GlanceError] = {}
    for path in paths:
        try:
            report.read(path)
        except (SourceError, FormatError) as error:
            failures[path] = error
    return failures


def _tell_aside(report: Report, error: GlanceError) -> None:
    """Say of one log among others that it could not be read: in the report, and at once."""
    text = f"{error.what}: {error.why}" if error.why else error.what
    report.note(text)
    if sys.stderr is not None:
        sys.stderr.write(f"glance: {safe_text(text)}\n")
        sys.stderr.flush()


def _listed(paths: Sequence[str]) -> str:
    """The first of these, and how many more there are."""
    names = ", ".join(paths[:MOST_LISTED])
    return names if len(paths) <= MOST_LISTED else f"{names} and {len(paths) - MOST_LISTED} more"


def total_bytes(paths: Sequence[str]) -> int | None:
    """How much there is to read, None when nobody knows."""
    try:
        return sum(os.stat(path).st_size for path in paths)
    except OSError:
        return None
