"""Profiles for `glance suspect`: each by itself, for memory that grows is seen over several; those of snapshots too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from glance.cli.profile_options import Request
from glance.cli.profile_sources import data_of, named, prepared, reading_of, say
from glance.domain.profiles.profile import Profile
from glance.domain.safe_text import safe_text
from glance.errors import GlanceError, StoreError, UsageError

if TYPE_CHECKING:
    from glance.domain.logs.span import Choice
    from glance.domain.logs.summary import Summary

ZIP = b"PK\x03\x04"
"""So begins a snapshot, and nothing that is a profile."""


def separate(sources: Sequence[str], request: Request, target: str = "") -> list[Profile]:
    """Every profile of these sources; those that cannot be used are said and left out, as long as one is left.

    Args:
        sources: files, URLs, snapshots.
        request: how they are fetched.
        target: of snapshots, only profiles of this program.

    Raises:
        GlanceError: none is left.
    """
    found: list[Profile] = []
    failed: list[GlanceError] = []
    for source, data in zip(sources, data_of(sources, request), strict=True):
        try:
            if isinstance(data, GlanceError):
                raise data
            if data.startswith(ZIP):
                found += [prepared(one, request) for one in kept_profiles(Path(source), target)]
                continue
            reading = named(source, reading_of, data)
        except GlanceError as error:
            failed.append(error)
            continue
        for damage in reading.damages:
            say(f"{safe_text(source)}: {safe_text(damage)}")
        found.append(prepared(reading.profile, request))
    if failed and not found:
        raise failed[0]
    for each in failed:
        say(f"{each.what}: {each.why}" if each.why else each.what)
    return found


def kept_profiles(path: Path, target: str = "") -> list[Profile]:
    """The profiles of a snapshot.

    Raises:
        GlanceError: it is none, or has profiles of several programs and none is chosen.
    """
    from glance.domain.profiles.proto import read_leniently  # the store behind the others: only for snapshots
    from glance.pipeline.snapshot_reading import LIMITS
    from glance.store.snapshot_file import SnapshotFile

    with SnapshotFile.open(path) as file:
        parts = [one for one in file.manifest.profiles if one.kind != "goroutines"]
        names = sorted({one.target for one in parts})
        if target not in names and (target or len(names) > 1):
            why = f"it has profiles of {', '.join(names) or 'no program'}"
            raise UsageError(f"which program of {safe_text(str(path))}?", safe_text(why), "--target NAME")
        chosen = [one for one in parts if one.target == (target or one.target)]
        return [read_leniently(file.data(one.member), limits=LIMITS).profile for one in chosen]


def is_snapshot(source: str) -> bool:
    """Whether this is a file with a snapshot that can be opened; of one that cannot, `separate` has told."""
    try:
        with open(source, "rb") as file:
            if file.read(len(ZIP)) != ZIP:
                return False
    except (OSError, ValueError):
        return False
    from glance.store.snapshot_file import SnapshotFile  # the store: only for what looks like a snapshot

    try:
        SnapshotFile.open(Path(source)).close()
    except StoreError:
        return False
    return True


def kept_summary(path: Path, where: Choice | None, top: int) -> Summary:
    """The figures of the records that a snapshot has.

    Raises:
        GlanceError: it is none.
    """
    from glance.pipeline.snapshot_reading import summary_in  # the store behind them: only for snapshots
    from glance.store.snapshot_file import SnapshotFile

    with SnapshotFile.open(path) as file:
        return summary_in(file, where=where, top=top)


def hits_of(summaries: Sequence[Summary]) -> Mapping[str, int]:
    """Requests by route."""
    found: dict[str, int] = {}
    for summary in summaries:
        for row in next((each.rows for each in summary.tops if each.name == "routes"), ()):
            found[row.name] = found.get(row.name, 0) + row.hits
    return found
