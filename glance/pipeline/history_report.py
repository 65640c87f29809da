"""Reads history instead of logs into a report."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from glance.domain.logs.bucket_head import Wanted
from glance.errors import StoreError
from glance.pipeline.gap_book import GapBook
from glance.pipeline.report import Report
from glance.store.history import History

MOST_LISTED = 8


def read_history(
    report: Report,
    database: Path,
    sources: Sequence[str],
    groups: Sequence[str],
    span: tuple[float | None, float | None],
) -> None:
    """Count what history has of some logs within a span of time; the logs themselves are not touched.

    Args:
        report: counts it.
        database: where history is.
        sources: absolute paths; none are all.
        groups: names; none are all.
        span: epoch seconds.

    Raises:
        StoreError: it cannot be read, or has nothing of these logs.
    """
    start, end = (None if at is None else round(at * 1000) for at in span)
    wanted = Wanted(tuple(sources), tuple(groups), start, end)
    with closing(History.open(database, writes=False)) as history:
        known = {stored.path: stored for stored in history.sources()}
        chosen = [path for path in known if not sources or path in sources]
        chosen = [path for path in chosen if not groups or known[path].group in groups]
        if not chosen:
            raise nothing_stored(database, tuple(known), (*sources, *groups))
        for bucket in history.buckets(wanted):
            stored = known.get(bucket.source)
            report.take(bucket.source, stored.format if stored is not None else "", bucket)
        gaps = GapBook()
        gaps.add(history.gaps(wanted))
        for gap in reversed(gaps.notices):
            amount = f"{gap.lines:,} lines" if gap.lines else f"{gap.bytes:,} bytes"
            report.note(f"{gap.source}: {amount} {gap.reason}")


def nothing_stored(database: Path, known: Sequence[str], wanted: Sequence[str]) -> StoreError:
    """The error that says that history has nothing of these logs."""
    if not known:
        return StoreError(
            f"there is nothing in the history {database}",
            "no log was kept in it",
            "read one: glance collect access.log",
        )
    names = ", ".join(known[:MOST_LISTED])
    more = f" and {len(known) - MOST_LISTED} more" if len(known) > MOST_LISTED else ""
    return StoreError(
        f"the history {database} has nothing of {', '.join(wanted)}", "it was not read into it", f"it has {names}{more}"
    )
