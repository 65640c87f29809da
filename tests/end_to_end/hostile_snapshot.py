"""A snapshot whose words about itself are those of somebody who wants to reach the terminal of who reads them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from glance.store.snapshot_file import README, Content, SnapshotFile, write_snapshot
from tests.end_to_end.hostile_program import EVILS, MOST


def made_hostile(path: Path, other: Path) -> None:
    """Write a snapshot again, with such words wherever it has some.

    Args:
        path: a snapshot as glance takes it.
        other: where the new one shall lie.
    """
    with SnapshotFile.open(path) as found:
        manifest = found.manifest
        contents = [
            Content(one.name, one.kind, found.data(one.name), about=MOST)
            for one in manifest.members
            if one.name != README
        ]
    words = MOST.encode("utf-8", "replace").decode()
    names = "".join(EVILS).encode("utf-8", "replace").decode()
    hostile = replace(
        manifest,
        id="20200101T000000Z-0e0e0e",
        why="alert",
        alert=words,
        note=names,
        made_by=words,
        logs=tuple(replace(one, path=words, words=words, format=words) for one in manifest.logs),
        profiles=tuple(replace(one, target=words, words=words) for one in manifest.profiles),
        failures=tuple(replace(one, target=words, kind=words, words=names) for one in manifest.failures),
        builds=tuple(replace(one, target=words, program=words, build_id=words) for one in manifest.builds),
        notes=(words, names),
    )
    write_snapshot(other, hostile, contents)
